"""The service's clock, from pings: the one with the shortest round trip tells most; reads no clock itself."""

from typing import NamedTuple

from msgspec import Struct

_KEPT = 8  # samples; two minutes of pings, within which no clock drifts by a millisecond


class Sample(NamedTuple):
    """What must be added to the local monotonic clock to get the service's time; both in ms.

    It is wrong by half the round trip at most, for the service's reading was taken somewhere between.
    """

    offset: float
    round_trip: float


class Offset(Struct, frozen=True):
    """The latest samples; moments of the monotonic clock are in seconds, the service's in ms since the epoch."""

    samples: tuple[Sample, ...] = ()

    def heard(self, sent: float, received: float, server_time: int) -> "Offset":
        """Return the samples with one more: asked at `sent`, answered at `received`."""
        middle = (sent + received) / 2 * 1000
        sample = Sample(server_time - middle, (received - sent) * 1000)
        return Offset((*self.samples, sample)[-_KEPT:])

    @property
    def best(self) -> Sample | None:
        return min(self.samples, key=lambda sample: sample.round_trip, default=None)

    def service_time(self, monotonic: float) -> float | None:
        """Return the service's time (ms) at a moment of the monotonic clock; None before any sample."""
        return None if self.best is None else monotonic * 1000 + self.best.offset
