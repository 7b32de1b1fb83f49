"""Sec-WebSocket-Key and Sec-WebSocket-Accept (RFC 6455, 4.1 and 4.2.2); never draws randomness itself."""

import binascii
from base64 import b64encode

from ws101.handshake import grammar

# RFC 6455, 1.3: "a Globally Unique Identifier … unlikely to be used by network endpoints that do not understand" it
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY_BYTES = 16


def accept_value(key: str) -> str:
    """Return the Sec-WebSocket-Accept that answers this Sec-WebSocket-Key, as it stands (RFC 6455, 4.2.2, 5.4)."""
    from hashlib import sha1  # it loads OpenSSL, and logs need none

    digest = sha1(key.encode("latin-1", errors="replace") + GUID, usedforsecurity=False).digest()
    return b64encode(digest).decode("ascii")


def key_problem(key: str) -> str:
    """Return what is wrong with a Sec-WebSocket-Key, to follow its name in a sentence; empty when it is right."""
    if grammar.KEY.fullmatch(key):
        return ""
    if not key:
        return "is empty"
    try:
        nonce = binascii.a2b_base64(key.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        return "is no base64"
    return f"is the base64 of {len(nonce)} bytes, not of {KEY_BYTES}"


def new_key(random16: bytes) -> str:
    """Return the Sec-WebSocket-Key for a nonce of 16 random bytes (RFC 6455, 4.1)."""
    if len(random16) != KEY_BYTES:
        raise ValueError(f"a nonce has {KEY_BYTES} bytes, not {len(random16)}")
    return b64encode(random16).decode("ascii")
