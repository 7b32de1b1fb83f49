"""Where secrets stand in text by what is around them: fields, parameters, names that are given a value, tokens by their form.

Text in, spans out. Knows no secret, and takes nothing out.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

Stretch = tuple[int, int]
"""Where a secret begins in a text, and where it ends."""

SCHEMES = r"Bearer|Basic|Digest|Negotiate|NTLM|Token|JWT|DPoP|ApiKey"
_FIELDS = (
    r"(?:proxy-|x-)?authorization|(?:x-)?api-?key|x-auth(?:-token)?|x-(?:forwarded-)?access-token|x-csrf-token"
    r"|x-amz-security-token|cf-access-jwt-assertion|cf-access-client-secret"
)
_PARAMETERS = (
    r"(?:(?:access|id|refresh|auth|csrf|session)[_-]?)?token|jwt|(?:api|access)[_-]?key|(?:client[_-]?)?secret"
    r"|key|ticket|password|passwd|pwd|auth|authorization|signature|sig"
)

_LIST = r"(?P<list>\[(?!token[ ,]))?"  # values in JSON, or as Go prints them; a mark is none
_FIELD = (
    rf"(?P<before>\\?[\"'])?(?<![\w-])(?:{_FIELDS})(?P<closing>\\?[\"'])?[ \t]*:[ \t]*{_LIST}(?P<opening>\\?[\"'])?"
    rf"(?:(?:{SCHEMES})\b[ \t,]*)*"
)
_COOKIE = (
    r"(?P<before>\\?[\"'])?(?<![\w-])(?P<set>set-)?cookie(?P<closing>\\?[\"'])?[ \t]*:[ \t]*"
    rf"{_LIST}(?P<opening>\\?[\"'])?"
)
_NEXT_IN_GO, _CRUMB = r"\](?=\]| [\w-]+:\[)", r"[^;]+"
_PLACES = (
    r"(?-i:(eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+)*))",  # a JWT, whole or cut: base64 of `{"`
    # The path of `GET /basic HTTP/1.1` is no scheme.
    (
        r"\b(?:Bearer|Basic|Negotiate|NTLM|DPoP)[ \t]+(?!HTTP/\d(?:\.\d)?(?![\w.~+/-]))"
        r"(?=[\w.~+/-]*(?:\d|(?-i:[a-z][A-Z])))([\w.~+/-]{7,}[\w~+/-]=*)"
    ),
    (
        r"sec-websocket-protocol[\"']?[ \t]*:[^\r\n]{0,200}?(?:\b(?:bearer|token|jwt|access_token|authorization)[ \t]*,[ \t]*"
        r"|base64url\.bearer\.authorization\.k8s\.io\.)([^\s,\"']+)"
    ),
    rf"[?&;](?:{_PARAMETERS})=([^&#;\s\"'<>\\]+)",
    rf"\"(?:{_PARAMETERS})\\?\"[ \t]*:[ \t]*\\?\"(?:(?:{SCHEMES})[ \t]+)*((?:[^\"\\]|\\[^\"])+)",
    r"://[^/\s:@]*:([^/\s@]+)@",  # a password in a URL
    # a HAR file's fields
    rf"\"name\" *: *\"(?:{_FIELDS}|(?:set-)?cookie)\" *, *\"value\" *: *\"(?:(?:{SCHEMES})[ ]+)*((?:[^\"\\]|\\.){{6,}})",
    r"(?<!\S)(?:-u|--user)[ \t=]*[\"']?[^\s:\"']{1,80}:([^\s\"']+)",
)
# Values in text that nobody wrote for a machine: `DB_PASSWORD=…`, `accessToken: '…'`, `--token …`, `the token is …`.
_NAMES = (
    r"(?P<surely>passw(?:or)?d|passphrase|secret(?:[ _-]key)?|(?:api|access|private)[ _-]?key)|(?P<token>token|jwt|bearer)"
    r"|(?P<mostly>credentials?|authorization|auth[_-]?header|signature|sess(?:ion)?[_-]?id|session|cookie"
    r"|(?<![a-z])(?:auth|sig|sid|ticket|pwd)(?![a-z])|(?<![\w-])pass(?==))"
)
_NAME_LENGTH = 32  # characters, with what follows it
# What stands in a value's place and is none, as where a program says what is wrong with it.
_NO_SECRET = (
    r"(?:none|null|nil|undefined|true|false|yes|no|on|off|present|absent|missing|expired|invalid|malformed|valid|empty|required"
    r"|optional|ok|unknown|denied|rejected|refused|accepted|revoked|wrong|incorrect|bad|mismatch|set|unset|redacted|hidden"
    rf"|masked|is|was|has|not|the|{SCHEMES}|\d{{1,6}})(?![\w.~+/=-])|[$*<%{{]|\[token"
)
_SIGNS = r"[\w.~+/=-]"
_WORD = r"[^\s\"'&;,<>()\[\]{}\\|]"
_LOOKS_RANDOM = rf"(?={_SIGNS}{{0,64}}\d)(?={_SIGNS}{{0,64}}[A-Za-z])"
_VALUE = rf"(?:(?:{SCHEMES})(?:[ \t]+|%20|\+))*(?!{_NO_SECRET})"
_IS = r"(?:=|[ \t]=[ \t]|%3D)"
_QUOTE = r"\\{0,3}[\"']|\\{1,3}x2[27]|%2[27]|\\{1,3}u002[27]|&quot;|&#3[49];"  # as logs and pages escape it
_QUOTED = (
    rf"(?:{_QUOTE})?(?:[ \t]|%20)*(?:=>?|:|%3A|,(?=[ \t]*b?[\"']{_LOOKS_RANDOM}))(?:[ \t]|%20)*b?(?P<quote>{_QUOTE})"
    rf"{_VALUE}((?! )(?:(?!(?P=quote))[^\r\n]){{3,}})"
)
_PROCESS = r"(?:[ \t]*\([ \t]*\d{1,7}\))?"  # as logcat puts it behind a tag
_TALKED_OF = rf"(?: is| was)?[ \t]+[\"'(<]?{_LOOKS_RANDOM}({_SIGNS}{{10,}})"
_GIVEN = rf"{_IS}{_VALUE}((?:(?!#){_WORD}){{3,}})|{_PROCESS}:[ \t]*{_VALUE}{_LOOKS_RANDOM}({_SIGNS}{{8,}})"
# What follows each kind of name; the last group is the secret.
_AFTER: Mapping[str, str] = {
    "surely": rf"{_QUOTED}|(?:{_IS}|{_PROCESS}:[ \t]*){_VALUE}({_WORD}{{3,}})|{_TALKED_OF}",
    "token": rf"{_QUOTED}|{_GIVEN}|{_TALKED_OF}|[ \t]*[,.][ \t]*(?!authorization\b){_LOOKS_RANDOM}({_SIGNS}{{10,}})",
    "mostly": f"{_QUOTED}|{_GIVEN}",
}
_AT_END = rf"(?:{_NAMES})[\"']?{_PROCESS}[ \t]*[:=][ \t]*$"
_ACCOUNT = rf"://{_LOOKS_RANDOM}({_SIGNS}{{16,}})@"
# One of these, in whatever case, stands wherever one of the places below is.
_SUSPECT = ("auth", "token", "key", "cookie", "eyj", "bearer", "basic", "sig", "secret", "pass", "pwd", "ticket", "jwt", "cred",
            "sess", "sid", "sec-websocket-protocol", "negotiate", "ntlm", "dpop", " -u", "--user")  # fmt: skip
_ALIKE = str.maketrans("ıİſ\u212a", "iisk")  # equal by re.IGNORECASE, and not by lower()


def suspect(text: str) -> bool:
    """Whether a secret may stand in this text by what is around it; most texts are cleared in a microsecond."""
    lower = _lowered(text)
    for word in _SUSPECT:  # not any(): this is asked of every line of a log
        if word in lower:
            return True
    return "@" in text and "://" in text


def stretches(text: str) -> Iterator[Stretch]:
    """Yield where secrets stand; two may overlap."""
    for pattern in (*_PLACES, _ACCOUNT):
        yield from (match.span(1) for match in _compiled(pattern).finditer(text))
    yield from _given(text)
    for _, start, end in _values(_compiled(_FIELD), text):
        yield start, end
    for match, start, end in _values(_compiled(_COOKIE), text):
        crumbs = list(_compiled(_CRUMB).finditer(text, start, end))
        yield from (_crumb(text, *crumb.span()) for crumb in (crumbs[:1] if match["set"] else crumbs))


def named_at_end(head: str) -> bool:
    """Whether a text ends with the name of a secret, so that what follows it is one."""
    return suspect(head) and _compiled(_AT_END).search(_lowered(head[-80:])) is not None


def _given(text: str) -> Iterator[Stretch]:
    """Find the values of names that secrets have."""
    position, lower = 0, _lowered(text)
    while name := _compiled(_NAMES, 0).search(lower, position):
        value = _compiled(_AFTER[name.lastgroup or ""]).match(text, name.end())
        position = name.end()
        if value is not None:
            span = value.span(value.lastindex or 0)
            yield span
            position = max(
                position, span[1] - _NAME_LENGTH
            )  # a value may end with a name, and its value follow


def _values(field: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int, int]]:
    """Find the values of fields: to the closing quote where one was opened, else to the line's end."""
    position = 0
    while match := field.search(text, position):
        start = match.end()
        ends = [end for stop in ("\r", "\n") if (end := text.find(stop, start)) >= 0]
        position = min([*ends, _closed(match, text, start)], default=len(text))
        yield match, start, position


def _closed(match: re.Match[str], text: str, start: int) -> int:
    """Return where a quoted value or a list of them ends, else where the text does."""
    quote = match["opening"] or ("" if match["closing"] else match["before"]) or ""
    if match["list"] and not match["opening"]:
        found = _compiled(_NEXT_IN_GO).search(text, start)
        return found.start() if found else len(text)
    stop = f"{quote}]" if match["list"] else quote
    end = text.find(stop, start) if stop else -1
    while stop[:1] != "\\" and end > 0 and text[end - 1] == "\\":
        end = text.find(stop, end + 1)
    return end if end >= 0 else len(text)


def _crumb(text: str, start: int, end: int) -> Stretch:
    name, equals, _ = text[start:end].partition("=")
    return start + len(name) + 1 if equals else start, end


@cache
def _compiled(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Return a pattern, compiled when it is first asked for."""
    return re.compile(pattern, flags)


def _lowered(text: str) -> str:
    """Return the text in small letters, as long as it was."""
    return text.lower() if text.isascii() else text.translate(_ALIKE).lower()
