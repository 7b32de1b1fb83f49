"""What the tests of the model begin with: a model from text, and the way of one request through it."""

from ws101.handshake.headers import Headers
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import Model, understand
from ws101.nginx.route import Route, route


def model(text: str) -> Model:
    """Return the model of the inside of an http block."""
    return understand(
        assemble("n", lambda name: (Source(name, f"http {{ {text} }}"),) if name == "n" else ())
    )


def asked(target: str = "/", host: str = "a.test", *fields: tuple[str, str], **named) -> Ask:
    """Return a request; a `host` that is empty leaves the Host out."""
    hosts = [("Host", host)] if host else []
    return Ask(
        target, Headers.of([*hosts, *fields]), **{"address": "127.0.0.1", "client": "127.0.0.1", **named}
    )


def way(text: str, ask: Ask | None = None) -> Route:
    """Return the way of a request through the inside of an http block."""
    return route(model(text), ask or asked())
