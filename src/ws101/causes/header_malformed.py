"""A header of the request is malformed, or one that the other side does not take

## What happens
Parsers refuse the whole request with a bare `400` and no reason: a control character or a line break in a value, a
blank in a name or before its colon, a value folded over lines, an empty `Sec-WebSocket-Extensions` or
`Sec-WebSocket-Protocol`. Lenient parsers drop the field, or read its rest as something else.

## Why
A value was read from a file with its line break, or joined from parts of which one was empty; a list was written
although nothing was to be offered; a header was pasted with its indentation.

## How we know
The request that was sent breaks the grammar of RFC 9110 or RFC 6455 in that field; and the same request without the
field is answered differently. A well-formed field is named when the handshake works without it.
In logs nginx names the field, at level info; its access log shows a 400 of 157 bytes for this and for much else.

## What to do
Strip blanks and line breaks from values before they become headers; leave out a list that is empty. Encode what is
not ASCII.
"""

from ws101 import hearing
from ws101.attempt import Attempt
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Breach
from ws101.handshake.checks import check_request
from ws101.judging import asks_for_damage, flip_fact, judge_damage, judge_request
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Hop

_GRAMMAR = frozenset({"RFC 9110, 5.1", "RFC 9112, 5.2", "RFC 9110, 5.5", "RFC 6455, 9.1", "RFC 6455, 4.3"})
_MENDING = {
    "sec-websocket-extensions": ("without-extensions",),
    "sec-websocket-protocol": ("without-subprotocol",),
    "authorization": ("tidy-token", "without-token"),
    "upgrade": ("right-upgrade",),
    "connection": ("right-connection",),
    "sec-websocket-key": ("right-key",),
    "sec-websocket-version": ("right-version",),
}
# What other causes are about; without these a handshake may work for reasons of theirs.
_ELSEWHERE = (
    "cookie",
    "origin",
    "sec-websocket-",
    "content-",
    "transfer-encoding",
    "expect",
    "x-forwarded-",
    "forwarded",
    "x-real-ip",
)
_LONG = 1024  # a field so long may be refused for its size


def judge(evidence: Evidence) -> Ruling:
    if asks_for_damage(evidence):
        return judge_damage(evidence, "malformed-field", "empty-extensions")
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    breaches = tuple(breach for breach in check_request(sending.request) if _is_malformed(breach))
    ruling = judge_request(
        evidence,
        tuple(map(_naming_field, breaches)),
        _repairs(evidence, breaches),
        frozenset({Says.MALFORMED}),
    )
    culprit = (
        None
        if breaches
        else next((a for a in evidence.attempts.values() if _mends_by_field(evidence, a)), None)
    )
    if culprit is None:
        return ruling
    name = culprit.experiment.removeprefix("without-")
    facts = (Fact(f"{name} is well-formed, but the other side does not take it", "the request as sent"),)
    remedy = Remedy(f"Do not send {name}, or not with this value.", Hop.CLIENT)
    return Supported(evidence.by_flip, (*facts, flip_fact(evidence, culprit.experiment)), remedy)


def _is_malformed(breach: Breach) -> bool:
    return breach.section in _GRAMMAR or breach.field == "Sec-WebSocket-Protocol"


def _naming_field(breach: Breach) -> Breach:
    text = breach.text if breach.field in breach.text else f'"{breach.field}": {breach.text}'
    return Breach(text, breach.section, breach.field)


def _repairs(evidence: Evidence, breaches: tuple[Breach, ...]) -> tuple[str, ...]:
    """Return the experiments that change the malformed fields and nothing else."""
    names = tuple(dict.fromkeys(breach.field.lower() for breach in breaches))
    single = tuple(repair for name in names for repair in (f"without-{name}", *_MENDING.get(name, ())))
    minimal = evidence.tried("minimal")
    if minimal is None or evidence.baseline is None:
        return single
    left_out = {
        n.lower()
        for n, _ in evidence.baseline.sending.request.headers
        if n not in minimal.sending.request.headers
    }
    return (*single, "minimal") if names and left_out <= set(names) else single


def _mends_by_field(evidence: Evidence, attempt: Attempt) -> bool:
    """Return whether the handshake works without one ordinary, well-formed field that no other cause is about."""
    name = attempt.experiment.removeprefix("without-")
    headers = (evidence.baseline.sending if evidence.baseline else evidence.sending).request.headers
    if name == attempt.experiment or name not in headers or name.startswith(_ELSEWHERE):
        return False
    return evidence.mends(attempt.experiment) and len(headers.get(name)) < _LONG


# ---- logs


_OF_A_FIELD = (
    r"invalid (?:header|host)|without \"Host\"|illegal header|header (?:name|value|field|line)|control char"
)


def read(_: Evidence, story: Story) -> Ruling | None:
    said = hearing.saying(story, Says.MALFORMED)
    if any("duplicate" in f"{e.words}{e.text}".lower() for e in said):
        return RuledOut("what is malformed is named: a field that came twice")
    if heard := hearing.by_words(story, Says.MALFORMED, words=_OF_A_FIELD):
        return heard
    if heard := hearing.by_words(story, Says.MALFORMED, certainty=hearing.POSSIBLE):
        return heard
    if (known := way.server_status(story)) is not None and known[1] == 400:
        return Unknown(hearing.SERVER_LOG)  # servers refuse malformed fields, too
    if out := hearing.beyond_proxy(story) or hearing.another_reason(story, Says.MALFORMED):
        return out
    return hearing.by_page(story, Says.MALFORMED) or (
        Unknown(hearing.NGINX_INFO) if hearing.met_status(story, 400) else None
    )


CAUSE = Cause(
    slug="header-malformed",
    hop=Hop.CLIENT,
    page=__doc__,
    remedy=Remedy("Correct the header that is named, or leave it out.", Hop.CLIENT),
    judge=judge,
    read=read,
)
