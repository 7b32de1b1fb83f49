"""The report for a terminal: the verdict first, then how it is known, then what to do, then what is left open."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ws101.redact import rewrite
from ws101.render import beside, frame, history, ledger, outline, trail
from ws101.render.ink import Ink, Mark, Style, columns, padded, to_ascii
from ws101.render.outline import Effect, Row
from ws101.render.page import code, prose
from ws101.report import Fact, Finding, Remedy, Report
from ws101.terms import Certainty, Outcome

_COMMAND = re.compile(r"(?:ws101|curl|openssl|nginx|docker|kubectl|dig) ")
_ARGUMENT = re.compile(r"(?:[^\s'\"\\]|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|['\"\\])+")
_STYLES = {Certainty.PROVEN: Style.BAD, Certainty.LIKELY: Style.BAD, Certainty.POSSIBLE: Style.WARN}
_NARROWEST = 60  # columns; beneath that a table has no room for words
_WORTH_A_TABLE = 2  # the baseline alone says no more than the headline


def render(report: Report, *, width: int = 80, colour: bool = False, ascii_only: bool = False) -> str:
    """Return the report in lines of at most `width` columns; `ascii_only` for terminals without UTF-8."""
    ink = Ink(max(width, _NARROWEST), colour, ascii_only)
    if ascii_only:
        report = rewrite(report, line=to_ascii, block=to_ascii)
    sections = _WITHOUT_A_CAUSE if report.verdict is None else _WITH_A_CAUSE
    drawn = [lines for section in sections if (lines := list(section(report, ink)))]
    return "\n\n".join("\n".join(line.rstrip() for line in lines) for lines in drawn) + "\n"


# ---- the verdict


def _head(report: Report, ink: Ink) -> Iterator[str]:
    mark, style = _sign(report)
    found = report.verdict
    word = f"{found.certainty.value}: " if found else ""
    first, *rest = ink.wrap(word + outline.headline(report), ink.width - 2) or [""]
    yield (
        ink.paint(f"{ink.mark(mark)} {word}".rstrip(), style)
        + " "
        + ink.paint(first.removeprefix(word), Style.BOLD)
    )
    yield from ("  " + ink.paint(line, Style.BOLD) for line in rest)
    said = [
        *([standing] if (standing := outline.standing(report)) else []),
        *([f"{found.certainty.value} means: {outline.GLOSS[found.certainty]}"] if found else []),
    ]
    yield from (
        "  " + ink.paint(line, Style.DIM) for words in said for line in ink.wrap(words, ink.width - 2)
    )
    yield from (
        "  " + ink.paint(line, Style.WARN)
        for words in outline.caveats(report)
        for line in ink.wrap(words, ink.width - 2)
    )


def _sign(report: Report) -> tuple[Mark, Style]:
    if report.verdict is not None:
        return Mark.FAILED, _STYLES[report.verdict.certainty]
    if report.outcome is Outcome.CONNECTED:
        return Mark.PASSED, Style.GOOD
    return Mark.UNKNOWN, Style.WARN


def _trail(report: Report, ink: Ink) -> list[str]:
    return trail.draw(report.trail, outline.weak_point(report), ink)


def _exchange(report: Report, ink: Ink) -> list[str]:
    if report.exchange is None:
        return []
    return frame.draw(report.exchange, f"{report.target.host}:{report.target.port}", ink)


def _where(report: Report, ink: Ink) -> Iterator[str]:
    if report.verdict is not None and report.verdict.where:
        yield from frame.draw_excerpts(report.verdict.where, ink)


def _seen(report: Report, ink: Ink) -> Iterator[str]:
    if report.seen is not None:
        yield _heading("Sent and seen", f"the server's record, trace {report.seen.trace}", ink)
        yield from beside.draw(report, ink)


def _account(report: Report, ink: Ink) -> Iterator[str]:
    if report.account is not None:
        beside = ink.plain(" · ".join(history.beside(report)))
        yield _heading("What each hop wrote", beside, ink)
        yield from ledger.draw_account(report, ink)


def _groups(report: Report, ink: Ink) -> Iterator[str]:
    if report.chronicle is not None and report.chronicle.groups and not history.alone(report.chronicle):
        span = ink.plain(history.spanned(report.chronicle))
        yield _heading("What became of the handshakes", span, ink)
        yield from ledger.draw_groups(report.chronicle, ink)


def _sources(report: Report, ink: Ink) -> Iterator[str]:
    if report.chronicle is not None and report.chronicle.sources:
        yield _heading("Logs that were read", "", ink)
        yield from ledger.draw_sources(report.chronicle, ink)


# ---- how it is known


def _why(report: Report, ink: Ink) -> Iterator[str]:
    found = report.verdict
    if found is not None and found.facts:
        yield _heading("Why", found.cause, ink)
        yield from _facts(found.facts, ink)


def _facts(facts: Sequence[Fact], ink: Ink) -> Iterator[str]:
    for number, fact in enumerate(facts, 1):
        sign = f"{number}. " if len(facts) < 10 else f"{number:>2}. "
        lines = ink.wrap(fact.text, ink.width - 2 - len(sign)) or [""]
        source = f"[{fact.source}]" if fact.source else ""
        beside = columns(lines[-1]) + 1 + columns(source) <= ink.width - 2 - len(sign)
        painted = ink.inline(lines)
        below = (
            []
            if beside
            else [ink.paint(line, Style.DIM) for line in ink.wrap(source, ink.width - 2 - len(sign))]
        )
        if beside:
            painted[-1] += " " + ink.paint(source, Style.DIM)
        yield from _hung([*painted, *below], sign)


def _experiments(report: Report, ink: Ink) -> Iterator[str]:
    table = outline.table(report)
    if len(table.rows) + table.hidden < _WORTH_A_TABLE:
        return
    yield _heading("Experiments", f"the same handshake, but {ink.mark(Mark.CUT)}", ink)
    seen = min(max(columns(row.seen) for row in table.rows), ink.width * 3 // 8)
    remark = max(columns(_remark(row, ink)) for row in table.rows)
    change = min(max(columns(row.change) for row in table.rows), ink.width - seen - remark - 17)
    for row in table.rows:
        yield from _row(row, change, seen, ink)
    if table.hidden:
        yield _more(table.hidden, ink)


def _row(row: Row, change: int, seen: int, ink: Ink) -> Iterator[str]:
    mark, tint = (Mark.PASSED, Style.GOOD) if row.works else (Mark.FAILED, Style.DIM)
    style = {Effect.FLIPPED: Style.BOLD, Effect.SAME: Style.DIM}.get(row.effect)
    first, *rest = ink.wrap(row.change, change) or [""]
    cells = ink.paint(f"{padded(first, change)}  {padded(ink.cut(row.seen, seen), seen)}", style)
    remark = ink.paint(_remark(row, ink), Style.GOOD if row.works else None)
    yield f"  {ink.paint(ink.mark(mark), tint)} {cells}  {ink.paint(row.ms.rjust(7), Style.DIM)}  {remark}"
    yield from (f"    {ink.paint(line, style)}" for line in rest)


def _remark(row: Row, ink: Ink) -> str:
    return f"{ink.mark(Mark.FLIP)} {row.remark}" if row.effect is Effect.FLIPPED else row.remark


# ---- what to do


def _fix(report: Report, ink: Ink) -> Iterator[str]:
    if report.verdict is not None:
        remedy = report.verdict.remedy
        yield _heading(outline.fix_heading(report), outline.WHERE[remedy.applies], ink)
        yield from _remedy(remedy, ink)


def _remedy(remedy: Remedy, ink: Ink) -> Iterator[str]:
    yield from prose(remedy.text, ink)
    if remedy.patch:
        yield from ["", *code(remedy.patch.strip("\n"), ink)]
    if remedy.command:
        yield from ["", *_command(remedy.command.strip(), ink)]


def _command(command: str, ink: Ink) -> Iterator[str]:
    """Break a command between its arguments, as a shell allows."""
    for line in command.split("\n"):
        text, sign = "", "$ "
        for argument in _ARGUMENT.findall(line):
            if text and columns(f"{text} {argument}") > ink.width - 10:
                yield f"    {ink.paint(sign, Style.DIM)}{ink.paint(text + ' ' + chr(92), Style.CODE)}"
                text, sign = "", "    "
            text = ink.cut(f"{text} {argument}" if text else argument, ink.width - 10)
        yield f"    {ink.paint(sign, Style.DIM)}{ink.paint(text, Style.CODE)}"


def _others(report: Report, ink: Ink) -> Iterator[str]:
    for number, (heading, findings) in enumerate(outline.others(report)):
        yield from [""] if number else []
        yield _heading(heading, "", ink)
        for finding in findings:
            yield from _other(finding, ink)


def _other(finding: Finding, ink: Ink) -> Iterator[str]:
    word = ink.paint(finding.certainty.value, _STYLES[finding.certainty])
    lines = ink.wrap(f"{finding.certainty.value} {finding.cause}: {finding.title}", ink.width - 4)
    yield from _hung(
        [word + lines[0].removeprefix(finding.certainty.value), *lines[1:]], ink.mark(Mark.BULLET) + " "
    )
    for fact in finding.facts[:1]:
        yield from (
            "    " + ink.paint(line, Style.DIM)
            for line in ink.wrap(f"{fact.text} [{fact.source}]", ink.width - 4)
        )
    fix = " ".join(finding.remedy.text.split())
    yield from (
        "    " + line
        for line in ink.inline(ink.wrap(f"fix {outline.WHERE[finding.remedy.applies]}: {fix}", ink.width - 4))
    )


# ---- what is left


def _examined(report: Report, ink: Ink) -> Iterator[str]:
    if report.examined:
        yield _heading("Examined", "", ink)
    for said in report.examined:
        yield from _hung(
            ink.inline(ink.wrap(said, ink.width - 4)), ink.paint(ink.mark(Mark.PASSED), Style.GOOD) + " "
        )


def _unexamined(report: Report, ink: Ink) -> Iterator[str]:
    if report.unexamined:
        yield _heading("Not examined", "", ink)
    for said in report.unexamined:
        yield from _hung(
            ink.inline(ink.wrap(said, ink.width - 4)), ink.paint(ink.mark(Mark.UNKNOWN), Style.WARN) + " "
        )


def _cleared(report: Report, ink: Ink) -> Iterator[str]:
    shown, hidden = outline.cleared(report)
    if shown:
        yield _heading("Ruled out", "", ink)
    for cleared in shown:
        source = f" [{cleared.experiment}]" if cleared.experiment else ""
        yield from _entry(cleared.cause, f"{cleared.why}{source}", ink)
    if shown and hidden:
        yield _more(hidden, ink)


def _needs(report: Report, ink: Ink) -> Iterator[str]:
    shown, hidden = outline.needs(report)
    if shown:
        yield _heading("Not tested: to be sure, also give", "", ink)
    for need, causes in shown:
        told = ", ".join(causes[:3]) + (f" and {len(causes) - 3} more" if len(causes) > 3 else "")
        lines = ink.inline(ink.wrap(need, ink.width - 4))
        about = [ink.paint(line, Style.DIM) for line in ink.wrap(f"tells of {told}", ink.width - 4)]
        yield from _hung([*lines, *about], ink.mark(Mark.BULLET) + " ")
    if hidden:
        yield _more(hidden, ink)


def _entry(cause: str, words: str, ink: Ink) -> Iterator[str]:
    lines = ink.wrap(f"{cause}: {words}", ink.width - 4)
    named = lines[0].startswith(f"{cause}:")
    first = cause + ink.paint(lines[0].removeprefix(cause), Style.DIM) if named else lines[0]
    yield from _hung(
        [first, *(ink.paint(line, Style.DIM) for line in lines[1:])], ink.mark(Mark.SKIPPED) + " "
    )


def _next(report: Report, ink: Ink) -> Iterator[str]:
    if report.next_steps:
        yield _heading("Next", "", ink)
    for step in report.next_steps:
        if _COMMAND.match(step):
            command, _, comment = step.partition("  ")
            yield from (
                line.removeprefix("  ") for line in _command(command, replace(ink, width=ink.width + 2))
            )
            yield from ("    " + ink.paint(line, Style.DIM) for line in ink.wrap(comment, ink.width - 4))
        else:
            yield from _hung(ink.inline(ink.wrap(step, ink.width - 4)), ink.mark(Mark.BULLET) + " ")


# ---- lines


def _heading(words: str, beside: str, ink: Ink) -> str:
    between = f" {ink.mark(Mark.BETWEEN)} "
    aside = between + ink.cut(beside, ink.width - columns(words) - len(between)) if beside else ""
    return ink.paint(words, Style.BOLD) + ink.paint(aside, Style.DIM)


def _hung(lines: Sequence[str], sign: str) -> Iterator[str]:
    """Hang lines on a sign, two columns from the edge."""
    for number, line in enumerate(lines):
        yield f"  {sign if number == 0 else ' ' * columns(sign)}{line}"


def _more(count: int, ink: Ink) -> str:
    return "    " + ink.paint(f"and {count} more: --json", Style.DIM)


_WITH_A_CAUSE = (
    _head, _trail, _groups, _exchange, _seen, _account, _where, _why, _experiments, _fix, _others, _examined, _unexamined,
    _sources, _cleared, _needs, _next,
)  # fmt: skip
_WITHOUT_A_CAUSE = (
    _head,
    _trail,
    _groups,
    _examined,
    _unexamined,
    _exchange,
    _seen,
    _account,
    _experiments,
    _sources,
    _cleared,
    _needs,
    _next,
)
