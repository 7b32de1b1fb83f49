"""What the service counts, as Prometheus text: plain numbers that cost nothing, made into metrics when they are asked for.

Knows neither sockets nor store: whoever has a figure that changes by itself gives it as a gauge.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from ws101.timers.closing import CLOSINGS
from ws101.timers.server.attempt import Attempt

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENESS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0)  # seconds

# RFC 6455, 7.4.1, as a peer may say or fail to say them; a peer's own codes are one, for they could be thousands.
_TOLD = frozenset({*range(1000, 1004), *range(1005, 1016), *(closing.code for closing in CLOSINGS)})


class Metrics:
    """Counts, from the start of the process; `gauge` adds a figure that is read when somebody asks."""

    def __init__(self) -> None:
        self.deliveries = 0
        self.messages = 0
        self.lines_dropped = 0
        self._handshakes: dict[str, int] = {}
        self._closes: dict[str, int] = {}
        self._recoveries = {True: 0, False: 0}
        self._late = [0] * (len(LATENESS) + 1)
        self._late_sum = 0.0
        self._gauges: list[tuple[str, str, Callable[[], float]]] = []
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def handshake(self, attempt: Attempt) -> None:
        """Count a handshake by its outcome."""
        self._handshakes[attempt.cause] = self._handshakes.get(attempt.cause, 0) + 1

    def closed(self, code: int) -> None:
        """Count a socket that ended with this close code (1006: without one)."""
        label = str(code) if code in _TOLD else "other"
        self._closes[label] = self._closes.get(label, 0) + 1

    def resumed(self, *, recovered: bool) -> None:
        """Count a client that came back."""
        self._recoveries[recovered] += 1

    def fired(self, late: float) -> None:
        """Count a timer that was seen to `late` seconds after it was due."""
        self._late[bisect_left(LATENESS, late)] += 1
        self._late_sum += max(late, 0.0)

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Add a figure of the moment."""
        self._gauges.append((name, about, read))

    def text(self) -> bytes:
        """Return everything as Prometheus reads it (CONTENT_TYPE)."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; what prometheus_client asks of a collector."""
        handshakes = CounterMetricFamily(
            "ws101_timers_handshakes", "Handshakes, by what came of them.", labels=("outcome", "cause")
        )
        for cause, count in self._handshakes.items():
            handshakes.add_metric(("refused" if cause else "accepted", cause), count)
        yield handshakes
        closes = CounterMetricFamily(
            "ws101_timers_closes", "Sockets that ended, by close code.", labels=("code",)
        )
        for code, count in self._closes.items():
            closes.add_metric((code,), count)
        yield closes
        recoveries = CounterMetricFamily(
            "ws101_timers_recoveries", "Clients that came back, by whether all they missed was there.",
            labels=("recovered",),
        )  # fmt: skip
        for recovered, count in self._recoveries.items():
            recoveries.add_metric((str(recovered).lower(),), count)
        yield recoveries
        yield CounterMetricFamily(
            "ws101_timers_deliveries", "Events written to sockets.", value=self.deliveries
        )
        yield CounterMetricFamily("ws101_timers_messages", "Messages read from sockets.", value=self.messages)
        yield CounterMetricFamily(
            "ws101_timers_log_lines_dropped", "Log lines that nobody took in time.", value=self.lines_dropped
        )
        yield HistogramMetricFamily(
            "ws101_timers_lateness_seconds", "How long after it was due a timer was seen to.",
            buckets=self._buckets(), sum_value=self._late_sum,
        )  # fmt: skip
        for name, about, read in self._gauges:
            yield GaugeMetricFamily(name, about, value=read())

    def _buckets(self) -> list[tuple[str, float]]:
        bounds = (*map(str, LATENESS), "+Inf")
        total, buckets = 0, []
        for bound, count in zip(bounds, self._late, strict=True):
            total += count
            buckets.append((bound, float(total)))
        return buckets
