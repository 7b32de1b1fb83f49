"""What several causes conclude from logs in the same way: from a hop's own words, from a field on its way, from how far
a handshake got. Logs alone prove nothing: words that only one cause leaves make it likely, what fits others too possible.
"""

import re
from collections.abc import Callable

from ws101.cause import RuledOut, Ruling, Supported, Unknown
from ws101.logs import way
from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.report import Certainty, Fact, Hop, Remedy
from ws101.signature import Says

LIKELY, POSSIBLE = Certainty.LIKELY, Certainty.POSSIBLE
NGINX_INFO = "nginx's error log at level info (error_log … info)"
SERVER_LOG = "the server's log of this handshake, with the fields that reached it"
CLIENT_LOG = "the client's log, with the exception's whole text"
UPSTREAM = "$upstream_addr and $upstream_status in nginx's log_format"

_LONGEST = 180  # characters of a record that a fact quotes
# 3000 and 3003 are registered at IANA as Unauthorized and Forbidden; 4xxx are habits after the HTTP status.
_CREDENTIAL_CLOSES = frozenset({1008, 3000, 3003, 4001, 4003, 4401, 4403})
_QUOTED = 3  # records that one ruling quotes, at most
_RARE_PAGES = frozenset(
    {Says.PLAIN_HTTP_TO_TLS, Says.CLIENT_CERTIFICATE_MISSING, Says.CLIENT_CERTIFICATE_BAD}
)


# ---- facts


def who(entry: Entry) -> str:
    """Return who wrote a record, as a sentence names it."""
    if entry.hop is Hop.CLIENT:
        return "the client"
    known = entry.software or ("the edge" if entry.hop is Hop.CDN else f"the {entry.hop.value}")
    return f"the server ({known})" if entry.hop in way.BEHIND and entry.software else known


def cite(entry: Entry, text: str) -> Fact:
    """Return a fact that this record shows."""
    return Fact(text, str(entry.place))


def quote(entry: Entry) -> Fact:
    """Return a record in its writer's own words, as a fact."""
    return cite(entry, f"{who(entry)} wrote: {shortened(entry.words or first_line(entry.text))}")


def answered(entry: Entry, status: int | None = None) -> Fact:
    """Return what a record tells of the answer, as a fact."""
    asked = f" to `{entry.method} {entry.path}`" if entry.method and entry.path else ""
    number = status or entry.status
    verb = "met" if entry.hop is Hop.CLIENT else "answered"
    return cite(entry, f"{who(entry)} {verb} {number}{asked}")


def first_line(text: str) -> str:
    """Return the first line of a record that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip(" =-\t")), text.strip())


def shortened(text: str) -> str:
    """Return as much of a text as a sentence bears."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def against(story: Story) -> tuple[Fact, ...]:
    """Return what of the logs contradicts itself, as facts."""
    return tuple(Fact(c.text, str(c.one.place)) for c in story.contradictions)


# ---- words


def saying(
    story: Story, *says: Says, hops: tuple[Hop, ...] = tuple(Hop), words: str = ""
) -> tuple[Entry, ...]:
    """Return the records of these hops that say one of these, in words that hold the pattern `words`, if one is given."""
    pattern = re.compile(words, re.IGNORECASE)
    return tuple(
        entry
        for entry in story.at(*hops)
        if entry.says in says
        and entry.told is not Told.MEANT
        and pattern.search(f"{entry.words}\n{entry.text}")
    )


def by_words(
    story: Story,
    *says: Says,
    hops: tuple[Hop, ...] = tuple(Hop),
    words: str = "",
    certainty: Certainty = LIKELY,
    remedy: Remedy | None = None,
) -> Supported | None:
    """Return what a hop says in so many words: what merely fits is explained by it."""
    heard = saying(story, *says, hops=hops, words=words)
    return supported(*map(quote, heard[:_QUOTED]), certainty=certainty, remedy=remedy) if heard else None


def supported(
    *facts: Fact,
    certainty: Certainty = LIKELY,
    remedy: Remedy | None = None,
    latent: bool = False,
    behind: str = "",
) -> Supported:
    """Return that logs speak for a cause; what is likely by them explains what merely fits."""
    unlike = tuple(dict.fromkeys(facts))
    named = certainty is LIKELY and not latent
    return Supported(certainty, unlike, remedy, latent=latent, behind=behind, named=named)


def met_status(story: Story, *statuses: int) -> Entry | None:
    """Return the record that tells that the client met one of these statuses."""
    entry = way.met(story)
    return entry if entry is not None and entry.status in statuses else None


# ---- what speaks against a cause


def worked(story: Story) -> RuledOut | None:
    """Return that the handshake reached its 101, or None."""
    entry = way.met(story)
    return RuledOut(f"the handshake met 101 ({entry.place})") if story.works and entry else None


def connected(story: Story) -> RuledOut | None:
    """Return why nothing before the request can have failed: it arrived, or was answered."""
    if done := worked(story):
        return done
    entry = next((e for e in way.arrivals(story)), None)
    if entry is not None:
        return RuledOut(f"the request reached {who(entry)} ({entry.place})")
    entry = next(way.answers(story, *Hop), None)
    return RuledOut(f"an HTTP answer came: {entry.status} ({entry.place})") if entry else None


def answer_came(story: Story) -> RuledOut | None:
    """Return that an answer came back to the client, or None."""
    entry = next(way.answers(story, Hop.CLIENT), None)
    return RuledOut(f"the client met an answer: {entry.status} ({entry.place})") if entry else worked(story)


def refused_otherwise(story: Story, *statuses: int) -> RuledOut | None:
    """Return that the client met a status that is none of these, or None."""
    entry = way.met(story)
    if entry is None or entry.status in statuses:
        return None
    return RuledOut(f"the answer is {entry.status} ({entry.place})")


def another_reason(story: Story, *says: Says) -> RuledOut | None:
    """Return that a proxy which refused by itself gives another reason than these, or None."""
    entry = way.own_answer(story)
    if entry is None or entry.says in {Says.NOTHING, *says}:
        return None
    return RuledOut(f"{who(entry)} gives another reason: {entry.says.value} ({entry.place})")


def past_edge(story: Story) -> RuledOut | None:
    """Return that the request came past the edge, or None."""
    if done := worked(story):
        return done
    entry = next((e for e in way.arrivals(story) if e.hop is not Hop.CDN), None)
    return RuledOut(f"it reached {who(entry)}, past any edge ({entry.place})") if entry else None


def over_tls(story: Story) -> RuledOut | None:
    """Return that the outermost hop saw the request come over TLS, or None."""
    entry = next(way.arrivals(story), None)
    if entry is None or entry.scheme not in {"https", "wss"}:
        return None
    return RuledOut(f"{who(entry)} saw it come over TLS ({entry.place})")


def not_sent(story: Story) -> RuledOut | None:
    """Return why the request cannot be to blame: it worked, or none was sent."""
    if done := worked(story):
        return done
    entry = way.before_http(story)
    why = f"the connection failed before a request was sent: {entry.says.value}" if entry else ""
    return RuledOut(f"{why} ({entry.place})") if entry else None


def beyond_proxy(story: Story) -> RuledOut | None:
    """Return why no proxy can have refused it by itself: it was passed on, or never came to a proxy."""
    if (out := not_sent(story)) or (out := _not_at(story, Hop.PROXY)):
        return out
    entry = way.passed_on(story)
    if entry is None:
        return None
    if entry.hop in way.BEHIND:
        return RuledOut(f"it reached the server ({entry.place})")
    return RuledOut(
        f"{who(entry)} passed it on{f' to {entry.upstream}' if entry.upstream else ''} ({entry.place})"
    )


def before_server(story: Story) -> RuledOut | None:
    """Return why nothing at or before the server can be to blame: it did not get there."""
    if (out := not_sent(story)) or (out := own(story)):
        return out
    return _not_at(story, Hop.PROXY) or _not_at(story, Hop.SERVER)


def own(story: Story) -> RuledOut | None:
    """Return that a proxy refused it by itself, or None."""
    entry = way.own_answer(story)
    if entry is None:
        return None
    if entry.upstream == "" and entry.status is not None:
        return RuledOut(
            f"{who(entry)} answered {entry.status} by itself, and asked no server ({entry.place})"
        )
    return RuledOut(f"{who(entry)} refused it by itself ({entry.place})")


def _not_at(story: Story, hop: Hop) -> RuledOut | None:
    silence = way.silent(story, hop)
    if silence is None:
        return None
    return RuledOut(
        f"it did not reach the {hop.value}: {silence.witness.source} has no line of it, and {silence.why}"
    )


# ---- fields of the request


def as_sent(story: Story, name: str) -> tuple[Entry, str] | None:
    """Return the outermost record of the request that tells of this field, if no hop before it can have changed it."""
    entry = way.telling(story, name)
    if entry is None or (entry.hop in way.BEHIND and way.fronted(story)):
        return None
    return entry, way.field(entry, name) or ""


def sent_without(story: Story, name: str) -> Fact | None:
    """Return the fact that the client did not send this field, where the outermost record shows that."""
    known = as_sent(story, name)
    if known is None or known[1]:
        return None
    return cite(known[0], f"{who(known[0])} saw no `{name}` in the request")


def lost_on_the_way(story: Story, name: str) -> tuple[Fact, Fact] | None:
    """Return the facts that a field was seen, and not any more further in."""
    passage = way.lost(story, name)
    if passage is None:
        return None
    before, after = passage
    return (
        cite(before, f"{who(before)} saw `{name}: {_shown(before, name)}`"),
        cite(after, f"{who(after)} saw a request without `{name}`"),
    )


def changed_on_the_way(story: Story, name: str) -> tuple[Fact, Fact] | None:
    """Return the facts that a field had one value, and another further in."""
    passage = way.changed(story, name)
    return (_saw(passage[0], name), _saw(passage[1], name)) if passage else None


def _saw(entry: Entry, name: str) -> Fact:
    return cite(entry, f"{who(entry)} saw `{name}: {_shown(entry, name)}`")


def _shown(entry: Entry, name: str) -> str:
    return shortened(way.field(entry, name) or "")


def reached_with(story: Story, name: str, value: str) -> RuledOut | None:
    """Return that the server itself saw this field with such a value."""
    for entry in story.at(*way.BEHIND):
        if entry.told is not Told.MEANT and value in (way.field(entry, name) or "").lower():
            return RuledOut(f"the server saw `{name}: {_shown(entry, name)}` ({entry.place})")
    return None


def outermost(story: Story, told: Callable[[Entry], object]) -> Entry | None:
    """Return the first record of the request that tells this, if no hop before it can have changed it."""
    entry = next((e for e in way.arrivals(story) if told(e)), None)
    return None if entry is None or (entry.hop in way.BEHIND and way.fronted(story)) else entry


def over_http2(story: Story) -> RuledOut | None:
    """Return that the request came over HTTP/2, where no Upgrade is sent, or None."""
    entry = outermost(story, lambda e: e.version)
    if entry is None or not entry.version.upper().startswith(("HTTP/2", "H2", "HTTP/3")):
        return None
    return RuledOut(f"the request came over {entry.version}, where no Upgrade is sent ({entry.place})")


def host_of(entry: Entry) -> str:
    """Return the host that this request named, without its port."""
    value = way.field(entry, "host") or entry.host
    return re.sub(r":\d+$", "", value.lower())


def path_of(entry: Entry) -> str:
    """Return the path that this request asked for, without its query."""
    return entry.path.partition("?")[0]


# ---- paths


def rewritten(story: Story) -> RuledOut | None:
    """Return that the server was asked for another path than the proxy, or None."""
    pair = paths(story)
    if pair is None or path_of(pair[0]) == path_of(pair[1]):
        return None
    return RuledOut(
        f"the path was changed on the way: the server was asked for {path_of(pair[1])} ({pair[1].place})"
    )


def paths(story: Story) -> tuple[Entry, Entry] | None:
    """Return the outermost hop's record of the path, and the server's."""
    outer = next((e for e in way.arrivals(story) if e.path and e.hop in way.BETWEEN), None)
    inner = next((e for e in way.arrivals(story) if e.path and e.hop in way.BEHIND), None)
    return (outer, inner) if outer and inner else None


def no_route(story: Story) -> Entry | None:
    """Return the record by which nothing is served at this path: by its words, or by a 404."""
    said = next(iter(saying(story, Says.NO_ROUTE, Says.NO_FILE)), None)
    return said or next((e for e in reversed(tuple(way.answers(story, *Hop))) if e.status == 404), None)


def told_of(entry: Entry) -> Fact:
    """Return a refusal as a fact: in its own words where it has any."""
    return quote(entry) if entry.says is not Says.NOTHING else answered(entry)


def quotes(story: Story, *says: Says) -> tuple[Fact, ...]:
    """Return what hops say so, as facts; empty where none does."""
    return tuple(map(quote, saying(story, *says)[:_QUOTED]))


# ---- pages that are known by their length


def by_page(story: Story, says: Says, *, remedy: Remedy | None = None) -> Ruling | None:
    """Judge by the length of nginx's own page: likely where no other page is as long, nor plausibly a server's answer."""
    if any(way.answers(story, *way.BEHIND)):
        return None
    for entry in way.answers(story, Hop.PROXY):
        meant = way.page_of(entry)
        if meant:
            return _by_length(story, entry, says, meant, remedy)
        if (
            entry.software == "nginx"
            and entry.upstream == ""
            and entry.status == 400
            and entry.size is not None
        ):
            return RuledOut(
                f"nginx's page for this is not as long as this answer, {entry.size} bytes ({entry.place})"
            )
    return None


def _by_length(
    story: Story, entry: Entry, says: Says, meant: tuple[Says, ...], remedy: Remedy | None
) -> Ruling:
    if says not in meant:
        return RuledOut(
            f"the answer is as long as nginx's page for something else: {meant[0].value} ({entry.place})"
        )
    fact = cite(entry, f"the {entry.status} has {entry.size} bytes, as nginx's own page has: {says.value}")
    alone = entry.upstream == "" or way.silent(story, Hop.SERVER) is not None
    rare = says in _RARE_PAGES  # a server's own answer would have to have these very bytes
    sure = meant == (says,) and (rare or (alone and says is not Says.MALFORMED))
    return supported(fact, certainty=LIKELY if sure else POSSIBLE, remedy=remedy)


# ---- credentials


def by_token(story: Story, says: Says, flaw: str) -> Ruling | None:
    """Judge a flaw of the token: by the server's words, or as it was read in the token that stood in a log."""
    if heard := by_words(story, says):
        return heard
    entry = next((e for e in story.entries if flaw in e.flaws), None)
    if entry is None:
        return past_credentials(story)
    fact = cite(entry, f"the token in this record shows it: {flaw}")
    refusal = refusal_of_credentials(story)
    if refusal is None:
        done = worked(story)
        return done or supported(fact, certainty=POSSIBLE, latent=True)
    return supported(fact, answered(*refusal))


def past_credentials(story: Story) -> RuledOut | None:
    """Return why no credentials can be to blame: none were looked at, or they were accepted, or it is not they that are refused."""
    if refusal_of_credentials(story):
        return None
    if out := before_server(story):
        return out
    user = next((e for e in story.at(*way.BEHIND) if e.user), None)
    if user is not None:
        return RuledOut(f"the server accepted the token (user {user.user}, {user.place})")
    known = way.server_status(story)
    if known is None:
        return None
    return RuledOut(f"the server answered {known[1]}, which does not concern credentials ({known[0].place})")


def refusal_of_credentials(story: Story) -> tuple[Entry, int] | None:
    """Return the server's refusal that concerns credentials, by its status or the code with which it closed, and the number."""
    closed = next((e for e in story.entries if e.close_code in _CREDENTIAL_CLOSES), None)
    if closed is not None and closed.close_code is not None:
        return closed, closed.close_code
    known = way.server_status(story)
    if known is not None:
        return known if known[1] in {401, 403} else None
    entry = way.met(story)
    if entry is None or entry.status is None or way.own_answer(story):
        return None
    return (entry, entry.status) if entry.status in {401, 403} else None


def unless(ruling: RuledOut | None, need: str) -> Ruling:
    """Return what rules a cause out, or what would tell."""
    return ruling or Unknown(need)
