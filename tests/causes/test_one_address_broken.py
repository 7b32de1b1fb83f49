from msgspec.structs import replace

from causes.building import make_answer
from causes.connecting import PROXY, WORKS, dialled, ended, make_case, met, secure
from ws101.attempt import Ending, Layer
from ws101.cause import RuledOut, Supported, Unknown
from ws101.causes.one_address_broken import CAUSE
from ws101.observed import Resolution
from ws101.terms import Certainty

V4, OTHER_V4, V6 = "192.0.2.1", "192.0.2.2", "2001:db8::1"


def test_a_working_handshake_with_an_address_that_refuses():
    ruling = CAUSE.judge(make_case(met(WORKS), **dialled((V4, None), (V6, Ending.REFUSED))))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.LIKELY
    assert not ruling.latent
    assert ruling.remedy is not None
    assert ruling.remedy.patch == "listen [::]:443 ssl;"


def test_beside_a_refusal_by_the_address_used_it_is_latent():
    ruling = CAUSE.judge(
        make_case(met(make_answer(404)), **dialled((V4, None), (OTHER_V4, Ending.TIMED_OUT)))
    )
    assert isinstance(ruling, Supported)
    assert ruling.latent


def test_another_address_mends_the_handshake():
    baseline = replace(met(make_answer(404, "old release")), address=V4)
    ruling = CAUSE.judge(
        make_case(baseline, {f"address-{OTHER_V4}": met(WORKS)}, **dialled((V4, None), (OTHER_V4, None)))
    )
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert [fact.text for fact in ruling.facts] == [f"{V4}: 404", f"{OTHER_V4}: 101"]


def test_two_different_refusals_prove_nothing():
    baseline = replace(met(make_answer(404)), address=V4)
    others = {f"address-{OTHER_V4}": met(make_answer(502))}
    ruling = CAUSE.judge(make_case(baseline, others, **dialled((V4, None), (OTHER_V4, None))))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.POSSIBLE


def test_the_status_that_the_client_saw_comes_from_another_address():
    baseline = replace(met(WORKS), address=V4)
    others = {f"address-{OTHER_V4}": met(make_answer(502))}
    seen = dialled((V4, None), (OTHER_V4, None))
    ruling = CAUSE.judge(make_case(baseline, others, saw=502, **seen))
    assert isinstance(ruling, Supported)
    assert ruling.certainty is Certainty.PROVEN
    assert not isinstance(CAUSE.judge(make_case(baseline, others, saw=404, **seen)), Supported)


def test_a_machine_without_ipv6_says_nothing_about_ipv6_addresses():
    ruling = CAUSE.judge(make_case(met(WORKS), **dialled((V4, None), (V6, Ending.UNREACHABLE))))
    assert ruling == Unknown("the same check from a machine that has IPv6")


def test_innocent_addresses():
    assert CAUSE.judge(make_case(met(WORKS), **dialled((V4, None)))) == RuledOut("there is one address")
    undialled = make_case(met(WORKS), names=Resolution("ws101.test", (V4,)))
    assert CAUSE.judge(undialled) == RuledOut("there is one address")
    both = make_case(met(WORKS), **dialled((V4, None), (V6, None)))
    assert CAUSE.judge(both) == RuledOut("every address connects")
    none = make_case(ended(Layer.TCP, Ending.REFUSED), **dialled((V4, Ending.REFUSED), (V6, Ending.REFUSED)))
    assert CAUSE.judge(none) == RuledOut("no address connects")


def test_a_forward_proxy_chooses_the_address():
    assert isinstance(CAUSE.judge(make_case(met(WORKS, secure(forward_proxy=PROXY)))), RuledOut)
