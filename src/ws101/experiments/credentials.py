"""Experiments on the credentials: with, without, broken, tidied, fresh, and carried in another place."""

from collections.abc import Callable

from ws101.attempt import Sending
from ws101.evidence import Evidence
from ws101.experiment import Experiment
from ws101.handshake.request import Request
from ws101.terms import Family
from ws101.tokens import credential
from ws101.tokens.reading import Credential, Place

Change = Callable[[Sending, Evidence], Sending | None]


def on_first(change: Callable[[Request, Credential, Evidence], Request | None]) -> Change:
    """Return the change of a sending that this change of its first credential makes; None without a credential."""

    def apply(sending: Sending, evidence: Evidence) -> Sending | None:
        found = credential.find(sending.request)
        request = change(sending.request, found[0], evidence) if found else None
        return None if request is None or request == sending.request else sending.asking(request)

    return apply


def _with_value(choose: Callable[[Credential, Evidence], str | None]) -> Change:
    def change(request: Request, found: Credential, evidence: Evidence) -> Request | None:
        value = choose(found, evidence)
        return None if value is None else credential.replaced(request, found, value)

    return on_first(change)


def _moved(place: Place) -> Change:
    def change(request: Request, found: Credential, _: Evidence) -> Request | None:
        return None if found.place is place else credential.moved(request, found, place)

    return on_first(change)


def _authorization(write: Callable[[Credential], str]) -> Change:
    def change(request: Request, found: Credential, _: Evidence) -> Request | None:
        if found.place is not Place.HEADER:
            return None
        return request.with_headers(request.headers.replaced(found.name, write(found)))

    return on_first(change)


def _tidy(request: Request, found: Credential, _: Evidence) -> Request | None:
    return credential.tidied(request, found)


def _twice(request: Request, found: Credential, _: Evidence) -> Request | None:
    if found.place is not Place.HEADER:
        return None
    return request.with_headers(request.headers.added((found.name, request.headers.get(found.name))))


def _without(request: Request, _: Credential, __: Evidence) -> Request:
    return credential.without(request)


TIDY = Experiment(
    "tidy-token", Family.REPAIR, "with the token freed of quotes, blanks and doubled words", on_first(_tidy)
)
FRESH = Experiment(
    "fresh-token",
    Family.REPAIR,
    "with the token signed anew and valid now",
    _with_value(lambda _, e: e.fresh_token),
)
IN_HEADER = Experiment(
    "token-in-header", Family.REPAIR, "with the token in Authorization: Bearer", _moved(Place.HEADER)
)
IN_QUERY = Experiment(
    "token-in-query", Family.REPAIR, "with the token in the query, under the name token", _moved(Place.QUERY)
)
IN_SUBPROTOCOL = Experiment(
    "token-in-subprotocol",
    Family.REPAIR,
    "with the token in Sec-WebSocket-Protocol",
    _moved(Place.SUBPROTOCOL),
)
IN_COOKIE = Experiment("token-in-cookie", Family.REPAIR, "with the token in a cookie", _moved(Place.COOKIE))
SHORT = Experiment(
    "short-token", Family.DAMAGE, "with one letter in the token's place", _with_value(lambda *_: "x")
)
WITHOUT = Experiment("without-token", Family.DAMAGE, "without any token", on_first(_without))
BROKEN = Experiment(
    "broken-token",
    Family.DAMAGE,
    "with the token's signature broken",
    _with_value(lambda c, _: credential.broken(c.value)),
)
STALE = Experiment(
    "expired-token",
    Family.DAMAGE,
    "with the token signed anew but expired",
    _with_value(lambda _, e: e.stale_token),
)
NO_BEARER = Experiment(
    "no-bearer", Family.DAMAGE, "without the word Bearer", _authorization(lambda c: c.value)
)
DOUBLE_BEARER = Experiment(
    "double-bearer", Family.DAMAGE, "with Bearer twice", _authorization(lambda c: f"Bearer Bearer {c.value}")
)
QUOTED = Experiment(
    "quoted-token",
    Family.DAMAGE,
    "with quotes around the token",
    _authorization(lambda c: f'Bearer "{c.value}"'),
)
TWICE = Experiment("token-twice", Family.DAMAGE, "with Authorization twice", on_first(_twice))
IN_QUERY_ONLY = Experiment(
    "token-in-query-only", Family.DAMAGE, "with the token in the query alone", _moved(Place.QUERY)
)
