"""HTTP.sys, the part of Windows that answers before IIS or an application does."""

from ws101.signature import Says, Signature
from ws101.terms import Hop

_SOURCE = "https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/aspnet/site-behavior-performance/error-logging-http-apis"
_HEAD = r'(?s)\A<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4\.01//EN""http://www\.w3\.org/TR/html4/strict\.dtd">\s*<HTML>.*</HEAD>\s*'


def _own(name: str, says: Says, status: int, heading: str) -> Signature:
    body = rf"{_HEAD}<BODY><h2>{heading}.*<hr><p>HTTP Error {status}\."
    return Signature(f"http.sys-{name}", "http.sys", Hop.PROXY, says, _SOURCE, frozenset({status}), body)


SIGNATURES = (
    _own("host", Says.HOST, 400, "Bad Request - Invalid Hostname</h2>"),
    _own(
        "header-too-large",
        Says.HEADER_TOO_LARGE,
        400,
        r"Bad Request - (?:Header Field|Request) Too Long</h2>",
    ),
    _own("400", Says.MALFORMED, 400, "Bad Request - "),
    _own("404", Says.NO_ROUTE, 404, "Not Found</h2>"),
    _own("503", Says.UNAVAILABLE, 503, "Service Unavailable</h2>"),
)
