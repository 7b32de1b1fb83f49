"""The table of signatures; the first that fits names the author of an answer. One file per software, or per family."""

from functools import lru_cache

from ws101.handshake.answer import Answer, Kind
from ws101.signature import Signature
from ws101.signatures import (
    aiohttp,
    akamai,
    apache,
    aspnet,
    aws_alb,
    azure,
    caddy,
    cloudflare,
    cloudfront,
    daphne,
    django,
    envoy,
    fastly,
    gcp,
    go,
    haproxy,
    heroku,
    hypercorn,
    iis,
    java,
    kong,
    lighttpd,
    nginx,
    node,
    phoenix,
    php,
    rails,
    rfc6455,
    rust,
    sanic,
    server_field,
    socketio,
    starlette,
    tornado,
    traefik,
    uvicorn,
    varnish,
    websockets,
    werkzeug,
    words,
    ws101_timers,
)

SIGNATURES: tuple[Signature, ...] = (
    # problem documents that name a cause, a proxy's among them
    *ws101_timers.SIGNATURES,
    # edges
    *cloudflare.SIGNATURES,
    *cloudfront.SIGNATURES,
    *akamai.SIGNATURES,
    *fastly.SIGNATURES,
    # proxies
    *aws_alb.SIGNATURES,
    *azure.SIGNATURES,
    *gcp.SIGNATURES,
    *heroku.SIGNATURES,
    *nginx.SIGNATURES,
    *apache.SIGNATURES,
    *haproxy.SIGNATURES,
    *caddy.SIGNATURES,
    *traefik.SIGNATURES,
    *envoy.SIGNATURES,
    *varnish.SIGNATURES,
    *lighttpd.SIGNATURES,
    *kong.SIGNATURES,
    *iis.SIGNATURES,
    # servers that name their reason
    *websockets.SIGNATURES,
    *sanic.SIGNATURES,
    *daphne.SIGNATURES,
    *rust.SIGNATURES,
    *aiohttp.SIGNATURES,
    *tornado.SIGNATURES,
    *socketio.SIGNATURES,
    *node.SIGNATURES,
    *go.SIGNATURES,
    *java.SIGNATURES,
    *phoenix.SIGNATURES,
    *php.SIGNATURES,
    *rails.SIGNATURES,
    *aspnet.SIGNATURES,
    # servers and frameworks that hardly do
    *uvicorn.SIGNATURES,
    *starlette.SIGNATURES,
    *hypercorn.SIGNATURES,
    *werkzeug.SIGNATURES,
    *django.SIGNATURES,
    # marks that many share
    *rfc6455.SIGNATURES,
    *words.SIGNATURES,
    *server_field.SIGNATURES,
)


@lru_cache(maxsize=128)  # a diagnosis asks some hundred times of some dozen answers, and a page may be long
def recognise(answer: Answer) -> Signature | None:
    """Return the first signature that fits an HTTP answer, or None when its author left no mark that is known."""
    if answer.kind is not Kind.HTTP:
        return None
    return next((signature for signature in SIGNATURES if signature.fits(answer)), None)
