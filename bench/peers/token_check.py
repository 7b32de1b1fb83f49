"""How the Python peers check a token: with PyJWT, as most services do, or by hand with hmac, as fast as Python can."""

import hmac
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable

import jwt
import msgspec

from peers.given import AUDIENCE, ISSUER, Given

Check = Callable[[str | None], str | None]
_HEADS = 4  # so many different headers are remembered as good


class _Claims(msgspec.Struct):
    sub: str
    aud: str
    iss: str
    exp: int


class _Head(msgspec.Struct):
    alg: str


def checking(task: Given) -> Check:
    """Return the check of an Authorization field's value; it returns the user's id, or None."""
    secret = task.secret.encode()
    verify = _pyjwt(secret) if task.check == "pyjwt" else _fast(secret)

    def check(authorization: str | None) -> str | None:
        if not authorization or not authorization.startswith("Bearer "):
            return None
        return verify(authorization[7:])

    return check


def _pyjwt(secret: bytes) -> Check:
    def verify(token: str | None) -> str | None:
        try:
            claims = jwt.decode(
                token or "",
                secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "sub"]},
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"])

    return verify


def _fast(secret: bytes) -> Check:
    keyed = hmac.new(secret, digestmod="sha256")
    claims_of, head_of = msgspec.json.Decoder(_Claims), msgspec.json.Decoder(_Head)
    good: set[str] = set()

    def verify(token: str | None) -> str | None:
        try:
            signed, _, signature = (token or "").rpartition(".")
            head, _, body = signed.partition(".")
            if head not in good:
                if head_of.decode(urlsafe_b64decode(head + "==")).alg != "HS256":
                    return None
                if len(good) < _HEADS:
                    good.add(head)
            mac = keyed.copy()
            mac.update(signed.encode())
            if not hmac.compare_digest(mac.digest(), urlsafe_b64decode(signature + "==")):
                return None
            claims = claims_of.decode(urlsafe_b64decode(body + "=="))
        except ValueError:  # msgspec's errors are ValueErrors
            return None
        fits = claims.aud == AUDIENCE and claims.iss == ISSUER and claims.exp > time.time()
        return claims.sub if fits else None

    return verify
