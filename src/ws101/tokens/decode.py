"""Reads what a token says of itself, however it was mangled on its way; verifies nothing and never raises."""

import base64
import binascii
import json
import re
from collections.abc import Mapping

from ws101.private import Private

_JWT_START = re.compile(r"ey[JA]|ewo")  # base64url of {" and of { before a blank or a line break
_JWT_LIKE = re.compile(r"(?:ey[JA]|ewo)[\w-]{5,}={0,2}\.[\w+/=-]+(?:\.[\w+/=-]*)*", re.ASCII)
_QUOTES = "\"'`“”‘’"
_BEARER = re.compile(r"bearer(?:[\s:=]+|%20|$)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"<.*>|\$\{.*|\$\w+|\{\{.*|\{\w+\}|your[-_ ]?(?:\w+[-_ ])?token(?:[-_ ]here)?", re.IGNORECASE
)
_EMPTY_WORDS = frozenset(
    {"null", "undefined", "none", "nil", "nan", "false", "[object object]", "[object promise]"}
)

_SIGNATURE_BYTES = {
    "HS256": {32}, "HS384": {48}, "HS512": {64},
    "ES256": {64}, "ES256K": {64}, "ES384": {96}, "ES512": {132},
    "EdDSA": {64, 114}, "Ed25519": {64},
}  # fmt: skip


class Jwt(Private, frozen=True):
    """A JSON Web Token in the compact form of RFC 7519; `blemishes` say what had to be taken off to read it.

    `signed` is the text that the signature is over, without blemishes.
    """

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signed: str
    signature: bytes
    blemishes: tuple[str, ...] = ()

    @property
    def alg(self) -> str:
        return str(self.header.get("alg", ""))


class NotAJwt(Private, frozen=True):
    """Any other value: `why` it is no JWT, and whether it is `malformed` or may well be another kind of token.

    `header` is there when that much could be read.
    """

    why: str
    malformed: bool
    header: Mapping[str, object] | None = None


def looks_like_jwt(text: str) -> bool:
    """Return whether a text has a JWT's shape, whole or cut off."""
    return _JWT_LIKE.fullmatch(text.strip().strip(_QUOTES)) is not None


def stands_for_nothing(text: str) -> bool:
    """Return whether a value is what clients send where they have no token: nothing, `null`, a placeholder."""
    return not text or text.lower() in _EMPTY_WORDS or _PLACEHOLDER.fullmatch(text) is not None


def bare(value: str) -> tuple[str, tuple[str, ...]]:
    """Return the token freed of what does not belong to it, and a sentence for each thing taken off."""
    text, blemishes = value, []
    if text.strip() != text:
        blemishes.append("it has blanks or line breaks around it")
    text = text.strip()
    while (peeled := _peeled(text)) is not None:
        text, blemish = peeled
        blemishes.append(blemish)
    if re.search(r"\s", text) and _JWT_START.match(text):
        blemishes.append(
            "it is broken by a line break" if re.search(r"[\r\n]", text) else "it has a blank inside"
        )
        text = re.sub(r"\s+", "", text)
    return text, tuple(dict.fromkeys(blemishes))


def _peeled(text: str) -> tuple[str, str] | None:
    if text and (text[0] in _QUOTES or text[-1] in _QUOTES):
        return text.strip(_QUOTES).strip(), "it stands in quotes"
    if prefix := _BEARER.match(text):
        return text[prefix.end() :].strip(), "the word Bearer is part of it"
    return None


def decode(value: str) -> Jwt | NotAJwt:
    """Read a token without verifying it (RFC 7519, 7.2); quotes, doubled `Bearer` and line breaks are seen through."""
    text, blemishes = bare(value)
    if stands_for_nothing(text):
        return NotAJwt(_emptiness(text), malformed=True)
    parts = text.split(".")
    header = _object(parts[0])
    if header is None:
        if _JWT_START.match(text) and len(parts) > 1:
            return NotAJwt(
                "its first part is not base64url of a JSON object: it was cut or altered", malformed=True
            )
        return NotAJwt("it is no JWT; what it says is known to the server alone", malformed=False)
    return _with_parts(header, parts, blemishes)


def _emptiness(text: str) -> str:
    if not text:
        return "it is empty"
    if text.lower() in _EMPTY_WORDS:
        return f"it is the word {text!r}, which a client sends where it has no token"
    return "it is a placeholder that nobody filled in"


def _with_parts(header: Mapping[str, object], parts: list[str], blemishes: tuple[str, ...]) -> Jwt | NotAJwt:
    if len(parts) == 5 and "enc" in header:
        return NotAJwt(
            "it is encrypted (a JWE, RFC 7516): only its reader can look inside",
            malformed=False,
            header=header,
        )
    if len(parts) != 3:
        cut = "it was cut off" if len(parts) < 3 else "something was added to it"
        return NotAJwt(f"it has {len(parts)} of a JWT's 3 parts: {cut}", malformed=True, header=header)
    claims, signature = _object(parts[1]), _bytes(parts[2])
    if claims is None:
        return NotAJwt(
            "its second part is not base64url of a JSON object: it was cut or altered",
            malformed=True,
            header=header,
        )
    if signature is None:
        return NotAJwt("its signature is not base64url: it was cut or altered", malformed=True, header=header)
    if re.search(r"[+/=]", "".join(parts)):
        blemishes += ("it is written in base64 and not in base64url",)
    if complaint := _length_complaint(str(header.get("alg", "")), signature):
        blemishes += (complaint,)
    return Jwt(header, claims, f"{parts[0]}.{parts[1]}", signature, blemishes)


def _length_complaint(alg: str, signature: bytes) -> str:
    if alg.lower() == "none":
        return ""
    if not signature:
        return "its signature is missing"
    lengths = _SIGNATURE_BYTES.get(alg)
    if lengths is None or len(signature) in lengths:
        return ""
    expected = " or ".join(str(length) for length in sorted(lengths))
    return f"its signature has {len(signature)} bytes where {alg} makes {expected}: it was cut or altered"


def _bytes(part: str) -> bytes | None:
    text = part.rstrip("=").translate(str.maketrans("+/", "-_"))
    if re.fullmatch(r"[A-Za-z0-9_-]*", text) is None:
        return None
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return None


def _object(part: str) -> Mapping[str, object] | None:
    try:
        value = json.loads(_bytes(part) or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
