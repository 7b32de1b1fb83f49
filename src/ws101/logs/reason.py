"""What a reason says that an application gives in its own few words, such as `Reason: Token expired`; knows no format.

For a text that is a reason and nothing else: in any other, such words may be about anything.
"""

import re
from functools import cache

from ws101.signature import Says

_LONGEST = 200  # characters that are looked at
_BEARER = r"(?:(?:bearer |access |auth )?token|jwt|credentials)"
# The first that stands in the reason tells; what names less comes later.
_TABLE = (
    (Says.TOKEN_EXPIRED, rf"\b{_BEARER}\b.*\bexpired\b|\bexpired (?:session )?{_BEARER}\b"),
    (Says.TOKEN_NOT_YET_VALID, rf"\b{_BEARER}\b.*\bnot (?:yet valid|active|valid yet)\b"),
    (Says.TOKEN_AUDIENCE, r"\b(?:invalid|bad|wrong) (?:\w+ )?audience\b|\baudience\b.*\b(?:invalid|mismatch|wrong)\b"),
    (Says.TOKEN_ISSUER, r"\b(?:invalid|bad|wrong|unknown) (?:\w+ )?issuer\b|\bissuer\b.*\b(?:invalid|mismatch|unknown|wrong)\b"),
    (Says.TOKEN_SIGNATURE, r"\b(?:invalid|bad|wrong) (?:\w+ )?signature\b|\bsignature\b.*\b(?:invalid|mismatch|failed)\b"),
    (Says.TOKEN_MALFORMED, rf"\bmalformed (?:\w+ )?{_BEARER}\b|\b{_BEARER}\b.*\bmalformed\b"),
    (Says.TOKEN_MISSING, rf"^(?:no|missing|absent|without) (?:\w+ )?(?:{_BEARER}|authorization(?: header)?)\b"),
    (Says.TOKEN_MISSING, rf"\b(?:{_BEARER}|authorization header)\b (?:is |was )?(?:missing|absent|not (?:found|present|provided))\b"),
    (Says.TOKEN_USER, r"\buser\b.*\b(?:not found|unknown|does not exist)\b|\bunknown user\b"),
    (Says.ORIGIN, r"\borigin\b.*\b(?:not allowed|denied|forbidden|rejected|invalid)\b|\b(?:invalid|forbidden|disallowed) origin\b"),
    (Says.PERMISSION, r"\b(?:permission|insufficient scope|not permitted)\b"),
    (Says.CREDENTIALS, rf"\b(?:un|not )(?:authenticated|authori[sz]ed)\b|\bauthentication (?:failed|required)\b|\binvalid (?:\w+ )?{_BEARER}\b"),
)  # fmt: skip


def meaning(reason: str) -> Says:
    """Return what a reason says, NOTHING where its words are not known."""
    return next((says for says, pattern in _patterns() if pattern.search(reason[:_LONGEST])), Says.NOTHING)


@cache
def _patterns() -> tuple[tuple[Says, re.Pattern[str]], ...]:
    return tuple((says, re.compile(pattern, re.IGNORECASE)) for says, pattern in _TABLE)
