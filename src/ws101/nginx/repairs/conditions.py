"""Puts a condition on Upgrade right that no client meets: nginx compares letter by letter, and clients write `websocket`."""

from ws101.nginx.edit import Edit
from ws101.nginx.model import Level
from ws101.nginx.pattern import search
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown
from ws101.nginx.word import Word

_ASKED = "websocket"  # RFC 6455, 4.1: any case will do for a server; this is what clients send
_NAMES = frozenset({"$http_upgrade", "${http_upgrade}"})


def upgrade(route: Route) -> Repair | None:
    """Return what lets a condition on Upgrade take a handshake for one, where it is in the way of this one and never does."""
    found = misspelt(route.state.level) if route.state else None
    if found is None or route.ask.headers.get("upgrade") != _ASKED:
        return None
    return Repair("proxy-routes-elsewhere", "ask for Upgrade as clients write it", (_mended(found),))


def misspelt(level: Level) -> Directive | None:
    """Return the first `if` on the way to this block whose text is `websocket` but for the case of its letters, which it asks for."""
    blocks = (one for above in level.lineage() for one in above.own("if"))
    return next((one for one in blocks if _is_misspelt(one)), None)


def _is_misspelt(block: Directive) -> bool:
    words = _words(block)
    if len(words) != 3 or words[0].text.lstrip("(") not in _NAMES:
        return False
    operator, text = words[1].text, words[2].text.removesuffix(")")
    if operator in {"=", "!="}:
        return text.lower() == _ASKED != text
    return operator in {"~", "!~"} and _matches(text, caseless=True) and not _matches(text, caseless=False)


def _words(block: Directive) -> list[Word]:
    """Return the words of a condition, without parentheses that are words of their own."""
    return [one for one in block.words[1:] if one.text not in {"(", ")"}]


def _matches(pattern: str, *, caseless: bool) -> bool:
    found = search(pattern, _ASKED, caseless=caseless)
    return found is not None and not isinstance(found, Unknown)


def _mended(block: Directive) -> Edit:
    _, operator, text = _words(block)
    if operator.text in {"~", "!~"}:
        return Edit(block.file, operator.end, operator.end, "*")
    at = block.file.text.lower().find(_ASKED, text.start, text.end)
    return Edit(block.file, at, at + len(_ASKED), _ASKED)
