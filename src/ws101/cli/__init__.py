"""The command line: finds the command, and turns every error into a sentence and an exit status."""

import importlib
import sys
from collections.abc import Sequence

from ws101.cli import streams
from ws101.errors import Ws101Error

COMMANDS = {
    "check": "find out why a WebSocket handshake fails, or prove that it works",
    "explain": "the page of one cause, or the list of all",
    "logs": "what the logs of client, proxy and server tell of handshakes",
    "nginx": "what a configuration of nginx does to a handshake",
    "token": "what is in a token, and what a verifier would say of it",
    "report": "show a saved run again, in any format",
    "timers": "the timer service and its client",
    "lab": "the fault lab: real servers and proxies, one fault at a time",
}


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; see docs/contract.md."""
    streams.prepare()
    name = arguments[0] if arguments else "help"
    try:
        return _command(name, arguments)
    except Ws101Error as error:
        streams.complain(f"ws101 {name}: {_clean(error)}")
        return error.exit_status
    except SystemExit as end:  # argparse's --help
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        streams.complain(f"ws101 {name}: interrupted (Ctrl-C).")
        return 3
    except BrokenPipeError:
        streams.let_go()
        return 0
    except Exception as error:  # noqa: BLE001 - a crash is ours to report, without values that may be secret
        streams.complain(_crash(error))
        return 4


def _command(name: str, arguments: Sequence[str]) -> int:
    if name in {"-h", "--help", "help"}:
        streams.say(_usage() + "\n")
        return 0 if arguments else 2
    if name not in COMMANDS:
        streams.complain(f"ws101: {_no_command(name)}\n\n{_usage()}")
        return 2
    status: int = importlib.import_module(f"ws101.cli.{name}").main(arguments[1:])
    sys.stdout.flush()
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


def _no_command(name: str) -> str:
    """Name the word that is no command, unless it is a URL, which may hold secrets."""
    if "://" in name:
        return "a command comes before the URL. Did you mean `ws101 check URL`?"
    return f"there is no command {name[:40]!r}."


def _clean(error: Ws101Error) -> str:
    """Return an error's text fit for a terminal; words that were given may hold a secret or control characters."""
    from ws101.redact import Redactor, printable

    return Redactor((), b"").scrub(printable(str(error)))


def _crash(error: Exception) -> str:
    """Name the place of a crash by file and line; its message and its values stay out, for they may be secret."""
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(
            f"{code.co_filename.rpartition('ws101')[2].lstrip('/')}:{trace.tb_lineno} in {code.co_name}"
        )
        trace = trace.tb_next
    return f"ws101 itself failed, and that is a bug: {type(error).__name__} at {'; '.join(places[-3:])}. Please report it."
