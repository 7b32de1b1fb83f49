"""What logs say of credentials: the server's words, a flaw of the token that stood in a record, or that it was accepted."""

import re

from ws101.cause import RuledOut, Ruling
from ws101.hearing.clearing import before_server, worked
from ws101.hearing.words import POSSIBLE, answered, by_words, cite, supported, who
from ws101.logs import way
from ws101.logs.entry import Entry
from ws101.logs.story import Story
from ws101.report import Fact
from ws101.signature import Says
from ws101.terms import Hop
from ws101.tokens.reading import Flaw

_REASONS = frozenset(says for says in Says if says.name.startswith("TOKEN_")) | {Says.PERMISSION, Says.ORIGIN}
_PARAMETER = re.compile(r"[?&](?:access_|id_|auth_?)?(?:token|jwt|auth|authorization|bearer)=", re.IGNORECASE)
_CREDENTIAL_FIELDS = ("authorization", "cookie")
# 3000 and 3003 are registered at IANA as Unauthorized and Forbidden; 4xxx are habits after the HTTP status.
_CREDENTIAL_CLOSES = frozenset({1008, 3000, 3003, 4001, 4003, 4401, 4403})


def by_token(story: Story, says: Says, flaw: Flaw) -> Ruling | None:
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
    known = way.perhaps_of_server(story)
    return known if known is not None and known[1] in {401, 403} else None


def none_meant(story: Story) -> Fact | None:
    """Return that the client itself says that it sends no credentials, in any place."""
    for entry in story.at(Hop.CLIENT):
        said = re.search(r"\bToken present: (true|false)", entry.text)
        if said and said[1] == "false" and credentials_sent(story) is None:
            return cite(entry, f"{who(entry)} says that it has no token to send")
    return None


def credentials_sent(story: Story) -> tuple[Entry, str] | None:
    """Return where credentials stand by the first record that shows some, what was meant included, and in which field."""
    for entry in story.entries:
        for name in (*_CREDENTIAL_FIELDS, *(one for one in entry.headers if "token" in one)):
            if way.field(entry, name):
                return entry, name
    placed = token_in_query(story)
    return (placed, "the query") if placed else None


def says_more(story: Story) -> Entry | None:
    """Return the server's record that says what of the credentials it refuses, if it says so."""
    return next((e for e in story.at(*way.BEHIND) if e.says in _REASONS), None)


def token_in_query(story: Story) -> Entry | None:
    """Return the record of a request whose query carries a token, by the parameter's name."""
    return next((e for e in way.arrivals(story) if _PARAMETER.search(e.path)), None)


def closed(entry: Entry) -> Fact:
    """Return the close code as a fact."""
    return cite(entry, f"{who(entry)}: the socket was closed with {entry.close_code}")
