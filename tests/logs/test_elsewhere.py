"""A log with a line that fits a handshake, though it was joined to another that is like it, is not sure to be silent."""

import pytest

from logs.telling import NOW, entry, start
from ws101.logs.elsewhere import Elsewhere
from ws101.logs.entry import Told
from ws101.logs.moment import Clocks
from ws101.logs.story import Silence
from ws101.logs.strand import strand
from ws101.logs.witness import Witness
from ws101.terms import Hop

SILENT = Silence(Witness("traefik.log", "traefik-clf", "traefik", Hop.PROXY), sure=True, why="it logs all")


@pytest.fixture(autouse=True)
def _lines_begin_at_one():
    start()


def met(**more):
    return strand(
        entry(
            Hop.CLIENT,
            Told.ANSWERED,
            "client.log",
            "words",
            **({"time": NOW, "path": "/ws", "status": 403} | more),
        ),
        Clocks(),
    )


def elsewhere(by="time", **more):
    """Return what is told of another client's handshake, to which Traefik's line was joined."""
    line = {"time": NOW + 1, "path": "/ws", "status": 403} | more
    other = strand(entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx-combined", **line), Clocks())
    other.take(strand(entry(Hop.PROXY, Told.ANSWERED, "traefik.log", "traefik-clf", **line), Clocks()), [by])
    return Elsewhere([other], Clocks())


def test_a_line_that_fits_and_was_joined_by_its_likeness_leaves_a_doubt():
    doubted = elsewhere().doubted(SILENT, met())
    assert not doubted.sure
    assert "joined to another handshake that is like this one" in doubted.why


@pytest.mark.parametrize(
    "line", [{"path": "/other"}, {"status": 404}, {"time": NOW + 60}, {"by": "Sec-WebSocket-Key"}]
)
def test_what_does_not_fit_or_is_surely_anothers_leaves_none(line):
    assert elsewhere(**line).doubted(SILENT, met()) is SILENT


def test_a_log_without_such_a_line_is_silent():
    assert Elsewhere([met()], Clocks()).doubted(SILENT, met()) is SILENT


OF_SERVER = Silence(Witness("server.log", "uvicorn", "uvicorn", Hop.SERVER), sure=True, why="it logs all")


def proxied(**more):
    line = {"time": NOW, "path": "/live", "status": 404} | more
    return strand(entry(Hop.PROXY, Told.ANSWERED, "access.log", "nginx-combined", **line), Clocks())


def of_server(**more):
    line = {"time": NOW + 1, "path": "/socket", "status": 404} | more
    return Elsewhere(
        [strand(entry(Hop.SERVER, Told.ANSWERED, "server.log", "uvicorn", **line), Clocks())], Clocks()
    )


def test_an_answer_of_that_moment_at_another_path_leaves_a_doubt():
    doubted = of_server().doubted(OF_SERVER, proxied())
    assert not doubted.sure
    assert "server.log:" in doubted.why
    assert "a proxy may rewrite it" in doubted.why


@pytest.mark.parametrize("line", [{"status": 403}, {"time": NOW + 60}, {"method": "POST"}])
def test_an_answer_at_another_path_that_differs_in_more_leaves_none(line):
    assert of_server(**line).doubted(OF_SERVER, proxied(method="GET")) is OF_SERVER


def test_an_answer_at_another_path_that_a_proxy_has_a_line_for_leaves_none():
    other = strand(
        entry(Hop.SERVER, Told.ANSWERED, "server.log", "uvicorn", time=NOW, path="/socket", status=404),
        Clocks(),
    )
    other.take(proxied(path="/socket"), ["path"])
    assert Elsewhere([other], Clocks()).doubted(OF_SERVER, proxied()) is OF_SERVER
