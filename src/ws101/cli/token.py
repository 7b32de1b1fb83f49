"""`ws101 token TOKEN`: what is in a token, and what a verifier would say of it."""

import json
import math
import os
import sys
import time
from collections.abc import Mapping, Sequence

from ws101.cli import streams
from ws101.cli.asking import keys_of, token_of
from ws101.cli.parser import Parser
from ws101.errors import UsageError
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.question import check_token
from ws101.redact import printable
from ws101.tokens.checks import duration, moment
from ws101.tokens.read import read
from ws101.tokens.reading import TokenReading

_TIMES = ("exp", "nbf", "iat")


def main(arguments: Sequence[str]) -> int:
    """Print the reading; 0 when nothing is wrong, 1 when something is, 3 when the signature could not be checked."""
    options = _parser().parse_args(arguments)
    token = token_of(options, os.environ)
    if options.bare is not None:
        if token is not None:
            raise UsageError("the token is given twice. Give it as the argument or by a flag.")
        token = check_token(sys.stdin.readline() if options.bare == "-" else options.bare, "the argument")
    if token is None:
        raise UsageError(
            "no token is given. Give it as the argument (`-` reads it), or with --token-file or --token-env."
        )
    value = token if token.lower().startswith("bearer ") else f"Bearer {token}"
    request = Request("/", Headers.of([("Authorization", value)]))
    reading = read(request, keys_of(options), None, time.time(), options.audience, options.issuer)
    if reading is None:
        raise UsageError("this is no token.")
    streams.say(_document(reading) if options.json else _text(reading))
    if reading.problems:
        return 1
    return 0 if reading.signature_checked else 3


def _parser() -> Parser:
    parser = Parser(
        prog="ws101 token",
        description="What is in a token, and what a verifier would say of it. Nothing is sent anywhere.",
        epilog="Exit status: 0 nothing is wrong, 1 something is, 2 wrong usage, 3 the signature was not checked.",
    )
    parser.add_argument(
        "bare", nargs="?", metavar="TOKEN", help="the token; `-` reads a line; better --token-file"
    )
    parser.add_argument("--token-file", metavar="FILE", help="read the token from a file")
    parser.add_argument("--token-env", metavar="NAME", help="read the token from an environment variable")
    parser.add_argument("--jwt-secret-file", metavar="FILE", help="the secret that it must be signed with")
    parser.add_argument("--jwks", metavar="FILE", help="the JWK set that it must be signed with")
    parser.add_argument("--audience", metavar="AUD", help="the audience that the server expects")
    parser.add_argument("--issuer", metavar="ISS", help="the issuer that the server expects")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(token=None)
    return parser


def _document(reading: TokenReading) -> str:
    problems = [{"cause": problem.flaw.value, "text": problem.text} for problem in reading.problems]
    document = {
        "schema": "ws101.token/1",
        "size": reading.size,
        "header": reading.header,
        "claims": reading.claims,
        "signature_checked": reading.signature_checked,
        "problems": problems,
    }
    return json.dumps(_finite(document), indent=2, default=str, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    """Return the value with NaN and infinities as text: JSON has no number for them (RFC 8259, 6)."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _finite(member) for name, member in value.items()}
    return [_finite(member) for member in value] if isinstance(value, list) else value


def _text(reading: TokenReading) -> str:
    lines = [f"a token of {reading.size:,} bytes" + ("" if reading.claims is not None else ", and no JWT")]
    if reading.header is not None:
        lines += ["", "header", *_fields(reading.header)]
    if reading.claims is not None:
        lines += ["", "claims", *_fields(reading.claims)]
    lines += ["", "what a verifier would say"]
    lines += [f"  ✗ {problem.flaw.value}: {problem.text}" for problem in reading.problems]
    if not reading.problems and reading.claims is not None:
        lines.append("  ✓ nothing in it is wrong by this machine's clock")
    if reading.signature_checked:
        lines.append("  · the signature was checked")
    else:
        lines.append("  ? the signature was not checked: give --jwt-secret-file or --jwks")
    encoding = (sys.stdout.encoding or "ascii").lower()
    text = printable("\n".join(lines), keep="\n") + "\n"
    return text if encoding.startswith("utf") else text.replace("✗", "x").replace("✓", "+").replace("·", ".")


def _fields(fields: Mapping[str, object]) -> list[str]:
    return [
        f"  {name}: {json.dumps(value, ensure_ascii=False, default=str)}{_when(fields, name)}"
        for name, value in fields.items()
    ]


def _when(fields: Mapping[str, object], name: str) -> str:
    """Say how far from now a time is."""
    at = moment(fields, name) if name in _TIMES else None
    if at is None:
        return ""
    apart = at - time.time()
    return f"   ({duration(abs(apart))} {'from now' if apart > 0 else 'ago'})"
