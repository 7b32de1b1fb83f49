"""A refresh token's text: its session, a secret that all tokens of the session share, and one of its own; stores nothing."""

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
