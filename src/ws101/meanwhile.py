"""What a check does while its first connection is made and its socket watched: configurations are read, and it gets ready to judge.

Each is for a thread of its own, and knows nothing of what the connection meets.
"""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ws101.attempt import Sending
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.request import build
from ws101.question import Question, redactor

if TYPE_CHECKING:
    from ws101.nginx.model import Model

_NEEDED = (
    "email.utils", "ws101.signatures", "ws101.tokens.read", "ws101.verdict.plan", "ws101.causes", "ws101.verdict.tell",
    "ws101.redact", "ws101.render.terminal",
)  # fmt: skip


def read_configurations(question: Question) -> "Sequence[Model]":
    """Read the configurations of nginx that were given. Raises UnreadableInput."""
    from ws101.nginx.model import understand
    from ws101.probe.nginx_files import read_configuration

    importlib.import_module("ws101.configured")  # follows what is read here, and takes as long to load
    return [understand(read_configuration(path, question.nginx_root)) for path in question.nginx_configs]


def prepare(usual: Sending, question: Question) -> None:
    """Import what judges and tells, in the order of the need, and compile the patterns that any answer is held against."""
    verifying = ("jwt",) if question.keys else ()
    looking = ("ws101.probe.certificate",) if usual.tls else ()
    for name in (*verifying, *looking, *_NEEDED):
        importlib.import_module(name)
    from ws101.sighting import recognise

    recognise(Answer(Kind.HTTP, status=101))
    if cleaner := redactor(question):
        cleaner.scrub(build(usual.request).decode("latin-1"))
