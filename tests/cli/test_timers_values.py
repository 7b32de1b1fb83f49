import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timers.client.building import timer, timer_list
from ws101.cli.timers_values import duration, find
from ws101.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("25m", 1500),
        ("1h30m", 5400),
        ("90s", 90),
        ("25:00", 1500),
        ("1:02:03", 3723),
        ("1h 5s", 3605),
        ("168h", 604_800),
    ],
)
def test_durations_as_people_write_them(text, seconds):
    assert duration(text) == seconds * 1000


@pytest.mark.parametrize(
    "text", ["", " ", "5", "25 minutes", "m", "-5m", "1.5h", "5m5", "٥m", "1:2", "x" * 999]
)
def test_what_is_no_duration_is_told_how_to_be_one(text):
    with pytest.raises(UsageError, match="Write 25m, 1h30m, 90s or 25:00") as refused:
        duration(text)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("text", ["0s", "0:00", "169h", "99999h"])
def test_bounds_are_told(text):
    with pytest.raises(UsageError, match="from one second to seven days"):
        duration(text)


@given(st.integers(1, 7 * 86_400))
def test_a_clock_reads_back(seconds):
    from ws101.cli.timers_face import clock

    assert duration(clock(seconds)) == seconds * 1000


LISTS = [
    timer_list(name=name, id=f"{at}{name.lower()}-0000")
    for at, name in enumerate(["Work", "Workout", "Home", "home"])
]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Work", "Work"),
        ("work", "Work"),
        ("worko", "Workout"),
        ("Home", "Home"),
        ("home", "home"),
        ("2home", "Home"),
    ],
)
def test_a_name_or_its_beginning_is_enough(word, found):
    assert find(LISTS, word, "list").name == found


def test_what_could_be_several_is_told_with_their_ids():
    with pytest.raises(UsageError, match=r"any of these lists: Work \(0work-00\), Workout \(1workout\)"):
        find(LISTS, "wor", "list")
    with pytest.raises(UsageError, match="any of these lists"):
        find(LISTS, "HOME", "list")


def test_what_is_not_there_is_told_with_what_is():
    with pytest.raises(UsageError, match="no list 'x'. There are: Work, Workout, Home, home"):  # noqa: RUF043
        find(LISTS, "x", "list")
    with pytest.raises(UsageError, match=r"There are no lists\. Make one"):
        find([], "x", "list", "Make one")


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_any_word_finds_or_is_refused(word, names):
    items = [timer(name, id=f"id-{at}") for at, name in enumerate(names)]
    with contextlib.suppress(UsageError):
        assert find(items, word, "timer") in items
