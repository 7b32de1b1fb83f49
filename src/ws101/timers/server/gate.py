"""Decides each handshake before there is a transport for it: the request's form, limits, then whose token it is.

Every decision is recorded, and every refusal is a problem document. Knows bytes and people; touches no connection.
"""

import math
import re
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

from msgspec import UNSET

from ws101.handshake.accept import accept_value
from ws101.handshake.incoming import Incoming, parse
from ws101.timers.admission import PATH, Asked, Refused, judge
from ws101.timers.clock import Clock
from ws101.timers.problem import CONTENT_TYPE, REFUSALS, document, encode
from ws101.timers.server.accounts import Accounts, Standing
from ws101.timers.server.attempt import Attempt, identify
from ws101.timers.server.forwarding import Trust
from ws101.timers.server.limits import Limits
from ws101.timers.server.parts import Reply
from ws101.timers.server.readiness import Readiness
from ws101.timers.server.seat import Seat
from ws101.timers.server.tickets import Tickets
from ws101.timers.server.tokens import Identity, Verifier
from ws101.timers.settings import ServiceSettings

SERVER = "ws101-timers"

_ASCII_ONLY = re.compile(
    r"[^\x20\x21\x23-\x5b\x5d-\x7e]"
)  # what a quoted-string cannot hold as it is (RFC 9110, 5.6.4)
_SWITCH = (
    f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nServer: {SERVER}\r\n"
    "Sec-WebSocket-Accept: %s\r\nX-Request-Id: %s\r\n\r\n"
)

# What a refusal must carry beside its document: RFC 9110, 15.5.6, 15.5.22 and 11.6.1; RFC 6455, 4.4.
_DEMANDED = {
    405: (("Allow", "GET"),),
    426: (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")),
}

_STANDINGS = {
    Standing.UNKNOWN: Refused(
        "token-user-unknown", "The token is good, and its user is gone, or signed out."
    ),
    Standing.LOCKED: Refused("token-lacks-permission", "The token is good, and its user is locked."),
}
_NEXT = 1  # seconds; the next one starts as this one ends, and clients spread themselves by jitter
_TICKET = Refused("token-expired", "The ticket was used before, is older than 30 s, or never was one.")


class Decision(NamedTuple):
    """What to send, and who sits down where it is a 101; a refusal's connection is closed after it."""

    answer: bytes
    seat: Seat | None = None


class Gate:
    """`observers` are told of every attempt (the log, the traces, the counts), `crashed` of faults of the service's own."""

    def __init__(
        self,
        settings: ServiceSettings,
        clock: Clock,
        verifier: Verifier,
        accounts: Accounts,
        tickets: Tickets,
        limits: Limits,
        readiness: Readiness,
        observers: tuple[Callable[[Attempt], None], ...],
        crashed: Callable[[BaseException, str], None],
    ) -> None:
        self._settings, self._clock = settings, clock
        self._verifier, self._accounts, self._tickets = verifier, accounts, tickets
        self._limits, self._readiness = limits, readiness
        self._trust = Trust(settings.trusted_proxies)
        self._origins = tuple(origin.lower().rstrip("/") for origin in settings.origins)
        self._observers, self._crashed = observers, crashed

    def decide(self, raw: bytes, peer: str, *, tls: bool) -> Decision:
        """Judge a whole request head; whoever gets a seat is counted as open."""
        head = parse(raw)
        client, trace_id = self._client(head, peer), _trace_id(head)
        outcome = self._outcome(head, client, trace_id)
        if isinstance(outcome, Seat):
            self._limits.enter(outcome)
            self._record(head, peer, client, trace_id, 101, Refused("", "", outcome.user), tls=tls)
            accept = accept_value(head.last["sec-websocket-key"])
            return Decision((_SWITCH % (accept, trace_id)).encode("ascii"), outcome)
        reply = self._reply(outcome, trace_id)
        self._record(head, peer, client, trace_id, reply.status, outcome, tls=tls)
        return Decision(_bytes(reply, self._clock.now(), bodiless=head.method == "HEAD"))

    def reject(self, refused: Refused, raw: bytes, peer: str, *, tls: bool, answered: bool = True) -> bytes:
        """Record what can be no handshake at all, and return the answer for those who read HTTP."""
        head = parse(raw)
        trace_id = _trace_id(head)
        reply = self._reply(refused, trace_id)
        status = reply.status if answered else 0
        self._record(head, peer, self._client(head, peer), trace_id, status, refused, tls=tls)
        return _bytes(reply, self._clock.now(), bodiless=head.method == "HEAD")

    def refuse(self, scope: Mapping[str, Any]) -> Reply:
        """Answer a request to the notifications' path that HTTP took for an ordinary one (an ASGI scope)."""
        head = parse(_head_of(scope))
        peer = scope["client"][0] if scope.get("client") else ""
        trace_id, client = _trace_id(head), self._client(head, peer)
        outcome = judge(head, self._origins)
        if isinstance(
            outcome, Asked
        ):  # HTTP has answered an earlier request after this one came, and reads no more
            outcome = Refused(
                "server-error", "The handshake came before the answer to the request before it."
            )
        reply = self._reply(outcome, trace_id)
        self._record(head, peer, client, trace_id, reply.status, outcome, tls=scope.get("scheme") == "https")
        return reply

    # ---- judging

    def _outcome(self, head: Incoming, client: str, trace_id: str) -> Seat | Refused:
        try:
            asked = judge(head, self._origins)
            return self._seat(asked, client, trace_id) if isinstance(asked, Asked) else asked
        except Exception as error:  # noqa: BLE001 - whatever it was, the client gets an answer and the log the place
            self._crashed(error, trace_id)
            return Refused("server-error", "The failure is the service's own.")

    def _seat(self, asked: Asked, client: str, trace_id: str) -> Seat | Refused:
        if crowd := self._crowd(client):
            return crowd
        found = asked.fault or self._identify(asked)
        if isinstance(found, Refused):
            return found
        standing = self._accounts.standing(found.user, found.session)
        if standing is not Standing.GOOD:
            return _STANDINGS[standing]._replace(user=found.user)
        if crowd_of_user := self._limits.crowded_by(found.user):
            return Refused("server-overloaded", crowd_of_user, found.user)
        return Seat(found.user, found.session, client, trace_id, asked.device, asked.since, asked.epoch)

    def _crowd(self, client: str) -> Refused | None:
        wait = self._limits.slow_down(client)
        if wait:
            rate = self._settings.handshakes_per_second
            told = f"Your address asks for more than {rate} handshakes a second."
            return Refused("server-overloaded", told, None, math.ceil(wait))
        if self._readiness.draining:
            return Refused("server-overloaded", "The service is draining: it is about to stop.", None, _NEXT)
        reason = self._limits.crowded(client)
        return Refused("server-overloaded", reason) if reason else None

    def _identify(self, asked: Asked) -> Identity | Refused:
        if asked.ticket:
            return self._tickets.redeem(asked.ticket) or _TICKET
        found = self._verifier.verify(asked.token, self._clock.now())
        return found if isinstance(found, Identity) else Refused(found.cause, found.detail, found.user)

    # ---- what is known of the request

    def _client(self, head: Incoming, peer: str) -> str:
        return self._trust.client(peer, head.last.get("x-forwarded-for", ""))

    def _record(
        self,
        head: Incoming,
        peer: str,
        client: str,
        trace_id: str,
        status: int,
        refused: Refused,
        *,
        tls: bool,
    ) -> None:
        attempt = Attempt(
            self._clock.now(), trace_id, peer, client, tls, head.raw, status, refused.cause, refused.detail, refused.user
        )  # fmt: skip
        for observe in self._observers:
            observe(attempt)

    # ---- answers

    def _reply(self, refused: Refused, trace_id: str) -> Reply:
        refusal = REFUSALS[refused.cause]
        problem = document(refusal, refused.detail, trace_id, refused.retry_after)
        extra = _DEMANDED.get(refusal.status, ())
        if refusal.status == 401:
            extra = (("WWW-Authenticate", _challenge(refused)),)
        if problem.retry_after is not UNSET:
            extra = (*extra, ("Retry-After", str(problem.retry_after)))
        headers = (
            ("Content-Type", CONTENT_TYPE), ("X-Request-Id", trace_id), ("Cache-Control", "no-store"), *extra,
        )  # fmt: skip
        return Reply(refusal.status, headers, encode(problem))


def _trace_id(head: Incoming) -> str:
    return identify(head.last.get("x-request-id", ""))


def _challenge(refused: Refused) -> str:
    """RFC 6750, 3: without any credential the challenge "SHOULD NOT include an error code"."""
    if refused.cause == "token-missing":
        return f'Bearer realm="{SERVER}"'
    told = _ASCII_ONLY.sub("", refused.detail)
    return f'Bearer realm="{SERVER}", error="invalid_token", error_description="{told}"'


def _bytes(reply: Reply, now: int, *, bodiless: bool) -> bytes:
    """Return the answer with which a connection ends."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in reply.headers if name != "Connection"])
    closing = "Upgrade, close" if reply.status == 426 else "close"
    head = (
        f"{_first(reply.status)}Date: {_date(now // 1_000)}\r\n{fields}Connection: {closing}\r\n"
        f"Content-Length: {len(reply.body)}\r\n\r\n"
    )
    return head.encode("latin-1") + (b"" if bodiless else reply.body)


@lru_cache(32)
def _first(status: int) -> str:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: {SERVER}\r\n"


@lru_cache(2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _head_of(scope: Mapping[str, Any]) -> bytes:
    """Return the head that an ASGI scope came from; the names' case is lost there."""
    query = b"?" + scope["query_string"] if scope.get("query_string") else b""
    target = (scope.get("raw_path") or PATH.encode()) + query
    line: bytes = (
        scope["method"].encode() + b" " + target + b" HTTP/" + scope["http_version"].encode() + b"\r\n"
    )
    return line + b"".join([name + b": " + value + b"\r\n" for name, value in scope["headers"]]) + b"\r\n"
