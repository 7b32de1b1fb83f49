"""The SQLite file: one writer thread that commits in groups, and reads on the caller's thread."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ws101.errors import UnreadableInput, UsageError
from ws101.timers.store import outbox
from ws101.timers.store.outbox import Connection, Told
from ws101.timers.store.schema import prepare

T = TypeVar("T")
Work = Callable[[Connection], T]

_GROUP = 4096  # pieces of work in one transaction
_CACHED_STATEMENTS = 256
_CACHE = 16_384  # KiB of pages: with SQLite's 2,000, what thousands of timers are due in is read anew for each of them
_LOG = 4_000  # pages of the write-ahead log: with SQLite's 1,000, what every transaction changes is copied to the file too often
# Nine pages: a last page's rest on a full disk takes a smaller one, and what is as it was is not written at all.
_TRIAL = "UPDATE trial SET bytes = randomblob(32768)"


class Store:
    """One database file, in which each user's last `events_kept` events stay. Opened and closed on the loop's thread.

    Raises UnreadableInput for a file that is none of ours, and UsageError where no event is to be kept.

    `write` runs work on the writer thread, inside a transaction that other work may share. Work that raises undoes itself
    alone; what others in the transaction did is then done again, so work must bear to be run twice. It returns once the
    transaction is on disk. `read` runs at once on the caller's thread and sees what is committed. `fault` is why the last
    transaction could not be written, empty when it was. `deliver` gets what each transaction told its users, once it is on
    disk and before anything else that follows it.
    """

    def __init__(self, path: Path, events_kept: int = 1_000) -> None:
        if events_kept < 1:
            raise UsageError(
                f"events_kept is {events_kept}, and a client can resume from no less than 1 event."
            )
        self.fault = ""
        self.deliver: Callable[[Sequence[Told]], None] = lambda _: None
        self._loop = asyncio.get_running_loop()
        self._reader = _connect(path, events_kept)
        self._writer = _connect(path, events_kept)
        self._pieces: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="store-writer", daemon=True)
        self._thread.start()

    def read(self, work: Work[T]) -> T:
        """Return what the work finds; it must not write, nor read in a read."""
        self._reader.execute("BEGIN")
        try:
            return work(self._reader)
        finally:
            self._reader.execute("COMMIT")

    def look(self, work: Work[T]) -> T:
        """Return what one statement finds; it needs no transaction around it to see one state alone."""
        return work(self._reader)

    def write(self, work: Work[T], then: Callable[[T], None] | None = None) -> "asyncio.Future[T]":
        """Return the work's result once it is committed; raise what it raised after undoing it.

        `then` is called with the result on the loop's thread, in the order of the commits. A caller that is cancelled takes
        back neither.
        """
        piece = _Piece(work, then, self._loop.create_future())
        self._pieces.put(piece)
        return piece.done

    async def touch(self) -> None:
        """Write as much as a change does, of no meaning; raises sqlite3.Error where that cannot be written."""
        await self.write(lambda connection: connection.execute(_TRIAL).rowcount)

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
            if not self._together(group):
                self._one_by_one(group)
            self.fault = ""
        except sqlite3.Error as error:
            self._undo()
            self.fault = str(error)
            for piece in group:
                piece.error = error
        told, self._writer.told = self._writer.told, []
        self._loop.call_soon_threadsafe(self._settle, told, group)

    def _settle(self, told: Sequence[Told], group: list["_Piece"]) -> None:
        _follow(self._loop, self.deliver, told)
        for piece in group:
            piece.settle(self._loop)

    def _together(self, group: list["_Piece"]) -> bool:
        """Run the pieces as one; undo all of it and return False where one raised after it had changed something."""
        writer = self._writer
        writer.execute("BEGIN IMMEDIATE")
        try:
            for piece in group:
                piece.run(writer)
            outbox.flush(writer)
        except sqlite3.OperationalError:
            raise
        except Exception:  # noqa: BLE001 - the piece that raised it will again, on its own
            self._undo()
            return False
        writer.execute("COMMIT")
        return True

    def _one_by_one(self, group: list["_Piece"]) -> None:
        """Run the pieces so that one that raises undoes itself alone."""
        self._writer.execute("BEGIN IMMEDIATE")
        for piece in group:
            piece.run_alone(self._writer)
        self._writer.execute("COMMIT")

    def _undo(self) -> None:
        self._writer.forget()
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")


class _Piece:
    """Work that waits for the writer, and what became of it."""

    __slots__ = ("done", "error", "result", "then", "work")

    def __init__(
        self, work: Work[Any], then: Callable[[Any], None] | None, done: "asyncio.Future[Any]"
    ) -> None:
        self.work, self.then, self.done = work, then, done
        self.result: Any = None
        self.error: Exception | None = None

    def run(self, connection: Connection) -> None:
        """Run the work; raise what it raised after it had changed something."""
        before = connection.total_changes + connection.held
        try:
            self.result = self.work(connection)
        except sqlite3.Error:
            raise
        except Exception as error:
            if connection.total_changes + connection.held != before:
                raise
            self.error = error

    def run_alone(self, connection: Connection) -> None:
        """Run the work, and undo what it did where it raised."""
        self.error, told = None, len(connection.told)
        connection.execute("SAVEPOINT piece")
        try:
            self.result = self.work(connection)
            outbox.flush(connection)
        except sqlite3.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to the caller of write()
            self.error = error
            connection.forget(told)
            connection.execute("ROLLBACK TO piece")
        connection.execute("RELEASE piece")

    def settle(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.error is None and self.then is not None:
            _follow(loop, self.then, self.result)
        if self.done.cancelled():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


def _follow(loop: asyncio.AbstractEventLoop, then: Callable[[T], None], result: T) -> None:
    """Do what follows a commit; where that fails the commit stands, and what else follows it must be done."""
    try:
        then(result)
    except Exception as error:  # noqa: BLE001 - as above
        loop.call_exception_handler({"message": "what follows a commit failed", "exception": error})


def _connect(path: Path, kept: int) -> Connection:
    connection = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False, factory=Connection,
        cached_statements=_CACHED_STATEMENTS,
    )  # fmt: skip
    try:
        prepare(connection, path)
    except UnreadableInput:
        connection.close()
        raise
    connection.execute("PRAGMA journal_mode=WAL")  # only now: another program's file is left as it is
    connection.execute("PRAGMA synchronous=FULL")  # a commit outlives a loss of power
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{_CACHE}")
    connection.execute(f"PRAGMA wal_autocheckpoint={_LOG}")
    outbox.set_up(connection, kept)
    return connection
