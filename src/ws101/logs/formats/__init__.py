"""The table of formats, the most particular first: the first that opens with a line's text reads it."""

import re
from collections.abc import Collection, Sequence

from ws101.logs.format import Format
from ws101.logs.formats import (
    actix,
    aiohttp,
    apache_access,
    apache_error,
    aws_alb,
    azure_gateway,
    caddy,
    cloudflare,
    cloudfront,
    combined,
    daphne,
    envoy,
    go_access,
    google_lb,
    granian,
    guide_access,
    guide_client,
    guide_server,
    haproxy,
    har,
    heroku,
    hypercorn,
    iis,
    kestrel,
    kong,
    ktor,
    ktor_client,
    logfmt,
    nginx_access,
    nginx_debug,
    nginx_error,
    nginx_extended,
    nginx_json,
    node_access,
    okhttp,
    phoenix,
    python_errors,
    rails,
    structured,
    tornado,
    traefik,
    uvicorn,
    websocket_client,
    websockets,
    words,
    ws101_timers,
)

FORMATS: tuple[Format, ...] = (
    # the guide's blocks, and ws101's own service
    *guide_client.FORMATS,
    guide_server.FORMAT,
    # what clients print of whole requests and answers
    ktor_client.FORMAT,
    okhttp.FORMAT,
    websocket_client.FORMAT,
    ws101_timers.FORMAT,
    guide_access.FORMAT,
    # servers whose lines others would take for their own
    hypercorn.FORMAT,
    *websockets.FORMATS,
    # proxies
    nginx_debug.FORMAT,
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
    google_lb.FORMAT,
    azure_gateway.FORMAT,
    heroku.FORMAT,
    kong.FORMAT,
    cloudflare.FORMAT,
    cloudfront.FORMAT,
    nginx_extended.FORMAT,
    # servers
    *uvicorn.FORMATS,
    daphne.FORMAT,
    aiohttp.FORMAT,
    *tornado.FORMATS,
    python_errors.FORMAT,
    ktor.FORMAT,
    node_access.FORMAT,
    go_access.FORMAT,
    rails.FORMAT,
    phoenix.FORMAT,
    kestrel.FORMAT,
    iis.FORMAT,
    actix.FORMAT,
    granian.FORMAT,
    *combined.FORMATS,
    # whole documents, and what says something of a handshake whoever wrote it
    har.FORMAT,
    structured.FORMAT,
    logfmt.FORMAT,
    *words.FORMATS,
)


def with_formats(*extra: Format) -> tuple[Format, ...]:
    """Return the table with these before it, as those that a configuration names."""
    return (*extra, *FORMATS)


def likeliest(
    source: str, formats: Sequence[Format] = FORMATS, beside: Collection[str] = ()
) -> tuple[Format, ...]:
    """Return the formats with those first whose software the source's name names: some write the same lines.

    Behind them come those of a proxy that alone wrote errors `beside`.
    """
    words = re.split(r"[^a-z]+", source.lower())
    alone = beside if len(beside) == 1 else ()

    def rank(form: Format) -> int:
        return 0 if _named(form.software, words) else 1 if form.software in alone else 2

    return tuple(sorted(formats, key=rank))


def proxies(text: str) -> frozenset[str]:
    """Return which software wrote errors among these lines, of those whose access logs cannot be told apart."""
    lines = text.splitlines()
    return frozenset(form.software for form in _TELLING if any(form.opens(line) for line in lines))


def _named(software: str, words: Sequence[str]) -> bool:
    names = _FURTHER_NAMES.get(software, (software,))
    return any(word.startswith(name) for name in names if len(name) > 2 for word in words)


_TELLING = (nginx_error.FORMAT, apache_error.FORMAT)
_FURTHER_NAMES = {"apache": ("apache", "httpd"), "aws-alb": ("elasticloadbalancing",)}
