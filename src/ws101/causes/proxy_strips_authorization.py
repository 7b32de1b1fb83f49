"""The proxy does not pass Authorization on

## What happens
A good token is sent in `Authorization`, and the application answers as if none had come.

## Why
`proxy_set_header Authorization "";` (often left over from `auth_basic`), a proxy that uses the field itself, or a custom
header with an underscore in its name, which nginx drops.

## How we know
The same token in the query is accepted; or the server, asked directly, accepts it, and answers a handshake without any
token exactly as the proxy's way is answered; or the server's own record of the request does not have it.
With the configuration (`--nginx-config`), the line is named.
In logs one hop saw `Authorization`, and the server a request without it.

## What to do
Remove the line that blanks it. nginx passes Authorization on by default.
"""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, blame, cleared_by, crossed, no_proxy, straight, told, without
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.value import Unknown as Unreadable
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Place

if TYPE_CHECKING:
    from ws101.configured import Configured

_UNDERSCORE = "{} has an underscore in its name, and nginx, Caddy and others drop such fields"


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    sent = evidence.token.credential if evidence.token else None
    if sent is None or sent.place not in {Place.HEADER, Place.FIELD}:
        return RuledOut("no token is sent in a header field")
    if lost := crossed(evidence, sent.name):
        return Supported(Certainty.LIKELY, tuple(map(told, lost)), latent=evidence.status not in {401, 403})
    if evidence.record is not None:
        return RuledOut("the server's own record has it")
    if shown := evidence.by_direct("direct-without-token"):
        fact = Fact(
            "asked directly, the server answers a handshake without a token exactly so",
            "experiment direct-without-token",
        )
        return Supported(shown, (straight(evidence), fact))
    if evidence.status not in {401, 403} or evidence.answered_by_proxy:
        return RuledOut("the refusal is not the application's about credentials")
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if other := next((name for name in ("without-token", "broken-token") if evidence.moves(name)), ""):
        return RuledOut("another token, or none, is answered otherwise, so the field arrives", other)
    if unseen := no_proxy(evidence):
        return unseen
    if "_" in sent.name and evidence.same("without-token"):
        dropped = Fact("no token at all is answered alike", "experiment without-token")
        return Supported(
            Certainty.LIKELY, (Fact(_UNDERSCORE.format(sent.name), "the request"), dropped), _DASH
        )
    elsewhere = next((name for name in ("token-in-query", "token-in-header") if evidence.mends(name)), "")
    if elsewhere and sent.place is Place.HEADER:  # other fields no proxy takes for its own
        fact = Fact("the same token in another place is accepted", f"experiment {elsewhere}")
        return Supported(Certainty.POSSIBLE, (fact,), behind="token-in-wrong-place")
    return Unknown(f"--direct URL of the server behind the proxy, or {CONFIGURATION}")


_DASH = Remedy(
    "Name the field with a dash instead of the underscore, at both ends.",
    Hop.PROXY,
    patch="underscores_in_headers on;   # nginx, in server {}, where the name cannot change",
)


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    token = evidence.token.credential if evidence.token else None
    if hop.sent is None or token is None or token.place not in {Place.HEADER, Place.FIELD}:
        return None
    arrives, sent = hop.sent.field(token.name), hop.route.ask.headers.get(token.name)
    if arrives == sent:
        return cleared_by(hop.sent.by, f"this configuration passes {token.name} on")
    if isinstance(arrives, Unreadable):
        return None
    dropped = next((one for one in hop.sent.dropped if one.name.lower() == token.name.lower()), None)
    if dropped is None:
        return None
    note = f"keeps the token from the server: {token.name} is not passed on, for {dropped.why}"
    line = dropped.by or hop.sent.by
    cure = hop.cure("proxy-strips-authorization") or (() if "_" in token.name else without(dropped.by))
    return replace(blame((line, note), cure=cure), latent=evidence.status not in {401, 403})


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    name, refusal = "Authorization", hearing.refusal_of_credentials(story)
    if out := hearing.before_server(story):
        return out
    if passage := hearing.lost_on_the_way(story, name):
        facts = (*passage, hearing.answered(*refusal)) if refusal else passage
        return hearing.supported(
            *facts, certainty=hearing.LIKELY if refusal else hearing.POSSIBLE, latent=not refusal
        )
    seen = way.telling(story, name, *way.BEHIND)
    if seen is not None and way.field(seen, name):
        return RuledOut(f"the server saw `Authorization` ({seen.place})")
    if fact := hearing.sent_without(story, name):
        return RuledOut(f"the client sent none: {fact.text} ({fact.source})")
    said = hearing.saying(story, Says.TOKEN_MISSING, hops=way.BEHIND)
    outer = way.telling(story, name, *way.BETWEEN)
    if said and outer is not None and way.field(outer, name):
        fact = hearing.cite(outer, f"{hearing.who(outer)} saw `Authorization` in the request")
        return hearing.supported(fact, hearing.quote(said[0]))
    sent = outer if outer is not None and way.field(outer, name) else way.telling_meant(story, name)
    none = next(iter(said), seen)
    if sent is None or not refusal or not way.fronted(story):
        return None
    told = [
        hearing.cite(
            sent, f"{hearing.who(sent)} {'means to send' if sent.hop is Hop.CLIENT else 'saw'} Authorization"
        )
    ]
    if none is not None:
        told.append(hearing.cite(none, "the server saw none"))
    elif (refusal[1] == 401 or hearing.refused_as_unknown(story)) and not hearing.says_more(story):
        text = f"the server answers {refusal[1]}, and does not say whether any came"
        told.append(hearing.cite(refusal[0], text))
    else:
        return None
    return hearing.supported(*told, certainty=hearing.POSSIBLE, rare=none is None)


CAUSE = Cause(
    slug="proxy-strips-authorization",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Let Authorization through.", Hop.PROXY, patch="proxy_set_header Authorization $http_authorization;"
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
