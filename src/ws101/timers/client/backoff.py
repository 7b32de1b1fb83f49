"""How long to wait before the next connection: full jitter under a bound that doubles; draws no randomness itself."""

from ws101.timers.closing import Then

CAP = 30.0  # seconds
STEADY = 10.0  # seconds that a connection must have lasted for the failures before it to be forgotten

# The first wait is drawn below this. After a drain every client of the service comes back, so they need more room.
_FIRST = {Then.RESUME: 0.5, Then.WAIT: 2.0}


def delay(failures: int, draw: float, at_least: float = 0.0, then: Then = Then.WAIT) -> float:
    """Return seconds: `at_least` and a part, `draw` out of [0, 1), of a bound that doubles with the failures before.

    Full jitter, since equal waits bring all clients back at once; and added to what the service asked for, not cut
    by it, for the same reason.
    """
    bound = min(CAP, _FIRST[then] * (1 << min(failures, 16)))
    return at_least + draw * bound
