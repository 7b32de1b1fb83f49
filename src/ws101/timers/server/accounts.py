"""Who may use the service: registration, login, sessions and their refresh tokens, locks; knows no HTTP and no socket.

A session is one login. Its refresh tokens are opaque and good once; all of them share a secret by which an old one is
known for what it is: then it was stolen, or used by two, and the session ends (RFC 9700, 4.14.2). The one before the present
one may ask again for a moment.
"""

import hmac
import sqlite3
import unicodedata
import uuid
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from ws101.timers.account import Session, SignedIn, User
from ws101.timers.clock import Clock
from ws101.timers.closing import SESSION_ENDED, USER_LOCKED, Closing
from ws101.timers.problem import FieldError
from ws101.timers.server.denial import Busy, Conflict, Forbidden, NotFound, NotSignedIn, TooSoon
from ws101.timers.server.passwords import Overloaded, Passwords
from ws101.timers.server.refresh import RefreshToken, hashed, parse
from ws101.timers.server.throttle import Throttle
from ws101.timers.server.tokens import Identity, Minter
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import Store, sessions, users
from ws101.timers.store.sessions import SessionRow
from ws101.timers.store.users import UserRow

Ended = Callable[[str, str | None, Closing], None]
"""Called once a session has ended, or with None when all of the user's have."""

AGAIN = 30_000  # ms after a refresh in which the same token may ask again: its answer may not have come
MOST_SESSIONS = 50  # of one user; the one that was not used for longest ends first


class _Renewed(NamedTuple):
    """What came of a refresh token: None in the place of a new one when it was used before."""

    user: UserRow
    session: SessionRow
    token: RefreshToken | None


class Standing(Enum):
    """Whether somebody whose token is good may still come in."""

    GOOD = "good"
    UNKNOWN = "no such user, or the session has ended"
    LOCKED = "locked"


class Accounts:
    """Raises denial.Denial for what cannot be done; `on_ended` closes what the ended sessions have open."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: ServiceSettings,
        minter: Minter,
        on_ended: Ended,
        passwords: Passwords | None = None,
    ) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._minter, self._on_ended = minter, on_ended
        self._passwords = passwords or Passwords()
        self._admins = frozenset(normalise(email) for email in settings.admins)
        self._by_account = Throttle(clock, burst=10, refill=30.0)
        self._by_address = Throttle(clock, burst=50, refill=5.0)

    def close(self) -> None:
        """Let the threads that check passwords end."""
        self._passwords.close()

    # ---- what others ask

    def standing(self, user: str, session: str) -> Standing:
        """Tell whether the user and the session are still there; without a session (a foreign token), the user."""
        now = self._clock.now()
        if session and self._store.look(lambda c: sessions.locked(c, session, user, now)) is False:
            return Standing.GOOD
        locked = self._store.look(lambda c: users.locked(c, user))
        if locked:
            return Standing.LOCKED
        return Standing.UNKNOWN if session or locked is None else Standing.GOOD

    def user(self, user: str) -> User:
        """Return the account; raises NotFound."""
        row = self._store.read(lambda c: users.by_id(c, user))
        if row is None:
            raise NotFound("There is no such user.")
        return self._shown(row)

    def find(self, email: str) -> tuple[User, ...]:
        """Return the account of this address, or none."""
        row = self._store.read(lambda c: users.by_email(c, normalise(email)))
        return () if row is None else (self._shown(row),)

    def is_admin(self, user: str) -> bool:
        """Tell whether the user is one of the settings' administrators."""
        row = self._store.read(lambda c: users.by_id(c, user))
        return row is not None and row.email in self._admins

    def is_admins_address(self, email: str) -> bool:
        """Tell whether whoever has this address is an administrator."""
        return normalise(email) in self._admins

    # ---- coming in

    async def register(self, name: str, email: str, password: str, address: str = "") -> SignedIn:
        """Make an account and sign in; raises Conflict for an address that is taken."""
        self._take(self._by_address, address)
        return await self._begin(await self._add(name, email, password))

    async def add(self, name: str, email: str, password: str) -> User:
        """Make an account; raises Conflict for an address that is taken."""
        return self._shown(await self._add(name, email, password))

    async def login(self, email: str, password: str, address: str = "") -> SignedIn:
        """Sign in; raises NotSignedIn, TooSoon, Forbidden for a locked account whose password is right."""
        account = normalise(email)
        self._take(self._by_address, address)
        self._take(self._by_account, account)
        row = self._store.read(lambda c: users.by_email(c, account))
        if not await self._check(row, password) or row is None:
            raise NotSignedIn("There is no account with this e-mail address and password.")
        self._by_address.give_back(address)
        self._by_account.give_back(account)
        if row.locked:
            raise Forbidden("The account is locked. Ask the service's administrator to unlock it.")
        if self._passwords.is_outdated(row.password):
            row = await self._rehash(row, password)
        return await self._begin(row)

    async def refresh(self, token: str) -> SignedIn:
        """Return new tokens for a refresh token, which is used up; one that was used before ends its session.

        Who lost the answer and asks again within `AGAIN` is answered the same token, unless that was used meanwhile.
        """
        given, now = parse(token), self._clock.now()
        if given is None:
            raise NotSignedIn("This is no refresh token. Sign in.")
        if self._store.read(lambda c: sessions.by_id(c, given.session, now)) is None:
            raise NotSignedIn("The session has ended. Sign in.")
        found = await self._store.write(lambda c: self._renewed(c, given, now))
        if found is None:
            raise NotSignedIn("The session has ended. Sign in.")
        if found.token is None:
            self._on_ended(found.user.id, found.session.id, SESSION_ENDED)
            raise NotSignedIn(
                "This refresh token was used before: somebody else may have it, so the session has ended. Sign in."
            )
        if found.user.locked:
            raise Forbidden("The account is locked. Ask the service's administrator to unlock it.")
        return self._signed_in(found.user, found.session, found.token)

    def _renewed(self, connection: sqlite3.Connection, given: RefreshToken, now: int) -> "_Renewed | None":
        row = sessions.by_id(connection, given.session, now)
        user = row and users.by_id(connection, row.user)
        if row is None or user is None or not hmac.compare_digest(row.family_hash, hashed(given.family)):
            return None
        if not hmac.compare_digest(row.refresh_hash, hashed(given.secret)):
            again = _again(row, given, now)
            if again is None:
                sessions.end(connection, row.user, row.id)
            return _Renewed(user, row, again)
        following = given.following()
        if not user.locked:
            row = row._replace(
                refreshed_at=now, expires_at=self._end(now), refresh_hash=hashed(following.secret),
                before_hash=row.refresh_hash, sealed=given.seal(following),
            )  # fmt: skip
            sessions.renew(connection, row)
        return _Renewed(user, row, following)

    # ---- going

    async def logout(self, identity: Identity, *, everywhere: bool = False) -> None:
        """End the session, or every one of the user's."""
        if not everywhere:
            await self.end_session(identity.user, identity.session)
            return
        await self._store.write(lambda c: sessions.end_others(c, identity.user, ""))
        self._on_ended(identity.user, None, SESSION_ENDED)

    async def end_session(self, user: str, session: str) -> None:
        """End one session of the user; raises NotFound."""
        if not await self._store.write(lambda c: sessions.end(c, user, session)):
            raise NotFound("You have no such session.")
        self._on_ended(user, session, SESSION_ENDED)

    def sessions(self, identity: Identity) -> tuple[Session, ...]:
        """Return the user's sessions, the one last used first."""
        rows = self._store.read(lambda c: sessions.of_user(c, identity.user, self._clock.now()))
        return tuple(
            Session(
                id=row.id, created_at=row.created_at, refreshed_at=row.refreshed_at, expires_at=row.expires_at,
                current=row.id == identity.session,
            )
            for row in rows
        )  # fmt: skip

    async def change_password(self, identity: Identity, password: str, new: str) -> None:
        """Set a new password, which ends the user's other sessions; raises NotSignedIn when the old one is wrong."""
        row = self._store.read(lambda c: users.by_id(c, identity.user))
        if row is None:
            raise NotFound("There is no such user.")
        self._take(self._by_account, row.email)
        if not await self._check(row, password):
            raise Forbidden("The present password is not right.")
        self._by_account.give_back(row.email)
        hashed = await self._hash(new)

        def change(connection: sqlite3.Connection) -> list[str] | None:
            if not users.change_password(connection, row.id, row.password, hashed):
                return None
            return sessions.end_others(connection, row.id, identity.session)

        ended = await self._store.write(change)
        if ended is None:
            raise Conflict("The password was changed meanwhile.")
        self._tell(row.id, ended)

    # ---- administration

    async def set_locked(self, user: str, *, locked: bool) -> User:
        """Lock a user, which ends all of their sessions, or unlock them; raises NotFound."""

        def change(connection: sqlite3.Connection) -> bool:
            if locked:
                sessions.end_others(connection, user, "")
            return users.set_locked(connection, user, locked=locked)

        if not await self._store.write(change):
            raise NotFound("There is no such user.")
        if locked:
            self._on_ended(user, None, USER_LOCKED)
        return self.user(user)

    async def delete(self, user: str) -> None:
        """Delete a user with everything of theirs; raises NotFound."""
        if not await self._store.write(lambda c: users.delete(c, user)):
            raise NotFound("There is no such user.")
        self._on_ended(user, None, SESSION_ENDED)

    # ---- parts of the above

    async def _add(self, name: str, email: str, password: str) -> UserRow:
        hashed = await self._hash(password)
        row = UserRow(str(uuid.uuid4()), normalise(email), name, hashed, False, self._clock.now())  # noqa: FBT003 - a row
        if not await self._store.write(lambda c: users.add(c, row)):
            taken = FieldError("/email", "This address has an account.")
            raise Conflict("This e-mail address has an account. Sign in, or use another.", (taken,))
        return row

    async def _begin(self, user: UserRow) -> SignedIn:
        now = self._clock.now()
        token = RefreshToken.first()
        row = SessionRow(
            token.session, user.id, now, now, self._end(now), hashed(token.family), hashed(token.secret)
        )
        try:
            ended = await self._store.write(lambda c: sessions.add(c, row, MOST_SESSIONS))
        except sqlite3.IntegrityError:
            raise NotSignedIn("The account was deleted meanwhile.") from None
        self._tell(user.id, ended)
        return self._signed_in(user, row, token)

    def _signed_in(self, user: UserRow, session: SessionRow, token: RefreshToken) -> SignedIn:
        access, lifetime = self._minter.mint(user.id, session.id, self._clock.now())
        return SignedIn(
            token=access,
            expires_in=lifetime,
            refresh_token=token.text(),
            refresh_expires_in=self._settings.refresh_lifetime,
            user=self._shown(user),
        )

    def _shown(self, row: UserRow) -> User:
        return User(
            id=row.id,
            name=row.name,
            email=row.email,
            admin=row.email in self._admins,
            locked=row.locked,
            created_at=row.created_at,
        )

    def _end(self, now: int) -> int:
        return now + self._settings.refresh_lifetime * 1_000

    def _tell(self, user: str, ended: list[str]) -> None:
        for session in ended:
            self._on_ended(user, session, SESSION_ENDED)

    def _take(self, throttle: Throttle, name: str) -> None:
        if name and (wait := throttle.take(name)):
            raise TooSoon(f"Too many tries in a short time. Wait {wait} s.", wait)

    async def _hash(self, password: str) -> str:
        try:
            return await self._passwords.hash(password)
        except Overloaded:
            raise Busy("Too many people sign in at this moment.", 5) from None

    async def _check(self, row: UserRow | None, password: str) -> bool:
        try:
            return await self._passwords.check(row and row.password, password)
        except Overloaded:
            raise Busy("Too many people sign in at this moment.", 5) from None

    async def _rehash(self, row: UserRow, password: str) -> UserRow:
        hashed = await self._hash(password)
        await self._store.write(lambda c: users.change_password(c, row.id, row.password, hashed))
        return row._replace(password=hashed)


def _again(row: SessionRow, given: RefreshToken, now: int) -> RefreshToken | None:
    """Return the present token to whoever gives the one before it, so soon that the answer may have been lost."""
    if row.before_hash is None or row.sealed is None or not 0 <= now - row.refreshed_at <= AGAIN:
        return None
    if not hmac.compare_digest(row.before_hash, hashed(given.secret)):
        return None
    return given.unseal(row.sealed)


def normalise(email: str) -> str:
    """Return the one way to write an e-mail address, by which accounts are told apart."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
