"""The flags that describe a handshake, under curl's names where curl has them, and the question they make."""

import argparse
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ws101.attempt import TlsSettings, Verify
from ws101.cli import values
from ws101.errors import UsageError
from ws101.question import ANSWER_TIMEOUT, BUDGET, CONNECT_TIMEOUT, MAX_TIME, Question, check_token

if TYPE_CHECKING:
    from ws101.tokens.verify import Keys

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


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
        "--saw", type=values.status, metavar="STATUS", help="the status that your failing client reported"
    )
    group.add_argument(
        "--jwt-secret-file", metavar="FILE", help="the secret that the server verifies tokens with"
    )
    group.add_argument("--jwks", metavar="FILE", help="the server's JWK set")
    group.add_argument("--audience", metavar="AUD", help="the audience that the server expects in a token")
    group.add_argument("--issuer", metavar="ISS", help="the issuer that the server expects in a token")
    group.add_argument("--nginx-config", action="append", default=[], metavar="PATH",
                       help="nginx's configuration on the way: a file, a directory, or `-` for `nginx -T`;"
                            " repeatable, the outermost nginx first")  # fmt: skip
    group.add_argument(
        "--nginx-root", metavar="DIR", help="the directory that stands for / in it, as in a container"
    )
    group.add_argument(
        "--nginx-version",
        type=values.nginx_version,
        metavar="VERSION",
        help="the version that runs (default: what the answer says)",
    )
    group.add_argument(
        "--no-sandbox",
        action="store_false",
        dest="sandbox",
        help="do not try the configuration on real nginx on this machine",
    )
    group.add_argument("--log", action="append", default=[], metavar="SOURCE",
                       help="a log of any hop: what it writes of this check's handshakes is read (a file,"
                            " docker:NAME, compose:SERVICE, journal:UNIT; repeatable)")  # fmt: skip


def _add_limit_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--budget",
        type=values.count,
        default=BUDGET,
        metavar="N",
        help=f"at most N handshakes (default {BUDGET})",
    )
    group.add_argument(
        "--hold",
        type=values.seconds,
        default=0.0,
        metavar="SECONDS",
        help="hold the open socket silent, to find time-outs",
    )
    group.add_argument(
        "--connect-timeout",
        type=values.seconds,
        default=CONNECT_TIMEOUT,
        metavar="SECONDS",
        help=f"for each connection (default {CONNECT_TIMEOUT:g})",
    )
    group.add_argument(
        "--answer-timeout",
        type=values.seconds,
        default=ANSWER_TIMEOUT,
        metavar="SECONDS",
        help=f"for the head of each answer (default {ANSWER_TIMEOUT:g})",
    )
    group.add_argument(
        "--max-time",
        type=values.seconds,
        default=MAX_TIME,
        metavar="SECONDS",
        help=f"for everything, --hold apart (default {MAX_TIME:g})",
    )
    group.add_argument("--show-secrets", action="store_true", help="do not redact tokens and cookies")


def question(options: argparse.Namespace, environ: Mapping[str, str]) -> Question:
    """Return the question that these options ask; raises UsageError and UnreadableInput."""
    if options.key and not options.cert:
        raise UsageError("--key is given without --cert. Give the certificate that the key belongs to.")
    asked = Question(
        url=options.url,
        headers=tuple(values.header(text) for text in options.header),
        token=token_of(options, environ),
        origin=None if options.origin is None else values.octets(values.line(options.origin, "--origin")),
        subprotocols=tuple(values.octets(values.line(name, "--subprotocol")) for name in options.subprotocol),
        http=options.http,
        insecure=options.insecure,
        ca_file=options.cacert,
        cert_file=options.cert,
        key_file=options.key,
        overrides=dict(values.override(text) for text in options.resolve),
        connect_to=values.connect_to(options.connect_to),
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
        answer_timeout=options.answer_timeout,
        max_time=options.max_time + options.hold,
        show_secrets=options.show_secrets,
        nginx_configs=_configurations(options),
        nginx_root=options.nginx_root,
        nginx_version=options.nginx_version,
        sandbox=options.sandbox,
        logs=tuple(options.log),
    )
    _check_certificates(asked)
    return asked


def _configurations(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the paths of configurations, which must be there; what they hold is read beside the first connection."""
    if not options.nginx_config:
        for flag in ("nginx_root", "nginx_version"):
            if getattr(options, flag):
                raise UsageError(
                    f"--{flag.replace('_', '-')} is given without --nginx-config. Name the configuration, too."
                )
    for path in options.nginx_config:
        if path != "-" and options.nginx_root is None:
            values.check_there(path, "--nginx-config")
    return tuple(options.nginx_config)


def _check_certificates(asked: Question) -> None:
    """Read the PEM files, which are otherwise opened only once TLS is spoken."""
    from ws101.probe.secure import context

    for flag, path in (("--cacert", asked.ca_file), ("--cert", asked.cert_file), ("--key", asked.key_file)):
        if path is not None:
            values.check_regular(path, flag)
    if asked.ca_file is not None:
        context(TlsSettings("", None, ca_file=asked.ca_file))
    if asked.cert_file is not None:
        cert, key = asked.cert_file, asked.key_file
        context(TlsSettings("", None, verify=Verify.NOTHING, cert_file=cert, key_file=key))


def token_of(options: argparse.Namespace, environ: Mapping[str, str]) -> str | None:
    """Return the token that the options name, fit for a header field."""
    given = [n for n in ("token", "token_file", "token_env") if getattr(options, n) is not None]
    if len(given) > 1:
        raise UsageError("the token is given twice. Give one of --token, --token-file and --token-env.")
    if options.token_env is not None and options.token_env not in environ:
        raise UsageError(
            f"the environment variable {_variable(options.token_env)} is not set. Set it, or use --token-file."
        )
    if options.token is not None:
        return values.octets(check_token(options.token, "--token"))
    if options.token_env is not None:
        return values.octets(check_token(environ[options.token_env], f"${_variable(options.token_env)}"))
    if options.token_file is not None:
        content = values.read_file(options.token_file, "--token-file").decode(
            "utf-8", errors="surrogateescape"
        )
        return values.octets(check_token(content, f"--token-file {options.token_file}"))
    return None


def keys_of(options: argparse.Namespace) -> "Keys | None":
    """Return the keys that the options name, or None."""
    if options.jwt_secret_file is None and options.jwks is None:
        return None
    secret = (
        values.read_file(options.jwt_secret_file, "--jwt-secret-file")
        if options.jwt_secret_file is not None
        else None
    )
    jwks = (
        values.read_file(options.jwks, "--jwks").decode("utf-8", errors="replace")
        if options.jwks is not None
        else None
    )
    from ws101.tokens.verify import load_keys

    return load_keys(secret, jwks)


def _variable(name: str) -> str:
    """The variable's name where it looks like one; else a token may have been given in its place."""
    return name if _VARIABLE.fullmatch(name) else "that --token-env names"
