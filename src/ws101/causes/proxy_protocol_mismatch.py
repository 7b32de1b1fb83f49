"""One side speaks the PROXY protocol and the other does not

## What happens
The listener waits for a PROXY line, gets `GET …` or a TLS ClientHello, and closes without a byte. The other way round, a
PROXY line sent unasked is a malformed request: 400.

## Why
`listen … proxy_protocol` is for connections from a load balancer that sends the line; a client that comes directly does not.

## How we know
With a PROXY line before it, the same handshake is answered. The other way round, a line that a hop in front sends unasked
is seen only in that everything is refused as malformed, whatever is sent.
With the configuration (`--nginx-config`), the line is named.
In logs nginx says that the PROXY line is broken, or a server that one came as a request.

## What to do
Connect through the load balancer, or give direct clients a listener without `proxy_protocol`.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.checks import check_request
from ws101.judging import blame
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works without a PROXY line")
    if (
        evidence.baseline is not None
        and evidence.malformed_whatever
        and not check_request(evidence.baseline.sending.request)
    ):
        fact = Fact(
            "whatever is sent is refused as malformed, and this is not",
            f"experiments plain-get, {evidence.alike_at_nonsense}",
        )
        line = Fact("a PROXY line that a hop in front sends unasked would be refused so", "the answer")
        return Supported(Certainty.POSSIBLE, (fact, line), _UNASKED)
    attempt = evidence.tried("proxy-line")
    if attempt is None:
        return (
            RuledOut("an answer came without a PROXY line")
            if evidence.answer
            else Unknown("the listener's configuration")
        )
    if not evidence.takes_proxy_line:
        return RuledOut("a PROXY line before it does not help", "proxy-line")
    fact = Fact(f"with a PROXY line before it: {attempt.status}", "experiment proxy-line")
    return Supported(evidence.by_flip, (fact,))


_UNASKED = Remedy(
    "Let the listener expect the PROXY line, or let the hop in front not send it.",
    Hop.PROXY,
    patch="listen 443 ssl proxy_protocol;",
)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    state, baseline = hop.route.state, evidence.baseline
    if state is None or baseline is None or baseline.sending.preamble:
        return None
    if not state.socket.proxy_protocol:
        return RuledOut("no listen of this configuration's port expects a PROXY line")
    lines = [one.directive for one in state.socket.default.listens if "proxy_protocol" in one.options]
    if not lines or evidence.status not in {None, 400, 502}:
        return None
    note = "expects a PROXY line before the request, and none was sent"
    return blame((lines[0], note), cure=hop.cure("proxy-protocol-mismatch"))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return (
        hearing.by_words(story, Says.PROXY_PROTOCOL) or hearing.worked(story) or hearing.beyond_proxy(story)
    )


CAUSE = Cause(
    slug="proxy-protocol-mismatch",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Connect through the load balancer, or add a listener without proxy_protocol.",
        Hop.PROXY,
        patch="listen 443 ssl;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
