"""Rulings joined with what a configuration shows, and with what came of it in a sandbox."""

from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import LINES, PASS, SOUND, configured, only, whole
from ws101.cause import Cause, Marked, RuledOut, Supported, Unknown
from ws101.causes import CAUSES
from ws101.evidence import Evidence
from ws101.handshake.incoming import parse
from ws101.nginx.circumstance import Circumstance, State
from ws101.nginx.performance import Performance, Rehearsal
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop
from ws101.verdict.configuration import stated, unread, way
from ws101.verdict.consult import consult
from ws101.verdict.excerpt import excerpts
from ws101.verdict.weigh import weigh

BARE = f"location / {{\n{PASS}\n}}"
PROVEN, LIKELY, POSSIBLE = Certainty.PROVEN, Certainty.LIKELY, Certainty.POSSIBLE
WIRE = Supported(POSSIBLE, (Fact("seen", "the wire"),))


def _evidence(inside: str = BARE, answer=None) -> Evidence:
    return configured(make_evidence(make_attempt(answer=answer or make_answer(426))), whole(inside))


def _cause(reading) -> Cause:
    return Cause(
        "some-fault",
        Hop.PROXY,
        "It is",
        Remedy("mend it.", Hop.PROXY),
        lambda _: WIRE,
        inspect=lambda *_: reading,
    )


def _shown(evidence: Evidence, **more) -> Supported:
    line = only(evidence).sent.by
    return Supported(
        LIKELY, (Fact("said", "nginx.conf:9"),), lines=(Marked(line, "does it"),), shown=True, **more
    )


def test_without_a_configuration_nothing_changes() -> None:
    evidence = replace(_evidence(), config=None)
    assert consult(_cause(RuledOut("no")), WIRE, evidence) is WIRE


def test_a_line_and_the_wire_make_it_likely() -> None:
    evidence = _evidence()
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert (ruling.certainty, [fact.text for fact in ruling.facts]) == (LIKELY, ["said", "seen"])
    assert ruling.remedy.text == "mend it. The line to change is nginx.conf:9."


def test_a_line_alone_makes_it_likely_where_the_wire_is_mute() -> None:
    evidence = _evidence()
    assert consult(_cause(_shown(evidence)), Unknown("the configuration"), evidence).certainty is LIKELY


def test_what_the_wire_rules_out_stays_so() -> None:
    evidence = _evidence()
    assert consult(_cause(_shown(evidence)), RuledOut("seen"), evidence) == RuledOut("seen")


def test_a_line_that_joins_needs_the_wire() -> None:
    evidence = _evidence()
    joining = replace(_shown(evidence), shown=False, joins=True, certainty=POSSIBLE)
    assert consult(_cause(joining), WIRE, evidence).certainty is LIKELY
    assert isinstance(consult(_cause(joining), Unknown("the configuration"), evidence), Unknown)


def test_a_configuration_that_was_not_read_whole_makes_nothing_likely() -> None:
    evidence = _evidence(f"include gone.conf;\n{BARE}")
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert (ruling.certainty, ruling.shown, ruling.cure) == (POSSIBLE, False, ())
    assert consult(_cause(RuledOut("no")), WIRE, evidence) is WIRE


def test_a_configuration_clears_what_merely_fits() -> None:
    assert consult(_cause(RuledOut("no")), WIRE, _evidence()) == RuledOut("no")


def test_a_configuration_and_the_wire_contradict_each_other() -> None:
    ruling = consult(_cause(RuledOut("it passes it on")), replace(WIRE, certainty=LIKELY), _evidence())
    assert ruling.certainty is POSSIBLE
    assert "it passes it on" in ruling.facts[-1].text
    proven = replace(WIRE, certainty=PROVEN)
    assert consult(_cause(RuledOut("no")), proven, _evidence()) is proven


def test_a_configuration_is_not_asked_for_again() -> None:
    ruling = consult(_cause(None), Unknown("the proxy's configuration"), _evidence())
    assert "--direct" in ruling.need


# ---- the sandbox


def _tried(before: Performance, after: Performance, slug: str = "some-fault") -> Evidence:
    evidence = _evidence()
    rehearsal = Rehearsal((1, 31, 3), before, after, only(evidence).route.ask)
    return replace(evidence, rehearsals={slug: rehearsal})


def test_the_same_configuration_mended_proves_it() -> None:
    evidence = _tried(Performance(426), Performance(101))
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert ruling.certainty is PROVEN
    assert ruling.facts[1] == Fact(
        "run here as it is, your configuration answers this handshake with 426; without this line: 101", "the sandbox, nginx 1.31.3"
    )  # fmt: skip


def test_what_nobody_saw_proves_nothing() -> None:
    evidence = _tried(Performance(401), Performance(101))
    given = Circumstance(State.ANSWERS, asked=True, status=401, supposed=True)
    rehearsals = {"some-fault": replace(evidence.rehearsals["some-fault"], given=given, edited=False)}
    evidence = replace(_evidence(answer=make_answer(401)), rehearsals=rehearsals)
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert ruling.certainty is LIKELY
    assert ruling.facts[1].text.startswith("run here as if with a service that is asked and answers 401, ")
    seen = {"some-fault": replace(rehearsals["some-fault"], given=replace(given, supposed=False))}
    assert consult(_cause(_shown(evidence)), WIRE, replace(evidence, rehearsals=seen)).certainty is PROVEN


def test_a_file_is_told_what_it_is_cleared_of() -> None:
    arrived = parse(b"GET /elsewhere HTTP/1.1\r\nHost: ws101.test\r\n\r\n")
    evidence = _tried(Performance(502), Performance(101, arrived))
    given = Circumstance(State.DOWN, "app")
    down = replace(evidence.rehearsals["some-fault"], given=given, edited=False)
    evidence = replace(_evidence(answer=make_answer(502)), rehearsals={"some-fault": down})
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert ruling.facts[2].text == "the server in order gets the upgrade and Host as they were sent"


def test_a_change_without_effect_proves_nothing() -> None:
    evidence = _tried(Performance(426), Performance(426))
    assert consult(_cause(_shown(evidence)), WIRE, evidence).certainty is LIKELY


def test_a_change_after_which_nginx_refuses_all_the_same_is_told_to_fall_short() -> None:
    evidence = _tried(Performance(426), Performance(403))
    ruling = consult(_cause(_shown(evidence)), WIRE, evidence)
    assert ruling.certainty is LIKELY
    assert ruling.facts[-1].text.endswith("answers 426, and without this line 403: it takes more than that")


def test_another_refusal_of_nginx_than_the_one_that_was_met_proves_nothing() -> None:
    evidence = _tried(Performance(403), Performance(101))
    assert consult(_cause(_shown(evidence)), WIRE, evidence).certainty is LIKELY


def test_what_the_server_in_the_sandbox_answers_need_not_be_what_theirs_does() -> None:
    arrived = parse(b"GET /ws HTTP/1.1\r\nHost: ws101.test\r\n\r\n")
    evidence = _tried(Performance(400, arrived), Performance(101, arrived))
    assert consult(_cause(_shown(evidence)), WIRE, evidence).certainty is PROVEN


def test_what_can_be_tried_is_told_with_its_configuration() -> None:
    evidence = _evidence(BARE, make_answer(426))
    weighed = weigh([evidence], CAUSES)
    cure = weighed.cures["proxy-drops-upgrade-headers"]
    assert (cure.stage, cure.hop) == (0, only(evidence))
    assert cure.edits
    assert weighed.findings[0].where[0].marked[0].text.strip() == PASS
    assert "+proxy_set_header Upgrade $http_upgrade;" in weighed.findings[0].remedy.patch.replace(
        "+    ", "+"
    )


# ---- the lines


def test_the_lines_with_what_stands_around_them() -> None:
    hop = only(_evidence(f"{LINES}location / {{\n\tproxy_set_header X-A 1;\n\t{PASS}\n}}"))
    lines = hop.sent.shadowed
    found = excerpts([Marked(hop.sent.by, "passes"), Marked(hop.in_force("proxy_set_header")[0], "hides")])
    assert [(line.number, line.note) for line in found[0].lines] == [
        (12, ""),
        (13, "hides"),
        (14, "passes"),
        (15, ""),
    ]
    marked = found[0].marked[0]
    assert found[0].number == marked.number == 14
    assert marked.text[marked.start : marked.end] == PASS
    assert [len(one.lines) for one in excerpts([Marked(lines[0], "a"), Marked(hop.sent.by, "b")])] == [3, 3]
    assert excerpts(()) == ()


def test_two_notes_on_one_line() -> None:
    hop = only(_evidence(BARE))
    (one,) = excerpts([Marked(hop.sent.by, "a"), Marked(hop.sent.by, "b")])
    assert one.marked[0].note == "a; b"


# ---- sentences


def test_what_was_not_read_is_said() -> None:
    assert unread(_evidence()) == ""
    assert unread(_evidence("include gone.conf;")).startswith(
        "not all of the configuration was read: nginx.conf:"
    )
    nowhere = configured(
        make_evidence(make_attempt(answer=make_answer(426))),
        whole(SOUND, listen="1 ssl", more="server { listen 2 ssl; server_name ws101.test; }"),
    )
    assert "no server of this configuration listens on port 443" in unread(nowhere)


def test_a_handshake_that_works_against_the_file() -> None:
    evidence = _evidence(BARE, make_answer(101))
    assert "would not let this handshake through (nginx.conf:9" in stated(evidence)[1]
    assert way(evidence) == (
        "configuration: `location /` (nginx.conf:8) takes it, and passes it on to 127.0.0.1:9000",
    )
    assert len(stated(_evidence(SOUND, make_answer(101)))) == 1
