"""The slugs by which ws101's own timer service names the cause of each refusal in its log, and what each says."""

import re
from functools import cache

from ws101.signature import Says

_SAYS = {
    "method-not-get": (Says.METHOD, 405),
    "http-version-too-old": (Says.HTTP_VERSION, 400),
    "wrong-path": (Says.NO_ROUTE, 404),
    "proxy-drops-upgrade-headers": (Says.NO_UPGRADE, 426),
    "upgrade-header-missing": (Says.NO_UPGRADE, 426),
    "connection-header-lacks-upgrade": (Says.NO_CONNECTION, 400),
    "websocket-version-unsupported": (Says.VERSION, 426),
    "websocket-key-invalid": (Says.KEY_INVALID, 400),
    "header-duplicated": (Says.MALFORMED, 400),
    "header-malformed": (Says.MALFORMED, 400),
    "body-on-upgrade": (Says.MALFORMED, 400),
    "request-header-too-large": (Says.HEADER_TOO_LARGE, 431),
    "origin-rejected": (Says.ORIGIN, 403),
    "subprotocol-mismatch": (Says.SUBPROTOCOL, 400),
    "token-missing": (Says.TOKEN_MISSING, 401),
    "token-malformed": (Says.TOKEN_MALFORMED, 401),
    "token-in-wrong-place": (Says.TOKEN_MISSING, 401),
    "token-algorithm-refused": (Says.TOKEN_ALGORITHM, 401),
    "token-key-unknown": (Says.TOKEN_KEY, 401),
    "token-signature-invalid": (Says.TOKEN_SIGNATURE, 401),
    "token-expired": (Says.TOKEN_EXPIRED, 401),
    "token-not-yet-valid": (Says.TOKEN_NOT_YET_VALID, 401),
    "token-audience-wrong": (Says.TOKEN_AUDIENCE, 401),
    "token-issuer-wrong": (Says.TOKEN_ISSUER, 401),
    "token-user-unknown": (Says.TOKEN_USER, 401),
    "token-lacks-permission": (Says.PERMISSION, 403),
    "server-overloaded": (Says.UNAVAILABLE, 503),
    "plaintext-to-tls-port": (Says.PLAIN_HTTP_TO_TLS, 400),
    "tls-to-plaintext-port": (Says.TLS_TO_PLAIN, 400),
    "upgrade-sent-over-http2": (Says.HTTP_VERSION, 505),
    "proxy-protocol-mismatch": (Says.PROXY_PROTOCOL, 400),
    "server-error": (Says.ERROR, 500),
}


@cache
def _bracketed() -> re.Pattern[str]:
    return re.compile(r"\(([a-z][a-z0-9-]{2,60})\)(?::|$)")


def says(slug: str) -> Says:
    """Return what a slug says, NOTHING where the service has none such."""
    return _SAYS.get(slug, (Says.NOTHING, None))[0]


def named(reason: str) -> Says:
    """Return what a reason such as `There is no token (token-missing)` says."""
    return says(slug(reason))


def slug(reason: str) -> str:
    """Return the slug in a reason, or an empty string."""
    found = _bracketed().search(reason)
    return found[1] if found and found[1] in _SAYS else ""


def status(reason: str) -> int | None:
    """Return the status with which the service refuses so."""
    held = _SAYS.get(slug(reason))
    return held[1] if held else None
