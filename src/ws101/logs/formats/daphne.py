"""daphne's access log and Django's development server: `"WSCONNECT /ws" - -` and `WebSocket REJECT /ws [127.0.0.1:5000]`.

Observed: daphne 4.2.3, channels 4.3.2. What autobahn refuses before the application is not logged.
"""

from ws101.logs.entry import Told
from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

_PEER = r"(?P<client>\[?[\w.:%]{1,60}\]?):(?P<peerport>\d{1,5}) - - \[(?P<clf>[^\]\n]{1,40})\] "
_AT = r"(?P<path>\S{1,4000}) \[(?:(?P<seconds>\d{1,9}\.\d{1,9}), )?(?P<client>[\w.%]{1,60}|\[?[\w:.%]{1,60}?\]?):(?P<peerport>\d{1,5})\]"
_ARRIVED = (
    ("upgrade", "websocket"),
)  # daphne/http_protocol.py, WebRequest.process: any other request is HTTP

FORMAT = formats(
    "daphne",
    "daphne",
    Hop.SERVER,
    (b'"WSCONNECT', b'"WSREJECT ', b"WebSocket HANDSHAKING ", b"WebSocket CONNECT ", b"WebSocket REJECT "),
    (
        Shape(
            '"WSCONNECTING ',
            _PEER + r'"WSCONNECTING (?P<path>[^"\n]{1,4000})" - -',
            told=Told.SEEN,
            arrived=_ARRIVED,
        ),
        Shape(
            '"WSCONNECT ', _PEER + r'"WSCONNECT (?P<path>[^"\n]{1,4000})" - -', status=101, arrived=_ARRIVED
        ),
        Shape('"WSREJECT ', _PEER + r'"WSREJECT (?P<path>[^"\n]{1,4000})" - -', status=403, arrived=_ARRIVED),
        Shape("WebSocket HANDSHAKING ", r"WebSocket HANDSHAKING " + _AT, told=Told.SEEN, arrived=_ARRIVED),
        Shape("WebSocket CONNECT ", r"WebSocket CONNECT " + _AT, status=101, arrived=_ARRIVED),
        Shape("WebSocket REJECT ", r"WebSocket REJECT " + _AT, status=403, arrived=_ARRIVED),
        Shape(
            "HTTP ",
            r"HTTP (?P<method>[A-Z]{1,12}) (?P<path>\S{1,4000}) (?P<status>\d{3}) \[(?P<seconds>\d{1,9}\.\d{1,9}), (?P<client>[\w.%]{1,60}):(?P<peerport>\d{1,5})\]",
        ),
        Shape(
            '" ',
            _PEER
            + r'"(?P<method>[A-Z]{1,12}) (?P<path>[^"\s]{1,4000})" (?P<status>\d{3}) (?P<size>\d{1,12}|-)$',
        ),
    ),
)
