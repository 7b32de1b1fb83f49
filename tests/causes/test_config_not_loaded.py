from causes.building import make_answer, make_attempt, make_evidence
from causes.recorded import behind_nginx, recorded, seen
from ws101.cause import RuledOut, Unknown
from ws101.causes.config_not_loaded import judge

REFUSAL = recorded("uvicorn-403")


def test_the_wire_alone_cannot_tell():
    assert isinstance(judge(behind_nginx(REFUSAL)), Unknown)
    assert isinstance(judge(make_evidence(make_attempt())), Unknown)


def test_no_proxy_is_seen():
    assert judge(seen(REFUSAL, {"malformed-host": make_answer(400)})).experiment == "malformed-host"
    assert isinstance(judge(seen(REFUSAL)), Unknown)


def test_a_working_handshake():
    assert judge(make_evidence(make_attempt(answer=make_answer(101)))) == RuledOut("the handshake works")
