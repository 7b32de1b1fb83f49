"""A report on disk, "ws101.run/1": written and read back without loss, to be shown again in another format."""

import msgspec

from ws101.errors import UnreadableInput
from ws101.redact import printable, rewrite
from ws101.report import Part, Report

SCHEMA = "ws101.run/1"


class _Headed(msgspec.Struct, frozen=True):
    schema: str = ""


class _Run(Part, frozen=True):
    schema: str
    report: Report


def dump(report: Report) -> str:
    """Return a report, cleaned by redact.clean_report, as JSON that `load` reads back into an equal one."""
    return msgspec.json.format(msgspec.json.encode(_Run(SCHEMA, report)), indent=1).decode() + "\n"


def load(text: str) -> Report:
    """Return the report that `dump` wrote, also before there was a part that has a default; what a strange file puts in is made printable.

    Raises UnreadableInput for anything else.
    """
    try:
        if msgspec.json.decode(text, type=_Headed).schema != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}")
        report = msgspec.json.decode(text, type=_Run).report
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            "the saved run", printable(str(error))[:200], "Save it again with --save."
        ) from None
    return rewrite(report, line=printable, block=lambda block: printable(block, keep="\n\t"))
