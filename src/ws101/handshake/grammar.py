"""The productions of RFC 9110, 9112 and 6455 that the handshake needs, each under the text that defines it.

Text is ISO-8859-1, a byte a character. Owns what is well-formed; refuses to know what is sensible.
"""

import re
from typing import NamedTuple

# RFC 9110, 5.6.2: token = 1*tchar; 5.1: field-name = token
#   tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
_TCHAR = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
TOKEN = re.compile(rf"{_TCHAR}+")

# RFC 9110, 5.5: field-value = *field-content; field-vchar = VCHAR / obs-text; obs-text = %x80-FF
#   "Field values containing CR, LF, or NUL characters are invalid and dangerous"; other controls are invalid too.
FIELD_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")

# RFC 9112, 5.2: obs-fold = OWS CRLF RWS
OBS_FOLD = re.compile(r"\r?\n[ \t]+")

# RFC 9112, 2.3: HTTP-version = HTTP-name "/" DIGIT "." DIGIT
HTTP_VERSION = re.compile(r"HTTP/(\d)\.(\d)", re.ASCII)

# RFC 9112, 4: status-line = HTTP-version SP status-code SP [ reason-phrase ]; status-code = 3DIGIT
#   "A server MUST send the space that separates the status-code from the reason-phrase even when the reason-phrase is
#   absent"
STATUS_LINE = re.compile(r"(?P<version>HTTP/\d\.\d) (?P<status>\d{3}) (?P<reason>[\t\x20-\x7e\x80-\xff]*)")

# What is read of a status line that breaks the production: a recipient may split it on whitespace (RFC 9112, 3 and 4).
LOOSE_STATUS_LINE = re.compile(
    r"(?P<version>HTTP/[^\s]*)(?:[ \t]+(?P<status>[^ \t]*)(?:[ \t](?P<reason>.*))?)?", re.DOTALL
)

# RFC 9110, 15: "valid range of status codes is 100 to 599", and a client treats others as a 5xx.
STATUS_CODE = re.compile(r"[1-9]\d\d", re.ASCII)

# RFC 9110, 8.6: Content-Length = 1*DIGIT
DIGITS = re.compile(r"\d+", re.ASCII)

# RFC 9112, 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; chunk-size = 1*HEXDIG
#   chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;.*)?", re.DOTALL)

# RFC 9112, 3.2 and RFC 3986, 3.3 and 3.4: the origin-form and the absolute-form hold visible ASCII; RFC 6455, 3: "fragment
#   identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used".
TARGET = re.compile(r"[\x21\x22\x24-\x7e]+")

# RFC 9110, 7.2: Host = uri-host [ ":" port ]; RFC 3986, 3.2.2: uri-host = IP-literal / IPv4address / reg-name
HOST = re.compile(r"(?:\[[0-9A-Fa-f:.vV]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(?::\d*)?", re.ASCII)

# RFC 6455, 4.1: "The value of this header field MUST be a nonce consisting of a randomly selected 16-byte value that has
#   been base64-encoded"
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")

# RFC 6455, 9.1: extension-param = token [ "=" (token | quoted-string) ]
#   "the value after quoted-string unescaping MUST conform to the 'token' ABNF"; OWS around ";" and "=" is implied there.
_PARAM_VALUE = rf'{_TCHAR}+|"(?:\\?{_TCHAR})+"'
_PARAM = re.compile(rf"[ \t]*;[ \t]*({_TCHAR}+)(?:[ \t]*=[ \t]*({_PARAM_VALUE}))?")
_EXTENSION = re.compile(rf"({_TCHAR}+)((?:[ \t]*;[ \t]*{_TCHAR}+(?:[ \t]*=[ \t]*(?:{_PARAM_VALUE}))?)*)")

# RFC 9110, 5.6.1: #element => [ element ] *( OWS "," OWS [ element ] ); a recipient takes empty elements
_COMMA = re.compile(r"[ \t]*(?:,[ \t]*)+")


class Extension(NamedTuple):
    """One member of Sec-WebSocket-Extensions; a parameter without a value has an empty one."""

    name: str
    params: tuple[tuple[str, str], ...] = ()


def is_token(text: str) -> bool:
    """Return whether the text is a token (RFC 9110, 5.6.2)."""
    return TOKEN.fullmatch(text) is not None


def is_field_value(text: str) -> bool:
    """Return whether the text may stand as a field's value (RFC 9110, 5.5)."""
    return FIELD_VALUE.fullmatch(text) is not None


def extensions(value: str) -> tuple[Extension, ...] | None:
    """Return the members of a Sec-WebSocket-Extensions value, or None when it breaks RFC 6455, 9.1 (an empty one does)."""
    value = value.strip(" \t")
    members: list[Extension] = []
    at = _past_commas(value, 0)
    while at < len(value):
        match = _EXTENSION.match(value, at)
        at = _past_commas(value, match.end()) if match else at
        if match is None or (at == match.end() and at < len(value)):
            return None
        params = tuple((name, re.sub(r'["\\]', "", value)) for name, value in _PARAM.findall(match[2]))
        members.append(Extension(match[1], params))
    return tuple(members) or None


def _past_commas(value: str, at: int) -> int:
    commas = _COMMA.match(value, at)
    return commas.end() if commas else at
