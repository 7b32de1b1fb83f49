"""What an answer says in plain words, whoever wrote it: applications refuse in their own, and name the reason.

The last resort before a Server field: software that is known goes first, and a status alone is read only where RFC 9110
or 6585 gives it one meaning.
"""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "the words themselves, as applications choose them"

# What may stand between two words of one sentence: no tag, brace or line ends it, and a full stop only before a blank.
_GAP = r"(?:[^.!?<>{}\r\n]|[.?](?=\S))"
_WRONG = r"(?:invalid|malformed|illegal|bad|wrong|incorrect)"
_LACKING = r"(?:missing|absent|required|not (?:present|found|provided|sent))"


def _about(field: str, said: str) -> str:
    """Return the pattern of a sentence that says this of a header field: a field that is merely listed is none."""
    return rf"\b{said}\b{_GAP}{{0,24}}\b{field}|\b{field}\b(?! *:){_GAP}{{0,40}}\b{said}\b"


# Each pattern is read without case in the first part of a body; the first that fits decides.
_WORDS: tuple[tuple[str, Says, frozenset[int], str], ...] = (
    (
        "plain-to-tls",
        Says.PLAIN_HTTP_TO_TLS,
        frozenset({400}),
        r"plain http request was sent to https|http request to an https (?:server|port)|speaking plain http to an ssl|requires tls",
    ),
    (
        "distrusts-proxy",
        Says.DISTRUSTS_PROXY,
        frozenset({400, 403}),
        (
            r"(?:untrusted|unknown|not a trusted) (?:reverse )?prox(?:y|ies)\b"
            rf"|reverse proxy{_GAP}{{0,60}}(?:not|isn't) (?:set[ -]?up|configured|trusted)"
            rf"|\bx-forwarded-for\b(?! *:){_GAP}{{0,60}}\b(?:un|not (?:a )?)(?:trusted|allowed|known|expected)"
            rf"|\b(?:untrusted|unexpected|invalid)\b{_GAP}{{0,24}}\bx-forwarded-for\b"
        ),
    ),
    (
        "key-missing",
        Says.KEY_MISSING,
        frozenset({400}),
        rf"\b(?:no|without|lacks?)\b{_GAP}{{0,24}}sec-websocket-key|{_about('sec-websocket-key', _LACKING)}",
    ),
    ("key", Says.KEY_INVALID, frozenset({400}), _about("sec-websocket-key", _WRONG)),
    (
        "version",
        Says.VERSION,
        frozenset({400, 426}),
        (
            rf"{_about('sec-websocket-version', rf'(?:{_WRONG}|{_LACKING}|un?supported|not supported|must be)')}"
            rf"|\b(?:un?supported|{_WRONG})\b{_GAP}{{0,24}}\bwebsocket (?:protocol )?version\b"
            rf"|\bwebsocket (?:protocol )?version\b{_GAP}{{0,40}}\b(?:not supported|unsupported|{_WRONG}|must be)\b"
        ),
    ),
    (
        "subprotocol",
        Says.SUBPROTOCOL,
        frozenset({400, 403}),
        _about(
            "(?:sub-?protocols?|sec-websocket-protocol)",
            rf"(?:{_WRONG}|{_LACKING}|no|unknown|un?supported|not (?:supported|acceptable|allowed|known)|none of|mismatch)",
        ),
    ),
    (
        "upgrade",
        Says.NO_UPGRADE,
        frozenset({400, 404, 405, 426, 500}),
        (
            rf"\b(?:missing|expected|requires?|no|invalid)\b{_GAP}{{0,24}}\bupgrade\b(?! (?:plan|your|to ))"
            rf"|(?<!plan )\bupgrade\b{_GAP}{{0,24}}\b(?:missing|expected|required)\b"
            r"|\b(?:expected|must be|not) an? (?:valid )?websocket (?:request|handshake|upgrade|connection)"
        ),
    ),
    (
        "host",
        Says.HOST,
        frozenset({400, 403, 421}),
        (
            r"\b(?:invalid|disallowed|unknown|unrecogni[sz]ed|bad|forbidden) (?:http_?)?host\b"
            rf"|\b(?<!-)host\b(?! of\b){_GAP}{{0,60}}\b(?:not allowed|is invalid|not recogni[sz]ed|is unknown)\b"
        ),
    ),
    (
        "origin",
        Says.ORIGIN,
        frozenset({400, 401, 403}),
        (
            r"(?<![\w-])origin\b(?! (?:server|host|is unreachable))"
            rf"{_GAP}{{0,60}}\b(?:not allowed|invalid|forbidden|denied|rejected|mismatch|blocked|checks?)\b"
            r"|\b(?:(?:invalid|forbidden|disallowed|bad|unknown|wrong)[ -]?origin|cross-origin)\b(?! server|-)"
        ),
    ),
    (
        "credentials",
        Says.CREDENTIALS,
        frozenset({400, 401, 403}),
        (
            rf"\b(?:missing|no|invalid|expired|bad|malformed|wrong)\b(?!{_GAP}{{0,30}}(?:csrf|xsrf|forgery|header token))"
            rf"{_GAP}{{0,30}}\b(?:token|credentials?|authorization|api[ -]?key|jwt|bearer|user(?![ -]agent))\b"
            r"|\bunauthori[sz]ed\b|\bnot authenticated\b|\bauthentication (?:is )?(?:required|failed)\b"
            rf"|\b(?<!csrf )(?<!xsrf )(?<!forgery )(?:token|jwt)\b{_GAP}{{0,20}}\b(?:expired|invalid|missing)\b"
            r"|\blog ?in required\b"
        ),
    ),
    (
        "too-large",
        Says.HEADER_TOO_LARGE,
        frozenset({400, 413, 414, 431, 494}),
        rf"\bheaders?\b{_GAP}{{0,24}}\btoo (?:large|long|big)\b|\bur[il]\b{_GAP}{{0,16}}\btoo (?:large|long|big)\b",
    ),
    (
        "rate",
        Says.RATE,
        frozenset({403, 429, 503}),
        r"\btoo many (?:requests|connections|attempts)\b|\brate limit",
    ),
)

# One meaning each: RFC 9110, 15.6.3 and 15.6.5 (only a gateway sends them); RFC 6585, 4 and 5.
_STATUSES = (
    ("bad-gateway", "a gateway", Hop.PROXY, Says.UPSTREAM_DOWN, 502),
    ("gateway-timeout", "a gateway", Hop.PROXY, Says.UPSTREAM_TIMEOUT, 504),
    ("too-large-431", "the server", Hop.SERVER, Says.HEADER_TOO_LARGE, 431),
    ("rate-429", "the server", Hop.SERVER, Says.RATE, 429),
)

SIGNATURES = tuple(
    Signature(
        f"words-{name}",
        "the server",
        Hop.SERVER,
        says,
        _SOURCE,
        statuses,
        rf"(?is)\A.{{0,2000}}?(?:{words})",
    )
    for name, says, statuses, words in _WORDS
) + tuple(
    Signature(f"status-{name}", software, hop, says, "RFC 9110, 15.6; RFC 6585", frozenset({status}))
    for name, software, hop, says, status in _STATUSES
)
