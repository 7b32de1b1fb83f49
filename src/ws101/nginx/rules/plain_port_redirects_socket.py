"""The plain port redirects the handshake to https.

## What happens
`ws://` is answered 301 or 302. Browsers and most clients do not follow redirections in a handshake.

## Why
RFC 6455, 4.1 lets a client follow a 3xx, and nearly none does. The redirection is right for pages, and no help for sockets.

## How we know
The handshake is led through the configuration on the plain port, and ends in the redirection.

## What to do
Let clients use `wss://`; keep the redirection.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from ws101.nginx.model import Model
from ws101.nginx.offence import offence
from ws101.nginx.outcome import Answered
from ws101.nginx.route import route
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Told, Way

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        if not way.route.ask.tls:
            yield from _redirected(way, Severity.ERROR if way.told is Told.URL else Severity.WARNING)
        else:
            yield from _redirected(_on_plain_port(way, scene.model), Severity.NOTE)


def _on_plain_port(way: Way, model: Model) -> Way:
    """Return the same handshake as it comes to the plain port; what is passed on there is not looked at."""
    ask = way.route.ask
    headers = ask.headers.replaced("Host", ask.headers.get("host").partition(":")[0])
    plain = replace(ask, tls=False, port=80, server_name=None, headers=headers)
    return replace(way, route=route(model, plain), upstream=None)


def _redirected(way: Way, severity: Severity) -> Iterator[Offence]:
    answer = way.route.outcome
    if not isinstance(answer, Answered) or answer.status not in _REDIRECTS or answer.by is None:
        return
    if answer.location.startswith("https:"):
        message = f"{way.url} is redirected to https, and WebSocket clients do not follow"
        yield offence(way, answer.by, message, remedy="let the client use wss://", severity=severity)


RULE = Rule("plain-port-redirects-socket", Severity.ERROR, "redirected", __doc__, _check)
