"""The flags that describe a handshake, under curl's names where curl has them, and the question they make."""

import argparse
import ipaddress
from collections.abc import Mapping
from pathlib import Path

from ws101.errors import UnreadableInput, UsageError
from ws101.question import BUDGET, Question, check_token
from ws101.tokens.verify import Keys, load_keys

_FILE_LIMIT = 1 << 20  # bytes; no token, secret or key set is larger


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of a question."""
    _add_request_flags(parser.add_argument_group("how your client speaks"))
    _add_tls_flags(parser.add_argument_group("TLS"))
    _add_way_flags(parser.add_argument_group("the way"))
    _add_knowledge_flags(parser.add_argument_group("what you know"))
    _add_limit_flags(parser.add_argument_group("limits"))


def _add_request_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("-H", "--header", action="append", default=[], metavar="'NAME: VALUE'",
                       help="send this field; 'NAME:' leaves it out, 'NAME;' sends it empty (repeatable)")  # fmt: skip
    group.add_argument(
        "--token", metavar="TOKEN", help="send Authorization: Bearer TOKEN (visible to `ps`; better a file)"
    )
    group.add_argument("--token-file", metavar="FILE", help="the same, read from a file")
    group.add_argument("--token-env", metavar="NAME", help="the same, read from an environment variable")
    group.add_argument("--origin", metavar="ORIGIN", help="send this Origin, as a browser does")
    group.add_argument(
        "--subprotocol",
        action="append",
        default=[],
        metavar="NAME",
        help="offer this subprotocol (repeatable)",
    )
    group.add_argument("-0", "--http1.0", action="store_const", const="HTTP/1.0", dest="http", default="HTTP/1.1",
                       help="speak HTTP/1.0")  # fmt: skip
    group.add_argument(
        "--http1.1", action="store_const", const="HTTP/1.1", dest="http", help="speak HTTP/1.1 (default)"
    )
    group.add_argument(
        "--http2",
        action="store_const",
        const="HTTP/2",
        dest="http",
        help="speak HTTP/2, as curl does by itself",
    )


def _add_tls_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--cacert", metavar="FILE", help="trust this file's authorities, or your client's pinned certificate"
    )
    group.add_argument("--cert", metavar="FILE", help="client certificate (PEM)")
    group.add_argument("--key", metavar="FILE", help="its key (PEM)")
    group.add_argument("-k", "--insecure", action="store_true", help="do not verify the certificate")


def _add_way_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDR",
        help="use this address (repeatable)",
    )
    group.add_argument(
        "--connect-to", metavar="HOST1:PORT1:HOST2:PORT2", help="connect to HOST2:PORT2 instead"
    )
    group.add_argument(
        "-x", "--proxy", metavar="URL", help="forward proxy; '' for none (default: from the environment)"
    )
    group.add_argument("-4", "--ipv4", action="store_const", const=4, dest="family", help="IPv4 only")
    group.add_argument("-6", "--ipv6", action="store_const", const=6, dest="family", help="IPv6 only")
    group.add_argument("--direct", metavar="URL", help="the server itself, past its proxies")


def _add_knowledge_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--saw", type=_status, metavar="STATUS", help="the status that your failing client reported"
    )
    group.add_argument(
        "--jwt-secret-file", metavar="FILE", help="the secret that the server verifies tokens with"
    )
    group.add_argument("--jwks", metavar="FILE", help="the server's JWK set")
    group.add_argument("--audience", metavar="AUD", help="the audience that the server expects in a token")
    group.add_argument("--issuer", metavar="ISS", help="the issuer that the server expects in a token")


def _add_limit_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--budget", type=_count, default=BUDGET, metavar="N", help=f"at most N handshakes (default {BUDGET})"
    )
    group.add_argument(
        "--hold",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="hold the open socket silent, to find time-outs",
    )
    group.add_argument(
        "--connect-timeout",
        type=_seconds,
        default=5.0,
        metavar="SECONDS",
        help="for each connection (default 5)",
    )
    group.add_argument(
        "--max-time", type=_seconds, default=60.0, metavar="SECONDS", help="for everything (default 60)"
    )
    group.add_argument("--show-secrets", action="store_true", help="do not redact tokens and cookies")


def question(options: argparse.Namespace, environ: Mapping[str, str]) -> Question:
    """Return the question that these options ask; raises UsageError and UnreadableInput."""
    if options.key and not options.cert:
        raise UsageError("--key is given without --cert. Give the certificate that the key belongs to.")
    return Question(
        url=options.url,
        headers=tuple(_header(text) for text in options.header),
        token=token_of(options, environ),
        origin=None if options.origin is None else _line(options.origin, "--origin"),
        subprotocols=tuple(_line(name, "--subprotocol") for name in options.subprotocol),
        http=options.http,
        insecure=options.insecure,
        ca_file=_existing(options.cacert, "--cacert"),
        cert_file=_existing(options.cert, "--cert"),
        key_file=_existing(options.key, "--key"),
        overrides=_overrides(options.resolve),
        connect_to=_connect_to(options.connect_to),
        family=options.family,
        proxy=options.proxy,
        environ=environ,
        saw=options.saw,
        direct=options.direct,
        keys=keys_of(options),
        audience=options.audience,
        issuer=options.issuer,
        budget=options.budget,
        hold=options.hold,
        connect_timeout=options.connect_timeout,
        max_time=options.max_time + options.hold,
        show_secrets=options.show_secrets,
    )


def _header(text: str) -> tuple[str, str | None]:
    """Read one -H as curl does: 'Name: value', 'Name:' to leave it out, 'Name;' to send it empty."""
    name, colon, value = _line(text, "--header").partition(":")
    if colon:
        return _bytes(name), _bytes(value.strip()) or None
    if text.endswith(";"):
        return _bytes(text[:-1]), ""
    raise UsageError(
        "--header takes 'NAME: VALUE', 'NAME:' to leave a field out, or 'NAME;' to send it empty; there is no colon."
    )


def _bytes(text: str) -> str:
    """Return the text as the bytes that were typed, a character for each, as the handshake core wants it."""
    return text.encode("utf-8", errors="surrogateescape").decode("latin-1")


def _line(text: str, flag: str) -> str:
    if any(c in text for c in "\r\n\0"):
        raise UsageError(f"{flag} holds a line break or a NUL, which would end the field. Give one line.")
    return text


def token_of(options: argparse.Namespace, environ: Mapping[str, str]) -> str | None:
    """Return the token that the options name, fit for a header field."""
    given = [n for n in ("token", "token_file", "token_env") if getattr(options, n) is not None]
    if len(given) > 1:
        raise UsageError("the token is given twice. Give one of --token, --token-file and --token-env.")
    if options.token_env is not None and options.token_env not in environ:
        raise UsageError(
            f"the environment variable {options.token_env} is not set. Set it, or use --token-file."
        )
    if options.token is not None:
        return _bytes(check_token(options.token, "--token"))
    if options.token_env is not None:
        return _bytes(check_token(environ[options.token_env], f"${options.token_env}"))
    if options.token_file is not None:
        content = _read(options.token_file, "--token-file").decode("utf-8", errors="surrogateescape")
        return _bytes(check_token(content, f"--token-file {options.token_file}"))
    return None


def keys_of(options: argparse.Namespace) -> Keys | None:
    """Return the keys that the options name, or None."""
    if options.jwt_secret_file is None and options.jwks is None:
        return None
    secret = (
        _read(options.jwt_secret_file, "--jwt-secret-file") if options.jwt_secret_file is not None else None
    )
    jwks = (
        _read(options.jwks, "--jwks").decode("utf-8", errors="replace") if options.jwks is not None else None
    )
    return load_keys(secret, jwks)


def _read(path: str, flag: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_FILE_LIMIT + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise UnreadableInput(f"{flag} {path}", why, "Name a file that can be read.") from None
    if len(content) > _FILE_LIMIT:
        raise UnreadableInput(
            f"{flag} {path}", "it is larger than 1 MiB", "Name the file that holds only this."
        )
    return content


def _existing(path: str | None, flag: str) -> str | None:
    if path is not None:
        _read(path, flag)
    return path


def _overrides(texts: list[str]) -> dict[tuple[str, int], tuple[str, ...]]:
    return dict(_override(text) for text in texts)


def _override(text: str) -> tuple[tuple[str, int], tuple[str, ...]]:
    host, _, rest = text.partition(":")
    port, _, addresses = rest.partition(":")
    try:
        found = tuple(str(ipaddress.ip_address(a.strip().strip("[]"))) for a in addresses.split(","))
        return (host.lower(), int(port)), found
    except ValueError:
        raise UsageError(
            f"--resolve takes HOST:PORT:ADDRESS[,ADDRESS], such as example.com:443:127.0.0.1; {text!r} is not."
        ) from None


def _connect_to(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    dialled = host.rpartition(":")[2] if not host.endswith("]") else host[host.rindex("[") + 1 : -1]
    if text.count(":") < 3 or not port.isdigit() or not 0 < int(port) < 65536 or not dialled:
        raise UsageError(
            "--connect-to takes HOST1:PORT1:HOST2:PORT2, such as example.com:443:127.0.0.1:8443 or ::127.0.0.1:8443."
        )
    return dialled, int(port)


def _status(text: str) -> int:
    if not text.isdigit() or not 100 <= int(text) <= 599:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no HTTP status; give the number that your client reported, such as 400"
        )
    if text == "101":
        raise argparse.ArgumentTypeError(
            "101 is success; to find out why an open socket is cut, use --hold SECONDS"
        )
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of one or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in seconds between 0 and 86400")
    return value
