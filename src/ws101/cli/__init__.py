"""The command line: finds the command, and turns every error into a sentence and an exit status."""

import importlib
import sys
from collections.abc import Sequence

from ws101.errors import Ws101Error

COMMANDS = {
    "check": "find out why a WebSocket handshake fails, or prove that it works",
    "explain": "the page of one cause, or the list of all",
    "token": "what is in a token, and what a verifier would say of it",
    "report": "show a saved run again, in any format",
    "lab": "the fault lab: real servers and proxies, one fault at a time",
}


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; see docs/contract.md."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_usage())
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        sys.stderr.write(f"ws101: there is no command {name[:40]!r}.{_meant(name)}\n\n{_usage()}\n")
        return 2
    try:
        status: int = importlib.import_module(f"ws101.cli.{name}").main(rest)
    except Ws101Error as error:
        sys.stderr.write(f"ws101 {name}: {error}\n")
        return error.exit_status
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - a crash is ours to report, without values that may be secret
        sys.stderr.write(_crash(error))
        return 4
    return status


def _usage() -> str:
    lines = [f"  ws101 {name:<8} {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "ws101 gets a WebSocket handshake to 101.",
            "",
            *lines,
            "",
            "Start with:  ws101 check ws://host:port/path",
            "Each command has its own --help; ws101 --version tells the version.",
        ]
    )


def _meant(name: str) -> str:
    return (
        f" Did you mean `ws101 check {name}`?"
        if "://" in name and "@" not in name and "?" not in name
        else ""
    )


def _crash(error: Exception) -> str:
    """Name the place of a crash by file and line; its message and its values stay out, for they may be secret."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(
            f"{code.co_filename.rpartition('ws101')[2].lstrip('/')}:{trace.tb_lineno} in {code.co_name}"
        )
        trace = trace.tb_next
    return f"ws101 itself failed, and that is a bug: {type(error).__name__} at {'; '.join(places[-3:])}. Please report it.\n"
