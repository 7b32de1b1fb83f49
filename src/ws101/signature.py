"""The shape of a signature: marks by which an answer tells which software wrote it, and what that software means."""

import re
from dataclasses import dataclass
from enum import StrEnum

from ws101.handshake.answer import Answer
from ws101.report import Hop


class Says(StrEnum):
    """What a refusal says, in words that do not depend on the software; NOTHING when it names no reason."""

    NOTHING = "nothing"
    PLAIN_HTTP_TO_TLS = "plain HTTP came to a TLS port"
    CLIENT_CERTIFICATE_MISSING = "no client certificate came"
    CLIENT_CERTIFICATE_BAD = "the client certificate is not accepted"
    HEADER_TOO_LARGE = "the request's head is too large"
    MALFORMED = "the request is malformed"
    NO_UPGRADE = "no Upgrade: websocket arrived"
    NO_CONNECTION = "no Connection: upgrade arrived"
    NOT_A_HANDSHAKE = "a plain request arrived where a handshake was expected, or no WebSocket is served"
    PLAIN_NOT_FOUND = "this software answers so only to a request in which it saw no upgrade"
    HTTP_VERSION = "HTTP/1.1 is needed"
    KEY_MISSING = "Sec-WebSocket-Key is missing"
    KEY_INVALID = "Sec-WebSocket-Key is invalid"
    VERSION = "Sec-WebSocket-Version is not supported"
    SUBPROTOCOL = "the subprotocol is not acceptable"
    EXTENSION = "the extension is not acceptable"
    ORIGIN = "the Origin is not allowed"
    HOST = "the Host is not allowed"
    NO_ROUTE = "nothing is served at this path"
    METHOD = "the method is not allowed"
    FORBIDDEN = "access is forbidden"
    CREDENTIALS = "credentials are missing or refused"
    BASIC = "Basic credentials are wanted"
    UPSTREAM_DOWN = "the next hop cannot be reached or answers nonsense"
    UPSTREAM_TIMEOUT = "the next hop does not answer in time"
    UNAVAILABLE = "the service is unavailable, or a limit was reached"
    RATE = "too many requests"
    DISTRUSTS_PROXY = "a forwarding header came from a proxy that is not trusted"
    ERROR = "the application failed"
    REDIRECT = "go elsewhere"
    ENGINEIO_TRANSPORT = "Engine.IO: the transport parameter is missing or unknown"
    ENGINEIO_SESSION = "Engine.IO: the session is unknown"
    ENGINEIO_METHOD = "Engine.IO: bad handshake method"
    ENGINEIO_BAD_REQUEST = "Engine.IO: bad request, as when a websocket transport arrives without its upgrade"
    ENGINEIO_VERSION = "Engine.IO: the protocol version is not supported"
    CDN_ORIGIN_UNREACHABLE = "the edge cannot reach the origin"
    CDN_ORIGIN_TLS = "the edge's TLS to the origin fails"
    CDN_BLOCKED = "the edge's rules refuse the client"


@dataclass(frozen=True, slots=True)
class Signature:
    """Marks of one kind of answer; all that are given must hold. Patterns are searched, not matched whole.

    `headers` maps a lower-case field name to a pattern over its first value; `absent` names fields that must not be
    there. `source` says where the marks were seen or which line of the software's source writes them. `software` is a
    lower-case name such as "nginx"; `own` is False for marks that a hop leaves on other hops' answers as well.
    """

    name: str
    software: str
    hop: Hop
    says: Says
    source: str
    statuses: frozenset[int] = frozenset()
    body: re.Pattern[str] | None = None
    reason: re.Pattern[str] | None = None
    headers: tuple[tuple[str, re.Pattern[str]], ...] = ()
    absent: tuple[str, ...] = ()
    own: bool = True

    def fits(self, answer: Answer) -> bool:
        """Return whether every mark holds for this answer."""
        return (
            (not self.statuses or answer.status in self.statuses)
            and (self.body is None or self.body.search(answer.text) is not None)
            and (self.reason is None or self.reason.search(answer.reason) is not None)
            and all(
                p.search(answer.headers.get(name)) is not None and name in answer.headers
                for name, p in self.headers
            )
            and not any(name in answer.headers for name in self.absent)
        )
