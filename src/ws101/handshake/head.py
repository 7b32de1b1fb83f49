"""A response's head, line by line (RFC 9112, 2 to 5); keeps what is wrong as breaches and goes on reading."""

from ws101.handshake import grammar
from ws101.handshake.answer import Breach
from ws101.handshake.headers import Headers

BARE_LF = Breach("a line ends in LF without CR", "RFC 9112, 2.2")

_BARE_CR = Breach("a line holds a CR that does not end it", "RFC 9112, 2.2")
_STATUS_LINE = Breach("the status line is malformed", "RFC 9112, 4")
_STATUS_CODE = Breach("the status code is not three digits", "RFC 9112, 4")
_VERSION = Breach("the status line claims another version of HTTP than 1.0 or 1.1", "RFC 9112, 2.3")
_NO_COLON = Breach("a header line has no colon", "RFC 9112, 5")
_FIELDLESS_FOLD = Breach("whitespace stands before the first header field", "RFC 9112, 2.2")
_VERSIONS = ("HTTP/1.0", "HTTP/1.1")


class Head:
    """One head as it comes in; `take` returns True for the empty line that ends it."""

    def __init__(self) -> None:
        self.begun = False
        self.version = ""
        self.status: int | None = None
        self.reason = ""
        self.breaches: dict[Breach, None] = {}
        self._fields: list[tuple[str, list[str]]] = []

    @property
    def headers(self) -> Headers:
        return Headers.of((name, " ".join(part for part in parts if part)) for name, parts in self._fields)

    def take(self, line: bytes) -> bool:
        """Read one line with its end."""
        text = line.decode("latin-1")
        if text.endswith("\r\n"):
            text = text[:-2]
        else:
            text = text.removesuffix("\n")
            self._note(BARE_LF)
        if "\r" in text:
            self._note(_BARE_CR)
        if not self.begun:
            self._take_status_line(text)
        elif not text:
            return True
        elif text[0] in " \t":
            self._take_fold(text)
        else:
            self._take_field(text)
        return False

    def _note(self, breach: Breach) -> None:
        self.breaches.setdefault(breach)

    def _take_status_line(self, text: str) -> None:
        self.begun = True
        if grammar.STATUS_LINE.fullmatch(text) is None:
            self._note(_STATUS_LINE)
        match = grammar.LOOSE_STATUS_LINE.fullmatch(text)
        if match is None:
            return
        self.version, self.reason = match["version"], (match["reason"] or "").strip(" \t")
        if grammar.STATUS_CODE.fullmatch(match["status"] or ""):
            self.status = int(match["status"])
        else:
            self._note(_STATUS_CODE)
        if self.version not in _VERSIONS:
            self._note(_VERSION)

    def _take_fold(self, text: str) -> None:
        if not self._fields:
            self._note(_FIELDLESS_FOLD)
            return
        name, parts = self._fields[-1]
        self._note(Breach("a header's value is folded over lines", "RFC 9112, 5.2", name))
        parts.append(text.strip(" \t"))

    def _take_field(self, text: str) -> None:
        name, colon, value = text.partition(":")
        if not colon:
            self._note(_NO_COLON)
            return
        bare = name.rstrip(" \t")
        if bare != name:
            self._note(
                Breach("whitespace stands between a header's name and its colon", "RFC 9112, 5.1", bare)
            )
        if not grammar.is_token(bare):
            self._note(Breach("a header's name is no token", "RFC 9110, 5.1", bare))
        value = value.strip(" \t")
        if not grammar.is_field_value(value):
            self._note(Breach("a header's value holds a control character", "RFC 9110, 5.5", bare))
        self._fields.append((bare, [value]))
