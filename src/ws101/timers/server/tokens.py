"""Access tokens (JWT, RFC 7519; at+jwt, RFC 9068): made and verified by hand, for speed; knows keys and no user.

A handshake waits for this: what a header segment says, and whether a token's signature fits, are remembered; its times,
audience and issuer are judged each time.
"""

import base64
import binascii
import hashlib
import json
import uuid
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from ws101.timers.server.key import Key
from ws101.timers.server.keys import Keys
from ws101.timers.settings import ServiceSettings

TYPES = ("at+jwt", "application/at+jwt")  # RFC 9068, 4
FOREIGN_TYPES = (*TYPES, "JWT", "")
LEEWAY = 5  # seconds by which nbf and iat may lie ahead: two machines' clocks differ
LONGEST = 8_192  # characters; no token that the service makes comes near
_REMEMBERED = 10_000  # tokens
_HEADERS = 64


class Identity(Struct, frozen=True):
    """Whom a good token is for; `session` is empty where another issuer made it, `expires_at` is in ms."""

    user: str
    session: str
    expires_at: int


class Refused(NamedTuple):
    """Why a token is not good: a slug of problem.REFUSALS, and a detail that quotes none of it.

    `user` is known where the signature was good.
    """

    cause: str
    detail: str
    user: str | None = None


Time = Annotated[int, Meta(ge=-(2**53), le=2**53)]  # what every JSON parser reads alike (RFC 8259, 6)


class Claims(Struct, frozen=True):
    """What a token must say; times are in seconds."""

    iss: str
    aud: str | tuple[str, ...]
    sub: str
    exp: Time
    sid: str = ""
    nbf: Time = 0
    iat: Time = 0


class Minter:
    """Makes access tokens."""

    def __init__(self, keys: Keys, settings: ServiceSettings) -> None:
        self._keys, self._settings = keys, settings

    def mint(self, user: str, session: str, now: int) -> tuple[str, int]:
        """Return a token for the user's session, made at `now` (ms), and for how many seconds it is good."""
        key, lifetime, at = self._keys.signing(), self._settings.access_lifetime, now // 1_000
        claims = {
            "iss": self._settings.issuer, "aud": self._settings.audience, "sub": user, "sid": session,
            "jti": str(uuid.uuid4()), "iat": at, "nbf": at, "exp": at + lifetime,
        }  # fmt: skip
        header = {"alg": key.algorithm, "kid": key.kid, "typ": TYPES[0]}
        signed = _segment(msgspec.json.encode(header)) + b"." + _segment(msgspec.json.encode(claims))
        return (signed + b"." + _segment(key.sign(signed))).decode(), lifetime


class Verifier:
    """Tells whom a token is for, or why it is refused.

    With `foreign_tokens` those that another issuer signs with the same key need no session, no `at+jwt`, and towards a
    shared secret no key id.
    """

    def __init__(self, keys: Keys, settings: ServiceSettings) -> None:
        self._keys, self._foreign = keys, settings.foreign_tokens
        self._issuer, self._audience = settings.issuer, settings.audience
        self._generation = 0
        self._headers: dict[bytes, Key] = {}
        self._signed: dict[bytes, tuple[Claims, Key]] = {}

    def verify(self, token: str, now: int) -> Identity | Refused:
        """Judge a token at `now` (ms): its form, algorithm, key and signature, then what it claims."""
        if self._generation != (generation := self._keys.generation(now)):
            self._generation = generation
            self._headers.clear()
            self._signed.clear()
        try:
            text = token.encode("ascii")
        except UnicodeEncodeError:
            return Refused("token-malformed", "It holds characters that are no ASCII.")
        mark = hashlib.sha256(text).digest()
        known = self._signed.get(mark)
        if known is None or not known[1].verifies(now):
            read = self._read(text, now)
            if isinstance(read, Refused):
                return read
            known = self._signed[mark] = read
            if len(self._signed) > _REMEMBERED:
                del self._signed[next(iter(self._signed))]
        return self._judge(known[0], now)

    def _read(self, text: bytes, now: int) -> tuple[Claims, Key] | Refused:
        parts = text.split(b".")
        if len(parts) != 3 or len(text) > LONGEST:
            return Refused("token-malformed", _shape(len(parts), len(text)))
        header, payload, signature = parts
        key = self._headers.get(header)
        if key is None or not key.verifies(now):
            found = self._find(header, now)
            if isinstance(found, Refused):
                return found
            if len(self._headers) >= _HEADERS:
                self._headers.clear()
            key = self._headers[header] = found
        try:
            mark, content = _bytes(signature), _bytes(payload)
        except ValueError:
            return Refused(
                "token-malformed", "A part of it is not base64url (RFC 7515, 2): it was cut or altered."
            )
        if not key.fits(text[: len(header) + 1 + len(payload)], mark):
            return Refused("token-signature-invalid", "It was altered, or signed with another key.")
        try:
            claims = msgspec.convert(_object(content), Claims)
            f"{claims.sub}{claims.sid}".encode()  # JSON can write half of a surrogate pair, a query cannot
        except (ValueError, RecursionError):
            return Refused(
                "token-malformed", "Its claims lack something, or are of another type than RFC 7519 wants."
            )
        return claims, key

    def _find(self, segment: bytes, now: int) -> Key | Refused:
        """Return the key that a header names; what else the header brings along (jwk, jku, x5u, x5c) is never used."""
        try:
            header = _object(_bytes(segment))
        except (ValueError, RecursionError):
            return Refused(
                "token-malformed", "Its header is not base64url of a JSON object: it was cut or altered."
            )
        algorithm, kid, kind = header.get("alg"), header.get("kid", ""), header.get("typ", "")
        if not isinstance(algorithm, str) or algorithm not in self._keys.algorithms:
            wanted = " or ".join(sorted(self._keys.algorithms))
            return Refused("token-algorithm-refused", f"It names an algorithm that is not {wanted}.")
        if "crit" in header or not isinstance(kid, str) or not isinstance(kind, str):
            return Refused(
                "token-malformed", "Its header asks for what the service does not know (RFC 7515, 4.1.11)."
            )
        key = self._keys.find(kid, now) if kid or not self._foreign else self._keys.shared
        if key is None:
            return Refused(
                "token-key-unknown", "It names a key (kid) that the service does not have, or no longer."
            )
        if key.algorithm != algorithm:
            return Refused("token-algorithm-refused", "It names another algorithm than its key is for.")
        if kind not in (FOREIGN_TYPES if self._foreign else TYPES):
            return Refused("token-malformed", f"It is a token of another kind than {TYPES[0]} (typ).")
        return key

    def _judge(self, claims: Claims, now: int) -> Identity | Refused:
        user, at = claims.sub, now // 1_000
        if claims.iss != self._issuer:
            return Refused("token-issuer-wrong", f"The service takes tokens of {self._issuer!r}.", user)
        if claims.aud != self._audience and (isinstance(claims.aud, str) or self._audience not in claims.aud):
            return Refused("token-audience-wrong", f"The service takes tokens for {self._audience!r}.", user)
        if max(claims.nbf, claims.iat) > at + LEEWAY:
            ahead = max(claims.nbf, claims.iat) - at
            return Refused(
                "token-not-yet-valid", f"It becomes valid in {ahead} s, by the service's clock.", user
            )
        if at >= claims.exp:
            return Refused(
                "token-expired", f"It expired {at - claims.exp} s ago, by the service's clock.", user
            )
        if not user or not (claims.sid or self._foreign):
            return Refused("token-malformed", "It names no user (sub), or no session (sid).", user or None)
        return Identity(user, claims.sid, claims.exp * 1_000)


def _shape(parts: int, size: int) -> str:
    if size > LONGEST:
        return f"It has {size} characters; the service makes none of more than {LONGEST}."
    return f"It has {parts} of the 3 parts of a JWT: it was cut or altered, or it is another kind of token."


def _segment(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


# RFC 4648, 5: what differs from plain base64; the plain alphabet's own two characters, and padding, are none of base64url's.
_PLAIN = bytes.maketrans(b"-_+/=", b"+/!!!")
_PADDING = (b"", b"===", b"==", b"=")


def _bytes(segment: bytes) -> bytes:
    """Return what a segment holds; raises ValueError unless it is the one way to write this in base64url."""
    plain = segment.translate(_PLAIN) + _PADDING[len(segment) % 4]
    raw = binascii.a2b_base64(plain)
    if binascii.b2a_base64(raw, newline=False) != plain:
        raise binascii.Error("another way to write it")
    return raw


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands twice")  # RFC 7515, 5.2 leaves it open which of them counts
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


_strict = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _object(content: bytes) -> dict[str, Any]:
    found = _strict.decode(content.decode("utf-8"))
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
