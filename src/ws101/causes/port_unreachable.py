"""Packets to this port vanish

## What happens
The TCP connection is neither taken nor refused: the client waits until its time-out, or a router says that
there is no way.

## Why
A firewall or a cloud's security group drops the packets; the address is of a machine that is off, or is
private and asked from outside; the name's record still points to an old address; this machine has no route,
as without its VPN.

## How we know
No address of the name takes or refuses the connection in time, or the operating system reports no route.
In logs the client says so; a request that reached any hop clears it.

## What to do
Check the address that the name gives, then the firewall or security group for this port, inbound. From a
machine in the server's own network the same connection tells whether the server or the way to it is at fault.
"""

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

LOST = frozenset({Ending.TIMED_OUT, Ending.UNREACHABLE})


def judge(evidence: Evidence) -> Ruling:
    baseline = evidence.baseline
    if evidence.works:
        return RuledOut("the handshake works")
    if baseline is None:
        return Unknown("a connection to the port")
    if baseline.sending.forward_proxy is not None and baseline.layer is Layer.FORWARD_PROXY:
        return Unknown("the same handshake without the forward proxy")
    if baseline.layer is Layer.NAME:
        return Unknown("an address of the host")
    if baseline.layer is not Layer.TCP or any(dial.connected for dial in evidence.dials):
        return RuledOut("a connection was made")
    endings = {dial.ending for dial in evidence.dials} | {baseline.ending}
    if not endings & LOST:
        return RuledOut("the host answers")
    port = baseline.sending.port
    lost = [dial for dial in evidence.dials if dial.ending in LOST]
    facts = [Fact(f"{d.address} port {port}: {d.detail or d.ending}", "TCP connection") for d in lost]
    fact = Fact(f"port {port}: {baseline.detail or baseline.ending}", "TCP connection")
    return Supported(Certainty.LIKELY if endings <= LOST else Certainty.POSSIBLE, tuple(facts) or (fact,))


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if heard := hearing.by_words(story, Says.UNREACHABLE, hops=(Hop.CLIENT,)):
        return heard
    if out := hearing.connected(story):
        return out
    # Some libraries have one time-out for connecting and for the answer.
    return hearing.by_words(story, Says.SILENT, hops=(Hop.CLIENT,), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="port-unreachable",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy(
        "Check the address that the name gives, and that the firewalls on the way let this port in.",
        Hop.NETWORK,
    ),
    judge=judge,
    read=read,
)
