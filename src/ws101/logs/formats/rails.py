"""Rails' log of Action Cable: `Started GET "/cable" [WebSocket] for 127.0.0.1 at …`, `Finished "/cable" [WebSocket] …`.

Rails: actioncable/lib/action_cable/connection/base.rb. `[non-WebSocket]` says that Connection and Upgrade did not ask for one.
"""

from ws101.logs.entry import Told
from ws101.logs.oneline import Shape, formats
from ws101.signature import Says
from ws101.terms import Hop

_FOR = r'"(?P<path>[^"\n]{1,4000})" ?'
# websocket-driver, Driver.websocket?: GET, and both fields.
_ARRIVED = (("upgrade", "websocket"), ("connection", "upgrade"))

FORMAT = formats(
    "action cable",
    "action cable",
    Hop.SERVER,
    (b"WebSocket",),
    (
        Shape(
            "[non-WebSocket]",
            r"Started (?P<method>[A-Z]{1,12}) "
            + _FOR
            + r"\[non-WebSocket\] for (?P<client>[\w.:%]{1,60}) at ",
            told=Told.SEEN,
            says=Says.NO_UPGRADE,
        ),
        Shape(
            "[WebSocket]",
            r"Started (?P<method>[A-Z]{1,12}) " + _FOR + r"\[WebSocket\] for (?P<client>[\w.:%]{1,60}) at ",
            told=Told.SEEN,
            arrived=_ARRIVED,
        ),
        Shape(
            "Successfully upgraded to WebSocket",
            r"Successfully upgraded to WebSocket \(REQUEST_METHOD: (?P<method>[A-Z]{1,12}), ",
            status=101,
        ),
        Shape(
            "[WebSocket]",
            r"Finished " + _FOR + r"\[WebSocket\] for (?P<client>[\w.:%]{1,60}) at ",
            told=Told.ENDED,
        ),
    ),
)
