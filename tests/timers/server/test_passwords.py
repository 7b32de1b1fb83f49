import asyncio

import pytest

from timers.server.people import cheap
from ws101.timers.server import passwords
from ws101.timers.server.passwords import Overloaded, Passwords


def run(story):
    async def told():
        found = Passwords(cheap())
        try:
            await story(found)
        finally:
            found.close()

    asyncio.run(told())


@pytest.mark.parametrize("password", ["plain words", "", "é" * 256, "\0", "пароль", "\ud800"])
def test_what_was_hashed_fits_and_nothing_else_does(password):
    async def story(found):
        hashed = await found.hash(password)
        assert hashed.startswith("$argon2id$")
        assert await found.check(hashed, password)
        assert not await found.check(hashed, password + "x")
        assert await found.hash(password) != hashed

    run(story)


def test_an_accent_is_one_however_a_keyboard_makes_it():
    async def story(found):
        assert await found.check(await found.hash("caf\u00e9"), "cafe\u0301")

    run(story)


@pytest.mark.parametrize("held", ["", "no hash", "$argon2id$v=19$broken"])
def test_a_hash_that_is_none_fits_nothing(held):
    async def story(found):
        assert not await found.check(held, "")

    run(story)


def test_where_there_is_no_hash_nothing_fits():
    async def story(found):
        assert not await found.check(None, "the password of no user")
        assert not await found.check(None, "x")

    run(story)


def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(passwords, "_WAITING", 3)

    async def story(found):
        done = await asyncio.gather(*(found.hash("x") for _ in range(9)), return_exceptions=True)
        assert sum(isinstance(each, Overloaded) for each in done) == 6
        assert await found.hash("x"), "it goes on"

    run(story)


def test_old_parameters_are_known():
    async def story(found):
        assert found.is_outdated(cheap(memory=16).hash("x"))
        assert not found.is_outdated(await found.hash("x"))

    run(story)


def test_by_default_it_costs_what_rfc_9106_recommends():
    found = Passwords()
    hasher = found._hasher
    found.close()
    assert (hasher.type.name, hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (
        "ID",
        65_536,
        3,
        4,
    )
