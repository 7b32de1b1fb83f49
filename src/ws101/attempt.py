"""One connection: how a handshake is sent, and what came of it. Values only; the probe fills them in."""

from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.handshake.answer import NOTHING, Answer, Breach, Kind
from ws101.handshake.request import Request
from ws101.private import Private
from ws101.terms import Family

_ALERTS = ("SSLV3_ALERT_", "TLSV1_", "TLSV13_ALERT_")  # how OpenSSL names the alerts that a TLS peer sends


class Verify(StrEnum):
    """What of a certificate is checked; each value but ALL leaves out exactly one thing, or everything."""

    ALL = "all"
    NOT_DATES = "all but the dates"
    NOT_NAME = "all but the name"
    NOT_AUTHORITY = "all but the authority"
    SYSTEM_STORE = "all, against this machine's authorities instead of the given file"
    NOTHING = "nothing"


class TlsSettings(Struct, frozen=True):
    """How TLS is spoken; `ca_file`, `cert_file` and `key_file` are paths, `server_name` the SNI (None sends none).

    `check_name` is the name that the certificate must carry.
    """

    check_name: str
    server_name: str | None
    alpn: tuple[str, ...] = ()
    verify: Verify = Verify.ALL
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    legacy: bool = False  # TLS 1.0 and 1.1 and old ciphers allowed too


class ForwardProxy(Private, frozen=True):
    """A forward proxy to CONNECT through; `given_by` is `--proxy` or the environment variable's name."""

    host: str
    port: int
    tls: bool
    authorization: str | None
    given_by: str


class Sending(Struct, frozen=True):
    """One handshake as it will be sent; an experiment returns a changed copy.

    `address` pins one address of `host`, else its first is taken. `preamble` goes out before anything else, TLS
    included. `pause` is waited before connecting, in seconds. `http2` sends a plain GET in HTTP/2 frames instead.
    """

    host: str
    port: int
    request: Request
    tls: TlsSettings | None = None
    address: str | None = None
    forward_proxy: ForwardProxy | None = None
    preamble: bytes = b""
    pause: float = 0.0
    http2: bool = False

    def asking(self, request: Request) -> "Sending":
        return replace(self, request=request)

    @property
    def scheme(self) -> str:
        return "wss" if self.tls else "ws"


class Layer(StrEnum):
    """The layers of one connection, in the order in which they are passed."""

    NAME = "name"
    TCP = "tcp"
    FORWARD_PROXY = "forward proxy"
    TLS = "tls"
    HTTP = "http"


class Ending(StrEnum):
    """How a connection ended at the layer it reached."""

    ANSWERED = "answered"
    CLOSED = "closed without an answer"
    RESET = "reset without an answer"
    SILENT = "no answer in time"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    UNKNOWN_NAME = "no such name"
    TLS_FAILED = "TLS failed"
    PROXY_REFUSED = "refused by the forward proxy"
    BUG = "a bug in ws101"


class TlsSession(Struct, frozen=True):
    """What TLS settled on; `alpn` is the protocol chosen by the server, or empty."""

    version: str
    cipher: str
    alpn: str
    client_certificate_asked: bool | None = None


class Aftermath(Private, frozen=True):
    """What happened on the socket after a 101 while it was held open for `watched` seconds.

    `closed_after` is the time in seconds until the peer closed, or None if it did not; `close_code` comes from a close
    frame. `pong` says whether our ping was answered. `first_bytes` is what the peer sent, up to 1 KiB.
    """

    watched: float
    closed_after: float | None = None
    close_code: int | None = None
    close_reason: str = ""
    pong: bool = False
    first_bytes: bytes = b""
    breaches: tuple[Breach, ...] = ()


class Timings(Struct, frozen=True):
    """Milliseconds from the attempt's start until each layer was passed; None where it was not."""

    name: float | None = None
    tcp: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    done: float | None = None

    @property
    def waited(self) -> float:
        """Milliseconds from the request until the answer's first byte; 0 where none came."""
        return self.first_byte - (self.tls or self.tcp or 0.0) if self.first_byte is not None else 0.0


class Attempt(Private, frozen=True):
    """What came of one sending: the `layer` at which it ended, how, and what was seen.

    `detail` is the operating system's or OpenSSL's own words; `tls_error` OpenSSL's reason (such as
    WRONG_VERSION_NUMBER) and `verify_code` its X509_V_ERR number. `proxy_answer` is the forward proxy's to CONNECT.
    `breaches` are the rules of RFC 6455 that a 101 breaks towards this request.
    """

    experiment: str
    sending: Sending
    layer: Layer
    ending: Ending
    family: Family = Family.BASELINE
    change: str = ""
    sent: bytes = b""
    detail: str = ""
    address: str = ""
    answer: Answer = NOTHING
    proxy_answer: Answer | None = None
    tls: TlsSession | None = None
    tls_error: str = ""
    verify_code: int | None = None
    breaches: tuple[Breach, ...] = ()
    aftermath: Aftermath | None = None
    timings: Timings = field(default_factory=Timings)

    @property
    def status(self) -> int | None:
        return self.answer.status

    @property
    def met_tls(self) -> bool:
        """Whether a TLS peer was met, even one whose certificate is then refused or who sends an alert."""
        return self.tls is not None or self.verify_code is not None or self.tls_error.startswith(_ALERTS)

    @property
    def upgraded(self) -> bool:
        """Whether a 101 came, usable or not."""
        return self.answer.status == 101

    @property
    def refusal(self) -> Answer:
        """The answer that refuses: the HTTP answer itself, or the one that was written into the stream after a 101."""
        after = self.aftermath if self.upgraded else None
        if (
            after is None or not after.breaches or after.close_code is not None
        ):  # a close frame was the last word
            return self.answer
        from ws101.handshake.reader import AnswerReader  # what probes have loaded, and logs do without

        written = after.first_bytes
        reader = AnswerReader(self.sending.request)
        reader.feed(
            written[max(written.find(b"HTTP/1."), 0) :]
        )  # frames may come first: our ping is answered
        reader.feed_eof()
        said = reader.answer()
        return said if said.kind is Kind.HTTP and said.status is not None else self.answer

    @property
    def works(self) -> bool:
        """Whether the handshake reached a 101 that a strict client keeps and that stayed open while watched."""
        closed = self.aftermath is not None and self.aftermath.closed_after is not None
        strange = self.aftermath is not None and bool(self.aftermath.breaches)
        return self.upgraded and not self.breaches and not closed and not strange
