"""The Sec-WebSocket-Key is missing, stands there twice, or is not the base64 of 16 bytes

## What happens
Strict servers answer `400` and name the header; lenient ones take any text and answer `101`. So one client works with
one server and fails with the next.

## Why
The key was written by hand or copied. The widely copied `SGVsbG8sIHdvcmxkIQ==` is "Hello, world!", 13 bytes, and RFC
6455, 4.1, demands 16. Some libraries add a key of their own to the one that they were given, so that there are two.

## How we know
The key that was sent does not decode to 16 bytes; and the same request with a right key, and nothing else changed, is
answered differently.
In logs the server says so, or a hop logged the key itself; that a hop on the way changed the key shows where two hops log it.

## What to do
Let the client library make the key. By hand, for a test, make a new one for each connection:
`openssl rand -base64 16`.
"""

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling
from ws101.evidence import Evidence
from ws101.handshake.accept import key_problem
from ws101.judging import asks_for_damage, judge_damage, judge_request, request_breaches
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Remedy
from ws101.signature import Says
from ws101.terms import Hop

_SAYINGS = frozenset({Says.KEY_MISSING, Says.KEY_INVALID})


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "short-key", "without-key")
    return judge_request(evidence, request_breaches(evidence, "Sec-WebSocket-Key"), ("right-key",), _SAYINGS)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    key = "Sec-WebSocket-Key"
    if hearing.lost_on_the_way(story, key) or hearing.changed_on_the_way(story, key):
        return RuledOut("the key was changed on the way to the server")
    if heard := hearing.by_words(story, Says.KEY_MISSING, Says.KEY_INVALID):
        # A proxy may have taken it away, where no log shows what came to it.
        lost = hearing.arrived_without(story, key) and way.telling(story, key, *way.BETWEEN) is None
        return replace(heard, certainty=hearing.POSSIBLE, named=False) if lost else heard
    return hearing.not_sent(story) or _by_value(story, key) or hearing.as_answered(story, Says.KEY_INVALID)


def _by_value(story: Story, name: str) -> Ruling | None:
    """Judge by the key that a hop logged: a server that is strict refuses one that is wrong with 400."""
    sent = hearing.as_sent(story, name)
    if sent is None or "[" in sent[1] or not way.field(sent[0], "Upgrade"):
        return None  # it is not known, it was redacted, also in part, or it was no handshake at all
    problem = key_problem(sent[1])
    if not problem:
        return RuledOut(f"{hearing.who(sent[0])} saw a key as it should be ({sent[0].place})")
    known = way.perhaps_of_server(story)
    certain = hearing.LIKELY if known is not None and known[1] == 400 else hearing.POSSIBLE
    return hearing.supported(hearing.cite(sent[0], f"the key {problem}"), certainty=certain)


CAUSE = Cause(
    slug="websocket-key-invalid",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy(
        "Send one Sec-WebSocket-Key, the base64 of 16 random bytes.",
        Hop.CLIENT,
        command="openssl rand -base64 16",
    ),
    judge=judge,
    read=read,
)
