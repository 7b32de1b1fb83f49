"""What clients print before they connect, which tells what they mean to send, and that they failed without saying why.

Applications write most of these lines themselves, in much the same words; the URL is what their code computed.
"""

from ws101.logs.entry import Told
from ws101.logs.saying import URL, family
from ws101.signature import Says
from ws101.terms import Hop

_APPLICATIONS = "as applications print it before they call their library"
_SOCKET = r"(?:web[ -]?socket|socket|ws|wss|connection|connect)"
# A verb, and within a few words the URL; what failed, or is only announced, is told by other words around it.
_VERBS = (
    r"(?:(?:re)?connecting|diall?ing|attempting|trying|establishing|initiating"
    rf"|(?:opening|creating|starting)(?: (?:a|the|new))* {_SOCKET})"
)
_NO_FAILURE = (
    r"(?!.{0,200}?(?:\bfail|error|\brefused|\btimed out|\bretry|\bin \d+(?:\.\d+)? ?(?:ms|s\b|sec|min)))"
)
_FAILURE = r"(?:fail(?:ed|ure)?|error|could ?n[o']t|cannot|can[’']t|unable|not able|problem)"

SAYINGS = (
    *family(
        "signalr",
        Hop.CLIENT,
        "@microsoft/signalr: WebSocketTransport.ts, onopen",
        (
            (
                Says.NOTHING,
                "Information: WebSocket connected to ",
                rf"Information: WebSocket connected to (?P<url>{URL})",
                "[2026-11-26T01:02:03.456Z] Information: WebSocket connected to wss://example.com/hub?id=a.",
            ),
        ),
        told=Told.ANSWERED,
        status=101,
    ),
    *family(
        "tungstenite",
        Hop.CLIENT,
        "tungstenite: src/client.rs, connect_to_some",
        (
            (
                Says.NOTHING,
                "Trying to contact ws",
                rf"\bTrying to contact (?P<url>{URL}) at ",
                "DEBUG tungstenite::client: Trying to contact wss://example.com/ws at 203.0.113.7:443...",
            ),
        ),
        told=Told.MEANT,
        vague=True,
    ),
    *family(
        "engine.io",
        Hop.CLIENT,
        "python-engineio 4: client.py, _connect_websocket",
        (
            (
                Says.NOTHING,
                "Attempting WebSocket ",
                rf"Attempting WebSocket (?:connection|upgrade) to (?P<url>{URL})",
                "Attempting WebSocket connection to wss://example.com/socket.io/?transport=websocket&EIO=4",
            ),
        ),
        told=Told.MEANT,
    ),
    *family(
        "the client",
        Hop.CLIENT,
        _APPLICATIONS,
        (
            (
                Says.NOTHING,
                "://",
                rf"(?i)\b(?:{_FAILURE}|{_VERBS}|connection)\b[^/\n]{{0,60}}?(?P<url>{URL}).{{0,80}}?\bstatus(?: ?code)?[ :=]{{1,3}}(?P<status>[1-5]\d\d)\b",
                "failed to connect wss://example.com/ws: Http(Response { status: 403, version: HTTP/1.1 })",
            ),
            (
                Says.NOTHING,
                "://",
                rf"(?i)\b{_FAILURE}\b.{{0,20}}?\b(?:(?:re)?connect(?:ing|ion)?|open(?:ing)?|dial(?:ing)?|reach(?:ing)?)\b[^/\n]{{0,40}}?(?P<url>{URL})",
                "Failed to connect to wss://example.com/ws",
            ),
            (
                Says.NOTHING,
                "://",
                rf"(?i)\b(?:{_VERBS}|connection)\b[^/\n]{{0,60}}?(?P<url>{URL}).{{0,40}}?\b(?:failed|timed out|refused|error)\b",
                "Connection to wss://example.com/ws failed",
            ),
        ),
        vague=True,
    ),
    *family(
        "the client",
        Hop.CLIENT,
        _APPLICATIONS,
        (
            (
                Says.NOTHING,
                "://",
                rf"(?i)\b{_VERBS}\b[^/\n]{{0,60}}?(?P<url>{URL}){_NO_FAILURE}",
                "2026/11/26 01:02:03 connecting to wss://example.com/ws",
            ),
            (
                Says.NOTHING,
                "://",
                rf"(?i)(?:^|[>\]:-] )connect\b[^/\n]{{0,20}}?(?P<url>{URL}){_NO_FAILURE}",
                'RWS> connect {url: "wss://example.com/ws"}',
            ),
        ),
        told=Told.MEANT,
        vague=True,
    ),
)
