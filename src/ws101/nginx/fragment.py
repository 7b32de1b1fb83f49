"""What is taken for granted where a part of a configuration was given alone: a file of servers, or of locations."""

from msgspec.structs import replace

from ws101.nginx.ask import Ask
from ws101.nginx.listen import Listen
from ws101.nginx.model import Level, Model, Server
from ws101.nginx.tree import Directive, flattened

_OF_HTTP = "this is a part of a configuration: what the main file says around it is not known"
_OF_SERVER = "these are locations without their server: it is taken to be the one that answers, with no settings of its own"


def completed(model: Model, ask: Ask) -> tuple[Model, tuple[str, ...]]:
    """Return the model with a server around locations that stand alone, and what was taken for granted."""
    top = tuple(flattened(model.configuration.main.directives))
    if any(directive.name in {"http", "stream"} for directive in top) or not top:
        return model, ()
    if model.servers or not any(directive.name == "location" for directive in top):
        return model, (_OF_HTTP,) if model.servers else ()
    around = Directive(model.configuration.main, ("server",), 0, 0)
    around.block = list(top)
    server = Server(around, Level("http", None, None, ()))
    server.__dict__["listens"] = (Listen(None, ask.port, frozenset({"ssl"}) if ask.tls else frozenset()),)
    return replace(model, servers=(server,)), (_OF_HTTP, _OF_SERVER)
