"""Which answer of a server's an access log shows by its status and its length in bytes: no more of it is kept there.

Each is one that a signature knows by its text, too. Words that many programs answer with are left out.
"""

from typing import NamedTuple

from ws101.signature import Says

ENGINEIO = "engine.io"


class Body(NamedTuple):
    """The whole text that some software answers with one status; `{path}` stands for the path that was asked for."""

    software: str
    status: int
    text: str
    says: Says

    def at(self, path: str) -> str:
        """Return the text as it is at this path."""
        return self.text.replace("{path}", path)


BODIES = (
    Body("Node's ws", 400, "Invalid Upgrade header", Says.NO_UPGRADE),
    Body("Node's ws", 400, "Missing or invalid Sec-WebSocket-Version header", Says.VERSION),
    Body("Node's ws", 400, "Missing or invalid Sec-WebSocket-Key header", Says.KEY_INVALID),
    Body("Node's ws", 426, "Upgrade Required", Says.PLAIN_NOT_FOUND),
    Body(
        "Express",
        404,
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n'
        "<pre>Cannot GET {path}</pre>\n</body>\n</html>\n",
        Says.PLAIN_NOT_FOUND,
    ),
    Body("FastAPI", 404, '{"detail":"Not Found"}', Says.PLAIN_NOT_FOUND),
    Body("Starlette", 400, "Invalid host header", Says.HOST),
    Body(
        "Django",
        404,
        '\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n'
        "  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n",
        Says.PLAIN_NOT_FOUND,
    ),
    *(
        Body(
            "websockets",
            426,
            f"Failed to open a WebSocket connection: {found}.\n\n"
            "You cannot access a WebSocket server directly with a browser. You need a WebSocket client.\n",
            Says.NO_UPGRADE,
        )
        for found in (
            "missing Connection header",
            "missing Upgrade header",
            "invalid Connection header: close",
        )
    ),
    Body(
        "aiohttp",
        400,
        'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".',
        Says.NO_UPGRADE,
    ),
    Body("Spring or Tornado", 400, 'Can "Upgrade" only to "WebSocket".', Says.NO_UPGRADE),
    Body("Spring or Tornado", 400, '"Connection" must be "upgrade".', Says.NO_CONNECTION),
    Body("Spring", 403, "Invalid CORS request", Says.ORIGIN),
    Body("Tornado", 403, "Cross origin websockets not allowed", Says.ORIGIN),
    Body("gorilla/websocket", 426, "Upgrade Required\n", Says.NO_UPGRADE),
    Body("Go", 404, "404 page not found\n", Says.NO_ROUTE),
    Body("axum", 400, "`Upgrade` header did not include 'websocket'", Says.NO_UPGRADE),
    # Node.js answers a plain request in JSON, and an upgrade with the message alone.
    Body(ENGINEIO, 400, '{"code":0,"message":"Transport unknown"}', Says.ENGINEIO_TRANSPORT),
    Body(ENGINEIO, 400, '{"code":1,"message":"Session ID unknown"}', Says.ENGINEIO_SESSION),
    Body(ENGINEIO, 400, '{"code":3,"message":"Bad request"}', Says.ENGINEIO_BAD_REQUEST),
    Body(ENGINEIO, 400, '{"code":5,"message":"Unsupported protocol version"}', Says.ENGINEIO_VERSION),
    Body(ENGINEIO, 400, "Transport unknown", Says.ENGINEIO_TRANSPORT),
    Body(ENGINEIO, 400, "Session ID unknown", Says.ENGINEIO_SESSION),
    Body(ENGINEIO, 400, '"Invalid websocket upgrade"', Says.NO_UPGRADE),
    Body(ENGINEIO, 400, '"Invalid transport"', Says.ENGINEIO_TRANSPORT),
)


def as_long(path: str, status: int, size: int) -> Body | None:
    """Return the answer that has this status and as many bytes at this path; None where there is none.

    At a path of Engine.IO's that is one of its own, and nowhere else.
    """
    bare, _, query = path.partition("?")
    own = "EIO=" in query
    for body in BODIES:
        if body.status == status and (body.software == ENGINEIO) is own and len(body.at(bare)) == size:
            return body
    return None
