"""The server behind the proxy does not answer in time

## What happens
The proxy waits, then answers 504 by itself. Without a proxy, or before its patience ends, no byte comes back.

## Why
The server hangs (a lock, a database, a handler that waits for the first message), or packets to it vanish. nginx waits
60 s by default (`proxy_read_timeout`, `proxy_connect_timeout`).

## How we know
The proxy says that the next hop did not answer in time; or the handshake is met with silence, and other requests are not.
Some say 502 or 503 instead: then it takes whole seconds, each time.
With the configuration (`--nginx-config`), the address and the time-outs are named.
In logs the proxy says so, or its 504 does; a 499 after a long wait is a client that gave up on a silent server.

## What to do
Ask the server itself. If it hangs only on upgrades, its WebSocket handler does work before it accepts.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame, outside
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_DEFAULT = 60.0  # seconds; nginx's proxy_connect_timeout and proxy_read_timeout where no line sets them
_SHORT = 0.5  # seconds; as long as a time-out takes where it is tried
_LONG = 0.9  # seconds; a refused connection is told at once, and time-outs are set in whole seconds


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.says is Says.UPSTREAM_TIMEOUT:
        return Supported(
            Certainty.LIKELY,
            (Fact(f"{evidence.proxy} says that the next hop does not answer in time", "the answer"),),
        )
    if evidence.says is Says.UPSTREAM_DOWN and (seconds := _waited(evidence)) >= _LONG:
        fact = Fact(
            f"{evidence.proxy} answers {evidence.status} only after {seconds:.1f} s, each time", "the answer"
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if evidence.ended(Layer.HTTP, Ending.SILENT):
        if _answered(evidence, "malformed-host"):
            who = evidence.proxy or "whoever answers first"
            text = f"{who} answers a malformed request at once, and this one not at all"
            behind = "proxy-drops-upgrade-headers" if evidence.proxy else ""
            return Supported(Certainty.POSSIBLE, (Fact(text, "experiment malformed-host"),), behind=behind)
        if others := tuple(name for name in ("plain-get", "nonsense-path") if _answered(evidence, name)):
            fact = Fact(
                "this handshake gets no answer, and other requests do", f"experiments {', '.join(others)}"
            )
            return Supported(Certainty.POSSIBLE, (fact,))
        return Unknown("the server's log")
    return RuledOut("an answer came in time") if evidence.status else Unknown("an HTTP answer")


def _answered(evidence: Evidence, name: str) -> bool:
    attempt = evidence.tried(name)
    return attempt is not None and attempt.status is not None


def _waited(evidence: Evidence) -> float:
    """Return the seconds that the answer took at least, of the handshake and its unchanged repeat."""
    both = (evidence.baseline, evidence.tried("repeat"))
    return min(attempt.timings.waited if attempt else 0.0 for attempt in both) / 1000


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if hop.sent is None or evidence.status != 504:
        return None
    lines = [
        line for name in ("proxy_connect_timeout", "proxy_read_timeout") for line in hop.in_force(name)[:1]
    ]
    waits = ((line, "is how long nginx waits") for line in lines)
    deaf = evidence.soundings.deaf(hop.server_places)
    if not deaf and not evidence.soundings.taken(hop.server_places):
        return blame((hop.sent.by, f"leads to {hop.sent.server}"), *waits, shown=False)
    seconds, _ = hop.seconds("proxy_connect_timeout" if deaf else "proxy_read_timeout", _DEFAULT)
    faster = max(1.0, (seconds or _DEFAULT) / _SHORT)
    given = Circumstance(State.DEAF if deaf else State.SILENT, hop.server, faster=faster)
    does = "takes no connection" if deaf else "takes a connection"
    note = f"leads to {hop.sent.server}, which {does} from this machine"
    return blame((hop.sent.by, note), *waits, given=given, remedy=outside(given, str(hop.sent.server)))


# ---- logs


_PATIENCE = 5.0  # seconds; a client that leaves sooner may have other reasons


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.UPSTREAM_TIMEOUT):
        return heard
    if out := hearing.not_sent(story) or hearing.server_answered(story):
        return out
    entry = next(way.answers(story, *way.BETWEEN), None) or way.met(story)
    if entry is None or entry.status not in {499, 504}:
        return hearing.refused_otherwise(story, 504, 499)
    waited = entry.took or 0.0
    took = (hearing.cite(entry, f"after {waited:.1f} s"),) if entry.took is not None else ()
    if entry.status == 504:
        return hearing.supported(hearing.answered(entry), *took)
    if waited < _PATIENCE:
        return None
    return hearing.supported(hearing.answered(entry), *took, certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="upstream-timeout",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Find out what the server waits for.",
        Hop.SERVER,
        command="curl -sv --http1.1 --max-time 10 http://UPSTREAM:PORT/",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
