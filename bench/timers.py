"""Measures the timer service beside its peers: handshakes, refusals, messages, delay, memory, and how late timers are.

The server has one core and the load another. Peers take turns in every round, so that all of them meet the same
machine; figures are medians, and only their ratios hold from run to run. Linux alone: it needs epoll and /proc.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import measures
from contenders import BY_NAME, MODULES, OURS, PEERS, Peer
from load import LoadError
from measures import FULL, QUICK, Counts, Sample
from peers.given import Given
from population import SECRET, tokens
from report import TITLES, Results, figures, goals, surroundings
from serving import LOAD, Server, free_ports, serving

Measure = Callable[[Server, Sequence[str], Counts], Sample]
SPEEDS: dict[str, Measure] = {
    "handshakes": measures.handshakes,
    "refusals": measures.refusals,
    "devices": measures.devices,
    "delay": measures.delay,
}


class Bench:
    """One run: what is asked for, and what was found so far."""

    def __init__(self, wanted: frozenset[str], counts: Counts, check: str, directory: Path) -> None:
        self._wanted, self._counts, self._check, self._directory = wanted, counts, check, directory
        self._tokens = tokens(directory)
        self._started = 0
        self.results: Results = {}
        self.failed = 0

    def round(self, peer: Peer) -> None:
        """Measure the speeds of one peer, once."""
        if self._wanted & {*SPEEDS, "messages"}:
            self._run(peer, self._speeds)

    def once(self, peer: Peer) -> None:
        """Measure what is measured once, each on a server that has done nothing before."""
        if "memory" in self._wanted:
            self._run(peer, self._memory)
        if "lateness" in self._wanted and peer is OURS:
            self._run(peer, self._lateness)

    def _run(self, peer: Peer, work: Callable[[Server, Peer], None]) -> None:
        self._started += 1
        print(f"{self._started}: {peer.title}", file=sys.stderr, flush=True)
        directory = self._directory / str(self._started)
        directory.mkdir()
        port, control = free_ports()
        task = Given(port, control, SECRET, self._check, str(directory), str(MODULES), self._counts.crowd)
        try:
            with serving(peer.command(), task) as running:
                work(running, peer)
        except (LoadError, OSError) as error:
            self.failed += 1
            print(f"{peer.title}: {error}", file=sys.stderr)

    def _speeds(self, running: Server, peer: Peer) -> None:
        for name, measure in SPEEDS.items():
            if name in self._wanted:
                self._keep(name, peer, "", measure(running, self._tokens, self._counts))
        for how, word in peer.words if "messages" in self._wanted else ():
            self._keep("messages", peer, how, measures.messages(running, self._tokens, self._counts, word))

    def _memory(self, running: Server, peer: Peer) -> None:
        self._keep("memory", peer, "", measures.memory(running, self._tokens, self._counts))

    def _lateness(self, running: Server, peer: Peer) -> None:
        late = measures.lateness(running, self._tokens, self._counts)
        self._keep("lateness", peer, "at the client", late.arrived)
        self._keep("lateness", peer, "at the service", late.fired)

    def _keep(self, name: str, peer: Peer, how: str, sample: Sample) -> None:
        self.results.setdefault(name, {}).setdefault((peer, how), []).append(sample)


def main() -> int:
    if sys.platform != "linux":
        raise SystemExit(
            "bench/timers.py measures on Linux alone: it needs epoll, /proc and a core for each side."
        )
    arguments = _arguments()
    counts = QUICK if arguments.quick else FULL
    wanted = frozenset(arguments.only or TITLES)
    asked = [BY_NAME[name] for name in arguments.peer] if arguments.peer else list(PEERS)
    absent = {peer.title: lack for peer in asked if (lack := peer.lacks())}
    peers = [peer for peer in asked if peer.title not in absent]
    _prepare_process()
    with tempfile.TemporaryDirectory(prefix="ws101-bench-", dir=arguments.directory) as directory:
        bench = Bench(wanted, counts, arguments.check, Path(directory))
        for _ in range(arguments.rounds or counts.rounds):
            for peer in peers:
                bench.round(peer)
        for peer in peers:
            bench.once(peer)
    for name in TITLES:
        figures(bench.results, name)
    missed = goals(bench.results)
    surroundings(arguments.check, absent)
    return 1 if bench.failed or (missed and not arguments.quick) else 0


def _prepare_process() -> None:
    """Take the load's core, and as many files as there may be: a socket is one."""
    os.sched_setaffinity(0, {LOAD})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="a few of everything: whether it runs, not how fast"
    )
    parser.add_argument("--only", action="append", choices=list(TITLES), help="this alone; may be repeated")
    parser.add_argument("--peer", action="append", choices=list(BY_NAME), help="this alone; may be repeated")
    parser.add_argument("--rounds", type=int, help=f"how often each is measured (default {FULL.rounds})")
    parser.add_argument(
        "--check", choices=("pyjwt", "fast"), default="pyjwt", help="how the Python peers check tokens"
    )
    parser.add_argument(
        "--directory", type=Path, help="where the service's data lies (default: as for mktemp)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
