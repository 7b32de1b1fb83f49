"""The REST calls that the client makes, typed; each is one HTTP/1.1 request, and every refusal an exception with its reason."""

import secrets
from typing import Any, Literal, Protocol, TypeVar

import msgspec
from msgspec import Struct

from ws101.handshake.answer import Answer
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.timers import account, wire
from ws101.timers.account import SignedIn
from ws101.timers.client import network, refusal
from ws101.timers.client.profile import Profile
from ws101.timers.clock import Clock

T = TypeVar("T")
Action = Literal["start", "pause", "resume", "stop", "restart"]
API = "/api/v1"


class Tokens(Protocol):
    """Where access tokens come from; see login.py."""

    async def access(self) -> str:
        """Return a token that is good as far as this machine's clock tells."""
        ...

    async def renew(self, refused: str) -> str:
        """Return another token than the one that was refused."""
        ...


class Rest:
    """Calls to one service. All raise Refused and Unreachable; those of a user NotSignedIn too."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile, self._clock = profile, clock

    async def ask(self, method: str, path: str, body: bytes = b"", token: str = "") -> Answer:
        """Send one request and return its answer of 2xx; raise Refused for any other."""
        trace_id = secrets.token_hex(16)
        fields = [
            ("Host", self._profile.host),
            ("User-Agent", network.USER_AGENT),
            ("Accept", "application/json"),
            ("X-Request-Id", trace_id),
            ("Connection", "close"),
        ]
        if token:
            fields.append(("Authorization", f"Bearer {token}"))
        if body or method in {"POST", "PUT", "PATCH"}:
            fields += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        request = Request(self._profile.root + path, Headers.of(fields), method, body=body)
        async with network.opened(self._profile) as stream:
            answer = await stream.ask(request)
        if answer.status is None or not 200 <= answer.status < 300:
            raise refusal.Refused(refusal.read(answer, self._clock.now(), trace_id))
        return answer

    async def register(self, name: str, email: str, password: str) -> SignedIn:
        """Make an account, and begin a session."""
        return await self._sign_in("register", account.Register(name=name, email=email, password=password))

    async def sign_in(self, email: str, password: str) -> SignedIn:
        """Begin a session."""
        return await self._sign_in("login", account.Login(email=email, password=password))

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Trade a refresh token, which is used up by that."""
        return await self._sign_in("refresh", account.Refresh(refresh_token=refresh_token))

    async def sign_out(self, token: str) -> None:
        """End the session."""
        await self.ask("POST", f"{API}/auth/logout", wire.encode(account.Logout()), token)

    async def health(self, path: Literal["/health", "/ready"]) -> account.Health:
        """Ask whether the service lives, or takes new work."""
        return _read(await self.ask("GET", path), account.Health)

    async def _sign_in(self, call: str, body: Struct) -> SignedIn:
        return _read(await self.ask("POST", f"{API}/auth/{call}", wire.encode(body)), SignedIn)


class Account:
    """The calls of a user who is signed in; an access token that has expired is renewed once."""

    def __init__(self, rest: Rest, tokens: Tokens) -> None:
        self._rest, self._tokens = rest, tokens

    async def lists(self) -> tuple[wire.TimerList, ...]:
        """Return all of the user's lists."""
        return _read(await self._ask("GET", "/timers/lists"), tuple[wire.TimerList, ...])

    async def create_list(self, new: wire.ListCreate) -> wire.TimerList:
        """Make a list."""
        return _read(await self._ask("POST", "/timers/lists", wire.encode(new)), wire.TimerList)

    async def create_timer(self, new: wire.TimerCreate) -> wire.Timer:
        """Make a timer in a list."""
        return _read(await self._ask("POST", "/timers", wire.encode(new)), wire.Timer)

    async def control(self, list_id: str, action: Action, timer_id: str | None) -> tuple[wire.Timer, ...]:
        """Start, pause, resume, stop or restart; return the timers that changed."""
        query = f"?timerId={timer_id}" if timer_id else ""
        answer = await self._ask("POST", f"/timers/control/{list_id}/{action}{query}")
        return _read(answer, tuple[wire.Timer, ...])

    async def _ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        token = await self._tokens.access()
        try:
            return await self._rest.ask(method, API + path, body, token)
        except refusal.Refused as refused:
            if refused.refusal.cause != "token-expired":
                raise
        return await self._rest.ask(method, API + path, body, await self._tokens.renew(token))


def _read(answer: Answer, shape: type[T]) -> T:
    wanted: Any = shape
    try:
        found: T = msgspec.json.decode(answer.body, type=wanted)
    except msgspec.DecodeError:
        title = "The answer is not the timer service's"
        detail = "it is no JSON of the kind that was asked for; look at the profile's URL"
        raise refusal.Refused(refusal.Refusal(answer.status or 0, title, detail)) from None
    return found
