"""Findings as plain strings and numbers, so that secrets can be taken out of all of them before anything is written."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ws101.nginx.edit import Edit
from ws101.nginx.lint import OWN_RULES, Finding, Linted, Span
from ws101.nginx.rules import BY_NAME
from ws101.nginx.tree import File
from ws101.redact import rewrite

_MOST_LINES = 5  # of the user's text for one mark


class Marked(Struct, frozen=True):
    """A piece of a file: where it begins and ends (lines and columns from 1, the end behind the last character), and its lines."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    lines: tuple[str, ...]
    note: str = ""


class Change(Struct, frozen=True):
    """A piece of a file, and the text that takes its place."""

    place: Marked
    text: str


class Item(Struct, frozen=True):
    """One finding; `cause` is the catalogue's slug or empty, `diff` the lines that `changes` take away and write, each with its sign.

    `url` is the handshake that showed it, without its query.
    """

    rule: str
    severity: str
    message: str
    place: Marked
    related: tuple[Marked, ...]
    remedy: str
    cause: str
    why: tuple[str, ...]
    mendable: bool
    changes: tuple[Change, ...] = ()
    safe: bool = False
    diff: tuple[str, ...] = ()
    url: str = ""


class Passed(Struct, frozen=True):
    """A finding that a comment lets pass, and the reason that it gives."""

    rule: str
    place: Marked
    reason: str


class RuleShown(Struct, frozen=True):
    """A rule that found something: its name, title and page, and its usual severity."""

    name: str
    title: str
    page: str
    severity: str


class Shown(Struct, frozen=True):
    """All that is shown; `sockets` are the handshakes that were looked at, each with how it is known to be one."""

    config: str
    version: str
    version_known: bool
    files: int
    sockets: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    passed: tuple[Passed, ...]
    unseen: tuple[str, ...]
    hidden: int
    exit_status: int
    rules: tuple[RuleShown, ...]
    root: str = ""

    def count(self, severity: str) -> int:
        return sum(item.severity == severity for item in self.items)


def shown(
    config: str, linted: Linted, locate: Callable[[str], str] = str, *, changes: bool = True, root: str = ""
) -> Shown:  # fmt: skip
    """Return the plain value; `locate` gives the path that a file is shown by. Without `changes` no repair is made."""
    placed = _Placed(locate, changes)
    names = {one.rule: None for one in linted.findings}
    return Shown(
        config, ".".join(map(str, linted.version)), linted.version_known,
        len({file.name for file in linted.configuration.files}),
        tuple(dict.fromkeys((way.url, way.why) for way in linted.ways)),
        tuple(placed.item(one) for one in linted.findings),
        tuple(Passed(one.rule, placed.span(one.span), reason) for one, reason in linted.passed),
        linted.unseen, linted.hidden, linted.exit_status, tuple(map(_rule, names)), root,
    )  # fmt: skip


def cleaned(shown: Shown, clean: Callable[[str], str]) -> Shown:
    """Return it with every text cleaned; a repair in which that changes anything would write what is no secret, and is left out."""
    fresh = rewrite(shown, line=clean, block=clean)
    pairs = zip(shown.items, fresh.items, strict=True)
    return replace(
        fresh,
        items=tuple(new if _same(old, new) else replace(new, changes=(), diff=()) for old, new in pairs),
    )


def _same(old: Item, new: Item) -> bool:
    return [change.text for change in old.changes] == [change.text for change in new.changes]


def _rule(name: str) -> RuleShown:
    rule = BY_NAME.get(name)
    if rule is None:
        return RuleShown(name, OWN_RULES[name], OWN_RULES[name], "warning")
    return RuleShown(name, rule.title, (rule.page or "").strip(), rule.severity.value)


class _Placed(Struct, frozen=True):
    locate: Callable[[str], str]
    changes: bool

    def item(self, one: Finding) -> Item:
        edits, safe = one.mended() if self.changes else ((), False)
        return Item(
            one.rule, one.severity.value, one.message, self.span(one.span), tuple(map(self.span, one.related)),
            one.remedy, one.cause, one.why, one.mendable, tuple(map(self._change, edits)), safe,
            tuple(line for piece in _pieces(edits) for line in _signed(piece)),
            one.offence.way.url.partition("?")[0] if one.offence and one.offence.way else "",
        )  # fmt: skip

    def span(self, span: Span) -> Marked:
        return self._marked(span.file, span.start, span.end, span.note)

    def _change(self, edit: Edit) -> Change:
        return Change(self._marked(edit.file, edit.start, edit.end), edit.text)

    def _marked(self, file: File, start: int, end: int, note: str = "") -> Marked:
        first, last = file.place(start), file.place(end)
        numbers = range(first.line, min(last.line, first.line + _MOST_LINES - 1) + 1)
        lines = tuple(file.line(number) for number in numbers)
        return Marked(self.locate(file.name), first.line, first.column, last.line, last.column, lines, note)


def _pieces(edits: Iterable[Edit]) -> Iterator[list[Edit]]:
    """Yield the edits in the order of the text, those together that touch one line."""
    piece: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.file.name, one.start, one.end)):
        if piece and (
            edit.file.name != piece[0].file.name
            or edit.file.place(edit.start).line > max(one.file.place(one.end).line for one in piece)
        ):
            yield piece
            piece = []
        piece.append(edit)
    if piece:
        yield piece


def _signed(piece: list[Edit]) -> Iterator[str]:
    """Yield the lines that these edits take away, and those that they write."""
    file = piece[0].file
    start = file.text.rfind("\n", 0, piece[0].start) + 1
    end = file.text.find("\n", max(one.end for one in piece))
    stop = len(file.text) if end < 0 else end
    written, at = "", start
    for edit in piece:
        written += file.text[at : edit.start] + edit.text
        at = edit.end
    old, new = file.text[start:stop].split("\n"), (written + file.text[at:stop]).split("\n")
    for sign, lines, others in (("-", old, new), ("+", new, old)):
        yield from (f"{sign} {line.rstrip()}" for line in lines if line not in others and line.strip())
