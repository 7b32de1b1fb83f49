"""The shape of an experiment: one change to the request, or to the way in which it is sent."""

from collections.abc import Callable

from msgspec import Struct

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.terms import Family


class Experiment(Struct, frozen=True):
    """One change against the baseline; `apply` returns the changed sending, or None where it would change nothing.

    `change` completes "the same handshake, but …".
    """

    name: str
    family: Family
    change: str
    apply: Callable[[Sending, Evidence], Sending | None]
