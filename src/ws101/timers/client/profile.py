"""Profiles: one name, one URL, from which scheme, host and port of REST and of the socket all follow; in one TOML file."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from msgspec import Struct
from msgspec.structs import replace

from ws101.errors import UnreadableInput, UsageError
from ws101.handshake.target import Address, own_host, read_url

DEFAULT = "dev"
LOCAL = "http://127.0.0.1:8080"
SOCKET_PATH = "/api/v1/timers/notifications"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_OTHER_SCHEME = {("ws", 443): "https", ("wss", 80): "http"}


class Profile(Struct, frozen=True):
    """Where a service is: `url` is http or https, with a path where the service stands under one.

    `ca_file` holds the authorities to trust in place of the system's.
    """

    name: str
    url: str
    ca_file: str | None = None

    @property
    def address(self) -> Address:
        return read_url(self.url)

    @property
    def tls(self) -> bool:
        return self.address.scheme == "wss"

    @property
    def is_here(self) -> bool:
        """Whether the service is on this machine, as far as the URL tells."""
        host = self.address.host
        return host in {"localhost", "::1"} or host.startswith("127.")

    @property
    def host(self) -> str:
        """The Host field."""
        return own_host(self.address.host, self.address.port, tls=self.tls)

    @property
    def root(self) -> str:
        """The path that every call's path follows."""
        return self.address.target.rstrip("/")

    @property
    def socket_url(self) -> str:
        return f"{self.address.scheme}://{self.host}{self.root}{SOCKET_PATH}"


def check_url(text: str) -> str:
    """Return the URL of a service as it is kept; raise UsageError saying what is wrong with it."""
    address = read_url(text)
    if address.userinfo:
        raise UsageError("the URL holds a user name. Leave it out: ws101 timers login asks for it.")
    if "?" in address.target:
        raise UsageError("the URL has a query. Give the service's address alone, such as https://timers.test")
    meant = _OTHER_SCHEME.get((address.scheme, address.port))
    if meant is not None:
        raise UsageError(
            f"the scheme {text.strip().partition(':')[0].lower()!r} and the port {address.port} disagree. Write {meant}://"
            f"{address.host} (port {address.port}), or name the port that the service really has."
        )
    tls = address.scheme == "wss"
    root = address.target.partition("/api/v1")[0].rstrip("/")
    return f"{'https' if tls else 'http'}://{own_host(address.host, address.port, tls=tls)}{root}"


def check_name(name: str) -> str:
    """Return a profile's name; raise UsageError for what cannot be one."""
    if not _NAME.fullmatch(name):
        raise UsageError("a profile's name has up to 40 letters, digits, - and _, such as dev or prod.")
    return name


def path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the profiles are kept; logins and their locks stand beside the file."""
    named = environ.get("WS101_TIMERS_PROFILES")
    return Path(named) if named else Path(platformdirs.user_config_path("ws101")) / "timers.toml"


def load(file: Path, name: str | None) -> Profile:
    """Return the profile of this name, or the one that is used when none is named; raises UsageError."""
    kept = read(file)
    wanted = check_name(name) if name else DEFAULT
    if wanted in kept:
        return kept[wanted]
    if wanted == DEFAULT:
        return Profile(DEFAULT, LOCAL)
    others = f"There are {', '.join(sorted({*kept, DEFAULT}))}. "
    raise UsageError(
        f"there is no profile {wanted!r}. {others}Make it: ws101 timers login --profile {wanted} --url https://…"
    )


def read(file: Path) -> dict[str, Profile]:
    """Return the profiles of a file by name, none when there is no file; raises UnreadableInput."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UnreadableInput(str(file), _why(error), "Mend it, or delete it and sign in again.") from None
    return {name: _profile(file, name, table) for name, table in tables.items()}


def save(file: Path, profile: Profile) -> None:
    """Write a profile into the file beside the others, at once or not at all; raises UnreadableInput."""
    kept = {**read(file), profile.name: profile}
    text = "\n".join(_table(each) for _, each in sorted(kept.items()))
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise UnreadableInput(str(file), _why(error), "Name another with WS101_TIMERS_PROFILES.") from None


def _profile(file: Path, name: str, table: object) -> Profile:
    found = table if isinstance(table, dict) else {}
    url, ca_file = found.get("url"), found.get("ca_file")
    if not isinstance(url, str) or not isinstance(ca_file, str | None):
        raise UnreadableInput(
            str(file),
            f"the profile {name!r} has no url that is text",
            f'Write [{name}] and url = "https://…".',
        )
    try:
        made = Profile(check_name(name), check_url(url))
    except UsageError as error:
        raise UnreadableInput(
            str(file), f"in the profile {name!r}, {str(error).rstrip('.')}", "Mend it."
        ) from None
    return replace(made, ca_file=ca_file)


def _table(profile: Profile) -> str:
    """One table of TOML; JSON's strings are TOML's."""
    lines = [f"[{profile.name}]", f"url = {json.dumps(profile.url, ensure_ascii=False)}"]
    if profile.ca_file:
        lines.append(f"ca_file = {json.dumps(profile.ca_file, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")
