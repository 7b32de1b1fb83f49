"""Accounts on a store of their own, with a clock that a test moves and passwords that cost nothing."""

from contextlib import asynccontextmanager

import argon2

from timers.server.clockwork import Clockwork
from ws101.timers.server.accounts import Accounts
from ws101.timers.server.keys import open_keys
from ws101.timers.server.passwords import Passwords
from ws101.timers.server.tokens import Identity, Minter, Verifier
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store

PASSWORD = "correct horse battery staple"


def cheap(memory=8):
    return argon2.PasswordHasher(time_cost=1, memory_cost=memory, parallelism=1)


class People:
    def __init__(self, path, store, settings):
        self.store, self.settings, self.clock, self.ended = store, settings, Clockwork(), []
        self.keys = open_keys(settings, self.clock.now())
        self.verifier = Verifier(self.keys, settings)
        self.accounts = self.again()

    def again(self, hasher=None):
        """The same accounts after a restart, perhaps with other parameters for new passwords."""
        minter = Minter(self.keys, self.settings)
        return Accounts(
            self.store, self.clock, self.settings, minter, self._note, Passwords(hasher or cheap())
        )

    def _note(self, user, session, closing):
        self.ended.append((user, session, closing.reason))

    def identity(self, signed_in) -> Identity:
        found = self.verifier.verify(signed_in.token, self.clock.now())
        assert isinstance(found, Identity)
        return found

    def standing(self, signed_in):
        identity = self.identity(signed_in)
        return self.accounts.standing(identity.user, identity.session)

    async def register(self, email="ada@example.org", name="Ada"):
        return await self.accounts.register(name, email, PASSWORD)

    async def login(self, email="ada@example.org", password=PASSWORD, address="192.0.2.1"):
        return await self.accounts.login(email, password, address)


@asynccontextmanager
async def people(path, **settings):
    store = Store(path / "timers.sqlite3")
    found = People(path, store, ServiceSettings(data=path, **settings))
    try:
        yield found
    finally:
        found.accounts.close()
        await store.close()
