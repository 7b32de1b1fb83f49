"""Who may open the lab's sockets: the rules that every upstream keeps, each in its library's own manner."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct
from msgspec.structs import asdict

from ws101.lab.token import AUDIENCE, ISSUER, SCOPE

SOCKET_PATH = "/api/v1/timers/notifications"
USERS = frozenset("123456789")
_PORTS = {"http": 80, "https": 443}

Lookup = Callable[[str], str | None]  # a header field's value by its name, without case


class Policy(Struct, frozen=True):
    """The settings of one upstream; what is empty is not checked.

    `https_only` redirects what X-Forwarded-Proto does not call https. `same_origin` compares Origin with Host.
    `proxies` are the addresses whose X-Forwarded-For is believed; from others it is refused. `key_ids` are the keys
    that are known by name. `late` accepts the socket first and closes it with 4401 where it would refuse.
    `variant` and `scenario` are the app's own. `certificate` names the PEM file without its ending, `client_authority` the
    file of those who sign the clients' certificates.
    """

    secret: str = ""
    origins: tuple[str, ...] = ()
    same_origin: bool = False
    hosts: tuple[str, ...] = ()
    subprotocols: tuple[str, ...] = ()
    proxies: tuple[str, ...] | None = None
    https_only: bool = False
    key_ids: tuple[str, ...] = ()
    token_in_header: bool = True
    token_in_query: bool = True
    overloaded: bool = False
    late: bool = False
    idle_seconds: float | None = None
    variant: str = ""
    scenario: str = ""
    certificate: str = ""
    client_authority: str = ""

    def __repr__(self) -> str:
        return f"Policy(variant={self.variant!r}, scenario={self.scenario!r})"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Policy":
        given: dict[str, Any] = json.loads(text)
        settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        return cls(**settings)


class Refusal(Struct, frozen=True):
    """Why a request is not let in; `status` as a library that may choose it would give it."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


def admit(policy: Policy, target: str, header: Lookup, peer: str) -> Refusal | None:
    """Return the refusal that this request to the authenticated socket meets, or None."""
    return (
        admit_way(policy, target, header, peer)
        or admit_origin(policy, header)
        or admit_user(policy, target, header)
    )


def admit_way(policy: Policy, target: str, header: Lookup, peer: str) -> Refusal | None:
    """Return the refusal for the way on which a request came: its Host, its proxy, its load."""
    if policy.overloaded:
        return Refusal(503, "overloaded", (("Retry-After", "30"),))
    if policy.hosts and (header("Host") or "").lower() not in policy.hosts:
        return Refusal(400, "Invalid host header")
    if policy.proxies is not None and header("X-Forwarded-For") and peer not in policy.proxies:
        return Refusal(400, "Bad Request")
    if policy.https_only and header("X-Forwarded-Proto") != "https":
        return Refusal(
            301,
            "https only",
            (("Location", f"https://{header('X-Forwarded-Host') or header('Host')}{target}"),),
        )
    return None


def admit_origin(policy: Policy, header: Lookup) -> Refusal | None:
    """Return the refusal for an Origin that is not allowed; a client without Origin is no browser and may pass."""
    origin = header("Origin")
    if origin is None or (not policy.origins and not policy.same_origin):
        return None
    if origin in policy.origins or (policy.same_origin and _is_same(origin, header("Host") or "")):
        return None
    return Refusal(403, "origin not allowed")


def admit_user(policy: Policy, target: str, header: Lookup) -> Refusal | None:
    """Return the refusal for the token, or None for a good one; the reason never quotes it."""
    import jwt  # to describe a policy takes none

    compact = _token(policy, target, header)
    challenge = (("WWW-Authenticate", 'Bearer realm="ws101-lab"'),)
    if compact is None:
        return Refusal(401, "no bearer token", challenge)
    try:
        if policy.key_ids and jwt.get_unverified_header(compact).get("kid") not in policy.key_ids:
            return Refusal(401, "invalid token", challenge)
        claims = jwt.decode(compact, policy.secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER)
    except jwt.InvalidTokenError:
        return Refusal(401, "invalid token", challenge)
    if claims.get("sub") not in USERS:
        return Refusal(401, "unknown user", challenge)
    if SCOPE not in str(claims.get("scope", "")).split():
        return Refusal(403, "insufficient scope")
    return None


def subprotocol(policy: Policy, offered: str | None) -> str | None:
    """Return the first offered subprotocol that is supported."""
    names = [name.strip() for name in (offered or "").split(",")]
    return next((name for name in names if name in policy.subprotocols), None)


def _token(policy: Policy, target: str, header: Lookup) -> str | None:
    scheme, _, compact = (header("Authorization") or "").partition(" ")
    if policy.token_in_header and scheme.lower() == "bearer" and compact.strip():
        return compact.strip()
    given = parse_qs(urlsplit(target).query).get("token") if policy.token_in_query else None
    return given[0] if given else None


def _is_same(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    default = f":{_PORTS.get(parts.scheme)}"
    return parts.netloc.lower().removesuffix(default) == host.lower().removesuffix(default)
