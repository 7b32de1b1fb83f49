import pytest
from msgspec.structs import replace

from render.reports import REPORTS
from ws101.render import history, terminal
from ws101.report import UNTOLD, Account, Chronicle, Group, LogLine, LogSource, Silent
from ws101.terms import Certainty, Hop, StepState

PROXY = Silent(Hop.PROXY, "error.log", sure=True, why="it writes from info on")


def wrote(hop):
    return LogLine(hop, f"{hop.value}.log:1", 0.0, "GET /ws", "")


def test_a_log_that_would_have_a_line_shows_that_the_handshake_did_not_get_there():
    said = history.silence(PROXY, Account(lines=(wrote(Hop.CLIENT),), silent=(PROXY,)))
    assert said == "it has no line of this handshake, which did not get there: it writes from info on"


def test_it_did_get_there_where_that_hop_or_one_behind_wrote_of_it():
    for hop in (Hop.PROXY, Hop.SERVER):
        said = history.silence(PROXY, Account(lines=(wrote(Hop.CLIENT), wrote(hop)), silent=(PROXY,)))
        assert said == "it has no line of this handshake: it writes from info on"


def test_a_span_of_one_second_is_one_moment():
    assert history.span(0.0, 3600.0) == "1970-01-01 00:00:00 – 01:00:00 UTC"
    assert history.span(0.25, 0.75) == "1970-01-01 00:00:00 UTC"
    assert history.span(0.0, 0.0) == "1970-01-01 00:00:00 UTC"


def test_a_clock_that_differs_is_told_in_hours_and_minutes():
    for offset, words in (
        (7020.0, "1 h 57 min ahead"),
        (-180.2, "3 min behind"),
        (61.0, "1 min 1 s ahead"),
        (7200.0, "2 h ahead"),
        (7202.0, "2 h ahead"),
        (1.2, "1 s ahead"),
    ):
        assert history.told(LogSource("a.log", Hop.CLIENT, "", 2, 1, 0, offset=offset)).endswith(
            f"its clock is {words}"
        )


def test_a_log_without_a_handshake_tells_of_which_time_it_is():
    said = history.told(LogSource("access.log", Hop.PROXY, "nginx-combined", 30, 0, 0, 0.0, 3600.0))
    assert said == "30 lines, none of a handshake, 1970-01-01 00:00:00 – 01:00:00 UTC"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (0, "30 lines, 2 of ws101's own, left out, none of another handshake"),
        (1, "30 lines, 2 of ws101's own, left out, 1 of handshakes"),
    ],
)
def test_what_a_check_sent_is_told_apart(entries, said):
    assert history.told(LogSource("access.log", Hop.PROXY, "nginx-combined", 30, entries, 0, ours=2)) == said


def test_times_that_name_no_zone_are_told_as_they_were_written():
    unzoned = LogSource("client.log", Hop.CLIENT, "words", 30, 2, 0, 0.0, 3600.0, zoned=False)
    zoned = LogSource("access.log", Hop.PROXY, "nginx-combined", 30, 2, 0, 0.0, 3600.0)
    assert (
        history.spanned(Chronicle((unzoned,), (), 0.0, 3600.0)) == "1970-01-01 00:00:00 – 01:00:00 as written"
    )
    assert history.spanned(Chronicle((unzoned, zoned), (), 0.0, 0.0)) == "1970-01-01 00:00:00 UTC"


def group(**told):
    return Group(**{"outcome": "refused", "status": 404, "cause": "", "certainty": None, "count": 9, "first": None, "last": None,
                    "clients": (), "paths": (), "over_time": (), **told})  # fmt: skip


def test_clients_that_are_not_named_are_told_as_more():
    named = (("192.0.2.1", 2), ("192.0.2.2", 1))
    assert history.whom(group(clients=named)) == "2 clients: 192.0.2.1 (2), 192.0.2.2 (1)"
    assert history.whom(group(clients=named, other_clients=6)).startswith("2 clients or more: ")


def test_a_host_is_named_where_the_logs_tell_of_several():
    shop, chat = group(hosts=(("shop.example", 9),)), group(hosts=(("chat.example", 8), ("shop.example", 1)))
    assert history.whither(shop, Chronicle((), (shop,), None, None)) == ""
    both = Chronicle((), (shop, chat), None, None)
    assert history.whither(shop, both) == "host shop.example"
    assert history.whither(chat, both) == "2 hosts: chat.example (8), shop.example (1)"


def test_one_handshake_alone_is_told_by_its_account():
    report = REPORTS["logged"]
    alone = replace(report, chronicle=replace(report.chronicle, groups=(group(count=1),)))
    assert history.beside(report) == ("one of them", "joined by address, path, time")
    assert history.beside(alone) == ("2026-11-25 08:46:40 – 12:16:40 UTC", "joined by address, path, time")
    for told, shown in ((report, True), (alone, False)):
        assert ("What became of the handshakes" in terminal.render(told)) is shown


def test_no_more_logs_are_asked_for_where_logs_name_the_cause():
    report = REPORTS["logged"]
    guessed = replace(report.findings[0], certainty=Certainty.POSSIBLE)
    for told, asked in ((report, False), (replace(report, findings=(guessed,)), True)):
        assert ("also give" in terminal.render(told)) is asked


def test_what_no_log_tells_more_of_has_another_mark_than_what_failed():
    report = REPORTS["logged"]
    groups = (group(), group(outcome=UNTOLD, status=None), group(status=101, outcome="works"))
    told = replace(report, chronicle=replace(report.chronicle, groups=groups))
    assert [history.fate(one) for one in groups] == [StepState.FAILED, StepState.UNKNOWN, StepState.PASSED]
    rows = [line for line in terminal.render(told).splitlines() if line[4:7] == "9  "]
    assert [line[2] for line in rows] == ["✗", "?", "✓"]
