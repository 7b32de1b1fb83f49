from causes.stories import access, client, meant, nginx_error, server, story
from ws101.logs.entry import Told
from ws101.logs.tally import measure
from ws101.report import ENDED, UNTOLD
from ws101.signature import Says
from ws101.terms import Certainty
from ws101.tokens.reading import Flaw
from ws101.verdict.ending import Ended, Ending, ending, settled
from ws101.verdict.ending import ended as of_host
from ws101.verdict.logged import judge

IDLE = Ending("works", 101, "idle-timeout", Certainty.POSSIBLE)


def ended(told, count=1):
    many = measure(told)
    many.count = count
    return Ended(ending(told, judge(told).findings), told, many)


def opened(took):
    return story(access(101, 300, took=took))


def test_an_ending_names_its_first_cause():
    assert ended(opened(60.02)).ending == IDLE
    assert ended(opened(23.0)).ending == Ending("works", 101, "", None)
    assert ended(story(access(400))).ending.outcome == "refused"


def test_what_would_be_refused_next_did_not_end_it():
    assert ended(story(client(status=418, flaws=(Flaw.EXPIRED,)))).ending == Ending("refused", 418, "", None)


def test_those_alike_are_for_the_host_that_one_of_them_names():
    told = story(access(404, host="Shop.example:8443"))
    many = measure(told)
    many.count = 7
    assert of_host(ended(told).ending, told, many).measure.hosts.top(9) == (("shop.example", 7),)
    assert of_host(ended(told).ending, story(access(404)), many).measure.hosts.top(9) == ()


def test_what_a_server_says_it_refused_is_refused_though_no_status_is_told():
    refusal = server(says=Says.TOKEN_EXPIRED)
    refusal.told = Told.ANSWERED
    assert ended(story(refusal)).ending.outcome == "refused"
    assert ended(story(client(Says.REFUSED))).ending.outcome == "failed before an answer"


def test_what_came_and_of_which_no_log_tells_more_is_not_called_failed():
    for told in (story(meant()), story(server())):
        assert ended(told).ending.outcome == UNTOLD
    closed = nginx_error(Says.NOTHING, "upstream closed an upgraded connection")
    closed.told = Told.ENDED
    assert ended(story(closed)).ending.outcome == ENDED
    failed, works = Ending("refused", 404, "", None), Ending("works", 101, "", None)
    untold = Ending(UNTOLD, None, "", None)
    assert sorted((works, untold, failed), key=lambda one: one.rank(9)) == [failed, untold, works]


def test_an_error_of_which_nobody_tells_the_answer_is_not_called_sooner_than_that():
    failed = server(words="connection handler failed")
    failed.told = Told.WRONG
    assert ended(story(failed)).ending.outcome == "failed, and no log tells the answer"


def test_a_few_sockets_that_lasted_as_long_as_a_time_out_ended_so_by_chance():
    left = settled((ended(opened(60.0), 3), ended(opened(23.0), 97)))
    assert [(one.ending.works, one.measure.count) for one in left] == [(True, 3), (True, 97)]
    assert left[0].story == left[1].story


def test_many_sockets_that_lasted_as_long_as_a_time_out_were_cut():
    every = (ended(opened(60.0), 40), ended(opened(23.0), 60))
    assert settled(every) == every


def test_one_socket_alone_is_told_as_it_is():
    for every in ((ended(opened(60.0)),), (ended(opened(60.0)), ended(opened(0.2), 500))):
        assert settled(every) == every


def test_what_a_log_says_was_cut_was_cut_however_few_they_are():
    told = story(access(101, 300, took=60.0), nginx_error(Says.IDLE, "upstream timed out"))
    every = (ended(told), ended(opened(23.0), 500))
    assert not every[0].ending.by_length
    assert settled(every) == every


def test_what_fails_comes_first_and_of_that_the_most():
    works, unknown = Ending("works", 101, "", None), Ending("refused", 400, "", None)
    guessed = Ending("refused", 401, "credentials-refused", Certainty.POSSIBLE)
    counts = {works: 900, unknown: 13, guessed: 2}
    assert sorted(counts, key=lambda one: one.rank(counts[one])) == [unknown, guessed, works]


def test_a_likely_cause_comes_before_what_is_not_ten_times_as_frequent():
    unknown, likely = (
        Ending("refused", 400, "", None),
        Ending("refused", 401, "token-expired", Certainty.LIKELY),
    )
    for count, first in ((3, likely), (29, likely), (31, unknown)):
        counts = {unknown: count, likely: 3}
        assert min(counts, key=lambda one: one.rank(counts[one])) == first
