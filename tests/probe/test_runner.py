import asyncio
import gc

import pytest
from msgspec.structs import replace

from probe.peers import QUICK, SWITCH, sending, serving, staying
from ws101.attempt import Attempt
from ws101.probe.limits import Limits
from ws101.probe.runner import AT_ONCE, Job, Runner
from ws101.terms import Family

HERE = ("127.0.0.1",)


def jobs(port: int, count: int) -> list[Job]:
    return [Job(f"job-{number}", Family.REPAIR, "changed", sending(port)) for number in range(count)]


def test_one_connection_per_job_all_at_once_in_the_jobs_order():
    async def run() -> tuple[Attempt, ...]:
        together = asyncio.Barrier(3)

        async def handle(reader, writer):
            await together.wait()
            await staying(SWITCH)(reader, writer)

        async with serving(handle) as port:
            return await Runner(HERE, QUICK).run(jobs(port, 3))

    made = asyncio.run(run())
    assert [attempt.experiment for attempt in made] == ["job-0", "job-1", "job-2"]
    assert all(attempt.works for attempt in made)
    assert (made[0].family, made[0].change) == (Family.REPAIR, "changed")


def test_never_more_than_so_many_at_once():
    open_now, most = 0, 0

    async def handle(reader, writer):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await reader.readuntil(b"\r\n\r\n")
        open_now -= 1

    async def run() -> tuple[Attempt, ...]:
        async with serving(handle) as port:
            return await Runner(HERE, QUICK, budget=100).run(jobs(port, AT_ONCE + 20))

    assert len(asyncio.run(run())) == AT_ONCE + 20
    assert most <= AT_ONCE


def test_a_job_may_have_limits_of_its_own():
    async def run() -> tuple[Attempt, ...]:
        async with serving(staying(SWITCH)) as port:
            longer = replace(jobs(port, 1)[0], name="longer", limits=replace(QUICK, linger=0.2))
            return await Runner(HERE, QUICK).run([*jobs(port, 1), longer])

    usual, longer = asyncio.run(run())
    assert usual.aftermath.watched < longer.aftermath.watched
    assert longer.aftermath.watched >= 0.2


def test_budget_holds_over_several_runs(closed_port):
    async def run() -> tuple[int, int, Runner]:
        runner = Runner(HERE, QUICK, budget=3)
        first = await runner.run(jobs(closed_port, 2))
        second = await runner.run(jobs(closed_port, 2))
        return len(first), len(second), runner

    first, second, runner = asyncio.run(run())
    assert (first, second, runner.left, runner.not_run) == (2, 1, 0, ("job-1",))


def test_progress_is_told_of_each_attempt(closed_port):
    told: list[str] = []

    async def run() -> None:
        await Runner(HERE, QUICK).run(
            jobs(closed_port, 3), on_progress=lambda attempt: told.append(attempt.experiment)
        )

    asyncio.run(run())
    assert sorted(told) == ["job-0", "job-1", "job-2"]


def test_error_of_the_listener_is_not_swallowed(closed_port):
    def fail(_: Attempt) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        asyncio.run(Runner(HERE, QUICK).run(jobs(closed_port, 1), on_progress=fail))


def test_when_the_time_is_over_what_is_known_is_kept(closed_port):
    async def run() -> tuple[tuple[Attempt, ...], Runner]:
        async with serving(staying(b"")) as port:
            runner = Runner(HERE, Limits(answer=60), max_time=0.2)
            silent = Job("silent", Family.REPAIR, "", sending(port))
            first = await runner.run([silent, *jobs(closed_port, 1)])
            return (*first, *await runner.run(jobs(closed_port, 1))), runner

    made, runner = asyncio.run(run())
    assert [attempt.experiment for attempt in made] == ["job-0"]
    assert runner.not_run == ("silent", "job-0")
    gc.collect()


def test_cancellation_ends_every_attempt():
    async def run() -> None:
        together, apart = asyncio.Barrier(3), asyncio.Barrier(3)

        async def handle(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            await together.wait()
            await reader.read()
            await apart.wait()

        async with serving(handle) as port:
            task = asyncio.create_task(Runner(HERE, Limits(answer=60)).run(jobs(port, 2)))
            await together.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await apart.wait()

    asyncio.run(run())
    gc.collect()


def test_every_address_is_dialled(closed_port):
    dials = asyncio.run(Runner(("127.0.0.1", "127.0.0.2"), QUICK, budget=0).dial_all(closed_port))
    assert [dial.address for dial in dials] == ["127.0.0.1", "127.0.0.2"]
    assert not any(dial.connected for dial in dials)
