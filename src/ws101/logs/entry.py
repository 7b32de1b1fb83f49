"""What one hop wrote of one handshake in one record of its log: values only, each None or empty where nothing is said."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, field

from ws101.logs.line import Place
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.reading import Flaw

NO_FIELDS: Mapping[str, str] = MappingProxyType({})


class Level(StrEnum):
    """How grave the writer finds it, in the order of nginx's error_log levels."""

    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARN = "warn"
    ERROR = "error"
    CRIT = "crit"


RANK = {level: rank for rank, level in enumerate(Level)}


class Told(StrEnum):
    """From which side a record tells of a handshake; what was meant is no proof of what was sent."""

    MEANT = "what a client means to send"
    SEEN = "what arrived"
    ANSWERED = "how it was answered"
    WRONG = "what went wrong"
    ENDED = "how an open socket ended"


# Not frozen: to make a frozen one of so many fields takes four times as long, and they come by the hundred thousand.
class Entry(Struct):
    """One record of a log that tells of a handshake, redacted.

    `told` is the side it tells from. `time` is in seconds since the epoch, UTC; where the writer names no zone,
    `zoned` is false and `time` reads the digits as UTC; an access line's is that of its end, also where the writer
    gives the beginning and the duration. `client` is the peer's address as this hop saw it, `forwarded` the client's
    as it was told. `headers` maps lower-case names of request fields to values, "" where one is logged and was not
    there; `whole` says that a field which is not in it was not there, either. `status` is what this hop answered, or
    what a client met; `upstream_status` what the next hop answered, "" in `upstream` where none was asked although
    this format tells. `took` is in seconds. `identity` maps "request-id", "key" (Sec-WebSocket-Key), "probe" (ws101's
    own mark), "connection" and the like to what joins records. `says` is the reason in words that do not depend on the
    software, `words` the software's own. `flaws` are what was wrong with the token that stood in the record, at its
    time.
    """

    place: Place
    format: str
    software: str
    hop: Hop
    told: Told
    text: str
    time: float | None = None
    zoned: bool = True
    level: Level | None = None
    client: str = ""
    forwarded: str = ""
    method: str = ""
    scheme: str = ""
    host: str = ""
    port: int | None = None
    path: str = ""
    version: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NO_FIELDS)
    whole: bool = False
    status: int | None = None
    upstream: str | None = None
    upstream_status: int | None = None
    took: float | None = None
    size: int | None = None
    agent: str = ""
    identity: Mapping[str, str] = field(default_factory=lambda: NO_FIELDS)
    says: Says = Says.NOTHING
    words: str = ""
    user: str = ""
    close_code: int | None = None
    flaws: tuple[Flaw, ...] = ()
    stream: str = ""

    @property
    def refused(self) -> bool:
        return self.status is not None and self.status != 101
