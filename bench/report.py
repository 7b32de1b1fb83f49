"""The tables: every server's figures, the service's ratios against its goals, and what they were measured with."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from statistics import median

from contenders import ALONE, BARE, CHAIN, DUE, GRANIAN, OURS, RECORDED, UWEBSOCKETS, WEBSOCKETS, Peer
from measures import Sample
from measuring import Goal, table
from serving import LOAD, SERVER

TITLES = {
    "handshakes": "Handshakes a second: 101, a closing handshake, 64 in flight",
    "refusals": "Refusals a second: 401 for a signature that does not fit, 64 in flight",
    "messages": "Messages a second, each for one of the open sockets",
    "devices": "Messages a second, each for the three open sockets of one user",
    "delay": "Delay in ms, 99th percentile, at 3,000 messages a second",
    "memory": "KiB of resident memory for one idle socket",
    "lateness": "Lateness of completed timers in ms, 99th percentile",
}
_HEADINGS = ("median", "least", "most", "µs of its core", "server busy", "load busy", "")
_FULL = 0.95  # a core that is busier than this is the limit
_PACKAGES = ("websockets", "granian", "uvloop", "uvicorn", "httptools", "msgspec", "pyjwt")

Results = dict[str, dict[tuple[Peer, str], list[Sample]]]
"""By measure, then by peer and the way in which it was told to send."""


def figures(results: Results, measure: str) -> None:
    """Print what each server did."""
    rows: list[tuple[str, ...]] = [(TITLES[measure], *_HEADINGS)]
    for (peer, how), samples in results.get(measure, {}).items():
        rows.append((f"  {peer.title}{', ' if how else ''}{how}", *_row(samples)))
    if len(rows) > 1:
        table(_without_empty_columns(rows))
        print()


def _without_empty_columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    columns = zip(*rows, strict=True)
    return list(zip(*(column for column in columns if any(column[1:])), strict=True))


def _row(samples: Sequence[Sample]) -> tuple[str, ...]:
    values = [sample.figure for sample in samples]
    load = _median([sample.load for sample in samples])
    notes = [sample.note for sample in samples if sample.note][-1:]
    if load is not None and load > _FULL:
        notes.append("the load was the limit")
    return (
        *(_number(value) for value in (median(values), min(values), max(values))),
        _number(_median([sample.cost for sample in samples])),
        _part(_median([sample.server for sample in samples])),
        _part(load),
        "; ".join(notes),
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _part(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


# ---- goals


def goals(results: Results) -> int:
    """Print the goals; return how many were missed."""
    found = [
        *_ratios(
            results, "handshakes", ((WEBSOCKETS, 2.0), (GRANIAN, 1.0), (UWEBSOCKETS, None), (BARE, None))
        ),
        *_ratios(results, "refusals", ((WEBSOCKETS, 2.0), (GRANIAN, 1.0), (UWEBSOCKETS, None), (BARE, None))),
        *_ratios(results, "messages", ((WEBSOCKETS, 2.0), (UWEBSOCKETS, 1.0), (BARE, None)), RECORDED),
        *(
            goal
            for how in (CHAIN, DUE, ALONE)  # more work, or less, than a peer's message is
            for goal in _ratios(
                results, "messages", ((WEBSOCKETS, None), (UWEBSOCKETS, None), (BARE, None)), how
            )
        ),
        Goal("delay, 99th percentile", _ours(results, "delay"), 5.0, "ms", most=True),
        Goal("memory of an idle socket", _ours(results, "memory"), 20.0, "KiB", most=True),
        Goal("lateness, 99th percentile", _ours(results, "lateness"), 50.0, "ms", most=True),
    ]
    measured = [goal for goal in found if goal.figure is not None]
    if measured:
        table(
            [("ws101 timers", "figure", "goal", "", "by µs of its core"), *(goal.row() for goal in measured)]
        )
    return sum(goal.missed for goal in measured)


def _ratios(
    results: Results, measure: str, wanted: Sequence[tuple[Peer, float | None]], how: str = ""
) -> list[Goal]:
    """Compare by rate, and by what one takes of the server's core: who is disturbed by others does less at the same cost."""
    ours = _samples(results, measure, OURS, how)
    goals = []
    for peer, least in wanted:
        theirs = _samples(results, measure, peer)
        ratio = _ratio(_figure(ours), _figure(theirs))
        cost = _ratio(_cost(theirs), _cost(ours))
        note = "" if cost is None else f"{cost:.2f} ×"
        goals.append(Goal(f"{measure}{how and f' {how}'}, of {peer.title}", ratio, least, "×", note=note))
    return goals


def _ours(results: Results, measure: str) -> float | None:
    return _figure(_samples(results, measure, OURS))


def _figure(samples: Sequence[Sample]) -> float | None:
    return _median([sample.figure for sample in samples])


def _cost(samples: Sequence[Sample]) -> float | None:
    return _median([sample.cost for sample in samples])


def _samples(results: Results, measure: str, peer: Peer, how: str = "") -> Sequence[Sample]:
    """Return what the peer did, told in this way or in the first of its ways."""
    found = results.get(measure, {})
    return next((found[key] for key in found if key[0] is peer and how in ("", key[1])), ())


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


# ---- surroundings


def surroundings(check: str, absent: Mapping[str, str]) -> None:
    """Print what the figures were measured with, and what could not be measured."""
    for title, lack in absent.items():
        print(f"Not measured: {title} ({lack})")
    versions = ", ".join(f"{package} {_version(package)}" for package in _PACKAGES)
    how = {"pyjwt": "PyJWT", "fast": "hmac by hand"}[check]
    print(f"The Python peers check tokens with {how}, those in Node with node:crypto; no server compresses.")
    print("Ours looks the user's session up, logs, traces and counts each handshake, and has every limit on.")
    print(
        "Messages have 250 bytes, and those of timers 400 to 460. Peers have all of them to send at once. So has ours: its timers"
        "\nfall due in one moment, as many a user as messages, and the scheduler completes them. What is recorded without timers"
        "\nis 32 in one piece of work, or one, and 32,768 wait for their commit: what a message of a peer's is, and its record."
    )
    print(f"{_processor()}, server on core {SERVER}, load on core {LOAD}, Linux {platform.release()}")
    print(f"Python {sys.version.split()[0]}, {versions}; load average before {_load()}")
    if SERVER == LOAD:
        print("There is one core alone: server and load have shared it, and no figure means much.")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - a pseudo-file, read to its first match
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())
