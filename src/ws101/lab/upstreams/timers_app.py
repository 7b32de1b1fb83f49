"""The timer service of this package, as it is: it takes the lab's tokens as those of an issuer beside it, for users 1 to 9.

It reads a token in Authorization alone, and knows neither a list of hosts nor scopes.
"""

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ws101.lab.token import AUDIENCE, ISSUER
from ws101.lab.upstreams.policy import USERS, Policy
from ws101.timers.server.parts import Parts
from ws101.timers.server.run import running
from ws101.timers.settings import ServiceSettings
from ws101.timers.store import users
from ws101.timers.store.users import UserRow

_NO_PASSWORD = ""  # no hash has this form: these users come with tokens alone


@asynccontextmanager
async def serving(policy: Policy) -> AsyncIterator[int]:
    """Serve while the block runs; yield the port."""
    with tempfile.TemporaryDirectory(prefix="ws101-timers-") as directory:
        async with running(_settings(policy, Path(directory)), log=sys.stderr) as service:
            for user in sorted(USERS):
                await _add(service.parts, user)
            if policy.overloaded:
                service.parts.readiness.drain()
            yield service.port


def _settings(policy: Policy, directory: Path) -> ServiceSettings:
    secret = directory / "secret"
    secret.write_text(policy.secret)
    return ServiceSettings(
        port=0,
        data=directory / "data",
        tls_certificate=Path(f"{policy.certificate}.pem") if policy.certificate else None,
        tls_key=Path(f"{policy.certificate}.key") if policy.certificate else None,
        issuer=ISSUER,
        audience=AUDIENCE,
        algorithm="HS256",
        secret_file=secret,
        foreign_tokens=True,
        origins=policy.origins or (() if policy.same_origin else ("*",)),
        drain_timeout=0.2,
        log="text",
    )


async def _add(parts: Parts, user: str) -> None:
    row = UserRow(user, f"{user}@app.test", f"user {user}", _NO_PASSWORD, False, parts.clock.now())  # noqa: FBT003 - a row
    await parts.store.write(lambda connection: users.add(connection, row))
