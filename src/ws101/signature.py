"""The shape of a signature: marks by which an answer tells which software wrote it, and what that software means."""

from enum import StrEnum

from msgspec import Struct

from ws101.handshake.answer import Answer
from ws101.pattern import compiled
from ws101.terms import Hop


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
    ERROR = "an internal error"
    REDIRECT = "go elsewhere"
    ENGINEIO_TRANSPORT = "Engine.IO: the transport parameter is missing or unknown"
    ENGINEIO_SESSION = "Engine.IO: the session is unknown"
    ENGINEIO_METHOD = "Engine.IO: bad handshake method"
    ENGINEIO_BAD_REQUEST = "Engine.IO: bad request, as when a websocket transport arrives without its upgrade"
    ENGINEIO_VERSION = "Engine.IO: the protocol version is not supported"
    CDN_ORIGIN_UNREACHABLE = "the edge cannot reach the origin"
    CDN_ORIGIN_TLS = "the edge's TLS to the origin fails"
    CDN_BLOCKED = "the edge's rules refuse the client"
    # What only a log tells: a program writes down more than it answers.
    TLS_TO_PLAIN = "TLS came to a plain port"
    PROXY_PROTOCOL = "a PROXY protocol header is missing, unasked for or broken"
    UPSTREAM_REFUSED = "the next hop refuses the connection"
    UPSTREAM_CLOSED = "the next hop closed or reset the connection without an answer"
    UPSTREAM_NAME = "the next hop's name does not resolve"
    UPSTREAM_TLS = "TLS to the next hop fails"
    UPSTREAM_INVALID = "the next hop's answer is no HTTP, or too large"
    CONNECTIONS = "too many connections at once"
    ADDRESS = "the client's address is not allowed"
    SUBREQUEST = "the subrequest for authorisation was refused or failed"
    NO_FILE = "a file was looked for at this path, and is not there"
    NO_LIBRARY = "this server has no WebSocket library"
    TOKEN_MISSING = "no token came"
    TOKEN_MALFORMED = "the token is malformed"
    TOKEN_EXPIRED = "the token has expired"
    TOKEN_NOT_YET_VALID = "the token is not valid yet"
    TOKEN_SIGNATURE = "the token's signature is wrong"
    TOKEN_ALGORITHM = "the token's algorithm is not accepted"
    TOKEN_KEY = "the token's key is unknown"
    TOKEN_AUDIENCE = "the token's audience is wrong"
    TOKEN_ISSUER = "the token's issuer is wrong"
    TOKEN_USER = "the token's user is unknown"
    PERMISSION = "the user may not do this"
    NAME_UNKNOWN = "the host's name does not resolve"
    REFUSED = "the connection was refused"
    UNREACHABLE = "the connection timed out, or there is no route"
    CLOSED = "the connection was closed or reset without an answer"
    SILENT = "no answer came in time"
    FORWARD_PROXY = "the forward proxy refused"
    NOT_HTTP = "what came back is no HTTP"
    TLS_UNTRUSTED = "the certificate's authority is not trusted"
    TLS_EXPIRED = "the certificate has expired"
    TLS_NOT_YET_VALID = "the certificate is not valid yet"
    TLS_NAME = "the certificate is for another name"
    TLS_VERSION = "no TLS version or cipher in common"
    TLS_SERVER_NAME = "the server's name is not recognised"
    TLS_WRONG_VERSION = "what came back is no TLS"
    ACCEPT_KEY = "Sec-WebSocket-Accept does not fit"
    NO_UPGRADE_BACK = "the 101 came without its upgrade fields"
    IDLE = "the open socket was cut for its silence"


class Signature(Struct, frozen=True):
    """Marks of one kind of answer; all that are given must hold. Patterns are searched, not matched whole; "" fits all.

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
    body: str = ""
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    own: bool = True

    def fits(self, answer: Answer) -> bool:
        """Return whether every mark holds for this answer."""
        fields = answer.headers
        return (
            (not self.statuses or answer.status in self.statuses)
            and not any(name in fields for name in self.absent)
            and all(
                name in fields and compiled(pattern).search(fields.get(name)) is not None
                for name, pattern in self.headers
            )
            and (not self.reason or compiled(self.reason).search(answer.reason) is not None)
            and (not self.body or compiled(self.body).search(answer.text) is not None)
        )
