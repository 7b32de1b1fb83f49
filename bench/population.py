"""The users of the measurements: their rows, and a good token for each; the same in every run but for the times."""

import sqlite3
import time
from pathlib import Path

from peers.given import AUDIENCE, ISSUER
from ws101.timers.server.keys import open_keys
from ws101.timers.server.tokens import Minter
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import sessions, users
from ws101.timers.store.sessions import SessionRow
from ws101.timers.store.users import UserRow

SIZE = 2_000
SECRET = "only-the-measurements-sign-with-this-and-they-stay-on-loopback"
LIFETIME = 86_400  # seconds
USERS = tuple(f"00000000-0000-4000-8000-{number:012}" for number in range(SIZE))


def session(user: str) -> str:
    return user.replace("-4000-", "-4001-")


def tokens(directory: Path) -> list[str]:
    """Return an access token of the service (HS256) for every user; the secret is left in the directory."""
    secret = directory / "secret"
    secret.write_text(SECRET)
    settings = ServiceSettings(
        issuer=ISSUER, audience=AUDIENCE, access_lifetime=LIFETIME, algorithm="HS256", secret_file=secret
    )
    now = int(time.time() * 1_000)
    minter = Minter(open_keys(settings, now), settings)
    return [minter.mint(user, session(user), now)[0] for user in USERS]


def populate(connection: sqlite3.Connection) -> None:
    """Write the users and a session of each; nobody can sign in as one of them, for they have no password."""
    now = int(time.time() * 1_000)
    end = now + LIFETIME * 1_000
    for user in USERS:
        users.add(connection, UserRow(user, f"{user}@bench.test", user, "", locked=False, created_at=now))
        sessions.add(connection, SessionRow(session(user), user, now, now, end, b"", b""), 1)
