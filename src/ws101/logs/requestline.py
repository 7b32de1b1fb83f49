r"""What access logs hold in common: the request line, also one that is none."""

from ws101.signature import Says

# What comes where a request line is expected, as it begins; nginx writes `\x16`, Apache too, Envoy and Caddy nothing.
_FOREIGN: tuple[tuple[str, Says], ...] = (
    ("\\x16\\x03", Says.TLS_TO_PLAIN),
    ("\\u0016\\u0003", Says.TLS_TO_PLAIN),
    ("PROXY TCP", Says.PROXY_PROTOCOL),
    ("PROXY UNKNOWN", Says.PROXY_PROTOCOL),
    ("\\x0D\\x0A\\x0D\\x0A\\x00\\x0D\\x0AQUIT", Says.PROXY_PROTOCOL),
    ("\\r\\n\\r\\n\\x00\\r\\nQUIT", Says.PROXY_PROTOCOL),
)


NONE = ("", "", "")


def split(text: str) -> tuple[str, str, str]:
    """Return method, target and version; each is empty where the line is no request.

    A target may hold blanks, as where a secret was taken out. Of one in absolute form (RFC 9112, 3.2.2), its path is returned.
    """
    method, _, rest = text.partition(" ")
    target, _, version = rest.rpartition(" ")
    if version.startswith("HTTP/") and method.isalpha():
        return method, _path(target) if "://" in target[:8] else target, version
    if rest.startswith("/") and method.isalpha():  # cut off, or of HTTP/0.9
        return method, rest, ""
    return NONE


def _path(target: str) -> str:
    return "/" + target.partition("://")[2].partition("/")[2]


def foreign(text: str) -> Says:
    """Return what these bytes are that are no request, as a log writes them."""
    return next((says for start, says in _FOREIGN if text.startswith(start)), Says.NOTHING)
