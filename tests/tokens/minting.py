"""Tokens for tests, made on the spot: signed ones, and parts of them that can be put together wrongly."""

import base64
import json
from collections.abc import Mapping

import jwt

NOW = 1_800_000_000.0
SECRET = b"a secret for tests alone, longer than the sixty-four bytes of HS512's block"


def part(value: Mapping[str, object] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def minted(secret: bytes = SECRET, alg: str = "HS256", kid: str | None = None, **claims: object) -> str:
    """Return a token valid for an hour around NOW, with these claims added or, where None, left out."""
    usual = {"sub": "alice", "iat": int(NOW) - 60, "exp": int(NOW) + 3600}
    chosen = {name: value for name, value in (usual | claims).items() if value is not None}
    header = {"alg": alg, "typ": "JWT"} | ({"kid": kid} if kid else {})
    signed = f"{part(header)}.{part(chosen)}"
    signature = jwt.get_algorithm_by_name(alg).sign(signed.encode(), secret)
    return f"{signed}.{part(signature)}"


def unsigned(**claims: object) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."
