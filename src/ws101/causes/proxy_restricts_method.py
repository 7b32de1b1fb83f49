"""The proxy does not let this method through

## What happens
The proxy answers a GET handshake with 405, or with 403, by itself.

## Why
`limit_except POST { deny all; }` or `if ($request_method …) { return 405; }` is written for an API and catches the socket,
whose handshake is always a GET (RFC 6455, 4.1).

## How we know
The 405 is the proxy's own, and a plain GET gets it as well. A 403 looks like any other refusal of access from outside.
With the configuration (`--nginx-config`), the line is named.
In logs the proxy answers 405 by itself; nginx's “access forbidden by rule” fits `limit_except` and `deny` alike.

## What to do
Allow GET in the location of the socket.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import as_configured, blame, perhaps_by_proxy, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("a GET handshake passes")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.status not in {403, 405} or not perhaps_by_proxy(evidence):
        return RuledOut("the refusal is not the proxy's about access or methods")
    if evidence.says is Says.CDN_BLOCKED:
        return RuledOut("a rule of the edge refuses it")
    if other := next((n for n in ("plain-get", "without-token", "without-origin") if evidence.moves(n)), ""):
        return RuledOut("another GET of the same path is answered otherwise", other)
    if not evidence.answered_by_proxy:
        text = (
            f"the answer to a GET is {evidence.status}, and {evidence.proxy or 'a proxy'} may have written it"
        )
        return Supported(Certainty.POSSIBLE, (Fact(text, "the answer"),), rare=evidence.status == 403)
    if evidence.status == 405:
        return Supported(
            Certainty.LIKELY, (Fact(f"{evidence.proxy} itself answers a GET with 405", "the answer"),)
        )
    # Whoever restricts methods lets GET through; an address or a path is denied far more often.
    return Supported(
        Certainty.POSSIBLE, (Fact(f"{evidence.proxy} itself answers 403", "the answer"),), rare=True
    )


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    gate = hop.by_method
    if gate is None:
        return None if hop.undecided else RuledOut("no line of this configuration refuses the method")
    if not as_configured(evidence, hop):
        return None
    note = f"refuses a {hop.route.ask.method} here: {evidence.status}"
    return blame(
        (gate, note),
        (None if hop.gate is gate else hop.gate, "is what it answers with"),
        cure=hop.cure("proxy-restricts-method") or without(gate),
    )


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    sent = next((e.method for e in way.arrivals(story) if e.method), "GET")
    heard = hearing.by_words(story, Says.METHOD, hops=way.BETWEEN)
    if heard is not None and sent == "GET":
        return heard
    if out := hearing.beyond_proxy(story):
        return out
    entry = way.perhaps_own(story)
    if entry is not None and entry.status == 405:
        sure = way.own_answer(story) is not None
        return hearing.supported(
            hearing.answered(entry), certainty=hearing.LIKELY if sure else hearing.POSSIBLE
        )
    heard = hearing.by_words(story, Says.ADDRESS, hops=way.BETWEEN, certainty=hearing.POSSIBLE)
    return replace(heard, rare=True) if heard else hearing.refused_otherwise(story, 403, 405)


CAUSE = Cause(
    slug="proxy-restricts-method",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Allow GET in the location of the socket.", Hop.PROXY, patch="limit_except GET POST { deny all; }"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
