"""What several causes conclude in the same way: from damages, from a certificate, from the request's own faults."""

from typing import TYPE_CHECKING

from ws101.attempt import Ending, Layer, Verify
from ws101.cause import Marked, RuledOut, Ruling, Supported, Unknown
from ws101.evidence import Evidence
from ws101.handshake import trace
from ws101.handshake.answer import Breach
from ws101.handshake.checks import check_request
from ws101.outcome import alike, kin
from ws101.report import Fact, Passage, Remedy
from ws101.sighting import recognise
from ws101.signature import Says
from ws101.terms import Certainty, Family, Fate, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.nginx.circumstance import Circumstance
    from ws101.nginx.edit import Edit
    from ws101.nginx.repair import Repair
    from ws101.nginx.tree import Directive

_LONGEST = 100  # characters of a directive that is quoted


CONFIGURATION = "the proxy's configuration (--nginx-config, where it is nginx)"


def asks_for_damage(evidence: Evidence) -> bool:
    """Return whether our handshake works and the question is what breaks the user's client (--saw)."""
    return evidence.works and evidence.saw is not None


def judge_damage(evidence: Evidence, *names: str) -> Ruling:
    """Judge by damages to our working handshake: does one of them give exactly the status that the client saw?"""
    tried = {name: attempt for name in names if (attempt := evidence.tried(name)) is not None}
    if not tried:
        return Unknown("the failing client's own request, or its log")
    hits = [name for name in tried if evidence.reproduces(name)]
    if not hits:
        seen = ", ".join(
            dict.fromkeys(f"{attempt.status or attempt.ending.value}" for attempt in tried.values())
        )
        return RuledOut(f"gives {seen} here, not {evidence.saw}", next(iter(tried)))
    facts = (
        Fact(f"the same handshake {tried[name].change}: exactly {evidence.saw}", f"experiment {name}")
        for name in hits
    )
    return Supported(Certainty.POSSIBLE, tuple(facts))


def straight(evidence: Evidence) -> Fact:
    """Return the fact of what the server answered when it was asked directly; it must have been asked."""
    return Fact(f"straight to the server: {evidence.attempts['direct'].status}", "experiment direct")


def no_proxy(evidence: Evidence) -> RuledOut | Unknown | None:
    """Return why no proxy can be at fault, or that nobody looked for one; None when one is seen on the way."""
    if evidence.proxy:
        return None
    if evidence.tried("malformed-host") is None:
        return Unknown("the configuration of the proxy, if there is one (--nginx-config)")
    return RuledOut("no proxy is seen on the way", "malformed-host")


def beside_certificate(evidence: Evidence, without: Verify = Verify.NOTHING) -> RuledOut | Unknown | None:
    """Return why no check of the certificate can have failed, or None when the baseline ended in TLS with this check.

    `without` is the way of verifying that leaves out the check in question.
    """
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("the handshake itself")
    if baseline.sending.tls is None:
        return RuledOut("the handshake speaks no TLS")
    if evidence.works:
        return RuledOut("the handshake works")
    if baseline.sending.tls.verify in {Verify.NOTHING, without}:
        return RuledOut("this handshake does not check it")
    if baseline.layer is Layer.HTTP or baseline.tls is not None:
        return RuledOut("TLS accepted the certificate")
    return None if baseline.layer is Layer.TLS else Unknown("a connection to the port that reaches TLS")


def perhaps_by_proxy(evidence: Evidence) -> bool:
    """Return whether a proxy may have written the refusal itself: one is seen, and nothing in it tells who wrote it."""
    mute = evidence.answer is not None and evidence.author is None and not evidence.answer.body
    # Traefik and Caddy are written in Go, and refuse what is malformed in the words of any server in Go.
    go = evidence.front is not None and evidence.front.software == "go net/http"
    return evidence.answered_by_proxy or (mute and (go or bool(evidence.proxy)))


def otherwise_directly(evidence: Evidence) -> tuple[Fact, ...]:
    """Return the facts that the server, asked directly, works, and answers no damage as the proxy's way is answered."""
    if not evidence.mends("direct") or not evidence.refused or evidence.answered_by_proxy:
        return ()
    damaged = {name: a for name, a in evidence.attempts.items() if name.startswith("direct-")}
    if not damaged or evidence.baseline is None or any(kin(a, evidence.baseline) for a in damaged.values()):
        return ()
    nothing = Fact("nothing that was tried there is answered so", f"experiments {', '.join(damaged)}")
    return (Fact("straight to the server: 101", "experiment direct"), nothing)


# ---- what the server says of the request that reached it

RECORD = "the server's trace"


def crossed(evidence: Evidence, *parts: str) -> tuple[Passage, ...]:
    """Return those of these parts of the handshake of which the server's own record shows that they did not arrive as sent."""
    seen = (evidence.crossing.get(part.lower()) for part in parts)
    return tuple(passage for passage in seen if passage and passage.fate is not Fate.SAME)


def told(passage: Passage) -> Fact:
    """Return what the server's record shows of a part of the handshake, as a fact."""
    if passage.seen is None:
        return Fact(f"`{passage.part}` was sent, and the server saw none", RECORD)
    of_line = passage.part in {trace.METHOD, trace.TARGET, trace.VERSION}
    name = f"the {passage.part}" if of_line else f"`{passage.part}`"
    return Fact(f"{name} was sent as `{passage.sent}`, and the server saw `{passage.seen}`", RECORD)


# ---- what a configuration says


def quoted(directive: "Directive") -> str:
    """Return a directive on one line, as it is written, as much of it as a sentence bears."""
    text = " ".join(directive.text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def blame(
    *lines: "tuple[Directive | None, str]",
    cure: "tuple[Edit, ...]" = (),
    shown: bool = True,
    joins: bool = False,
    given: "Circumstance | None" = None,
    repair: "Repair | None" = None,
    remedy: Remedy | None = None,
) -> Supported:
    """Return what these lines of a configuration say, each with what it does: the first one is to blame.

    `shown` says that they alone make the cause likely, `joins` that they do so where the wire speaks for it, too; without
    both they add to what else does. `given` is what stood around the configuration, `repair` what mends it where the
    cause alone does not tell, and `remedy` overrides the cause's.
    """
    if repair is not None:
        cure, remedy = repair.edits, remedied(repair)
    marked = tuple(Marked(line, note) for line, note in lines if line is not None)
    facts = tuple(Fact(f"`{quoted(line)}` {note}", str(line.place)) for line, note in marked)
    alone = shown and not joins
    certainty = Certainty.LIKELY if alone else Certainty.POSSIBLE
    return Supported(certainty, facts, remedy, lines=marked, cure=cure, shown=alone, joins=joins, given=given)


def served_by(hop: "Configured") -> Supported | None:
    """Name the line by which the certificate is served; what is in its file stands in no configuration."""
    line = next(iter(hop.of_tls("ssl_certificate")), None)
    return blame((line, "names the certificate that is served"), shown=False) if line is not None else None


def remedied(repair: "Repair") -> Remedy:
    """Return a repair of the user's own file as what to do: a diff."""
    from ws101.nginx.edit import by_file, diff

    doubt = f" Mind: {repair.doubt}." if repair.doubt else ""
    what = repair.what[:1].upper() + repair.what[1:]
    patch = diff(by_file(repair.edits))
    return Remedy(f"{what}.{doubt}", Hop.PROXY, patch=patch, command="nginx -t && nginx -s reload")


def outside(given: "Circumstance", server: str, applies: Hop = Hop.SERVER) -> Remedy:
    """Return what to do about the state of a server behind nginx, for which no file is at fault."""
    from ws101.nginx.blameless import remedy_for

    return Remedy(remedy_for(given, server), applies)


def cleared_by(line: "Directive | None", why: str) -> RuledOut:
    """Return that the configuration speaks against a cause, and where it does."""
    return RuledOut(f"{why} ({line.place})" if line else why)


def without(*lines: "Directive | None") -> "tuple[Edit, ...]":
    """Return the edits that take these lines out: not to be made, but to see whether it is they that refuse."""
    from ws101.nginx.edit import Edit

    return tuple(Edit(line.file, line.start, line.end, "") for line in lines if line is not None)


def as_configured(evidence: Evidence, hop: "Configured") -> bool:
    """Return whether the handshake met what this nginx answers by itself."""
    if hop.answered is None:
        return False
    if hop.answered.status == 444:
        return evidence.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET)
    return evidence.status == hop.answered.status


def past_upgrade(evidence: Evidence) -> bool:
    """Return whether what refuses the handshake comes before the upgrade, so that its loss would refuse it next."""
    if evidence.upgrade_unseen is not None:
        return False
    down = evidence.says in {Says.UPSTREAM_DOWN, Says.MALFORMED}
    return evidence.status in {401, 403, 429} or (evidence.answered_by_proxy and not down)


def hop_behind(evidence: Evidence, hop: "Configured") -> "Configured | None":
    """Return what the configuration of the next nginx behind this one says, where it was given."""
    hops = evidence.config or ()
    at = next((n for n, one in enumerate(hops) if one is hop), len(hops))
    return hops[at + 1] if at + 1 < len(hops) else None


def upgrade_fault(evidence: Evidence, hop: "Configured", cause: str) -> "Repair | RuledOut | None":
    """Return the repair where this is how the configuration keeps an upgrade from the server; why not, or None for no opinion."""
    if hop.sent is None or not evidence.asks_upgrade:
        return None
    if hop.route.ask.headers.get("upgrade").lower() != "websocket":
        return RuledOut("the upgrade is lost before it gets to this nginx")
    found = hop.upgrade_fault
    if found is None:
        return (
            cleared_by(hop.sent.by, "this configuration passes the upgrade on") if hop.sent.upgrades else None
        )
    if found.cause != cause:
        return RuledOut(f"this configuration shows another fault: {found.cause}")
    return found


def garbled(hop: "Configured", *names: str) -> "list[tuple[Directive | None, str]]":
    """Return the lines that make of these fields what no longer does what they are for, with what each makes, and the maps behind.

    A field that no line sets is not among them.
    """
    found = [
        (line, _made(hop, name)) for name in names if (line := hop.set_by(name)) and not _arrives(hop, name)
    ]
    maps = [(one, "is where that value comes from") for line, _ in found if (one := hop.map_of(line))]
    return [*found, *maps]


def _arrives(hop: "Configured", name: str) -> bool:
    value = hop.sent.field(name) if hop.sent else None
    wanted = {"Upgrade": "websocket", "Connection": "upgrade"}.get(name)
    if wanted:
        return isinstance(value, str) and wanted in {word.strip().lower() for word in value.split(",")}
    return value == (hop.route.ask.headers.get(name) or None)


def _made(hop: "Configured", name: str) -> str:
    value = hop.sent.field(name) if hop.sent else None
    seen = f"makes it `{name}: {value}`" if isinstance(value, str) else f"leaves {name} out"
    return f"{seen}, and `{name}: {hop.route.ask.headers.get(name)}` was sent"


# ---- faults of the request itself

_NO_PASSAGE = frozenset({429, 503})  # limits and overload come and go by themselves
_VAGUE = frozenset({Says.NOTHING, Says.MALFORMED, Says.NOT_A_HANDSHAKE, Says.ERROR, Says.FORBIDDEN})


def request_breaches(evidence: Evidence, *fields: str) -> tuple[Breach, ...]:
    """Return the rules that the request sent now breaks in these fields."""
    sending = evidence.baseline.sending if evidence.baseline else evidence.sending
    return tuple(breach for breach in check_request(sending.request) if breach.field in fields)


def passes(evidence: Evidence, name: str) -> bool:
    """Return whether this one change got past the refusal: to a 101, or to an answer that is another refusal.

    It is meant for changes towards what RFC 6455 asks; of a guess, another answer says little.
    """
    attempt = evidence.tried(name)
    if attempt is None or attempt.status is None or evidence.works or evidence.recovers:
        return False
    if attempt.works:
        return True
    said = recognise(attempt.answer)
    repeated = said is not None and said.says is evidence.says and said.says not in _VAGUE
    return evidence.moves(name) and not repeated and attempt.status not in _NO_PASSAGE


def gets_in(evidence: Evidence, name: str) -> bool:
    """Return whether a guess got further: to a 101, or from a refusal of another kind to the demand for credentials."""
    attempt = evidence.tried(name)
    if attempt is None or evidence.works or evidence.recovers or not evidence.moves(name):
        return False
    return evidence.mends(name) or (attempt.status in {101, 401} and evidence.status not in {101, 401})


def flip_fact(evidence: Evidence, name: str) -> Fact:
    """Return the fact that this experiment was answered otherwise than the baseline; it must have been run."""
    attempt = evidence.attempts[name]
    before = evidence.baseline and (evidence.baseline.status or evidence.baseline.ending.value)
    seen = attempt.status or attempt.ending.value
    return Fact(f"the same handshake {attempt.change}: {seen} instead of {before}", f"experiment {name}")


def judge_request(
    evidence: Evidence,
    breaches: tuple[Breach, ...],
    repairs: tuple[str, ...],
    sayings: frozenset[Says] = frozenset(),
) -> Ruling:
    """Judge a fault of the request by the rules that it breaks, the repairs of it alone, and what the refusal says."""
    if evidence.works:
        return RuledOut("the handshake works")
    baseline = evidence.baseline
    if baseline is None:
        return Unknown("an answer to the handshake")
    if baseline.layer is not Layer.HTTP:
        return RuledOut("the connection failed before a request was sent")
    if baseline.sending.http2:
        return RuledOut("the request went over HTTP/2, where a handshake of HTTP/1.1 is not sent at all")
    facts = tuple(Fact(f"{breach.text} ({breach.section})", "the request as sent") for breach in breaches)
    repair = next((name for name in repairs if passes(evidence, name)), None)
    if repair is not None:
        return Supported(evidence.by_flip, (*facts, flip_fact(evidence, repair)))
    if not facts:
        return RuledOut("our handshake carries it as RFC 6455 asks")
    if _minimal_alone_passes(evidence):
        return Supported(Certainty.LIKELY, (*facts, flip_fact(evidence, "minimal")))
    tried = next((name for name in repairs if evidence.same(name)), None)
    if tried is not None:
        alone = Fact("put right alone, the refusal stays: something comes before it", f"experiment {tried}")
        return Supported(Certainty.POSSIBLE, (*facts, alone), latent=True)
    if evidence.says in sayings:
        said = Fact(f"the refusal says: {evidence.says.value}", "the answer")
        return Supported(Certainty.LIKELY, (*facts, said))
    return Supported(Certainty.POSSIBLE, facts)


def _minimal_alone_passes(evidence: Evidence) -> bool:
    """Return whether only several faults mended together got past the refusal, and no single change in the same way."""
    minimal = evidence.tried("minimal")
    if minimal is None or not passes(evidence, "minimal"):
        return False
    others = (a for name, a in evidence.attempts.items() if name != "minimal" and a.family is Family.REPAIR)
    return not any(alike(other, minimal) for other in others)
