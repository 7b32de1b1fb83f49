"""A fallback page answers instead of the socket

## What happens
The handshake gets 200 and an HTML page: the index of a single-page application, or a cached page.

## Why
`try_files $uri /index.html` answers whatever has no location of its own, and the socket has none, or it has a trailing slash.

## How we know
The answer is an HTML page with 200, and a path that nobody serves gets the same one.
With the configuration (`--nginx-config`), the line is named by which a page answers.
In logs the proxy answers 200 without asking a server, or the server has no line of it.

## What to do
Give the socket a location of its own before the fallback.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer
from ws101.judging import CONFIGURATION, blame
from ws101.logs import way
from ws101.logs.story import Story
from ws101.nginx.circumstance import Circumstance, State
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

PATCH = """\
location /your/socket {
    proxy_pass http://your_upstream;
    proxy_http_version 1.1;
    proxy_set_header Host       $http_host;
    proxy_set_header Upgrade    $http_upgrade;
    proxy_set_header Connection "upgrade";
}"""

_STEPS = frozenset({"try_files", "error_page", "index"})


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if not evidence.refused or evidence.answer is None:
        return Unknown("an HTTP answer")
    html = _is_page(evidence.answer)
    if evidence.status != 200:
        return RuledOut(f"the answer is {evidence.status}, not a page with 200")
    if html and evidence.author is not None and evidence.author.hop is Hop.SERVER and evidence.author.body:
        return RuledOut(f"the page is {evidence.author.software}'s own: the server was asked")
    nonsense = evidence.alike_at_nonsense
    if evidence.moves("nonsense-path") and not nonsense:
        if not (html and evidence.proxy):
            return RuledOut("a path that nobody serves is answered otherwise", "nonsense-path")
        fact = Fact(
            "a page with 200 answers the handshake: an error page may stand in for a refusal", "the answer"
        )
        return Supported(Certainty.POSSIBLE, (fact,))
    if not nonsense:
        return Unknown(CONFIGURATION)
    fact = Fact("a path that nobody serves gets the same answer with 200", f"experiment {nonsense}")
    # A program may answer every plain request with a page, too; what a file leaves in the head tells them apart.
    of_file = html and any(
        name in evidence.answer.headers for name in ("last-modified", "etag", "accept-ranges")
    )
    return Supported(Certainty.LIKELY if of_file and not evidence.unfronted else Certainty.POSSIBLE, (fact,))


def _is_page(answer: Answer) -> bool:
    named = "html" in answer.headers.get("content-type").lower()
    return named or answer.text.lstrip()[:9].lower().startswith(("<!doctype", "<html"))


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    if evidence.status != 200:
        return None
    pages = [line for line in hop.in_force("error_page") if "=200" in line.arguments]
    # Of files the model assumes that they are not there, so try_files may lead it round in a circle.
    steps = (step.directive for step in reversed(hop.route.steps))
    tried = next((line for line in steps if line is not None and line.name in _STEPS), None)
    if hop.sent is None and (tried is not None or hop.static):
        direct = evidence.direct
        there = (
            f"{direct.host}:{direct.port}" if direct and evidence.mends("direct") and not direct.tls else ""
        )
        repair = hop.own_location(there)
        note = "has a file answer this path: a page, and no WebSocket"
        return blame((tried or hop.gate, note), repair=repair)
    if (
        hop.sent is not None
        and pages
        and hop.level
        and hop.level.setting("proxy_intercept_errors", "off") == "on"
    ):
        hidden = [int(word) for word in pages[0].arguments if word.isdecimal()]
        seen = _hidden(evidence, hidden)
        note = "puts a page with 200 in the place of the server's refusal"
        if seen:
            note += f", a {seen[0]}, as {seen[1]} shows"
        given = Circumstance(
            State.ANSWERS, hop.server, status=seen[0] if seen else hidden[0], supposed=not seen
        )
        return blame((pages[0], note), cure=hop.cure("proxy-serves-fallback-page"), given=given)
    return None if hop.undecided else RuledOut("no line of this configuration answers this path with a page")


def _hidden(evidence: Evidence, hidden: Sequence[int]) -> tuple[int, str] | None:
    """Return which of these refusals of the server is seen behind the page, and by what."""
    direct = evidence.tried("direct")
    if direct is not None and direct.status is not None and direct.status in hidden:
        return direct.status, "--direct"
    # Of a refusal that it puts a page in the place of, nginx passes this field on (ngx_http_upstream_intercept_errors).
    challenged = evidence.answer is not None and "www-authenticate" in evidence.answer.headers
    return (401, "its WWW-Authenticate beside the page") if challenged and 401 in hidden else None


# ---- logs


def read(_: Evidence, story: Story) -> Ruling | None:
    entry, known = hearing.met_status(story, 200), way.server_status(story)
    if entry is not None and known is not None and known[1] not in {101, 200}:
        front = next(way.answers(story, *way.BETWEEN), entry)
        return hearing.supported(hearing.answered(*known), hearing.answered(front, 200))
    if out := hearing.beyond_proxy(story):
        return out
    if entry is None:
        return hearing.refused_otherwise(story, 200)
    own = next((e for e in way.answers(story, *way.BETWEEN) if e.upstream == ""), None)
    if own is None and way.silent(story, Hop.SERVER) is None:
        return hearing.supported(hearing.answered(entry), certainty=hearing.POSSIBLE)
    return hearing.supported(
        hearing.answered(own or entry), hearing.cite(own or entry, "no server was asked")
    )


CAUSE = Cause(
    slug="proxy-serves-fallback-page",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Give the socket a location of its own.",
        Hop.PROXY,
        patch=PATCH,
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
