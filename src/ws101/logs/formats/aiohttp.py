"""aiohttp's access log: `127.0.0.1 [time] "GET /ws HTTP/1.1" 101 0 "-" "agent"`. Observed: aiohttp 3.14.5."""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "aiohttp",
    "aiohttp",
    Hop.SERVER,
    (b'" 101 ', b'" 4', b'" 5', b"pgrade"),
    (
        Shape(
            '] "',
            r"(?P<client>[\w.:%]{1,60}|-) \[(?P<clf>[^\]\n]{1,40})\] "
            r'"(?P<method>[A-Z]{1,12}) (?P<path>[^"\n]{1,4000}?) (?P<version>HTTP/[\d.]{1,3})" (?P<status>\d{3}) (?P<size>\d{1,12}|-) '
            r'"[^"\n]{0,2000}" "(?P<agent>[^"\n]{0,2000})"',
        ),
    ),
)
