"""Who wrote an answer, and which hop shows itself: by what it writes, how it signs, or by speaking otherwise than what is behind it."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from ws101.handshake.answer import Answer, Kind
from ws101.signature import Signature
from ws101.terms import Hop

_BETWEEN = frozenset({Hop.PROXY, Hop.CDN})

_PROXIES = (
    "nginx",
    "openresty",
    "cloudflare",
    "envoy",
    "caddy",
    "traefik",
    "haproxy",
    "apache",
    "varnish",
    "awselb",
)

_EDGES = (
    ("Cloudflare", "cf-ray", ""), ("Cloudflare", "server", "cloudflare"),
    ("Amazon CloudFront", "x-amz-cf-id", ""), ("Amazon CloudFront", "via", "cloudfront"),
    ("Fastly", "x-served-by", "cache-"), ("Akamai", "server", "akamai"), ("Akamai", "akamai-grn", ""),
    ("Azure Front Door", "x-azure-ref", ""), ("Imperva", "x-iinfo", ""), ("Sucuri", "x-sucuri-id", ""),
    ("bunny.net", "server", "bunnycdn"),
)  # fmt: skip

# Servers that are written neither in Go nor for Node.js, as they sign or are recognised; then those for Node.js.
_OTHERS = ("python/", "uvicorn", "hypercorn", "daphne", "granian", "tornado", "gunicorn", "werkzeug", "waitress",
           "starlette", "websockets", "aiohttp", "jetty", "tomcat", "kestrel", "cowboy", "puma", "php")  # fmt: skip
_ON_NODE = ("express", "fastify", "nestjs", "ws", "engine.io")


@lru_cache(maxsize=128)  # a diagnosis asks some hundred times of some dozen answers, and a page may be long
def recognise(answer: Answer) -> Signature | None:
    """Return the first signature that fits an HTTP answer, or None when its author left no mark that is known."""
    if answer.kind is not Kind.HTTP:
        return None
    from ws101.signatures import SIGNATURES  # a long table: it is loaded when there is an answer

    return next((signature for signature in SIGNATURES if signature.fits(answer)), None)


def front(refusals: Iterable[Answer]) -> Signature | None:
    """Return the software that answers first: who refused malformed requests, a proxy before what may stand behind it."""
    seen = [signature for answer in refusals if (signature := recognise(answer))]
    return next((s for s in seen if s.hop in _BETWEEN), next(iter(seen), None))


def proxy(wrote: Signature | None, refusals: Sequence[Answer], answers: Sequence[Answer]) -> str:
    """Return the name of a proxy that is seen to stand before the server, or an empty string.

    `wrote` signed the handshake's answer; `refusals` are of malformed requests, `answers` of all.
    """
    for signature in (wrote, front(refusals)):
        if signature is not None and signature.hop in _BETWEEN:
            return signature.software
    for answer in answers:
        server = answer.headers.get("server").lower()
        if known := next((name for name in _PROXIES if name in server), ""):
            return known
        if "via" in answer.headers:
            return answer.headers.get("via").rpartition(" ")[2].lower()
    return _of_another_runtime(refusals, answers)


def _of_another_runtime(refusals: Sequence[Answer], answers: Sequence[Answer]) -> str:
    """Return a proxy that signs nothing, but refuses what is malformed in another runtime's words than a server's behind it."""
    for name, writes, strangers in _RUNTIMES:
        if any(map(writes, refusals)) and any(
            mark in _signed(answer) for answer in answers for mark in strangers
        ):
            return name
    return ""


def _is_go(answer: Answer) -> bool:
    signature = recognise(answer)
    return signature is not None and signature.software == "go net/http"


def _is_node(answer: Answer) -> bool:
    """Whether Node.js wrote this refusal: there is no field in it but Connection, and no body."""
    return (
        answer.status == 400
        and not answer.body
        and [name.lower() for name, _ in answer.headers] == ["connection"]
    )


def _signed(answer: Answer) -> tuple[str, ...]:
    signature = recognise(answer)
    fields = f"{answer.headers.get('server')} {answer.headers.get('x-powered-by')}".lower()
    words = tuple(mark for mark in (*_OTHERS, "express") if mark in fields)
    return (*words, signature.software) if signature else words


_RUNTIMES: tuple[tuple[str, Callable[[Answer], bool], tuple[str, ...]], ...] = (
    ("a proxy in Go", _is_go, (*_OTHERS, *_ON_NODE)),
    ("a proxy on Node.js", _is_node, _OTHERS),
)


def edge(answer: Answer) -> str:
    """Return the name of a content delivery network whose marks an answer bears, or an empty string."""
    return next(
        (
            name
            for name, field, mark in _EDGES
            if field in answer.headers and mark in answer.headers.get(field).lower()
        ),
        "",
    )
