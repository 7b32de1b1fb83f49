"""A report from logs alone: the story of one handshake in, verdict, trail and sentences out. Nothing was sent."""

from typing import TYPE_CHECKING

from ws101.attempt import Sending, TlsSettings
from ws101.causes import CAUSES
from ws101.evidence import Evidence
from ws101.handshake.headers import Headers
from ws101.handshake.request import opening
from ws101.hearing import credentials_sent, host_of, naming_host, port_of
from ws101.logs import way
from ws101.logs.story import Story
from ws101.observed import Target
from ws101.report import Finding, Report, TargetInfo
from ws101.signature import Says
from ws101.terms import Certainty, Outcome
from ws101.verdict.account import account, settings
from ws101.verdict.ending import fitting
from ws101.verdict.footsteps import trail
from ws101.verdict.weigh import Weighed, weigh

if TYPE_CHECKING:
    from ws101.configured import Configured

_UNREACHED = frozenset({Says.NAME_UNKNOWN, Says.REFUSED, Says.UNREACHABLE})
_TLS = frozenset({"wss", "https"})
_TLS_PORTS = frozenset({443, 8443})
_ANY_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="  # which one was sent does not matter where nothing is sent


def judge(
    story: Story,
    *,
    now: float = 0.0,
    config: "tuple[Configured, ...] | None" = None,
    saw: int | None = None,
) -> Weighed:
    """Return the verdict on a handshake of which only logs tell."""
    return weigh([evidence_of(story, now=now, config=config, saw=saw)], CAUSES)


def judged(
    story: Story,
    *,
    now: float = 0.0,
    config: "tuple[Configured, ...] | None" = None,
    saw: int | None = None,
    cut_short: str = "",
) -> Report:
    """Return the report on a handshake of which only logs tell; `cut_short` says what could not be read, or is empty."""
    evidence = evidence_of(story, now=now, config=config, saw=saw)
    return report(evidence, weigh([evidence], CAUSES), cut_short=cut_short)


def evidence_of(
    story: Story,
    *,
    now: float = 0.0,
    config: "tuple[Configured, ...] | None" = None,
    saw: int | None = None,
) -> Evidence:
    """Return the evidence that logs alone are: what arrived says more of the request than what was meant.

    Its `sending` is what to follow through a configuration; it was never sent.
    """
    target = _target(story)
    tls = TlsSettings(target.host, target.host) if target.tls else None
    fields = Headers.of(_fields(story))
    authority = target.host if target.port in {80, 443} else target.authority
    sending = Sending(target.host, target.port, opening(authority, target.path, _ANY_KEY, fields), tls)
    return Evidence(target, sending, now, config=config, story=story, saw=saw)


def _fields(story: Story) -> tuple[tuple[str, str], ...]:
    """Return those fields that the outermost record of the request shows, and that ways through a proxy may hang on."""
    return tuple(
        (name, value)
        for name in ("Origin", "Authorization", "Cookie", "User-Agent")
        if (entry := way.telling(story, name)) is not None and (value := way.field(entry, name))
    )


def _target(story: Story) -> Target:
    """Return where the handshake went: by the outermost record of its arrival, else by what the client meant.

    Its URL names no scheme, no host and no path that no record tells.
    """
    arrived, meant = tuple(way.arrivals(story)), story.entries
    outermost = naming_host(story)
    host = host_of(outermost) if outermost else ""
    named_path = next((e.path for e in (*arrived, *meant) if e.path), "")
    path = named_path or "/"
    plain = _spoke_plainly(story)
    named = next((e.scheme for e in (*arrived, *meant) if e.scheme), "")
    told = next((e.port for e in (*meant, *arrived) if e.port), port_of(outermost) if outermost else None)
    scheme = "wss" if not plain and (named in _TLS or (not named and told in _TLS_PORTS)) else "ws"
    port = told or (443 if plain or scheme == "wss" else 80)
    if not host:
        return Target(named_path, scheme, host, port, path)
    shown = f":{port}" if (scheme, port) not in {("wss", 443), ("ws", 80)} else ""
    known = plain or named or told in {80, *_TLS_PORTS}
    return Target(
        f"{scheme}://{host}{shown}{named_path}" if known else f"{host}{shown}{named_path}",
        scheme,
        host,
        port,
        path,
    )


def _spoke_plainly(story: Story) -> bool:
    plain = any(Says.PLAIN_HTTP_TO_TLS in (entry.says, *way.page_of(entry)) for entry in story.entries)
    return plain and way.over_tls_by_browser(story) is None


def report(evidence: Evidence, weighed: Weighed, *, cut_short: str = "") -> Report:
    """Return the report on evidence that is a story alone."""
    story, target = evidence.story, evidence.target
    assert story is not None
    findings = weighed.findings
    first = next(iter(fitting(story, findings)), None)
    return Report(
        target=TargetInfo(target.url, target.host, target.port, target.path, target.scheme),
        outcome=_outcome(story),
        status=_status(story),
        summary=_summary(story, findings),
        findings=findings,
        ruled_out=weighed.ruled_out,
        not_tested=weighed.not_tested,
        trail=trail(story, first),
        experiments=(),
        exchange=None,
        unexamined=(cut_short,) if cut_short else (),
        next_steps=_next_steps(evidence, story, findings),
        incomplete=bool(cut_short),
        account=account(story, findings),
    )


def _status(story: Story) -> int | None:
    """Return what the client met; a socket that ended was open, though no log may have its 101."""
    return story.status if story.status is not None or way.opened(story) is None else 101


def _outcome(story: Story) -> Outcome:
    if story.works:
        return Outcome.CONNECTED
    if story.status is not None:
        return Outcome.REFUSED
    ended = way.before_http(story)
    if ended is not None and ended.says in _UNREACHED:
        return Outcome.UNREACHABLE
    failed = any(entry.says is not Says.NOTHING for entry in story.entries)
    return Outcome.REFUSED if failed else Outcome.INCOMPLETE


def _summary(story: Story, findings: tuple[Finding, ...]) -> str:
    if found := fitting(story, findings):
        return _summary_of(found)
    if story.works:
        return "The logs tell of a handshake that works"
    became = f"why this handshake met {story.status}" if story.status else "what became of this handshake"
    ahead = f"; it would be refused next for this: {findings[0].title}" if findings else ""
    return f"The logs do not tell {became}{ahead}"


def _summary_of(findings: tuple[Finding, ...]) -> str:
    first = findings[0]
    if first.certainty is not Certainty.POSSIBLE:
        return first.title
    if len(findings) == 2:
        return f"Two causes fit: {first.title}; or: {findings[1].title}"
    return f"It may be that: {first.title}; the logs fit other causes too"


def _next_steps(evidence: Evidence, story: Story, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    if story.works and not findings:
        return ()
    explain = f"ws101 explain {findings[0].cause}" if findings else "ws101 explain --list"
    if not findings or findings[0].certainty is Certainty.POSSIBLE:
        return (_settling(evidence, story, findings), explain, *settings(story))
    if way.opened(story) is not None or not evidence.target.host:
        return (explain,)
    return (explain, f"{_asking(evidence, story)}  sends the handshake itself, and can prove it")


def _settling(evidence: Evidence, story: Story, findings: tuple[Finding, ...]) -> str:
    """Return the one command that would tell: the handshake as it was meant, sent by a probe that lies about nothing."""
    command, named = _asking(evidence, story), {f.cause for f in fitting(story, findings)}
    if named == {"plaintext-to-tls-port", "proxy-drops-upgrade-headers"}:
        return f"{command}  settles it: refused alike, the proxy is to blame; if not, the client sends no TLS"
    of_proxy = way.own_answer(story) is not None and evidence.config is None
    if of_proxy:
        command += " --nginx-config nginx.conf"
    if len(named) == 2:
        return f"{command}  settles which of the two it is"
    what = (
        "names the line that answers"
        if of_proxy
        else "sends the handshake itself, and looks at the whole answer"
    )
    return f"{command}  {what}"


def _asking(evidence: Evidence, story: Story) -> str:
    """Return the command that sends this handshake, with the token that the client means to send in a field."""
    token = " --token-env TOKEN" if (sent := credentials_sent(story)) and sent[1] == "authorization" else ""
    return f"ws101 check {_meant(evidence, story)}{token}"


def _meant(evidence: Evidence, story: Story) -> str:
    """Return the URL to ask for: what the client means, else where the request arrived."""
    target = evidence.target
    meant = next((e for e in story.entries if e.scheme and (e.host or target.host)), None)
    tls = meant.scheme in _TLS if meant else target.tls or target.port in _TLS_PORTS
    host = (host_of(meant) if meant else "") or target.host
    if not host:
        return "URL"
    scheme, usual = ("wss", 443) if tls else ("ws", 80)
    named = next((e.port for e in story.entries if e.port), port_of(meant) if meant else target.port)
    port = named or usual
    return f"{scheme}://{host}{f':{port}' if port != usual else ''}{target.path.partition('?')[0]}"
