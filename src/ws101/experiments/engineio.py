"""Experiments on Engine.IO's query parameters, for endpoints that speak Socket.IO."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.terms import Family


def speaks_engineio(sending: Sending, evidence: Evidence) -> bool:
    """Return whether the path or the answer shows Engine.IO."""
    said = evidence.author is not None and evidence.author.software == "engine.io"
    return said or "/socket.io" in sending.request.path or "/engine.io" in sending.request.path


def with_parameters(
    change: Callable[[dict[str, str]], dict[str, str]],
) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change of the query that this change of its parameters makes."""

    def apply(sending: Sending, evidence: Evidence) -> Sending | None:
        if not speaks_engineio(sending, evidence):
            return None
        before = dict(parse_qsl(sending.request.query, keep_blank_values=True))
        after = change(dict(before))
        if after == before:
            return None
        return sending.asking(sending.request.with_target(f"{sending.request.path}?{urlencode(after)}"))

    return apply


PARAMETERS = Experiment(
    "engineio-parameters",
    Family.REPAIR,
    "with transport=websocket and EIO=4",
    with_parameters(lambda p: {"EIO": "4", **p, "transport": "websocket"}),
)
OTHER_VERSION = Experiment(
    "engineio-other-version",
    Family.REPAIR,
    "with the other Engine.IO version (EIO)",
    with_parameters(lambda p: {**p, "EIO": "3" if p.get("EIO", "4") == "4" else "4"}),
)
WITHOUT_SESSION = Experiment(
    "engineio-without-session",
    Family.REPAIR,
    "without the session identifier (sid)",
    with_parameters(lambda p: {name: value for name, value in p.items() if name != "sid"}),
)
