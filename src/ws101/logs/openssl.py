"""What OpenSSL says of a handshake of TLS that failed with a client, in the logs of the servers that use it."""

from ws101.logs.wording import worded
from ws101.signature import Says

WORDINGS = tuple(
    worded(
        "OpenSSL: ssl/ssl_err.c",
        (Says.PLAIN_HTTP_TO_TLS, "SSL routines", "http request"),
        (Says.TLS_SERVER_NAME, "unrecognized name"),
        (Says.TLS_UNTRUSTED, "alert unknown ca"),
        (Says.TLS_UNTRUSTED, "alert bad certificate"),
        (Says.TLS_UNTRUSTED, "alert certificate unknown"),
        (Says.TLS_EXPIRED, "alert certificate expired"),
        (Says.TLS_VERSION, "unsupported protocol"),
        (Says.TLS_VERSION, "no shared cipher"),
        (Says.TLS_VERSION, "version too low"),
        (Says.TLS_VERSION, "alert protocol version"),
        (Says.TLS_VERSION, "no suitable signature algorithm"),
        (Says.CLIENT_CERTIFICATE_MISSING, "peer did not return a certificate"),
        (Says.CLIENT_CERTIFICATE_BAD, "certificate verify failed"),
    )
)
