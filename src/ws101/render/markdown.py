"""The report in Markdown for an issue or a ticket: short, and with nothing in it that a forge would act upon."""

import re
from collections.abc import Iterable, Iterator

from ws101.render import history, outline
from ws101.render.outline import Effect
from ws101.report import Chronicle, Excerpt, Exchange, Fact, LogLine, Passage, Remedy, Report
from ws101.terms import Fate, Outcome, StepState

_SIGNS = {StepState.PASSED: "✓", StepState.FAILED: "✗", StepState.SKIPPED: "·", StepState.UNKNOWN: "?"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#!&@])")
_CODE = re.compile(r"(`[^`|]+`)")
_LINK = re.compile(r"(?<=http)(s?):(?=//)|(?<=www)\.", re.IGNORECASE)
_LINES = 14


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    parts = ["\n".join(lines) for lines in map(list, _parts(report)) if lines]
    return "\n\n".join(parts) + "\n"


def _parts(report: Report) -> Iterator[Iterable[str]]:
    found = report.verdict
    yield [f"### {_sign(report)} {_text(outline.headline(report))}"]
    verdict = f" — **{found.certainty}**, {found.hop}: `{found.cause}`" if found else ""
    standing = outline.standing(report)
    yield [
        *([f"{_literal(standing)}{verdict}"] if standing or verdict else []),
        *(f"\n**{_text(words)}**" for words in outline.caveats(report)),
    ]
    yield [" → ".join(f"{_SIGNS[step.state]} {step.hop}" for step in report.trail)] if report.trail else []
    yield _groups(report.chronicle) if report.chronicle else []
    yield _bullets("Examined", report.examined)
    yield _bullets("Not examined", (*report.unexamined, *outline.unread(report)))
    if found is not None:
        yield (
            ["**Why**", "", *(f"{n}. {_fact(fact)}" for n, fact in enumerate(found.facts, 1))]
            if found.facts
            else []
        )
    yield _exchange(report.exchange) if report.exchange else []
    yield _seen(report)
    yield _account(report)
    yield from (_excerpt(one) for one in found.where) if found is not None else ()
    yield _experiments(report)
    if found is not None:
        yield [
            f"**{outline.fix_heading(report)}** ({outline.WHERE[found.remedy.applies]})",
            "",
            *_remedy(found.remedy),
        ]
    for heading, findings in outline.others(report):
        yield [f"**{heading}**", ""] + [f"- {f.certainty}: `{f.cause}`: {_text(f.title)}" for f in findings]
    yield _numbers(report)


def _sign(report: Report) -> str:
    if report.verdict is not None:
        return "✗"
    return "✓" if report.outcome is Outcome.CONNECTED else "?"


def _bullets(heading: str, items: Iterable[str]) -> list[str]:
    entries = [f"- {_text(item)}" for item in items if item]
    return [f"**{heading}**", "", *entries] if entries else []


def _fact(fact: Fact) -> str:
    return _text(fact.text) + (f" _({_text(fact.source)})_" if fact.source else "")


def _exchange(exchange: Exchange) -> list[str]:
    lines: list[str] = []
    for sign, side in ((">", exchange.sent), ("<", exchange.received)):
        for number, line in enumerate(side):
            if number < _LINES or line.note:
                lines.append(f"{sign} {line.text}".rstrip())
            lines += [f"  ^ {line.note}"] if line.note else []
    return _fenced(lines, "http")


def _excerpt(excerpt: Excerpt) -> list[str]:
    """Return some lines of a file, each with its number, under the place of the first that is to blame."""
    digits = max((len(str(line.number)) for line in excerpt.lines), default=1)
    lines: list[str] = []
    for line in excerpt.lines:
        lines.append(f"{line.number:>{digits}}  {line.text}".rstrip())
        lines += [f"{'':{digits}}  ^ {line.note}"] if line.note else []
    return [f"{_literal(f'{excerpt.file}:{excerpt.number}')}", "", *_fenced(lines, "nginx")]


def _seen(report: Report) -> list[str]:
    if report.seen is None:
        return []
    lines = [line for passage in outline.astray(report) for line in _difference(passage)]
    said = f"**Sent and seen** by the server's own record: {outline.arrived(report)}"
    return [said, *(["", *_fenced(lines, "diff")] if lines else [])]


def _difference(passage: Passage) -> Iterator[str]:
    """Yield what was sent, and what the server saw in its place."""
    lost = passage.fate is Fate.LOST
    yield f"- {passage.part}: {passage.sent}{'   ← lost on the way' if lost else ''}"
    if not lost:
        yield f"+ {passage.part}: {passage.seen}"


def _account(report: Report) -> list[str]:
    """Return what each hop wrote, in the order of the wire."""
    account = report.account
    if account is None:
        return []
    lines: list[str] = []
    for row in history.in_order(account):
        if isinstance(row, LogLine):
            when = " · ".join(part for part in (row.hop.value, history.moment(row.time), row.place) if part)
            lines += [f"{when}", *(f"    {text}" for text in row.text.split("\n"))]
            lines += [f"  ^ {row.note}"] if row.note else []
        else:
            lines += [
                f"{row.hop.value} · {row.source}",
                f"  {'✗' if row.sure else '?'} {history.silence(row, account)}",
            ]
    lines += [f"≠ {text}" for text in account.contradictions]
    lines += [f"? {text}" for text in account.doubts]
    beside = f" ({_text(' · '.join(history.beside(report)))})" if history.beside(report) else ""
    return [f"**What each hop wrote**{beside}", "", *_fenced(lines, "text")]


def _groups(chronicle: Chronicle) -> list[str]:
    if not chronicle.groups or history.alone(chronicle):
        return []
    rows = [
        f"| {_SIGNS[history.fate(g)]} {g.status or '–'} | {g.count:,} | {_text(history.called(g))} "
        f"| {_text(history.since(g, chronicle))} | {_text(' · '.join(history.about(g, chronicle)[1:]))} |"
        for g in chronicle.groups[: history.MOST_GROUPS]
    ]
    return ["| handshakes | number | why | when | whose, and where |", "|---|---|---|---|---|", *rows]


def _experiments(report: Report) -> list[str]:
    telling = [row for row in outline.table(report).rows if row.effect is not Effect.SAME]
    if len(telling) < 2:
        return []
    rows = [f"| {_text(row.change)} | {_text(row.seen)} | {row.remark} |" for row in telling]
    return ["| the same handshake, but … | what was seen | |", "|---|---|---|", *rows]


def _remedy(remedy: Remedy) -> list[str]:
    text = [_text(line) for line in remedy.text.strip().split("\n")]
    patch = ["", *_fenced(remedy.patch.strip("\n").split("\n"), "diff")] if remedy.patch else []
    command = ["", *_fenced(remedy.command.strip().split("\n"), "sh")] if remedy.command else []
    return [*text, *patch, *command]


def _numbers(report: Report) -> list[str]:
    counted = ((len(report.ruled_out), "ruled out"), (len(report.not_tested), "not tested"))
    said = [f"{count} {'cause' if count == 1 else 'causes'} {words}" for count, words in counted if count]
    return [f"_{', '.join(said)}; `ws101 check --json` names them._"] if said else []


def _fenced(lines: list[str], language: str) -> list[str]:
    """Fence lines with more backticks than any of them holds in a row."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + language, *lines, fence]


def _literal(text: str) -> str:
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if len(ticks) > 1 else f"`{text}`"


def _text(text: str) -> str:
    """Escape a text; what stands between backticks stays code. `@` is kept from calling people, URLs from linking."""
    parts = _CODE.split(text)
    return "".join(
        part if n % 2 else _LINK.sub(_unlinked, _SPECIAL.sub(_escaped, part)) for n, part in enumerate(parts)
    )


def _unlinked(match: re.Match[str]) -> str:
    return f"{match[1] or ''}&#{ord(match[0][-1])};"


def _escaped(match: re.Match[str]) -> str:
    sign = match[1]
    return f"&#{ord(sign)};" if sign in "<>&@#|" else f"\\{sign}"
