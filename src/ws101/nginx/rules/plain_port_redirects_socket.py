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

from ws101.nginx.offence import offence
from ws101.nginx.outcome import Answered
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.sockets import Told, Way, asked_again

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        if not way.route.ask.tls:
            yield from _redirected(way, Severity.ERROR if way.told is Told.URL else Severity.WARNING)
        else:
            headers = way.route.ask.headers
            host = headers.get("host").partition(":")[0]
            plain = asked_again(
                way, scene.model, tls=False, port=80, server_name=None, headers=headers.replaced("Host", host)
            )
            yield from _redirected(plain, Severity.NOTE)


def _redirected(way: Way, severity: Severity) -> Iterator[Offence]:
    answer = way.route.outcome
    if not isinstance(answer, Answered) or answer.status not in _REDIRECTS or answer.by is None:
        return
    if answer.location.startswith("https:"):
        message = f"{way.url} is redirected to https, and WebSocket clients do not follow"
        yield offence(way, answer.by, message, remedy="let the client use wss://", severity=severity)


RULE = Rule("plain-port-redirects-socket", Severity.ERROR, "redirected", __doc__, _check)
