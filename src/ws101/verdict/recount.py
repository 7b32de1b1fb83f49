"""What becomes of a ruling when logs tell of the same handshake: what they show is joined with what the wire showed."""

from msgspec.structs import replace

from ws101.attempt import Attempt, Ending, Layer
from ws101.cause import Cause, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer, Kind
from ws101.hearing import CLIENT_LOG, NGINX_INFO, SERVER_LOG, UPSTREAM
from ws101.logs.story import Story
from ws101.report import Fact
from ws101.terms import NGINX, Certainty, Hop

# What to give where the logs have no opinion on a cause, by the hop at which it is.
_NEEDS = {
    Hop.CLIENT: f"{SERVER_LOG}, or `ws101 check` with this client's fields",
    Hop.NETWORK: CLIENT_LOG,
    Hop.TLS: CLIENT_LOG,
    Hop.CDN: "the log of the edge, or of the proxy behind it",
    Hop.PROXY: f"{NGINX_INFO}, and {UPSTREAM}",
    Hop.SERVER: SERVER_LOG,
    Hop.AUTH: SERVER_LOG,
}


def read(cause: Cause, story: Story, evidence: Evidence) -> Ruling:
    """Return what logs alone say of this cause: nothing was sent, so nothing that was sent may count."""
    heard = cause.read(evidence, story) if cause.read is not None else None
    return heard or Unknown(_need(cause.hop, story))


def _need(hop: Hop, story: Story) -> str:
    """Return what to give where the logs have no opinion; of a proxy that is not nginx, its own log."""
    proxies = {entry.software for entry in story.at(Hop.PROXY)}
    if hop is Hop.PROXY and proxies and not proxies & NGINX:
        return f"the errors that {' and '.join(sorted(proxies))} logs, at level info or debug"
    return _NEEDS[hop]


def recount(cause: Cause, ruling: Ruling, evidence: Evidence) -> Ruling:
    """Return what becomes of a ruling by the wire on this cause; without a story it is left as it is."""
    story = evidence.story
    heard = cause.read(evidence, story) if story is not None and cause.read is not None else None
    if story is not None and evidence.works:
        return _of_another(ruling, heard, story, evidence.saw)
    if heard is None or isinstance(heard, Unknown):
        return ruling
    if isinstance(ruling, RuledOut) and cause.hop is Hop.CLIENT:
        return ruling  # what was sent is known; if a hop's record lacks it, it was lost before
    return _cleared(ruling, heard, evidence) if isinstance(heard, RuledOut) else _joined(ruling, heard)


def _of_another(ruling: Ruling, heard: Ruling | None, story: Story, saw: int | None) -> Ruling:
    """Judge a client that fails while our handshake works: what its logs show is all that there is of it."""
    theirs = saw is not None and story.status == saw
    return heard if theirs and isinstance(heard, Supported) else ruling


def _cleared(ruling: Ruling, heard: RuledOut, evidence: Evidence) -> Ruling:
    """Weigh logs that speak against what the wire speaks for: they may be of another hop, or not have all."""
    if isinstance(ruling, RuledOut) or (evidence.baseline is not None and evidence.baseline.upgraded):
        return ruling  # what breaks a socket after its 101, logs of the handshake do not show
    if isinstance(ruling, Unknown) or ruling.certainty is Certainty.POSSIBLE:
        return heard
    but = Fact(f"but the logs speak against it: {heard.why}", "the logs")
    if ruling.certainty is Certainty.PROVEN:
        return replace(ruling, facts=(*ruling.facts, but))
    return replace(ruling, certainty=Certainty.POSSIBLE, facts=(*ruling.facts, but), named=False)


def _joined(ruling: Ruling, heard: Supported) -> Ruling:
    if isinstance(ruling, Unknown):
        # What merely fits a record fits the answer, which the wire has seen itself.
        return replace(heard, rare=heard.rare or heard.certainty is Certainty.POSSIBLE)
    if isinstance(ruling, RuledOut):
        if heard.certainty is Certainty.POSSIBLE:
            return ruling
        if not ruling.experiment:
            return heard
        but = Fact(f"but {ruling.why}", f"experiment {ruling.experiment}")
        return replace(heard, certainty=Certainty.POSSIBLE, facts=(*heard.facts, but), named=False)
    certainty = min(ruling.certainty, heard.certainty, key=lambda one: one.rank)
    return replace(
        ruling,
        certainty=certainty,
        facts=(*ruling.facts, *heard.facts),
        latent=ruling.latent and heard.latent,
        named=ruling.named or heard.named,
        behind=ruling.behind or heard.behind,
        rare=ruling.rare and heard.rare,
    )


def as_met(evidence: Evidence) -> Evidence:
    """Return evidence in which the status that the logs tell stands for the answer, for those that ask for no more of it.

    So a configuration can be held against what the proxy logged.
    """
    story = evidence.story
    if evidence.baseline is not None or story is None or story.status is None:
        return evidence
    answer = Answer(Kind.HTTP, version="HTTP/1.1", status=story.status)
    met = Attempt("logs", evidence.sending, Layer.HTTP, Ending.ANSWERED, answer=answer)
    return replace(evidence, baseline=met)
