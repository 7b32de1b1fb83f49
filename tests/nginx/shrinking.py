"""Makes a difference between nginx and the model small: takes lines, blocks and fields away while it stays."""

from collections.abc import Iterator
from pathlib import Path

from comparing import Difference, Setting, difference_in
from generating import Case
from msgspec.structs import replace

from ws101.handshake.headers import Headers
from ws101.lab import nginx
from ws101.nginx.parse import parse
from ws101.nginx.tree import walk

_MOST_TRIES = 250


async def shrunk(binary: nginx.Binary, directory: Path, found: Difference) -> Difference:
    """Return the smallest configuration and request that could be found with a difference."""
    tries = 0
    smaller = True
    while smaller and tries < _MOST_TRIES:
        smaller = False
        for setting, case in _simpler(found):
            if f":{case.port}" not in setting.text:  # nobody would answer
                continue
            tries += 1
            if tries > _MOST_TRIES:
                break
            differs = await difference_in(binary, directory / f"try-{tries}", setting, case)
            if differs:
                found, smaller = (
                    replace(found, setting=setting, case=case, real=differs[0], model=differs[1]),
                    True,
                )
                break
    return found


def _simpler(found: Difference) -> Iterator[tuple[Setting, Case]]:
    """Yield the same with a block, a line or a field less, the largest first."""
    text = found.setting.text
    spans = sorted(
        ((d.start, d.end) for d in walk(parse("-", text).directives) if d.name != "listen"),
        key=lambda s: s[0] - s[1],
    )
    for start, end in spans:
        yield replace(found.setting, text=_tidy(text[:start] + text[end:])), found.case
    fields = found.case.headers.fields
    for at in range(len(fields)):
        yield found.setting, replace(found.case, headers=Headers.of(fields[:at] + fields[at + 1 :]))
    if "?" in found.case.target:
        yield found.setting, replace(found.case, target=found.case.target.partition("?")[0])
    if found.case.body:
        yield found.setting, replace(found.case, body=b"")


def _tidy(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
