"""Who is measured: the peers by name, how each is started, what each can do, and what a machine lacks for it."""

import importlib.util
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from serving import python

_PEERS = Path(__file__).parent / "peers"
MODULES = Path(os.environ.get("WS101_NODE_MODULES", "node_modules")).absolute()


class Peer(Struct, frozen=True):
    """`words` are the ways in which it can be told to send, by what they are called."""

    name: str
    title: str
    package: str
    words: tuple[tuple[str, str], ...] = (("", ""),)

    @property
    def node(self) -> bool:
        return self.package.startswith("npm:")

    def command(self) -> Sequence[str]:
        if self.node:
            return "node", str(_PEERS / f"{self.name}.js")
        return python(self.name)

    def lacks(self) -> str:
        """Return what is missing for it and how to get it; empty when nothing is."""
        if not self.node:
            there = all(importlib.util.find_spec(name) for name in (self.package, "uvloop"))
            return "" if there else f"pip install {self.package} uvloop"
        package = self.package.removeprefix("npm:")
        if not shutil.which("node"):
            return "install Node.js"
        there = (MODULES / package).is_dir()
        return "" if there else f"npm install {package}, and name its node_modules in WS101_NODE_MODULES"


CHAIN = "timers due at once, each followed by another"
DUE = "timers due at once"
RECORDED = "events recorded, then delivered"
ALONE = "delivered alone"
OURS = Peer(
    "service", "ws101 timers", "ws101",
    (
        (CHAIN, "chain"), (DUE, "due"), (RECORDED, ""), ("the same, one in a write", "each"), (ALONE, "deliver"),
        ("a timer started or stopped", "control"),
    ),
)  # fmt: skip
BARE = Peer("bare", "the limit: the listener without the work", "ws101")
WEBSOCKETS = Peer("websockets_uvloop", "websockets + uvloop", "websockets")
GRANIAN = Peer("granian_rsgi", "granian (RSGI)", "granian")
UWEBSOCKETS = Peer("uwebsockets", "uWebSockets.js", "npm:@trufflesuite/uws-js-unofficial")
NODE_WS = Peer("node_ws", "Node ws", "npm:ws")
PEERS = (OURS, BARE, WEBSOCKETS, GRANIAN, UWEBSOCKETS, NODE_WS)
BY_NAME = {peer.name: peer for peer in PEERS}
