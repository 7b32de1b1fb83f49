"""The name of the host does not resolve to an address

## What happens
The client asks the resolver for the host's address and gets none. No packet reaches the server, so no proxy
and no server logs anything.

## Why
A slip in the name; a record that was never made or has expired; a name that only a company's or a container
network's resolver knows, asked from outside it; a resolver that does not answer; `-4` or `-6` for a name
without such an address.

## How we know
The resolver's own words, from this machine and its hosts file. A client in a container or on another network
asks another resolver.
In logs the client says so; a request that reached any hop clears it.

## What to do
Compare the name with the one that works elsewhere, letter by letter, then ask the resolver for it on the
client's own machine. For a name that only an inner network knows, connect from there or add the record to the
outer zone.
"""

from ws101 import hearing
from ws101.attempt import Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    names = evidence.names
    if names is None:
        return Unknown("a look-up of the name")
    if names.addresses:
        return RuledOut(
            "the host is an address"
            if names.literal
            else f"the name resolves to {', '.join(names.addresses)}"
        )
    if evidence.baseline is not None and evidence.baseline.sending.forward_proxy is not None:
        return RuledOut("the forward proxy resolves the name, not this machine")
    if evidence.baseline is not None and evidence.baseline.layer is not Layer.NAME:
        return RuledOut("a connection was made")
    fact = Fact(f"{names.host}: {names.error or 'no address'}", "this machine's resolver")
    text = f"Correct the name {names.host}, or make its record known to the resolver that the client asks."
    return Supported(
        Certainty.LIKELY, (fact,), Remedy(text, Hop.NETWORK, command=f"getent ahosts {names.host}")
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    return hearing.by_words(story, Says.NAME_UNKNOWN, hops=(Hop.CLIENT,)) or hearing.connected(story)


CAUSE = Cause(
    slug="host-not-found",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy("Correct the host's name, or make its record known to the client's resolver.", Hop.NETWORK),
    judge=judge,
    read=read,
)
