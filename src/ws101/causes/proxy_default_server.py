"""Host or server name matches no site of the proxy, and its catch-all answers

## What happens
The proxy answers for its default site: 404, 421, a welcome page, or it closes without a word (`return 444`).

## Why
The name in Host, or in TLS, is not in any `server_name`: the address was dialled by number, the name is new, or the file
with its `server` block is not loaded.

## How we know
A Host that nobody serves gets exactly the same answer as ours; and the certificate, or a Host that works, names another
site. HAProxy answers 503 at once where no backend takes the Host, and Traefik `404 page not found`.
With the configuration (`--nginx-config`), the default server is named, and the names that were there to fit.
In logs nginx's error line names the `server:` that answered, beside the `host:` that was asked for.
In logs nginx's error line names the `server:` that answered by itself, beside the `host:` that was asked for; it names only
the first of a site's names.

## What to do
Ask for the site by the name that is configured, or add the name to `server_name`.
"""

import re
from typing import TYPE_CHECKING

from ws101 import hearing
from ws101.attempt import Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.judging import CONFIGURATION, as_configured, blame, cleared_by, no_proxy
from ws101.logs import way
from ws101.logs.story import Story
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured

_SOON = 500  # milliseconds; HAProxy tries a server for seconds before it gives up


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.moves("foreign-host") and not evidence.ended(Layer.HTTP, Ending.SILENT):
        return RuledOut(
            "a Host that nobody serves is answered otherwise, so this one is known", "foreign-host"
        )
    if evidence.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET) and _closes_on_host(evidence):
        facts = (
            Fact("a well-formed handshake is closed without a byte", "the handshake"),
            Fact(
                f"a malformed one is answered by {evidence.proxy}: it closes on purpose (return 444)",
                "experiment malformed-host",
            ),
        )
        return Supported(Certainty.LIKELY, facts)
    if not evidence.refused:
        return Unknown("an HTTP answer")
    if not (evidence.answered_by_proxy or _is_router(evidence)):
        return no_proxy(evidence) or Unknown(CONFIGURATION)
    if not (_is_catch_all(evidence) or _is_router(evidence)) or evidence.moves("nonsense-path"):
        return RuledOut("the answer is not a catch-all's")
    if not evidence.same("foreign-host"):
        return Unknown(CONFIGURATION)
    fact = Fact("a Host that nobody serves gets the same answer", "experiment foreign-host")
    leaf = evidence.look.chain[0] if evidence.look and evidence.look.chain else None
    if leaf is not None and leaf.names and not _names(leaf.names, evidence.target.host):
        named = Fact(f"the certificate is for {', '.join(leaf.names[:3])}", "the certificate")
        return Supported(Certainty.LIKELY, (fact, named))
    return Supported(Certainty.LIKELY if evidence.says is Says.HOST else Certainty.POSSIBLE, (fact,))


def _is_catch_all(evidence: Evidence) -> bool:
    """Whether the proxy's own answer is one for a Host that it does not know: HAProxy's 503 when no backend takes it."""
    haproxy = evidence.author is not None and evidence.author.software == "haproxy"
    waited = (
        evidence.baseline.timings.waited if evidence.baseline else 0.0
    )  # as it does before it gives up on a server
    no_backend = haproxy and evidence.status == 503 and waited < _SOON
    return no_backend or evidence.says in {Says.NO_ROUTE, Says.HOST, Says.NOTHING}


def _is_router(evidence: Evidence) -> bool:
    """Whether Go's own 404 answers every request, as Traefik's does where no router takes the Host."""
    wrote = evidence.author is not None and evidence.author.software == "go net/http"
    return wrote and evidence.says is Says.NO_ROUTE and evidence.same("plain-get")


def _names(names: tuple[str, ...], host: str) -> bool:
    """Return whether one of a certificate's names is this host's; `*` stands for one label (RFC 9525, 6.3)."""
    host = host.lower()
    return host in names or f"*.{host.partition('.')[2]}" in names


def _closes_on_host(evidence: Evidence) -> bool:
    front = evidence.front
    proxied = front is not None and front.hop is Hop.PROXY
    return proxied and evidence.same("foreign-host") and evidence.same("nonsense-path")


def inspect(evidence: Evidence, hop: "Configured") -> Ruling | None:
    state = hop.route.state
    if state is None:
        return None
    if not hop.nameless:
        return cleared_by(
            state.server.directive, f"a server_name of this configuration fits {state.host or 'the request'}"
        )
    if hop.sent is not None and hop.sent.upgrades:
        return None
    others = [
        line for one in state.socket.servers if one is not state.server for line in one.own("server_name")[:1]
    ]
    note = f"answers as the default server, for no server_name fits `{state.host}`"
    named = ((line, "is another name than the one that was asked for") for line in others[:3])
    asked_otherwise = (
        state.host != evidence.target.host.lower()
    )  # then it is the Host that is wrong, not the file
    shown = not asked_otherwise and (as_configured(evidence, hop) or hop.sent is not None)
    lines = (
        (state.server.directive, note),
        (hop.gate if hop.gate is not state.server.directive else None, "is what it answers with"),
        *named,
    )
    return blame(*lines, cure=hop.cure("proxy-default-server"), shown=shown)


# ---- logs


_SERVER = re.compile(r"\bserver: ([^,\s]*)")


def read(_: Evidence, story: Story) -> Ruling | None:
    if out := hearing.beyond_proxy(story):
        return out
    refusal = hearing.met_status(story, 404, 421, 444)
    for entry in story.at(Hop.PROXY):
        named, asked = _SERVER.search(entry.text), hearing.host_of(entry)
        # Before it has read the request's Host, nginx names the port's default server.
        if named is None or not asked or entry.says is Says.PLAIN_HTTP_TO_TLS:
            continue
        if named[1].lower() == asked:
            return RuledOut(f"the site that answered is the one that was asked for ({entry.place})")
        if refusal is not None:
            text = f"the site `{named[1] or '(nameless)'}` answered, and {asked} was asked for"
            return hearing.supported(hearing.cite(entry, text), certainty=hearing.POSSIBLE)
    if refusal is None or refusal.status == 404:
        own = way.perhaps_own(story)
        if refusal is not None and own is not None and not hearing.saying(story, Says.NO_FILE):
            return hearing.supported(hearing.answered(own), certainty=hearing.POSSIBLE, rare=True)
        return hearing.refused_otherwise(story, 404)
    return hearing.supported(hearing.answered(refusal), certainty=hearing.POSSIBLE)


CAUSE = Cause(
    slug="proxy-default-server",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Use the name that is configured, or add this one to server_name.",
        Hop.PROXY,
        patch="server_name your.name;",
    ),
    judge=judge,
    inspect=inspect,
    read=read,
)
