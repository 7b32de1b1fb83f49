import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from causes.building import make_answer, make_attempt, make_evidence
from causes.witnessed import named
from experiments.baselines import examined
from ws101.cause import Cause, RuledOut, Supported, Unknown
from ws101.causes import CAUSES
from ws101.report import Fact, Remedy
from ws101.terms import Certainty, Hop
from ws101.verdict.weigh import weigh

PROVEN, LIKELY, POSSIBLE = Certainty.PROVEN, Certainty.LIKELY, Certainty.POSSIBLE
REMEDY = Remedy("mend it", Hop.SERVER)
REFUSED = make_evidence(make_attempt(answer=make_answer(400)))
WORKING = make_evidence(make_attempt(answer=make_answer(101)))


def stages(number, evidence=REFUSED):
    """Return as many stages, each with one obstacle more overcome."""
    return [replace(evidence, overcome=("repair",) * count) for count in range(number)]


def cause(slug, *rulings, generic=False):
    """Return a cause that rules so at each stage; the last ruling holds for those behind it."""
    return Cause(
        slug,
        Hop.SERVER,
        f"{slug} it is",
        REMEDY,
        lambda e: rulings[min(len(e.overcome), len(rulings) - 1)],
        generic,
    )


def says(certainty, **more):
    return Supported(certainty, (Fact("seen", "here"),), **more)


def ranked(*causes, evidence=REFUSED, count=1):
    return [(f.cause, f.certainty) for f in weigh(stages(count, evidence), causes).findings]


def order(*causes, **known):
    return [slug for slug, _ in ranked(*causes, **known)]


# ---- rank


def test_likely_comes_before_possible_and_the_table_decides_among_equals():
    causes = [
        cause("c", says(POSSIBLE)),
        cause("b", says(LIKELY)),
        cause("a", says(POSSIBLE)),
        cause("d", says(LIKELY)),
    ]
    assert order(*causes) == ["b", "d", "c", "a"]


def test_proven_comes_before_likely_wherever_they_stand():
    assert order(cause("likely", says(LIKELY)), cause("proven", says(PROVEN))) == ["proven", "likely"]


def test_what_is_behind_comes_after_what_stands_before_it():
    first = cause("first", says(LIKELY), RuledOut("gone"))
    second = cause("second", RuledOut("not here"), says(PROVEN))
    assert order(second, first, count=2) == ["first", "second"]


def test_what_will_refuse_next_comes_after_what_refuses_now():
    assert order(cause("next", says(PROVEN, latent=True)), cause("now", says(LIKELY))) == ["now", "next"]


def test_a_guess_about_now_comes_after_what_is_known_of_later():
    later = cause("later", RuledOut("not here"), says(LIKELY))
    assert order(cause("guess", says(POSSIBLE)), later, count=2) == ["later", "guess"]
    assert order(cause("guess", says(POSSIBLE)), cause("next", says(LIKELY, latent=True))) == [
        "next",
        "guess",
    ]


def past_the_proxy(*causes):
    straight = [REFUSED, replace(REFUSED, overcome=("direct",))]
    return weigh(straight, causes)


def test_what_is_met_straight_at_the_server_comes_after_what_the_users_own_handshake_met():
    guess, later = (
        cause("guess", says(POSSIBLE), RuledOut("it is not")),
        cause("later", RuledOut("not yet"), says(LIKELY)),
    )
    assert [f.cause for f in past_the_proxy(guess, later).findings] == ["guess", "later"]
    assert [f.cause for f in past_the_proxy(later).findings] == ["later"]


def test_a_way_around_the_proxy_tells_nothing_of_it():
    of_proxy = replace(cause("drops", Unknown("its file"), RuledOut("no proxy is seen")), hop=Hop.PROXY)
    weighed = past_the_proxy(of_proxy)
    assert weighed.ruled_out == ()
    assert [need.cause for need in weighed.not_tested] == ["drops"]


def test_a_generic_cause_comes_after_its_equals():
    assert order(cause("generic", says(POSSIBLE), generic=True), cause("named", says(POSSIBLE))) == [
        "named",
        "generic",
    ]


# ---- one for each


def test_a_cause_appears_once_at_its_first_and_surest():
    twice = cause("twice", says(POSSIBLE), says(LIKELY))
    assert ranked(twice, count=2) == [("twice", LIKELY)]
    early = cause("early", says(LIKELY), says(PROVEN))
    assert ranked(early, count=2) == [("early", LIKELY)]


def test_what_is_found_at_one_stage_is_not_ruled_out_by_another():
    found = weigh(stages(2), [cause("first", says(LIKELY), RuledOut("gone by now"))])
    assert [f.cause for f in found.findings] == ["first"]
    assert found.ruled_out == ()


def test_what_was_ruled_out_once_needs_no_more_evidence():
    found = weigh(stages(2), [cause("c", Unknown("more"), RuledOut("no", "some-probe"))])
    assert [(c.cause, c.why, c.experiment) for c in found.ruled_out] == [("c", "no", "some-probe")]
    assert found.not_tested == ()


def test_what_nobody_could_look_at_is_not_innocent():
    found = weigh(stages(1), [cause("c", Unknown("the log"))])
    assert [(n.cause, n.need) for n in found.not_tested] == [("c", "the log")]
    assert found.ruled_out == ()


# ---- what explains what


def test_a_proof_clears_what_merely_fits_the_same_obstacle():
    found = weigh(
        stages(1), [cause("fits", says(POSSIBLE)), cause("root", says(PROVEN)), cause("sure", says(LIKELY))]
    )
    assert [f.cause for f in found.findings] == ["root", "sure"]
    assert [(c.cause, c.why) for c in found.ruled_out] == [("fits", "what was seen is explained by root")]


def test_a_proof_clears_nothing_at_another_stage():
    root = cause("root", says(PROVEN), RuledOut("mended"))
    assert order(root, cause("fits", RuledOut("no"), says(POSSIBLE)), count=2) == ["root", "fits"]


def test_a_proof_clears_nothing_that_comes_next_and_nothing_that_may_be_its_reason():
    root = cause("root", says(PROVEN))
    assert order(root, cause("next", says(POSSIBLE, latent=True))) == ["root", "next"]
    assert order(root, cause("deeper", says(POSSIBLE, behind="root"))) == ["root", "deeper"]


def test_what_is_latent_explains_nothing():
    assert order(cause("latent", says(PROVEN, latent=True)), cause("fits", says(POSSIBLE))) == [
        "latent",
        "fits",
    ]


@pytest.mark.parametrize(
    ("root", "generic", "clears"),
    [
        (PROVEN, PROVEN, True),
        (LIKELY, LIKELY, True),
        (LIKELY, POSSIBLE, True),
        (LIKELY, PROVEN, False),
        (POSSIBLE, POSSIBLE, False),
    ],
)
def test_what_says_no_more_than_was_seen_gives_way_to_what_is_as_sure(root, generic, clears):
    found = order(cause("generic", says(generic), generic=True), cause("root", says(root)))
    assert ("generic" not in found) == clears


@pytest.mark.parametrize("certainty", [PROVEN, LIKELY])
def test_a_generic_cause_explains_nothing(certainty):
    found = order(cause("generic", says(certainty), generic=True), cause("fits", says(POSSIBLE)))
    assert found == ["generic", "fits"]


# ---- deeper reasons


def test_a_deeper_reason_goes_first_when_as_sure():
    surface, deeper = cause("surface", says(LIKELY)), cause("deeper", says(LIKELY, behind="surface"))
    assert order(surface, deeper) == ["deeper", "surface"]
    assert order(deeper, surface) == ["deeper", "surface"]


def test_a_deeper_reason_that_is_less_sure_stays_behind():
    surface, deeper = cause("surface", says(PROVEN)), cause("deeper", says(LIKELY, behind="surface"))
    assert order(surface, deeper) == ["surface", "deeper"]


def test_a_deeper_reason_goes_right_before_its_surface_and_no_further():
    others = cause("a", says(POSSIBLE)), cause("surface", says(POSSIBLE)), cause("b", says(POSSIBLE))
    assert order(*others, cause("deeper", says(POSSIBLE, behind="surface"))) == [
        "a",
        "deeper",
        "surface",
        "b",
    ]


def test_two_deeper_reasons_keep_their_order():
    surface = cause("surface", says(POSSIBLE))
    one, two = (cause(slug, says(POSSIBLE, behind="surface")) for slug in ("one", "two"))
    assert order(surface, one, two) == ["one", "two", "surface"]


def test_a_reason_behind_what_was_not_found_stays_where_it_ranks():
    assert order(cause("a", says(POSSIBLE)), cause("deeper", says(POSSIBLE, behind="absent"))) == [
        "a",
        "deeper",
    ]


# ---- --saw


def saw(*causes, evidence=WORKING, status=400):
    return ranked(*causes, evidence=replace(evidence, saw=status))


def test_the_only_damage_that_gives_the_status_is_likely():
    assert saw(cause("only", says(POSSIBLE)), cause("other", RuledOut("gives 401"))) == [("only", LIKELY)]


def test_of_two_damages_that_give_it_none_is_singled_out():
    assert saw(cause("one", says(POSSIBLE)), cause("two", says(POSSIBLE))) == [
        ("one", POSSIBLE),
        ("two", POSSIBLE),
    ]


def test_nothing_is_singled_out_without_a_question_or_where_the_handshake_fails():
    assert saw(cause("only", says(POSSIBLE)), status=None) == [("only", POSSIBLE)]
    assert saw(cause("only", says(POSSIBLE)), evidence=REFUSED) == [("only", POSSIBLE)]


def test_what_is_surer_stays_so():
    assert saw(cause("only", says(PROVEN))) == [("only", PROVEN)]


# ---- what a finding holds


def test_a_finding_takes_the_causes_title_and_the_rulings_remedy():
    own = Remedy("this way", Hop.CLIENT)
    found = weigh(stages(1), [cause("a", says(LIKELY)), cause("b", says(LIKELY, remedy=own))]).findings
    assert [f.title for f in found] == ["a it is", "b it is"]
    assert [f.remedy for f in found] == [REMEDY, own]
    assert found[0].facts == (Fact("seen", "here"),)


# ---- whatever the rulings are

RULINGS = st.one_of(
    st.builds(
        says,
        st.sampled_from(list(Certainty)),
        latent=st.booleans(),
        behind=st.sampled_from(["", "c0", "c1", "c2"]),
    ),
    st.just(RuledOut("no")),
    st.just(Unknown("more")),
)


@st.composite
def tables(draw):
    count = draw(st.integers(1, 7))
    return [
        cause(f"c{n}", *draw(st.lists(RULINGS, min_size=1, max_size=3)), generic=draw(st.booleans()))
        for n in range(count)
    ]


@given(tables(), st.integers(1, 3), st.sampled_from([REFUSED, replace(WORKING, saw=400)]))
def test_every_cause_is_named_once_and_the_same_way_every_time(causes, count, evidence):
    found = weigh(stages(count, evidence), causes)
    assert found == weigh(stages(count, evidence), causes)
    named = [x.cause for part in (found.findings, found.ruled_out, found.not_tested) for x in part]
    assert sorted(named) == sorted(c.slug for c in causes)


@given(tables(), st.integers(1, 3))
def test_nothing_sure_comes_after_a_guess_but_for_a_deeper_reason(causes, count):
    found = ranked(*causes, count=count)
    deeper = {c.slug for c in causes for e in stages(count) if getattr(c.judge(e), "behind", "")}
    plain = [certainty for slug, certainty in found if slug not in deeper]
    guesses = [certainty is POSSIBLE for certainty in plain]
    assert guesses == sorted(guesses)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(examined())
def test_no_evidence_is_beyond_the_real_causes(evidence):
    found = weigh([evidence], CAUSES)
    named = [x.cause for part in (found.findings, found.ruled_out, found.not_tested) for x in part]
    assert sorted(named) == sorted(c.slug for c in CAUSES)
    if not evidence.stable and not evidence.works:
        assert not [f.cause for f in found.findings if f.certainty is PROVEN], (
            "proven though the answers waver"
        )


# ---- what the refusal itself names


def test_a_cause_that_the_refusal_names_explains_what_merely_fits():
    causes = [cause("wrong-path", says(POSSIBLE)), cause("token-expired", RuledOut("its time is not over"))]
    weighed = weigh([named("token-expired", status=401)], causes)
    assert [(f.cause, f.certainty) for f in weighed.findings] == [("token-expired", LIKELY)]
    assert [(c.cause, c.why) for c in weighed.ruled_out] == [
        ("wrong-path", "what was seen is explained by token-expired")
    ]


def test_a_cause_that_is_proven_comes_before_one_that_is_named():
    causes = [cause("token-expired", says(POSSIBLE)), cause("b", says(PROVEN))]
    assert order(*causes, evidence=named("token-expired", status=401)) == ["b", "token-expired"]
