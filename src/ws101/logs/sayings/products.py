"""What finished programs write of handshakes that they refuse: Bokeh and Panel, Jupyter Server, Cockpit."""

from ws101.logs.saying import family
from ws101.signature import Says
from ws101.terms import Hop

SAYINGS = (
    *family(
        "bokeh",
        Hop.SERVER,
        "observed: Bokeh 3.9.2",
        (
            (
                Says.ORIGIN,
                "Refusing websocket connection from Origin ",
                r"Refusing websocket connection from Origin '(?P<origin>[^'\s]{1,255})'",
                "Refusing websocket connection from Origin 'http://app.example'; use --allow-websocket-origin=app.example",
            ),
            (
                Says.SUBPROTOCOL,
                "Subprotocol header is not 'bokeh'",
                r"ProtocolError: Subprotocol header is not 'bokeh'",  # and not the line of the traceback that raises it
                "bokeh.protocol.exceptions.ProtocolError: Subprotocol header is not 'bokeh'",
            ),
        ),
    ),
    *family(
        "jupyter",
        Hop.SERVER,
        "observed: jupyter_server 2.21.1; base/websocket.py, check_origin",
        (
            (Says.CREDENTIALS, "Couldn't authenticate WebSocket connection", "", ""),
            (
                Says.HOST,
                "Blocking request with non-local 'Host' ",
                "",
                "Blocking request with non-local 'Host' jup.example (jup.example). If the server should be accessible at that name",
            ),
            (
                Says.ORIGIN,
                "Blocking Cross Origin WebSocket Attempt.",
                r"Blocking Cross Origin WebSocket Attempt\.\s{1,4}Origin: (?P<origin>[^\s,]{1,255})",
                "Blocking Cross Origin WebSocket Attempt.  Origin: http://app.example, Host: 127.0.0.1:8888",
            ),
        ),
        vague=("Blocking request with non-local 'Host' ",),  # it says so of every request
    ),
    *family(
        "cockpit",
        Hop.SERVER,
        "observed: cockpit-ws 287.1",
        (
            (
                Says.ORIGIN,
                "WebSocket-Message: ",
                r"WebSocket-Message: [\d:.]{1,16}: received request from bad Origin: (?P<origin>\S{1,255})",
                "WebSocket-Message: 18:26:53.478: received request from bad Origin: http://app.example",
            ),
            (
                Says.ORIGIN,
                "WebSocket-Message: ",
                r"WebSocket-Message: [\d:.]{1,16}: received request without Origin",
                "WebSocket-Message: 18:26:55.790: received request without Origin",
            ),
            (
                Says.NO_UPGRADE,
                "WebSocket-Message: ",
                r"WebSocket-Message: [\d:.]{1,16}: received invalid or missing Upgrade header",
                "WebSocket-Message: 18:26:53.734: received invalid or missing Upgrade header: (null)",
            ),
            (
                Says.NO_CONNECTION,
                "WebSocket-Message: ",
                r"WebSocket-Message: [\d:.]{1,16}: received invalid or missing Connection header",
                "WebSocket-Message: 18:26:53.734: received invalid or missing Connection header: (null)",
            ),
            (
                Says.VERSION,
                "WebSocket-Message: ",
                r"WebSocket-Message: [\d:.]{1,16}: received invalid or missing Sec-WebSocket-Version header",
                "WebSocket-Message: 18:26:53.734: received invalid or missing Sec-WebSocket-Version header: 99",
            ),
        ),
    ),
)
