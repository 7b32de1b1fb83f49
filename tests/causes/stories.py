"""Stories told by hand: what each hop's log says of one handshake, as records that the readers would make."""

from collections.abc import Mapping
from types import MappingProxyType

from ws101.evidence import Evidence
from ws101.logs.entry import Entry, Told
from ws101.logs.line import Place
from ws101.logs.story import Contradiction, Silence, Story
from ws101.logs.witness import Witness
from ws101.signature import Says
from ws101.terms import Hop
from ws101.verdict.logged import evidence_of

HOST = "timers.example.org"
PATH = "/api/v1/timers/notifications"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TIME = 1_800_000_000.0

_ORDER = tuple(Hop)


def client(
    says: Says = Says.NOTHING, words: str = "", *, status: int | None = None, **fields: object
) -> Entry:
    """Return what a client wrote of what it met."""
    told = Told.ANSWERED if status is not None else Told.WRONG
    return _entry(Hop.CLIENT, "client.log", "ktor", told, says, words, status=status, **fields)


def meant(url_scheme: str = "wss", port: int = 443, **fields: object) -> Entry:
    """Return the line in which a client says what it means to send."""
    text = f"🔌 [WebSocket] Connecting to {url_scheme}://{HOST}:{port}{PATH}"
    given = {"scheme": url_scheme, "host": HOST, "port": port, "path": PATH, **fields}
    return _entry(Hop.CLIENT, "client.log", "ktor", Told.MEANT, Says.NOTHING, text, **given)


def access(status: int, size: int | None = None, **fields: object) -> Entry:
    """Return a line of nginx's access log."""
    given = {"method": "GET", "path": PATH, "version": "HTTP/1.1", "client": "203.0.113.9", **fields}
    text = f'203.0.113.9 - - [15/Jan/2027:08:00:00 +0000] "GET {PATH} HTTP/1.1" {status} {size} "-" "-"'
    return _entry(
        Hop.PROXY,
        "access.log",
        "nginx",
        Told.ANSWERED,
        Says.NOTHING,
        "",
        text,
        status=status,
        size=size,
        **given,
    )


def nginx_error(says: Says, words: str, **fields: object) -> Entry:
    """Return a line of nginx's error log."""
    fields = {"host": HOST, "method": "GET", "path": PATH, **fields}
    text = f'2027/01/15 08:00:00 [info] 7#7: *1 {words}, client: 203.0.113.9, server: {HOST}, host: "{HOST}"'
    return _entry(
        Hop.PROXY, "error.log", "nginx", Told.WRONG, says, words, fields.pop("text", text), **fields
    )


def server(
    status: int | None = None,
    says: Says = Says.NOTHING,
    words: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **fields: object,
) -> Entry:
    """Return what the server wrote: with `headers`, the whole of what reached it."""
    told = Told.ANSWERED if status is not None else Told.SEEN
    given = {"method": "GET", "path": PATH, "headers": headers or {}, "whole": headers is not None, **fields}
    software = given.pop("software", "ktor")
    return _entry(Hop.SERVER, "server.log", software, told, says, words, status=status, **given)


def edge(status: int, **fields: object) -> Entry:
    """Return a line of an edge's log."""
    given = {"method": "GET", "path": PATH, **fields}
    return _entry(Hop.CDN, "edge.log", "cloudflare", Told.ANSWERED, Says.NOTHING, "", status=status, **given)


def _entry(
    hop: Hop, source: str, software: str, told: Told, says: Says, words: str, text: str = "", **fields: object
) -> Entry:
    line = fields.pop("line", 1)
    whole = text or words or f"{software} {says.value}"
    known = {"time": TIME, **fields}
    return Entry(Place(source, line), source, software, hop, told, whole, says=says, words=words, **known)


def story(
    *entries: Entry, silent: tuple[Silence, ...] = (), contradictions: tuple[Contradiction, ...] = ()
) -> Story:
    """Return the story of these records, in the order of the wire."""
    ordered = tuple(sorted(entries, key=lambda entry: _ORDER.index(entry.hop)))
    return Story(ordered, ("the path and the time",), silent, contradictions)


def silence(hop: Hop = Hop.SERVER, *, sure: bool = True, setting: str = "") -> Silence:
    """Return that a hop's log covers the moment and has no line of it."""
    source = {Hop.SERVER: "server.log", Hop.PROXY: "access.log"}.get(hop, "edge.log")
    why = "it logged others that were refused" if sure else "nobody knows whether it would"
    return Silence(Witness(source, "of its own", "ktor", hop, competent=sure or None), sure, why, setting)


def asking(**fields: str) -> Mapping[str, str]:
    """Return the fields of a sound handshake, with those given in place of them, or without where they are empty."""
    sound = {
        "host": HOST, "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-key": KEY,
        "sec-websocket-version": "13", "authorization": "Bearer [token 9f2c]", "x-forwarded-for": "203.0.113.9",
    }  # fmt: skip
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    return MappingProxyType({name: value for name, value in (sound | given).items() if value})


def evidence(told: Story, **fields: object) -> Evidence:
    return evidence_of(told, now=TIME, **fields)
