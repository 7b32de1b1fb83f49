"""What a verifier would say of a token's claims at a given time; knows nothing of signatures."""

from collections.abc import Iterator, Mapping

from ws101.tokens.decode import Jwt
from ws101.tokens.reading import Flaw, Problem

_MILLISECONDS = 1e11  # in seconds that is the year 5138; in milliseconds it was 1973
_NO_DATE = 1e15  # beyond any date, in milliseconds too
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def check(
    jwt: Jwt,
    now: float,
    clock: str,
    leeway: float = 0,
    audience: str | None = None,
    issuer: str | None = None,
) -> tuple[Problem, ...]:
    """Return what is wrong with the claims (RFC 7519, 4.1) at `now`, seconds since the epoch, by `clock`.

    `clock` is "the server's" or "this machine's". A claim that is missing is no problem, unless an audience or an
    issuer is expected.
    """
    claims = jwt.claims
    by = f"by {clock} clock"
    times = (*_unusable(claims), *_expiry(claims, now, leeway, by), *_future(claims, now, leeway, by))
    return (*times, *_audience(claims, audience), *_issuer(claims, issuer))


def duration(seconds: float) -> str:
    """Return a span of time in its two largest units, such as `3 h 12 min`."""
    left, parts = int(abs(seconds)), []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def moment(claims: Mapping[str, object], name: str) -> float | None:
    """Return a NumericDate claim in seconds since the epoch, or None when it is missing or no usable number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _NO_DATE else None  # NaN is less than nothing


def _unusable(claims: Mapping[str, object]) -> Iterator[Problem]:
    for name in ("exp", "nbf", "iat"):
        if name in claims and moment(claims, name) is None:
            yield Problem(Flaw.MALFORMED, f"its {name} is no number of seconds (RFC 7519, 4.1)")


def _expiry(claims: Mapping[str, object], now: float, leeway: float, by: str) -> Iterator[Problem]:
    exp = moment(claims, "exp")
    if exp is not None and now >= exp + leeway:
        yield Problem(Flaw.EXPIRED, f"it expired {duration(now - exp)} ago {by}")


def _future(claims: Mapping[str, object], now: float, leeway: float, by: str) -> Iterator[Problem]:
    nbf, iat = moment(claims, "nbf"), moment(claims, "iat")
    if nbf is not None and nbf > now + leeway:
        yield Problem(Flaw.NOT_YET_VALID, _ahead("it is valid only from", nbf, now, by) + " (nbf)")
    elif iat is not None and iat > now + leeway:
        yield Problem(Flaw.NOT_YET_VALID, _ahead("it says that it was issued", iat, now, by) + " (iat)")


def _ahead(says: str, when: float, now: float, by: str) -> str:
    if when > _MILLISECONDS:
        return f"{says} a time that is in milliseconds, where seconds are meant: thousands of years ahead"
    return f"{says} {duration(when - now)} in the future {by}"


def _audience(claims: Mapping[str, object], expected: str | None) -> Iterator[Problem]:
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [] if named is None else [named]
    if expected is not None and expected not in audiences:
        yield Problem(
            Flaw.AUDIENCE, f"it is meant for {_listed(audiences)} (aud), and {expected!r} is expected"
        )


def _issuer(claims: Mapping[str, object], expected: str | None) -> Iterator[Problem]:
    named = claims.get("iss")
    if expected is not None and named != expected:
        yield Problem(
            Flaw.ISSUER,
            f"it comes from {_listed([] if named is None else [named])} (iss), and {expected!r} is expected",
        )


def _listed(values: list[object]) -> str:
    return ", ".join(repr(str(value)[:80]) for value in values[:5]) or "nobody in particular"
