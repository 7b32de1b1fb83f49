"""The table of wrappers, tried from the outside in until none peels any more."""

from ws101.logs.line import Line
from ws101.logs.wrapper import Wrapper
from ws101.logs.wrappers import (
    ansi,
    collector_json,
    compose,
    cri,
    docker_json,
    grep,
    journal_json,
    kubectl,
    logcat,
    pm2,
    syslog,
    timestamps,
)

WRAPPERS: tuple[Wrapper, ...] = (
    ansi.WRAPPER,
    docker_json.WRAPPER,
    cri.WRAPPER,
    journal_json.WRAPPER,
    collector_json.WRAPPER,
    timestamps.WRAPPER,
    pm2.WRAPPER,
    compose.WRAPPER,
    kubectl.WRAPPER,
    grep.WRAPPER,
    logcat.WRAPPER,
    syslog.WRAPPER,
)
DEPTH = 5  # wrappers around one line


def for_year(year: int) -> tuple[Wrapper, ...]:
    """Return the table; the times of those that name no year are of this one."""
    dated = {"logcat": logcat.for_year, "syslog": syslog.for_year}
    return tuple(dated[one.name](year) if one.name in dated else one for one in WRAPPERS)


def peel(line: Line) -> Line:
    """Return the line inside all its wrappers."""
    for _ in range(DEPTH):
        inner = next((found for one in WRAPPERS if (found := one.peel(line)) is not None), None)
        if inner is None:
            break
        line = inner
    return line
