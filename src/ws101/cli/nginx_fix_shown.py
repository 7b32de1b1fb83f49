"""Tells a repair: for people, and as JSON. Decides nothing but whether it is proven."""

import json
import posixpath
from collections.abc import Callable, Iterator

from msgspec import Struct

from ws101.cli.nginx_apply import Written
from ws101.lab.sandbox import Trial
from ws101.nginx.ask import Ask
from ws101.nginx.conclusion import Reason, conclude
from ws101.nginx.include import Configuration
from ws101.nginx.mend import Mended
from ws101.nginx.model import understand
from ws101.nginx.outcome import Undecided
from ws101.nginx.radius import Touched
from ws101.nginx.repairs import repair
from ws101.nginx.route import Route, route
from ws101.nginx.simulate import Upstream, simulate
from ws101.redact import printable
from ws101.render.ink import Ink, Mark, Style

SCHEMA = "ws101.nginx-fix/1"
_SHOWN = ("Host", "Upgrade", "Connection")
_MOST_LOCATIONS, _MOST_LEFT_OUT = 20, 8


# What some servers mind and others do not: only who asks for it gets it mended.
_CHANGES = {
    "proxy-rewrites-path": "the path",
    "proxy-rewrites-host": "Host",
    "proxy-strips-authorization": "Authorization",
}


class Case(Struct, frozen=True):
    """Everything that is known of one repair. The trials are None where nothing was tried, and `untried` says why.

    `known` says which version of nginx was meant, `assumed` what was taken for granted; `clean` takes secrets out of a text.
    """

    mended: Mended
    ask: Ask
    known: str
    radius: tuple[Touched, ...]
    before: Trial | None
    after: Trial | None
    untried: str = ""
    assumed: tuple[str, ...] = ()
    clean: Callable[[str], str] = str
    dump: bool = False

    @property
    def way(self) -> Route:
        """The way of the request before the repair."""
        return route(understand(self.mended.before), self.ask)

    def reasons(self, configuration: Configuration) -> tuple[Reason, ...]:
        """Return what stands against a 101 in one of the two configurations, as the model has it."""
        model = understand(configuration)
        way = route(model, self.ask)
        return conclude(model, way, simulate(way)).reasons

    @property
    def proven(self) -> bool:
        """Whether real nginx answers 101 with the repair and something else without, and the repair alone is the reason."""
        if self.before is None or self.before.works or self.after is None or not self.after.works:
            return False
        return not self.lent and not (self.before.refused and understand(self.mended.before).partial)

    @property
    def lent(self) -> tuple[str, ...]:
        """Variables that the repair defines, though what was not read may define them."""
        return tuple(sorted(self.before.emptied - self.after.emptied)) if self.before and self.after else ()

    @property
    def disproven(self) -> bool:
        """Whether the repair was tried and brought no 101."""
        return self.after is not None and not self.after.works

    @property
    def sound(self) -> bool:
        """Whether there is nothing to repair, because an upgrade passes already."""
        if self.mended.made:
            return False
        if self.before is not None:
            return self.before.works
        sent = simulate(self.way)
        return isinstance(sent, Upstream) and bool(sent.upgrades)

    @property
    def changed(self) -> Iterator[tuple[str, str]]:
        """What reaches the server otherwise than it was sent though an upgrade passes, each with the cause that takes it back."""
        for cause, what in _CHANGES.items():
            if repair(self.way, cause):
                yield cause, f"the server does not get {what} as it was sent"

    @property
    def left(self) -> tuple[str, ...]:
        """What was named and is not mended, each in a sentence."""
        return tuple(f"Not mended: {one.cause}, {one.why}." for one in self.mended.left)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What could not be read or decided, so that more may be wrong."""
        troubles = understand(self.mended.before).troubles
        unread = tuple(f"{trouble.place}: {trouble.what}" for trouble in troubles)
        outcome = self.way.outcome
        undecided = isinstance(outcome, Undecided) and not self.mended.made and not self.sound
        if not undecided or not isinstance(outcome, Undecided):
            return unread
        by_address = outcome.by is not None and outcome.by.name in {"allow", "deny"}
        hint = " (--client tells it)" if by_address and self.ask.client is None else ""
        return (*unread, f"not decided: {outcome.why}{hint}")


# ---- for people


class Text(Struct, frozen=True):
    """One repair as lines of a terminal."""

    case: Case
    ink: Ink

    def shown(self) -> str:
        """Return what is said before anything is written."""
        return "".join(f"{line}\n" for line in self._lines())

    def ending(self, written: Written | None, *, asked: bool) -> str:
        """Return what became of the files; `asked` tells whether they were to be written."""
        return "".join(f"{line}\n" for line in self._end(written, asked=asked))

    def _lines(self) -> Iterator[str]:
        yield from self._head()
        if self.case.mended.made:
            yield from ("", *self._diff())
            yield from ("", *self._radius())
        yield from ("", *self._proof())
        if self.case.mended.offered:
            yield from ("", *self._offered())
        if self.case.assumed:
            yield from ("", *self._assumed())
        if self.case.incomplete:
            yield from ("", *self._incomplete())
        yield ""

    def _title(self, text: str) -> str:
        return self.ink.paint(text, Style.BOLD)

    def _clean(self, text: str) -> str:
        """Return a text without secrets, its files as they are called beside the main one."""
        beside = f"{posixpath.dirname(self.case.mended.before.main.name)}/"
        return printable(self.case.clean(text.replace(beside, "") if len(beside) > 1 else text))

    def _wrapped(self, text: str, margin: str, first: str = "") -> Iterator[str]:
        lines = self.ink.wrap(self._clean(text), self.ink.width - len(margin))
        for number, line in enumerate(lines):
            yield f"{first if number == 0 and first else margin}{line}"

    def _head(self) -> Iterator[str]:
        made = self.case.mended.made
        if not made:
            yield self._title("Nothing to repair." if self.case.sound else "No repair is known.")
            yield from self._wrapped(f"For {self.case.known}.", "")
            yield from self._blamed() if not self.case.sound else self._cleared()
        else:
            yield self._title(f"{len(made)} repair{'s' if len(made) > 1 else ''}")
            yield from self._wrapped(f"For {self.case.known}.", "")
        for number, one in enumerate(made, 1):
            kind = "safe" if one.safe else "unsafe"
            yield from self._wrapped(f"{one.what} [{one.cause}, {kind}]", "     ", f"  {number}  ")
            if one.doubt:
                yield from self._wrapped(f"but {one.doubt}", "     ")
        for words in self.case.left:
            yield from self._wrapped(words, "")

    def _cleared(self) -> Iterator[str]:
        """Yield that the upgrade passes, what may be asked for beyond that, and what looks behind the file."""
        yield from self._wrapped(
            "No line of this configuration keeps the upgrade from the server. Where the handshake fails all the same, "
            "`ws101 check URL --nginx-config CONFIG` looks at what answers.",
            "",
        )
        for cause, what in self.case.changed:
            yield from self._wrapped(
                f"{what}; if that is what it minds: --mend {cause}",
                "    ",
                f"  {self.ink.mark(Mark.BULLET)} ",
            )

    def _blamed(self) -> Iterator[str]:
        """Yield what stands against a 101, and where the rest is told."""
        if self.case.before is not None and self.case.before.refused:
            yield "nginx does not start with this configuration, see below."
            return
        for reason in self.case.reasons(self.case.mended.before):
            yield from self._wrapped(_told(reason), "    ", f"  {self.ink.mark(Mark.BULLET)} ")
        yield "`ws101 nginx route` shows the whole way."

    def _diff(self) -> Iterator[str]:
        """Yield the diff without the secrets of lines that stand near; with `--diff` it is exact."""
        for line in self.case.clean(self.case.mended.diff).split("\n")[:-1]:
            style = {"+": Style.ADDED, "-": Style.REMOVED, "@": Style.CODE}.get(line[:1])
            yield self.ink.paint(printable(line[:1] + line[1:].rstrip("\r").expandtabs(4)), style)

    def _radius(self) -> Iterator[str]:
        others = [one for one in self.case.radius if not one.asked]
        if not others:
            yield "No other location sends or answers anything else."
            return
        yield self._title(f"It also changes {len(others)} location{'s' if len(others) > 1 else ''}:")
        for one in others[:_MOST_LOCATIONS]:
            whom = "every request" if one.plain else "WebSockets alone"
            yield from self._wrapped(f"{one.title}: {', '.join(one.changes)}, for {whom}", "    ", "  ")
        if len(others) > _MOST_LOCATIONS:
            yield f"  and {len(others) - _MOST_LOCATIONS} more"

    def _proof(self) -> Iterator[str]:
        before, after = self.case.before, self.case.after
        if before is None:
            yield from self._wrapped(f"Not tried on real nginx: {self.case.untried}", "")
            return
        nginx = " ".join(
            ["nginx", ".".join(map(str, before.nginx))]
        ).rstrip()  # not every build tells its version
        yield self._title(f"Your configuration on real {nginx}, in a sandbox")
        for name, trial in (("before", before), ("after", after)):
            if trial is not None:
                yield from self._trial(name if after else "now", trial)
        yield from self._judged(before, after)
        yield from self._unlike(before)

    def _trial(self, name: str, trial: Trial) -> Iterator[str]:
        style = Style.GOOD if trial.works else Style.BAD
        words = trial.refused if trial.refused else seen_words(trial)
        first = f"  {name:<6}  {self.ink.paint(trial.outcome, style)}  "
        margin = " " * 10
        room = f"  {name:<6}  {trial.outcome}  "
        lines = self.ink.wrap(self._clean(words), self.ink.width - len(room)) if words else [""]
        yield f"{first}{lines[0]}".rstrip()
        for line in lines[1:]:
            yield f"{margin}{' ' * (len(room) - 10)}{line}"

    def _judged(self, before: Trial, after: Trial | None) -> Iterator[str]:
        if after is None:
            return
        if self.case.proven:
            words = f"Proven: with the diff the handshake gets its 101, and without it {before.outcome}."
            yield from self._wrapped(words, "  ", f"  {self.ink.mark(Mark.PASSED)} ")
        elif before.works and after.works:
            changes = differences(before, after)
            what = (
                f"What changes for the upstream: {', '.join(changes)}."
                if changes
                else "The upstream is sent the same."
            )
            words = f"nginx {'.'.join(map(str, before.nginx))} lets the upgrade through in both. {what}"
            yield from self._wrapped(words, "  ")
        else:
            yield from self._wrapped(f"Not proven: {self._unproven(before, after)}", "  ")

    def _unproven(self, before: Trial, after: Trial) -> str:
        if self.case.lent:
            return f"what was not read may define ${self.case.lent[0]}, which was empty without the diff."
        if before.refused:
            also = "without the diff" if after.works else "with the diff or without it"
            return f"nginx does not start {also}, and what was not read may be what it lacks."
        reasons = "; ".join(map(_told, self.case.reasons(self.case.mended.after)))
        hint = " It asks for a password (-H, --token)." if after.status == 401 else ""
        if after.status == 403 and self.case.ask.client is None and self._some_are_let_in():
            hint = " --client tells the client's address."
        return f"with the diff the handshake does not get its 101{': ' * bool(reasons)}{reasons}.{hint}"

    def _some_are_let_in(self) -> bool:
        state = self.case.way.state
        lines = state.level.nearest("allow") if state else []
        return any(line.arguments[:1] != ("all",) for line in lines)

    def _unlike(self, trial: Trial) -> Iterator[str]:
        """Yield in what the sandbox is not the real thing."""
        yield from self._wrapped(
            "Its upstream takes every right handshake; addresses, certificates, files and logs are the sandbox's own.",
            "  ",
        )
        left = [f"{one.name} ({one.place})" for one in trial.left_out]
        if left:
            more = f" and {len(left) - _MOST_LEFT_OUT} more" if len(left) > _MOST_LEFT_OUT else ""
            yield from self._wrapped(f"Left out there: {', '.join(left[:_MOST_LEFT_OUT])}{more}.", "  ")
        for note in trial.notes:
            yield from self._wrapped(f"{note}.", "  ")

    def _offered(self) -> Iterator[str]:
        yield self._title("Also possible, but only you know whether it is meant (--unsafe makes it):")
        for one in self.case.mended.offered:
            yield from self._wrapped(
                f"{one.what} [{one.cause}]; but {one.doubt}", "    ", f"  {self.ink.mark(Mark.BULLET)} "
            )

    def _assumed(self) -> Iterator[str]:
        yield self._title("Taken for granted")
        for words in self.case.assumed:
            yield from self._wrapped(words, "    ", f"  {self.ink.mark(Mark.BULLET)} ")

    def _incomplete(self) -> Iterator[str]:
        yield self._title(
            "Incomplete: not all of this handshake's way could be followed, so more may be wrong."
        )
        for words in self.case.incomplete:
            yield from self._wrapped(words, "    ", f"  {self.ink.mark(Mark.BULLET)} ")

    def _end(self, written: Written | None, *, asked: bool) -> Iterator[str]:
        if written is None:
            words = "Nothing was written."
            if asked and self.case.disproven:
                words += " The sandbox does not bear the repair out; --no-sandbox writes it all the same."
            elif self.case.mended.made and self.case.dump:
                words += " --diff prints it for `patch -p1`, where the files are."
            elif self.case.mended.made and not asked:
                words += " --apply writes it."
            yield from self._wrapped(words, "")
            return
        if written.undone:
            yield self.ink.paint("Taken back: every file is as it was.", Style.BAD)
        for path, backup in written.backups:
            if not written.undone:
                yield printable(f"  wrote {path}")
                yield printable(f"  backup: {backup.name}")
        yield from self._wrapped(f"{written.test}.", "")
        if not written.undone:
            yield "nginx runs with it after a reload: nginx -s reload"


def _told(reason: Reason) -> str:
    where = f" ({reason.by.place}: {reason.by.text})" if reason.by and reason.by.text else ""
    return f"{reason.text}{where}"


def seen_words(trial: Trial) -> str:
    """Say what the upstream got of this handshake."""
    if trial.unfollowed and trial.passed_by:
        return f"{trial.passed_by.name} leads to {trial.upstream}, which is no HTTP server"
    if trial.seen is None:
        return "" if trial.status is None else "nginx answers itself, and no upstream is asked"
    head = trial.seen.head
    fields = [f"{name}: {_shown(head.headers.get(name))}" for name in _SHOWN if name in head.headers]
    fields += [f"no {name}" for name in _SHOWN if name not in head.headers]
    return f"{trial.upstream} got {head.method} {head.target} {head.version}; {'; '.join(fields)}"


def _shown(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}..."


def differences(before: Trial, after: Trial) -> list[str]:
    """Name what the upstream gets otherwise, without values that may be secret."""
    if before.seen is None or after.seen is None:
        return []
    was, now = before.seen.head, after.seen.head
    parts = (
        ("the path", was.path, now.path),
        ("the query", "?" in was.target, "?" in now.target),
        ("the version", was.version, now.version),
    )
    found = [name for name, one, other in parts if one != other]
    names = dict.fromkeys(name.title() for name, _ in (*was.headers, *now.headers))
    found += [name for name in names if was.headers.get_all(name) != now.headers.get_all(name)]
    return found + (["the server"] if before.upstream != after.upstream else [])


# ---- for programs


def as_json(case: Case, written: Written | None) -> str:
    """Return the repair as JSON without secrets; keys that are there are always there.

    `exact` tells whether nothing had to be taken out of the diff, so that it can be applied.
    """
    mended = case.mended
    told = {
        "schema": SCHEMA,
        "nginx": case.known,
        "sound": case.sound,
        "proven": case.proven,
        "diff": mended.diff,
        "exact": case.clean(mended.diff) == mended.diff,
        "repairs": [{"cause": r.cause, "what": r.what, "safe": r.safe, "doubt": r.doubt} for r in mended.made],
        "offered": [{"cause": r.cause, "what": r.what, "safe": r.safe, "doubt": r.doubt} for r in mended.offered],
        "not_mended": [{"cause": one.cause, "why": one.why} for one in mended.left],
        "also_changes": [
            {"location": " ".join(t.location.arguments), "server": t.server, "file": t.location.place.file, "line": t.location.place.line,
             "changes": list(t.changes), "plain_requests": t.plain}
            for t in case.radius if not t.asked
        ],
        "trials": {"before": _trial(case.before), "after": _trial(case.after), "why_not": case.untried},
        "written": None if written is None else {
            "backups": [{"file": str(path), "backup": str(backup)} for path, backup in written.backups],
            "test": written.test, "undone": written.undone,
        },
        "assumed": list(case.assumed),
        "incomplete": list(case.incomplete),
    }  # fmt: skip
    return (
        json.dumps(_cleaned(told, case.clean), indent=2, ensure_ascii=False)
        .encode("utf-8", "replace")
        .decode()
        + "\n"
    )


def _cleaned(value: object, clean: Callable[[str], str]) -> object:
    """Take secrets out of every string, but for names of ws101's own."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one, clean) for one in value]
    if isinstance(value, dict):
        own = {"cause", "schema"}
        return {key: one if key in own else _cleaned(one, clean) for key, one in value.items()}
    return value


def _trial(trial: Trial | None) -> dict[str, object] | None:
    if trial is None:
        return None
    return {
        "nginx": ".".join(map(str, trial.nginx)),
        "outcome": trial.outcome,
        "status": trial.status,
        "refused": trial.refused,
        "upstream": trial.upstream,
        "seen": seen_words(trial),
        "missing": list(trial.seen.missing) if trial.seen else [],
        "left_out": [
            {"name": one.name, "file": one.place.file, "line": one.place.line} for one in trial.left_out
        ],
        "notes": list(trial.notes),
    }
