"""Whether the server saw an upgrade at all: by its words, by the fields that it lists, or by the form of its line."""

from ipaddress import ip_address

from ws101.cause import RuledOut
from ws101.hearing.words import by_length, cite, quote, saying, who
from ws101.logs import way
from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.report import Fact
from ws101.signature import Says

# uvicorn logs what asks for an upgrade as `"WebSocket /path" 403`, daphne as `"WSREJECT /path"`, and both all else as a GET.
_TELLS_BY_FORM = frozenset({"uvicorn", "daphne"})
# The library of that name answers 426 where Upgrade or Connection is missing, and 400 for what else is wrong.
_BY_LIBRARY = frozenset({"websockets", "uvicorn"})
_NONE_CAME = (Says.NO_UPGRADE, Says.NOT_A_HANDSHAKE, Says.PLAIN_NOT_FOUND, Says.ENGINEIO_BAD_REQUEST)


def plain_request(story: Story) -> tuple[Entry, ...]:
    """Return the server's records by which what reached it asked for no upgrade; empty where none says so."""
    none_came = (*_NONE_CAME, Says.NO_CONNECTION)
    said = saying(story, *none_came, hops=way.BEHIND) or by_length(story, *none_came)
    if said:
        return said
    listed = way.telling(story, "Upgrade", *way.BEHIND)
    if listed is not None and not way.field(listed, "Upgrade"):
        return (listed,)
    lacking = saying(story, Says.NO_LIBRARY)
    return () if lacking else tuple(e for e in story.at(*way.BEHIND) if _by_form(e))


def _by_form(entry: Entry) -> bool:
    plain = entry.software in _TELLS_BY_FORM and entry.method == "GET"
    return plain and entry.told is not Told.MEANT and not entry.headers.get("upgrade")


def plainly(entry: Entry) -> Fact:
    """Return as a fact that what reached the server asked for no upgrade."""
    if _by_form(entry):
        return cite(entry, f"{who(entry)} logged a plain `{entry.method} {entry.path}`, and no WebSocket")
    if way.body_of(entry):
        return quote(entry)
    text = entry.words or entry.says.value if entry.says is not Says.NOTHING else "a request without Upgrade"
    return cite(entry, f"{who(entry)} saw no upgrade: {text}")


def may_be_fronted(story: Story, seen: Entry) -> bool:
    """Return whether something stands before the server that saw this: a hop with a log, or a peer within a network of its own."""
    return way.fronted(story) is not None or _is_within(seen.client)


def _is_within(address: str) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return peer.is_private and not peer.is_loopback


def bare_400(story: Story) -> Entry | None:
    """Return the 400 without a word of a server that was sent an upgrade, behind a proxy, and that has many reasons for it."""
    known, sent = way.server_status(story), way.telling(story, "Upgrade", *way.BETWEEN)
    named = any(e.says is not Says.NOTHING for e in story.at(*way.BETWEEN, *way.BEHIND))
    if known is None or known[1] != 400 or named or sent is None:
        return None
    silent_library = known[0].hop in way.BEHIND and known[0].words.startswith("connection rejected")
    return (
        known[0] if way.field(sent, "Upgrade") and not silent_library and not plain_request(story) else None
    )


def bare_404(story: Story) -> Entry | None:
    """Return the 404 of a server that logs nothing: Node's, among others, answers so to what asks for no upgrade."""
    entry = way.met(story)
    if entry is None or entry.status != 404 or story.at(*way.BEHIND) or way.perhaps_own(story):
        return None
    return entry if way.is_handshake(story) and not saying(story, Says.NO_FILE) else None


def upgrade_arrived(story: Story) -> RuledOut | None:
    """Return that an upgrade reached the server: it says so, or answers as only to one that did."""
    seen = way.telling(story, "Upgrade", *way.BEHIND)
    value = way.field(seen, "Upgrade") if seen else ""
    if seen is not None and value:
        return RuledOut(f"the server saw `Upgrade: {value}` ({seen.place})")
    refusal = next(
        (e for e in story.at(*way.BEHIND) if e.software in _BY_LIBRARY and e.status == 400 and not e.method),
        None,
    )
    if refusal is None or refusal.says is not Says.NOTHING:
        return None
    return RuledOut(
        f"{who(refusal)} refused it with 400, and answers 426 or 404 where no upgrade arrives ({refusal.place})"
    )
