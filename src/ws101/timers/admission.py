"""Judges a request to the notifications' path by what stands in it: a handshake and its credential, or the first fault.

Pure. Knows RFC 6455 and where a token belongs; does not know whose token it is, nor whether it is a good one.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from ws101.handshake import grammar
from ws101.handshake.answer import Breach
from ws101.handshake.checks import check_request
from ws101.handshake.headers import Headers
from ws101.handshake.incoming import Incoming
from ws101.handshake.request import Request
from ws101.tokens import credential
from ws101.tokens.reading import Place

PATH = "/api/v1/timers/notifications"

_LONGEST_DEVICE = 128
_LONGEST_NUMBER = 15  # digits; more are no `seq` that we gave

# Fields by which a proxy shows itself (RFC 9110, 7.6.3; RFC 7239; and what nginx, Envoy and CDNs add).
_OF_PROXIES = (
    "via",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-real-ip",
    "cf-ray",
    "x-envoy-external-address",
)


class Refused(NamedTuple):
    """Why not: a cause of `problem.REFUSALS`, and what is so in this very request, without its secrets.

    `user` is who it was, where that is certain all the same; `retry_after` (s) takes the cause's own place.
    """

    cause: str
    detail: str
    user: str | None = None
    retry_after: int | None = None


class Asked(NamedTuple):
    """A sound handshake. Of `token`, `ticket` and `fault` one is there: a fault is that of the credential alone.

    `since` is None when nothing is to be resumed.
    """

    key: str
    token: str = ""
    ticket: str = ""
    fault: Refused | None = None
    device: str | None = None
    since: int | None = None
    epoch: str | None = None

    def __repr__(self) -> str:
        """Leave out the credential."""
        return f"Asked(device={self.device!r}, since={self.since!r})"


def judge(head: Incoming, origins: tuple[str, ...] = ()) -> Asked | Refused:
    """Return the handshake that the head asks for, or its first fault in the order in which a server meets them.

    `origins` are allowed beside the service's own; `*` is any.
    """
    fields = head.last
    if not _is_sound(head, fields) and (fault := next(_faults(head), None)):
        return fault
    if "origin" in fields and (rejected := _origin(fields, origins)):
        return rejected
    return _asked(head, fields)


# ---- form


def _is_sound(head: Incoming, fields: Mapping[str, str]) -> bool:
    """Return whether nothing can be wrong with the form: the quick way through, for nearly every request."""
    return (
        not head.breaches
        and head.method == "GET"
        and head.version == "HTTP/1.1"
        and (head.target == PATH or head.target.startswith(f"{PATH}?"))
        and len(fields) == len(head.headers.fields)
        and fields.get("upgrade", "").lower() == "websocket"
        and _names_upgrade(fields.get("connection", ""))
        and fields.get("sec-websocket-version") == "13"
        and grammar.KEY.fullmatch(fields.get("sec-websocket-key", "")) is not None
        and grammar.HOST.fullmatch(fields.get("host", "")) is not None
        and not (_AWKWARD & fields.keys())
        and "#" not in head.target
        and ("sec-websocket-extensions" not in fields or _offers(fields["sec-websocket-extensions"]))
    )


_AWKWARD = frozenset({"content-length", "transfer-encoding", "sec-websocket-protocol"})


@lru_cache(256)
def _names_upgrade(connection: str) -> bool:
    """Clients send the same few values for ever."""
    return "upgrade" in Headers((("Connection", connection),)).tokens("connection")


@lru_cache(256)
def _offers(extensions: str) -> bool:
    """None of them is taken up."""
    return grammar.extensions(extensions) is not None


def _faults(head: Incoming) -> Iterator[Refused]:
    """Yield what is wrong with the form, the first thing first."""
    request = Request(head.target, head.headers, head.method, head.version)
    breaches = (*head.breaches, *check_request(request))
    yield from _of_line(head, breaches)
    yield from _of_fields(breaches)
    yield from _of_upgrade(head)
    yield from _of_websocket(head, breaches)
    if any(breach.section in _OF_BODIES for breach in breaches) and not _says_empty(head):
        yield Refused("body-on-upgrade", "Content-Length or Transfer-Encoding announces a body.")
    yield from _of_subprotocol(request)


_OF_BODIES = frozenset({"RFC 9110, 8.6", "RFC 9110, 9.3.1", "RFC 9112, 6.1"})


def _says_empty(head: Incoming) -> bool:
    """Return whether the head says that there is no body: needless, and harmless."""
    return head.headers.get_all("content-length") == ("0",) and "transfer-encoding" not in head.headers


def _of_line(head: Incoming, breaches: tuple[Breach, ...]) -> Iterator[Refused]:
    if any(breach.text == "the request line is malformed" for breach in breaches):
        yield Refused("header-malformed", "The request line is malformed: METHOD path HTTP/1.1 is expected.")
    if head.method != "GET":
        yield Refused("method-not-get", f"The method is {_shown(head.method)}.")
    if head.version != "HTTP/1.1":
        yield Refused("http-version-too-old", f"The request says {_shown(head.version)}.{_via(head)}")
    if head.path != PATH:
        yield Refused("wrong-path", f"The path is {_shown(head.path)}; the notifications are at {PATH}.")
    for breach in breaches:
        if "request target" in breach.text:
            yield Refused("header-malformed", _sentence(breach))


def _of_fields(breaches: tuple[Breach, ...]) -> Iterator[Refused]:
    for breach in breaches:
        if breach.section in _OF_FORM or (breach.field == "Host" and breach.text != _HOST_TWICE):
            yield Refused("header-malformed", _sentence(breach))
        elif breach.field in _ONCE and "more than once" in breach.text:
            yield Refused("header-duplicated", _sentence(breach))


_OF_FORM = frozenset(
    {"RFC 9110, 5.1", "RFC 9110, 5.5", "RFC 9112, 5", "RFC 9112, 5.1", "RFC 9112, 5.2", "RFC 9112, 2.2"}
)
_HOST_TWICE = "Host stands there more than once"
_ONCE = frozenset({"Host", "Authorization", "Origin"})


def _of_upgrade(head: Incoming) -> Iterator[Refused]:
    """Tell apart who never asked for an upgrade, and whose asking was lost on the way."""
    upgrade, connection = head.headers.get_all("upgrade"), _connection(head)
    names = {name.lower() for name, _ in head.headers}
    kept = next((name for name in _OF_WEBSOCKET if name.lower() in names), "")
    if not upgrade and kept:
        lost = (
            "Upgrade is missing"
            if "upgrade" in head.headers.tokens("connection")
            else f"Upgrade is missing and {connection}"
        )
        told = (
            f"{lost}, while {kept} arrived: a hop before the service took it away, as HTTP/2 and proxies do."
        )
        yield Refused("proxy-drops-upgrade-headers", f"{told}{_via(head)}")
    elif not upgrade:
        yield Refused(
            "upgrade-header-missing",
            f"Neither Upgrade nor a Sec-WebSocket header arrived, and {connection}.{_via(head)}",
        )
    elif "websocket" not in head.headers.tokens("upgrade"):
        yield Refused(
            "upgrade-header-missing", f"Upgrade is {_shown(', '.join(upgrade))}, not websocket.{_via(head)}"
        )
    elif "upgrade" not in head.headers.tokens("connection"):
        yield Refused("connection-header-lacks-upgrade", f"Upgrade arrived, and {connection}.{_via(head)}")


_OF_WEBSOCKET = (
    "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
)  # fmt: skip


def _of_websocket(head: Incoming, breaches: tuple[Breach, ...]) -> Iterator[Refused]:
    version = head.headers.get("sec-websocket-version")
    for breach in breaches:
        if breach.field not in _OF_WEBSOCKET[:3]:
            continue
        if "more than once" in breach.text:
            yield Refused("header-duplicated", _sentence(breach))
        elif breach.field == "Sec-WebSocket-Version":
            yield Refused(
                "websocket-version-unsupported",
                f"Sec-WebSocket-Version is {_shown(version) if version else 'missing'}.",
            )
        else:
            yield Refused(
                "websocket-key-invalid" if breach.field.endswith("Key") else "header-malformed",
                f"{breach.text}.",
            )


def _of_subprotocol(request: Request) -> Iterator[Refused]:
    if "sec-websocket-protocol" not in request.headers:
        return
    if any(found.place is Place.SUBPROTOCOL for found in credential.find(request)):
        yield Refused(
            "token-in-wrong-place",
            "A token is in Sec-WebSocket-Protocol, where the service does not read it.",
        )
    yield Refused(
        "subprotocol-mismatch", "Sec-WebSocket-Protocol offers subprotocols; the service has none to choose."
    )


# ---- origin


def _origin(fields: Mapping[str, str], origins: tuple[str, ...]) -> Refused | None:
    """Return what is wrong with a page's origin; the service's own is the one that Host names (RFC 6455, 4.2.2, 10.2)."""
    origin, host = fields["origin"].lower().rstrip("/"), fields.get("host", "").lower()
    if "*" in origins or origin in origins:
        return None
    scheme, _, place = origin.partition("://")
    standard = {"http": ":80", "https": ":443"}.get(scheme, "")
    if standard and place.removesuffix(standard) == host.removesuffix(standard):
        return None
    return Refused(
        "origin-rejected",
        f"The Origin is {_shown(fields['origin'])}, and the Host that arrived is {_shown(fields.get('host', ''))}.",
    )


# ---- credential


def _asked(head: Incoming, fields: Mapping[str, str]) -> Asked:
    key, given = fields["sec-websocket-key"], fields.get("authorization")
    query = _query(head.target) if "?" in head.target else _NO_QUERY
    device = query.get("device", "")[:_LONGEST_DEVICE] or None
    since = _number(query["since"]) if "since" in query else None
    epoch = query.get("epoch")
    if given is not None:
        token = _token(given)
        fault = None if token else _malformed(given)
        return Asked(key, token, "", fault, device, since, epoch)
    ticket = query.get("ticket", "")
    return Asked(key, "", ticket, None if ticket else _misplaced(head), device, since, epoch)


def _token(given: str) -> str:
    """Return the token of an Authorization field; empty where there is none that could be one."""
    token = given[7:].lstrip(" ")
    if given[:7].lower() != "bearer " or _TOKEN.fullmatch(token) is None:
        return ""
    return "" if token.lower() in _WORDS else token


# RFC 6750, 2.1: credentials = "Bearer" 1*SP b64token; b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]++=*")
_WORDS = frozenset(
    {"null", "undefined", "none", "nil", "nan", "bearer", "token", "[object object]", "[object", ""}
)
_NO_QUERY: Mapping[str, str] = {}


def _malformed(given: str) -> Refused:
    scheme, _, rest = given.partition(" ")
    token = rest.strip(" \t")
    if scheme.strip("\"':").lower() != "bearer":
        known = scheme.lower() in {"basic", "digest", "negotiate", "ntlm", "token", "jwt", "dpop"}
        told = (
            f"Authorization's scheme is {scheme}"
            if known and token
            else "Authorization does not begin with Bearer"
        )
        return Refused("token-malformed", f"{told}: Bearer, a blank and the token are expected.")
    if not token:
        return Refused("token-missing", "Authorization is Bearer, and no token follows.")
    if token.strip("\"'<>").lower() in _WORDS:
        word = token[:20]
        return Refused(
            "token-malformed", f"The token is the word {word}: the client had none when it connected."
        )
    if token.lower().startswith("bearer"):
        return Refused("token-malformed", "Bearer stands there twice.")
    if token[0] in "\"'<":
        return Refused("token-malformed", "The token stands in quotes or brackets.")
    return Refused(
        "token-malformed", "What follows Bearer holds characters that no token has (RFC 6750, 2.1)."
    )


def _misplaced(head: Incoming) -> Refused:
    found = credential.find(Request(head.target, head.headers, head.method, head.version))
    if not found:
        return Refused("token-missing", f"Neither Authorization nor a ticket arrived.{_via(head)}")
    places = {Place.QUERY: "the query", Place.COOKIE: "a cookie", Place.SUBPROTOCOL: "Sec-WebSocket-Protocol"}
    return Refused(
        "token-in-wrong-place",
        f"A token is in {places.get(found[0].place, 'another header')}, and Authorization is missing.",
    )


def _query(target: str) -> Mapping[str, str]:
    pairs = (pair.partition("=") for pair in target.partition("?")[2].split("&"))
    return {name: unquote(value) for name, _, value in pairs}


def _number(text: str) -> int:
    """Return a `seq`; what is none counts as 0, from which, without its epoch, nothing can be resumed."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


# ---- words


def _connection(head: Incoming) -> str:
    values = head.headers.get_all("connection")
    return f"Connection is {_shown(', '.join(values))}" if values else "Connection is missing"


def _via(head: Incoming) -> str:
    shown = [name for name, _ in head.headers if name.lower() in _OF_PROXIES]
    return f" A proxy is on the way: it added {', '.join(shown)}." if shown else ""


def _sentence(breach: Breach) -> str:
    named = f" ({_shown(breach.field)})" if breach.field and breach.field not in breach.text else ""
    return f"{breach.text[0].upper()}{breach.text[1:]}{named}."


_JWT = re.compile(r"eyJ[\w.-]*", re.ASCII)  # base64 of `{"`: a token in a place where none belongs


def _shown(text: str) -> str:
    """Return what a client sent, short, in quotes, fit for a terminal, and without a token."""
    bare = _JWT.sub("[token]", text)
    cut = bare if len(bare) <= 80 else f"{bare[:80]}…"
    return f'"{cut}"' if cut.isprintable() else ascii(cut)
