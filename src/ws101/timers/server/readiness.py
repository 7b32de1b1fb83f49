"""Whether the service takes new work, and why not; knows nothing of who asks."""

import sqlite3
from contextlib import suppress

from ws101.timers.clock import Clock
from ws101.timers.store import Store

EVERY = 5.0  # seconds between two trials, however many ask


class Readiness:
    """`obstacle` is empty while the service is up, else the reason in a few words; draining does not end."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._tried = -EVERY
        self.obstacle = "starting"
        self.draining = False

    async def look(self) -> str:
        """Return why no new work is taken, empty where it is; finds out whether changes can be written, by writing."""
        if self.obstacle:
            return self.obstacle
        now = self._clock.monotonic()
        if now - self._tried >= EVERY:
            self._tried = now
            with suppress(sqlite3.Error):  # which the store keeps
                await self._store.touch()
        return f"unable to write changes: {self._store.fault}" if self._store.fault else ""

    def begin(self) -> None:
        """The service is up."""
        if not self.draining:
            self.obstacle = ""

    def drain(self) -> None:
        """The service is about to stop."""
        self.draining = True
        self.obstacle = "draining"
