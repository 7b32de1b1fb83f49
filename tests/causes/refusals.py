"""Evidence made by hand for the causes of the auth hop: a request with a token, its refusal, and experiments."""

from msgspec.structs import replace

from tokens.minting import NOW, minted
from ws101.attempt import Aftermath, Attempt, Ending, Layer, Sending
from ws101.cause import Cause, RuledOut, Supported
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.observed import Target
from ws101.terms import Certainty
from ws101.tokens.read import read
from ws101.tokens.verify import Keys

HOST = "example.test"
EXPIRED = {"iat": int(NOW) - 7200, "exp": int(NOW) - 3600}
Seen = int | Attempt


def carrying(*fields: tuple[str, str], target: str = "/ws") -> Request:
    return Request(target, Headers.of([("Host", HOST), *fields]))


def bearer(token: str) -> Request:
    return carrying(("Authorization", f"Bearer {token}"))


GOOD = bearer(minted())
BARE = carrying()


def answered(status: int, body: str = "", *fields: tuple[str, str], request: Request = GOOD) -> Attempt:
    """Return an attempt that met this answer."""
    headers = Headers.of([("Date", "Fri, 15 Jan 2027 08:00:00 GMT"), *fields])
    answer = Answer(Kind.HTTP, status=status, headers=headers, body=body.encode())
    return Attempt("baseline", Sending(HOST, 80, request), Layer.HTTP, Ending.ANSWERED, answer=answer)


def closed(code: int, reason: str = "", request: Request = GOOD) -> Attempt:
    """Return an attempt that was accepted and closed at once."""
    aftermath = Aftermath(1.0, closed_after=0.01, close_code=code, close_reason=reason)
    return replace(answered(101, request=request), aftermath=aftermath)


def cut_off(request: Request = GOOD) -> Attempt:
    return Attempt("baseline", Sending(HOST, 80, request), Layer.TCP, Ending.REFUSED)


def evidence(
    baseline: Seen,
    request: Request = GOOD,
    keys: Keys | None = None,
    server_time: float | None = NOW,
    saw: int | None = None,
    expected: dict[str, str] | None = None,
    **experiments: Seen,
) -> Evidence:
    """Return evidence; experiments are named with underscores, and `repeat` meets the baseline's answer unless given."""
    first = replace(_seen(baseline), sending=Sending(HOST, 80, request))
    attempts = {
        name.replace("_", "-"): _seen(seen) for name, seen in ({"repeat": first} | experiments).items()
    }
    token = read(request, keys, server_time, NOW, **(expected or {}))
    target = Target(f"ws://{HOST}/ws", "ws", HOST, 80, "/ws")
    return Evidence(target, first.sending, NOW, baseline=first, attempts=attempts, token=token, saw=saw)


def _seen(seen: Seen) -> Attempt:
    return answered(seen) if isinstance(seen, int) else seen


def certainty(cause: Cause, found: Evidence) -> Certainty | None:
    """Return how certain the cause is, or None when the evidence does not support it."""
    ruling = cause.judge(found)
    return ruling.certainty if isinstance(ruling, Supported) else None


def facts(cause: Cause, found: Evidence) -> str:
    ruling = cause.judge(found)
    assert isinstance(ruling, Supported)
    return "\n".join(fact.text for fact in ruling.facts)


def cleared(cause: Cause, found: Evidence) -> str:
    """Return why the cause is ruled out; fails when it is not."""
    ruling = cause.judge(found)
    assert isinstance(ruling, RuledOut), ruling
    return ruling.why


BASIC = ("WWW-Authenticate", 'Basic realm="site"')
BEARER = ("WWW-Authenticate", "Bearer")
