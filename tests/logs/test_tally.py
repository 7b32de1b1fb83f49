import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.entry import Entry, Told
from ws101.logs.line import Place
from ws101.logs.story import Story
from ws101.logs.tally import Measure, Names, Tally, Times, client, measure
from ws101.terms import Hop


def entry(number: int = 1, hop: Hop = Hop.PROXY, **fields: object) -> Entry:
    return Entry(Place("a.log", number), "nginx", "nginx", hop, Told.ANSWERED, "text", **fields)  # type: ignore[arg-type]


def story(time: float = 100.0, address: str = "10.0.0.1", path: str = "/ws", status: int = 400) -> Story:
    return Story((entry(time=time, client=address, path=path, status=status),))


def test_a_group_tells_how_many_since_when_for_whom_and_where():
    tally: Tally[str] = Tally()
    for at, address in ((300.0, "10.0.0.2"), (100.0, "10.0.0.1"), (200.0, "10.0.0.2")):
        tally.add("refused", story(at, address, "/ws?token=x"))
    tally.add("works", story(status=101))
    refused, works = tally.groups()
    assert (refused.key, refused.measure.count, works.measure.count) == ("refused", 3, 1)
    assert (refused.measure.times.first, refused.measure.times.last) == (100.0, 300.0)
    assert refused.measure.clients.top(5) == (("10.0.0.2", 2), ("10.0.0.1", 1))
    assert refused.measure.paths.top(5) == (("/ws", 3),)
    assert refused.measure.times.parts(100.0, 300.0, 4) == (1, 0, 1, 1)


def test_the_story_that_is_told_by_most_hops_stands_for_its_group():
    tally: Tally[str] = Tally()
    rich = Story((entry(2), entry(3, Hop.SERVER)))
    for one in (story(), rich, story()):
        tally.add("refused", one)
    assert tally.groups()[0].story is rich


def test_a_story_stands_for_others_that_come_later():
    tally: Tally[str] = Tally()
    many = Measure()
    tally.add("refused", story(), stands_for=many)
    tally.add("refused", story())
    for _ in range(9):
        many.take(measure(story()))
    assert tally.groups()[0].measure.count == 10


def test_a_client_is_the_one_that_was_forwarded():
    assert client(Story((entry(client="10.0.0.9", forwarded="203.0.113.7, 10.0.0.1"),))) == "203.0.113.7"
    assert client(Story(())) == ""


def test_a_million_clients_take_no_more_memory_than_some_thousand_and_all_are_counted():
    names = Names()
    choose = random.Random(1)
    for _ in range(200):
        names.add(
            [f"10.{choose.randrange(256)}.{choose.randrange(256)}.1" for _ in range(500)] + ["10.9.9.9"] * 50
        )
    assert len(names.counts) <= 4096
    assert names.counts.total() + names.others == 200 * 550
    assert names.top(1) == (("10.9.9.9", 10_000),)
    assert names.rest(1) == 100_000


def test_years_take_no_more_memory_than_hours_and_all_are_counted():
    times = Times()
    for day in range(3000):
        times.add((day * 86400.0, day * 86400.0 + 1))
    assert len(times.counts) <= 4096
    assert times.counts.total() == 6000
    assert (times.first, times.last) == (0.0, 2999 * 86400.0 + 1)
    assert sum(times.parts(0.0, 2999 * 86400.0 + 1, 10)) == 6000
    assert max(times.parts(0.0, 2999 * 86400.0 + 1, 10)) <= 660


def test_groups_are_bounded_and_what_finds_no_group_is_counted():
    tally: Tally[int] = Tally()
    for key in range(1100):
        tally.add(key, story())
    assert len(tally.groups()) == 1024
    assert tally.ungrouped == 76


MOMENTS = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from("abc"), st.sampled_from("xy")), max_size=60
)


@given(MOMENTS, st.integers(0, 60))
def test_what_is_lent_in_parts_tells_what_single_handshakes_tell(moments, cut):
    def of(some: list[tuple[int, str, str]]) -> Tally[str]:
        tally: Tally[str] = Tally()
        for at, address, key in some:
            tally.add(key, story(float(at), address))
        return tally

    parts, whole = of(moments[:cut]), of(moments)
    for group in of(moments[cut:]).groups():
        parts.add(group.key, group.story, stands_for=group.measure)
    assert {g.key: g.measure for g in parts.groups()} == {g.key: g.measure for g in whole.groups()}
    assert Counter(g.key for g in whole.groups() for _ in range(g.measure.count)) == Counter(
        key for _, _, key in moments
    )
