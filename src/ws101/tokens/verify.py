"""What a verifier that holds the given keys would say of a token's signature, and a token signed anew with them.

Opens no file: the secret and the key set come in as their content. Claims are checks.py's.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from ws101.errors import UnreadableInput
from ws101.private import Private
from ws101.tokens.decode import Jwt, decode
from ws101.tokens.reading import Flaw, Problem

_SHORTEST_DECODED = 16  # bytes; less is hardly a secret that somebody wrote down in base64
_AHEAD = 3600.0
_BEFORE = (
    5.0  # a server whose clock is seconds behind would take a token of this very second for one of the future
)
_KEY_TYPES = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


class Keys(Private, frozen=True):
    """What tokens are verified with: a shared secret as it stands in its file, or a JSON Web Key Set (RFC 7517)."""

    secret: bytes | None = None
    jwks: Mapping[str, Any] | None = None

    def __bool__(self) -> bool:
        return self.secret is not None or self.jwks is not None

    def secrets(self) -> Iterator[tuple[bytes, str]]:
        """Yield each way to read the secret and what was done to it: as it is, without its last line break, decoded."""
        if self.secret is None:
            return
        yield self.secret, ""
        trimmed = self.secret.rstrip(b"\r\n")
        if trimmed != self.secret:
            yield trimmed, "without the line break at its end"
        decoded = _from_base64(trimmed)
        if len(decoded) >= _SHORTEST_DECODED:
            yield decoded, "decoded from base64"


def load_keys(secret: bytes | None, jwks_text: str | None) -> Keys:
    """Return the keys that a secret file's and a key set's content hold; raises UnreadableInput."""
    return Keys(
        None if secret is None else _secret(secret), None if jwks_text is None else _key_set(jwks_text)
    )


def _secret(content: bytes) -> bytes:
    if not content.strip():
        raise UnreadableInput(
            "The secret", "it is empty", "Give the file that holds the secret which the server signs with."
        )
    if content.lstrip().startswith(b"-----BEGIN"):
        why = "it is a PEM key or certificate, and a shared secret (HS256 and its like) was expected"
        raise UnreadableInput("The secret", why, "Give public keys as a JSON Web Key Set with --jwks.")
    return content


def _key_set(text: str) -> Mapping[str, Any]:
    do = 'Give the server\'s JSON Web Key Set, {"keys": [{"kty": …}, …]}, as its jwks_uri serves it.'
    if text.lstrip().startswith("-----BEGIN"):
        raise UnreadableInput("The key set", "it is a PEM key and not JSON", do)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableInput("The key set", "it is not JSON", do) from None
    if isinstance(content, dict) and "kty" in content:
        content = {"keys": [content]}
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list) or not keys:
        raise UnreadableInput("The key set", "it has no list of keys", do)
    if not all(_is_key(key) for key in keys):
        raise UnreadableInput("The key set", "one of its keys has no type (kty)", do)
    return {"keys": keys}


def _is_key(key: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(key, dict) and isinstance(key.get("kty"), str)


def verify(value: str, keys: Keys) -> Problem | None:
    """Return what is wrong with the token's signature towards these keys; None also where nothing can be said."""
    jwt = decode(value)
    if not isinstance(jwt, Jwt):
        return None
    if jwt.alg.lower() in {"", "none"}:
        return Problem(Flaw.ALGORITHM, "it is not signed at all (alg none), and no server should take it")
    if not keys:
        return None
    if jwt.alg[:2] == "HS" and keys.secret is not None:
        return _verify_secret(jwt, keys)
    if keys.jwks is not None:
        return _verify_key_set(jwt, keys.jwks["keys"])
    return Problem(
        Flaw.ALGORITHM,
        f"it names {jwt.alg[:20]!r} as its algorithm, and a server with the given shared secret takes HS256, HS384 or HS512",
    )


def secret_reading(value: str, keys: Keys) -> str:
    """Return what must be done to the given secret before the token's signature fits it; empty when nothing, or no use."""
    jwt = decode(value)
    return next((how for secret, how in keys.secrets() if isinstance(jwt, Jwt) and _fits(jwt, secret)), "")


def mint(value: str, keys: Keys, now: float, *, expired: bool = False) -> str | None:
    """Return the same claims signed with the given secret, valid at `now` or expired by an hour.

    `now` is in seconds since the epoch. None without a secret, or where the token is no JWT of HS256 or its like.
    """
    jwt = decode(value)
    if not isinstance(jwt, Jwt) or not _is_hmac(jwt.alg) or keys.secret is None:
        return None
    readings = list(keys.secrets())
    secret = next((s for s, _ in readings if _fits(jwt, s)), keys.secret.rstrip(b"\r\n"))
    at = now - 2 * _AHEAD if expired else now
    claims = json.dumps(
        _current(jwt.claims, at, always_exp=expired), separators=(",", ":"), ensure_ascii=False
    )
    signed = f"{jwt.signed.partition('.')[0]}.{_to_base64(claims.encode())}"
    return f"{signed}.{_to_base64(_algorithm(jwt.alg).sign(signed.encode(), secret))}"


def _current(claims: Mapping[str, object], now: float, *, always_exp: bool) -> dict[str, object]:
    issued = int(now - _BEFORE)
    fresh = dict(claims) | {name: issued for name in ("iat", "nbf") if name in claims}
    if "exp" in claims or always_exp:
        fresh["exp"] = int(issued + _AHEAD)
    return fresh


# ---- signatures


def _is_hmac(alg: str) -> bool:
    return alg in {"HS256", "HS384", "HS512"}


def _algorithm(name: str) -> Any:
    from jwt.algorithms import get_default_algorithms  # loads cryptography, which most checks do without

    return get_default_algorithms()[name]


def _fits(jwt: Jwt, secret: bytes) -> bool:
    return _is_hmac(jwt.alg) and bool(_algorithm(jwt.alg).verify(jwt.signed.encode(), secret, jwt.signature))


def _verify_secret(jwt: Jwt, keys: Keys) -> Problem | None:
    if not _is_hmac(jwt.alg):
        return Problem(
            Flaw.ALGORITHM,
            f"it names {jwt.alg[:20]!r} as its algorithm, which does not exist (RFC 7518, 3.1)",
        )
    if any(_fits(jwt, secret) for secret, _ in keys.secrets()):
        return None
    return Problem(Flaw.SIGNATURE, f"its {jwt.alg} signature does not fit the given secret")


def _verify_key_set(jwt: Jwt, keys: list[Mapping[str, Any]]) -> Problem | None:
    wanted = jwt.header.get("kid")
    named = [key for key in keys if wanted is None or key.get("kid") == wanted]
    if not named:
        return Problem(
            Flaw.KEY,
            f"it names the key {str(wanted)[:40]!r} (kid), which is not among the {len(keys)} of the key set",
        )
    usable = [key for key in named if _suits(key, jwt.alg)]
    if not usable:
        kinds = ", ".join(sorted({str(key.get("alg") or key["kty"])[:20] for key in named}))
        return Problem(
            Flaw.ALGORITHM, f"it names {jwt.alg[:20]!r} as its algorithm, and the key is one for {kinds}"
        )
    if any(_signed_by(jwt, key) for key in usable):
        return None
    which = "the key that it names" if wanted is not None else "any key of the key set"
    return Problem(Flaw.SIGNATURE, f"its {jwt.alg} signature does not fit {which}")


def _suits(key: Mapping[str, Any], alg: str) -> bool:
    fits: bool = key["kty"] == _KEY_TYPES.get(alg[:2]) and key.get("alg", alg) == alg
    return fits and key.get("use", "sig") == "sig"


def _signed_by(jwt: Jwt, key: Mapping[str, Any]) -> bool:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    try:
        jwk = PyJWK(dict(key), algorithm=jwt.alg)
        return bool(jwk.Algorithm.verify(jwt.signed.encode(), jwk.key, jwt.signature))
    except (PyJWTError, ValueError, TypeError):  # a key that cannot be read fits nothing
        return False


def _from_base64(text: bytes) -> bytes:
    try:
        padded = text.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(text) % 4)
        return base64.b64decode(padded, validate=True)
    except binascii.Error:
        return b""


def _to_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
