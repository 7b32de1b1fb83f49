"""Recorded answers of real software, for causes that look at who wrote a refusal."""

from causes.building import make_attempt, make_evidence, make_request, make_sending
from signatures.test_signatures import RECORDINGS
from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer
from ws101.tokens.read import read

DIRECT = Sending("app.test", 8080, make_request(target="/"))  # the path is the handshake's own
BEARER = make_sending(make_request(("Authorization", "Bearer opaque-1f0c")))


def recorded(name: str) -> Answer:
    """Return the first recorded answer of this signature, or the one that was seen so."""
    return next(r.answer for r in RECORDINGS if name in {r.signature, r.seen})


BAD_HOST = recorded("nginx-400")  # nginx to a malformed Host: it stands in front


def behind_nginx(answer: Answer, results: dict[str, Answer] | None = None, **fields: object) -> Evidence:
    """Return the evidence of a handshake that met this answer on its way through nginx."""
    return seen(answer, {"malformed-host": BAD_HOST, **(results or {})}, **fields)


def unfronted(answer: Answer, results: dict[str, Answer] | None = None, **fields: object) -> Evidence:
    """Return the evidence of a handshake that met this answer of a server that itself refuses what no proxy passes on."""
    return seen(answer, {"malformed-field": recorded("uvicorn-400"), **(results or {})}, **fields)


def seen(answer: Answer, results: dict[str, Answer] | None = None, **fields: object) -> Evidence:
    """Return the evidence of a handshake that met this answer; `direct-*` experiments go to an address of their own."""
    sending = fields.pop("sending", None)
    if results and any(name.startswith("direct") for name in results):
        fields.setdefault("direct", DIRECT)
    if sending is not None and "token" not in fields:
        fields["token"] = read(sending.request, None, None, 1_800_000_000.0)
    return make_evidence(make_attempt(answer=answer, sending=sending), results, **fields)
