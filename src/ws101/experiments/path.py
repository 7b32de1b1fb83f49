"""Experiments on the request target: slashes, a path that nobody serves, and where a redirect points."""

import re
from collections.abc import Callable

from msgspec.structs import replace

from ws101.attempt import Sending, TlsSettings
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.experiments.scheme import without_credentials
from ws101.handshake.location import Location, resolve
from ws101.handshake.target import own_host
from ws101.terms import Family

NONSENSE = "/no-such-path-ws101"  # not under a prefix such as /ws, which a proxy may send to one server


def retargeted(rewrite: Callable[[str], str]) -> Callable[[Sending, Evidence], Sending | None]:
    """Return the change that rewrites the path and keeps the query."""

    def change(sending: Sending, _: Evidence) -> Sending | None:
        path = rewrite(sending.request.path)
        if path == sending.request.path:
            return None
        query = f"?{sending.request.query}" if sending.request.query else ""
        return sending.asking(sending.request.with_target(path + query))

    return change


def slash_toggled(path: str) -> str:
    if path == "/":
        return path
    return path[:-1] if path.endswith("/") else f"{path}/"


def doubled(path: str) -> str:
    """Return the path with one slash more before it; not "/" alone, for `new URL("//", …)` ends a process of Node."""
    return path if path == "/" else "/" + path


def at_redirect(sending: Sending, evidence: Evidence) -> Sending | None:
    """Return the handshake at the place that the redirect names, if it is on the same host."""
    location = redirect(evidence)
    if location is None or location.host != evidence.target.host:
        return None
    tls = sending.tls or evidence.tls_settings or TlsSettings(sending.host, sending.host)
    headers = sending.request.headers
    here = evidence.port_meant(sending)
    if location.port != here:
        headers = headers.replaced("Host", own_host(location.host, location.port, tls=location.tls))
    port = sending.port if location.port == here else location.port
    moved = replace(sending, port=port, tls=tls if location.tls else None)
    moved = moved.asking(replace(sending.request, target=location.target, headers=headers))
    return (
        None
        if moved == sending
        else without_credentials(moved)
        if sending.tls and not location.tls
        else moved
    )


def redirect(evidence: Evidence) -> Location | None:
    """Return where the baseline's redirect points, or None if it is none."""
    answer = evidence.answer
    if answer is None or answer.status not in {301, 302, 303, 307, 308}:
        return None
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    port = evidence.port_meant(sending)
    base = Location(sending.tls is not None, evidence.target.host, port, sending.request.target)
    return resolve(base, answer.headers.get("location"))


SLASH = Experiment(
    "slash-toggled", Family.REPAIR, "with the path's last slash added or removed", retargeted(slash_toggled)
)
SINGLE_SLASHES = Experiment(
    "single-slashes",
    Family.REPAIR,
    "with double slashes in the path made single",
    retargeted(lambda p: re.sub("/{2,}", "/", p)),
)
LOWER_CASE = Experiment(
    "lower-case-path", Family.REPAIR, "with the path in lower case", retargeted(str.lower)
)
REDIRECT_TARGET = Experiment("redirect-target", Family.REPAIR, "where the redirect points to", at_redirect)
NONSENSE_PATH = Experiment(
    "nonsense-path", Family.DAMAGE, "at a path that nobody serves", retargeted(lambda _: NONSENSE)
)
NONSENSE_BELOW = Experiment(
    "nonsense-below",
    Family.DAMAGE,
    "at a path below this one that nobody serves",
    retargeted(lambda p: p.rstrip("/") + NONSENSE),
)
SLASH_DAMAGE = replace(SLASH, family=Family.DAMAGE)
DOUBLE_SLASH = Experiment(
    "double-slash",
    Family.DAMAGE,
    "with a double slash before the path",
    retargeted(doubled),
)
UPPER_CASE = Experiment(
    "upper-case-path", Family.DAMAGE, "with the path in upper case", retargeted(str.upper)
)
