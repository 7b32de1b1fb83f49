"""What logs make of a ruling by the wire, and what stands where nothing was sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import LINES, PASS, model, whole
from causes.stories import HOST, KEY, PATH, TIME, access, client, evidence, meant, nginx_error, server, story
from ws101.cause import Cause, RuledOut, Supported, Unknown
from ws101.causes import CAUSES
from ws101.configured import Running, follow
from ws101.logs.entry import Entry, Told
from ws101.logs.line import Place
from ws101.logs.story import Silence, Story
from ws101.logs.witness import Witness
from ws101.report import Fact, Remedy
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Flaw
from ws101.verdict.recount import as_met, read, recount
from ws101.verdict.weigh import weigh

REFUSAL = make_evidence(
    make_attempt(answer=make_answer(502)), story=story(client(status=502), access(502, 157))
)
WORKS = make_evidence(make_attempt(answer=make_answer(101)), story=story(client(status=400)), saw=400)
WIRE, LOG = Fact("by the wire", "experiment"), Fact("by the log", "error.log:1")
OUT = RuledOut("by the log")


def a_cause(ruling) -> Cause:
    return Cause(
        "made-up",
        Hop.PROXY,
        "Made up",
        Remedy("", Hop.PROXY),
        lambda _: Unknown("the wire"),
        read=lambda *_: ruling,
    )


def wire(certainty: Certainty) -> Supported:
    return Supported(certainty, (WIRE,))


def log(certainty: Certainty) -> Supported:
    return Supported(certainty, (LOG,), named=certainty is Certainty.LIKELY)


@pytest.mark.parametrize("heard", [None, Unknown("more logs")])
@pytest.mark.parametrize("ruling", [wire(Certainty.LIKELY), RuledOut("x"), Unknown("y")])
def test_logs_without_an_opinion_change_nothing(heard, ruling):
    assert recount(a_cause(heard), ruling, REFUSAL) is ruling


@pytest.mark.parametrize(
    ("seen", "heard", "joined"),
    [
        (Certainty.POSSIBLE, Certainty.LIKELY, Certainty.LIKELY),
        (Certainty.LIKELY, Certainty.POSSIBLE, Certainty.LIKELY),
        (Certainty.POSSIBLE, Certainty.POSSIBLE, Certainty.POSSIBLE),
        (Certainty.PROVEN, Certainty.LIKELY, Certainty.PROVEN),
    ],
)
def test_logs_make_surer_and_add_their_facts(seen, heard, joined):
    ruling = recount(a_cause(log(heard)), wire(seen), REFUSAL)
    assert isinstance(ruling, Supported)
    assert (ruling.certainty, ruling.facts) == (joined, (WIRE, LOG))


def test_logs_answer_what_the_wire_could_not():
    assert recount(a_cause(OUT), Unknown("x"), REFUSAL) is OUT
    assert recount(a_cause(log(Certainty.LIKELY)), Unknown("x"), REFUSAL) == log(Certainty.LIKELY)
    # What merely fits comes behind what the wire itself found possible.
    fits = replace(log(Certainty.POSSIBLE), rare=True)
    assert recount(a_cause(log(Certainty.POSSIBLE)), Unknown("x"), REFUSAL) == fits


def test_logs_clear_what_merely_fits():
    assert recount(a_cause(OUT), wire(Certainty.POSSIBLE), REFUSAL) is OUT


@pytest.mark.parametrize(
    ("seen", "left"), [(Certainty.LIKELY, Certainty.POSSIBLE), (Certainty.PROVEN, Certainty.PROVEN)]
)
def test_logs_against_the_wire_are_told(seen, left):
    ruling = recount(a_cause(OUT), wire(seen), REFUSAL)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is left
    assert "by the log" in ruling.facts[-1].text


def test_what_an_experiment_cleared_is_at_most_possible():
    ruling = recount(a_cause(log(Certainty.LIKELY)), RuledOut("it moved", "plain-get"), REFUSAL)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE
    assert ruling.facts[-1] == Fact("but it moved", "experiment plain-get")


def test_words_of_a_log_go_before_a_sign_that_was_not_seen():
    heard = log(Certainty.LIKELY)
    assert recount(a_cause(heard), RuledOut("no proxy says so"), REFUSAL) is heard


def test_what_fits_by_logs_does_not_bring_back_what_the_wire_cleared():
    out = RuledOut("no proxy says so")
    assert recount(a_cause(log(Certainty.POSSIBLE)), out, REFUSAL) is out


def test_logs_of_a_client_that_fails_count_where_ours_works():
    heard = log(Certainty.LIKELY)
    assert recount(a_cause(heard), RuledOut("it works"), WORKS) is heard
    ours = replace(WORKS, saw=None)
    assert isinstance(recount(a_cause(heard), RuledOut("it works"), ours), RuledOut)


def test_a_probe_that_met_502_is_told_why_by_the_proxys_log():
    page = "<html><head><title>502 Bad Gateway</title></head><center>nginx/1.22.1</center></html>"
    met = make_attempt(answer=make_answer(502, page, headers={"Server": "nginx/1.22.1"}))
    words = "connect() failed (111: Connection refused) while connecting to upstream"
    told = story(access(502, 157), nginx_error(Says.UPSTREAM_REFUSED, words))
    alone = weigh([make_evidence(met)], CAUSES).findings[0]
    first = weigh([make_evidence(met, story=told)], CAUSES).findings[0]
    assert (alone.cause, alone.certainty) == ("upstream-refused", Certainty.POSSIBLE)
    assert (first.cause, first.certainty) == ("upstream-refused", Certainty.LIKELY)
    assert any(fact.source == "error.log:1" for fact in first.facts)


def test_without_a_probe_only_logs_count():
    told = evidence(story(access(400)))
    assert told.story is not None
    assert read(a_cause(None), told.story, told) == Unknown(
        "nginx's error log at level info (error_log … info), and $upstream_addr and $upstream_status in nginx's log_format"
    )
    assert read(a_cause(OUT), told.story, told) is OUT


def test_what_to_give_is_the_log_of_the_proxy_that_is_there():
    needs = {}
    for software in ("nginx", "openresty", "traefik"):
        told = evidence(story(replace(access(400), software=software)))
        needs[software] = read(a_cause(None), told.story, told).need
    assert needs["nginx"] == needs["openresty"]
    assert "error_log" in needs["nginx"]
    assert needs["traefik"] == "the errors that traefik logs, at level info or debug"


def test_the_status_of_a_log_stands_for_the_answer_where_a_configuration_is_asked():
    assert as_met(evidence(story(access(403)))).status == 403
    assert as_met(evidence(story(meant()))).baseline is None
    assert as_met(REFUSAL) is REFUSAL


# ---- whatever stands in logs

hops = st.sampled_from([Hop.CLIENT, Hop.CDN, Hop.PROXY, Hop.SERVER, Hop.AUTH])
statuses = st.sampled_from(
    [None, 101, 200, 301, 400, 401, 403, 404, 405, 426, 429, 444, 499, 500, 502, 503, 504, 505]
)
values = st.sampled_from(["", "-", "websocket", "upgrade", "close", "13", "8", KEY, "https", HOST])
names = st.sampled_from(
    ["upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "authorization", "host", "origin",
     "x-forwarded-proto", "x-forwarded-for", "cf-ray", "content-length"]
)  # fmt: skip
entries = st.builds(
    Entry,
    place=st.builds(Place, st.sampled_from(["a.log", "b.log"]), st.integers(0, 3)),
    format=st.just("any"),
    software=st.sampled_from(["nginx", "ktor", ""]),
    hop=hops,
    told=st.sampled_from(Told),
    text=st.sampled_from(["", "a\n\nb", "server: _, host: x", "access forbidden by rule"]),
    time=st.sampled_from([None, TIME, TIME + 60]),
    method=st.sampled_from(["", "GET", "POST", "CONNECT"]),
    scheme=st.sampled_from(["", "ws", "wss", "http", "https"]),
    host=st.sampled_from(["", HOST, "10.0.0.1"]),
    port=st.sampled_from([None, 443, 8080]),
    path=st.sampled_from(["", PATH, f"{PATH}?token=x", "//x"]),
    version=st.sampled_from(["", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0"]),
    headers=st.dictionaries(names, values),
    whole=st.booleans(),
    status=statuses,
    upstream=st.sampled_from([None, "", "10.0.0.2:80"]),
    upstream_status=statuses,
    took=st.sampled_from([None, 0.1, 60.2]),
    size=st.sampled_from([None, 0, 157, 230, 255]),
    says=st.sampled_from(Says),
    words=st.sampled_from(["", "self-signed", "wrong version number"]),
    user=st.sampled_from(["", "42"]),
    close_code=st.sampled_from([None, 1000, 1006, 1011, 4401]),
    flaws=st.lists(st.sampled_from(Flaw), max_size=2).map(tuple),
)
silences = st.builds(
    Silence,
    witness=st.builds(Witness, st.just("c.log"), st.just("any"), st.just("nginx"), hops),
    sure=st.booleans(),
    why=st.just("it logs all"),
)
stories = st.builds(
    Story,
    entries=st.lists(entries, max_size=4).map(tuple),
    silences=st.lists(silences, max_size=2).map(tuple),
)


@given(stories)
@settings(max_examples=150, deadline=None)
def test_every_story_gets_a_verdict_that_proves_nothing(told):
    weighed = weigh([evidence(told)], CAUSES)
    slugs = [
        one.cause for group in (weighed.findings, weighed.ruled_out, weighed.not_tested) for one in group
    ]
    assert sorted(slugs) == sorted(cause.slug for cause in CAUSES)
    assert all(finding.certainty is not Certainty.PROVEN for finding in weighed.findings)
    assert all(finding.facts for finding in weighed.findings)


@given(stories, st.sampled_from([101, 400, 401, 404, 502]))
@settings(max_examples=50, deadline=None)
def test_every_story_joins_with_a_probe(told, status):
    seen = make_evidence(make_attempt(answer=make_answer(status)), story=told)
    weigh([seen], CAUSES)


CONFIGURATIONS = (
    model(whole(f"location / {{\n{LINES}{PASS}\n}}\n", name=HOST)),
    model(whole(f"location / {{\n{PASS}\n}}\nlocation = {PATH} {{ deny all; }}\n", name=HOST)),
    model(whole("return 404;", listen="80 default_server", name="_")),
)


@given(stories, st.sampled_from(CONFIGURATIONS))
@settings(max_examples=60, deadline=None)
def test_every_story_is_held_against_a_configuration(told, configuration):
    given_ = evidence(told)
    hops = follow([configuration], given_.sending, given_.sending.port, "", Running((1, 31, 0), "said"))
    weighed = weigh([replace(given_, config=hops)], CAUSES)
    assert all(finding.facts for finding in weighed.findings)


def test_every_cause_judges_evidence_without_a_baseline():
    told = evidence(story(meant(), access(400), server(400), nginx_error(Says.NOTHING, "")))
    for cause in CAUSES:
        assert isinstance(cause.judge(told), Supported | RuledOut | Unknown)
