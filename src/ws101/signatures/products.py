"""Finished programs that people put behind a proxy: Cockpit, Jupyter Server, Streamlit."""

from ws101.signature import Says, Signature
from ws101.signatures.marks import whole
from ws101.terms import Hop

_COCKPIT = "observed: cockpit-ws 287.1"
_JUPYTER = "observed: jupyter_server 2.21.1"
_STREAMLIT = "observed: Streamlit 1.67.0"


def _cockpit(says: Says, status: int, words: str) -> Signature:
    title = f"<html><head><title>{status} {words}</title></head>\r\n"
    body = f"{title}<body>Received invalid WebSocket request</body></html>\r\n"
    return Signature(
        f"cockpit-{status}", "cockpit", Hop.SERVER, says, _COCKPIT, frozenset({status}), whole(body)
    )


SIGNATURES = (
    # It wants an Origin, and its own; every other fault of a handshake is a 400, whichever it is.
    _cockpit(Says.ORIGIN, 403, "Forbidden"),
    _cockpit(Says.NOTHING, 400, "Bad Request"),
    # For a user who is not known, and for a Host that is not local: only its log tells which.
    Signature(
        "jupyter-403",
        "jupyter",
        Hop.SERVER,
        Says.FORBIDDEN,
        _JUPYTER,
        frozenset({403}),
        r"<title>Jupyter Server</title>(?s:.{0,6000})<h1>403 : Forbidden</h1>",
    ),
    # Its own page answers what it did not take for a socket; it stands for no proxy's fallback.
    Signature(
        "streamlit-page",
        "streamlit",
        Hop.SERVER,
        Says.NOTHING,
        _STREAMLIT,
        frozenset({200}),
        r"\A<!--\s+Copyright \(c\) Streamlit Inc\.",
    ),
)
