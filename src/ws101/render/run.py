"""A report on disk, "ws101.run/1": written and read back without loss, to be shown again in another format."""

import dataclasses
import json
import types
from enum import Enum
from typing import Any, NoReturn, Union, cast, get_args, get_origin, get_type_hints

from ws101.errors import UnreadableInput
from ws101.redact import printable, rewrite
from ws101.report import Account, Finding, Group, LogSource, Report

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
    return (
        json.dumps({"schema": SCHEMA, "report": _plain(report)}, indent=1, ensure_ascii=True, allow_nan=False)
        + "\n"
    )


def load(text: str) -> Report:
    """Return the report that `dump` wrote; what a strange file puts in is made printable.

    Raises UnreadableInput for anything else.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            _refuse(f"its schema is not {SCHEMA}")
        report = _shaped(document.get("report"), Report, "report")
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            "the saved run", printable(str(error))[:200], "Save it again with --save."
        ) from None
    return rewrite(cast("Report", report), line=printable, block=lambda block: printable(block, keep="\n\t"))


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_plain(member) for member in value] if isinstance(value, tuple) else value


def _shaped(value: object, shape: Any, where: str) -> object:
    """Return a value of the annotated shape; raises ValueError naming the place that does not fit."""
    if get_origin(shape) in {Union, types.UnionType}:
        inner = next(arm for arm in get_args(shape) if arm is not types.NoneType)
        return None if value is None else _shaped(value, inner, where)
    if get_origin(shape) is tuple:
        if isinstance(value, list):
            arms = get_args(shape)
            arms = (arms[0],) * len(value) if arms[-1] is Ellipsis else arms
            if len(arms) == len(value):
                return tuple(
                    _shaped(one, arm, f"{where}[{n}]")
                    for n, (one, arm) in enumerate(zip(value, arms, strict=True))
                )
    elif dataclasses.is_dataclass(shape):
        if isinstance(value, dict):
            return _built(value, cast("type", shape), where)
    elif issubclass(shape, Enum):
        if isinstance(value, str) and value in [member.value for member in shape]:
            return shape(value)
    elif _fits(value, shape):
        return value
    _refuse(f"{where} is not what is written there")


def _built(value: dict[str, object], shape: type, where: str) -> object:
    hints = get_type_hints(shape)
    if odd := sorted((set(hints) - set(value) - _LATER.get(shape, frozenset())) | (set(value) - set(hints))):
        _refuse(f"{where} lacks, or should not have: {', '.join(odd)}")
    known = {name: hint for name, hint in hints.items() if name in value}
    return shape(**{name: _shaped(value[name], hint, f"{where}.{name}") for name, hint in known.items()})


def _fits(value: object, shape: type) -> bool:
    if shape is float:
        return type(value) in {int, float} and abs(cast("float", value)) < _HUGE
    return type(value) is shape and (shape is not int or abs(cast("int", value)) < _HUGE)
