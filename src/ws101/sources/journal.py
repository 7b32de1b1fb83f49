"""Logs of a systemd unit, by `journalctl`, in its own JSON: each line with its time and its process."""

import shutil
import subprocess
from collections.abc import Iterator

from ws101.errors import Unavailable

_DO = "Run it on the machine whose journal it is, or export it there: journalctl -u UNIT -o json > unit.json"


def lines(unit: str, *, since: float | None = None, follow: bool = False) -> Iterator[bytes]:
    """Yield pieces of a unit's journal, oldest first; with `follow` only what is written from now on, without an end.

    Raise Unavailable where there is no journal, or none of this unit.
    """
    program = shutil.which("journalctl")
    if program is None:
        raise Unavailable(f"the journal of {unit} (there is no journalctl)", _DO)
    command = [program, "--unit", unit, "--output", "json", "--no-pager", "--all", "--quiet"]
    command += [f"--since=@{since:.0f}"] if since is not None else []
    command += ["--follow", "--lines=0"] if follow else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdout is not None
        assert running.stderr is not None
        empty = True
        try:
            while piece := running.stdout.read1(1 << 16):  # type: ignore[attr-defined]
                empty = False
                yield piece
        finally:
            running.terminate()
        if running.wait() > 0:
            said = running.stderr.read(500).decode("utf-8", "replace").strip()
            raise Unavailable(f"the journal of {unit} ({said or 'journalctl failed'})", _DO)
        if empty and not follow:
            raise Unavailable(
                f"a line of {unit} in the journal", "`systemctl list-units` names the units that there are."
            )
