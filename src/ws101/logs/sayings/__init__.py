"""The table of sayings; the first that stands in a text tells what it means. One file per library, or per family."""

from functools import lru_cache

from ws101.logs.saying import Heard, hear
from ws101.logs.sayings import (
    browsers,
    closing,
    dotnet,
    frameworks,
    go,
    java,
    ktor,
    meaning,
    mobile,
    node,
    products,
    proxies,
    python,
    rust,
    servers,
    statuses,
    tls,
    tools,
)
from ws101.pattern import compiled
from ws101.signature import Says

SAYINGS = (
    # which name the library and a status, or a reason that is their own
    *ktor.SAYINGS,
    *browsers.SAYINGS[:-2],
    *java.SAYINGS,
    *python.SAYINGS,
    *products.SAYINGS,
    *servers.SAYINGS,
    *go.SAYINGS,
    *tools.SAYINGS,
    *tls.MAKING,
    *node.SAYINGS,
    *dotnet.SAYINGS,
    *rust.SAYINGS,
    *mobile.SAYINGS,
    *frameworks.SAYINGS,
    *closing.SAYINGS,
    *proxies.SAYINGS,
    # which many print
    *browsers.SAYINGS[-2:],
    *tls.SAYINGS,
    *statuses.SAYINGS,
    *meaning.SAYINGS,
)

# Texts that are about a WebSocket have one of these.
_CONTEXT = (
    "ebSocket",
    "ebsocket",
    "eb socket",
    "eb Socket",
    "WEBSOCKET",
    "ws://",
    "wss://",
    "ocket.io",
    "ocket.IO",
    "ignalR",
    "ignalr",
    "andshake",
)


def _signs() -> tuple[str, ...]:
    """Return the fewest texts of which one stands wherever a saying does."""
    own = (
        saying.mark
        for saying in SAYINGS
        if not saying.vague
        and not any(one in saying.mark + saying.pattern.partition("(?!")[0] for one in _CONTEXT)
    )
    found: list[str] = list(_CONTEXT)
    for mark in sorted(
        {mark[: mark.find("(") + 1] if mark.startswith("curl: (") else mark for mark in own}, key=len
    ):
        if not any(sign in mark for sign in found):
            found.append(mark)
    return tuple(found)


_SIGNS = _signs()
SIGNS: tuple[bytes, ...] = tuple(sign.encode() for sign in _SIGNS)


def signed(text: str) -> bool:
    """Return whether a saying may stand in the text: a look that is cheap, for most lines have none."""
    return any(sign in text for sign in _SIGNS)


@lru_cache(maxsize=16)  # whether a format opens with a line, and what it says, is asked one after the other
def recognise(text: str, *, about: bool | None = None) -> Heard | None:
    """Return the first saying that stands in the text, or None where no words are known.

    `about` tells whether the text is known to be about a WebSocket; without it, its own words must say so.
    """
    if about is None and not signed(text):
        return None
    heard = hear(text, SAYINGS, about=_about(text) if about is None else about)
    if heard is None or heard.says is not Says.NOTHING or heard.status in {None, 101}:
        return heard
    return heard._replace(says=_by_words(text[heard.end :], heard.status))


def _about(text: str) -> bool:
    return any(sign in text for sign in _CONTEXT)


def _by_words(rest: str, status: int | None) -> Says:
    """Return what the answer's own words say, where a library prints them behind the status."""
    if len(rest.strip()) < 8:
        return Says.NOTHING
    from ws101.signatures import words  # loads all signatures, which few logs need

    for signature in words.SIGNATURES:
        fits = status in signature.statuses and signature.body
        if fits and compiled(signature.body).search(rest):
            return signature.says
    return Says.NOTHING
