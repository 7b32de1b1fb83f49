"""Engine.IO, the transport of Socket.IO, in Node.js and in Python.

The Node.js server answers in JSON to a plain request and with the bare message to an upgrade.
"""

from ws101.signature import Says, Signature
from ws101.signatures.marks import HTML, whole
from ws101.terms import Hop

_NODE = "observed: socket.io 4.8.4 on Node.js 20"
_PYTHON = "observed: python-engineio 4.15.1"

_MESSAGES = (
    (0, "transport", Says.ENGINEIO_TRANSPORT, "Transport unknown"),
    (1, "session", Says.ENGINEIO_SESSION, "Session ID unknown"),
    (2, "method", Says.ENGINEIO_METHOD, "Bad handshake method"),
    (3, "bad-request", Says.ENGINEIO_BAD_REQUEST, "Bad request"),
    (5, "version", Says.ENGINEIO_VERSION, "Unsupported protocol version"),
)


def _own(
    name: str, says: Says, statuses: set[int], body: str, source: str, *, text: bool = False
) -> Signature:
    return Signature(
        name=f"engineio-{name}",
        software="engine.io",
        hop=Hop.SERVER,
        says=says,
        source=source,
        statuses=frozenset(statuses),
        body=body,
        headers=(HTML,) if text else (),
    )


def _json(code: int, message: str) -> str:
    return rf'\A{{"code":{code},"message":"{message}'


SIGNATURES = (
    *(_own(name, says, {400}, _json(code, message), _NODE) for code, name, says, message in _MESSAGES),
    _own("forbidden", Says.FORBIDDEN, {400, 403}, _json(4, ""), _NODE),
    *(
        _own(
            f"{name}-of-upgrade",
            says,
            {400},
            whole(message),
            _NODE,
            text=True,
        )
        for code, name, says, message in _MESSAGES
        if code in {0, 1}
    ),
    _own(
        "python-version",
        Says.ENGINEIO_VERSION,
        {400},
        whole('"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"'),
        _PYTHON,
    ),
    _own("python-transport", Says.ENGINEIO_TRANSPORT, {400}, whole('"Invalid transport"'), _PYTHON),
    _own("python-no-upgrade", Says.NO_UPGRADE, {400}, whole('"Invalid websocket upgrade"'), _PYTHON),
    _own("python-session", Says.ENGINEIO_SESSION, {400}, r'\A"Invalid session .*"\Z', _PYTHON),
    _own("python-origin", Says.ORIGIN, {400}, r'\A".* is not an accepted origin\."\Z', _PYTHON),
)
