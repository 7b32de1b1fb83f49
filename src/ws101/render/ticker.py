"""One line for each record of a handshake, and for what it came to, as logs are followed; for a terminal."""

from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.render import history
from ws101.render.ink import Ink, Style, columns, padded
from ws101.render.ledger import sign
from ws101.report import Group
from ws101.signature import Says

_HOP = 7
_WHEN = 13


def record(entry: Entry, ink: Ink) -> str:
    """Return a record on one line: when, which hop, what it says, and where it stands."""
    style = Style.GOOD if entry.status == 101 else Style.BAD if entry.refused else None
    said = entry.says.value if entry.says is not Says.NOTHING else entry.words or _WORDS.get(entry.told, "")
    request = " ".join(part for part in (entry.method, entry.path or entry.host) if part)
    status = str(entry.status or "")
    when = padded(history.moment(entry.time), _WHEN)
    place = ink.plain(str(entry.place))
    room = ink.width - _WHEN - _HOP - 6 - 2
    told = ink.cut(ink.plain(" · ".join(part for part in (request, said, entry.client) if part)), room)
    line = f"{when}{padded(entry.hop.value, _HOP)} {ink.paint(padded(status, 4), style)} {told}"
    beside = columns(line) + 2 + columns(place) <= ink.width
    return f"{line}  {ink.paint(place, Style.DIM)}" if beside else line


def verdict(group: Group, story: Story, ink: Ink) -> str:
    """Return what a handshake came to, on one line."""
    mark, style = sign(group)
    number = history.counted(len(story.entries), "record")
    told = (history.called(group), history.whom(group), history.where(group), number)
    words = ink.cut(ink.plain(" · ".join(part for part in told if part)), ink.width - _WHEN - 2)
    when = padded(history.moment(group.first), _WHEN)
    return ink.paint(f"{when}{ink.mark(mark)} {words}", style)


_WORDS = {
    Told.MEANT: "means to connect",
    Told.SEEN: "arrived",
    Told.ENDED: "the open socket ended",
}
