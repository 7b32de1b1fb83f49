"""Plain ws:// comes to a port that speaks TLS.

## What happens
nginx answers 400 “The plain HTTP request was sent to HTTPS port”. Client libraries keep the number alone, and the log shows
nothing.

## Why
A scheme does not fit its port. nginx writes the decisive line at level `info`, and `error_log` is usually at `error` or `warn`.

## How we know
The URL has ws:// and meets a `listen … ssl`; or a server of sockets speaks TLS, has no `error_page 497`, and logs nothing of it.

## What to do
Use `wss://`. To see such clients: `error_log … info;` for this server, or an `error_page 497` that tells them.
"""

from collections.abc import Iterator

from ws101.nginx.model import Model, Server
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import Directive, flattened

_CAUSE = "plaintext-to-tls-port"


def _check(scene: Scene) -> Iterator[Offence]:
    for way in scene.ways:
        state, server = way.route.state, way.route.server
        if state is None or server is None:
            continue
        listen = next(
            (one.directive for one in server.listens if one.port == way.route.ask.port), server.directive
        )
        if state.error == 497 and listen is not None:
            yield offence(
                way, listen, f"{way.url} speaks plain HTTP to a port that speaks TLS", remedy="use wss://"
            )
        elif way.route.ask.tls and not _pages(server):
            line = _log(server, scene.model)
            if line is None or (line.arguments[1:2] or ("error",))[0] not in {"info", "debug"}:
                place = line or listen
                message = "a client that speaks plain ws:// to this TLS port gets 400, and no log says why"
                if place is not None:
                    yield offence(way, place, message, remedy="error_log … info;", severity=Severity.NOTE)


def _pages(server: Server) -> bool:
    return any("497" in line.arguments for line in server.nearest("error_page"))


def _log(server: Server, model: Model) -> Directive | None:
    lines = server.nearest("error_log") or [
        one for one in flattened(model.configuration.main.directives) if one.name == "error_log"
    ]
    return lines[-1] if lines else None


RULE = Rule("plain-to-tls-port", Severity.ERROR, _CAUSE, __doc__, _check)
