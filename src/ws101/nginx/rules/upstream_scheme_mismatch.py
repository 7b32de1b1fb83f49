"""The scheme of proxy_pass does not fit the upstream's port.

## What happens
http to a TLS port: the upstream answers 400 or closes, 502 follows. https to a plain one: `wrong version number` in the error
log, and 502.

## Why
`proxy_pass http://…:443` or `:8443`; or `https://` before an upstream block whose servers have port 80.

## How we know
The scheme in `proxy_pass`, and the port in it or in the `server` lines of the upstream that it names. Ports are a custom:
the line is worth a look, no more.

## What to do
Make scheme and port fit; for TLS to a named upstream also `proxy_ssl_server_name on;`.
"""

from collections.abc import Iterator

from ws101.nginx.model import Model
from ws101.nginx.offence import offence
from ws101.nginx.rule import Offence, Rule, Scene, Severity
from ws101.nginx.tree import Directive

_CAUSE = "upstream-scheme-mismatch"
_TLS, _PLAIN = frozenset({"443", "8443"}), frozenset({"80", "3000", "5000", "8000", "8080"})


def _check(scene: Scene) -> Iterator[Offence]:
    for way, sent, _ in scene.passed:
        if not isinstance(sent.server, str):
            continue
        for line, port in _ports(scene.model, sent.server, sent.by):
            if port in (_TLS if sent.scheme == "http" else _PLAIN):
                usual = "TLS" if sent.scheme == "http" else "plain HTTP"
                message = f"{sent.scheme} is spoken to port {port}, where {usual} is usual"
                related = () if line is sent.by else ((line, "names the port"),)
                yield offence(way, sent.by, message, _CAUSE, related=related)


def _ports(model: Model, server: str, by: Directive) -> Iterator[tuple[Directive, str]]:
    upstream = model.upstreams.get(server.lower())
    if upstream is None:
        yield by, server.rpartition(":")[2] if ":" in server.rpartition("]")[2] else ""
        return
    for line in upstream.children():
        if line.name == "server" and line.arguments:
            where = line.arguments[0]
            yield line, where.rpartition(":")[2] if ":" in where.rpartition("]")[2] else "80"


RULE = Rule("upstream-scheme-mismatch", Severity.WARNING, _CAUSE, __doc__, _check)
