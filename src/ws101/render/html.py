"""The report as one page of HTML: no script, nothing fetched, light or dark as the reader's system is."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from ws101 import __version__
from ws101.render import history, outline
from ws101.render.outline import Effect, Row
from ws101.render.page import Block, Shape, blocks
from ws101.report import (
    Account,
    Chronicle,
    Crossing,
    Excerpt,
    Exchange,
    Fact,
    Finding,
    FrameLine,
    Group,
    LogLine,
    LogSource,
    Passage,
    Remedy,
    Report,
    Silent,
    Step,
)
from ws101.terms import Certainty, Fate, Outcome, StepState

_SIGNS = {StepState.PASSED: "✓", StepState.FAILED: "✗", StepState.SKIPPED: "·", StepState.UNKNOWN: "?"}
_CODE = re.compile(r"`([^`]+)`")

_STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf8; --card: #fff; --ink: #1d2126; --soft: #5f6872; --line: #e2dfd9;
  --good: #19703f; --bad: #b3261e; --warn: #8a5a00; --code: #0b5c7a; --added: #e2f3e8; --removed: #fbe6e4; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1b1f23; --ink: #e4e7ea; --soft: #98a2ac;
  --line: #30363c; --good: #6fcf97; --bad: #ff8a80; --warn: #f0b95b; --code: #7cc7e8; --added: #16301f;
  --removed: #3a1d1b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 54rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.65rem; line-height: 1.25; margin: .4rem 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.05rem; margin: 2.4rem 0 .7rem; }
h2 small, .soft, footer { color: var(--soft); font-weight: 400; }
p { margin: .5rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
code { color: var(--code); }
pre { margin: .8rem 0; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  white-space: pre-wrap; }
ol, ul { padding-left: 1.4rem; margin: .5rem 0; } li { margin: .35rem 0; }
.badge { display: inline-block; padding: .1rem .65rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .85rem;
  font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.trail { display: flex; flex-wrap: wrap; list-style: none; padding: 0; margin: 1.8rem 0 .5rem; gap: .75rem 0; }
.trail li { flex: 1 1 5.5rem; margin: 0; padding: .6rem .5rem 0 0; border-top: 2px solid var(--line); font-size: .9rem; }
.trail .passed { border-color: var(--good); } .trail .failed, .trail .weak { border-top-width: 4px; }
.trail .failed { border-color: var(--bad); color: var(--bad); } .trail .weak.unknown { border-color: var(--warn);
  color: var(--warn); } .trail .unknown, .trail .skipped { border-top-style: dashed; color: var(--soft); }
.trail b { display: block; } .trail span { color: var(--soft); font-size: .8rem; display: block; }
.exchange { padding: 0; overflow: hidden; } .exchange span { display: block; padding: .05rem 1rem; min-height: 1.5em; }
.exchange .title { padding: .35rem 1rem; color: var(--soft); background: var(--paper); border-bottom: 1px solid var(--line); }
.exchange .title ~ .title { border-top: 1px solid var(--line); margin-top: .35rem; }
.exchange .title + span { padding-top: .35rem; } .exchange span:last-child { padding-bottom: .5rem; }
.exchange .marked { font-weight: 600; background: var(--removed); }
.exchange .note { color: var(--bad); background: var(--removed); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th { text-align: left; color: var(--soft); font-weight: 400; font-size: .85rem; }
td, th { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.ms, th.ms { text-align: right; white-space: nowrap; color: var(--soft); } tr.same { color: var(--soft); }
tr.flipped { font-weight: 600; } tr.lost { font-weight: 600; color: var(--bad); background: var(--removed); }
.added { background: var(--added); display: block; } .removed { background: var(--removed); display: block; }
.account td:first-child { white-space: nowrap; font-weight: 600; } .account pre { margin: .3rem 0; padding: .4rem .7rem; }
.account p { margin: .2rem 0 .4rem; } .bars { white-space: pre; font-family: monospace; }
details { margin: .8rem 0; } summary { cursor: pointer; font-weight: 600; }
footer { margin-top: 3rem; font-size: .85rem; border-top: 1px solid var(--line); padding-top: .8rem; }
"""


def render(report: Report, *, version: str = __version__) -> str:
    """Return the report as a page that needs nothing but itself."""
    body = "\n".join(part for part in map(str.strip, _parts(report)) if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(outline.headline(report))} – ws101</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n"
        f"<footer>ws101 {escape(version)}</footer>\n</body>\n</html>\n"
    )


def _parts(report: Report) -> Iterable[str]:
    yield _head(report)
    yield _trail(report)
    yield _groups(report.chronicle) if report.chronicle else ""
    yield _list("Examined", map(_inline, report.examined))
    yield _list("Not examined", map(_inline, report.unexamined))
    if report.verdict is not None:
        yield _section("Why", _facts(report.verdict.facts), report.verdict.cause)
    yield _exchange(report.exchange) if report.exchange else ""
    yield _seen(report.seen, report) if report.seen else ""
    yield _account(report.account, history.beside(report)) if report.account else ""
    if report.verdict is not None:
        yield from map(_excerpt, report.verdict.where)
    yield _experiments(report)
    if report.verdict is not None:
        remedy = report.verdict.remedy
        yield _section(outline.fix_heading(report), _remedy(remedy), outline.WHERE[remedy.applies])
    for heading, findings in outline.others(report):
        yield _list(heading, map(_other, findings))
    yield _list("Logs that were read", map(_log, report.chronicle.sources)) if report.chronicle else ""
    yield _list("Next", (f"<code>{escape(step)}</code>" for step in report.next_steps))
    yield _folded(
        "Ruled out", [f"<b>{c.cause}</b>: {_inline(c.why)}{_source(c.experiment)}" for c in report.ruled_out]
    )
    yield _folded("Not tested", [f"<b>{n.cause}</b>: {_inline(n.need)}" for n in report.not_tested])


def _head(report: Report) -> str:
    found = report.verdict
    if found is not None:
        badge = f'<span class="badge {"bad" if _sure(found) else "warn"}">✗ {found.certainty} · {found.hop}</span>'
        gloss = f"<p class=soft>{found.certainty} means: {escape(outline.GLOSS[found.certainty])}</p>"
    else:
        works = report.outcome is Outcome.CONNECTED
        badge, gloss = (
            f'<span class="badge {"good" if works else "warn"}">{"✓ works" if works else "? open"}</span>',
            "",
        )
    caveats = "".join(f"<p class=warn>{escape(words)}</p>" for words in outline.caveats(report))
    standing = outline.standing(report)
    said = f"<p><code>{escape(standing)}</code></p>" if standing else ""
    return f"{badge}\n<h1>{_inline(outline.headline(report))}</h1>\n{said}{gloss}{caveats}"


def _sure(finding: Finding) -> bool:
    return finding.certainty is not Certainty.POSSIBLE


def _trail(report: Report) -> str:
    weak = outline.weak_point(report)
    return (
        f'<ol class="trail">{"".join(_step(step, weak=step is weak) for step in report.trail)}</ol>'
        if report.trail
        else ""
    )


def _step(step: Step, *, weak: bool) -> str:
    beneath = " · ".join(part for part in (outline.duration(step.ms), escape(step.detail)) if part)
    return f'<li class="{step.state}{" weak" if weak else ""}"><b>{_SIGNS[step.state]} {step.hop}</b><span>{beneath}</span></li>'


def _facts(facts: Iterable[Fact]) -> str:
    return f"<ol>{''.join(f'<li>{_inline(fact.text)}{_source(fact.source)}</li>' for fact in facts)}</ol>"


def _source(source: str) -> str:
    return f" <span class=soft>[{escape(source)}]</span>" if source else ""


def _exchange(exchange: Exchange) -> str:
    sent, received = (_lines(lines) for lines in (exchange.sent, exchange.received))
    titles = [f"<span class=title>{words}</span>" for words in ("→ sent", "← came back")]
    return _section("On the wire", f"<pre class=exchange>{titles[0]}{sent}{titles[1]}{received}</pre>")


def _lines(lines: Iterable[FrameLine]) -> str:
    return "".join(
        f"<span class=marked>{escape(line.text)}</span><span class=note>↑ {escape(line.note)}</span>"
        if line.note
        else f"<span>{escape(line.text)}</span>"
        for line in lines
    )


def _excerpt(excerpt: Excerpt) -> str:
    digits = max((len(str(line.number)) for line in excerpt.lines), default=1)
    lines = (FrameLine(f"{line.number:>{digits}}  {line.text}", line.note) for line in excerpt.lines)
    place = f"{excerpt.file}:{excerpt.number}"
    return _section("In the configuration", f"<pre class=exchange>{_lines(lines)}</pre>", place)


_FATES = {
    Fate.SAME: ("same", ""),
    Fate.LOST: ("lost", "✗"),
    Fate.CHANGED: ("lost", "≠"),
    Fate.ADDED: ("same", "+"),
}


def _seen(crossing: Crossing, report: Report) -> str:
    beside = f"the server’s own record, trace {crossing.trace}"
    said = "" if outline.astray(report) else f"<p class=good>✓ {outline.arrived(report)}</p>"
    head = "<tr><th></th><th></th><th>sent</th><th>seen</th></tr>"
    return _section(
        "Sent and seen", f"{said}<table>{head}{''.join(map(_passage, crossing.passages))}</table>", beside
    )


def _passage(passage: Passage) -> str:
    kind, sign = _FATES[passage.fate]
    sent = f"<code>{escape(passage.sent)}</code>" if passage.sent is not None else ""
    plain = passage.fate in {Fate.SAME, Fate.LOST}
    seen = escape(outline.seen_as(passage)) if plain else f"<code>{escape(passage.seen or '')}</code>"
    return f'<tr class="{kind}"><td>{sign}</td><td>{escape(passage.part)}</td><td>{sent}</td><td>{seen}</td></tr>'


def _account(account: Account, beside: Sequence[str]) -> str:
    rows = "".join(_log_line(row, account) for row in history.in_order(account))
    said = "".join(f"<p class=bad>≠ {_inline(text)}</p>" for text in account.contradictions)
    said += "".join(f"<p class=warn>? {_inline(text)}</p>" for text in account.doubts)
    return _section("What each hop wrote", f"<table class=account>{rows}</table>{said}", " · ".join(beside))


def _log_line(row: LogLine | Silent, account: Account) -> str:
    if isinstance(row, LogLine):
        place = " · ".join(part for part in (history.moment(row.time), row.place) if part)
        note = f"<p class=bad>◀ {_inline(row.note)}</p>" if row.note else ""
        said = f"<span class=soft>{escape(place)}</span><pre>{escape(row.text)}</pre>{note}"
    else:
        sign, kind = ("✗", "bad") if row.sure else ("?", "warn")
        said = f"<span class=soft>silent · {escape(row.source)}</span><p class={kind}>{sign} {_inline(history.silence(row, account))}</p>"
    return f"<tr><td>{row.hop}</td><td>{said}</td></tr>"


def _groups(chronicle: Chronicle) -> str:
    if not chronicle.groups or history.alone(chronicle):
        return ""
    rows = "".join(_group(group, chronicle) for group in chronicle.groups[: history.MOST_GROUPS])
    hidden = len(chronicle.groups) - history.MOST_GROUPS
    more = f"<p class=soft>and {hidden} more in the JSON</p>" if hidden > 0 else ""
    span = history.spanned(chronicle)
    return _section("What became of the handshakes", f"<table>{rows}</table>{more}", span)


def _group(group: Group, chronicle: Chronicle) -> str:
    fate = history.fate(group)
    kind = "good" if history.works(group) else "bad" if history.sure(group) else "warn"
    beneath = escape(" · ".join(history.about(group, chronicle)))
    cells = f"<td class={kind}>{_SIGNS[fate]}</td><td class=ms>{group.count:,}</td><td class=ms>{group.status or '–'}</td>"
    named = f"<td><b>{escape(history.called(group))}</b><br><small class=soft>{beneath}</small></td>"
    bars = f'<td class="bars {kind}">{history.chart(group.over_time)}</td>'
    return f"<tr>{cells}{named}{bars}</tr>"


def _log(source: LogSource) -> str:
    if source.problem:
        return f"<span class=warn>? <code>{escape(source.source)}</code>: {_inline(source.problem)}</span>"
    said = ": ".join(part for part in (history.kind(source), history.told(source)) if part)
    samples = f"<pre>{escape(chr(10).join(source.samples))}</pre>" if source.samples else ""
    return f"<code>{escape(source.source)}</code> <span class=soft>{escape(said)}</span>{samples}"


def _experiments(report: Report) -> str:
    table = outline.table(report)
    if len(table.rows) + table.hidden <= 1:
        return ""
    head = "<tr><th></th><th>change</th><th>what was seen</th><th class=ms>time</th><th></th></tr>"
    more = f"<p class=soft>and {table.hidden} more in the JSON</p>" if table.hidden else ""
    body = f"<table>{head}{''.join(map(_row, table.rows))}</table>{more}"
    return _section("Experiments", body, "the same handshake, but …")


def _row(row: Row) -> str:
    kind = {Effect.FLIPPED: "flipped", Effect.SAME: "same"}.get(row.effect, "")
    sign = "<td class=good>✓</td>" if row.works else "<td class=soft>✗</td>"
    remark = f"◀ {row.remark}" if row.effect is Effect.FLIPPED else row.remark
    cells = f"<td>{_inline(row.change)}</td><td>{escape(row.seen)}</td><td class=ms>{row.ms}</td><td>{remark}</td>"
    return f'<tr class="{kind}">{sign}{cells}</tr>'


def _remedy(remedy: Remedy) -> str:
    patch = (
        f"<pre>{''.join(map(_patched, remedy.patch.strip(chr(10)).split(chr(10))))}</pre>"
        if remedy.patch
        else ""
    )
    command = (
        f"<pre><span class=soft>$ </span>{escape(remedy.command.strip())}</pre>" if remedy.command else ""
    )
    return "".join(map(_block, blocks(remedy.text))) + patch + command


def _block(block: Block) -> str:
    if block.shape is Shape.CODE:
        return f"<pre>{escape(block.text)}</pre>"
    sign = f"{'•' if block.sign in {'-', '*'} else escape(block.sign)} " if block.sign else ""
    return f"<p>{sign}{_inline(block.text)}</p>"


def _patched(line: str) -> str:
    kind = {"+": " class=added", "-": " class=removed"}.get(line[:1], "")
    return f"<span{kind}>{escape(line)}{'' if kind else chr(10)}</span>"


def _other(finding: Finding) -> str:
    fact = f"<br>{_inline(finding.facts[0].text)}{_source(finding.facts[0].source)}" if finding.facts else ""
    title = f'<span class="{"bad" if _sure(finding) else "warn"}">{finding.certainty}</span> <b>{finding.cause}</b>'
    return f"{title}: {_inline(finding.title)}{fact}{_remedy(finding.remedy)}"


def _section(heading: str, body: str, beside: str = "") -> str:
    aside = f" <small>· {escape(beside)}</small>" if beside else ""
    return f"<h2>{escape(heading)}{aside}</h2>\n{body}"


def _list(heading: str, items: Iterable[str]) -> str:
    entries = "".join(f"<li>{item}</li>" for item in items)
    return _section(heading, f"<ul>{entries}</ul>") if entries else ""


def _folded(heading: str, items: list[str]) -> str:
    entries = "".join(f"<li>{item}</li>" for item in items)
    summary = f"<summary>{heading} <span class=soft>({len(items)})</span></summary>"
    return f"<details>{summary}<ul>{entries}</ul></details>" if items else ""


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))
