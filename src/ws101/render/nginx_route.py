"""The way of a handshake through a configuration, for a terminal: the answer first, then the walk, then what upstream sees."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ws101.nginx.account import Account, Behind, Bound, Field, Line, Lost, Said, retold
from ws101.render.ink import Ink, Mark, Style, columns, padded, to_ascii

_NARROWEST = 60  # columns
_HEADLINES = {
    "yes": (Mark.PASSED, Style.GOOD, "101 is possible"),
    "no": (Mark.FAILED, Style.BAD, "no 101 by this way"),
    "unknown": (Mark.UNKNOWN, Style.WARN, "whether 101 is possible cannot be told"),
}
_WIDEST_PLACE = 34  # columns that the places beside a field may take


class Frame(NamedTuple):
    """What stands around an account: the request in a line, what was read, for which version, and what to do next.

    Names of files are shown as they are called from `directory`.
    """

    request: str
    read: str
    version: str
    directory: str = ""
    steps: tuple[str, ...] = ()


def render(
    account: Account, frame: Frame, *, width: int = 80, colour: bool = False, ascii_only: bool = False
) -> str:
    """Return the account in lines of at most `width` columns."""
    ink = Ink(max(width, _NARROWEST), colour, ascii_only)
    account = retold(account, _from(frame.directory))
    if ascii_only:
        account = retold(account, to_ascii)
        frame = retold(frame, to_ascii)
    sections = (
        _head(account, frame, ink), _unread(account, ink), _walk(account, ink), _upstream(account, ink),
        _weighty(account, ink), _limits(account, ink), _remarks(account, ink), _assumed(account, ink),
        _next(frame, ink),
    )  # fmt: skip
    drawn = [lines for section in sections if (lines := list(section))]
    return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in drawn) + "\n"


def _from(directory: str) -> Callable[[str], str]:
    """Return what leaves the directory of the main file out of a text that begins with it, or names a place in it."""
    if not directory:
        return str
    return lambda text: text.replace(f"{directory}/", "") if "://" not in text else text


# ---- the answer


def _head(account: Account, frame: Frame, ink: Ink) -> Iterator[str]:
    mark, style, words = _HEADLINES[account.possible]
    if account.unread:  # what was not read may say otherwise
        mark, style, words = Mark.UNKNOWN, Style.WARN, f"as far as it could be read, {words}"
    because = [said.text for said in account.reasons]
    text = f"{words}: {because[0]}" if because else f"{words}: {_whom(account.upstream)} gets the handshake"
    first, *rest = ink.wrap(text, ink.width - 2)
    yield f"{ink.paint(ink.mark(mark), style)} {ink.paint(first, Style.BOLD)}"
    yield from (f"  {ink.paint(line, Style.BOLD)}" for line in rest)
    if account.reasons and account.reasons[0].line:
        yield from _quoted(account.reasons[0].line, ink, "  ")
    for said in account.reasons[1:]:
        yield from _hung(f"and {said.text}", ink.mark(Mark.BULLET), ink)
        yield from _quoted(said.line, ink, "    ") if said.line else ()
    for text in (frame.request, frame.read, frame.version):
        yield from (f"  {ink.paint(line, Style.DIM)}" for line in ink.wrap(text, ink.width - 2))


def _whom(upstream: Behind | None) -> str:
    return upstream.server if upstream and upstream.server else "the upstream"


def _unread(account: Account, ink: Ink) -> Iterator[str]:
    if account.unread:
        yield _heading("Could not be read", "what stands there may change all of this", ink)
    for said in account.unread:
        yield from _said(said, ink, Mark.UNKNOWN, Style.WARN)
    if account.unread_more:
        yield f"    {ink.paint(f'and {account.unread_more} more', Style.DIM)}"


# ---- the way


def _walk(account: Account, ink: Ink) -> Iterator[str]:
    if account.steps:
        yield _heading("The way", "each decision, and the line that took it", ink)
    wide = len(str(len(account.steps)))
    for number, step in enumerate(account.steps, 1):
        sign = f"{number:>{wide}}."
        yield from _hung(step.text, sign, ink)
        if step.line:
            yield from _quoted(step.line, ink, " " * (wide + 4))


def _quoted(line: Line, ink: Ink, edge: str) -> Iterator[str]:
    """Yield the user's own line behind its place; beneath it where both are too long for one line."""
    place, bar = f"{line.file}:{line.line}", ink.paint(ink.mark(Mark.BAR), Style.DIM)
    room = ink.width - columns(edge) - 2
    if columns(place) + 2 + columns(line.text) <= room or columns(place) < room // 2:
        code = ink.cut(line.text, room - columns(place) - 2)
        yield f"{edge}{bar} {ink.paint(place, Style.DIM)}  {ink.paint(code, Style.CODE)}"
    else:
        yield f"{edge}{bar} {ink.paint(ink.cut(place, room), Style.DIM)}"
        yield f"{edge}{bar}   {ink.paint(ink.cut(line.text, room - 2), Style.CODE)}"


# ---- what upstream sees


def _upstream(account: Account, ink: Ink) -> Iterator[str]:
    behind = account.upstream
    if behind is None:
        return
    yield _heading("What upstream sees", _where(behind), ink)
    rows = [(_request_line(behind), _place(behind.protocol_line) or "its version: nginx's default")]
    rows += [(f"{field.name}: {_value(field)}", _origin(field)) for field in behind.fields]
    yield from _framed(rows, ink)
    if behind.lost:
        yield ""
        yield f"  {ink.paint('does not arrive as the client sent it', Style.BOLD)}"
        yield from (line for lost in behind.lost for line in _lost(lost, ink))
    if behind.shadowed:
        yield ""
        words = "without effect here: the lines of an inner block replace them all"
        yield from (f"  {ink.paint(line, Style.BOLD)}" for line in ink.wrap(words, ink.width - 2))
        yield from (text for line in behind.shadowed for text in _quoted(line, ink, "  "))


def _where(behind: Behind) -> str:
    name = f"{behind.scheme}://{behind.server if behind.server is not None else '?'}"
    return f"{name} ({', '.join(behind.servers)})" if behind.servers else name


def _request_line(behind: Behind) -> str:
    return f"{behind.method} {behind.target if behind.target is not None else '?'} {behind.protocol}"


def _value(field: Field) -> str:
    return field.value if field.value is not None else f"? ({field.why})"


def _origin(field: Field) -> str:
    if field.line is None:
        return "the client's" if field.origin == "client" else "nginx's default"
    if field.map is None:
        return _place(field.line)
    there = str(field.map.line) if field.map.file == field.line.file else _place(field.map)
    return f"{_place(field.line)} (map: {there})"


def _place(line: Line | None) -> str:
    return f"{line.file.rpartition('/')[2]}:{line.line}" if line else ""


def _framed(rows: Sequence[tuple[str, str]], ink: Ink) -> Iterator[str]:
    """Yield the request in a frame, beside each line where it comes from."""
    beside = min(max(columns(origin) for _, origin in rows), _WIDEST_PLACE)
    room = ink.width - 6 - beside
    wide = min(max(columns(text) for text, _ in rows), room)
    side = ink.paint(ink.mark(Mark.SIDE), Style.DIM)
    yield "  " + ink.paint(ink.mark(Mark.CORNER_TOP), Style.DIM)
    for text, origin in rows:
        style = None if origin[:1].isalnum() and ":" in origin else Style.DIM
        shown = padded(ink.cut(text, wide), wide)
        yield f"  {side} {ink.paint(shown, style)}  {ink.paint(ink.cut(origin, beside), Style.DIM)}"
    yield "  " + ink.paint(ink.mark(Mark.ELBOW), Style.DIM)


def _lost(lost: Lost, ink: Ink) -> Iterator[str]:
    text = f"{lost.name}: {lost.value}" if lost.value else lost.name
    yield f"  {ink.paint(ink.mark(Mark.CHANGED), Style.WARN)} {ink.cut(text, ink.width - 4)}"
    yield from (f"      {ink.paint(line, Style.DIM)}" for line in ink.wrap(lost.why, ink.width - 6))
    if lost.line:
        yield from _quoted(lost.line, ink, "      ")


# ---- beside the way


def _weighty(account: Account, ink: Ink) -> Iterator[str]:
    found = [said for said in account.remarks if said.weighty]
    if found:
        yield _heading("Mind", "", ink)
    for said in found:
        yield from _said(said, ink, Mark.CHANGED, Style.WARN)


def _limits(account: Account, ink: Ink) -> Iterator[str]:
    if account.limits:
        yield _heading("Limits on the way", "", ink)
    for bound in account.limits:
        yield from _bound(bound, ink)


def _bound(bound: Bound, ink: Ink) -> Iterator[str]:
    sign, style = (Mark.CHANGED, Style.WARN) if bound.tight else (Mark.SKIPPED, None)
    lines = list(_hung(bound.text, ink.paint(ink.mark(sign), style), ink))
    if bound.line:
        yield from (*lines, *_quoted(bound.line, ink, "    "))
        return
    source = f"[{bound.directive}, by default]"
    if columns(lines[-1]) + 1 + columns(source) <= ink.width:
        lines[-1] += f" {ink.paint(source, Style.DIM)}"
    else:
        lines.append(f"    {ink.paint(source, Style.DIM)}")
    yield from lines


def _remarks(account: Account, ink: Ink) -> Iterator[str]:
    found = [said for said in account.remarks if not said.weighty]
    if found:
        yield _heading("Besides", "", ink)
    for said in found:
        yield from _said(said, ink, Mark.SKIPPED, None)


def _assumed(account: Account, ink: Ink) -> Iterator[str]:
    if account.assumed:
        yield _heading("Taken for granted", "", ink)
    for text in account.assumed:
        yield from _hung(text, ink.mark(Mark.BULLET), ink)


def _next(frame: Frame, ink: Ink) -> Iterator[str]:
    if frame.steps:
        yield _heading("Next", "", ink)
    for step in frame.steps:
        sign, rest = "$", step
        while columns(rest) > ink.width - 8 and " --" in rest:
            first, _, rest = rest.partition(" --")
            shown = f"{ink.cut(first, ink.width - 8)} {chr(92)}"
            yield f"    {ink.paint(sign, Style.DIM)} {ink.paint(shown, Style.CODE)}"
            sign, rest = " ", f"  --{rest}"
        yield f"    {ink.paint(sign, Style.DIM)} {ink.paint(ink.cut(rest, ink.width - 6), Style.CODE)}"


# ---- lines


def _heading(words: str, beside: str, ink: Ink) -> str:
    between = f" {ink.mark(Mark.BETWEEN)} "
    aside = between + ink.cut(beside, ink.width - columns(words) - len(between)) if beside else ""
    return ink.paint(words, Style.BOLD) + ink.paint(aside, Style.DIM)


def _said(said: Said, ink: Ink, mark: Mark, style: Style | None) -> Iterator[str]:
    yield from _hung(said.text, ink.paint(ink.mark(mark), style), ink)
    if said.line:
        yield from _quoted(said.line, ink, "    ")


def _hung(text: str, sign: str, ink: Ink) -> Iterator[str]:
    wide = columns(sign) + 1
    lines = ink.inline(ink.wrap(text, ink.width - 2 - wide)) or [""]
    yield f"  {sign} {lines[0]}"
    yield from (f"  {' ' * wide}{line}" for line in lines[1:])
