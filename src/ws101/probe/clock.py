"""How much time has passed, by a clock that nobody sets."""

import time


class Stopwatch:
    """Runs from the moment it is made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._start

    @property
    def ms(self) -> float:
        return self.seconds * 1000
