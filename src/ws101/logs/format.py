"""The shape of a format: how one kind of software writes down a handshake."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from ws101.logs.entry import Entry
from ws101.logs.line import Line
from ws101.terms import Hop


class Format(Struct, frozen=True):
    """One kind of record.

    `opens` says whether a record of this format begins with this text, `continues` whether a further line belongs to it
    (None: every record is one line); `key` tells interleaved records of one stream apart, as a request's id does.
    `read` turns a record's lines into an entry; None where it is of this format, and tells of no handshake. `signs` are
    byte strings, one of which stands in every record that tells of one. `healthy` says that it logs handshakes that
    succeed, too: then a missing line is evidence once one was seen. `certain` says that whatever it reads tells of a
    handshake: then a path in it is a WebSocket's.
    """

    name: str
    software: str
    hop: Hop
    opens: Callable[[str], bool]
    read: Callable[[Sequence[Line]], Entry | None]
    signs: tuple[bytes, ...]
    continues: Callable[[str], bool] | None = None
    key: Callable[[str], str] | None = None
    healthy: bool = True
    certain: bool = False
