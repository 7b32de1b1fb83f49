"""Request lines of Go's frameworks: gin's and chi's. gin: logger.go, defaultLogFormatter; chi: middleware/logger.go.

Both write when the handler returned: of a handshake, when its socket closed.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "go-access",
    "go net/http",
    Hop.SERVER,
    (b"[GIN] ", b'" from '),
    (
        Shape(
            "[GIN] ",
            r"\[GIN\] (?P<when>\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d) \| ?(?P<status>\d{3}) ?\| {1,12}[\w.µ]{1,24} ?\| {1,60}(?P<client>[\w.:%]{1,60}) ?\| ?"
            r'(?P<method>[A-Z]{1,12}) {1,12}"(?P<path>[^"\n]{1,4000})"',
        ),
        Shape(
            '" from ',
            r'"(?P<method>[A-Z]{1,12}) (?P<scheme>https?)://(?P<host>[^/\s"]{1,255})(?P<path>/[^"\s]{0,4000}) (?P<version>HTTP/[\d.]{1,3})"'
            r" from (?P<client>[\w.%]{1,60}|\[[\w:.%]{1,60}\]):\d{1,5} - (?P<status>\d{3}) (?P<size>\d{1,12})B",
        ),
    ),
)
