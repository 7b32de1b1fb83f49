"""A head, line by line (RFC 9112, 2 to 5), a response's whole; keeps what is wrong as breaches and goes on reading."""

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


class FieldLines:
    """The lines that follow the first one, as they come in; `take` returns True for the empty line that ends them."""

    def __init__(self) -> None:
        self.breaches: dict[Breach, None] = {}
        self._fields: list[tuple[str, list[str]]] = []

    @property
    def headers(self) -> Headers:
        return Headers.of((name, " ".join(part for part in parts if part)) for name, parts in self._fields)

    def note(self, breach: Breach) -> None:
        """Keep what is wrong, once."""
        self.breaches.setdefault(breach)

    def text_of(self, line: bytes) -> str:
        """Return a line without its end."""
        text = line.decode("latin-1")
        if text.endswith("\r\n"):
            text = text[:-2]
        else:
            text = text.removesuffix("\n")
            self.note(BARE_LF)
        if "\r" in text:
            self.note(_BARE_CR)
        return text

    def take(self, line: bytes) -> bool:
        """Read one line with its end."""
        return self._take(self.text_of(line))

    def _take(self, text: str) -> bool:
        if not text:
            return True
        if text[0] in " \t":
            self._take_fold(text)
        else:
            self._take_field(text)
        return False

    def _take_fold(self, text: str) -> None:
        if not self._fields:
            self.note(_FIELDLESS_FOLD)
            return
        name, parts = self._fields[-1]
        self.note(Breach("a header's value is folded over lines", "RFC 9112, 5.2", name))
        parts.append(text.strip(" \t"))

    def _take_field(self, text: str) -> None:
        name, colon, value = text.partition(":")
        if not colon:
            self.note(_NO_COLON)
            return
        bare = name.rstrip(" \t")
        if bare != name:
            self.note(
                Breach("whitespace stands between a header's name and its colon", "RFC 9112, 5.1", bare)
            )
        if not grammar.is_token(bare):
            self.note(Breach("a header's name is no token", "RFC 9110, 5.1", bare))
        value = value.strip(" \t")
        if not grammar.is_field_value(value):
            self.note(Breach("a header's value holds a control character", "RFC 9110, 5.5", bare))
        self._fields.append((bare, [value]))


class Head(FieldLines):
    """One response's head as it comes in; `take` returns True for the empty line that ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = False
        self.version = ""
        self.status: int | None = None
        self.reason = ""

    def _take(self, text: str) -> bool:
        if self.begun:
            return super()._take(text)
        self._take_status_line(text)
        return False

    def _take_status_line(self, text: str) -> None:
        self.begun = True
        if grammar.STATUS_LINE.fullmatch(text) is None:
            self.note(_STATUS_LINE)
        match = grammar.LOOSE_STATUS_LINE.fullmatch(text)
        if match is None:
            return
        self.version, self.reason = match["version"], (match["reason"] or "").strip(" \t")
        if grammar.STATUS_CODE.fullmatch(match["status"] or ""):
            self.status = int(match["status"])
        else:
            self.note(_STATUS_CODE)
        if self.version not in _VERSIONS:
            self.note(_VERSION)
