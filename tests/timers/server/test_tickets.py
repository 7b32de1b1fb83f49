from timers.server.clockwork import Clockwork
from ws101.timers.server import tickets
from ws101.timers.server.tickets import LIFETIME, Tickets
from ws101.timers.server.tokens import Identity

ADA = Identity("ada", "session", 0)


def test_a_ticket_is_good_once():
    desk = Tickets(Clockwork())
    ticket, seconds = desk.issue(ADA)
    assert seconds == LIFETIME == 30
    assert desk.redeem(ticket) == ADA
    assert desk.redeem(ticket) is None


def test_a_ticket_is_good_for_thirty_seconds():
    clock = Clockwork()
    desk = Tickets(clock)
    in_time, late = desk.issue(ADA)[0], desk.issue(ADA)[0]
    clock.forward(29.9)
    assert desk.redeem(in_time) == ADA
    clock.forward(0.1)
    assert desk.redeem(late) is None


def test_what_is_no_ticket_opens_nothing():
    desk = Tickets(Clockwork())
    ticket, _ = desk.issue(ADA)
    for text in ("", "x", ticket + "=", ticket[:-1], ticket.lower(), "\udcff"):
        assert desk.redeem(text) is None
    assert desk.redeem(ticket) == ADA


def test_tickets_are_kept_as_hashes_within_a_bound(monkeypatch):
    monkeypatch.setattr(tickets, "_KEPT", 10)
    clock = Clockwork()
    desk = Tickets(clock)
    issued = [desk.issue(ADA)[0] for _ in range(15)]
    assert len(desk._open) == 10
    assert not {ticket.encode() for ticket in issued} & set(desk._open)
    assert desk.redeem(issued[0]) is None
    assert desk.redeem(issued[-1]) == ADA
    clock.forward(31)
    desk.issue(ADA)
    assert len(desk._open) == 1
