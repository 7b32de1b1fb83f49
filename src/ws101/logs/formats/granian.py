"""Granian's access log: `[2026-11-26 01:02:03 +0000] 127.0.0.1 - "GET /ws HTTP/1.1" 404 0.123`, with milliseconds at its end.

granian: granian/log.py, the default of --access-log-fmt. A handshake that succeeds is logged as 101 when its socket closes.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "granian",
    "granian",
    Hop.SERVER,
    (b'" 101 ', b'" 400 ', b'" 403 ', b'" 426 '),
    (
        Shape(
            ' - "',
            r'(?P<client>[\w.:%]{1,60}) - "(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>HTTP/[\d.]{1,3})" (?P<status>\d{3}) '
            r"(?P<ms>\d{1,9}\.\d{1,9})$",
        ),
    ),
)
