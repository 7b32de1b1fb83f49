"""The SQLite file: one writer thread that commits in groups, and reads on the caller's thread."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ws101.timers.store.schema import prepare

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

_GROUP = 512  # pieces of work in one transaction
_CACHED_STATEMENTS = 256


class Store:
    """One database file. Opened and closed on the loop's thread; raises UnreadableInput for a file that is none of ours.

    `write` runs work on the writer thread, inside a transaction that other work may share; each piece has a savepoint of
    its own, so that one that raises undoes itself alone. It returns once the transaction is on disk. `read` runs at
    once on the caller's thread and sees what is committed.
    """

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = _connect(path)
        prepare(self._reader, path)
        self._writer = _connect(path)
        self._pieces: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._thread.start()

    def read(self, work: Work[T]) -> T:
        """Return what the work finds; it must not write."""
        return work(self._reader)

    async def write(self, work: Work[T]) -> T:
        """Return the work's result once it is committed; raise what it raised after undoing it.

        A caller that is cancelled does not take the work back.
        """
        piece = _Piece(work, self._loop.create_future())
        self._pieces.put(piece)
        result: T = await asyncio.shield(piece.done)
        return result

    @property
    def queued(self) -> int:
        """How many pieces of work wait for the writer."""
        return self._pieces.qsize()

    async def close(self) -> None:
        """Finish what is queued, then close the file."""
        self._pieces.put(None)
        await asyncio.to_thread(self._thread.join)
        self._writer.close()
        self._reader.close()

    def _write_all(self) -> None:
        while (first := self._pieces.get()) is not None:
            group, last = [first], False
            while len(group) < _GROUP:
                try:
                    piece = self._pieces.get_nowait()
                except queue.Empty:
                    break
                if piece is None:
                    last = True
                    break
                group.append(piece)
            self._commit(group)
            if last:
                return

    def _commit(self, group: list["_Piece"]) -> None:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for piece in group:
                piece.run(self._writer)
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            for piece in group:
                piece.error = error
        self._loop.call_soon_threadsafe(_settle, group)


class _Piece:
    """Work that waits for the writer, and what became of it."""

    def __init__(self, work: Work[Any], done: "asyncio.Future[Any]") -> None:
        self.work, self.done = work, done
        self.result: Any = None
        self.error: Exception | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        connection.execute("SAVEPOINT piece")
        try:
            self.result = self.work(connection)
        except sqlite3.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to the caller of write()
            self.error = error
            connection.execute("ROLLBACK TO piece")
        connection.execute("RELEASE piece")


def _settle(group: list[_Piece]) -> None:
    for piece in group:
        if piece.done.cancelled():
            continue
        if piece.error is not None:
            piece.done.set_exception(piece.error)
        else:
            piece.done.set_result(piece.result)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=_CACHED_STATEMENTS, timeout=30
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a commit outlives a loss of power
    connection.execute("PRAGMA foreign_keys=ON")
    return connection
