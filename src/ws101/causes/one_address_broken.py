"""Some of the name's addresses fail and others do not

## What happens
The name has several addresses. A client that takes one of them gets in, a client that takes another one
fails; which it takes depends on its resolver, its operating system and chance. Often IPv6 fails and IPv4
works.

## Why
A record for an IPv6 address on which nothing listens (nginx: `listen 443 ssl;` without
`listen [::]:443 ssl;`); one server of several that is down or runs an old release; a stale record beside a
new one; a firewall for one family only.

## How we know
Connecting to each address ends differently, or the same handshake to another address is answered differently.
Where this machine has no route for a whole family, those addresses stay untested.

## What to do
Mend the listener, firewall or release behind the address that fails, or take its record out of the zone.
"""

import ipaddress

from ws101.attempt import Attempt, Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.observed import Dial
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

LAYERS = tuple(Layer)


def judge(evidence: Evidence) -> Ruling:
    baseline, dials = evidence.baseline, evidence.dials
    if baseline is not None and (baseline.sending.forward_proxy or baseline.sending.address):
        return RuledOut("the address is not left to chance in this handshake")
    if len(dials) == 1 or (evidence.names is not None and len(evidence.names.addresses) == 1):
        return RuledOut("there is one address")
    if baseline is None or not dials:
        return Unknown("a connection to each address of the name")
    if others := _answering_otherwise(evidence):
        here = Fact(f"{baseline.address or 'the first address'}: {_seen(baseline)}", "the handshake")
        there = (
            Fact(f"{a.sending.address or a.address}: {_seen(a)}", f"experiment {a.experiment}")
            for a in others
        )
        flip = any(a.works != baseline.works or _depth(a) != _depth(baseline) for a in others)
        return Supported(evidence.by_flip if flip else Certainty.POSSIBLE, (here, *there))
    return _judge_dials(evidence, baseline)


def _judge_dials(evidence: Evidence, baseline: Attempt) -> Ruling:
    dials = evidence.dials
    if not any(dial.connected for dial in dials):
        return RuledOut("no address connects")
    if evidence.works and evidence.saw is not None:
        return Unknown("the address that the failing client uses (--resolve)")
    if all(dial.connected for dial in dials):
        return RuledOut("every address connects")
    broken = [dial for dial in dials if not dial.connected and not _no_way(dial, dials)]
    if not broken:
        return Unknown(
            f"the same check from a machine that has IPv{_version(next(d for d in dials if not d.connected))}"
        )
    facts = tuple(
        Fact(f"{d.address}: {'connects' if d.connected else d.detail or d.ending}", "TCP connection")
        for d in dials
    )
    latent = not evidence.works and baseline.layer is not Layer.TCP
    return Supported(Certainty.LIKELY, facts, _remedy(broken), latent=latent)


def _answering_otherwise(evidence: Evidence) -> list[Attempt]:
    names = [name for name in evidence.attempts if name.startswith("address-") and evidence.moves(name)]
    if evidence.works and evidence.saw is not None:
        names = [name for name in names if evidence.reproduces(name)]
    return [evidence.attempts[name] for name in names]


def _depth(attempt: Attempt) -> int:
    return LAYERS.index(attempt.layer)


def _seen(attempt: Attempt) -> str:
    return f"{attempt.status or attempt.detail or attempt.ending}"


def _no_way(dial: Dial, dials: tuple[Dial, ...]) -> bool:
    """Whether this machine seems to have no route for the whole family: no address of it was even silent."""
    family = [other for other in dials if _version(other) == _version(dial)]
    return all(other.ending is Ending.UNREACHABLE for other in family)


def _version(dial: Dial) -> int:
    return ipaddress.ip_address(dial.address.partition("%")[0].strip("[]")).version


def _remedy(broken: list[Dial]) -> Remedy:
    addresses = ", ".join(dial.address for dial in broken)
    text = f"Mend what should listen at {addresses}, or take that address out of the name's records."
    patch = "listen [::]:443 ssl;" if all(_version(dial) == 6 for dial in broken) else None
    return Remedy(text, Hop.NETWORK, patch=patch)


CAUSE = Cause(
    slug="one-address-broken",
    hop=Hop.NETWORK,
    page=__doc__,
    remedy=Remedy(
        "Mend what listens at the address that fails, or take it out of the name's records.", Hop.NETWORK
    ),
    judge=judge,
)
