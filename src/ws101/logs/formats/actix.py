"""Actix Web's Logger through env_logger or tracing: `127.0.0.1 "GET /ws HTTP/1.1" 400 41 "-" "curl/8" 0.000123`.

actix-web: src/middleware/logger.rs, Format::default. A handshake that succeeds is logged as 101 at once.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "actix",
    "actix",
    Hop.SERVER,
    (b'" 101 ', b'" 400 ', b'" 426 '),
    (
        Shape(
            "actix",
            r'(?:\S{1,80}\] )?(?P<client>[\w.:%]{1,60}) "(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>HTTP/[\d.]{1,3})" (?P<status>\d{3}) '
            r'(?P<size>\d{1,12}) "[^"\n]{0,2000}" "(?P<agent>[^"\n]{0,2000})" (?P<seconds>\d{1,9}\.\d{1,9})',
        ),
    ),
)
