"""Heroku's router: `at=info method=GET path="/ws" host=… fwd="203.0.113.7" dyno=web.1 … status=101`, and its codes of errors.

devcenter.heroku.com/articles/http-routing, and articles/error-codes; no line was recorded here. A socket's line is written when it closes.
"""

import re
from collections.abc import Mapping

from ws101.logs.entry import Entry, Told
from ws101.logs.oneline import Shape, formats
from ws101.signature import Says
from ws101.terms import Hop

_CODES: Mapping[str, Says] = {
    **dict.fromkeys(("H10", "H14", "H20", "H22"), Says.UPSTREAM_DOWN),
    **dict.fromkeys(("H12", "H19"), Says.UPSTREAM_TIMEOUT),
    **dict.fromkeys(("H13", "H18"), Says.UPSTREAM_CLOSED),
    "H17": Says.UPSTREAM_INVALID,
    "H21": Says.UPSTREAM_REFUSED,
    "H16": Says.REDIRECT,
    "H23": Says.NOTHING,
}
_WITHOUT_ANSWER = frozenset({"H27", "H28"})  # the client left


def _finish(entry: Entry, match: re.Match[str]) -> None:
    code = match["fault"] or ""
    entry.says = _CODES.get(code, Says.NOTHING)
    if code in _WITHOUT_ANSWER:
        entry.told = Told.WRONG
    entry.upstream = match["dyno"] or ""
    entry.upstream_status = None if code else entry.status
    entry.identity = {**entry.identity, "request-id": match["id"]}
    entry.forwarded, entry.client = entry.client, ""


FORMAT = formats(
    "heroku-router",
    "heroku router",
    Hop.PROXY,
    (b"status=101", b"status=400", b"status=426", b"/ws", b"ocket"),
    (
        Shape(
            "at=",
            r'at=\w{1,9} (?:code=(?P<fault>[A-Z]\d\d) )?(?:desc="(?P<words>[^"\n]{1,200})" )?method=(?P<method>[A-Z]{1,12}) path="(?P<path>[^"\n]{1,8000})" '
            r'host=(?P<host>\S{1,255}) request_id=(?P<id>[\w-]{1,128}) fwd="(?P<client>[^"\n]{0,400})" dyno=(?P<dyno>[\w.]{0,60}) '
            r"connect=\S{0,12} service=(?:(?P<ms>\d{1,12})ms)? status=(?P<status>\d{3})? bytes=(?P<size>\d{0,12})(?: protocol=(?P<scheme>https?))?",
        ),
    ),
    _finish,
)
