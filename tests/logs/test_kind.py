import pytest

from logs.telling import entry, start
from ws101.logs.entry import Told
from ws101.logs.kind import kind
from ws101.logs.story import Story
from ws101.terms import Hop


def opened(took, status=101):
    start()
    return Story(
        (entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx", path="/ws", status=status, took=took),)
    )


def test_sockets_that_a_time_out_may_have_cut_are_not_of_one_kind_with_others():
    assert kind(opened(60.02)) == kind(opened(59.98))
    assert len({kind(opened(took)) for took in (None, 0.2, 23.0, 60.0, 100.0)}) == 5
    assert kind(opened(23.0)) == kind(opened(47.0))


def test_how_long_a_refusal_took_tells_only_whether_something_was_waited_for():
    assert kind(opened(60.0, 504)) == kind(opened(30.0, 504)) != kind(opened(0.1, 504))


def at(path):
    start()
    return Story((entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx", path=path, status=404),))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/ws/room/1", "/ws/room/4711"),
        ("/ws/1/2", "/ws/3/4"),
        ("/chat/room-117", "/chat/room-4711"),
        ("/ws/6a1b0f1e-5c7d-4a39-9c55-0d6b3f1a2c4d", "/ws/0d6b3f1a-5c7d-4a39-9c55-6a1b0f1e2c4d"),
        ("/ws/[token 1a2b]/live", "/ws/[token 3c4d]/live"),
        ("/sockjs/042/abcdefgh/websocket", "/sockjs/999/zyx012ab/websocket"),
    ],
)
def test_ids_in_a_path_make_no_kinds(one, other):
    assert kind(at(one)) == kind(at(other)) != kind(at(f"{other}?since=3"))


@pytest.mark.parametrize("other", ["/v2/ws", "/v1/ws/", "/v1/wss", "/v1/notifications-of-timers", "/v1/ws/1"])
def test_routes_are_kinds_of_their_own(other):
    assert kind(at("/v1/ws")) != kind(at(other))
