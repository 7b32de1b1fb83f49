"""A report on disk, "ws101.run/1": written and read back without loss, to be shown again in another format."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec

from ws101.errors import UnreadableInput
from ws101.redact import printable, rewrite
from ws101.report import Account, Finding, Group, LogSource, Part, Report

SCHEMA = "ws101.run/1"

# What a run lacks that was saved before there was such a part.
_LATER: dict[type, frozenset[str]] = {
    Report: frozenset({"seen", "account", "chronicle"}),
    Finding: frozenset({"where", "latent"}),
    Account: frozenset({"doubts"}),
    Group: frozenset({"hosts", "other_clients", "other_paths"}),
    LogSource: frozenset({"passed_over", "samples", "zoned", "ours"}),
}
_HUGE = 2**53  # beyond it JSON's numbers are no longer exact in every reader


def dump(report: Report) -> str:
    """Return a report, cleaned by redact.clean_report, as JSON that `load` reads back into an equal one."""
    document = {"schema": SCHEMA, "report": msgspec.to_builtins(report)}
    return json.dumps(document, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def load(text: str) -> Report:
    """Return the report that `dump` wrote; what a strange file puts in is made printable.

    Raises UnreadableInput for anything else.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            _refuse(f"its schema is not {SCHEMA}")
        given = document.get("report")
        report = msgspec.convert(given, Report)
        if odd := sorted(_odd(given, report, "report")):
            _refuse(f"what is not there, or too large: {', '.join(odd)}")
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            "the saved run", printable(str(error))[:200], "Save it again with --save."
        ) from None
    return rewrite(report, line=printable, block=lambda block: printable(block, keep="\n\t"))


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)


def _odd(given: Any, read: object, where: str) -> Iterator[str]:
    """Yield the parts that are missing and have a default all the same, and numbers that are too large."""
    if isinstance(read, Part):
        for name in read.__struct_fields__:
            if name in given:
                yield from _odd(given[name], getattr(read, name), f"{where}.{name}")
            elif name not in _LATER.get(type(read), ()):
                yield f"{where}.{name}"
    elif isinstance(read, tuple):
        for number, (one, part) in enumerate(zip(given, read, strict=True)):
            yield from _odd(one, part, f"{where}[{number}]")
    elif isinstance(read, int | float) and abs(read) >= _HUGE:
        yield where
