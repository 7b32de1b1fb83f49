"""Writes what the documentation takes from the code; with --check, says what is out of date and writes nothing."""

import argparse
import asyncio
import difflib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from ws101 import experiments
from ws101.cause import Cause
from ws101.causes import CAUSES
from ws101.cli.lab_run import diagnose_all, expectations
from ws101.experiment import Experiment
from ws101.lab.fault import Fault
from ws101.lab.faults import FAULTS
from ws101.logs.formats import FORMATS
from ws101.nginx.rule import Rule
from ws101.nginx.rules import RULES
from ws101.redact import rewrite
from ws101.render import terminal
from ws101.render.outline import WHERE
from ws101.report import Report
from ws101.terms import Hop
from ws101.timers.closing import CLOSINGS
from ws101.timers.problem import REFUSALS, Refusal, Retry

ROOT = Path(__file__).resolve().parent.parent
STORY = "plain-to-tls-nginx"
PORT = 8443  # stands for the free port that the lab took
DIFF_LINES = 12  # of each file that --check finds out of date

_UNSTEADY = (
    (re.compile(r"Sec-WebSocket-Key: \S+"), "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),  # RFC 6455, 1.3
    (re.compile(r"Date: .+"), "Date: Thu, 01 Jan 2026 00:00:00 GMT"),
    (re.compile(r"\[token [0-9a-f]{4}\]"), "[token 9f2c]"),
)
_GROUPS = (
    ("Controls", "Sent with every refusal over HTTP, to see who answers and what the answer depends on.", experiments.CONTROLS),
    ("Repairs of a handshake that ends in TLS", "", experiments.REPAIRS_OF_TLS),
    ("Repairs of a handshake that is refused over HTTP", "Of these, those are sent that can tell something.", experiments.REPAIRS),
    ("Damages, asked of the server itself", "With `--direct`: what does it answer without its proxies?", experiments.AT_THE_SERVER),
    ("Damages", "With `--saw STATUS`: which single one gives exactly that status?", experiments.DAMAGES),
)  # fmt: skip
_EXPERIMENTS = """\
# Experiments

An experiment changes exactly one thing about the handshake, and says what was seen. A *repair* puts right what may be wrong (or
changes nothing, to see whether the refusal stays); a *damage* breaks what is right. Each line completes “the same handshake, …”."""
_FURTHER = """\
## One for each of yours

For every further field that your client sends there is an experiment that leaves it out, and for every further address of
the name one that asks there."""


_RULES = """\
# Rules for nginx

What ws101 looks at in a configuration, in the order in which a handshake meets it. A rule judges the handshakes that come to a
configuration, and speaks only about locations that serve WebSockets: those that `--url` or `--access-log` tell, else those that
bear signs of it. Each rule is held by configurations in which it fires and in which it is silent, run on real nginx.

```console
$ ws101 nginx lint /etc/nginx/nginx.conf
$ ws101 nginx lint nginx.conf --url wss://app.example.com/ws --min-severity note
$ ws101 nginx lint nginx.conf --format sarif -o ws101.sarif
```

A comment lets a finding pass, on its line or above it, and must give a reason; one that lets nothing pass is told:

```nginx
proxy_read_timeout 30s;  # ws101: ignore read-timeout-short -- the server pings every 10 s
```"""


def main(arguments: Sequence[str]) -> int:
    """Write the files that differ; with --check, show in which way they do and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; show the difference")
    options = parser.parse_args(arguments)
    stale = differences(pages(asyncio.run(story())))
    for path, text in stale.items():
        if options.check:
            print("\n".join(islice(_diff(path, text), DIFF_LINES)))
        elif text is None:
            (ROOT / path).unlink()
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
    if stale:
        verb = "out of date; run `make docs`" if options.check else "written"
        print(
            f"{len(stale)} {'file' if len(stale) == 1 else 'files'} {verb}: {', '.join(map(str, islice(stale, 5)))}"
        )
    return 1 if stale and options.check else 0


def pages(demo: str | None) -> dict[Path, str]:
    """Return every page that is written in whole or in part; without a `demo`, the one that is there stays."""
    readme = filled(_page("README.md"), "causes", _table_of_causes())
    readme = readme if demo is None else filled(readme, "demo", demo)
    timers = filled(_page("docs/timers.md"), "refusals", _table_of_refusals())
    timers = filled(timers, "closings", _table_of_closings())
    logs = filled(_page("docs/logs.md"), "formats", _table_of_formats())
    causes = {Path(f"docs/causes/{cause.slug}.md"): _cause_page(cause) for cause in CAUSES}
    return {
        Path("README.md"): readme,
        Path("docs/experiments.md"): _experiments_page(),
        Path("docs/nginx-rules.md"): _rules_page(),
        Path("docs/logs.md"): logs,
        Path("docs/timers.md"): timers,
        **causes,
    }


def _table_of_formats() -> str:
    """Return a line for each kind of software, with the names of its formats."""
    named: dict[tuple[Hop, str], list[str]] = {}
    for form in FORMATS:
        named.setdefault((form.hop, form.software), []).append(f"`{form.name}`")
    rows = (
        f"| {hop} | {software} | {', '.join(names)} |"
        for (hop, software), names in sorted(named.items(), key=lambda item: tuple(Hop).index(item[0][0]))
    )
    return "\n".join(["| hop | software | formats |", "|---|---|---|", *rows])


def differences(wanted: dict[Path, str]) -> dict[Path, str | None]:
    """Return the pages that are not on disk as they should be; None for one that should not be there."""
    there = {path.relative_to(ROOT) for path in (ROOT / "docs" / "causes").glob("*.md")}
    stale: dict[Path, str | None] = {path: text for path, text in wanted.items() if _on_disk(path) != text}
    return stale | dict.fromkeys(sorted(there - set(wanted)))


def filled(text: str, name: str, inside: str) -> str:
    """Return the text with what stands between the marks of this name replaced."""
    region = re.compile(rf"(<!-- {name}:[^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if len(region.findall(text)) != 1:
        raise SystemExit(f"A page needs `<!-- {name}: … -->` and `<!-- end of {name} -->`, once each.")
    return region.sub(lambda match: f"{match[1]}{inside}\n{match[2]}", text)


# ---- the demo


async def story() -> str:
    """Run the story's fault in the lab and return the report, without what no two runs share."""
    fault = next(fault for fault in FAULTS if fault.name == STORY)
    (verdict,) = await diagnose_all([(fault.name, fault.stack(fault.servers[0]))], {})
    if verdict.report is None:
        raise SystemExit(f"The demo cannot be run here: {verdict.skipped}")
    shown = terminal.render(steady(verdict.report), width=80)
    shown = re.sub(
        r"\nRuled out\n.*?\n\n(?=Next\n)",
        "\n[… what was ruled out, and what would tell more …]\n\n",
        shown,
        flags=re.DOTALL,
    )
    return f"```text\n{shown.rstrip()}\n```"


def steady(report: Report) -> Report:
    """Return the report without times, and with one port, key, date and mark of the token for every run."""
    port = re.compile(rf"\b{report.target.port}\b")

    def same(text: str) -> str:
        text = port.sub(str(PORT), text)
        for pattern, instead in _UNSTEADY:
            text = pattern.sub(instead, text)
        return text

    calm = rewrite(report, line=same, block=same)
    return replace(
        calm,
        target=replace(calm.target, port=PORT),
        trail=tuple(replace(step, ms=None) for step in calm.trail),
        experiments=tuple(replace(trial, ms=None) for trial in calm.experiments),
    )


# ---- causes


def _table_of_causes() -> str:
    rows = [f"| [`{c.slug}`](docs/causes/{c.slug}.md) | {c.hop} | {_cell(c.title)} |" for c in CAUSES]
    return "\n".join(["| cause | hop | what is wrong |", "|---|---|---|", *rows])


def _cause_page(cause: Cause) -> str:
    title, _, sections = (cause.page or "").strip().partition("\n")
    module = f"src/ws101/causes/{cause.slug.replace('-', '_').replace('.', '_')}.py"
    parts = [
        f"# {title}",
        f"`{cause.slug}` · found at the hop *{cause.hop}* · [how it is judged](../../{module})",
        sections.strip(),
        "## The fix that ws101 proposes",
        *_remedy(cause),
        "## In the lab",
        *_in_the_lab(cause),
    ]
    return "\n\n".join(parts) + "\n"


def _remedy(cause: Cause) -> Iterator[str]:
    remedy = cause.remedy
    yield f"{WHERE[remedy.applies].capitalize()}: {remedy.text}"
    if remedy.patch:
        language = "nginx" if remedy.applies in {Hop.PROXY, Hop.TLS} else "text"
        yield f"```{language}\n{remedy.patch.strip()}\n```"
    if remedy.command:
        yield f"```console\n$ {remedy.command.strip()}\n```"


def _in_the_lab(cause: Cause) -> Iterator[str]:
    alone, among = _provoking(cause.slug)
    if not alone and not among:
        yield "No fault of the lab has this name: it cannot be made there, or from outside it is called by another."
    if alone:
        yield "\n".join(_fault_line(name) for name in alone)
    if among:
        yield "From the wire and the token alone these have more than one name, or they are two faults at once. ws101 names each:"
        yield "\n".join(
            f"{_fault_line(name)} (or {', '.join(f'`{s}`' for s in others)})"
            for name, others in among.items()
        )


def _provoking(slug: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the faults that this cause alone explains, and those that others explain as well, with the others."""
    text = (ROOT / "tests" / "lab" / "expected.toml").read_text(encoding="utf-8")
    known = [(name, slugs) for name, slugs in expectations(text).items() if slug in slugs]
    alone = [name for name, slugs in known if len(slugs) == 1]
    return alone, {name: [s for s in slugs if s != slug] for name, slugs in known if len(slugs) > 1}


def _fault_line(name: str) -> str:
    fault: Fault = next(fault for fault in FAULTS if fault.name == name.partition("@")[0])
    return f"- `ws101 lab run {name}`: {fault.summary}"


# ---- the timer service


def _table_of_refusals() -> str:
    rows = [
        f"| {r.status} | [`{r.cause}`](causes/{r.cause}.md) | {_cell(r.title)} | {_retry(r)} | {r.actor} |"
        for r in sorted(REFUSALS.values(), key=lambda refusal: refusal.status)
    ]
    return "\n".join(
        ["| status | cause | what is wrong | retry | who acts |", "|---|---|---|---|---|", *rows]
    )


def _retry(refusal: Refusal) -> str:
    return f"after {refusal.retry_after} s" if refusal.retry is Retry.AFTER else refusal.retry


def _table_of_closings() -> str:
    rows = [f"| {c.code} | `{c.reason}` | {c.then.value} |" for c in CLOSINGS]
    return "\n".join(["| code | reason | then |", "|---|---|---|", *rows])


# ---- rules for nginx


def _rules_page() -> str:
    rows = [f"| `{r.name}` | {r.severity.value} | {_cell(r.title)} | {_led_to(r)} |" for r in RULES]
    table = "\n".join(["| rule | weight | what is wrong | leads to |", "|---|---|---|---|", *rows])
    return "\n\n".join([_RULES, table, *map(_rule_section, RULES)]) + "\n"


def _led_to(rule: Rule) -> str:
    return f"[{rule.cause}](causes/{rule.cause}.md)" if rule.cause else ""


def _rule_section(rule: Rule) -> str:
    _, _, sections = (rule.page or "").strip().partition("\n")
    return f"## {rule.name}\n\n{rule.title}.\n\n" + re.sub(
        r"^## ", "### ", sections.strip(), flags=re.MULTILINE
    )


# ---- experiments


def _experiments_page() -> str:
    return "\n\n".join([_EXPERIMENTS, *(_group(*group) for group in _GROUPS), _FURTHER]) + "\n"


def _group(title: str, words: str, members: Iterable[Experiment]) -> str:
    rows = [f"| `{e.name}` | {e.family} | {_cell(e.change)} |" for e in members]
    table = "\n".join(["| name | family | what changes |", "|---|---|---|", *rows])
    return "\n\n".join(part for part in (f"## {title}", words, table) if part)


# ---- files


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _on_disk(path: Path) -> str | None:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _diff(path: Path, wanted: str | None) -> Iterator[str]:
    lines = ((_on_disk(path) or "").splitlines(), (wanted or "").splitlines())
    return difflib.unified_diff(*lines, f"{path} as it is", f"{path} as it should be", lineterm="", n=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
