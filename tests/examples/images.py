"""Base images for the example's Dockerfile, made of this machine's own programs, for an engine that may pull nothing."""

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent
_LEFT_OUT = {"site-packages", "test", "tests", "idlelib", "ensurepip", "turtledemo", "tkinter", "__pycache__"}
_ACCOUNTS = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
_GROUPS = "root:x:0:\nnogroup:x:65534:\n"
_PIP = '#!/bin/sh\nexec python -m pip "$@"\n'
_MAIN = """\
user root;
pid /tmp/nginx.pid;
error_log /var/log/nginx/error.log notice;
events {}
http {
    client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c; uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
    include /etc/nginx/conf.d/*.conf;
}
"""


def python_image() -> bytes:
    """Return a root filesystem with this Python, pip, the build backend, and what the service needs.

    Raise PackageNotFoundError with the name of a package that is not here.
    """
    stdlib = Path(sysconfig.get_path("stdlib"))
    program = Path(sys.executable).resolve()
    files = [path for path in stdlib.rglob("*") if path.is_file() and not _LEFT_OUT & set(path.parts)]
    files.append(program)
    packages = {path: stdlib / "site-packages" / inside for path, inside in _packages()}
    made = {Path("/usr/local/bin/pip"): _PIP, Path("/etc/passwd"): _ACCOUNTS, Path("/etc/group"): _GROUPS}
    return _tar(
        {path: path for path in files} | packages | _programs("sh", "install", "rm"),
        made,
        {Path("/usr/local/bin/python"): program},
    )


def python_settings() -> tuple[str, ...]:
    """Return the image's settings: pip asks no index, and finds the build backend where it is."""
    path = f"{sys.base_prefix}/bin:/usr/local/bin:/usr/bin:/bin"
    values = (f"PATH={path}", "PIP_NO_INDEX=1", "PIP_NO_BUILD_ISOLATION=0", "PIP_DISABLE_PIP_VERSION_CHECK=1")
    return tuple(f"ENV {value}" for value in values)


def nginx_image(binary: Path) -> bytes:
    """Return a root filesystem in which nginx lies as in its official image; its logs are the container's output."""
    made = {
        Path("/etc/nginx/nginx.conf"): _MAIN,
        Path("/etc/nginx/conf.d/.keep"): "",
        Path("/tmp/.keep"): "",
        Path("/etc/passwd"): _ACCOUNTS,
        Path("/etc/group"): _GROUPS,
    }
    logs = {
        Path("/var/log/nginx/access.log"): Path("/dev/stdout"),
        Path("/var/log/nginx/error.log"): Path("/dev/stderr"),
    }
    return _tar({binary: Path("/usr/sbin/nginx")} | _programs("sh", "sed", "curl"), made, logs)


def _packages() -> Iterator[tuple[Path, str]]:
    """Yield each file of pip, hatchling and the service's requirements, with its place in site-packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["timers"], "hatchling", "pip"]
    for found in _closure(wanted):
        for file in found.files or ():
            if not file.parts[0].startswith("..") and "__pycache__" not in file.parts:
                yield Path(str(found.locate_file(file))), str(file)


def _programs(*names: str) -> dict[Path, Path]:
    return {Path(found): Path("/bin") / name for name in names if (found := shutil.which(name))}


def _closure(wanted: Iterable[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(text), "") for text in wanted]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            raise PackageNotFoundError(requirement.name) from None
        if requirement.name in found and not requirement.extras:
            continue
        found[requirement.name] = package
        needs = [Requirement(text) for text in package.requires or ()]
        waiting += [(need, each) for need in needs for each in ("", *requirement.extras)]
    return list(found.values())


def _tar(files: dict[Path, Path], made: dict[Path, str], links: dict[Path, Path]) -> bytes:
    """Return a tar archive of files (from: to), of texts and of symbolic links, with every library that the files load."""
    whole = {**{path: path for path in _libraries(files)}, **files}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for source, target in whole.items():
            archive.add(source.resolve(), str(target).lstrip("/"), recursive=False)
        for target, text in made.items():
            entry = tarfile.TarInfo(str(target).lstrip("/"))
            entry.size, entry.mode = len(text.encode()), 0o755
            archive.addfile(entry, io.BytesIO(text.encode()))
        for target, source in links.items():
            entry = tarfile.TarInfo(str(target).lstrip("/"))
            entry.type, entry.linkname = tarfile.SYMTYPE, str(source)
            archive.addfile(entry)
    return written.getvalue()


def _libraries(files: Iterable[Path]) -> set[Path]:
    loading = [str(path) for path in files if ".so" in path.name or os.access(path, os.X_OK)]
    said = subprocess.run(["ldd", *loading], capture_output=True, text=True, check=False).stdout
    return {Path(found) for found in re.findall(r"(/\S+) \(0x", said)}
