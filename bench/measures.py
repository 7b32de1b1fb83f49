"""What is measured, each on a server that is running: one figure with what it took of both cores. Knows no peer by name."""

import resource
import time
from collections.abc import Sequence
from statistics import quantiles

import msgspec
from msgspec import Struct

from load import Attempts, Crowd, LoadError, Tally, deliveries, handshake, latencies, warm_up
from peers.given import BROKEN, DEVICES, PREPARED, TO_DEVICES
from serving import Server

RATE = 3_000  # messages a second where latency is measured
SPARE = 200  # files that are no socket of the load's, at most
SETTLE = 3.0  # seconds before memory is read
EVERYTHING_DUE = 30.0  # seconds beyond the last timer's due time that completions may take


class Counts(Struct, frozen=True):
    """How much is measured: seconds, connections, messages; the timers are due within `spread` seconds."""

    rounds: int
    warm_up: float
    window: float
    crowd: int
    messages: int
    timed: int
    idle: int
    timers: int
    spread: int


FULL = Counts(3, 1.0, 4.0, 1_000, 80_000, 15_000, 10_000, 10_000, 60)
QUICK = Counts(1, 0.1, 0.3, 100, 2_000, 600, 200, 100, 2)


class Sample(Struct, frozen=True):
    """One figure; `cost` is µs of the server's core for one, `server` and `load` are the parts of their cores in use."""

    figure: float
    cost: float | None = None
    server: float | None = None
    load: float | None = None
    note: str = ""


class _Meter(Struct):
    """The server's processor time since the mark."""

    running: Server
    began: float = 0.0

    def mark(self) -> None:
        self.began = self.running.cpu()

    def sample(self, tally: Tally) -> Sample:
        spent = self.running.cpu() - self.began
        return Sample(tally.rate, spent / tally.count * 1e6, spent / tally.seconds, tally.busy)


def handshakes(running: Server, tokens: Sequence[str], counts: Counts) -> Sample:
    """Return how many handshakes a second end with 101 and a closing handshake."""
    return _attempts(running, [handshake(running.port, token) for token in tokens], 101, counts)


def refusals(running: Server, tokens: Sequence[str], counts: Counts) -> Sample:
    """Return how many handshakes a second end with 401, for a signature that does not fit."""
    broken = [token[: -len(BROKEN)] + BROKEN for token in tokens]
    return _attempts(running, [handshake(running.port, token) for token in broken], 401, counts)


def _attempts(running: Server, requests: Sequence[bytes], status: int, counts: Counts) -> Sample:
    meter = _Meter(running)
    return meter.sample(
        Attempts(running.port, requests, status).run(counts.warm_up, counts.window, meter.mark)
    )


def messages(running: Server, tokens: Sequence[str], counts: Counts, word: str = "") -> Sample:
    """Return how many messages a second arrive, each for one of the sockets."""
    meter = _Meter(running)
    if word in PREPARED:
        for count in (warm_up(counts.messages), counts.messages):
            running.prepare(count, word)
    with _crowd(running, tokens, counts.crowd) as crowd:
        tally = deliveries(crowd, lambda count: running.order(count, 0, word), counts.messages, meter.mark)
        return meter.sample(tally)


def devices(running: Server, tokens: Sequence[str], counts: Counts) -> Sample:
    """Return how many messages a second arrive, each on the DEVICES sockets of one user."""
    users = counts.crowd // DEVICES
    meter = _Meter(running)
    with _crowd(running, tokens[:users], users * DEVICES) as crowd:
        return meter.sample(
            deliveries(
                crowd,
                lambda count: running.order(count, 0, TO_DEVICES),
                counts.messages // DEVICES,
                meter.mark,
                DEVICES,
            )
        )


def delay(running: Server, tokens: Sequence[str], counts: Counts) -> Sample:
    """Return the 99th percentile of the ms between when a message was due to be sent and its arrival."""
    meter = _Meter(running)
    with _crowd(running, tokens, counts.crowd) as crowd:
        deliveries(crowd, running.order, counts.crowd, lambda: None)  # to warm up
        meter.mark()
        began = time.perf_counter()
        came, worst = latencies(crowd, lambda due: running.order(1, due), RATE, counts.timed)
        spent, seconds = running.cpu() - meter.began, time.perf_counter() - began
    note = f"p50 {_percentile(came, 50) * 1e3:.2f}, the load's own worst lag {worst * 1e3:.1f}"
    return Sample(_percentile(came, 99) * 1e3, spent / len(came) * 1e6, spent / seconds, None, note)


def memory(running: Server, tokens: Sequence[str], counts: Counts) -> Sample:
    """Return the KiB of resident memory that one idle socket takes."""
    with _crowd(running, tokens, min(64, counts.idle)):
        time.sleep(0.5)  # what the first of them need once is not theirs
    before = running.resident()
    idle = min(counts.idle, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE)
    with _crowd(running, tokens, idle) as crowd:
        time.sleep(SETTLE if idle >= 1_000 else 0.2)
        after = running.resident()
        if any(True for _ in crowd.arrivals(0)):
            raise LoadError("idle sockets were told something")
    note = f"{after / (1 << 20):.0f} MiB with {idle:,} open"
    return Sample((after - before) / 1024 / idle, note=note)


def _crowd(running: Server, tokens: Sequence[str], size: int) -> Crowd:
    return Crowd(running.port, [handshake(running.port, token) for token in tokens], size)


# ---- timers


class _Completed(msgspec.Struct, rename="camel"):
    type: str
    due_at: int | None = None
    fired_at: int | None = None
    event_id: str = ""


class Lateness(Struct, frozen=True):
    """How late completions were, in ms: when they arrived, and when the service had seen to them."""

    arrived: Sample
    fired: Sample


def lateness(running: Server, tokens: Sequence[str], counts: Counts) -> Lateness:
    """Let timers run out on open sockets; every one must come, and once."""
    decoder = msgspec.json.Decoder(_Completed)
    arrived: dict[str, float] = {}
    fired: list[float] = []
    with _crowd(running, tokens, counts.crowd) as crowd:
        running.order(counts.timers, counts.spread, "timers")
        heard, spent = time.monotonic(), running.cpu()
        while len(arrived) < counts.timers and time.monotonic() - heard < counts.spread + EVERYTHING_DUE:
            for text in crowd.arrivals(0.05):
                now = time.time_ns() / 1e6
                event = decoder.decode(text)
                if event.type == "TimerCompleted" and event.due_at and event.fired_at:
                    heard = time.monotonic()
                    if event.event_id in arrived:
                        raise LoadError(f"{event.event_id} came twice")
                    arrived[event.event_id] = now - event.due_at
                    fired.append(event.fired_at - event.due_at)
    if len(arrived) < counts.timers:
        raise LoadError(f"{counts.timers - len(arrived)} of {counts.timers} completions did not come")
    cost = (running.cpu() - spent) / counts.timers * 1e6
    return Lateness(_late(list(arrived.values()), cost), _late(fired, cost))


def _late(values: list[float], cost: float) -> Sample:
    note = f"p50 {_percentile(values, 50):.1f}, worst {max(values):.1f}"
    return Sample(_percentile(values, 99), cost, note=note)


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]
