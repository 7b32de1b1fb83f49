"""Messages of proxies and servers without what their logs put before them, as people quote them and collectors cut them out.

Only those are here that no other software writes; whole lines are read by the formats, which know more of them.
"""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_REQUEST, _UPSTREAM = "nginx: src/http/ngx_http_request.c", "nginx: src/http/ngx_http_upstream.c"

SAYINGS = (
    *family(
        "nginx",
        Hop.PROXY,
        _REQUEST,
        (
            (Says.PLAIN_HTTP_TO_TLS, "client sent plain HTTP request to HTTPS port", "", ""),
            (
                Says.HEADER_TOO_LARGE,
                "client sent too long ",
                r"client sent too long (?:header line|URI)",
                "client sent too long header line",
            ),
        ),
    ),
    *family(
        "nginx",
        Hop.PROXY,
        _UPSTREAM,
        (
            (
                Says.UPSTREAM_REFUSED,
                " while connecting to upstream",
                r"connect\(\) failed \(\d{1,5}: Connection refused\) while connecting to upstream",
                "connect() failed (111: Connection refused) while connecting to upstream",
            ),
            (
                Says.UPSTREAM_DOWN,
                " while connecting to upstream",
                "no live upstreams while connecting to upstream",
                "no live upstreams while connecting to upstream",
            ),
            (
                Says.UPSTREAM_CLOSED,
                "while reading response header from upstream",
                "upstream prematurely closed connection while reading response header from upstream",
                "upstream prematurely closed connection while reading response header from upstream",
            ),
            (
                Says.UPSTREAM_TIMEOUT,
                "while reading response header from upstream",
                r"upstream timed out \(\d{1,5}: [\w ]{1,40}\) while reading response header from upstream",
                "upstream timed out (110: Connection timed out) while reading response header from upstream",
            ),
        ),
    ),
    *family(
        "nginx",
        Hop.PROXY,
        "nginx: src/core/ngx_connection.c",
        (
            (
                Says.CONNECTIONS,
                "worker_connections are not enough",
                r"\bworker_connections are not enough",
                "512 worker_connections are not enough",
            ),
        ),
    ),
    *family(
        "jetty",
        Hop.SERVER,
        "Jetty: NegotiatingServerConnection.java",
        (
            (
                Says.HTTP_VERSION,  # it asks for HTTP/2 alone, and a handshake is HTTP/1.1
                "Could not negotiate protocol from client[",
                r"Could not negotiate protocol from client\[(?:http/1\.[01][, ]{0,2}){1,2}\] and server\[h2\]",
                "Could not negotiate protocol from client[http/1.1] and server[h2]",
            ),
        ),
    ),
)
