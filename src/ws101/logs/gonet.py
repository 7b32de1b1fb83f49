"""What Go's net/http and crypto/tls say in the logs of proxies that are written in Go: of clients, and of the next hop."""

from typing import Any

from ws101.logs.entry import NO_FIELDS
from ws101.logs.wording import recognise, worded
from ws101.signature import Says

HANDSHAKE = "TLS handshake error from "
# net/http: server.go, `http: TLS handshake error from 192.0.2.1:4711: …`
OF_CLIENTS = tuple(
    worded(
        "Go: src/crypto/tls, src/net/http/server.go",
        (Says.PLAIN_HTTP_TO_TLS, "client sent an HTTP request to an HTTPS server"),
        (Says.TLS_VERSION, "client offered only unsupported versions"),
        (Says.TLS_VERSION, "no cipher suite supported by both"),
        (Says.TLS_VERSION, "protocol version not supported"),
        (Says.CLIENT_CERTIFICATE_MISSING, "client didn't provide a certificate"),
        (Says.CLIENT_CERTIFICATE_BAD, "failed to verify certificate"),
        (Says.CLIENT_CERTIFICATE_BAD, "failed to verify client certificate"),
        (Says.TLS_SERVER_NAME, "no certificates configured"),
        (Says.TLS_SERVER_NAME, "no certificate available for"),
        (Says.TLS_SERVER_NAME, "unrecognized name"),
        (Says.TLS_UNTRUSTED, "unknown certificate"),  # also `… authority`
        (Says.TLS_UNTRUSTED, "remote error: tls: bad certificate"),
        (Says.TLS_EXPIRED, "remote error: tls: expired certificate"),
        (Says.PROXY_PROTOCOL, "proxyproto:"),
    )
)
OF_UPSTREAMS = tuple(
    worded(
        "Go: src/net, src/net/http/transport.go",
        (Says.UPSTREAM_REFUSED, "connection refused"),
        (Says.UPSTREAM_REFUSED, "connect: no such file or directory"),
        (Says.UPSTREAM_NAME, "no such host"),
        (Says.UPSTREAM_NAME, "dial tcp: lookup "),
        (Says.UPSTREAM_TLS, "TLS handshake timeout"),
        (Says.UPSTREAM_TLS, "failed to verify certificate"),
        (Says.UPSTREAM_TLS, "x509: "),
        (Says.UPSTREAM_TLS, "does not look like a TLS handshake"),
        (Says.UPSTREAM_TLS, "server gave HTTP response to HTTPS client"),
        (Says.UPSTREAM_TLS, "remote error: tls: "),
        (Says.UPSTREAM_TIMEOUT, "timeout awaiting response headers"),
        (Says.UPSTREAM_TIMEOUT, "i/o timeout"),
        (Says.UPSTREAM_TIMEOUT, "context deadline exceeded"),
        (Says.UPSTREAM_INVALID, "malformed HTTP"),
        (Says.UPSTREAM_INVALID, "malformed MIME header"),
        (Says.UPSTREAM_INVALID, "exceeded MaxHeaderBytes"),
        (Says.UPSTREAM_DOWN, "no upstreams available"),
        (Says.UPSTREAM_DOWN, "network is unreachable"),
        (Says.UPSTREAM_DOWN, "no route to host"),
        (Says.UPSTREAM_CLOSED, "connection reset by peer"),
        (Says.UPSTREAM_CLOSED, "broken pipe"),
        (Says.UPSTREAM_CLOSED, "EOF"),
        (Says.NOTHING, "context canceled"),  # the client went away
    )
)


def of_handshake(message: str) -> tuple[dict[str, Any], str]:
    """Return what is told of a client with which TLS failed, as Entry's fields, and the reason."""
    peer, _, reason = message.partition(HANDSHAKE)[2].partition(": ")
    client, _, port = peer.rpartition(":")
    wording = recognise(reason, OF_CLIENTS)
    says = wording.says if wording else Says.NOTHING
    told = {
        "client": client.strip("[]"),
        "scheme": "http" if says is Says.PLAIN_HTTP_TO_TLS else "https",
        "identity": {"client-port": port} if port else NO_FIELDS,
        "says": says,
    }
    return told, reason
