"""Which handshakes ended alike, as far as logs tell: those that every cause must judge in the same way."""

import re
from collections.abc import Hashable
from functools import lru_cache

from ws101.logs.entry import Entry
from ws101.logs.lasting import usual_timeout
from ws101.logs.story import Story

_TELLING = ("upgrade", "connection", "authorization", "origin", "sec-websocket-version")
_PATIENCE = 1.0  # seconds; what ended sooner did not wait for anything
_LONGEST = 64  # characters of a value that two handshakes may differ in
# Segments of a path that name one of many: SockJS' server and session, a number, a secret's mark, a long word with a digit, and
# `room-0017`.
ID = re.compile(
    r"(?:(?<=/)(?:[0-9]{3}/[a-z0-5]{8}|[0-9]+|\[token [^\]]*\]|(?=[A-Za-z_-]*[0-9])[\w-]{16,})|[0-9]{3,})(?=/|$)",
    re.ASCII,
)


def kind(story: Story) -> Hashable:
    """Return a key that handshakes share which the logs tell of in the same way; no client, time, token or id is in it."""
    return (
        tuple(of_entry(entry) for entry in story.entries),
        tuple((s.witness.source, s.witness.format, s.sure) for s in story.silences),
        tuple((c.one.told, c.one.hop) for c in story.contradictions),
    )


def of_entry(entry: Entry) -> Hashable:
    """Return what entries share that tell of a handshake in the same way."""
    page = entry.size if entry.refused else None  # an error page is known by its length
    return (
        entry.format, entry.told, entry.status, entry.says, entry.method, entry.scheme, entry.version, entry.host, entry.port,
        _route(entry.path), "?" in entry.path, page, entry.upstream, entry.upstream_status, entry.flaws,
        entry.close_code, _time(entry), entry.whole,
        tuple((name, entry.headers[name][:_LONGEST]) for name in _TELLING if name in entry.headers),
    )  # fmt: skip


@lru_cache(8192)
def _route(path: str) -> str:
    """Return a path without its query and the ids in it: rooms and sessions by the thousand are served alike."""
    return ID.sub("~", path.partition("?")[0])


def _time(entry: Entry) -> Hashable:
    """Return what is told by the time that a request took: an open socket may have been cut by a time-out."""
    if entry.took is None:
        return None
    usual = usual_timeout(entry.took) if entry.status == 101 else None
    return usual or entry.took >= _PATIENCE
