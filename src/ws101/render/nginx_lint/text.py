"""Findings for a terminal: the user's own lines in a frame, the place marked, then note and help."""

from collections.abc import Iterator, Sequence
from shlex import quote

from ws101.redact import rewrite
from ws101.render.ink import Ink, Mark, Style, columns, to_ascii
from ws101.render.nginx_lint.shown import Item, Marked, Shown

_NARROWEST = 60  # columns
_STYLES = {"error": Style.BAD, "warning": Style.WARN, "note": Style.CODE}
_TAB = 4
_FEW = 3  # sockets that are named for one finding


def render(shown: Shown, *, width: int = 80, colour: bool = False, ascii_only: bool = False) -> str:
    """Return the findings in lines of at most `width` columns, and what the run looked at."""
    ink = Ink(max(width, _NARROWEST), colour, ascii_only)
    if ascii_only:
        shown = rewrite(shown, line=to_ascii, block=to_ascii)
    parts = [
        *([*_item(item, ink)] for item in shown.items),
        [*_passed(shown, ink)],
        [*_unseen(shown, ink)],
        [*_end(shown, ink)],
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in parts if lines) + "\n"


def _item(item: Item, ink: Ink) -> Iterator[str]:
    head = f"{item.severity}[{item.rule}]"
    first, *rest = ink.wrap(f"{head}: {item.message}", ink.width)
    yield ink.paint(head, _STYLES[item.severity]) + ink.inline([ink.paint(first[len(head) :], Style.BOLD)])[0]
    yield from (ink.paint(line, Style.BOLD) for line in rest)
    frames: dict[str, list[Marked]] = {item.place.file: [item.place]}
    for one in item.related:
        frames.setdefault(one.file, []).append(one)
    for marks in frames.values():
        yield from _frame(marks, item, ink)
    yield from _labelled("note", _why(item), ink)
    if item.remedy:
        yield from _labelled("help", item.remedy, ink)
    yield from _repair(item, ink)


def _repair(item: Item, ink: Ink) -> Iterator[str]:
    """Show the lines that a repair takes away and writes, as in a diff."""
    if item.changes and not item.safe:
        yield from _labelled("repair", "look at it before, for it may not be what you want", ink)
    bar = ink.paint(ink.mark(Mark.BAR), Style.DIM)
    for text in item.diff:
        style = Style.REMOVED if text.startswith("-") else Style.ADDED
        yield f"  {bar} {ink.paint(ink.cut(text[:2] + text[2:].expandtabs(_TAB), ink.width - 4), style)}"


def _why(item: Item) -> str:
    if not item.why:
        return ""
    more = f"; and {len(item.why) - 1} more" if len(item.why) > 1 else ""
    return item.why[0] + more


def _labelled(label: str, text: str, ink: Ink) -> Iterator[str]:
    if not text:
        return
    room = ink.width - len(label) - 4
    first, *rest = ink.inline(ink.wrap(text, room)) or [""]
    yield f"  {ink.paint(label, Style.BOLD)}: {first}"
    yield from (f"  {' ' * (len(label) + 2)}{line}" for line in rest)


# ---- the frame


def _frame(marks: Sequence[Marked], item: Item, ink: Ink) -> Iterator[str]:
    """Draw the marked lines of one file in their order; the finding's own place gives the frame its title."""
    wide = len(str(max(mark.line for mark in marks)))
    side = ink.paint(ink.mark(Mark.SIDE), Style.DIM)
    title = f"{marks[0].file}:{marks[0].line}:{marks[0].column}"
    yield f"{' ' * (wide + 1)}{ink.paint(f'{ink.mark(Mark.CORNER_TOP)} {title}', Style.DIM)}"
    before = 0
    for mark in sorted({mark.line: mark for mark in reversed(marks)}.values(), key=lambda mark: mark.line):
        if before and mark.line > before + 1:
            yield f"{' ' * wide} {ink.paint(ink.mark(Mark.CUT), Style.DIM)}"
        before = mark.line
        own = mark is item.place
        text = mark.lines[0].expandtabs(_TAB)
        room = ink.width - wide - 3
        yield f"{ink.paint(str(mark.line).rjust(wide), Style.DIM)} {side} {ink.cut(text, room)}"
        yield from (
            f"{' ' * wide} {side} {line}"
            for line in _under(mark, room, ink, own=own, style=_STYLES[item.severity])
        )
    yield f"{' ' * (wide + 1)}{ink.paint(ink.mark(Mark.ELBOW), Style.DIM)}"


def _under(mark: Marked, room: int, ink: Ink, *, own: bool, style: Style) -> Iterator[str]:
    line = mark.lines[0]
    start = columns(line[: mark.column - 1].expandtabs(_TAB))
    end = min(mark.end_column - 1 if mark.end_line == mark.line else len(line), len(line.rstrip()))
    stop = columns(line[:end].expandtabs(_TAB))
    if start >= room:
        return
    carets = ("^" if own else "-") * max(1, min(stop, room) - start)
    note = f" {mark.note}" if mark.note else ""
    shade = style if own else Style.CODE
    if start + len(carets) + columns(note) <= room:
        yield " " * start + ink.paint(carets + note, shade)
    else:
        yield " " * start + ink.paint(carets, shade)
        yield from (
            ink.paint(" " * min(start, room // 2) + part, shade)
            for part in ink.wrap(mark.note, room - min(start, room // 2))
        )


# ---- the end


def _passed(shown: Shown, ink: Ink) -> Iterator[str]:
    for one in shown.passed:
        text = f"let pass: {one.rule} at {one.place.file}:{one.place.line}, for: {one.reason}"
        yield from (ink.paint(line, Style.DIM) for line in ink.wrap(text, ink.width))


def _unseen(shown: Shown, ink: Ink) -> Iterator[str]:
    if shown.unseen:
        yield ink.paint(f"{ink.mark(Mark.UNKNOWN)} not all could be looked at", Style.WARN)
    for text in shown.unseen:
        first, *rest = ink.wrap(text, ink.width - 4)
        yield f"  {ink.mark(Mark.BULLET)} {first}"
        yield from (f"    {line}" for line in rest)


def _end(shown: Shown, ink: Ink) -> Iterator[str]:
    found = [_number(shown.count(kind), kind) for kind in ("error", "warning", "note") if shown.count(kind)]
    if found:
        yield ink.paint(f"{ink.mark(Mark.FAILED)} {', '.join(found)}", Style.BAD)
    elif shown.unseen:
        yield ink.paint(f"{ink.mark(Mark.UNKNOWN)} nothing was found in what could be looked at", Style.WARN)
    else:
        yield ink.paint(f"{ink.mark(Mark.PASSED)} nothing was found", Style.GOOD)
    assumed = "" if shown.version_known else " (assumed; --nginx-version tells)"
    sockets, files = _number(len(shown.sockets), "socket"), _number(shown.files, "file")
    looked = f"{sockets} in {files}, for nginx {shown.version}{assumed}"
    yield from (ink.paint(f"  {line}", Style.DIM) for line in ink.wrap(looked, ink.width - 2))
    for url, why in shown.sockets[:_FEW] if not found else ():
        yield from (ink.paint(f"  {line}", Style.DIM) for line in ink.wrap(f"{url}: {why}", ink.width - 2))
    if shown.hidden:
        yield ink.paint(
            f"  {_number(shown.hidden, 'finding')} of less weight: --min-severity note shows all", Style.DIM
        )
    url = next((item.url for item in shown.items if item.mendable and item.url), "")
    if url:
        below = f" --root {quote(shown.root)}" if shown.root else ""
        command = f"ws101 nginx fix {quote(shown.config)}{below} --url {quote(url)}"
        yield ink.paint(f"  the repair, as a diff: {command}", Style.DIM)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
