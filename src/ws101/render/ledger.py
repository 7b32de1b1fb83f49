"""What logs tell, for a terminal: one handshake hop by hop, and what became of many."""

from collections.abc import Iterator

from ws101.render import history
from ws101.render.ink import Ink, Mark, Style, columns, padded
from ws101.report import Account, Chronicle, Group, LogLine, LogSource, Report, Silent
from ws101.terms import StepState

_TEXT_LINES = 3  # of one record; the rest stands in the log
_HOP = 8  # columns of the longest hop's name, and one
_INDENT = " " * (2 + _HOP)


def draw_account(report: Report, ink: Ink) -> Iterator[str]:
    """Yield what each hop wrote of one handshake, in the order of the wire; none where no logs were given."""
    account = report.account
    if account is None:
        return
    before = ""
    rows = history.in_order(account)
    for row in rows[: history.MOST_LINES]:
        name = row.hop.value if row.hop.value != before else ""
        before = row.hop.value
        yield from _line(row, name, ink) if isinstance(row, LogLine) else _silent(row, name, account, ink)
    if len(rows) > history.MOST_LINES:
        yield _dim(f"{_INDENT}and {len(rows) - history.MOST_LINES} more: --json", ink)
    for text in account.contradictions:
        yield from _hung(ink.wrap(text, ink.width - 4), ink.mark(Mark.CHANGED), Style.BAD, ink)
    for text in account.doubts[: history.MOST_DOUBTS]:
        yield from _hung(ink.wrap(text, ink.width - 4), ink.mark(Mark.UNKNOWN), Style.WARN, ink)
    if len(account.doubts) > history.MOST_DOUBTS:
        yield _dim(f"    and {len(account.doubts) - history.MOST_DOUBTS} more doubts: --json", ink)


def _line(line: LogLine, name: str, ink: Ink) -> Iterator[str]:
    room = ink.width - len(_INDENT)
    place = ink.cut(
        ink.plain(" · ".join(part for part in (history.moment(line.time), line.place) if part)), room
    )
    yield f"  {padded(name, _HOP)}{_dim(place, ink)}"
    wrapped = [part for one in line.text.split("\n") for part in ink.wrap(one, room)]
    for text in wrapped[:_TEXT_LINES]:
        yield _INDENT + ink.paint(text, Style.BOLD if line.note else None)
    if len(wrapped) > _TEXT_LINES:
        yield _INDENT + _dim(ink.mark(Mark.CUT), ink)
    if line.note:
        sign = ink.mark(Mark.FLIP)
        for number, text in enumerate(ink.wrap(line.note, room - columns(sign) - 1)):
            mark = sign if number == 0 else " " * columns(sign)
            yield _INDENT + ink.paint(f"{mark} {text}", Style.BAD)


def _silent(silent: Silent, name: str, account: Account, ink: Ink) -> Iterator[str]:
    room = ink.width - len(_INDENT) - 2
    mark, style = (Mark.FAILED, Style.BAD) if silent.sure else (Mark.UNKNOWN, Style.WARN)
    yield f"  {padded(name, _HOP)}{_dim(ink.cut(ink.plain(f'silent · {silent.source}'), room), ink)}"
    for number, text in enumerate(ink.wrap(history.silence(silent, account), room)):
        sign = ink.mark(mark) if number == 0 else " "
        yield _INDENT + ink.paint(f"{sign} {text}", style)


def draw_groups(chronicle: Chronicle, ink: Ink) -> Iterator[str]:
    """Yield a few lines for each group of handshakes: how many, why, when, for whom."""
    groups = chronicle.groups[: history.MOST_GROUPS]
    widest = max((len(f"{group.count:,}") for group in groups), default=1)
    for group in groups:
        yield from _group(group, chronicle, widest, ink)
    if len(chronicle.groups) > len(groups):
        yield _dim(f"    and {len(chronicle.groups) - len(groups)} more: --json", ink)


def _group(group: Group, chronicle: Chronicle, widest: int, ink: Ink) -> Iterator[str]:
    mark, style = sign(group)
    count, status = f"{group.count:,}".rjust(widest), str(group.status or ink.plain("–"))
    drawn = history.chart(group.over_time, ascii_only=ink.ascii_only)
    room = ink.width - widest - len(status.rjust(3)) - 8 - (len(drawn) + 2 if drawn.strip() else 0)
    words = ink.cut(history.called(group), room)
    line = f"{ink.paint(ink.mark(mark), style)} {count}  {ink.paint(status.rjust(3), style)}  {ink.paint(words, Style.BOLD)}"
    yield (
        f"  {padded(line, ink.width - 2 - len(drawn))}{ink.paint(drawn, style)}".rstrip()
        if drawn.strip()
        else f"  {line}"
    )
    indent = 4 + widest + 7
    for text in ink.wrap(ink.plain(" · ".join(history.about(group, chronicle))), ink.width - indent):
        yield " " * indent + _dim(text, ink)


def sign(group: Group) -> tuple[Mark, Style]:
    """Return the mark of what became of a group's handshakes, and how it is shown."""
    failed = (Mark.FAILED, Style.BAD if history.sure(group) else Style.WARN)
    others = {StepState.PASSED: (Mark.PASSED, Style.GOOD), StepState.UNKNOWN: (Mark.UNKNOWN, Style.WARN)}
    return others.get(history.fate(group), failed)


def draw_sources(chronicle: Chronicle, ink: Ink) -> Iterator[str]:
    """Yield a line or two for each log: whose it is, and what was read of it, or why it could not be."""
    for source in chronicle.sources:
        yield from _source(source, ink)


def _source(source: LogSource, ink: Ink) -> Iterator[str]:
    if source.problem:
        words = f"{source.source}: {source.problem}"
        yield from _hung(ink.wrap(words, ink.width - 4), ink.mark(Mark.UNKNOWN), Style.WARN, ink)
        return
    said = f"{history.kind(source)}: {history.told(source)}" if history.kind(source) else history.told(source)
    sign = ink.mark(Mark.PASSED if source.entries else Mark.SKIPPED)
    name = ink.cut(source.source, ink.width - 4)
    beside = columns(name) + 2 + columns(said) <= ink.width - 4
    yield f"  {sign} {name}" + (f"  {_dim(said, ink)}" if beside else "")
    if not beside:
        yield from ("    " + _dim(line, ink) for line in ink.wrap(said, ink.width - 4))
    side = ink.mark(Mark.SIDE)
    yield from (f"    {_dim(side, ink)} {ink.cut(line, ink.width - 6)}" for line in source.samples)


def _hung(lines: list[str], sign: str, style: Style, ink: Ink) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {ink.paint(sign if number == 0 else ' ', style)} {ink.paint(line, style)}"


def _dim(text: str, ink: Ink) -> str:
    return ink.paint(text, Style.DIM)
