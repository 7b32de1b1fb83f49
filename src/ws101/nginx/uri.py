"""What nginx makes of a request's target, and how it writes a URI anew; a character is a byte (ISO-8859-1)."""

from typing import NamedTuple

_HEX = frozenset("0123456789abcdefABCDEF")


class Target(NamedTuple):
    """A target as nginx keeps it: the path decoded and put straight, the arguments as they came.

    `quoted` tells that a percent sign was decoded, `plus` that the path holds a plus sign.
    """

    path: str
    args: str
    quoted: bool
    plus: bool


def normalise(target: str, *, merge_slashes: bool = True) -> Target | None:
    """Return the target as nginx reads it (ngx_http_parse_complex_uri), or None where it answers 400.

    `target` begins with a slash, or is the path of an absolute URI. A percent sign is decoded before slashes are merged and
    dot segments are taken out, so `%2f` and `%2e` count as what they stand for; `%3f`, `%23` and `%25` do not.
    """
    return _Path(target or "/", merge_slashes=merge_slashes).read()


class _Path:
    """The state machine of ngx_http_parse.c; `_state` is usual, slash, dot or dots."""

    def __init__(self, target: str, *, merge_slashes: bool) -> None:
        self._target, self._merge = target, merge_slashes
        self._out: list[str] = []
        self._state = "usual"
        self._quoted = self._plus = False

    def read(self) -> Target | None:
        target, at = self._target, 0
        args = ""
        while at < len(target):
            character, literal = target[at], False
            at += 1
            if character == "%":
                decoded = self._decoded(at)
                if decoded is None:
                    return None
                character, literal = decoded, decoded in "%#?"
                at += 2
            elif character == "?":
                args = target[at:].partition("#")[0]
                break
            elif character == "#":
                break
            if not self._take(character, literal=literal):
                return None
        if not self._end():
            return None
        return Target("".join(self._out), args, self._quoted, self._plus)

    def _decoded(self, at: int) -> str | None:
        digits = self._target[at : at + 2]
        if len(digits) < 2 or not set(digits) <= _HEX or digits == "00":
            return None
        self._quoted = True
        return chr(int(digits, 16))

    def _take(self, character: str, *, literal: bool) -> bool:
        self._plus |= character == "+"
        if character == "/":
            return self._take_slash()
        if character == "." and not literal and self._state in {"slash", "dot"}:
            self._state = "dot" if self._state == "slash" else "dots"
        else:
            self._state = "usual"
        self._out.append(character)
        return True

    def _take_slash(self) -> bool:
        if self._state == "dot":
            self._out.pop()
        elif self._state == "dots":
            if not self._up():
                return False
        elif self._state == "usual" or not self._merge:
            self._out.append("/")
        self._state = "slash"
        return True

    def _end(self) -> bool:
        if self._state == "dot":
            self._out.pop()
        return self._state != "dots" or self._up()

    def _up(self) -> bool:
        """Take the last segment and its two dots out; False where the path would leave the root."""
        del self._out[-3:]
        while self._out and self._out[-1] != "/":
            self._out.pop()
        return bool(self._out)


# What ngx_escape_uri writes as %XX, by the kind of its place (ngx_string.c).
_ALWAYS = frozenset(chr(code) for code in (*range(0x21), *range(0x7F, 0x100)))
_IN_PATH = _ALWAYS | set('#%?"<>\\^`{|}')
_IN_ARGUMENTS = _ALWAYS | set('#%&+?"<>\\^`{|};')


def escape_path(path: str) -> str:
    """Return the path as it is written into a request line (NGX_ESCAPE_URI)."""
    return "".join(f"%{ord(c):02X}" if c in _IN_PATH else c for c in path)


def escape_argument(text: str) -> str:
    """Return a capture as it is written into arguments (NGX_ESCAPE_ARGS)."""
    return "".join(f"%{ord(c):02X}" if c in _IN_ARGUMENTS else c for c in text)


def unescape_redirect(text: str) -> str:
    """Undo percent signs in a redirect's path as ngx_unescape_uri does (NGX_UNESCAPE_REDIRECT): up to the `?`."""
    out: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character == "?":
            break
        at += 1
        if character != "%":
            out.append(character)
            continue
        digits = text[at : at + 2]
        if len(digits) < 2 or not set(digits) <= _HEX:
            continue
        decoded = chr(int(digits, 16))
        at += 2
        out.append(decoded if "%" < decoded < "\x7f" else f"%{digits}")
        if decoded == "?":
            break
    return "".join(out) + text[at:]
