"""Small formats and readers for the tests of what reads and joins, so that these do not hang on any real format."""

import re

from ws101.logs.concern import Concern
from ws101.logs.entry import Entry, Level, Told
from ws101.logs.format import Format
from ws101.logs.formats import FORMATS
from ws101.logs.join import Joiner
from ws101.logs.line import Place
from ws101.logs.reader import Reader
from ws101.redact import Redactor
from ws101.signature import Says
from ws101.terms import Hop

SALT = b"0123456789abcdef"
NOW = 1_795_654_923.0  # 2026-11-26 01:02:03 UTC


def reader(source="a.log", *, formats=FORMATS, concern=None, secrets=()):
    return Reader(source, formats, Redactor(secrets, SALT), concern or Concern(), 2026)


def read(data, source="a.log", **how):
    data = data.encode() if isinstance(data, str) else data
    one = reader(source, **how)
    return one.feed(data) + one.finish()


# `access 12.5 10.0.0.1 GET /ws 400`, and `error 12.5 info 10.0.0.1 /ws plain HTTP`: one line each.
_ACCESS = re.compile(r"access ([\d.]+) (\S+) (\S+) (\S+) (\d{3})")
_ERROR = re.compile(r"error ([\d.]+) (\w+) (\S+) (\S+) (.*)")


def _access(lines):
    time, client, method, path, status = _ACCESS.match(lines[0].text).groups()
    return Entry(
        lines[0].place, "small-access", "nginx", Hop.PROXY, Told.ANSWERED, lines[0].text,
        time=float(time), client=client, method=method, path=path, status=int(status), upstream="",
    )  # fmt: skip


def _error(lines):
    time, level, client, path, words = _ERROR.match(lines[0].text).groups()
    if words.startswith("nothing"):
        return None
    return Entry(
        lines[0].place, "small-error", "nginx", Hop.PROXY, Told.WRONG, lines[0].text, time=float(time),
        level=Level(level), client=client, path=path.strip("-"), says=Says.PLAIN_HTTP_TO_TLS, words=words,
    )  # fmt: skip


def _matches(pattern):
    return lambda text: pattern.match(text) is not None


ACCESS = Format("small-access", "nginx", Hop.PROXY, _matches(_ACCESS), _access, (b" 101", b" 426"))
ERROR = Format("small-error", "nginx", Hop.PROXY, _matches(_ERROR), _error, (b"plain HTTP",), healthy=False)
SMALL = (ACCESS, ERROR)


# ---- entries by hand

_numbers: dict[str, int] = {}


def start():
    """Number the lines of every source from 1 again."""
    _numbers.clear()


def entry(hop, told, source, form, **fields):
    """An entry of this source; its line is the next one, whatever was made before."""
    _numbers[source] = number = _numbers.get(source, 0) + 1
    software = fields.pop("software", "the server")
    return Entry(Place(source, number), form, software, hop, told, f"{source} {number}", **fields)


def stories_of(entries, witnesses=(), **how):
    joiner = Joiner(lambda: witnesses, **how)
    return [*joiner.feed(entries), *joiner.finish()]
