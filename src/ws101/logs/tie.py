"""Whether two entries may tell of one handshake, and by what that is known. Looks at two entries, never at their times."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from ws101.logs.concern import bare
from ws101.logs.entry import Entry, Told
from ws101.logs.moment import program
from ws101.signature import Says
from ws101.terms import Hop

ORDER = {hop: at for at, hop in enumerate(Hop)}
BETWEEN = frozenset({Hop.CDN, Hop.PROXY})
ALONE = "alone"  # of what was written while nothing but one handshake was sent
OF_ONE_REQUEST = frozenset({"probe", "key", "request-id", ALONE})  # a trace may hold several
ONCE = frozenset({Told.MEANT, Told.SEEN, Told.ANSWERED})  # each format writes these once of a handshake
SHARED = (
    "probe",
    "key",
    "request-id",
    "trace-id",
    "cf-ray",
    ALONE,
)  # what more than one hop writes, the surest first
OF_ONE_PROGRAM = ("connection", "thread")  # what a program numbers for itself alone
NAMES = {"probe": "ws101's mark", "key": "Sec-WebSocket-Key", "request-id": "the request's id", "trace-id": "the trace's id",
         "cf-ray": "CF-Ray", ALONE: "the moment (nothing else was sent yet)", "connection": "the connection",
         "thread": "the thread and the moment"}  # fmt: skip
_CERTAIN_CONFLICT = ("probe", "key")

# What a client says that met no answer at all.
_UNCONNECTED = frozenset(
    {Says.REFUSED, Says.NAME_UNKNOWN, Says.UNREACHABLE, Says.CLOSED, Says.SILENT, Says.TLS_WRONG_VERSION, Says.TLS_UNTRUSTED,
     Says.TLS_EXPIRED, Says.TLS_NOT_YET_VALID, Says.TLS_NAME, Says.TLS_VERSION, Says.TLS_SERVER_NAME}
)  # fmt: skip
_BAD_REQUEST = frozenset({400, 497, 301, 302, 307, 308})  # error_page 497 often redirects
_ANSWERS = {
    Says.PLAIN_HTTP_TO_TLS: _BAD_REQUEST,
    Says.CLIENT_CERTIFICATE_MISSING: frozenset({400, 403, 496}),
    Says.CLIENT_CERTIFICATE_BAD: frozenset({400, 403, 495}),
    Says.HEADER_TOO_LARGE: frozenset({400, 414, 431, 494}),
    Says.UPSTREAM_REFUSED: frozenset({502, 503, 504}),
    Says.UPSTREAM_CLOSED: frozenset({502, 503, 504}),
    Says.UPSTREAM_NAME: frozenset({502, 503}),
    Says.UPSTREAM_TLS: frozenset({502, 525, 526}),
    Says.UPSTREAM_INVALID: frozenset({502}),
    Says.UPSTREAM_TIMEOUT: frozenset(
        {502, 503, 504, 499}
    ),  # 503 of Apache, where it could not connect in time
    Says.UPSTREAM_DOWN: frozenset({502, 503, 504}),
    Says.RATE: frozenset({429, 503}),
    Says.CONNECTIONS: frozenset({429, 503}),
}
# After these nginx asks the next server, if there is one (proxy_next_upstream).
NEXT = frozenset(
    {
        Says.UPSTREAM_REFUSED,
        Says.UPSTREAM_CLOSED,
        Says.UPSTREAM_TIMEOUT,
        Says.UPSTREAM_INVALID,
        Says.UPSTREAM_TLS,
    }
)
_OWN_ANSWERS = {
    Says.FORBIDDEN: 403,
    Says.ADDRESS: 403,
    Says.PERMISSION: 403,
    Says.BASIC: 401,
    Says.NO_FILE: 404,
    Says.MALFORMED: 400,
}
_UNANSWERED = frozenset({499, 504})  # what a proxy logs where no server has answered yet
# What a client meets of these does not come of a proxy's trouble with the next hop; a page with 200 may stand for that.
_FAULTS_OF_CLIENTS = range(400, 499)


def explains(entry: Entry, status: int | None) -> bool:
    """Return whether what went wrong is what a client is told by this status, and by few others."""
    answers = (_OWN_ANSWERS.get(entry.says), *_ANSWERS.get(entry.says, ()))
    return entry.told is Told.WRONG and status is not None and status in answers


def ties(one: Entry, other: Entry) -> set[str] | None:
    """Return what the two have in common, by its name for users; None where they cannot be of one handshake."""
    return _in_common(
        one, other, (_address, _status, _request, _path, _identity)
    )  # what differs most often first


def ties_but_for_the_path(one: Entry, other: Entry) -> set[str] | None:
    """Return what a proxy's entry and one of a server behind it have in common, whatever path the server was asked for."""
    if ORDER[one.hop] >= ORDER[other.hop]:
        one, other = other, one
    if one.hop not in BETWEEN or other.hop is not Hop.SERVER:
        return None
    return _in_common(one, other, (_address, _status, _request, _identity))


def ties_but_for_the_address(one: Entry, other: Entry) -> set[str] | None:
    """Return what two proxies in a row have in common, each of which knows the client by another address."""
    return _in_common(one, other, (_status, _request, _path, _identity))


def ties_by_the_next_upstream(answered: Entry, wrong: Entry) -> bool:
    """Return whether a proxy may have answered one request although an upstream failed it: then it asked the next one."""
    told = wrong.told is Told.WRONG and wrong.says in NEXT and answered.told is Told.ANSWERED
    if not told or answered.status is None or answered.status >= 400 or not _one_program(answered, wrong):
        return False
    found = _in_common(answered, wrong, (_address, _request, _path, _identity))
    return found is not None and {"client", "path"} <= found


def _in_common(
    one: Entry, other: Entry, compared: Sequence[Callable[[Entry, Entry], set[str] | None]]
) -> set[str] | None:
    if _same_slot(one, other):
        return None
    found: set[str] = set()
    for compare in compared:
        tie = compare(one, other)
        if tie is None:
            return None
        found |= tie
    return found


def clash(one: Entry, other: Entry) -> bool:
    """Return whether two entries are of two handshakes for certain, even where one identity stands in both.

    A path or a status that differs is none: then one of the two says what is not so.
    """
    method = one.method and other.method and one.method != other.method
    return bool(method) or _same_slot(one, other) or _identity(one, other) is None


def _same_slot(one: Entry, other: Entry) -> bool:
    if one.told is not other.told or one.told not in ONCE or one.format != other.format:
        return False
    return one.place.source == other.place.source and program(one) == program(other)


def _identity(one: Entry, other: Entry) -> set[str] | None:
    if not one.identity or not other.identity:
        return set()
    common = {kind for kind in one.identity if named(one, kind) and named(other, kind)}
    equal = {kind for kind in common if one.identity[kind] == other.identity[kind]}
    if any(kind in common and kind not in equal for kind in _CERTAIN_CONFLICT):
        return None
    if "connection" in common:
        if _one_program(one, other):
            if "connection" not in equal:
                return None
        else:
            equal.discard("connection")
    return {NAMES[kind] for kind in equal if kind in NAMES}


def named(entry: Entry, kind: str) -> str:
    """Return an entry's identity of this kind; a mark in its place, as JSON's "key" is given one, is no identity."""
    value = entry.identity.get(kind, "")
    return "" if "[token" in value else value


def _one_program(one: Entry, other: Entry) -> bool:
    return one.hop is other.hop and one.software == other.software


def _request(one: Entry, other: Entry) -> set[str] | None:
    if one.method and other.method and one.method != other.method:
        return None
    if one.hop is other.hop is Hop.CLIENT and _of_two_urls(one, other):
        return None
    if one.agent and other.agent and not _begins(one.agent, other.agent):
        return None
    return set()


def _path(one: Entry, other: Entry) -> set[str] | None:
    if not one.path or not other.path:
        return set()
    mine, theirs = bare(one.path), bare(other.path)
    if mine == theirs:
        return {"path"}
    if one.hop is other.hop and one.place.source == other.place.source:
        return None
    # A proxy may take the beginning of a path off, or put one before it.
    return {"the path's end"} if _ends(mine, theirs) or _ends(theirs, mine) else None


def _of_two_urls(one: Entry, other: Entry) -> bool:
    """Whether two records of clients name URLs that differ in scheme, host or port."""
    told = ((one.scheme, other.scheme), (one.host.lower(), other.host.lower()), (one.port, other.port))
    return any(mine and theirs and mine != theirs for mine, theirs in told)


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _ends(whole: str, part: str) -> bool:
    return len(part) > 1 and whole.endswith(part)


def addresses(entry: Entry) -> frozenset[str]:
    """Return the addresses that a hop knows the client by, its peer's and those that it was told."""
    return _addresses(entry.client, entry.forwarded)


@lru_cache(8192)
def _told(forwarded: str) -> frozenset[str]:
    return _addresses("", forwarded)


@lru_cache(8192)
def _addresses(client: str, forwarded: str) -> frozenset[str]:
    named = {_bare_address(part) for part in (client, *forwarded.split(","))}
    return frozenset(named - {"", "-", "unknown"})


def _bare_address(text: str) -> str:
    text = text.strip().strip('"')
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text.removeprefix("::ffff:")


def _address(one: Entry, other: Entry) -> set[str] | None:
    mine, theirs = addresses(one), addresses(other)
    if not mine or not theirs:
        return set()
    if one.forwarded and other.forwarded and not _told(one.forwarded) & _told(other.forwarded):
        return None  # a proxy adds to what it was told
    if mine & theirs:
        return {"client"}
    if _one_program(one, other) and not one.forwarded and not other.forwarded:
        same_nginx = Told.ANSWERED not in {one.told, other.told} or one.told is not other.told
        return None if same_nginx else set()
    inner = max(one, other, key=lambda entry: ORDER[entry.hop])
    return None if inner.forwarded else set()


def _status(one: Entry, other: Entry) -> set[str] | None:
    outer, inner = (one, other) if ORDER[one.hop] <= ORDER[other.hop] else (other, one)
    if outer.hop is inner.hop:
        return _status_at_one_hop(outer, inner)
    if outer.hop is Hop.PROXY and outer.told is Told.ANSWERED and outer.upstream == "":
        return None  # it asked nobody
    told = outer.upstream_status if outer.upstream_status is not None else outer.status
    if outer.hop is Hop.CLIENT and told in _FAULTS_OF_CLIENTS and _with_the_next_hop(inner):
        return None
    if told is None or inner.status is None:
        otherwise = 101 in {told, inner.status} or (outer.hop in BETWEEN and told in _UNANSWERED)
        return None if otherwise and (_refused(outer) or _refused(inner)) else set()
    return {"status"} if told == inner.status else None


def _with_the_next_hop(entry: Entry) -> bool:
    """Return whether a proxy tells of a trouble that only statuses from 499 on stand for."""
    return entry.told is Told.WRONG and min(_ANSWERS.get(entry.says, (0,))) >= _FAULTS_OF_CLIENTS.stop


def _refused(entry: Entry) -> bool:
    """Return whether an answer is told without its status: of one that is accepted every log tells 101."""
    return entry.told is Told.ANSWERED and entry.status is None and entry.upstream_status is None


def _status_at_one_hop(one: Entry, other: Entry) -> set[str] | None:
    for wrong, answered in ((one, other), (other, one)):
        if wrong.told is Told.WRONG and answered.told is Told.ANSWERED and answered.status is not None:
            if wrong.hop is Hop.CLIENT and wrong.says in _UNCONNECTED:
                return None
            expected = _ANSWERS.get(wrong.says)
            if answered.status < 400 and not (expected and answered.status in expected):
                return None
            if expected is not None:
                return {"status"} if answered.status in expected else None
    if one.status is None or other.status is None:
        return set()
    if one.status == other.status:
        return {"status"}
    return None
