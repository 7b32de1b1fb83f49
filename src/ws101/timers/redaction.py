"""What is told of a request without its secrets: the one place where the service's log and its traces get that from.

Cheap and exact, for it sees every handshake. A secret that nothing marks as one (by its field, its parameter or its form)
is beyond it; a head that is no sound HTTP goes through `ws101.redact` as well.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from ws101.handshake.incoming import parse
from ws101.redact import Redactor

Form = Callable[[str], str]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]*")  # RFC 9110, 5.6.2
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1"})
_JWT = re.compile(r"eyJ[\w-]{3,}(?:\.[\w-]*)*", re.ASCII)  # whole or cut: base64 of `{"`
_SCHEMES = frozenset({"bearer", "basic", "digest", "negotiate", "ntlm", "token", "jwt", "dpop", "apikey"})
_EMPTY_WORDS = frozenset(
    {"", "null", "undefined", "none", "nil", "[object object]"}
)  # what clients send for no token
_SECRET_FIELD = re.compile(
    r"authorization|token|secret|password|api-?key|credential|session|jwt|x-auth|signature"
)
_SECRET_PARAMETER = re.compile(
    r"token|ticket|jwt|secret|password|passwd|pwd|auth|credential|session|signature|^(?:sig|key|code|api[_-]?key|access[_-]?key)$"
)
_PARAMETER = re.compile(r"([?&;])([^?&;=#\s]*)=([^&;#\s]*)")
_USERINFO = re.compile(r"://([^/?#\s@]*)@")
_CREDENTIAL_PROTOCOLS = frozenset({"bearer", "token", "jwt", "access_token", "authorization"})
_LONGEST_PROTOCOL = 32  # names that IANA has registered are shorter
_REDACTOR = Redactor((), b"")
_MARK = re.compile(r"\[token [0-9a-f]{4}\]")


class Seen(NamedTuple):
    """A request as it came, without its secrets; the headers in their order and case."""

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def has_authorization(self) -> bool:
        """Whether there was an Authorization at all."""
        return any(name.lower() == "authorization" for name, _ in self.headers)


def described(secret: str) -> str:
    """Return what a secret looks like: `[token, 3 parts, 291 characters]`; the words that stand for none stay."""
    if secret.lower() in _EMPTY_WORDS:
        return secret
    parts = secret.count(".") + 1
    return f"[token, {parts} part{'s' * (parts > 1)}, {len(secret)} characters]"


def begun(secret: str) -> str:
    """Return the beginning of a JWT's header, and its length: `eyJhbGciOiJIUzI1... (291 characters)`; else as `described`."""
    header, _, rest = secret.partition(".")
    if rest.count(".") == 1 and header.startswith("eyJ") and header.isascii():
        return f"{header[:16]}... ({len(secret)} characters)"
    return described(secret)


def see(head: bytes, form: Form = described) -> Seen:
    """Return what may be told of a request head; `form` says how a secret is shown."""
    text = head.decode("latin-1")
    line, *fields = text.removesuffix("\r\n\r\n").split("\r\n")
    words, parted = line.split(" "), [field.partition(": ") for field in fields]
    names = "".join([name for name, _, _ in parted])
    if (
        len(words) == 3
        and all(colon for _, colon, _ in parted)
        and _TOKEN.fullmatch(names)
        and "eyJ" not in names
        and "".join(fields).isprintable()
        and words[2] in _VERSIONS
        and words[0] in _METHODS
    ):
        headers = tuple([(name, field(name, value, form)) for name, _, value in parted])
        return Seen(words[0], target(words[1], form), words[2], headers)
    return _see_odd(head, form)


def _see_odd(head: bytes, form: Form) -> Seen:
    """Tell what is not as nearly every head is: a secret may stand anywhere in it."""
    request = parse(head)
    headers = tuple([(name, field(name, value, form)) for name, value in request.headers.fields])
    return _scrubbed(Seen(request.method, target(request.target, form), request.version, headers))


def field(name: str, value: str, form: Form = described) -> str:
    """Return what may be told of a header's value."""
    kind = _kind(name)
    if kind is not None:
        return kind(value, form)
    return _parameters(value, form) if _may_hold(value) else value


def target(text: str, form: Form = described) -> str:
    """Return what may be told of a request target."""
    return _parameters(text, form) if _may_hold(text) else text


def _may_hold(text: str) -> bool:
    """Whether the text is worth a closer look; cheap, for nearly none is."""
    return (
        "eyJ" in text
        or "://" in text
        or "%" in text
        or ("=" in text and ("?" in text or "&" in text or ";" in text))
    )


def _parameters(text: str, form: Form) -> str:
    told = _PARAMETER.sub(lambda found: _parameter(found, form), text)
    told = _USERINFO.sub(lambda found: f"://{described(found[1])}@", told)
    if "%" in told and _JWT.search(unquote(told)) and not _JWT.search(told):
        return described(text)
    return _JWT.sub(lambda found: form(found[0]), told)


def _parameter(found: re.Match[str], form: Form) -> str:
    before, name, value = found.groups()
    hidden = form(value) if _SECRET_PARAMETER.search(unquote(name).lower()) else value
    return f"{before}{name}={hidden}"


def _credentials(value: str, form: Form) -> str:
    scheme, space, rest = value.partition(" ")
    if scheme.lower() in _SCHEMES:
        return f"{scheme}{space}{form(rest)}"
    return form(value)


def _cookies(value: str, _: Form) -> str:
    return ";".join([_cookie(crumb) for crumb in value.split(";")])


def _cookie(crumb: str) -> str:
    name, equals, value = crumb.partition("=")
    return f"{name}={described(value)}" if equals else described(crumb)


def _protocols(value: str, form: Form) -> str:
    members = value.split(",")
    marked = any(member.strip().lower() in _CREDENTIAL_PROTOCOLS for member in members)
    return ",".join([_protocol(member, form, marked=marked) for member in members])


def _protocol(member: str, form: Form, *, marked: bool) -> str:
    name = member.strip()
    if name.lower() in _CREDENTIAL_PROTOCOLS or (not marked and len(name) <= _LONGEST_PROTOCOL):
        return _JWT.sub(lambda found: form(found[0]), member)
    return member.replace(name, form(name)) if name else member


@lru_cache(512)
def _kind(name: str) -> Callable[[str, Form], str] | None:
    lower = name.lower()
    if lower in {"cookie", "set-cookie"}:
        return _cookies
    if lower == "sec-websocket-protocol":
        return _protocols
    return _credentials if _SECRET_FIELD.search(lower) else None


def _scrubbed(seen: Seen) -> Seen:
    """Also take out what only a reader of text would find: the head is malformed, so a secret may stand anywhere."""

    def scrub(text: str) -> str:
        return _MARK.sub("[token]", _REDACTOR.scrub(text))

    lines = [scrub(f"{name}: {value}").partition(": ") for name, value in seen.headers]
    return Seen(
        scrub(seen.method), scrub(seen.target), scrub(seen.version), tuple([(n, v) for n, _, v in lines])
    )
