"""Puts `proxy_pass` right: the scheme, the path and the query that the upstream is asked for."""

import re

from ws101.nginx.edit import Edit
from ws101.nginx.placing import word
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route, last_rewrite
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.variable import names_in

_OF_QUERY = frozenset({"args", "query_string", "is_args", "request_uri"})
_URL = re.compile(r"(https?)://[^/?#$]*")
_BEFORE_URI = re.compile(r"https?://(?:unix:[^:]+|(?:[^/?#$]|\$\w|\$\{\w+\})*)")


def query(route: Route) -> Repair | None:
    """Return what passes the query on, where proxy_pass names a path by variables and no query.

    A query that a redirect or a `rewrite` took away before is not there to be passed on.
    """
    sent, query = simulate(route), route.ask.target.partition("?")[2]
    if not isinstance(sent, Upstream) or not isinstance(sent.target, str) or not query:
        return None
    written = sent.by.arguments[0]
    names = set(names_in(written))
    if "?" in sent.target or "?" in written or not names or names & _OF_QUERY:
        return None
    if route.state is None or not route.state.args:
        return None
    end = sent.by.words[1].end - len(sent.by.words[1].quote)
    edit = Edit(sent.by.file, end, end, "$is_args$args")
    return Repair("proxy-strips-query", "pass the query on", (edit,))


def path(route: Route) -> Repair | None:
    """Return what passes the path on as the client asked for it, where the URI of proxy_pass takes the location's place."""
    if mended := slash(route):
        return mended
    sent = simulate(route)
    if not isinstance(sent, Upstream) or sent.target in {route.ask.target, route.state and route.state.raw}:
        return None
    written = sent.by.arguments[0]
    base = _BEFORE_URI.match(written)
    if base is None or base[0] == written:
        return None
    doubt = "the upstream may know the path without the location's prefix; its own routes tell"
    text = sent.by.words[1].quote + base[0] + sent.by.words[1].quote
    return Repair(
        "proxy-rewrites-path",
        f"pass the path on as it comes, and not as {sent.target}",
        (word(sent.by, 1, text),),
        doubt,
    )


def slash(route: Route) -> Repair | None:
    """Return what puts the slash before a path that a `rewrite` leaves without one: no server takes such a request."""
    sent = simulate(route)
    line = last_rewrite(route)
    if not isinstance(sent, Upstream) or not isinstance(sent.target, str) or sent.target.startswith("/"):
        return None
    if line is None or not line.arguments[1].startswith("$"):
        return None
    at = line.words[2].start + len(line.words[2].quote)
    return Repair(
        "proxy-rewrites-path", f"ask for /{sent.target} with its slash", (Edit(line.file, at, at, "/"),)
    )


def scheme(route: Route) -> Repair | None:
    """Return what speaks the other scheme to the upstream."""
    sent = simulate(route)
    if not isinstance(sent, Upstream) or not (match := _URL.match(sent.by.arguments[0])):
        return None
    start = sent.by.words[1].start + len(sent.by.words[1].quote)
    other = "http" if match[1] == "https" else "https"
    edit = Edit(sent.by.file, start, start + len(match[1]), other)
    doubt = "what the upstream's port speaks does not stand in the configuration"
    return Repair("upstream-scheme-mismatch", f"speak {other} to the upstream", (edit,), doubt)
