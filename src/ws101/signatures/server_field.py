"""Servers that sign in a field what an application answers in its own words; the last resort, and never a reason.

Proxies are left out: they sign what they pass on as well.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import Mark, server, whole
from ws101.terms import Hop

_SIGNED: tuple[tuple[str, Mark, str], ...] = (
    ("uvicorn", server(r"uvicorn\Z"), "observed: uvicorn 0.54.0"),
    ("hypercorn", server("hypercorn-"), "observed: hypercorn 0.18.0"),
    ("daphne", server(r"daphne\Z"), "observed: daphne 4.2.3"),
    ("granian", server(r"granian\Z"), "observed: granian 2.8.7"),
    ("websockets", server(r"python/[\d.]+ websockets/"), "observed: websockets 17.4"),
    ("aiohttp", server(r"python/[\d.]+ aiohttp/"), "observed: aiohttp 3.14.5"),
    ("tornado", server("tornadoserver/"), "observed: Tornado 6.6.1"),
    ("werkzeug", server("werkzeug/"), "observed: Werkzeug 3.1.9"),
    ("gunicorn", server("gunicorn"), "observed: gunicorn 27.0.1"),
    ("jetty", server(r"jetty\("), "observed: Jetty 9.4.57"),
    (
        "kestrel",
        server(r"kestrel\Z"),
        "https://learn.microsoft.com/en-us/aspnet/core/fundamentals/servers/kestrel",
    ),
    ("express", ("x-powered-by", whole("Express")), "observed: Express 5.3.0 on Node.js 20"),
)

SIGNATURES = tuple(
    Signature(f"{software}-signed", software, Hop.SERVER, Says.NOTHING, source, headers=(mark,))
    for software, mark, source in _SIGNED
)
