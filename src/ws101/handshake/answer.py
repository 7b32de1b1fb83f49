"""What a peer sent back, of whatever kind it was, with the bytes that it came from."""

from enum import StrEnum

from msgspec import Struct, field

from ws101.handshake.headers import Headers
from ws101.private import Private


class Kind(StrEnum):
    """What the first bytes of an answer are."""

    HTTP = "HTTP"
    HTTP2 = "HTTP/2 frames"
    TLS_ALERT = "a TLS alert"
    TLS = "TLS records"
    BANNER = "another protocol's greeting"
    UNKNOWN = "bytes that are no HTTP"
    NOTHING = "nothing"


class Breach(Struct, frozen=True):
    """One rule that a request or an answer breaks; `section` is such as "RFC 6455, 4.2.2"; `field` the header's name."""

    text: str
    section: str
    field: str = ""


class Answer(Private, frozen=True):
    """One answer, read as far as the limits allow.

    `raw` holds the bytes as they came (head and body, cut at the limits); `body` is freed of chunks and of gzip or
    deflate; `rest` is what followed a 101's head; `complete` is False when the peer stopped early or a limit cut it;
    `service` names the protocol that a BANNER belongs to, and an alert's name for TLS_ALERT.
    """

    kind: Kind
    raw: bytes = b""
    version: str = ""
    status: int | None = None
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    rest: bytes = b""
    complete: bool = True
    service: str = ""
    breaches: tuple[Breach, ...] = ()

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 become U+FFFD."""
        return self.body.decode("utf-8", errors="replace")


NOTHING = Answer(Kind.NOTHING, complete=False)
