import pytest

from logs.telling import entry
from ws101.logs.concern import Concern, bare, looks_so
from ws101.logs.entry import Told
from ws101.signature import Says
from ws101.terms import Hop


def request(path="/api", status=404, told=Told.ANSWERED, **more):
    return entry(Hop.PROXY, told, "a.log", "p", path=path, status=status, **({"method": "GET"} | more))


@pytest.mark.parametrize(
    "path",
    [
        "/ws",
        "/api/ws/",
        "/websocket",
        "/socket.io/?EIO=4&transport=websocket",
        "/cable",
        "/app/web-socket?x=1",
        "/chat-ws",
    ],
)
def test_paths_that_look_like_a_websockets(path):
    assert looks_so(path)
    assert Concern().worth(f'"GET {path} HTTP/1.1" 400')
    assert Concern().tells(request(path))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/news",
        "/api/live",
        "/wsdl",
        "/socket.io/?EIO=4&transport=polling",
        "/cables/1",
    ],
)
def test_paths_that_do_not(path):
    assert not looks_so(path)
    assert not Concern().tells(request(path))


def test_what_a_record_says_counts_more_than_its_path():
    for one in (
        request(status=101),
        request(status=426),
        request(headers={"upgrade": "websocket"}),
        request(headers={"connection": "keep-alive, Upgrade"}),
        request(identity={"key": "k"}),
        request(told=Told.MEANT, status=None),
    ):
        assert Concern().tells(one)
        assert not Concern(["/ws"]).asks_for([one])


def test_what_went_wrong_without_a_path_is_told():
    plain = entry(Hop.PROXY, Told.WRONG, "e.log", "p", says=Says.PLAIN_HTTP_TO_TLS)
    assert Concern().tells(plain)
    other = entry(Hop.PROXY, Told.WRONG, "e.log", "p", says=Says.NO_FILE, path="/favicon.ico")
    assert not Concern().tells(other)


def test_a_mark_is_enough():
    marked = request("/other", identity={"probe": "7f3a9c01-03"})
    assert Concern(["/ws"], mark="7f3a9c01").tells(marked)


def test_what_is_asked_for_is_named_by_one_record_of_a_handshake_or_by_none():
    ours, inner, mute = request("/api/ws", host="A.test:443"), request("/ws", host="app:8080"), request("")
    for concern in (Concern(["/api/ws"]), Concern(hosts=["a.test"]), Concern(["/api/ws/"], ["a.test"])):
        assert concern.asks_for([ours])
        assert concern.asks_for([ours, inner])
        assert concern.asks_for([mute])
        assert not concern.asks_for([inner])
    assert not Concern(["/api/ws"], ["b.test"]).asks_for([ours])
    assert Concern().asks_for([inner])


def test_paths_are_learned_from_what_is_sure():
    concern = Concern()
    concern.learn(request("/api/stream?token=[token 9f2c]", 101))
    concern.learn(request("/api/other", 400))
    assert concern.paths == {"/api/stream"}
    assert concern.tells(request("/api/stream", 400))
    assert not concern.tells(request("/api/stream?transport=polling"))


def test_bare_paths():
    assert [bare(path) for path in ("/ws/", "/ws?x=1", "/", "")] == ["/ws", "/ws", "/", "/"]


@pytest.mark.parametrize("path", ["/", "/stream", "/api/stream", "stream", "/rooms/4711"])
def test_a_line_with_a_known_path_is_worth_reading_whether_it_is_named_or_learned(path):
    named, learned = Concern([path, "/rooms/1"]), Concern()
    learned.learn(request("/rooms/1", status=101))
    learned.learn(request(path, status=101))
    line = f'"GET {path} HTTP/1.1" 404'
    assert named.worth(line)
    assert learned.worth(line) == (path != "/")
    for other in (named, learned):
        assert other.worth('"GET /rooms/1 HTTP/1.1" 404')
        assert not other.worth("rooms")
