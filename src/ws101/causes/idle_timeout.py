"""The connection is cut after a constant silence

## What happens
101, and after a minute or so without a message the socket is gone, with code 1006 at the client.

## Why
A hop closes connections on which nothing moves: nginx after `proxy_read_timeout` (60 s), load balancers after 60 to 350 s.
nginx logs it only at level info.

## How we know
The socket was held silent and was cut without a close frame.
With the configuration (`--nginx-config`), the line is named whose time-out is as long as the silence was.
In logs nginx says at level info that the open socket timed out; the line of a 101 that lasted as long as a usual time-out
fits, unless nearly all others lasted otherwise.

## What to do
Send a ping more often than the shortest time-out on the way, or raise that time-out.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs import way
from ws101.logs.entry import Told
from ws101.logs.lasting import usual_timeout
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

# RFC 6455, 7.4.1: a normal end, or going away; None is a connection that was cut.
_OF_IDLENESS = frozenset({None, 1000, 1001})

_EARLIER, _LATER = 0.5, 2.0  # seconds; nginx and this machine may be busy when the time is up
_SHORT = 0.5  # seconds; as long as the time-out takes where it is tried
_DEFAULT = 60.0  # seconds; nginx's proxy_read_timeout where no line sets it


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    aftermath = baseline.aftermath if baseline else None
    if baseline is None or baseline.status is None:
        return Unknown("an HTTP answer")
    if not baseline.upgraded:
        return RuledOut("no 101 came back")
    if aftermath is None:
        return Unknown("a 101 that a client can keep")
    closed = aftermath.closed_after
    if closed is None:
        if aftermath.pong or aftermath.watched < 1:
            return Unknown("--hold SECONDS, longer than the client's silence")
        return RuledOut(f"{aftermath.watched:.0f} s of silence did not cut it")
    if aftermath.pong or closed < 0.5:
        return RuledOut("it was closed at once, not after a silence")
    if closed < 2 and aftermath.close_code not in _OF_IDLENESS:
        return RuledOut(f"the close code gives another reason: {aftermath.close_code}")
    fact = Fact(f"cut after {closed:.1f} s of silence", "the socket after 101")
    if aftermath.close_code is None:
        certainty = Certainty.LIKELY if closed > 2 or evidence.proxy else Certainty.POSSIBLE
        return Supported(certainty, (fact, Fact("without a close frame", "the socket after 101")))
    return Supported(
        Certainty.POSSIBLE, (fact, Fact(f"with close code {aftermath.close_code}", "the socket after 101"))
    )


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    """Judge by the time-out in force: it must be about as long as the silence was."""
    aftermath = evidence.baseline.aftermath if evidence.baseline else None
    if hop.sent is None or aftermath is None or aftermath.closed_after is None:
        return None
    seconds, line = hop.seconds("proxy_read_timeout", _DEFAULT)
    if seconds is None or not -_EARLIER <= aftermath.closed_after - seconds <= max(_LATER, seconds / 10):
        return None
    default = f"passes the socket on, and nginx cuts it after {_DEFAULT:.0f} s of silence, its default"
    said = (
        (line, f"cuts a socket on which the server is silent for {seconds:g} s")
        if line
        else (hop.sent.by, default)
    )
    given = Circumstance(silence=4 * _SHORT, faster=max(1.0, seconds / _SHORT))
    return blame(said, cure=hop.cure("idle-timeout"), given=given)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.IDLE):
        return heard
    if out := hearing.never_opened(story):
        return out
    lasted, opened = hearing.lasted(story), way.opened(story)
    if lasted is None or opened is None:
        return Unknown("how long the sockets stay open: the request's time in the proxy's access log")
    codes = {e.close_code for e in story.entries if e.close_code is not None}
    usual = usual_timeout(lasted)
    cut = any(e.told is Told.ENDED and e.close_code in {None, 1006} for e in story.entries)
    if usual is None and cut and not codes - {1006}:
        return Unknown("the times of several such ends: time-outs cut all sockets at one age")
    if usual is None or codes - {1000, 1001, 1006}:
        return RuledOut(f"it stayed open for {lasted:.1f} s ({opened.place})")
    fact = hearing.cite(
        opened, f"it stayed open for {lasted:.1f} s, as long as a usual time-out: {usual:.0f} s"
    )
    return hearing.supported(fact, certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="idle-timeout",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy(
        "Ping more often than this, or raise the time-out.",
        Hop.PROXY,
        patch="proxy_read_timeout 1h;\nproxy_send_timeout 1h;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
