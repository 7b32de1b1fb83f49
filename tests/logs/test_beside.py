from logs.telling import NOW, entry, start
from ws101.logs.beside import NEAR, Beside, Near
from ws101.logs.entry import Entry, Told
from ws101.terms import Hop

SECOND = int(NOW)


def near(*entries: Entry, now: float = NOW, second: int = SECOND) -> Near | None:
    beside = Beside()
    for one in entries:
        beside.add(one, now)
    return beside.near(second)


def came(**more: object) -> Entry:
    return entry(Hop.SERVER, Told.SEEN, "server.log", "guide-server", **({"time": NOW, "path": "/ws"} | more))


def became(status: int | None, **more: object) -> Entry:
    return entry(
        Hop.SERVER, Told.ANSWERED, "server.log", "guide-server", **({"time": NOW, "status": status} | more)
    )


def setup_function():
    start()


def test_what_names_its_client_is_near_to_this_client_alone():
    found = near(came(forwarded="203.0.113.9, 10.0.0.1"), became(401))
    assert found is not None
    assert found.clients == {b"203.0.113.9", b"10.0.0.1"}
    assert not found.claims("kind", "/ws", 401)


def test_what_names_no_client_is_near_to_rows_of_its_path_and_status():
    found = near(came(), became(401))
    assert found is not None
    claimed = [
        found.claims(at, *row)
        for at, row in enumerate([("/ws", 401), ("/ws", 101), ("/x", 401), ("/ws", None)])
    ]
    assert claimed == [True, False, False, True]


def test_a_refusal_without_a_status_is_near_to_all_but_opened_sockets():
    found = near(became(None))
    assert found is not None
    assert [found.claims(status, "/ws", status) for status in (400, 401, 101)] == [True, True, False]


def test_what_became_is_not_joined_where_two_came():
    found = near(came(forwarded="10.0.0.1"), came(forwarded="10.0.0.2"), became(401))
    assert found is not None
    assert found.claims("kind", "/ws", 401)


def test_nothing_is_near_that_is_far_away():
    assert near(came(), second=SECOND + NEAR + 1) is None
    assert near(came(), second=SECOND + NEAR) is not None


def test_a_source_expects_what_becomes_of_what_came():
    beside = Beside()
    beside.add(came(forwarded="10.0.0.1"), NOW)
    assert beside.expects("server.log", NOW)
    assert not beside.expects("server.log", NOW + 100)
    assert not beside.expects("other.log", NOW)
    beside.add(became(101), NOW)
    assert not beside.expects("server.log", NOW)


def test_what_is_over_is_forgotten():
    beside = Beside()
    beside.add(came(), NOW)
    beside.forget(SECOND + 1)
    assert beside.near(SECOND) is None
