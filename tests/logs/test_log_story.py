import pytest

from logs.telling import entry, start
from ws101.logs.entry import Told
from ws101.logs.story import Story
from ws101.signature import Says
from ws101.terms import Hop


@pytest.fixture(autouse=True)
def _lines_begin_at_one():
    start()


def client(told=Told.ANSWERED, **more):
    return entry(Hop.CLIENT, told, "client.log", "c", **more)


def proxy(told=Told.ANSWERED, **more):
    return entry(Hop.PROXY, told, "access.log", "p", **more)


def server(told=Told.ANSWERED, **more):
    return entry(Hop.SERVER, told, "server.log", "s", **more)


def story(*entries):
    return Story(entries)


def test_the_status_is_what_the_client_met_else_the_outermost_answer():
    assert story(client(status=400), proxy(status=502)).status == 400
    assert story(client(Told.MEANT), proxy(status=502), server(status=500)).status == 502
    assert story(proxy(status=499, upstream="10.0.0.2:80")).status is None
    assert story(server(Told.SEEN)).status is None


def test_it_works_only_if_the_client_finds_nothing_wrong():
    assert story(proxy(status=101), server(status=101)).works
    assert not story(client(Told.WRONG, says=Says.ACCEPT_KEY), proxy(status=101)).works
    assert story(proxy(status=101), server(Told.ENDED, close_code=1006)).works


def test_a_connection_that_failed_before_a_request_may_be_anyones():
    failed = proxy(Told.WRONG, says=Says.TLS_TO_PLAIN)
    assert story(failed).nameless
    assert not story(client(Told.MEANT), failed).nameless
    assert not story(proxy(Told.WRONG, path="/ws")).nameless


def test_its_time_is_told_by_a_clock_that_names_its_zone():
    local, zoned = client(Told.MEANT, time=7300.0, zoned=False), proxy(time=100.0, status=400)
    assert story(local, zoned).time == 100.0
    assert story(local).time == 7300.0
    assert story(server(Told.SEEN)).time is None
