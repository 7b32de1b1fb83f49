"""What an answer says in plain words, whoever wrote it: applications refuse in their own, and name the reason.

The last resort before a Server field: software that is known goes first, and a status alone is read only where RFC 9110
or 6585 gives it one meaning.
"""

import re

from ws101.report import Hop
from ws101.signature import Says, Signature

_SOURCE = "the words themselves, as applications choose them"

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
        r"(?:untrusted|unknown|not a trusted) (?:reverse )?prox|reverse proxy.{0,60}(?:not|isn't) (?:set up|configured|trusted)|x-forwarded-for",
    ),
    (
        "key-missing",
        Says.KEY_MISSING,
        frozenset({400}),
        r"\b(?:missing|no|without|lacks?)\b.{0,24}sec-websocket-key",
    ),
    ("key", Says.KEY_INVALID, frozenset({400}), r"sec-websocket-key"),
    (
        "version",
        Says.VERSION,
        frozenset({400, 426}),
        r"sec-websocket-version|websocket (?:protocol )?version",
    ),
    ("subprotocol", Says.SUBPROTOCOL, frozenset({400, 403}), r"\bsub-?protocol\b|sec-websocket-protocol"),
    (
        "upgrade",
        Says.NO_UPGRADE,
        frozenset({400, 404, 405, 426, 500}),
        (
            r"\bupgrade required\b|(?:missing|expected|requires?|no|invalid)\b.{0,24}\bupgrade\b|\bupgrade\b.{0,24}(?:missing|expected|required)"
            r"|(?:expected|must be|not) an? (?:valid )?websocket (?:request|handshake|upgrade|connection)"
        ),
    ),
    (
        "host",
        Says.HOST,
        frozenset({400, 403, 421}),
        (
            r"\b(?:invalid|disallowed|unknown|unrecogni[sz]ed|bad|forbidden) http_?host|\b(?:invalid|disallowed|unknown|bad) host\b"
            r"|\bhost\b.{0,60}\b(?:not allowed|is invalid|not recogni[sz]ed|is unknown)"
        ),
    ),
    (
        "origin",
        Says.ORIGIN,
        frozenset({400, 401, 403}),
        (
            r"\borigin\b.{0,60}\b(?:not allowed|invalid|forbidden|denied|rejected|mismatch|blocked|checks?)"
            r"|\b(?:invalid|forbidden|disallowed|bad|unknown|cross|wrong)[ -]?origin"
        ),
    ),
    (
        "credentials",
        Says.CREDENTIALS,
        frozenset({400, 401, 403}),
        (
            r"\b(?:missing|no|invalid|expired|bad|malformed|wrong)\b.{0,30}\b(?:token|credentials?|authorization|api[ -]?key|jwt|bearer|user)\b"
            r"|unauthori[sz]ed|not authenticated|authentication (?:is )?(?:required|failed)|(?:token|jwt)\b.{0,20}\b(?:expired|invalid|missing)|log ?in required"
        ),
    ),
    (
        "too-large",
        Says.HEADER_TOO_LARGE,
        frozenset({400, 413, 414, 431, 494}),
        r"headers?\b.{0,24}\btoo (?:large|long|big)|ur[il]\b.{0,16}\btoo (?:large|long|big)",
    ),
    ("rate", Says.RATE, frozenset({403, 429, 503}), r"too many (?:requests|connections|attempts)|rate limit"),
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
        re.compile(rf"(?is)\A.{{0,2000}}?(?:{words})"),
    )
    for name, says, statuses, words in _WORDS
) + tuple(
    Signature(f"status-{name}", software, hop, says, "RFC 9110, 15.6; RFC 6585", frozenset({status}))
    for name, software, hop, says, status in _STATUSES
)
