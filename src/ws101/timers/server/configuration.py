"""Where the service's settings come from: flags, then the environment, then a file, then the defaults.

All of it follows from the fields of ServiceSettings; opens no file but what it is given the text of.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ws101.errors import UsageError
from ws101.timers.settings import ServiceSettings

PREFIX = "WS101_TIMERS_"
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_SHOWN = 60  # characters of a value in a complaint
_CHOICES = {"algorithm": ("EdDSA", "RS256", "HS256"), "log": ("auto", "text", "json")}

# A field's flag, where it is not the field's name: what is given several times is named in the singular.
_FLAGS = {"admins": "--admin", "origins": "--origin", "trusted_proxies": "--trusted-proxy"}

ABOUT = {
    "host": "address to listen on",
    "port": "port to listen on; 0 is any free one",
    "data": "directory of the database and the keys",
    "tls_certificate": "certificate chain (PEM), to speak TLS without a proxy",
    "tls_key": "its key (PEM)",
    "issuer": "who makes the access tokens (iss)",
    "audience": "whom they are for (aud)",
    "algorithm": "how they are signed: EdDSA, RS256 or HS256",
    "secret_file": "the secret for HS256, of 32 bytes or more",
    "foreign_tokens": "take tokens that another issuer signed with the same secret, without a session",
    "access_lifetime": "seconds for which an access token is good",
    "refresh_lifetime": "seconds after which a session ends that was not used",
    "registration": "let anybody make an account",
    "admins": "e-mail address of an administrator, whose account `ws101 timers add-user` makes",
    "origins": "origin of a page that may connect, such as https://app.example; * is any",
    "trusted_proxies": "address or network of a proxy whose X-Forwarded-… is believed",
    "max_head": "bytes of a request's head",
    "max_frame": "bytes of a WebSocket message",
    "send_queue": "bytes that may wait for a slow socket before it is closed",
    "connections": "open sockets at most",
    "connections_per_user": "open sockets of one user at most",
    "connections_per_address": "open sockets from one address at most",
    "handshakes_per_second": "from one address; bursts of twice as many; 0 is no limit",
    "head_timeout": "seconds for a request's head to come",
    "idle_timeout": "seconds without any frame after which a socket is closed",
    "ping_interval": "seconds between the service's pings",
    "drain_timeout": "seconds for what is open to end when the service stops",
    "trace_lifetime": "seconds for which a handshake's trace is kept",
    "events_kept": "events of one user that can be resumed from",
    "metrics_from": "network that may read /metrics",
    "log": "text (the guide's blocks), json, or auto: text on a terminal",
}


class Setting(NamedTuple):
    """One field, and how it is named at each source."""

    name: str
    kind: Any
    default: Any

    @property
    def flag(self) -> str:
        return _FLAGS.get(self.name, "--" + self.name.replace("_", "-"))

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def is_list(self) -> bool:
        return bool(self.kind == tuple[str, ...])

    @property
    def is_path(self) -> bool:
        return self.kind in {Path, Path | None}


SETTINGS = tuple(Setting(f.name, f.type, f.default) for f in msgspec.structs.fields(ServiceSettings))


def configure(
    flags: Mapping[str, Any], environ: Mapping[str, str], file: str | None = None, path: Path | None = None
) -> ServiceSettings:
    """Return the settings; `flags` are texts, booleans or lists of texts by field, `file` is the text of a TOML file.

    Raises UsageError. Paths in the file are relative to its own directory.
    """
    found = dict(_from_file(file, path or Path())) if file is not None else {}
    found |= _from_environment(environ)
    found |= {s.name: _read(s, flags[s.name], s.flag) for s in SETTINGS if flags.get(s.name) is not None}
    settings = ServiceSettings(**found)
    _check(settings)
    return settings


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    known = {setting.variable: setting for setting in SETTINGS}
    for name in environ:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.93) if name not in known else []
        if name.startswith(PREFIX) and near:
            raise UsageError(f"there is no variable {name[:_SHOWN]}. Did you mean {near[0]}?")
    return {s.name: _read(s, environ[v], v) for v, s in known.items() if environ.get(v)}


def _from_file(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    try:
        members = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}. Write lines such as port = 8080.") from None
    known = {setting.name: setting for setting in SETTINGS}
    for name, value in members.items():
        if name not in known:
            near = difflib.get_close_matches(name.replace("-", "_"), known, n=1)
            hint = (
                f"Did you mean {near[0]}?"
                if near
                else "`ws101 timers serve --help` names all: port, tls_key, …"
            )
            raise UsageError(f"{path}: there is no setting {name[:_SHOWN]!r}. {hint}")
        found = _read(known[name], value, f"{path}: {name}")
        yield name, path.parent / found if isinstance(found, Path) else found


def _read(setting: Setting, value: Any, source: str) -> Any:
    """Return the value as the field's type; raises UsageError that names the source."""
    text = value.strip() if isinstance(value, str) else value
    if setting.is_list:
        items = text.split(",") if isinstance(text, str) else text
        if isinstance(items, Sequence) and all(isinstance(item, str) for item in items):
            return tuple(item.strip() for item in items if item.strip())
    elif setting.is_path:
        if isinstance(text, str) and text:
            return Path(text).expanduser()
    elif setting.kind is bool:
        if isinstance(text, bool):
            return text
        if str(text).lower() in _TRUE | _FALSE:
            return str(text).lower() in _TRUE
    elif setting.kind is str:
        if isinstance(text, str) and text:
            return text
    elif not isinstance(text, bool):
        try:
            return setting.kind(text)
        except (ValueError, TypeError):
            pass
    raise UsageError(
        f"{source} is {_quoted(value)}, and {_expected(setting)} was expected. {_hint(setting, value)}"
    )


def _quoted(value: Any) -> str:
    return f"{value!r:.{_SHOWN}}"


def _expected(setting: Setting) -> str:
    if setting.is_list:
        return "a list of texts"
    if setting.is_path:
        return "a path"
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[setting.kind]


def _hint(setting: Setting, value: Any) -> str:
    if setting.name == "port" and str(value).startswith("tcp://"):
        return "Kubernetes sets this variable for a Service of this name; set enableServiceLinks: false on the pod."
    shown = ", ".join(setting.default) if setting.is_list else setting.default
    return f"Write one, such as {shown}." if shown not in {None, ""} else "Write one, or leave it out."


# ---- what the values must be together


def _check(settings: ServiceSettings) -> None:
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            raise UsageError(
                f"{name} is {getattr(settings, name)[:_SHOWN]!r}. Choose one of {', '.join(choices)}."
            )
    if not 0 <= settings.port <= 65_535:
        raise UsageError(f"the port is {settings.port}. Choose one from 1 to 65535, or 0 for any free one.")
    for setting in SETTINGS:
        value = getattr(settings, setting.name)
        if (
            setting.kind in {int, float}
            and setting.name not in {"port", "handshakes_per_second"}
            and not value > 0
        ):
            raise UsageError(
                f"{setting.name} is {value}, and it must be more than 0. Leave it out for {setting.default}."
            )
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise UsageError(
            "a certificate goes with its key. Give both --tls-certificate and --tls-key, or neither."
        )
    if settings.ping_interval >= settings.idle_timeout:
        raise UsageError(
            f"pings every {settings.ping_interval:g} s come too late for an idle time-out of {settings.idle_timeout:g} s."
            " Make --ping-interval less than half of --idle-timeout."
        )
    if settings.foreign_tokens and settings.algorithm != "HS256":
        raise UsageError(
            "foreign tokens are signed with a shared secret. Add --algorithm HS256 --secret-file FILE."
        )
    _check_networks(settings)
    _check_origins(settings)


def _check_networks(settings: ServiceSettings) -> None:
    for name in ("trusted_proxies", "metrics_from"):
        for network in getattr(settings, name):
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise UsageError(
                    f"{name} holds {network[:_SHOWN]!r}. Write addresses or networks, such as 10.0.0.0/8."
                ) from None


def _check_origins(settings: ServiceSettings) -> None:
    for origin in settings.origins:
        scheme, mark, rest = origin.partition("://")
        if origin != "*" and not (scheme and mark and rest and not set("/?#") & set(rest)):
            raise UsageError(
                f"origins holds {origin[:_SHOWN]!r}. Write a scheme, a host, a port if it is not the scheme's own, and no"
                " slash at the end: https://app.example."
            )
