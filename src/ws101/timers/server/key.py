"""One key that access tokens are signed with: Ed25519, RSA or a shared secret; knows no file and no other key."""

import base64
import hashlib
import hmac

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

ALGORITHMS = ("EdDSA", "RS256", "HS256")
_RSA_BITS = 2048

Private = bytes | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


class Key:
    """A key for one algorithm alone; `verifies_until` (ms) is there once it signs no more.

    `jwk` is its public part (RFC 7517), None for a shared secret; `kid` is its thumbprint (RFC 7638).
    """

    __slots__ = ("_private", "algorithm", "jwk", "kid", "verifies_until")

    def __init__(self, private: Private, verifies_until: int | None = None) -> None:
        self._private, self.verifies_until = private, verifies_until
        public = _public(private)
        self.kid = _base64(hashlib.sha256(msgspec.json.encode(public, order="sorted")).digest())
        self.algorithm = {"OKP": "EdDSA", "RSA": "RS256", "oct": "HS256"}[public["kty"]]
        published = {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig"}
        self.jwk = None if isinstance(private, bytes) else published

    def __repr__(self) -> str:
        return f"Key({self.kid!r}, {self.algorithm!r})"

    def sign(self, text: bytes) -> bytes:
        """Return the signature over the text."""
        if isinstance(self._private, bytes):
            return hmac.digest(self._private, text, "sha256")
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return self._private.sign(text)

    def fits(self, text: bytes, signature: bytes) -> bool:
        """Return whether the signature over the text is by this key."""
        if isinstance(self._private, bytes):
            return hmac.compare_digest(hmac.digest(self._private, text, "sha256"), signature)
        try:
            if isinstance(self._private, rsa.RSAPrivateKey):
                self._private.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
            else:
                self._private.public_key().verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def verifies(self, now: int) -> bool:
        """Return whether it still verifies at `now` (ms)."""
        return self.verifies_until is None or now < self.verifies_until

    def pem(self) -> str:
        """Return the private key's text, for the file alone."""
        assert not isinstance(self._private, bytes), "a shared secret stays in the operator's own file"
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self._private.private_bytes(serialization.Encoding.PEM, form, none).decode()


def make(algorithm: str) -> Key:
    """Return a new key for EdDSA or RS256."""
    if algorithm == "RS256":
        return Key(rsa.generate_private_key(public_exponent=65_537, key_size=_RSA_BITS))
    return Key(ed25519.Ed25519PrivateKey.generate())


def _public(private: Private) -> dict[str, str]:
    """Return the members of the JWK that its thumbprint is over (RFC 7638, 3.2; RFC 8037, 2)."""
    if isinstance(private, bytes):
        return {"kty": "oct", "k": _base64(private)}
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        return {"kty": "RSA", "e": _base64(_octets(numbers.e)), "n": _base64(_octets(numbers.n))}
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": _base64(raw)}


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(pem: str, verifies_until: int | None) -> Key:
    """Return the key that `Key.pem` wrote; raises ValueError and TypeError."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        raise TypeError("a key of another kind")
    return Key(key, verifies_until)
