"""A fault of the lab from its logs alone: one handshake as the fault's client sends it, and what the logs say of it."""

import tempfile
import time
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace

from ws101 import question as questions
from ws101.cli import check
from ws101.cli.asking import question
from ws101.lab.leaving import Handshake, leave_logs
from ws101.lab.nginx import Binary
from ws101.lab.running import Running
from ws101.lab.stack import Stack
from ws101.lab.workers import Workers
from ws101.logbook import Inquiry, read
from ws101.report import Report


async def from_logs(
    stack: Stack, upstreams: Workers, log_format: str = "combined", binary: Binary | None = None
) -> Report:
    """Return what the logs alone say of this stack's handshake; raise Unavailable where something is missing."""
    with tempfile.TemporaryDirectory(prefix="ws101-logs-") as directory:
        logs = await leave_logs(
            stack, handshake, Path(directory), upstreams=upstreams, binary=binary, log_format=log_format
        )
        return read_logs(logs)


def read_logs(logs: tuple[Path, ...]) -> Report:
    """Read these logs as `ws101 logs` does, without a word on what to look for."""
    asked = Inquiry(tuple(map(str, logs)), now=time.time(), saw=None)
    return read(asked, {}, BytesIO())


def handshake(up: Running) -> Handshake:
    """Return the handshake of this stack's client: what it says, and what it sends."""
    said = question(check.parser().parse_args(up.arguments), {})
    sent = question(check.parser().parse_args(up.sent), {})
    sending = questions.sending(sent)
    agent = ("User-Agent", "lab-client/1.0")
    sending = replace(sending, request=sending.request.with_headers(sending.request.headers.replaced(*agent)))
    addresses = next((found for _, found in sent.overrides.items()), ())
    return Handshake(up.url, questions.sending(said).request, sending, addresses, sent.hold)
