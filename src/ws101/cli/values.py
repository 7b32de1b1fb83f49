"""Reads the values of flags and the files that they name; what cannot be used is told with what was expected."""

import argparse
import ipaddress
import re
from pathlib import Path

from ws101.errors import UnreadableInput, UsageError
from ws101.handshake.target import read_url

_FILE_LIMIT = 1 << 20  # bytes; no token, secret or key set is larger
_SHOWN = 100  # characters of a value that are repeated in a complaint
_PORT = re.compile(r"0*[1-9][0-9]{0,4}")
_CONNECT_TO = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*):[0-9]*:(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<port>[0-9]+)")


def header(text: str) -> tuple[str, str | None]:
    """Read one -H as curl does: 'Name: value', 'Name:' to leave it out, 'Name;' to send it empty."""
    name, colon, value = line(text, "--header").partition(":")
    if colon and name.strip():
        return octets(name), octets(value.strip()) or None
    if text.endswith(";") and not colon and text != ";":
        return octets(text[:-1]), ""
    missing = "there is no name before the colon" if colon else "there is no colon"
    raise UsageError(
        f"--header takes 'NAME: VALUE', 'NAME:' to leave a field out, or 'NAME;' to send it empty; {missing}."
    )


def octets(text: str) -> str:
    """Return the text as the bytes that were typed, a character for each, as the handshake core wants it."""
    return text.encode("utf-8", errors="surrogateescape").decode("latin-1")


def line(text: str, flag: str) -> str:
    """Return a text that fits into one header line; raises UsageError for any other."""
    if any(c in text for c in "\r\n\0"):
        raise UsageError(f"{flag} holds a line break or a NUL, which would end the field. Give one line.")
    return text


def read_file(path: str, flag: str, limit: int = _FILE_LIMIT) -> bytes:
    """Return a file's content; raises UnreadableInput, also for more than `limit` bytes."""
    what = f"{flag} {path[:_SHOWN]}"
    try:
        with Path(path).open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise UnreadableInput(what, why, "Name a file that can be read.") from None
    if len(content) > limit:
        raise UnreadableInput(
            what, f"it is larger than {limit >> 20} MiB", "Name the file that holds only this."
        )
    return content


def check_there(path: str, flag: str) -> None:
    """Raise UnreadableInput where there is nothing of this name."""
    try:
        Path(path).stat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise UnreadableInput(f"{flag} {path[:_SHOWN]}", why, "Name a file or a directory.") from None


def check_regular(path: str, flag: str) -> None:
    """Raise UnreadableInput unless a file can be read, and read again."""
    try:
        passing = Path(path).is_fifo() or Path(path).is_char_device()
    except (OSError, ValueError):
        passing = False  # reading it tells why
    if passing:
        why = "it is a pipe or a device, which cannot be read twice"
        raise UnreadableInput(f"{flag} {path[:_SHOWN]}", why, "Name a regular file.")
    read_file(path, flag)


def nginx_version(text: str) -> tuple[int, ...]:
    """Read --nginx-version, such as 1.24.0 or nginx/1.24.0."""
    from ws101.configured import version_of

    found = version_of(text.removeprefix("nginx/"))
    if found is None:
        raise argparse.ArgumentTypeError(f"takes a version such as 1.24.0; {text[:_SHOWN]!r} is none")
    return found


def override(text: str) -> tuple[tuple[str, int], tuple[str, ...]]:
    """Read one --resolve: the host and port, and the addresses to use for them."""
    given = re.fullmatch(r"(\[[^\]]+\]|[^:]+):([^:]*):(.*)", text, re.DOTALL)
    try:
        host, number, addresses = given.groups() if given else ("", "", "")
        found = tuple(str(ipaddress.ip_address(a.strip().strip("[]"))) for a in addresses.split(","))
        return (host.lower(), _port(number)), found
    except ValueError:
        raise UsageError(
            "--resolve takes HOST:PORT:ADDRESS[,ADDRESS], such as example.com:443:127.0.0.1;"
            f" {text[:_SHOWN]!r} is not."
        ) from None


def connect_to(text: str | None) -> tuple[str, int] | None:
    """Read --connect-to: the host and port to dial."""
    if text is None:
        return None
    given = _CONNECT_TO.fullmatch(text)
    try:
        if given is not None:
            return read_url(f"ws://{given['host']}").host, _port(given["port"])
    except (ValueError, UsageError):
        pass
    raise UsageError(
        "--connect-to takes HOST1:PORT1:HOST2:PORT2, such as example.com:443:127.0.0.1:8443 or ::127.0.0.1:8443;"
        f" {text[:_SHOWN]!r} is not."
    )


def _port(text: str) -> int:
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise ValueError("no port")
    return int(text)


# ---- types for argparse


def status(text: str) -> int:
    """Read --saw."""
    if not re.fullmatch("[1-5][0-9][0-9]", text):
        raise _refused(text, "is no HTTP status; give the number that your client reported, such as 400")
    if text == "101":
        raise _refused(text, "is success; to find out why an open socket is cut, use --hold SECONDS")
    return int(text)


def count(text: str) -> int:
    """Read a number of one or more."""
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise _refused(text, "is no number of one or more")
    return int(text)


def seconds(text: str) -> float:
    """Read a time of at most a day."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}", text) or float(text) > 86400:
        raise _refused(text, "is no time in seconds between 0 and 86400")
    return float(text)


def _refused(text: str, why: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{text[:_SHOWN]!r} {why}")
