"""Nobody listens on this port

## What happens
The host answers the TCP connection with a reset: it is there, and no program takes connections at this
address and port.

## Why
The server or proxy is not running or crashed at its start; it listens on another port, or on 127.0.0.1 only;
a container's port is not published; the URL names the wrong port. A firewall that rejects instead of dropping
looks the same.

## How we know
Connecting to every address of the name ends with "connection refused", within one round trip.
With the configuration (`--nginx-config`), the line is named.
In logs the client says so; a request that reached any hop clears it.

## What to do
On the host, list the listening sockets and compare address and port with the URL. A listener on 127.0.0.1 is
out of reach from other machines: let it listen on 0.0.0.0 and [::], or put the proxy in front of it.
"""

from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import blame
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


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
    port = baseline.sending.port
    refused = [dial for dial in evidence.dials if dial.ending is Ending.REFUSED]
    if not refused and baseline.ending is not Ending.REFUSED:
        return RuledOut("no address refuses the connection")
    facts = [Fact(f"{d.address} port {port}: {d.detail or d.ending}", "TCP connection") for d in refused]
    fact = Fact(f"port {port}: {baseline.detail or baseline.ending}", "TCP connection")
    text = f"Start what serves port {port}, let it listen on a reachable address, or correct the port."
    remedy = Remedy(text, Hop.SERVER, command=f"ss -ltnp 'sport = :{port}'")
    return Supported(Certainty.LIKELY, tuple(facts) or (fact,), remedy)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if not evidence.ended(Layer.TCP, Ending.REFUSED) or hop is not next(iter(evidence.config or ()), None):
        return None
    lines, ports = hop.listening
    asked = evidence.port_meant(evidence.baseline.sending) if evidence.baseline else 0
    if asked in ports or not lines:
        return None
    return blame((lines[0], f"is another port: no `listen` of this configuration names {asked}"), joins=True)


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    if hearing.saying(story, Says.REFUSED, words="upstream"):
        return RuledOut("it was a proxy whose connection to the server was refused")
    if elsewhere := hearing.refused_elsewhere(story):
        return RuledOut(f"{elsewhere.text} ({elsewhere.source})")
    return hearing.by_words(story, Says.REFUSED, hops=(Hop.CLIENT,)) or hearing.connected(story)


CAUSE = Cause(
    slug="port-refused",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy("Start the server, let it listen on a reachable address, or correct the port.", Hop.SERVER),
    judge=judge,
    inspect=inspect,
    read=read,
)
