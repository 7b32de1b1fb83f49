"""How far a handshake got by the logs' story of it, and what of it arrived where: plain questions, no rulings.

None is "the logs do not say"; an empty string is "it was not there".
"""

from collections.abc import Iterator

from ws101.logs.bodies import Body, as_long
from ws101.logs.entry import Entry, Told
from ws101.logs.page import pages
from ws101.logs.story import Silence, Story
from ws101.logs.tie import NEXT
from ws101.signature import Says
from ws101.terms import NGINX, Hop

BETWEEN = (Hop.CDN, Hop.PROXY)
# Other proxies count the answer's head as well.
_COUNTS_BODIES = NGINX | {"apache", "caddy", "traefik", "envoy"}
BEHIND = (Hop.SERVER, Hop.AUTH)

# What a client says when no request of its got out.
_BEFORE_HTTP = frozenset(
    {
        Says.NAME_UNKNOWN, Says.REFUSED, Says.UNREACHABLE, Says.FORWARD_PROXY, Says.TLS_UNTRUSTED,
        Says.TLS_EXPIRED, Says.TLS_NOT_YET_VALID, Says.TLS_NAME, Says.TLS_VERSION, Says.TLS_SERVER_NAME,
        Says.TLS_WRONG_VERSION, Says.TLS_TO_PLAIN,
    }
)  # fmt: skip
# What a proxy says of a request that it refuses before it asks anyone else.
_OF_ITSELF = frozenset(
    {
        Says.PLAIN_HTTP_TO_TLS, Says.CLIENT_CERTIFICATE_MISSING, Says.CLIENT_CERTIFICATE_BAD, Says.HEADER_TOO_LARGE,
        Says.MALFORMED, Says.TLS_TO_PLAIN, Says.RATE, Says.CONNECTIONS, Says.ADDRESS, Says.BASIC, Says.NO_FILE,
        Says.SUBREQUEST, Says.METHOD, Says.FORBIDDEN,
    }
)  # fmt: skip
_OF_NEXT_HOP = frozenset(says for says in Says if says.name.startswith("UPSTREAM_"))
_OF_THE_HEAD = frozenset({400, 408, 414, 431, 494})
# nginx logs these as $upstream_status also where it got no answer at all.
OF_NO_SERVER = frozenset({None, 502, 504})
_OF_EDGES = ("cf-ray", "cf-connecting-ip", "x-amz-cf-id", "fastly-ff", "x-azure-ref", "akamai-origin-hop")
_BROWSERS = frozenset({"chromium", "firefox", "safari", "a browser"})
_ADDED_BY_PROXIES = ("x-forwarded-for", "x-real-ip", "x-forwarded-proto", "forwarded", "via", "cf-ray")


def arrivals(story: Story) -> Iterator[Entry]:
    """Yield what the hops behind the client wrote of a request that reached them, in the order of the wire."""
    return (e for e in story.at(*BETWEEN, *BEHIND) if e.told is not Told.MEANT and (e.method or e.headers))


def answers(story: Story, *hops: Hop) -> Iterator[Entry]:
    """Yield the entries of these hops that tell a status."""
    return (e for e in story.at(*hops) if e.status is not None and e.told is not Told.MEANT)


def met(story: Story) -> Entry | None:
    """Return the entry that tells what the client met: its own, else that of the outermost hop."""
    told = (e for e in story.entries if e.status is not None and e.told is not Told.MEANT)
    return next(told, None)


# ---- fields


def field(entry: Entry, name: str) -> str | None:
    """Return a request's field as this record has it: "" where it was not there, None where the record does not say."""
    value = entry.headers.get(name.lower())
    if value is not None and value not in {"", "-"}:
        return value
    if _unread(entry):
        return None
    return (
        "" if value is not None or entry.whole else None
    )  # nginx and Apache log a dash for what is not there


def _unread(entry: Entry) -> bool:
    """Whether a proxy refused the head itself: it then logs what it has not read yet as if it were not there."""
    return entry.hop in BETWEEN and entry.status in _OF_THE_HEAD and not entry.upstream


def telling(story: Story, name: str, *hops: Hop) -> Entry | None:
    """Return the first record of a request at one of these hops that tells of this field."""
    wanted = hops or (*BETWEEN, *BEHIND)
    return next((e for e in arrivals(story) if e.hop in wanted and field(e, name) is not None), None)


def telling_meant(story: Story, name: str) -> Entry | None:
    """Return a record in which the client itself lists this field as one that it sends."""
    return next((e for e in story.at(Hop.CLIENT) if field(e, name)), None)


def lost(story: Story, name: str) -> tuple[Entry, Entry] | None:
    """Return where a field was seen, and the next record further in by which it is not there any more."""
    before: Entry | None = None
    for entry in arrivals(story):
        value = field(entry, name)
        if value:
            before = entry
        elif value == "" and before is not None and _further(entry, before):
            return before, entry
    return None


def changed(story: Story, name: str) -> tuple[Entry, Entry] | None:
    """Return two records one after another on the way in which a field has two values, neither of them empty."""
    before: Entry | None = None
    for entry in arrivals(story):
        value = field(entry, name)
        if not value:
            continue
        if (
            before is not None
            and _further(entry, before)
            and value.lower() != (field(before, name) or "").lower()
        ):
            return before, entry
        before = entry
    return None


def _further(entry: Entry, before: Entry) -> bool:
    return entry.hop is not before.hop or entry.place.source != before.place.source


def fronted(story: Story) -> Entry | None:
    """Return what shows that a proxy stood before the server: a record of its own, or a field that proxies add."""
    own = next(iter(story.at(*BETWEEN)), None)
    by_field = (e for e in story.at(*BEHIND) if any(field(e, name) for name in _ADDED_BY_PROXIES))
    return own or next(by_field, None)


def several_proxies(story: Story) -> bool:
    """Return whether the logs of two proxies tell of the same request."""
    return len({e.place.source for e in answers(story, Hop.PROXY)}) > 1


def edge(story: Story) -> Entry | None:
    """Return what shows that a content delivery network stood before: a record of its own, or a field that it adds."""
    own = next(iter(story.at(Hop.CDN)), None)
    by_field = (e for e in arrivals(story) if any(field(e, name) for name in _OF_EDGES))
    return own or next(by_field, None)


def meant_scheme(story: Story) -> str:
    """Return the scheme that the client means to speak, as ws or wss; empty where no log of it says."""
    said = next((e.scheme for e in story.at(Hop.CLIENT) if e.scheme), "")
    return {"http": "ws", "https": "wss"}.get(said, said)


def over_tls_by_browser(story: Story) -> Entry | None:
    """Return a browser's record of a handshake with wss://, which it spoke: its URL is no intention, as a program's log may be."""
    return next((e for e in story.at(Hop.CLIENT) if e.software in _BROWSERS and e.scheme == "wss"), None)


def is_handshake(story: Story) -> Entry | None:
    """Return a record by which the request was meant as a handshake: a key, an upgrade, or a client that failed at one."""
    for entry in story.entries:
        keyed = "key" in entry.identity or field(entry, "sec-websocket-key")
        if keyed or "websocket" in (field(entry, "upgrade") or "").lower() or entry.hop is Hop.CLIENT:
            return entry
    return None


# ---- how far it got


def before_http(story: Story) -> Entry | None:
    """Return where the client says that it could not send a request at all."""
    if any(answers(story, *Hop)):
        return None
    return next(
        (e for e in story.at(Hop.CLIENT) if e.says in _BEFORE_HTTP and e.told is not Told.MEANT), None
    )


def own_answer(story: Story) -> Entry | None:
    """Return the refusal that a proxy or an edge wrote by itself, without asking anyone behind it."""
    if any(answers(story, *BEHIND)):
        return None
    for entry in story.at(*BETWEEN):
        asked_none = entry.upstream == "" and entry.refused
        refused_before = (
            entry.says in _OF_ITSELF and entry.told in {Told.WRONG, Told.ANSWERED} and not entry.upstream
        )
        if asked_none or refused_before:
            return entry
    return _own_page(story)


def _own_page(story: Story) -> Entry | None:
    """By the length of the body, where the server is sure to have seen nothing."""
    if silent(story, Hop.SERVER) is None:
        return None
    own = (e for e in answers(story, Hop.PROXY) if page_of(e))
    return next(
        (e for e in own if e.status not in OF_NO_SERVER), None
    )  # these are about the server all the same


def perhaps_own(story: Story) -> Entry | None:
    """Return the refusal that a proxy wrote by itself, or that is at least as long as nginx's own page."""
    sure = own_answer(story)
    if sure is not None or passed_on(story) is not None:
        return sure
    return next((e for e in answers(story, Hop.PROXY) if page_of(e)), None)


def perhaps_of_server(story: Story) -> tuple[Entry, int] | None:
    """Return the server's answer, or one of which nothing says who wrote it, and which no proxy is seen to have written."""
    known = server_status(story)
    if known is not None:
        return known
    entry = met(story)
    if entry is None or entry.status is None or own_answer(story) or silent(story, Hop.SERVER):
        return None
    by_proxy = any(page_of(e) for e in answers(story, Hop.PROXY)) or any(
        e.says in _OF_NEXT_HOP for e in story.at(*BETWEEN)
    )
    return None if by_proxy else (entry, entry.status)


def page_of(entry: Entry) -> tuple[Says, ...]:
    """Return what those pages of nginx's own say that are as long as this answer's body; empty where none is."""
    nginx = entry.software.lower() in NGINX and not entry.upstream and entry.upstream_status is None
    if not nginx or entry.status is None or entry.size is None:
        return ()
    return pages(entry.status, entry.size)


def body_of(entry: Entry) -> Body | None:
    """Return the answer of a server's that is as long as the one that this record tells of, at its path; None where none is."""
    tells = entry.hop in BEHIND or entry.software.lower() in _COUNTS_BODIES
    if not tells or entry.told is not Told.ANSWERED or entry.says is not Says.NOTHING or page_of(entry):
        return None
    if entry.status is None or entry.size is None:
        return None
    return as_long(entry.path, entry.status, entry.size)


def is_passed_over(story: Story, entry: Entry) -> bool:
    """Return whether a proxy tells of an upstream that failed, and the next one opened the socket."""
    return story.works and entry.hop in BETWEEN and entry.told is Told.WRONG and entry.says in NEXT


def passed_on(story: Story) -> Entry | None:
    """Return what shows that the handshake was passed on to the server: its record, or a proxy that names it."""
    for entry in story.entries:
        if entry.hop in BEHIND and entry.told is not Told.MEANT:
            return entry
        if entry.hop in BETWEEN and (entry.upstream or entry.upstream_status is not None):
            return entry
    return None


def server_status(story: Story) -> tuple[Entry, int] | None:
    """Return what the server answered, by its own record or by that of the proxy before it."""
    for entry in answers(story, *BEHIND):
        assert entry.status is not None
        return entry, entry.status
    passing = (e for e in reversed(story.at(*BETWEEN)) if e.upstream_status not in OF_NO_SERVER)
    return next(((e, e.upstream_status) for e in passing if e.upstream_status is not None), None)


def opened(story: Story) -> Entry | None:
    """Return the outermost record of a 101, whatever became of it."""
    ended = (e for e in story.entries if e.status == 101 or e.told is Told.ENDED or e.close_code is not None)
    return next(ended, None)


def said_nothing(story: Story) -> Silence | None:
    """Return the silence of a proxy's error log that is sure to have every reason which this proxy logs at info or above."""
    logged = {e.place.source for e in answers(story, Hop.PROXY)}
    sure = (
        s for s in story.silences if s.sure and s.witness.hop is Hop.PROXY and s.witness.source not in logged
    )
    return next((s for s in sure if s.witness.level is not None), None)


def silent(story: Story, hop: Hop) -> Silence | None:
    """Return the silence by which the handshake is sure not to have reached this hop."""
    if any(e.told is not Told.MEANT for e in story.at(hop)):
        return None
    return next((s for s in story.silences if s.sure and s.witness.hop is hop), None)
