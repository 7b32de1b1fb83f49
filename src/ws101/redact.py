"""The one choke point between what was seen and what is shown: takes out secrets, makes control characters visible.

Knows secrets, and the places where they stand from whereabouts.py; does not know who shows the text, or how.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum, IntEnum
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from ws101 import whereabouts

if TYPE_CHECKING:
    from ws101.report import Report

T = TypeVar("T")

_GRAM = 8  # so much of a secret in a row is taken for the secret; a cut-off echo is seldom shorter
_SHORTEST = 4  # fewer characters stand in too many innocent places to be looked for
_ROUNDS = 2  # a body that quotes JSON inside JSON escapes twice
_BASE64_LIMIT = 16384  # bytes; a longer secret fits into no header that a server takes

# A secret such as "websocket-secret" must not take the field's own words out of a report.
_VOCABULARY = (
    "sec-websocket-accept sec-websocket-extensions sec-websocket-key sec-websocket-protocol sec-websocket-version "
    "websockets authorization authentication connection upgrade localhost application/json text/html"
)

# Ours, and what the timer service puts in a secret's place.
_MARK = re.compile(r"\[token(?: [0-9a-f]{4}|, \d{1,3} parts?, \d{1,6} characters)\]")
_SCHEME_BEFORE = re.compile(rf"(?:(?:{whereabouts.SCHEMES})[ \t]+)+", re.IGNORECASE)
_ESCAPES = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)|(?P<u>(?:\\u[0-9A-Fa-f]{4})+)|\\x(?P<x>[0-9A-Fa-f]{2})"
    r"|\\(?P<c>[\"'\\/bfnrt])|&(?P<name>amp|lt|gt|quot|apos);|&#(?:(?P<dec>[0-9]{1,6})|[xX](?P<hex>[0-9A-Fa-f]{1,5}));"
)
_C = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

# Printable by their category, and yet without a glyph (Unicode's Default_Ignorable_Code_Point).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class _Sureness(IntEnum):
    """Which of two spans that overlap says what the secret is: the lower one."""

    WHOLE = 0
    PLACE = 1
    FRAGMENT = 2


class _Span(Struct, frozen=True):
    """A stretch of text to take out; a `mark` is there where a known secret was recognised."""

    start: int
    end: int
    sureness: _Sureness = _Sureness.PLACE
    mark: str = ""


class Redactor:
    """Takes these secrets, and whatever stands where secrets stand, out of text.

    The mark in their place holds four digits of a hash with `salt`: equal secrets have equal marks within a report.
    """

    __slots__ = ("_grams", "_quads", "_salt", "_secrets", "_short", "_wholes")

    def __init__(self, secrets: Iterable[str], salt: bytes) -> None:
        self._salt = salt
        self._secrets = tuple(dict.fromkeys(bare for secret in secrets if (bare := _bare(secret))))
        self._wholes: dict[str, str] = {}
        self._grams: dict[str, str] = {}
        for secret in self._secrets:
            self._learn(secret)
        self._short = tuple(form for form in self._wholes if len(form) < _GRAM)
        self._quads = frozenset(form[i : i + 4] for form in self._wholes for i in range(len(form) - 3))

    def scrub(self, text: str) -> str:
        """Return the text with a mark such as `[token 9f2c]` for every secret; scrubbing twice changes nothing more."""
        spans = [_Span(*found) for found in whereabouts.stretches(text)] if whereabouts.suspect(text) else []
        spans += self._known(text) if self._may_be_known(text) else ()
        if not spans:
            return text
        marked = (
            replace(s, mark=s.mark or self._mark(text[s.start : s.end])) for s in _outside_marks(spans, text)
        )
        pieces, position = [], 0
        for span in _merged(marked):
            pieces += [text[position : span.start], span.mark]
            position = span.end
        return "".join([*pieces, text[position:]])

    def _may_be_known(self, text: str) -> bool:
        """Whether a known secret may stand here: eight characters in a row hold four that begin at a multiple of five."""
        if not self._wholes:
            return False
        if "%" in text or "\\" in text or "&" in text or any(form in text for form in self._short):
            return True
        return any(text[i : i + 4] in self._quads for i in range(0, len(text) - 3, 5))

    def _learn(self, secret: str) -> None:
        mark = self._mark(secret)
        for form in _forms(secret):
            self._wholes.setdefault(form, mark)
            for i in range(len(form) - _GRAM + 1):
                gram = form[i : i + _GRAM]
                if gram.lower() not in _VOCABULARY:
                    self._grams.setdefault(gram, mark)

    def _mark(self, value: str) -> str:
        import hashlib  # it loads OpenSSL, and most texts hold no secret

        plain = unquote(value).strip(" \t\"'.…,")
        known = next((s for s in self._secrets if plain == s or (len(plain) >= _GRAM and plain in s)), plain)
        digest = hashlib.sha256(self._salt + known.encode("utf-8", "surrogatepass")).hexdigest()
        return f"[token {digest[:4]}]"

    def _known(self, text: str) -> Iterator[_Span]:
        """Find the known secrets, and eight characters or more of them, however the text is escaped."""
        if not self._wholes:
            return
        for view, places in _views(text):
            for form, mark in self._wholes.items():
                at = view.find(form)
                while at >= 0:
                    yield _Span(places[at], places[at + len(form)], _Sureness.WHOLE, mark)
                    at = view.find(form, at + len(form))
            for at in range(len(view) - _GRAM + 1):
                found = self._grams.get(view[at : at + _GRAM])
                if found:
                    yield _Span(places[at], places[at + _GRAM], _Sureness.FRAGMENT, found)


def _bare(secret: str) -> str:
    """Return the secret without blanks around it and without a scheme word before it."""
    found = _SCHEME_BEFORE.match(secret.strip())
    return secret.strip()[found.end() if found else 0 :]


def _forms(secret: str) -> Iterator[str]:
    """Yield the texts in which a secret may stand unescaped, among them the parts of `user:password`."""
    decoded = _decoded(secret)
    for plain in (secret, *((decoded,) if ":" in decoded else ())):
        for part in dict.fromkeys((plain, plain.partition(":")[2], plain.replace(" ", "+"))):
            if len(part) >= _SHORTEST:
                yield part
                yield from _in_base64(part)


def _decoded(secret: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(secret, validate=True).decode()
    except ValueError:
        return ""


def _in_base64(part: str) -> Iterator[str]:
    """Yield what a part looks like inside base64, at each of the three places where it can begin."""
    from base64 import b64encode

    octets = part.encode("utf-8", "surrogatepass")
    if len(octets) > _BASE64_LIMIT:
        return
    for offset in range(3):
        encoded = b64encode(bytes(offset) + octets).decode()
        first, last = (0, 2, 3)[offset], (offset + len(octets)) * 8 // 6
        inner = encoded[first:last]
        if len(inner) >= _GRAM - 2:
            yield from {inner, inner.replace("+", "-").replace("/", "_")}


def _outside_marks(spans: Iterable[_Span], text: str) -> Iterator[_Span]:
    """Leave out what already is a mark, and blanks, dots and quotes at the edges."""
    marks = [match.span() for match in _MARK.finditer(text)]
    starts, ends = [start for start, _ in marks], [end for _, end in marks]
    for span in (span for span in spans if span.start < span.end):
        inside = marks[bisect_right(ends, span.start) : bisect_left(starts, span.end)]
        if not inside:
            yield span
            continue
        edges = [span.start, *(edge for mark in inside for edge in mark), span.end]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            yield from _trimmed(span, text, start, end)


def _trimmed(span: _Span, text: str, start: int, end: int) -> Iterator[_Span]:
    while start < end and text[start] in " \t.…,\"'":
        start += 1
    while start < end and text[end - 1] in " \t.…,\"'":
        end -= 1
    if start < end:
        yield replace(span, start=start, end=end)


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Join spans that overlap; the surest of them gives the whole its mark."""
    current: _Span | None = None
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if current is None or span.start >= current.end:
            if current is not None:
                yield current
            current = span
        else:
            current = replace(
                min(current, span, key=lambda s: s.sureness),
                start=current.start,
                end=max(current.end, span.end),
            )
    if current is not None:
        yield current


# ---- escapes


def _views(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield the text, and the text with its escapes decoded; each with the place in `text` of every character."""
    view, places = text, cast("Sequence[int]", range(len(text) + 1))
    yield view, places
    for _ in range(_ROUNDS):
        if _ESCAPES.search(view) is None:
            return
        view, places = _unescaped(view, places)
        yield view, places


def _unescaped(view: str, places: Sequence[int]) -> tuple[str, Sequence[int]]:
    pieces: list[str] = []
    kept: list[int] = []
    position = 0
    for match in _ESCAPES.finditer(view):
        pieces.append(view[position : match.start()])
        kept += places[position : match.start()]
        at = match.start()
        for character, width in _characters(match):
            pieces.append(character)
            kept.append(places[at])
            at += width
        position = match.end()
    return "".join([*pieces, view[position:]]), [*kept, *places[position:]]


def _characters(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    """Yield each character that an escape stands for, with the number of characters it takes up."""
    if match["percent"]:
        octets = bytes.fromhex(match["percent"].replace("%", ""))
        for character in octets.decode("utf-8", "surrogateescape"):
            yield character, 3 * len(character.encode("utf-8", "surrogateescape"))
    elif match["u"]:
        units = bytes.fromhex(match["u"].replace("\\u", ""))
        for character in units.decode("utf-16-be", "surrogatepass"):
            yield character, 12 if character > "\uffff" else 6
    else:
        yield _single(match), len(match[0])


def _single(match: re.Match[str]) -> str:
    if match["c"]:
        return _C.get(match["c"], match["c"])
    if match["name"]:
        return _ENTITIES[match["name"]]
    return chr(int(match["dec"]) if match["dec"] else int(match["x"] or match["hex"], 16))


# ---- what a terminal must not be told


def printable(text: str, *, keep: str = "") -> str:
    r"""Return the text with every character that has no glyph of its own as an escape such as `\x1b` or `\u202e`.

    Control, format and bidirectional characters, odd blanks, lone surrogates and unassigned code points are such;
    those in `keep` (say, a line feed) stay.
    """
    if text.isprintable() and _INVISIBLE.search(text) is None:
        return text
    return "".join(
        c if c in keep or (c.isprintable() and not _INVISIBLE.match(c)) else _escape(c) for c in text
    )


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as surrogateescape reads it
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# ---- the report as a whole


def clean_report(report: "Report", redactor: Redactor | None) -> "Report":
    """Return the report fit to be shown: every string freed of secrets and printable; None leaves the secrets in."""
    scrub = redactor.scrub if redactor is not None else str
    cleaned = rewrite(
        _told_by_name(report, scrub),
        line=lambda text: printable(scrub(text)),
        block=lambda text: printable(scrub(text), keep="\n\t"),
    )
    return replace(cleaned, redacted=redactor is not None)


def _told_by_name(report: "Report", scrub: Callable[[str], str]) -> "Report":
    """Scrub what was sent and seen together with the field's name, which may be all that tells a secret."""
    if report.seen is None:
        return report

    def freed(part: str, value: str | None) -> str | None:
        return None if value is None else scrub(f"{part}: {value}").removeprefix(f"{part}: ")

    passages = tuple(
        replace(p, sent=freed(p.part, p.sent), seen=freed(p.part, p.seen)) for p in report.seen.passages
    )
    return replace(report, seen=replace(report.seen, passages=passages))


def rewrite(value: T, *, line: Callable[[str], str], block: Callable[[str], str]) -> T:
    """Return a copy of a value of report.py in which every string is changed: by `block` in a remedy and a log's record, else by `line`.

    Causes' slugs stay: they are names of ws101's own, which scripts match on.
    """
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return cast("T", line(value))
    if isinstance(value, tuple):
        members = tuple(
            [
                line(member)
                if type(member) is str
                else member
                if type(member) is int
                else rewrite(member, line=line, block=block)
                for member in value
            ]
        )
        return value if all(map(is_, members, value)) else cast("T", members)
    changed = {}
    kind: type = type(value)
    for name, in_block in _strings_of(kind):
        before = getattr(value, name)
        after = rewrite(before, line=block if in_block else line, block=block)
        if after is not before:
            changed[name] = after
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


@cache
def _strings_of(kind: type) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a class of report.py in which strings may stand, each with whether they are blocks of lines."""
    if not issubclass(kind, Struct):
        return ()
    from ws101.report import LogLine, Remedy  # whoever has one to rewrite has loaded it

    return tuple(
        (name, kind is Remedy or (kind is LogLine and name == "text"))
        for name in kind.__struct_fields__
        if name != "cause"
    )
