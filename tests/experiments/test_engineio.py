from urllib.parse import parse_qs

import pytest

from causes.building import make_answer
from experiments.baselines import asking, sent, tried
from ws101.experiments import engineio

EVERY = (engineio.PARAMETERS, engineio.OTHER_VERSION, engineio.WITHOUT_SESSION)
UNKNOWN_TRANSPORT = make_answer(
    400, '{"code":0,"message":"Transport unknown"}', {"Content-Type": "application/json"}
)


def query(sending):
    return parse_qs(sending.request.query)


@pytest.mark.parametrize("experiment", EVERY, ids=lambda e: e.name)
def test_no_other_service_is_asked_in_engineios_words(experiment):
    assert tried(experiment, asking(target="/ws?sid=1")) is None


def test_the_answer_can_show_engineio_at_any_path():
    assert query(sent(engineio.PARAMETERS, asking(target="/live"), UNKNOWN_TRANSPORT))["transport"] == [
        "websocket"
    ]


@pytest.mark.parametrize(
    ("target", "version"),
    [("/socket.io/", "4"), ("/socket.io/?EIO=3", "3"), ("/engine.io/?transport=polling&EIO=4", "4")],
)
def test_missing_parameters_are_added_and_the_users_version_stays(target, version):
    there = query(sent(engineio.PARAMETERS, asking(target=target)))
    assert there == {"EIO": [version], "transport": ["websocket"]}


@pytest.mark.parametrize(("before", "after"), [("EIO=4", "3"), ("EIO=3", "4"), ("transport=websocket", "3")])
def test_the_other_version(before, after):
    assert query(sent(engineio.OTHER_VERSION, asking(target=f"/socket.io/?{before}")))["EIO"] == [after]


def test_the_session_is_left_out_and_the_rest_stays():
    there = sent(
        engineio.WITHOUT_SESSION, asking(target="/socket.io/?EIO=4&sid=abc&transport=websocket&token=a%2Fb")
    )
    assert there.request.target == "/socket.io/?EIO=4&transport=websocket&token=a%2Fb"


def test_what_is_right_is_left_alone():
    right = asking(target="/socket.io/?EIO=4&transport=websocket")
    assert tried(engineio.PARAMETERS, right) is None
    assert tried(engineio.WITHOUT_SESSION, right) is None
