"""IIS' log in W3C's extended format, with the fields that it writes by default and those that are often added.

learn.microsoft.com/iis/manage/provisioning-and-managing-iis/configure-logging-in-iis; no line was recorded here. Fields that are
chosen keep their order; times are UTC. A handshake that succeeds is logged as 101 when its socket closes.
"""

import re

from ws101.logs.entry import Entry
from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop


def _finish(entry: Entry, match: re.Match[str]) -> None:
    entry.zoned = True
    entry.agent = entry.agent.replace("+", " ")
    if match["query"] != "-":
        entry.path = f"{entry.path}?{match['query']}"


FORMAT = formats(
    "iis",
    "iis",
    Hop.SERVER,
    (b" 101 0 ", b" 400 0 ", b" 426 0 "),
    (
        Shape(
            " GET ",
            r"(?:[A-Z][A-Z0-9]{2,30} [\w-]{1,64} )?[\d.a-f:%]{2,45} (?P<method>[A-Z]{1,12}) (?P<path>/[^ ]{0,4000}) (?P<query>[^ ]{1,8000}) (?P<port>\d{1,5}) [^ ]{1,200} "
            r"(?P<client>[\d.a-f:%]{3,45}) (?:(?P<version>HTTP/[\d.]{1,3}) )?(?P<agent>[^ ]{1,2000})(?: [^ ]{1,8000}){1,3} (?P<status>\d{3}) \d{1,5} \d{1,10}"
            r"(?: \d{1,12} \d{1,12})?(?: (?P<ms>\d{1,12}))?$",
        ),
    ),
    _finish,
)
