"""Measures how soon ws101 has read a large configuration of nginx, in times of what `nginx -t` and gixy take for the same file.

10,000 lines in 500 included files, one site each. gixy is measured where it is installed (`--gixy` names it), and else left out.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from measuring import Goal, environment, table
from ws101.lab.nginx import default_binary

SITES = 500
PORT = 18080
_SITE = """\
server {{
    listen 127.0.0.1:{port};
    server_name site{n}.test *.site{n}.test;
    access_log off;
    proxy_set_header X-Site "{n}";
    location / {{
        proxy_pass http://127.0.0.1:9000;
        proxy_read_timeout 60s;
    }}
    location ^~ /ws/ {{
        proxy_pass http://127.0.0.1:9001;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Host $host;
    }}
    location ~ "\\.(png|jpg)$" {{ root html; expires 7d; }}
    # the site of customer {n}
    client_max_body_size 8m;
}}
"""
_MAIN = """\
pid nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    server_names_hash_max_size 16384;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
{paths}    include conf.d/*.conf;
}}
"""


def write(directory: Path) -> int:
    """Write the configuration; return its number of lines."""
    (directory / "conf.d").mkdir()
    for name in ("html", "logs"):
        (directory / name).mkdir()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    main = _MAIN.format(paths="".join(f"    {kind}_temp_path temp_{kind};\n" for kind in kinds))
    (directory / "nginx.conf").write_text(main)
    for number in range(SITES):
        (directory / "conf.d" / f"site{number:03}.conf").write_text(_SITE.format(n=number, port=PORT))
    return sum(path.read_text().count("\n") for path in directory.rglob("*.conf"))


def _time(command: Sequence[str | Path], environ: Mapping[str, str], statuses: Sequence[int]) -> float:
    began = time.perf_counter()
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if ended.returncode not in statuses:
        raise SystemExit(
            f"{command[0]}: exit status {ended.returncode}\n{ended.stdout[-400:]}{ended.stderr[-400:]}"
        )
    return seconds


def measure(
    directory: Path, gixy: str | None, repeat: int, environ: Mapping[str, str]
) -> dict[str, list[float]]:
    """Return the wall times; the commands run in turn, so that all of them meet the same machine."""
    config = directory / "nginx.conf"
    ws101 = (sys.executable, "-m", "ws101", "nginx")
    commands: dict[str, tuple[Sequence[str | Path], Sequence[int]]] = {
        "nginx -t": ((default_binary().path, "-t", "-p", f"{directory}/", "-c", config), (0,)),
        "route": ((*ws101, "route", f"ws://site250.test:{PORT}/ws/x", config), (0, 1)),
        "lint": ((*ws101, "lint", config), (0, 1)),
    }
    if gixy:
        commands["gixy"] = ((gixy, config), (0, 1))
    times: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(repeat + 1):
        for name, (command, statuses) in commands.items():
            seconds = _time(command, environ, statuses)
            if round_:  # the first one writes the bytecode
                times[name].append(seconds)
    return times


def ratio(times: Mapping[str, Sequence[float]], what: str, of: str) -> float | None:
    """Return the median of how many times as long one takes as the other, round by round; None where one was not run."""
    if of not in times:
        return None
    return median(one / other for one, other in zip(times[what], times[of], strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=7, help="how often each is run (default 7)")
    parser.add_argument("--gixy", default=shutil.which("gixy"), help="the gixy to compare with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ws101-bench-") as made:
        directory = Path(made)
        lines = write(directory)
        took = measure(directory, options.gixy, options.repeat, environment(directory / "bytecode"))
    print(
        f"{lines} lines in {SITES + 1} files; medians: "
        f"{', '.join(f'{name} {median(every):.3f} s' for name, every in took.items())}\n"
    )
    note = "" if "gixy" in took else "gixy is not installed"
    goals = [
        Goal("route, in times of nginx -t", ratio(took, "route", "nginx -t"), 3, "×", most=True),
        Goal("lint, in times of gixy", ratio(took, "lint", "gixy"), 1 / 3, "×", most=True, note=note),
    ]
    table([("what", "figure", "wanted", "", "note"), *(goal.row() for goal in goals)])
    return 1 if any(goal.missed for goal in goals) else 0


if __name__ == "__main__":
    sys.exit(main())
