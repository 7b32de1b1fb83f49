"""Every notation of time that logs are seen to have, and what is none."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs import stamp

MOMENT = 1795655359.0  # 2026-11-26 01:09:19 UTC

WRITTEN = [
    ("2026-11-26T01:09:19Z", 0.0, True),
    ("2026-11-26T01:09:19.123456789Z", 0.123456789, True),
    ("2026-11-26T02:09:19+01:00", 0.0, True),
    ("2026-11-25T20:09:19.5-0500", 0.5, True),
    ("2026-11-26 01:09:19,123", 0.123, False),
    ("2026-11-26 01:09:19 +0000", 0.0, True),
    ("2026-11-26 01:09:19.123 UTC", 0.123, True),
    ("2026-11-26T01:09:19", 0.0, False),
    ("2026/11/26 01:09:19", 0.0, False),
    ("2026/11/26 01:09:19.250000", 0.25, False),
    ("26/Nov/2026:01:09:19 +0000", 0.0, True),
    ("26/Nov/2026:06:39:19 +0530", 0.0, True),
    ("26/Nov/2026:01:09:19.123", 0.123, False),
    ("26-Nov-2026 01:09:19.123", 0.123, False),
    ("Thu Nov 26 01:09:19.123456 2026", 0.123456, False),
    ("Thu Nov 26 01:09:19 2026", 0.0, False),
    ("Thu, 26 Nov 2026 01:09:19 GMT", 0.0, True),
    ("Thu 2026-11-26 01:09:19 UTC", 0.0, True),
    ("Nov 26, 2026 1:09:19 AM", 0.0, False),
    ("2026/11/26 - 01:09:19", 0.0, False),
    ("26.11.2026 01:09:19.5", 0.5, False),
    ("26.11.2026 01:09:19", 0.0, False),
    ("2026-11-26 1:09:19 AM", 0.0, False),
    ("11/26/2026 1:09:19 AM", 0.0, False),
    ("11/26/2026, 1:09:19.250 am", 0.25, False),
    ("Nov 26 01:09:19", 0.0, False),
    ("Nov 26 01:09:19.500000", 0.5, False),
    ("I1126 01:09:19.500000", 0.5, False),
    ("1795655359", 0.0, True),
    ("1795655359.123", 0.123, True),
    ("1795655359123", 0.123, True),
    ("1795655359123456", 0.123456, True),
    ("1795655359123456789", 0.123456789, True),
]


@pytest.mark.parametrize(("text", "fraction", "zoned"), WRITTEN)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("[", "]"), ("", " INFO main - Started"), ("", "] x")]
)
def test_a_moment_in_every_notation(text, fraction, zoned, before, after):
    read = stamp.read(f"{before}{text}{after}", 2026)
    assert read is not None
    assert read.time == pytest.approx(MOMENT + fraction, abs=1e-6)
    assert read.zoned is zoned
    assert read.end == len(before + text) + (after == "]" and before == "[")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "GET / HTTP/1.1",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-26T24:00:00Z",
        "2026-11-26T01:60:00Z",
        "26/Foo/2026:01:09:19 +0000",
        "26/Nov/2026:01:09:19 +9900",
        "1795655359123:x",
        "192.168.100.200",
        "[2026-11-26T01:09:19Z",
        "٢026-11-26T01:09:19Z",
        "Nov 26, 2026 13:09:19 AM",
        "2026-11-26 13:09:19 PM",
        "26/11/2026 01:09:19",
        "13/26/2026 1:09:19 AM",
    ],
)
def test_what_is_no_time(text):
    assert stamp.read(text, 2026) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-26 10:09:19 PM",
        "2026-11-26 10:09:19.0 pm",
        "11/26/2026 10:09:19 PM",
        "Nov 26, 2026, 10:09:19 PM",
    ],
)
def test_a_clock_of_twelve_hours(text):
    assert stamp.read(f"{text} x").time == MOMENT + 21 * 3600


def test_a_day_that_leap_years_have():
    assert stamp.read("2028-02-29T00:00:00Z").time == 1835395200.0


def test_a_notation_without_a_year_needs_one():
    assert stamp.read("Nov 26 01:09:19") is None
    assert stamp.syslog("Feb  3 04:05:06", 2027).time == 1801627506.0


def test_numbers_of_any_unit():
    for number in (MOMENT, MOMENT * 1e3, MOMENT * 1e6, MOMENT * 1e9):
        assert stamp.of_number(number) == pytest.approx(MOMENT)
    assert stamp.of_number(12.5) is None
    assert stamp.of_number(float("nan")) is None


def test_the_whole_of_an_access_log_s_time():
    assert stamp.clf_time("26/Nov/2026:01:09:19 +0000") == MOMENT
    assert stamp.clf_time("26/Nov/2026:01:09:19 +0000 x") is None


CLF = st.from_regex(
    r"[0-3][0-9]/(Nov|Feb|Nay)/20[0-9]{2}:[0-2][0-9]:[0-6][0-9][:.][0-9 ]{2} [+-][01][0-9]00", fullmatch=True
)
GO = st.from_regex(r"20[0-9]{2}/[01][0-9]/[0-3][0-9] [0-2][0-9]:[0-6][0-9][:.][0-9.]{2}", fullmatch=True)


@given(CLF, GO)
def test_what_a_minute_s_lines_share_is_what_each_says_alone(clf, go):
    alone = stamp.clf(clf)
    assert stamp.clf_time(clf) == (alone.time if alone and alone.end == len(clf) else None)
    alone = stamp.go(go)
    assert stamp.go_time(*go.split(" ")) == (alone.time if alone and alone.end == len(go) else None)


@given(st.text(max_size=60))
def test_no_text_raises(text):
    stamp.read(text, 2026)


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1970))
def test_every_moment_is_as_the_calendar_has_it(moment):
    expected = moment.timestamp()
    assert stamp.read(f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}").time == pytest.approx(expected)
