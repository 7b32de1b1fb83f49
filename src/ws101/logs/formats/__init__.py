"""The table of formats, the most particular first: the first that opens with a line's text reads it."""

from ws101.logs.format import Format
from ws101.logs.formats import (
    aiohttp,
    apache_access,
    apache_error,
    aws_alb,
    caddy,
    cloudflare,
    daphne,
    envoy,
    go_access,
    guide_access,
    guide_client,
    guide_server,
    haproxy,
    har,
    hypercorn,
    kestrel,
    ktor,
    nginx_access,
    nginx_error,
    nginx_json,
    node_access,
    phoenix,
    python_errors,
    rails,
    structured,
    tornado,
    traefik,
    uvicorn,
    websockets,
    words,
    ws101_timers,
)

FORMATS: tuple[Format, ...] = (
    # the guide's blocks, and ws101's own service
    *guide_client.FORMATS,
    guide_server.FORMAT,
    ws101_timers.FORMAT,
    guide_access.FORMAT,
    # servers whose lines others would take for their own
    hypercorn.FORMAT,
    *websockets.FORMATS,
    # proxies
    nginx_error.FORMAT,
    *nginx_access.FORMATS,
    nginx_json.FORMAT,
    apache_error.FORMAT,
    *apache_access.FORMATS,
    *haproxy.FORMATS,
    caddy.FORMAT,
    *traefik.FORMATS,
    *envoy.FORMATS,
    aws_alb.FORMAT,
    cloudflare.FORMAT,
    # servers
    *uvicorn.FORMATS,
    daphne.FORMAT,
    aiohttp.FORMAT,
    tornado.FORMAT,
    python_errors.FORMAT,
    ktor.FORMAT,
    node_access.FORMAT,
    go_access.FORMAT,
    rails.FORMAT,
    phoenix.FORMAT,
    kestrel.FORMAT,
    # whole documents, and what says something of a handshake whoever wrote it
    har.FORMAT,
    structured.FORMAT,
    words.FORMAT,
)


def with_formats(*extra: Format) -> tuple[Format, ...]:
    """Return the table with these before it, as those that a configuration names."""
    return (*extra, *FORMATS)
