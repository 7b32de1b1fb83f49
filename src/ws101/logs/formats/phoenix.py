"""Phoenix' log of sockets: `[info] CONNECTED TO MyApp.UserSocket in 5ms`, `[info] REFUSED CONNECTION TO … in 1ms`.

phoenix: lib/phoenix/logger.ex, phoenix_socket_connected. Both name the module and the transport, and no path.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "phoenix",
    "phoenix",
    Hop.SERVER,
    (b"CONNECTED TO ", b"REFUSED CONNECTION TO "),
    (
        Shape(
            "REFUSED CONNECTION TO ",
            r"(?P<words>REFUSED CONNECTION TO [\w.]{1,200})(?: in (?P<ms>\d{1,9})ms)?",
            status=403,
        ),
        Shape("CONNECTED TO ", r"(?P<words>CONNECTED TO [\w.]{1,200})(?: in (?P<ms>\d{1,9})ms)?", status=101),
    ),
)
