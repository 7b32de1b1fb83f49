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
