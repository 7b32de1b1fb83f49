import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from logs.telling import NOW, entry, start, stories_of
from ws101.logs.entry import Told
from ws101.logs.join import Joiner
from ws101.logs.witness import Jump, Witness
from ws101.signature import Says
from ws101.terms import Hop


@pytest.fixture(autouse=True)
def _lines_begin_at_one():
    start()


WS = "/api/v1/timers/notifications"


def access(at, status=400, *, client="203.0.113.9", path=WS, source="access.log", **more):
    more = {"method": "GET", "upstream": None} | more
    return entry(Hop.PROXY, Told.ANSWERED, source, "nginx-combined", time=float(int(NOW + at)), client=client, path=path,
                 status=status, software="nginx", **more)  # fmt: skip


def error(at, says=Says.PLAIN_HTTP_TO_TLS, *, client="203.0.113.9", path="", source="error.log", **more):
    return entry(Hop.PROXY, Told.WRONG, source, "nginx-error", time=float(int(NOW + at)), client=client, path=path, says=says,
                 software="nginx", **more)  # fmt: skip


def seen(at, *, source="server.log", path=WS, **more):
    return entry(Hop.SERVER, Told.SEEN, source, "guide-server", time=NOW + at, path=path, **more)


def answered(at, status=401, *, source="server.log", **more):
    return entry(Hop.SERVER, Told.ANSWERED, source, "guide-server", time=NOW + at, status=status, **more)


def meant(at=None, *, source="client.log", path=WS, **more):
    time = None if at is None else NOW + at
    return entry(Hop.CLIENT, Told.MEANT, source, "guide-client", time=time, scheme="wss", path=path, **more)


def met(status=400, at=None, *, source="client.log", **more):
    time = None if at is None else NOW + at
    return entry(Hop.CLIENT, Told.ANSWERED, source, "guide-client", time=time, status=status, **more)


def shape(stories):
    """Which records were joined, whatever the order."""
    return {frozenset((str(e.place), e.told) for e in story.entries) for story in stories}


def sizes(stories):
    return sorted(len(story.entries) for story in stories)


# ---- one handshake


def test_the_storys_logs_are_one_story():
    (story,) = stories_of([meant(), met(400), access(0.2), error(0.1)])
    assert [e.hop for e in story.entries] == [Hop.CLIENT, Hop.CLIENT, Hop.PROXY, Hop.PROXY]
    assert story.status == 400
    assert set(story.joined) >= {"client", "status", "time", "order"}
    assert story.apart == ()


def test_a_server_behind_a_proxy_joins_by_path_status_and_time():
    (story,) = stories_of([access(0, 401), seen(0.1), answered(0.2, 401), meant(0.0), met(401, 0.3)])
    assert len(story.entries) == 5
    assert story.apart == ()


def test_a_proxy_that_asked_nobody_has_no_server_behind_it():
    assert sizes(stories_of([access(0, 400, upstream=""), seen(0.1)])) == [1, 1]


def rewritten(at, status=404, **more):
    return answered(at, status, **{"path": "/socket", "method": "GET"} | more)


def test_a_server_that_was_asked_for_another_path_joins_where_nothing_but_the_path_speaks_against_it():
    told = [access(0, 404, path="/live"), rewritten(0.1), access(30, 404, path="/live"), rewritten(30.1)]
    stories = stories_of(told)
    assert sizes(stories) == [2, 2]
    assert all("joined by status and time alone" in story.apart[0] for story in stories)


@pytest.mark.parametrize(
    "more",
    [
        [access(10, 404, path="/live")],
        [rewritten(10)],
        [access(10, 404, path="/live"), rewritten(10, path="/elsewhere")],
        [access(0, 404, path="/other", client="203.0.113.10")],
    ],
    ids=["the server lacks one", "the proxy lacks one", "another path inside", "another path at that moment"],
)
def test_a_path_is_not_taken_for_rewritten_where_it_is_not_so_throughout(more):
    told = [access(0, 404, path="/live"), rewritten(0.1), *more]
    silences = [silence for story in stories_of(told) for silence in story.silences]
    assert sizes(stories_of(told)) == [1] * len(told)
    assert not any(silence.sure for silence in silences)


@pytest.mark.parametrize(
    "inside",
    [rewritten(0.1, 403), rewritten(5), rewritten(0.1, agent="curl/8"), rewritten(0.1, method="POST")],
    ids=["status", "time", "agent", "method"],
)
def test_a_path_is_not_taken_for_rewritten_where_more_than_the_path_differs(inside):
    assert sizes(stories_of([access(0, 404, path="/live", agent="websockets/17"), inside])) == [1, 1]


@pytest.mark.parametrize("kind", ["probe", "key", "request-id"])
def test_what_identifies_a_handshake_joins_it_whatever_the_clocks_and_paths_say(kind):
    ids = {"identity": {kind: "abc"}}
    (story,) = stories_of([access(0, **ids), seen(4000, **ids, path="/another")])
    assert len(story.entries) == 2


def test_a_client_whose_tls_failed_is_joined_to_the_connection_that_ended_before_a_request():
    failed = entry(
        Hop.CLIENT, Told.WRONG, "client.log", "guide-client", time=NOW + 0.2, says=Says.TLS_EXPIRED
    )
    (story,) = stories_of([failed, error(0, Says.CLOSED)])
    assert len(story.entries) == 2
    assert sizes(stories_of([failed, error(60, Says.CLOSED)])) == [1, 1]
    stories = stories_of([failed, error(0, Says.CLOSED), error(0, Says.NOTHING)])
    assert sizes(stories) == [1, 1, 1]
    assert all(story.apart for story in stories)


def test_what_became_of_one_url_is_clear_though_it_is_not_of_another():
    def line(told, host, **more):
        return entry(Hop.CLIENT, told, "client.log", "words", time=NOW, host=host, path="/ws", **more)

    lines = [
        *(line(Told.MEANT, "a.test") for _ in range(2)),
        line(Told.ANSWERED, "a.test", status=403),
        line(Told.MEANT, "b.test"),
        line(Told.ANSWERED, "b.test", status=502),
    ]
    assert next(len(s.entries) for s in stories_of(lines) if s.status == 502) == 2


def test_one_trace_may_hold_several_requests():
    ids = {"identity": {"trace-id": "abc"}}
    assert sizes(stories_of([access(0, **ids), seen(4000, **ids)])) == [2]
    assert sizes(stories_of([access(0, **ids), seen(0, **ids, path="/another")])) == [1, 1]


def test_a_key_that_is_sent_with_each_retry_joins_each_by_itself():
    ids = {"identity": {"key": "dGhlIHNhbXBsZSBub25jZQ=="}}
    entries = [e for i in range(5) for e in (access(5 * i, 401, **ids), seen(5 * i + 0.2, **ids))]
    assert sizes(stories_of(entries)) == [2] * 5


def test_connection_numbers_are_counted_by_each_nginx_for_itself():
    here = {"identity": {"connection": "7"}}
    both = [error(0, Says.UPSTREAM_REFUSED, path=WS, **here), error(1, Says.UPSTREAM_DOWN, path=WS, **here)]
    other = error(0.5, Says.UPSTREAM_REFUSED, path=WS, source="other.log", client="198.51.100.4", **here)
    assert sizes(stories_of([*both, other])) == [1, 2]


# ---- several handshakes


def test_what_one_thread_writes_in_one_moment_is_of_one_handshake():
    """Apache tells in one line why it could not connect, and in the next for whom."""
    one, other = ({"identity": {"thread": f"{thread} 59.19"}} for thread in (7, 8))
    told = stories_of([
        access(0, 503),
        error(0, Says.UPSTREAM_REFUSED, client="", **one),
        error(0, Says.UPSTREAM_DOWN, **one),
        access(0, 503, client="203.0.113.8"),
        error(0, Says.UPSTREAM_TIMEOUT, client="", **other),
        error(0, Says.UPSTREAM_DOWN, client="203.0.113.8", **other),
    ])  # fmt: skip
    reasons = [{entry.says for entry in story.entries if not entry.client} for story in told]
    reasons.sort(key=str)  # what was waited for in vain began earlier
    assert reasons == [{Says.UPSTREAM_REFUSED}, {Says.UPSTREAM_TIMEOUT}]


def test_retries_a_second_apart_are_not_merged():
    entries = [one for i in range(8) for one in (access(i, 401), seen(i + 0.2), answered(i + 0.21, 401))]
    stories = stories_of(entries)
    assert sizes(stories) == [3] * 8
    assert all(len({int(e.time) for e in story.entries}) == 1 for story in stories)


def test_no_outcome_is_of_a_try_that_came_after_it():
    one, other = {"forwarded": "203.0.113.1"}, {"forwarded": "203.0.113.2"}
    told = stories_of([seen(0.1, **one), seen(55.1, **other), answered(58.1, 401, **one), seen(65.1, **one)])
    (joined,) = (story for story in told if len(story.entries) == 2)
    assert [entry.time for entry in joined.entries] == [seen(0.1).time, seen(58.1).time]


def test_retries_every_five_seconds_of_a_client_without_times():
    entries = [one for i in range(6) for one in (meant(), met(400), access(5 * i), error(5 * i))]
    stories = stories_of(entries)
    assert sizes(stories) == [4] * 6
    client = [[e.place.line for e in s.entries if e.hop is Hop.CLIENT] for s in stories]
    assert client == sorted(client)


def test_that_one_of_several_alike_is_meant_is_said():
    stories = stories_of([meant(), met(400), *[access(5 * i) for i in range(4)]])
    assert sizes(stories) == [1, 1, 1, 3]
    (joined,) = [s for s in stories if len(s.entries) == 3]
    assert "another of 4" in " ".join(joined.apart)


def test_two_clients_behind_one_address_that_are_told_apart_by_their_status():
    entries = [
        access(0, 401),
        access(3, 101, took=2.7),
        seen(0.1),
        answered(0.15, 401),
        seen(0.4),
        answered(0.5, 101),
    ]
    assert sizes(stories_of(entries)) == [3, 3]


def test_two_clients_behind_one_address_that_nothing_tells_apart_are_joined_in_order_and_said():
    stories = stories_of([access(0), access(0), error(0), error(0)])
    assert sizes(stories) == [2, 2]
    assert all("another of 2" in " ".join(story.apart) for story in stories)


def test_what_may_belong_to_either_of_two_that_differ_is_left_apart_and_said():
    stories = stories_of([access(0, 400), access(0, 403), seen(0.4)])
    assert sizes(stories) == [1, 1, 1]
    assert all(story.apart for story in stories)


def test_blocks_of_two_handshakes_that_are_written_in_between_are_not_mixed():
    one, two = {"identity": {"request-id": "aa"}}, {"identity": {"request-id": "bb"}}
    entries = [
        seen(0, **one),
        seen(0.01, **two, path="/b"),
        answered(0.02, 401, **two),
        answered(0.03, 403, **one),
    ]
    assert shape(stories_of(entries)) == {
        frozenset({("server.log:1", Told.SEEN), ("server.log:4", Told.ANSWERED)}),
        frozenset({("server.log:2", Told.SEEN), ("server.log:3", Told.ANSWERED)}),
    }


def test_blocks_without_an_id_that_differ_are_left_apart():
    stories = stories_of([seen(0), seen(0.01, path="/b"), answered(0.02, 401), answered(0.03, 403)])
    assert sizes(stories) == [1, 1, 1, 1]
    assert all(story.apart for story in stories)


def test_threads_tell_blocks_apart():
    entries = [
        seen(0, stream="t1"),
        seen(0.01, path="/b", stream="t2"),
        answered(0.02, 401, stream="t2"),
        answered(0.03, 403, stream="t1"),
    ]
    assert sizes(stories_of(entries)) == [2, 2]


def test_a_crowd_that_reconnects_at_once_is_told_apart_by_addresses():
    entries = []
    for i in range(300):
        address = f"10.0.{i // 200}.{i % 200}"
        entries += [
            access(0.1, 401, client=address),
            seen(0.2, forwarded=address),
            error(0.1, Says.NOTHING, client=address),
        ]
    assert sizes(stories_of(entries)) == [3] * 300


def test_the_line_of_an_open_socket_is_written_when_it_closes():
    entries = [access(3600, 101, took=3599.8), seen(0.3), answered(0.35, 101), met(101, 0.4)]
    assert sizes(stories_of(entries)) == [4]


def test_a_refusal_without_a_status_is_of_no_socket_that_was_opened():
    refused = [seen(0.2, forwarded="203.0.113.9"), answered(0.3, None, says=Says.TOKEN_EXPIRED)]
    stories = stories_of([access(0, 401), access(600, 101), *refused])
    assert shape(stories) == {
        frozenset({("access.log:1", Told.ANSWERED), ("server.log:1", Told.SEEN), ("server.log:2", Told.ANSWERED)}),
        frozenset({("access.log:2", Told.ANSWERED)}),
    }  # fmt: skip


def test_of_open_sockets_that_are_alike_as_many_are_joined_as_there_are_partners():
    accepted = [seen(0.2, forwarded="203.0.113.9"), answered(0.3, 101)]
    stories = stories_of([access(10, 101), access(600, 101), *accepted])
    assert sizes(stories) == [1, 3]
    (joined,) = [s for s in stories if len(s.entries) == 3]
    assert "another of 2" in " ".join(joined.apart)


def test_what_fits_to_two_refusals_that_are_alike_may_be_of_neither_and_is_left_apart():
    stories = stories_of([access(0, 400), access(0, 400), error(0)])
    assert sizes(stories) == [1, 1, 1]
    assert all(story.apart for story in stories)


def test_a_crowd_that_nothing_tells_apart_is_left_apart_and_no_log_is_called_silent():
    entries = [e for _ in range(200) for e in (access(0.1, 401, client=""), seen(0.2), answered(0.3, 401))]
    watched = Witness(
        "server.log", "guide-server", "the server", Hop.SERVER, NOW - 9, NOW + 9, competent=True, every=True
    )
    stories = stories_of(entries, [watched])
    assert sizes(stories) == [1] * 200 + [2] * 200
    assert not any(story.silences for story in stories)
    assert all(story.apart for story in stories if len(story.entries) == 2)


def test_a_server_without_times_is_joined_by_addresses():
    entries = [
        one
        for i in range(60)
        for one in (
            access(i, 401, client=f"10.0.0.{i}"),
            entry(
                Hop.SERVER, Told.ANSWERED, "uvicorn.log", "uvicorn", client=f"10.0.0.{i}", path=WS, status=401
            ),
        )
    ]
    stories = stories_of(entries)
    assert sizes(stories) == [2] * 60
    assert all(len({e.client for e in story.entries}) == 1 for story in stories)


# ---- clocks


def irregular(i):
    return 5.0 * i + (i * i * 7) % 11


def test_a_server_that_is_37_seconds_ahead():
    entries = [
        e
        for i in range(8)
        for e in (access(irregular(i), 401), seen(37 + irregular(i)), answered(37.1 + irregular(i), 401))
    ]
    joiner = Joiner(lambda: ())
    stories = [*joiner.feed(entries), *joiner.finish()]
    assert sizes(stories) == [3] * 8
    assert joiner._ahead["server.log", "guide-server"] == pytest.approx(37.0, abs=1.0)


def test_a_writer_without_a_zone_is_aligned_by_whole_quarters_of_hours():
    entries = [access(0), error(7200), access(100), error(7300)]
    for one in entries:
        one.zoned = one.format != "nginx-error"
    assert sizes(stories_of(entries)) == [2, 2]


def test_one_handshake_is_enough_to_know_a_zone_but_not_an_offset():
    late = error(-19800)
    late.zoned = False
    assert sizes(stories_of([access(0), late])) == [2]
    assert sizes(stories_of([access(0), error(37)])) == [1, 1]


def test_one_identity_is_enough_to_know_an_offset():
    ids = {"identity": {"key": "abc"}}
    assert sizes(stories_of([access(0, **ids), seen(37, **ids), access(60, 403), seen(97.1)])) == [2, 2]


def test_retries_in_step_do_not_tell_an_offset_but_their_number_does():
    entries = [
        e for i in range(9) for e in (access(5 * i, 401), seen(37.5 + 5 * i), answered(37.6 + 5 * i, 401))
    ]
    stories = stories_of(entries)
    assert sizes(stories) == [3] * 9
    assert all(
        {e.place.line for e in s.entries if e.hop is Hop.PROXY} == {n + 1} for n, s in enumerate(stories)
    )


def test_one_container_may_write_with_a_zone_and_without():
    entries = [
        access(0, source="nginx"),
        error(7200, source="nginx"),
        access(90, source="nginx"),
        error(7290, source="nginx"),
    ]
    for one in entries:
        one.zoned = one.format != "nginx-error"
    assert sizes(stories_of(entries)) == [2, 2]


def test_a_clock_that_was_set_back_is_two_clocks():
    ids = [{"identity": {"key": f"k{n}"}} for n in range(4)]
    times = [(0, 0), (10, 10), (20, -3580), (30, -3570)]
    entries = [
        e for (a, b), more in zip(times, ids, strict=True) for e in (access(a, **more), seen(b, **more))
    ]
    plain = [access(40, 401), seen(-3560), answered(-3559.9, 401)]
    witness = Witness("server.log", "guide-server", "the server", Hop.SERVER, jumps=(Jump(3, -3590.0),))
    assert sizes(stories_of([*entries, *plain], [witness])) == [2, 2, 2, 2, 3]


def test_two_proxies_in_one_source_may_tell_of_one_handshake():
    outer = access(0, 401, source="compose", stream="edge-1", client="203.0.113.9")
    inner = access(0, 401, source="compose", stream="nginx-1", client="172.18.0.2", forwarded="203.0.113.9")
    assert sizes(stories_of([outer, inner])) == [2]


# ---- many, and while they come


def test_stories_come_out_while_more_is_fed_and_no_more_is_held_than_need_be():
    entries = []
    for i in range(9000):
        address = {"forwarded": f"10.0.0.{i % 250}"}
        entries += [
            access(i / 2, 401, client=address["forwarded"]),
            seen(i / 2 + 0.1, **address),
            answered(i / 2 + 0.2),
        ]
    joiner, stories = Joiner(lambda: ()), []
    for begin in range(0, len(entries), 500):
        stories += joiner.feed(entries[begin : begin + 500])
        assert len(joiner._held) <= 20_500
    early = len(stories)
    stories += joiner.finish()
    assert early > 3000
    assert sizes(stories) == [3] * 9000


def test_what_has_no_time_waits_for_the_end_and_makes_no_doubt_before():
    joiner, stories = Joiner(lambda: ()), []
    for i in range(15_000):
        client = [meant(), met(400)] if i % 100 == 0 else []
        address = f"10.1.{i % 250}.{i // 250}"
        stories += joiner.feed([*client, error(i, client=address, path=WS), access(i, client=address)])
    assert len(stories) > 5_000
    stories += joiner.finish()
    assert len(stories) == 15_000
    assert sum(bool(story.apart) for story in stories) == 150


def test_a_log_that_is_followed_is_told_up_to_a_moment():
    joiner = Joiner(lambda: ())
    assert (
        list(joiner.feed([access(0, 401), seen(0.1), access(9, 403), meant(source="other.log", path="/x")]))
        == []
    )
    assert sizes(joiner.settle(NOW + 5)) == [2]
    assert sizes(joiner.settle(NOW + 5)) == [1]
    assert sizes(joiner.finish()) == [1]


# ---- whatever comes


def _entries():
    hosts = st.sampled_from(["203.0.113.9", "198.51.100.4"])
    paths = st.sampled_from([WS, "/ws"])
    times = st.floats(0, 40).map(lambda t: round(t, 2))
    statuses = st.sampled_from([101, 400, 401])
    ids = st.sampled_from([{}, {}, {"key": "k1"}, {"request-id": "r1"}, {"connection": "3"}, {"probe": "p1"}])
    return st.lists(
        st.one_of(
            st.builds(
                access,
                times,
                statuses,
                client=hosts,
                path=paths,
                identity=ids,
                took=st.sampled_from([None, 0.1]),
            ),
            st.builds(error, times, client=hosts, path=st.sampled_from(["", WS]), identity=ids),
            st.builds(seen, times, path=paths, identity=ids),
            st.builds(answered, times, statuses),
            st.builds(meant, st.none() | times, path=paths),
            st.builds(met, statuses, st.none() | times),
        ),
        max_size=24,
    )


@settings(max_examples=150, deadline=None)
@given(_entries(), st.randoms(use_true_random=False))
def test_every_entry_is_in_exactly_one_story_and_the_order_of_sources_does_not_matter(entries, random):
    numbered = [replace(e, place=e.place._replace(line=n)) for n, e in enumerate(entries, 1)]
    stories = stories_of(numbered)
    told = sorted(e.place.line for story in stories for e in story.entries)
    assert told == list(range(1, len(numbered) + 1))
    shuffled = list(numbered)
    random.shuffle(shuffled)
    again = stories_of(shuffled)
    assert shape(again) == shape(stories)
    assert {(s.joined, s.apart) for s in again} == {(s.joined, s.apart) for s in stories}
    for story in stories:
        once = [
            (e.place.source, e.format, e.told)
            for e in story.entries
            if e.told in {Told.SEEN, Told.MEANT, Told.ANSWERED}
        ]
        assert len(once) == len(set(once))


@pytest.mark.parametrize(("status", "joined"), [(400, False), (502, True), (503, True), (200, True)])
def test_a_client_that_met_its_own_fault_is_not_joined_with_a_trouble_at_the_next_hop(status, joined):
    tried = entry(Hop.CLIENT, Told.ANSWERED, "client.log", "guide-client", path=WS, status=status)
    trouble = entry(
        Hop.PROXY, Told.WRONG, "error.log", "nginx-error", time=NOW, path=WS, says=Says.UPSTREAM_TIMEOUT
    )
    assert (len(stories_of([tried, trouble])) == 1) is joined


def test_what_has_no_time_is_joined_with_those_that_it_has_most_in_common_with():
    rows = [access(60 * n) for n in range(3)]
    refusal = entry(Hop.SERVER, Told.ANSWERED, "server.log", "guide-server", time=NOW + 500, path=WS)
    tries = [
        entry(Hop.CLIENT, Told.ANSWERED, "client.log", "guide-client", path=WS, status=400) for _ in range(2)
    ]
    stories = stories_of([*rows, refusal, *tries])
    assert sorted(len(story.entries) for story in stories) == [1, 1, 2, 2]
    joined = [{entry.hop for entry in story.entries} for story in stories if len(story.entries) == 2]
    assert joined == [{Hop.PROXY, Hop.CLIENT}] * 2


def test_two_proxies_in_a_row_are_joined_by_when_each_socket_was_closed():
    edge = [access(7 * n, 101, client=f"203.0.113.{n}") for n in range(200)]
    inner = [access(7 * n, 101, client="10.0.0.1", source="inner.log") for n in range(200)]
    stories = stories_of([*edge, *inner])
    assert [len(story.entries) for story in stories] == [2] * 200
    assert not any(story.apart for story in stories)


def test_two_proxies_side_by_side_are_not_joined_where_each_knows_its_own_clients():
    one = [access(7 * n, client=f"203.0.113.{n}") for n in range(4)]
    other = [access(7 * n, client=f"198.51.100.{n}", source="other.log") for n in range(4)]
    assert [len(story.entries) for story in stories_of([*one, *other])] == [1] * 8
    alike = [access(7 * n, client=f"203.0.113.{n}", source="other.log") for n in range(4)]
    assert [len(story.entries) for story in stories_of([*one, *alike])] == [2] * 4


def test_two_proxies_behind_one_load_balancer_are_not_joined_where_each_has_what_the_other_lacks():
    one = [access(20 * n, client="10.0.0.1") for n in range(20)]
    other = [access(20 * n + 10 * (n % 2), client="10.0.0.1", source="other.log") for n in range(20)]
    assert [len(story.entries) for story in stories_of([*one, *other])] == [1] * 40
    inner = [access(20 * n, client="10.0.0.2", source="other.log") for n in range(10)]
    assert [len(story.entries) for story in stories_of([*one, *inner])] == [2] * 10 + [1] * 10


def test_what_two_proxies_were_told_of_two_clients_is_of_two_handshakes():
    one = access(0, client="10.0.0.1", forwarded="203.0.113.9")
    for told, joined in (("203.0.113.9, 10.0.0.7", 1), ("198.51.100.4", 2)):
        other = access(0, client="10.0.0.1", source="other.log", forwarded=told)
        assert len(stories_of([one, other])) == joined
