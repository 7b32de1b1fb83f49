import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from ws101.sources import crew
from ws101.sources.crew import Crew

ME = os.getpid()


@pytest.fixture(params=["processes", "threads"])
def kind(request, monkeypatch) -> Iterator[str]:
    forks = request.param == "processes"
    if forks and not hasattr(os, "fork"):
        pytest.skip("a system that forks")
    monkeypatch.setattr(crew, "may_fork", lambda: forks)
    yield request.param
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def squares() -> Callable[[int], int]:
    return lambda place: place * place


def elsewhere() -> Callable[[int], bool]:
    maker = threading.get_ident(), os.getpid()
    return lambda _: maker == (threading.get_ident(), os.getpid()) and maker != (MAIN, ME)


MAIN = threading.get_ident()


@pytest.mark.parametrize("workers", [0, 1, 2, 3, 20])
def test_results_come_in_the_order_of_their_places_whoever_works(kind, workers):
    with Crew(squares, range(3, 13), workers) as results:
        assert [*results] == [(place, place * place) for place in range(3, 13)]


def test_the_work_is_done_beside_whoever_takes_the_results(kind):
    with Crew(elsewhere, range(4), 2) as results:
        assert [done for _, done in results] == [True] * 4


def test_whoever_stops_early_leaves_no_worker_behind(kind):
    before = threading.active_count()
    with Crew(lambda: lambda place: [b"x" * 100_000, place], range(1000), 3) as results:
        assert next(iter(results))[0] == 0
    assert threading.active_count() == before


def test_what_a_worker_that_fell_has_left_is_done_all_the_same(monkeypatch):
    if not hasattr(os, "fork"):
        pytest.skip("a system that forks")
    monkeypatch.setattr(crew, "may_fork", lambda: True)

    def falls() -> Callable[[int], int]:
        def work(place: int) -> int:
            if place == 5 and os.getpid() != ME:
                os.kill(os.getpid(), signal.SIGKILL)
            return -place

        return work

    with Crew(falls, range(10), 2) as results:
        assert [*results] == [(place, -place) for place in range(10)]


def test_what_raises_raises_where_the_results_are_taken(kind):
    with Crew(lambda: lambda place: 12 // (2 - place), range(5), 2) as working:
        results = iter(working)
        assert [next(results), next(results)] == [(0, 6), (1, 12)]
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_a_process_forks_beside_threads_that_may_be_left_off_alone(monkeypatch):
    beside = [threading.current_thread()]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(threading, "enumerate", lambda: beside)
    assert crew.may_fork()
    beside.append(threading.Thread(daemon=True))
    assert crew.may_fork()
    beside.append(threading.Thread(daemon=False))
    assert not crew.may_fork()
    beside.pop()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not crew.may_fork()
