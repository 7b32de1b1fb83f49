"""What no file is at fault for: for each state of a server behind nginx, the words that say so and what to do.

A cause of these has no diff; the sandbox shows that nginx answers so because of it, and 101 without it.
"""

from ws101.nginx.circumstance import Circumstance, State

NO_LINE = "No line of this configuration is at fault"

REMEDIES: dict[State, str] = {
    State.DOWN: "start what is to listen at {server}, or name where it listens",
    State.DEAF: "{server} takes no connection; see whether its process hangs, and what its firewall drops",
    State.CUT: "{server} breaks off in the head of its 101; see its own log",
    State.SILENT: "{server} takes the handshake and does not answer; see what it waits for",
    State.ANSWERS: "{server} is asked first and says {status}; ask it with the same cookies and tokens",
    State.UNNAMED: "the resolver at {server} cannot be asked; start it, or name one that answers",
}


_FAILS = "{server} is asked first and does not say yes or no; see its own log"


def remedy_for(given: Circumstance, server: str) -> str:
    """Return what to do about this state of this server; `server` is where it is, as the file says."""
    fails = given.state is State.ANSWERS and given.status >= 500
    what = (_FAILS if fails else REMEDIES[given.state]).format(server=server, status=given.status)
    return f"{NO_LINE}: {what}."
