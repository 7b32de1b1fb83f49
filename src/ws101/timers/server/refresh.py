"""A refresh token's text: its session, a secret that all tokens of the session share, and one of its own; stores nothing.

A client that lost the answer to a refresh asks again with the token before. For it the new secret is kept sealed: who has no
more than what is stored cannot read it, who has the token before can.
"""

import base64
import hashlib
import secrets
import uuid
from typing import NamedTuple

_SECRET = 16  # bytes
_MARK = "wr1_"  # so that a reader, and a scanner for leaked secrets, know what it is


class RefreshToken(NamedTuple):
    """`family` tells an old token from a made-up one, `secret` the one that is good now from an old one."""

    session: str
    family: bytes
    secret: bytes

    @classmethod
    def first(cls) -> "RefreshToken":
        """Return the first token of a new session."""
        return cls(str(uuid.uuid4()), secrets.token_bytes(_SECRET), secrets.token_bytes(_SECRET))

    def following(self) -> "RefreshToken":
        """Return the next token of the same session."""
        return self._replace(secret=secrets.token_bytes(_SECRET))

    def seal(self, following: "RefreshToken") -> bytes:
        """Return the secret of the token that follows this one, to be read with this one alone."""
        return self._mask(following.secret)

    def unseal(self, sealed: bytes) -> "RefreshToken":
        """Return the token that followed this one."""
        return self._replace(secret=self._mask(sealed))

    def _mask(self, secret: bytes) -> bytes:
        """Exclusive-or with bytes that follow from this token's secret; it has one successor, so they are used once."""
        pad = hashlib.sha256(b"the token after " + self.secret).digest()
        return bytes(one ^ other for one, other in zip(secret, pad[:_SECRET], strict=True))

    def text(self) -> str:
        """Return what the client keeps."""
        raw = uuid.UUID(self.session).bytes + self.family + self.secret
        return _MARK + base64.urlsafe_b64encode(raw).decode()

    def __repr__(self) -> str:
        return f"RefreshToken({self.session!r})"


def parse(text: str) -> RefreshToken | None:
    """Read a token; None for any other text."""
    try:
        raw = base64.urlsafe_b64decode(text.removeprefix(_MARK).encode("ascii"))
    except ValueError:
        return None
    if not text.startswith(_MARK) or len(raw) != 16 + 2 * _SECRET:
        return None
    return RefreshToken(str(uuid.UUID(bytes=raw[:16])), raw[16:-_SECRET], raw[-_SECRET:])


def hashed(secret: bytes) -> bytes:
    """Return what is stored of a secret; 128 random bits need no slow hash."""
    return hashlib.sha256(secret).digest()
