"""Where a token stands in a request, and the request with it taken out, replaced, mended or put in another place.

Knows the places and their spellings; does not know what a token says.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, unquote

from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.tokens.decode import bare, looks_like_jwt, stands_for_nothing
from ws101.tokens.reading import Credential, Place

OWN_FIELD = "X-Auth-Token"
AUTHORIZATION, COOKIE, PROTOCOL = "Authorization", "Cookie", "Sec-WebSocket-Protocol"

_PARAMETERS = frozenset({"token", "access_token", "jwt", "auth", "authorization", "ticket", "api_key", "key"})
_SCHEMES = frozenset({"bearer", "basic", "digest", "negotiate", "ntlm", "token", "jwt", "dpop", "apikey"})
_NO_TOKEN_SCHEMES = frozenset({"basic", "digest", "negotiate", "ntlm"})
_COOKIE_NAME = re.compile(
    r"(?!.*(?:csrf|xsrf)).*(?:token|jwt|auth|sess|bearer|credential|\bsid$)", re.IGNORECASE
)
_JWT_STARTS = ("eyJ", "eyA", "ewo")
_OF_OTHERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "sec-websocket-protocol", "origin", "host"}
)
_MARKERS = frozenset({"bearer", "access_token", "token", "jwt", "auth", "authorization"})
_GLUED = re.compile(
    r"((?:base64url\.?bearer\.?authorization[\w.-]*?|openai-insecure-api-key)\.|(?:access_token|token|bearer|jwt)[.:=])"
    r"([^.]{8,}|ey.+)",
    re.IGNORECASE,
)
_SECRET_PARAMETER = re.compile(
    r".*(?:token|secret|passw|pwd|session|signature).*|sig|sid|code|pass", re.IGNORECASE
)
_TOKEN_FIELD = re.compile(
    r"(?!proxy-|sec-|.*(?:csrf|xsrf|idempotency)).*(?:token|jwt|api[-_]?key|x-auth)", re.IGNORECASE
)
_SECRET_FIELD = re.compile(
    r"(?!sec-websocket-).*(?:token|secret|passw|api-?key|session|credential|x-auth)", re.IGNORECASE
)


def find(request: Request) -> tuple[Credential, ...]:
    """Return every credential in the request, the likeliest token first.

    That is the Authorization header's unless it is Basic or the like, then JWTs anywhere, then the others.
    """
    found = (
        *_in_header(request),
        *_in_fields(request),
        *_in_query(request),
        *_in_cookies(request),
        *_in_subprotocols(request),
    )
    return tuple(sorted(found, key=_unlikeliness))


def _unlikeliness(credential: Credential) -> int:
    if not carries_token(credential):
        return 3
    if credential.place is Place.HEADER:
        return 0
    return 1 if looks_like_jwt(bare(plain(credential))[0]) else 2


def carries_token(credential: Credential) -> bool:
    """Return whether it is a token, and not a name and password or the like."""
    return credential.scheme.lower() not in _NO_TOKEN_SCHEMES


def plain(credential: Credential) -> str:
    """Return the token as the server reads it: percent-encoding and a subprotocol's base64url undone."""
    if credential.place is Place.QUERY:
        return unquote(credential.value)
    if credential.place is Place.SUBPROTOCOL and credential.scheme.lower().startswith("base64url"):
        return _unarmoured(credential.value)
    return unquote(credential.value) if credential.place is Place.COOKIE else credential.value


# ---- finding


def _in_header(request: Request) -> Iterator[Credential]:
    for name, text in request.headers:
        if name.lower() == "authorization" and text.strip():
            yield _of_field(name, text)


def _in_fields(request: Request) -> Iterator[Credential]:
    for name, text in request.headers:
        if (
            name.lower() not in _OF_OTHERS
            and text.strip()
            and (_TOKEN_FIELD.match(name) or looks_like_jwt(bare(text)[0]))
        ):
            yield replace(_of_field(name, text.strip()), place=Place.FIELD)


def _of_field(name: str, text: str) -> Credential:
    match = re.fullmatch(r"\s*(\S+)(?:\s(.*))?", text, re.DOTALL)
    word, rest = (match[1], match[2] or "") if match else ("", "")
    if word[:3] in _JWT_STARTS or (not rest.strip() and word.lower() not in _SCHEMES):
        return Credential(Place.HEADER, name, "", text)
    return Credential(Place.HEADER, name, word, rest)


def _in_query(request: Request) -> Iterator[Credential]:
    for segment in request.query.split("&"):
        name, _, value = segment.partition("=")
        if unquote(name).lower() in _PARAMETERS or looks_like_jwt(bare(unquote(value))[0]):
            yield Credential(Place.QUERY, name, "", value)


def _in_cookies(request: Request) -> Iterator[Credential]:
    for name, value in _cookies(request):
        if value and (looks_like_jwt(bare(unquote(value))[0]) or _COOKIE_NAME.match(name)):
            yield Credential(Place.COOKIE, name, "", value)


def _cookies(request: Request) -> Iterator[tuple[str, str]]:
    for text in request.headers.get_all(COOKIE):
        for segment in text.split(";"):
            name, _, value = segment.partition("=")
            yield name.strip(), value.strip()


def _in_subprotocols(request: Request) -> Iterator[Credential]:
    for name, text in request.headers:
        if name.lower() == PROTOCOL.lower():
            members = [member.strip() for member in text.split(",")]
            for before, member in zip(["", *members], members, strict=False):
                yield from _of_member(name, before, member)


def _of_member(name: str, before: str, member: str) -> Iterator[Credential]:
    if before.lower() in _MARKERS and member:
        yield Credential(Place.SUBPROTOCOL, name, before, member)
    elif looks_like_jwt(member):
        yield Credential(Place.SUBPROTOCOL, name, "", member)
    elif glued := _GLUED.fullmatch(member):
        yield Credential(Place.SUBPROTOCOL, name, glued[1], glued[2])


# ---- changing


def without(request: Request) -> Request:
    """Return the request with no credential left in it."""
    for credential in find(request):
        request = _edited(request, credential, None)
    return request


def replaced(request: Request, credential: Credential, value: str) -> Request:
    """Return the request with this value in the credential's place; the rest keeps every byte.

    `value` stands there as it is: a query's is percent-encoded already.
    """
    return _edited(request, credential, value)


def moved(request: Request, credential: Credential, place: Place) -> Request:
    """Return the request with the token in another place, spelled as servers there expect it most often."""
    return placed(_edited(request, credential, None), plain(credential).strip(), place)


def placed(request: Request, token: str, place: Place) -> Request:
    """Return the request with this token added in a place."""
    headers = request.headers
    match place:
        case Place.HEADER:
            return request.with_headers(headers.replaced(AUTHORIZATION, f"Bearer {token}"))
        case Place.FIELD:
            return request.with_headers(headers.replaced(OWN_FIELD, token))
        case Place.QUERY:
            joint = "&" if request.query else "" if request.target.endswith("?") else "?"
            return request.with_target(f"{request.target}{joint}token={quote(token, safe='')}")
        case Place.COOKIE:
            others = [*headers.get_all(COOKIE), f"token={quote(token, safe='')}"]
            return request.with_headers(headers.replaced(COOKIE, "; ".join(others)))
        case Place.SUBPROTOCOL:
            members = ["bearer", token, *headers.get_all(PROTOCOL)]
            return request.with_headers(headers.replaced(PROTOCOL, ", ".join(members)))


def tidied(request: Request, credential: Credential) -> Request | None:
    """Return the request with the token written as it should be, or None when nothing is to be tidied.

    Quotes, a doubled `Bearer`, blanks and line breaks go; a header without a scheme gets `Bearer`.
    """
    value = tidy_value(credential)
    return None if value is None else _edited(request, credential, value, whole=True)


def tidy_value(credential: Credential) -> str | None:
    """Return the correct text for the credential's place, an Authorization field's with its scheme; None if it is that.

    None too where there is no token to be saved.
    """
    if credential.place is Place.HEADER:
        old = f"{credential.scheme} {credential.value}" if credential.scheme else credential.value
        scheme = credential.scheme.strip("\"':").lower()
        if scheme in _SCHEMES - {"bearer"}:
            return None
        token = bare(old)[0] if scheme == "bearer" or not scheme else ""
        return f"Bearer {token}" if token and old != f"Bearer {token}" else None
    token, blemishes = bare(plain(credential))
    if not token or not blemishes:
        return None
    return token if credential.place is Place.FIELD else quote(token, safe="")


def broken(value: str) -> str:
    """Return a value of the same shape whose signature cannot fit: a character that counts is another one."""
    # The last character of base64 may be padding alone; those before it count.
    start = value.rfind(".") + 1 if looks_like_jwt(bare(unquote(value))[0]) else max(0, len(value) - 6)
    counting = re.compile(r"[A-Za-z0-9](?<!%.)(?<!%..)").search(value, start)
    if counting is None:
        return f"{value}AAAA"
    old = counting[0]
    new = {"A": "B", "a": "b", "0": "1"}.get(old) or ("A" if old.isupper() else "a" if old.islower() else "0")
    return value[: counting.start()] + new + value[counting.end() :]


# ---- secrets


def secrets(request: Request) -> tuple[str, ...]:
    """Return every secret in the request, for redaction, the longest first: as written, decoded, and a Basic's password.

    Every cookie's value counts, however short, and so does a field or parameter whose name speaks of a secret.
    """
    found = {
        *_of_credentials(request),
        *_of_fields(request),
        *_of_parameters(request),
        *_userinfo(request.target),
    }
    real = {text.strip() for text in found if not stands_for_nothing(text.strip())}
    return tuple(sorted(real, key=lambda text: (-len(text), text)))


def _of_credentials(request: Request) -> Iterator[str]:
    for credential in find(request):
        known = not credential.scheme or credential.scheme.lower().strip("\"':") in _SCHEMES
        named = known or credential.place is not Place.HEADER
        yield credential.value if named else f"{credential.scheme} {credential.value}"
        yield from (plain(credential), bare(plain(credential))[0])


def _of_fields(request: Request) -> Iterator[str]:
    for name, text in request.headers:
        if name.lower() in {"authorization", "proxy-authorization"}:
            yield from _of_basic(text)
        elif _SECRET_FIELD.match(name):
            yield text
    for _, value in _cookies(request):
        yield from (value, unquote(value))


def _of_parameters(request: Request) -> Iterator[str]:
    for segment in request.query.split("&"):
        name, _, value = segment.partition("=")
        if _SECRET_PARAMETER.fullmatch(unquote(name)):
            yield from (value, unquote(value))


def _of_basic(text: str) -> Iterator[str]:
    scheme, _, value = text.strip().partition(" ")
    yield value
    if scheme.lower() == "basic" and ":" in (pair := _unarmoured(value)):
        yield from (pair, pair.partition(":")[2])


def _userinfo(target: str) -> Iterator[str]:
    authority = re.match(r"[a-z][\w+.-]*://([^/?#]*)@", target, re.IGNORECASE)
    if authority:
        password = authority[1].partition(":")[2]
        yield from (authority[1], password, unquote(password))


# ---- how a request is edited in one place


def _edited(request: Request, credential: Credential, value: str | None, *, whole: bool = False) -> Request:
    """Put a value in the credential's place; None takes it out; `whole` replaces a field with its scheme."""
    match credential.place:
        case Place.QUERY:
            path, mark, query = request.target.partition("?")
            kept = "&".join(_segments(query.split("&"), credential, value))
            return request.with_target(f"{path}{mark}{kept}" if kept else path)
        case Place.HEADER | Place.FIELD:
            return _refielded(
                request, credential.name, lambda text: _field(text, credential, value, whole=whole)
            )
        case Place.COOKIE:
            return _refielded(
                request, COOKIE, lambda text: ";".join(_segments(text.split(";"), credential, value))
            )
        case Place.SUBPROTOCOL:
            return _refielded(request, PROTOCOL, lambda text: ",".join(_members(text, credential, value)))


def _refielded(request: Request, name: str, change: Callable[[str], str | None]) -> Request:
    fields = []
    for field, text in request.headers:
        new = change(text) if field.lower() == name.lower() else text
        if new == text:
            fields.append((field, text))
        elif new:
            fields.append((field, new.lstrip()))
    return request.with_headers(Headers.of(fields))


def _field(text: str, credential: Credential, value: str | None, *, whole: bool) -> str | None:
    unchanged = value == credential.value and not whole
    if unchanged or replace(_of_field(credential.name, text), place=credential.place) != credential:
        return text
    if value is None or whole:
        return value
    kept = text[: len(text) - len(credential.value)]
    return f"{kept}{value}" if credential.value or not kept else f"{kept.rstrip()} {value}"


def _segments(segments: Iterable[str], credential: Credential, value: str | None) -> Iterator[str]:
    for segment in segments:
        name, mark, old = segment.partition("=")
        if name.strip() != credential.name or old.strip() != credential.value.strip() or value == old == "":
            yield segment
        elif value is not None:
            yield f"{name}{mark or '='}{old.replace(credential.value, value) if old else value}"


def _members(text: str, credential: Credential, value: str | None) -> Iterator[str]:
    glued = _GLUED.fullmatch(credential.scheme + credential.value) is not None
    written = credential.scheme + credential.value if glued else credential.value
    for member in text.split(","):
        if member.strip() == written:
            if value is not None:
                yield member.replace(credential.value, value)
        elif value is not None or glued or member.strip() != credential.scheme:
            yield member


def _unarmoured(value: str) -> str:
    text = value.rstrip("=").translate(str.maketrans("+/", "-_"))
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    except (binascii.Error, ValueError):
        return value
