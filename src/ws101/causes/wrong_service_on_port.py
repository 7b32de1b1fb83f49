"""Another service than the one that was meant listens on this port

## What happens
The port is open, and what answers does not speak HTTP/1.1: an SSH or mail server greets, a database sends its
own bytes, a listener speaks HTTP/2 alone. Or it is an HTTP server that serves something else altogether.

## Why
The port number is wrong, or two programs wanted the same port and the other one was first (on macOS the
AirPlay receiver holds 5000 and 7000). nginx before 1.25 with `listen … http2` and no TLS, and gRPC servers,
speak HTTP/2 only.

## How we know
The first bytes of the answer, or the Server field of a program that never serves WebSockets.
In logs the client quotes what it got.

## What to do
Find out which program owns the port, and correct the port in the URL or free it for the server that was
meant.
"""

from ws101 import hearing
from ws101.attempt import Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer, Kind
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

PLAIN = "plain-instead"
STRANGERS = {"airtunes": "the AirPlay receiver of macOS", "cups/": "the CUPS print service"}


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if evidence.works:
        return RuledOut("the handshake works")
    if baseline is None or baseline.layer in {Layer.NAME, Layer.TCP, Layer.FORWARD_PROXY}:
        return Unknown("a connection to the port")
    answer, source = evidence.answer, "the answer's first bytes"
    plain = evidence.tried(PLAIN)
    if answer is None and baseline.layer is Layer.TLS and baseline.verify_code is None and plain is not None:
        answer, source = plain.answer, f"experiment {PLAIN}"
    if answer is None or answer.kind is Kind.NOTHING:
        return Unknown("the name of the program that listens on the port")
    certainty, text = _stranger(answer)
    if certainty is None:
        return RuledOut(text)
    command = f"ss -ltnp 'sport = :{baseline.sending.port}'"
    remedy = Remedy(
        "Correct the port in the URL, or free it for the server that was meant.", Hop.SERVER, command=command
    )
    return Supported(certainty, (Fact(text, source),), remedy)


def _stranger(answer: Answer) -> tuple[Certainty | None, str]:
    if answer.kind is Kind.BANNER:
        return Certainty.LIKELY, f"what answers speaks {answer.service or 'another protocol'}"
    if answer.kind is Kind.HTTP2:
        return Certainty.LIKELY, "what answers speaks HTTP/2 only and ignores the HTTP/1.1 request"
    if answer.kind is Kind.UNKNOWN:
        return Certainty.POSSIBLE, "the answer is no HTTP"
    server = answer.headers.get("server").lower()
    program = next((name for mark, name in STRANGERS.items() if server.startswith(mark)), "")
    if program:
        return Certainty.LIKELY, f"the Server field names {program}"
    return None, "what answers speaks HTTP" if answer.kind is Kind.HTTP else "what answers speaks TLS"


# ---- logs


_BANNERS = r"SSH-|SMTP|FTP|mysql|redis|-ERR|\+PONG|\b220 "


def read(_: Evidence, story: Story) -> Ruling | None:
    hops = (Hop.CLIENT,)
    if heard := hearing.by_words(story, Says.NOT_HTTP, hops=hops, words=_BANNERS):
        return heard
    heard = hearing.by_words(story, Says.NOT_HTTP, hops=hops, certainty=hearing.POSSIBLE)
    return heard or hearing.connected(story)


CAUSE = Cause(
    slug="wrong-service-on-port",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy("Correct the port in the URL, or free it for the server that was meant.", Hop.SERVER),
    judge=judge,
    read=read,
)
