"""Every way in which the service refuses a handshake: a problem document (RFC 9457) that says why, and what to do.

Each `type` is `urn:ws101:cause:` and a slug of the catalogue of causes. Holds no request and no secret.
"""

from enum import StrEnum

import msgspec
from msgspec import UNSET, Struct, UnsetType

CAUSE_URN = "urn:ws101:cause:"
CONTENT_TYPE = "application/problem+json"


class Retry(StrEnum):
    """When the same request may be sent again."""

    NEVER = "never"
    AFTER = "after"
    NOW = "now"


class Actor(StrEnum):
    """Who must act before it can work."""

    USER = "user"
    CLIENT = "client"
    PROXY = "proxy"
    SERVER = "server"


class Refusal(Struct, frozen=True):
    """One kind of refusal; `retry_after` is in seconds where `retry` is AFTER."""

    cause: str
    status: int
    title: str
    retry: Retry
    actor: Actor
    remedy: str
    retry_after: int = 0


class FieldError(Struct, rename="camel", frozen=True):
    """What is wrong at one place of a body; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    detail: str


class Problem(Struct, rename="camel", frozen=True, kw_only=True):
    """A problem document; `detail` is about this very request and quotes no secret."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | UnsetType = UNSET
    retry: Retry | UnsetType = UNSET
    retry_after: int | UnsetType = UNSET
    actor: Actor | UnsetType = UNSET
    remedy: str | UnsetType = UNSET
    trace_id: str | UnsetType = UNSET
    trace: str | UnsetType = UNSET
    errors: tuple[FieldError, ...] | UnsetType = UNSET


def document(refusal: Refusal, detail: str, trace_id: str, retry_after: int | None = None) -> Problem:
    """Return the document for one refused request; `retry_after` (s) takes the refusal's own place."""
    wait = refusal.retry_after if retry_after is None else retry_after
    return Problem(
        type=CAUSE_URN + refusal.cause,
        title=refusal.title,
        status=refusal.status,
        detail=detail or UNSET,
        retry=refusal.retry,
        retry_after=wait if refusal.retry is Retry.AFTER else UNSET,
        actor=refusal.actor,
        remedy=refusal.remedy,
        trace_id=trace_id,
        trace=f"/api/v1/handshakes/{trace_id}",
    )


def encode(problem: Problem) -> bytes:
    """Return the document's JSON text."""
    return msgspec.json.encode(problem)


_SIGN_IN = "Sign in again and connect with the new token."

REFUSALS: dict[str, Refusal] = {
    refusal.cause: refusal
    for refusal in (
        Refusal("method-not-get", 405, "The handshake is not a GET", Retry.NEVER, Actor.CLIENT,
                "Send the handshake as GET (RFC 6455, 4.1)."),
        Refusal("http-version-too-old", 400, "The request is not HTTP/1.1", Retry.NEVER, Actor.PROXY,
                "Speak HTTP/1.1 to the service; in nginx: proxy_http_version 1.1;"),
        Refusal("wrong-path", 404, "Nothing is served at this path", Retry.NEVER, Actor.CLIENT,
                "Connect to /api/v1/timers/notifications."),
        Refusal("proxy-drops-upgrade-headers", 426, "The handshake arrived without its Upgrade", Retry.NEVER, Actor.PROXY,
                "A hop before the service took Upgrade or Connection away (HTTP/2 does, and proxies do unless told"
                " otherwise). In nginx: proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection"
                " $connection_upgrade; and let the client speak HTTP/1.1."),
        Refusal("upgrade-header-missing", 426, "The request does not ask for a WebSocket", Retry.NEVER, Actor.CLIENT,
                "Use a WebSocket client, which sends Upgrade: websocket and Connection: Upgrade."),
        Refusal("connection-header-lacks-upgrade", 400, "Upgrade is there, and Connection does not name it", Retry.NEVER,
                Actor.PROXY, "Pass Connection: Upgrade on. In nginx: proxy_set_header Connection $connection_upgrade;"),
        Refusal("websocket-version-unsupported", 426, "The WebSocket version is not 13", Retry.NEVER, Actor.CLIENT,
                "Send Sec-WebSocket-Version: 13."),
        Refusal("websocket-key-invalid", 400, "Sec-WebSocket-Key is not the base64 of 16 bytes", Retry.NEVER, Actor.CLIENT,
                "Send one Sec-WebSocket-Key: 16 random bytes in base64 (RFC 6455, 4.1)."),
        Refusal("header-duplicated", 400, "A header that may stand once stands there twice", Retry.NEVER, Actor.CLIENT,
                "Send it once."),
        Refusal("header-malformed", 400, "A header is malformed", Retry.NEVER, Actor.CLIENT,
                "Send header fields as RFC 9110, section 5 has them."),
        Refusal("body-on-upgrade", 400, "The handshake has a body", Retry.NEVER, Actor.CLIENT,
                "Send no body, no Content-Length and no Transfer-Encoding with the handshake."),
        Refusal("request-header-too-large", 431, "The request's head is too large", Retry.NEVER, Actor.CLIENT,
                "Send a shorter token, fewer cookies, or raise the service's --max-head."),
        Refusal("origin-rejected", 403, "The Origin is not allowed", Retry.NEVER, Actor.SERVER,
                "Allow the page's origin with the service's --origin."),
        Refusal("subprotocol-mismatch", 400, "No subprotocol in common", Retry.NEVER, Actor.CLIENT,
                "Offer none: the service speaks JSON without a subprotocol."),
        Refusal("token-missing", 401, "There is no token", Retry.NEVER, Actor.CLIENT,
                "Send Authorization: Bearer and the token, or ?ticket= from POST /api/v1/timers/tickets."),
        Refusal("token-malformed", 401, "The token is not one", Retry.NEVER, Actor.CLIENT,
                "Send Authorization: Bearer and the token as it was given, once, without quotes."),
        Refusal("token-in-wrong-place", 401, "The token is not where the service reads it", Retry.NEVER, Actor.CLIENT,
                "Send it as Authorization: Bearer; browsers use ?ticket= from POST /api/v1/timers/tickets."),
        Refusal("token-algorithm-refused", 401, "The token's algorithm is not accepted", Retry.NEVER, Actor.USER, _SIGN_IN),
        Refusal("token-key-unknown", 401, "The token was signed with a key that the service does not have", Retry.NEVER,
                Actor.USER, _SIGN_IN),
        Refusal("token-signature-invalid", 401, "The token's signature does not fit", Retry.NEVER, Actor.USER, _SIGN_IN),
        Refusal("token-expired", 401, "The token has expired", Retry.NEVER, Actor.CLIENT,
                "Refresh the token (POST /api/v1/auth/refresh) and connect with the new one."),
        Refusal("token-not-yet-valid", 401, "The token is not valid yet", Retry.AFTER, Actor.SERVER,
                "Compare the clocks of the issuer and the service.", 5),
        Refusal("token-audience-wrong", 401, "The token is meant for another service", Retry.NEVER, Actor.USER, _SIGN_IN),
        Refusal("token-issuer-wrong", 401, "The token comes from another issuer", Retry.NEVER, Actor.USER, _SIGN_IN),
        Refusal("token-user-unknown", 401, "The token's user does not exist, or signed out", Retry.NEVER, Actor.USER, _SIGN_IN),
        Refusal("token-lacks-permission", 403, "The user is locked", Retry.NEVER, Actor.USER,
                "Ask the service's administrator to unlock the account."),
        Refusal("server-overloaded", 503, "The service takes no more connections now", Retry.AFTER, Actor.SERVER,
                "Wait, then connect again.", 5),
        Refusal("plaintext-to-tls-port", 400, "Plain HTTP was spoken to the TLS port", Retry.NEVER, Actor.CLIENT,
                "Use wss:// (https://) for this port."),
        Refusal("tls-to-plaintext-port", 400, "TLS was spoken to the plain port", Retry.NEVER, Actor.CLIENT,
                "Use ws:// (http://) for this port, or the proxy's TLS port."),
        Refusal("upgrade-sent-over-http2", 505, "HTTP/2 was spoken to the service", Retry.NEVER, Actor.PROXY,
                "Speak HTTP/1.1 to the service: it has no HTTP/2, and curl needs --http1.1."),
        Refusal("proxy-protocol-mismatch", 400, "The PROXY protocol was spoken to the service", Retry.NEVER, Actor.PROXY,
                "Turn the PROXY protocol off towards the service; it reads X-Forwarded-For of trusted proxies."),
        Refusal("server-error", 500, "The service failed", Retry.AFTER, Actor.SERVER,
                "Try again; the service's log has the trace id.", 5),
    )
}  # fmt: skip
