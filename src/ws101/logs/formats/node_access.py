"""Request lines of Node.js: morgan's dev, tiny, short and common, which are not nginx's. Observed: morgan on Express.

A handshake that `upgrade` takes is not logged there: what is, came without its upgrade or found no handler for it.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

_METHOD = r"(?P<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "

FORMAT = formats(
    "morgan",
    "node",
    Hop.SERVER,
    (b" ms - ", b" - "),
    (
        Shape(
            " ms - ",
            _METHOD
            + r"(?P<path>\S{1,4000}) (?P<status>\d{3}) (?P<ms>\d{1,12}\.\d{1,9}) ms - (?P<size>\d{1,12}|-)",
        ),
        Shape(
            " ms",
            _METHOD
            + r"(?P<path>\S{1,4000}) (?P<status>\d{3}) (?P<size>\d{1,12}|-) - (?P<ms>\d{1,12}\.\d{1,9}) ms",
        ),
        Shape(
            " ms",
            r"(?P<client>[\w.:%]{1,60}) \S{1,80} "
            + _METHOD
            + r"(?P<path>\S{1,4000}) (?P<version>HTTP/[\d.]{1,3}) (?P<status>\d{3}) (?P<size>\d{1,12}|-) - (?P<ms>\d{1,12}\.\d{1,9}) ms",
        ),
    ),
)
