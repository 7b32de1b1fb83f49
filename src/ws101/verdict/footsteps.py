"""The trail of a handshake hop by hop, by its story in logs: passed, failed, silent, or unknown with what would show it."""

from ws101.hearing import who
from ws101.logs import way
from ws101.logs.entry import Entry, Told
from ws101.logs.story import Story
from ws101.report import Finding, Step
from ws101.terms import Certainty, Hop, StepState

_TLS = {"https": True, "wss": True, "http": False, "ws": False}


def trail(story: Story, finding: Finding | None) -> tuple[Step, ...]:
    """Return a step for each hop; the edge only where it shows itself, or is to blame."""
    failed = finding.hop if finding is not None and not story.works else None
    edge = way.edge(story) is not None or failed is Hop.CDN
    steps = (_STEPS[hop](story) for hop in Hop if hop is not Hop.CDN or edge)
    return tuple(_at_failure(step, failed, finding) for step in steps)


def _at_failure(step: Step, failed: Hop | None, finding: Finding | None) -> Step:
    if failed is None or finding is None or step.hop is not failed:
        return step
    state = StepState.UNKNOWN if finding.certainty is Certainty.POSSIBLE else StepState.FAILED
    return Step(step.hop, state, finding.cause)


def _client(story: Story) -> Step:
    entries = story.at(Hop.CLIENT)
    if not entries:
        return Step(Hop.CLIENT, StepState.UNKNOWN, "no log of the client")
    told = next((e for e in entries if e.told is not Told.MEANT), None)
    if told is None:
        return Step(Hop.CLIENT, StepState.UNKNOWN, "means to connect; no log says what it met")
    return Step(Hop.CLIENT, StepState.PASSED, f"met {told.status}" if told.status else told.says.value)


def _network(story: Story) -> Step:
    entry = _beyond(story)
    if entry is None:
        return Step(Hop.NETWORK, StepState.UNKNOWN, "no hop behind it logged the handshake")
    return Step(Hop.NETWORK, StepState.PASSED, entry.client)


def _tls(story: Story) -> Step:
    entry = next((e for e in way.arrivals(story) if e.scheme), None)
    if entry is None:
        return Step(Hop.TLS, StepState.UNKNOWN, "no log says whether TLS was spoken")
    spoken = _TLS.get(entry.scheme, False)
    return Step(Hop.TLS, StepState.PASSED if spoken else StepState.SKIPPED, "" if spoken else "none arrived")


def _beyond(story: Story) -> Entry | None:
    behind = (e for e in story.at(*way.BETWEEN, *way.BEHIND) if e.told is not Told.MEANT)
    return next(behind, None) or next(way.answers(story, Hop.CLIENT), None)


def _edge(story: Story) -> Step:
    entry = way.edge(story)
    passed = entry is not None and entry.hop is not Hop.CDN
    name = entry.software if entry and entry.hop is Hop.CDN else "seen by its fields" if entry else ""
    return Step(Hop.CDN, StepState.PASSED if passed or story.works else StepState.UNKNOWN, name)


def _proxy(story: Story) -> Step:
    entries = [e for e in story.at(Hop.PROXY) if e.told is not Told.MEANT]
    if not entries:
        return _silent(story, Hop.PROXY) or Step(Hop.PROXY, StepState.UNKNOWN, "no log of a proxy")
    tells = next((e for e in entries if e.status is not None), entries[0])
    said = f"{who(tells)}: {tells.status}" if tells.status is not None else who(tells)
    own = way.own_answer(story)
    if own is not None and own.hop is Hop.PROXY:
        return Step(Hop.PROXY, StepState.UNKNOWN, f"{said}, by itself")
    passed = way.passed_on(story) is not None
    return Step(Hop.PROXY, StepState.PASSED if passed else StepState.UNKNOWN, said, _ms(tells))


def _server(story: Story) -> Step:
    known = way.server_status(story)
    if known is not None:
        entry, status = known
        named = who(entry) if entry.hop in way.BEHIND else "the server"
        return Step(Hop.SERVER, StepState.PASSED, f"{named}: {status}", _ms(entry))
    if any(e.told is not Told.MEANT for e in story.at(*way.BEHIND)):
        return Step(Hop.SERVER, StepState.PASSED, "it arrived")
    own = way.own_answer(story)
    if own is not None:
        return Step(Hop.SERVER, StepState.SKIPPED, "not asked")
    return _silent(story, Hop.SERVER) or Step(Hop.SERVER, StepState.UNKNOWN, "no log of the server")


def _auth(story: Story) -> Step:
    user = next((e.user for e in story.at(*way.BEHIND) if e.user), "")
    if story.works or user:
        return Step(Hop.AUTH, StepState.PASSED, f"accepted{f': {user}' if user else ''}")
    return Step(Hop.AUTH, StepState.UNKNOWN, "")


def _silent(story: Story, hop: Hop) -> Step | None:
    """Return what the silence of a hop's log says: that it was not reached, or only which setting would show it."""
    silences = [s for s in story.silences if s.witness.hop is hop]
    sure = next((s for s in silences if s.sure), None)
    if sure is not None:
        return Step(hop, StepState.SKIPPED, f"not reached: no line in {sure.witness.source}")
    mute = next(iter(silences), None)
    if mute is None:
        return None
    cure = f"; what would show it: {mute.setting}" if mute.setting else ""
    return Step(hop, StepState.UNKNOWN, f"no line in {mute.witness.source}, which may not log it{cure}")


def _ms(entry: Entry) -> float | None:
    return entry.took * 1000 if entry.took is not None and entry.status != 101 else None


_STEPS = {
    Hop.CLIENT: _client,
    Hop.NETWORK: _network,
    Hop.TLS: _tls,
    Hop.CDN: _edge,
    Hop.PROXY: _proxy,
    Hop.SERVER: _server,
    Hop.AUTH: _auth,
}
