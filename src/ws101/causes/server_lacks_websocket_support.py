"""The server cannot speak WebSocket at all

## What happens
Every handshake is answered like a plain GET: 404, 400, 426, 500 or a page.

## Why
The WebSocket library is not installed (uvicorn without `websockets` or `wsproto` says so only in its log), or the server is
a WSGI one, which has no way to upgrade.

## How we know
Neither the upgrade nor its version changes any answer. Behind a proxy the proxy may be what takes the upgrade away: a
handshake straight to the server tells. That none stands in front is seen where the server itself refuses a malformed field.
In logs uvicorn warns that it found no WebSocket library.

## What to do
Install the library (`pip install 'uvicorn[standard]'`), or run the application on a server that can upgrade.
"""

from ws101 import hearing
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

_WSGI = frozenset({"wsgi", "wsgiref", "werkzeug", "gunicorn", "waitress", "flask", "php"})

_ASGI = frozenset({"uvicorn", "starlette", "fastapi"})
_FOR_ASGI = Remedy(
    "Run the application on a server that speaks WebSocket; uvicorn does with a library for it.",
    Hop.SERVER,
    command="pip install 'uvicorn[standard]'",
)

# Other refusals, such as 401, may come from a check before the upgrade is looked at.
_OF_NO_UPGRADE = frozenset({200, 204, 400, 404, 405, 426, 501})


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the server upgrades")
    if evidence.mends("direct"):
        return RuledOut("asked directly, the server upgrades", "direct")
    if mended := evidence.mended_on_the_way:
        return RuledOut("with one other change the server upgrades", mended)
    upgrade, plain = evidence.tried("direct"), evidence.tried("direct-plain-get")
    if upgrade and plain and upgrade.status != plain.status:
        return RuledOut("asked directly, the server answers a plain GET otherwise", "direct-plain-get")
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if evidence.moves("version-99") or evidence.moves("plain-get"):
        return RuledOut(
            "the upgrade changes the answer", "version-99" if evidence.moves("version-99") else "plain-get"
        )
    if evidence.answered_by_proxy or evidence.says in {Says.NO_UPGRADE, Says.NO_CONNECTION, Says.NO_ROUTE}:
        return RuledOut("the answer does not come from a server without WebSockets")
    alike_there = evidence.server_refuses_too and evidence.status in _OF_NO_UPGRADE
    if evidence.upgrade_unseen is None and not alike_there:
        return Unknown("the server's log, or --direct URL of the server")
    facts = _facts(evidence)
    if not facts:
        return Unknown("the server's log, or --direct URL of the server")
    alone = evidence.unfronted or evidence.server_refuses_too
    wsgi = evidence.author is not None and evidence.author.software in _WSGI
    sure = alone and (evidence.says is Says.PLAIN_NOT_FOUND or wsgi)
    remedy = _FOR_ASGI if evidence.author is not None and evidence.author.software in _ASGI else None
    surface = "" if evidence.proxy else "proxy-serves-fallback-page"
    return Supported(Certainty.LIKELY if sure else Certainty.POSSIBLE, facts, remedy, behind=surface)


def _facts(evidence: Evidence) -> tuple[Fact, ...]:
    facts = []
    if evidence.same("plain-get"):
        facts.append(Fact("a plain GET gets the same answer", "experiment plain-get"))
    if evidence.same("version-99"):
        facts.append(Fact("version 99 gets the same answer", "experiment version-99"))
    if evidence.says is Says.PLAIN_NOT_FOUND and evidence.author:
        facts.append(Fact(f"{evidence.author.software} answers so when it sees no upgrade", "the answer"))
    if evidence.server_refuses_too:
        facts.append(Fact("straight to the server: the same answer", "experiment direct"))
    return tuple(facts)


# ---- logs


_OF_APACHE = Remedy(
    "Let Apache pass the upgrade on: ProxyPass with upgrade=websocket (since 2.4.47), or mod_proxy_wstunnel for ws://.",
    Hop.PROXY,
)


_OF_DJANGO = Remedy(
    "Serve the application by ASGI: put daphne first in INSTALLED_APPS, and name ASGI_APPLICATION.",
    Hop.SERVER,
    command="pip install 'channels[daphne]'",
)


def read(_: Evidence, story: Story) -> Ruling | None:
    at_proxy = hearing.by_words(story, Says.NO_LIBRARY, hops=(Hop.PROXY,), remedy=_OF_APACHE)
    said = at_proxy or hearing.by_words(story, Says.NO_LIBRARY)
    return said or _by_form(story) or hearing.before_server(story)


def _by_form(story: Story) -> Supported | None:
    """Judge by a line that only a server without WebSockets writes, whatever was asked for."""
    entry = next(
        (e for e in story.at(Hop.SERVER) if e.format == "django-runserver" and e.status != 101), None
    )
    if entry is None:
        return None
    text = f"Django's development server answered {entry.status} as it serves by WSGI, which has no way to upgrade"
    return hearing.supported(hearing.cite(entry, text), remedy=_OF_DJANGO)


CAUSE = Cause(
    slug="server-lacks-websocket-support",
    hop=Hop.SERVER,
    page=__doc__,
    remedy=Remedy(
        "Give the server a WebSocket library, or run the application on one that can upgrade.", Hop.SERVER
    ),
    judge=judge,
    read=read,
)
