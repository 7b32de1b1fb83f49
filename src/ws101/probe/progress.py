"""What has been seen of one connection so far, so that nothing is lost wherever it ends."""

from msgspec import Struct, field

from ws101.attempt import Aftermath, Ending, Layer, Timings, TlsSession
from ws101.handshake.answer import NOTHING, Answer, Breach
from ws101.probe.clock import Stopwatch
from ws101.probe.stream import Ended, Stream


class Progress(Struct):
    """The fields of an Attempt as they become known, and the stream that is open just now."""

    watch: Stopwatch = field(default_factory=Stopwatch)
    stream: Stream | None = None
    layer: Layer = Layer.NAME
    ending: Ending = Ending.BUG
    detail: str = ""
    address: str = ""
    sent: bytes = b""
    answer: Answer = NOTHING
    proxy_answer: Answer | None = None
    tls: TlsSession | None = None
    tls_error: str = ""
    verify_code: int | None = None
    breaches: tuple[Breach, ...] = ()
    aftermath: Aftermath | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None

    def end(self, end: Ended) -> None:
        """Note where and how the connection ended."""
        self.layer, self.ending, self.detail = end.layer, end.ending, end.detail
        self.tls_error, self.verify_code = end.tls_error, end.verify_code

    def note_first_byte(self) -> None:
        self.first_byte_ms = self.watch.ms

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()

    def timings(self) -> Timings:
        return Timings(tcp=self.tcp_ms, tls=self.tls_ms, first_byte=self.first_byte_ms, done=self.watch.ms)
