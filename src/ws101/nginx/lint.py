"""Runs rules over a scene, takes out what comments let pass, and says what could not be looked at; writes no output."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ws101.nginx.ask import Version
from ws101.nginx.edit import Edit
from ws101.nginx.include import Configuration
from ws101.nginx.outcome import Passed, Undecided
from ws101.nginx.repairs import repair
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Found, Told, Way
from ws101.nginx.suppression import Suppression, suppressions
from ws101.nginx.tree import Directive, File, Place
from ws101.private import Private

UNUSED, UNEXPLAINED = "suppression-unused", "suppression-unexplained"
_NAMES = "ws101 nginx lint --list names them"
OWN_RULES = {
    UNUSED: "A comment lets pass what is not there",
    UNEXPLAINED: "A comment lets something pass without a reason, or names no rule",
}


class Span(Struct, frozen=True):
    """A piece of a file's text, and what it has to do with a finding."""

    file: File
    start: int
    end: int
    note: str = ""

    @property
    def place(self) -> Place:
        return self.file.place(self.start)

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]


class Finding(Private, frozen=True):
    """What one rule found at one place. `why` says how it is known that a WebSocket comes by."""

    rule: str
    severity: Severity
    span: Span
    message: str
    related: tuple[Span, ...] = ()
    remedy: str = ""
    cause: str = ""
    why: tuple[str, ...] = ()
    offence: Offence | None = None

    @property
    def mendable(self) -> bool:
        """Whether a repair is known for it; whether there is one for this very place `mended` tells."""
        return self.offence is not None and bool(self.offence.edits or self.offence.mends)

    def mended(self) -> tuple[tuple[Edit, ...], bool]:
        """Return the edits that mend it, and whether nobody can want what they change; none where none are known."""
        one = self.offence
        if one is None or one.edits or not one.mends or one.way is None:
            return (one.edits, one.safe) if one else ((), False)
        made = repair(one.way.let_in, one.mends)
        return (made.edits, made.safe) if made else ((), False)


class Linted(Struct, frozen=True):
    """What the rules found; `passed` is what comments let pass, with their reasons; `unseen` is what could not be looked at."""

    configuration: Configuration
    version: Version
    ways: tuple[Way, ...]
    findings: tuple[Finding, ...]
    passed: tuple[tuple[Finding, str], ...] = ()
    unseen: tuple[str, ...] = ()
    hidden: int = 0
    version_known: bool = True

    @property
    def exit_status(self) -> int:
        """3 where not all was read, 1 where something was found, 3 where nothing was and not all could be looked at, else 0."""
        if not self.configuration.whole:
            return 3
        return 1 if self.findings else 3 if self.unseen else 0

    def from_severity(self, least: Severity) -> "Linted":
        """Return this with the findings of this severity and above alone; `hidden` counts the others."""
        shown = tuple(finding for finding in self.findings if finding.severity.weight >= least.weight)
        return replace(self, findings=shown, hidden=len(self.findings) - len(shown))


def lint(scene: Scene, found: Found, rules: Sequence[Rule], names: frozenset[str] = frozenset()) -> Linted:
    """Return what these rules find in a scene whose handshakes were found so; `names` are those of all rules there are."""
    configuration = scene.model.configuration
    everything = _merged(_finding(rule, one) for rule in rules for one in rule.check(scene))
    comments = suppressions(configuration)
    passed: list[tuple[Finding, str]] = []
    left: list[Finding] = []
    used: set[Suppression] = set()
    reasoned = {(one.rule, one.file.name, one.line): one for one in reversed(comments) if one.reason}
    for finding in everything:
        comment = reasoned.get(_spot(finding)) if reasoned else None
        if comment is None:
            left.append(finding)
        else:
            used.add(comment)
            passed.append((finding, comment.reason))
    signs_alone = all(way.told is Told.SIGN for way in scene.ways)
    ran = {rule.name for rule in rules}
    meant = [one for one in comments if one not in used]
    left += _of_comments(meant, names | ran, ran if signs_alone and scene.ways else set())
    return Linted(
        configuration, scene.version, scene.ways, _sorted(left, configuration), tuple(passed),
        (*_unseen(scene, found), *_unexplained(scene, everything)), version_known=scene.version_known,
    )  # fmt: skip


def _finding(rule: Rule, one: Offence) -> Finding:
    related = tuple(_span(directive, note) for directive, note in one.related)
    why = (f"{one.way.url.partition('?')[0]}: {one.way.why}",) if one.way else ()
    severity = one.severity or rule.severity
    return Finding(
        rule.name, severity, _span(one.directive), one.message, related, one.remedy, rule.cause, why, one
    )


def _span(directive: Directive, note: str = "") -> Span:
    end = directive.end if directive.block is None else directive.open
    text = directive.file.text[directive.start : end]
    return Span(directive.file, directive.start, directive.start + len(text.rstrip()), note)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Put together what several handshakes show of one line."""
    kept: dict[tuple[str, str, int], Finding] = {}
    whys: dict[
        tuple[str, str, int], dict[str, None]
    ] = {}  # in one list they would be copied for each that comes
    for one in findings:
        key = (one.rule, one.span.file.name, one.span.start)
        before = kept.get(key)
        if before is None or one.severity.weight > before.severity.weight:
            kept[key] = one
        whys.setdefault(key, {}).update(dict.fromkeys(one.why))
    return [
        one if len(whys[key]) == len(one.why) else replace(one, why=tuple(whys[key]))
        for key, one in kept.items()
    ]


def _spot(finding: Finding) -> tuple[str, str, int]:
    """Return what a comment speaks of that lets it pass: the rule, the file and the line."""
    return finding.rule, finding.span.file.name, finding.span.place.line


def _of_comments(comments: Sequence[Suppression], known: frozenset[str], ran: set[str]) -> Iterator[Finding]:
    """Yield what is wrong with comments that let nothing pass; unused they can only be where their rules ran."""
    for one in comments:
        span = Span(one.file, one.start, one.end)
        if one.rule not in known:
            what = f"there is no rule {one.rule!r}" if one.rule else "it names no rule"
            yield Finding(UNEXPLAINED, Severity.WARNING, span, what, remedy=_NAMES)
        elif not one.reason:
            message = f"it gives no reason, so {one.rule} is told all the same"
            remedy = f"# ws101: ignore {one.rule} -- reason"
            yield Finding(UNEXPLAINED, Severity.WARNING, span, message, remedy=remedy)
        elif one.rule in ran:
            message = f"{one.rule} finds nothing on line {one.line}"
            yield Finding(UNUSED, Severity.WARNING, span, message, remedy="remove the comment")


def _sorted(findings: list[Finding], configuration: Configuration) -> tuple[Finding, ...]:
    order = {file.name: number for number, file in reversed(list(enumerate(configuration.files)))}
    return tuple(
        sorted(
            findings, key=lambda one: (order.get(one.span.file.name, 0), one.span.start, -one.severity.weight)
        )
    )


def _unseen(scene: Scene, found: Found) -> Iterator[str]:
    """Yield what keeps "nothing was found" from meaning that all is well."""
    for trouble in scene.model.troubles:
        yield f"{trouble.place}: {trouble.what}"
    for location in found.unasked:
        if location.directive is not None:
            yield f"{location.directive.place}: no request was found that leads to {location.directive.text!r}; give --url"
    if found.beyond:
        yield f"{found.beyond:,} more locations of WebSockets: too many regular expressions stand beside them; give --url"
    for way in scene.ways:
        if way.route.state is None or _cannot_be_http(way):
            continue  # tls-listen-missing and handler-cannot-upgrade say so
        undecided = way.upstream if isinstance(way.upstream, Undecided) else way.let_in.outcome
        if isinstance(undecided, Undecided):
            by = f" ({undecided.by.place})" if undecided.by else ""
            yield f"{way.url} could not be followed to its end: {undecided.why}{by}"
    if not scene.ways and not found.unasked:
        yield "no location was recognised as one of WebSockets; name a socket with --url"


def _unexplained(scene: Scene, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the handshakes that nginx answers itself, of which no rule speaks: another request of theirs may get through."""
    spoken = {one.offence.way.url for one in findings if one.offence and one.offence.way}
    for way, answer, _ in scene.answered:
        if way.url not in spoken and not isinstance(way.let_in.outcome, Passed):
            by = f" ({answer.by.place})" if answer.by else ""
            yield f"{way.url} is answered {answer.status} by nginx itself, unless the client sends what is not known here{by}"


def _cannot_be_http(way: Way) -> bool:
    outcome = way.let_in.outcome
    return isinstance(outcome, Passed) and outcome.by.name != "proxy_pass"
