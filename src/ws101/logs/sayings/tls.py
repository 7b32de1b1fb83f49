"""What TLS libraries say whoever uses them: OpenSSL through Python and Node, and Java's; errno's words beside them.

They tell of a handshake only where the text is about a WebSocket.
"""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

_OPENSSL = "observed: OpenSSL 3.0 through Python 3.11, Node.js 20, curl and websocat"
_JAVA = "observed: OpenJDK 17; sun.security.ssl, sun.security.validator"
_ERRNO = "observed: Python 3.11, Java 17; strerror(3)"

# On an open socket the same words mean that it was lost.
_MAKING = r"(?i:handshake|\bdial\b|connect(?:ing)? to|establish|could not connect|unable to connect)"

MAKING = family(
    "the client",
    Hop.CLIENT,
    _ERRNO + "; only where it is said that the connection was being made",
    (
        (
            Says.CLOSED,
            "eset",
            rf"{_MAKING}.{{0,200}}(?:ECONNRESET|[Cc]onnection reset)",
            "WebSocket handshake failed: ConnectionResetError: [Errno 104] Connection reset by peer",
        ),
        (
            Says.UNREACHABLE,
            "imed out",
            rf"{_MAKING}.{{0,200}}[Cc]onnection timed out",
            "failed to connect to wss://example.com: [Errno 110] Connection timed out",
        ),
    ),
    vague=True,
)

SAYINGS = (
    *family(
        "the client",
        Hop.CLIENT,
        _OPENSSL,
        (
            (
                Says.TLS_WRONG_VERSION,
                "WRONG_VERSION_NUMBER",
                "",
                "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
            ),
            (
                Says.TLS_WRONG_VERSION,
                "wrong version number",
                r"(?:SSL|ssl)\b.{0,80}wrong version number",
                "write EPROTO error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps",
            ),
            (
                Says.TLS_WRONG_VERSION,
                "packet length too long",
                r"SSL routines:{1,2}\w{0,40}:{0,2}packet length too long",
                "error:0A0000C6:SSL routines:tls_get_more_records:packet length too long",
            ),
            (
                Says.TLS_NAME,
                "certificate verify failed: ",
                r"certificate verify failed: (?:Hostname mismatch|IP address mismatch)",
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'example.com'. (_ssl.c:1006)",
            ),
            (
                Says.TLS_EXPIRED,
                "certificate verify failed: certificate has expired",
                "",
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
            ),
            (
                Says.TLS_NOT_YET_VALID,
                "certificate verify failed: certificate is not yet valid",
                "",
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid (_ssl.c:1006)",
            ),
            (
                Says.TLS_UNTRUSTED,
                "certificate verify failed",
                r"certificate verify failed: (?:self[- ]signed certificate|unable to get (?:local )?issuer certificate)|certificate verify failed:.{0,120}\((?:self-signed certificate|unable to get local issuer certificate)",
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)",
            ),
            (
                Says.TLS_UNTRUSTED,
                "SELF_SIGNED_CERT",
                r"\b(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)\b",
                "code: 'DEPTH_ZERO_SELF_SIGNED_CERT'",
            ),
            (
                Says.TLS_UNTRUSTED,
                "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
                "",
                "code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'",
            ),
            (
                Says.TLS_UNTRUSTED,
                "UNABLE_TO_GET_ISSUER_CERT",
                "",
                "code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'",
            ),
            (Says.TLS_EXPIRED, "CERT_HAS_EXPIRED", "", "code: 'CERT_HAS_EXPIRED'"),
            (Says.TLS_NOT_YET_VALID, "CERT_NOT_YET_VALID", "", "code: 'CERT_NOT_YET_VALID'"),
            (
                Says.TLS_NAME,
                "Hostname/IP does not match certificate's altnames",
                "",
                "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: example.com. is not in the cert's altnames: DNS:other.test",
            ),
            (
                Says.TLS_UNTRUSTED,
                "self-signed certificate",
                r"\bError: self[- ]signed certificate",
                "Error: self-signed certificate",
            ),
            (
                Says.TLS_EXPIRED,
                "certificate has expired",
                r"\bError: certificate has expired",
                "Error: certificate has expired",
            ),
            (
                Says.TLS_VERSION,
                "TLSV1_ALERT_PROTOCOL_VERSION",
                "",
                "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)",
            ),
            (
                Says.TLS_VERSION,
                "UNSUPPORTED_PROTOCOL",
                r"\[SSL: UNSUPPORTED_PROTOCOL\]",
                "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1006)",
            ),
            (
                Says.TLS_SERVER_NAME,
                "unrecognized name",
                r"(?i:tlsv1)[ _](?i:unrecognized)[ _](?i:name)|alert unrecognized name",
                "tlsv1 unrecognized name",
            ),
            (
                Says.CLIENT_CERTIFICATE_MISSING,
                "ALERT_CERTIFICATE_REQUIRED",
                "",
                "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2580)",
            ),
            (
                Says.CLIENT_CERTIFICATE_MISSING,
                "alert certificate required",
                "",
                "tlsv13 alert certificate required",
            ),
        ),
        vague=True,
    ),
    *family(
        "java",
        Hop.CLIENT,
        _JAVA,
        (
            (
                Says.TLS_EXPIRED,
                "CertificateExpiredException: NotAfter",
                "",
                "java.security.cert.CertificateExpiredException: NotAfter: Thu Nov 26 01:00:00 UTC 2026",
            ),
            (
                Says.TLS_NOT_YET_VALID,
                "CertificateNotYetValidException: NotBefore",
                "",
                "java.security.cert.CertificateNotYetValidException: NotBefore: Thu Nov 26 01:00:00 UTC 2026",
            ),
            (
                Says.TLS_NAME,
                "No subject alternative ",
                r"No subject alternative (?:DNS name matching (?P<host>\S{1,255}) found|names matching IP address)",
                "java.security.cert.CertificateException: No subject alternative DNS name matching example.com found.",
            ),
            (
                Says.TLS_UNTRUSTED,
                "PKIX path building failed",
                "",
                "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
            ),
            (
                Says.TLS_UNTRUSTED,
                "Trust anchor for certification path not found",
                "",
                "java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.",
            ),
            (
                Says.TLS_WRONG_VERSION,
                "SSL message",
                r"SSLException: (?:Unsupported or unrecognized|Unrecognized) SSL message",
                "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message",
            ),
            (
                Says.TLS_VERSION,
                "Received fatal alert: protocol_version",
                "",
                "javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version",
            ),
            (
                Says.TLS_SERVER_NAME,
                "Received fatal alert: unrecognized_name",
                "",
                "javax.net.ssl.SSLHandshakeException: Received fatal alert: unrecognized_name",
            ),
            (
                Says.CLIENT_CERTIFICATE_MISSING,
                "Received fatal alert: certificate_required",
                "",
                "javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_required",
            ),
            (
                Says.NAME_UNKNOWN,
                "java.net.UnknownHostException: ",
                r"java\.net\.UnknownHostException: (?P<host>[\w.-]{1,255})",
                "java.net.UnknownHostException: nope.invalid: Name or service not known",
            ),
            (Says.NAME_UNKNOWN, "java.nio.channels.UnresolvedAddressException", "", ""),
            (
                Says.CLOSED,
                "HTTP/1.1 header parser received no bytes",
                "",
                "java.io.IOException: HTTP/1.1 header parser received no bytes",
            ),
            (Says.NOTHING, "java.net.SocketException: Connection reset", "", ""),
            (
                Says.UNREACHABLE,
                "java.net.SocketTimeoutException: ",
                r"java\.net\.SocketTimeoutException: (?:failed to connect|[Cc]onnect timed out)",
                "java.net.SocketTimeoutException: failed to connect to example.com/203.0.113.1 (port 443)",
            ),
            (
                Says.UNREACHABLE,
                "java.net.NoRouteToHostException",
                "",
                "java.net.NoRouteToHostException: No route to host",
            ),
        ),
        vague=True,
    ),
    *family(
        "the client",
        Hop.CLIENT,
        _ERRNO,
        (
            (
                Says.REFUSED,
                "onnect call failed",
                r"\[Errno 1?[16]1\] Connect call failed",
                "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 9)",
            ),
            (
                Says.REFUSED,
                "onnection refused",
                r"\b[Cc]onnection refused\b",
                "ConnectionRefusedError: [Errno 111] Connection refused",
            ),
            (
                Says.REFUSED,
                "ConnectException: Failed to connect to ",
                "",
                "java.net.ConnectException: Failed to connect to /127.0.0.1:9",
            ),
            (
                Says.NAME_UNKNOWN,
                "Name or service not known",
                "",
                "socket.gaierror: [Errno -2] Name or service not known",
            ),
            (
                Says.NAME_UNKNOWN,
                "nodename nor servname provided",
                "",
                "socket.gaierror: [Errno 8] nodename nor servname provided, or not known",
            ),
            (
                Says.NAME_UNKNOWN,
                "Temporary failure in name resolution",
                "",
                "socket.gaierror: [Errno -3] Temporary failure in name resolution",
            ),
            (Says.NAME_UNKNOWN, "No such host is known", "", "No such host is known."),
            (
                Says.NOTHING,
                "onnection reset by peer",
                r"\b[Cc]onnection reset by peer\b",
                "ConnectionResetError: [Errno 104] Connection reset by peer",
            ),
            (
                Says.NOTHING,
                "onnection timed out",
                r"\b[Cc]onnection timed out\b",
                "TimeoutError: [Errno 110] Connection timed out",
            ),
            (
                Says.UNREACHABLE,
                "o route to host",
                r"\b[Nn]o route to host\b",
                "OSError: [Errno 113] No route to host",
            ),
            (
                Says.UNREACHABLE,
                "etwork is unreachable",
                r"\b[Nn]etwork is unreachable\b",
                "OSError: [Errno 101] Network is unreachable",
            ),
        ),
        vague=True,
    ),
)
