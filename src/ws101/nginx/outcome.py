"""What becomes of a request in nginx, and the decisions that led there, each with the line that made it."""

from typing import NamedTuple

from ws101.nginx.tree import Directive

_ALLOWED = range(200, 300)
_PASSED_ON = frozenset({401, 403})


class Step(NamedTuple):
    """One decision: what was decided, and the directive that decided it, where one did."""

    what: str
    directive: Directive | None = None


class Answered(NamedTuple):
    """nginx answers itself; `location` is a redirect's. Status 444 is a closed connection."""

    status: int
    by: Directive | None = None
    location: str = ""


class Passed(NamedTuple):
    """The request goes on by this `…_pass`."""

    by: Directive


class File(NamedTuple):
    """A file answers, if there is one; without, the status is this."""

    status: int
    by: Directive | None = None


class Undecided(NamedTuple):
    """The configuration and the request alone do not tell how it goes on."""

    why: str
    by: Directive | None = None


Outcome = Answered | Passed | File | Undecided


def after_subrequest(status: int) -> int | None:
    """Return what nginx answers by itself where a service that `auth_request` asks says this; None where it lets the client in."""
    if status in _ALLOWED:
        return None
    return status if status in _PASSED_ON else 500
