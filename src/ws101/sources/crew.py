"""The same work for many places of a file, done beside what its results are used for; they come in order. Knows no logs.

Workers are processes where one can be forked, which is while no thread runs beside that does not end when the process does.
Else they are threads, of which the interpreter lets one run at a time, except while they read and search: they take longer, and
hold up whoever reads the results.
"""

import marshal
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Generic, Self, TypeVar, cast

_LENGTH = 8  # bytes before each result that say how long it is
_AHEAD = 1 << 20  # bytes of results that wait to be taken from a worker, where the system can hold so many

T = TypeVar("T")


Work = Callable[[], Callable[[int], T]]
"""Called once by each worker; what it returns is called with each place, and returns plain values, as marshal writes them."""


class Crew(Generic[T]):
    """Workers; iterating gives each place and what came of the work there, in order.

    What no worker has done, because there is none or one fell by the way, whoever iterates does.
    """

    def __init__(self, work: Work[T], places: Sequence[int], workers: int) -> None:
        self._work, self._places = work, places
        self._number = min(workers, len(places))
        self._results: list[BinaryIO] = []
        self._threads: list[threading.Thread] = []
        self._processes: list[int] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Send the workers."""
        forks = may_fork()
        for number in range(self._number):
            reading, writing = os.pipe()
            self._results.append(os.fdopen(reading, "rb"))
            if forks:
                _widen(writing)
                with suppress(OSError):  # no more processes: then its share is ours
                    self._processes.append(self._forked(number, writing))
                os.close(writing)
            else:
                self._threads.append(
                    threading.Thread(target=self._labour, args=(number, writing), daemon=True)
                )
                self._threads[-1].start()

    def close(self) -> None:
        """Let the workers go, also before they are done."""
        for results in self._results:
            results.close()  # whoever writes more of them ends
        for process in self._processes:
            with suppress(ChildProcessError):
                os.waitpid(process, 0)
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[int, T]]:
        own: Callable[[int], T] | None = None
        for number, place in enumerate(self._places):
            result = _taken(self._results[number % self._number]) if self._number else None
            if result is None:
                own = own or self._work()
                yield place, own(place)
            else:
                yield place, cast("T", result[0])

    def _forked(self, number: int, writing: int) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which are asked for by may_fork
            process = os.fork()
        if process:
            return process
        try:
            for results in self._results:
                os.close(results.fileno())  # for as long as one is open, nobody is told that it is not read
            self._labour(number, writing)
        finally:
            os._exit(0)  # nothing that the process had begun before is ended twice

    def _labour(self, number: int, writing: int) -> None:
        """Do the work for every place of one worker; what raises is left to who iterates, and raises there."""
        with suppress(Exception), os.fdopen(writing, "wb") as results:
            work = self._work()
            for place in self._places[number :: self._number]:
                result = marshal.dumps([work(place)])
                results.write(len(result).to_bytes(_LENGTH, "little") + result)
                results.flush()


def may_fork() -> bool:
    """Return whether a copy of this process can do without its other threads: a daemon may be left off anywhere."""
    others = [one for one in threading.enumerate() if one is not threading.current_thread()]
    return sys.platform == "linux" and all(one.daemon for one in others)


def _widen(pipe: int) -> None:
    """Let a pipe hold more than the 64 KiB that are usual."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _AHEAD)


def _taken(results: BinaryIO) -> list[object] | None:
    """Return a worker's next result, alone in a list; None where it leaves no more."""
    length = results.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    data = results.read(int.from_bytes(length, "little"))
    return cast("list[object]", marshal.loads(data))  # noqa: S302 - our own worker wrote it
