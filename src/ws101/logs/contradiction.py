"""Where what one hop says of a handshake cannot be so by what another shows. Values in, sentences out; judges no cause."""

from collections.abc import Iterator, Sequence

from ws101.logs.concern import bare
from ws101.logs.entry import RANK, Entry, Told
from ws101.logs.statement import Kind, Statement, about, kind_of
from ws101.logs.story import Contradiction
from ws101.logs.tie import ORDER
from ws101.logs.witness import Witness
from ws101.signature import Says
from ws101.terms import Hop

_TLS = {"wss": True, "https": True, "ws": False, "http": False}


def contradictions(
    entries: Sequence[Entry], witnesses: Sequence[Witness] = (), statements: Sequence[Statement] = ()
) -> tuple[Contradiction, ...]:
    """Return the contradictions within one handshake, in the order of the wire."""
    client = [e for e in entries if e.hop is Hop.CLIENT]
    arrived = [e for e in entries if e.hop is not Hop.CLIENT and e.told is not Told.MEANT]
    found = [
        *(c for meant in client if meant.told is Told.MEANT for c in _claims(meant, arrived)),
        *(c for told in client if told.told is not Told.MEANT and (c := _plain(told, arrived))),
        *_statuses(client, arrived),
        *_running(entries, witnesses, statements),
    ]
    return tuple({one.text: one for one in found}.values())


def _claims(meant: Entry, arrived: Sequence[Entry]) -> Iterator[Contradiction]:
    """Yield what a client means to send and did not: its log tells of an intention."""
    if plain := _plain(meant, arrived):
        yield plain
    outermost = next((e for e in arrived if e.told in {Told.SEEN, Told.ANSWERED} and e.path), None)
    if outermost is not None and meant.path and bare(meant.path) != bare(outermost.path):
        text = f"the client says that it asks for {bare(meant.path)}, and {bare(outermost.path)} arrived at {_who(outermost)}"
        yield Contradiction(text, meant)
    named = next((e for e in arrived if _host(e)), None)
    if named is not None and meant.host and _unlike(meant, _host(named)):
        text = f"the client says that it asks {_authority(meant)}, and Host: {_host(named)} arrived at {_who(named)}"
        yield Contradiction(text, meant)
    bare_of = next((e for e in arrived if _token(e) is not None), None)
    if bare_of is not None and _token(meant) and not _token(bare_of):
        text = f"the client says that it sends a token, and none arrived at {_who(bare_of)}"
        yield Contradiction(text, meant)


def _plain(meant: Entry, arrived: Sequence[Entry]) -> Contradiction | None:
    """Return what shows that TLS was not spoken where the client says so, or the reverse."""
    says = _TLS.get(meant.scheme)
    for entry in arrived:
        on_its_port = entry.port is not None and entry.port == (meant.port or 443)
        plain = entry.says is Says.PLAIN_HTTP_TO_TLS or (_TLS.get(entry.scheme) is False and on_its_port)
        if says and plain:
            shown = (
                "saw plain HTTP on its TLS port"
                if entry.says is Says.PLAIN_HTTP_TO_TLS
                else f"saw {entry.scheme}"
            )
            return Contradiction(f"the client says {meant.scheme}, and {_who(entry)} {shown}", meant)
        if says is False and entry.says is Says.TLS_TO_PLAIN:
            text = f"the client says {meant.scheme}, and {_who(entry)} saw TLS on a plain port"
            return Contradiction(text, meant)
    return None


def _host(entry: Entry) -> str:
    host = entry.headers.get("host", "") or (entry.host if entry.told is Told.SEEN else "")
    return "" if host == "-" or "[token" in host else host.lower()


def _authority(meant: Entry) -> str:
    return f"{meant.host}:{meant.port}" if meant.port else meant.host


def _unlike(meant: Entry, host: str) -> bool:
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdigit():
        return host.strip("[]") != meant.host.lower().strip("[]")
    return name.strip("[]") != meant.host.lower().strip("[]") or (
        meant.port is not None and int(port) != meant.port
    )


def _token(entry: Entry) -> bool | None:
    """Return whether a token is there by this record; None where it does not say."""
    if entry.says is Says.TOKEN_MISSING:
        return False
    value = entry.headers.get("authorization")
    if value is not None:
        return value not in {"", "-"}
    return False if entry.whole and entry.hop is not Hop.CLIENT and "token" not in entry.path else None


def _who(entry: Entry) -> str:
    return entry.software or entry.hop.value


def _statuses(client: Sequence[Entry], arrived: Sequence[Entry]) -> Iterator[Contradiction]:
    """Yield statuses that two hops tell of one answer, and that differ."""
    met = next((e for e in client if e.told is Told.ANSWERED and e.status is not None), None)
    answered = sorted(
        (e for e in arrived if e.told is Told.ANSWERED and e.status is not None), key=lambda e: ORDER[e.hop]
    )
    if met is not None and answered and met.status != answered[0].status:
        text = f"the client met {met.status}, and {_who(answered[0])} logged {answered[0].status}"
        yield Contradiction(text, met)
    passing = [e for e in answered if e.hop in {Hop.PROXY, Hop.CDN}]
    serving = [e for e in answered if e.hop in {Hop.SERVER, Hop.AUTH}]
    if passing and serving:
        outer, inner = passing[-1], serving[0]
        if outer.upstream_status is not None and outer.upstream_status != inner.status:
            text = f"{_who(outer)} logged {outer.upstream_status} for the server, and {_who(inner)} logged {inner.status}"
            yield Contradiction(text, outer)


def _running(
    entries: Sequence[Entry], witnesses: Sequence[Witness], statements: Sequence[Statement]
) -> Iterator[Contradiction]:
    """Yield what a log shows to be written otherwise than the configuration that was given says."""
    for witness in witnesses if statements else ():
        entry = next(
            (e for e in entries if e.place.source == witness.source and e.format == witness.format), None
        )
        if entry is None:
            continue
        said = tuple(about(witness, statements))
        wrong = _written_otherwise(said, witness, entry) if said else ""
        if wrong:
            text = f"the configuration says {said[0].text}, and {witness.source} {wrong}: another one was running then"
            yield Contradiction(text, entry)


def _written_otherwise(said: Sequence[Statement], witness: Witness, entry: Entry) -> str:
    """Return what stands in a log that none of these statements about it lets be written."""
    if all(s.file == "off" for s in said):
        return "has this line"
    if kind_of(witness) is Kind.ERROR:
        levels = [s.level for s in said if s.level is not None]
        lower = (
            levels and entry.level is not None and all(RANK[entry.level] < RANK[level] for level in levels)
        )
        return f"has a line at {entry.level}" if lower else ""
    otherwise = all(s.opens is not None and not s.opens(entry.text) for s in said)
    return f"has a line that is not in its format ({entry.format} fits)" if otherwise and entry.text else ""
