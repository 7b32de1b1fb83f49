import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from render.reports import HEALTHY, RAW, REPORTS, STORY
from ws101.errors import UnreadableInput
from ws101.redact import clean_report
from ws101.render import FORMATS, run
from ws101.report import CodeLine, Excerpt, Report, Step, TargetInfo, Trial

# Numbers of lines are counted; JSON's readers know no larger ones.
COUNT = st.integers(1, 10**6)
st.register_type_strategy(CodeLine, st.builds(CodeLine, number=COUNT, start=COUNT, end=COUNT))
st.register_type_strategy(Excerpt, st.builds(Excerpt, number=COUNT))

MS = st.none() | st.floats(0, 1e7)
ANY = st.builds(
    Report,
    target=st.builds(TargetInfo, port=st.integers(0, 65535)),
    trail=st.lists(st.builds(Step, ms=MS), max_size=8).map(tuple),
    experiments=st.lists(st.builds(Trial, ms=MS, status=st.none() | st.integers(0, 999)), max_size=4).map(
        tuple
    ),
    status=st.none() | st.integers(0, 999),
)


@pytest.mark.parametrize("name", REPORTS)
def test_report_comes_back_as_it_was(name: str) -> None:
    assert run.load(run.dump(REPORTS[name])) == REPORTS[name]


@settings(max_examples=40, deadline=None)
@given(ANY)
def test_any_report_comes_back_and_every_renderer_shows_it(report: Report) -> None:
    cleaned = clean_report(report, None)
    assert run.load(run.dump(cleaned)) == cleaned
    for render in FORMATS.values():
        assert render(cleaned)


def test_shown_secrets_stay_known_as_such() -> None:
    assert run.load(run.dump(replace(STORY, redacted=False))).redacted is False


def test_control_characters_in_a_file_do_not_reach_a_report() -> None:
    assert run.load(run.dump(RAW["hostile"])).summary == REPORTS["hostile"].summary


def _with(**changes: object) -> str:
    document = json.loads(run.dump(HEALTHY))
    document["report"] |= changes
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 100_000,
        '{"schema": "ws101.run/1"}',
        '{"schema": "ws101.report/1", "report": {}}',
        run.dump(HEALTHY).replace("ws101.run/1", "ws101.run/2"),
        _with(status="101"),
        _with(status=True),
        _with(status=10**400),
        _with(redacted=1),
        _with(outcome="fine"),
        _with(trail={}),
        _with(trail=[{"hop": "tls"}]),
        _with(further=1),
        _with(summary=None),
        _with(target=None),
        run.dump(HEALTHY).replace("11.8", "NaN"),
        run.dump(HEALTHY).replace("11.8", "1e999"),
        run.dump(HEALTHY).replace("11.8", "9" * 5000),
    ],
)
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableInput):
        run.load(text)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_traceback(text: str) -> None:
    with pytest.raises(UnreadableInput):
        run.load(text)


def _places(value: object, *way: str | int) -> Iterator[tuple[type, str, tuple[str | int, ...]]]:
    """Yield each part of what stands here: the shape that it is a part of, its name, and the way to it."""
    if isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _places(one, *way, number)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield type(value), name, (*way, name)
            yield from _places(getattr(value, name), *way, name)


def _without(report: Report, way: tuple[str | int, ...]) -> str:
    document = json.loads(run.dump(report))
    holder = document["report"]
    for step in way[:-1]:
        holder = holder[step]
    del holder[way[-1]]
    return json.dumps(document)


def _refusal(text: str) -> str:
    try:
        run.load(text)
    except UnreadableInput as refused:
        return str(refused)
    return ""


def test_what_came_later_may_be_missing_and_nothing_else() -> None:
    places = {
        (shape.__name__, name): (report, way)
        for report in REPORTS.values()
        for shape, name, way in _places(report)
    }
    assert {"CodeLine", "LogSource", "Silent", "Passage"} <= {shape for shape, _ in places}
    refused = {place: _refusal(_without(report, way)) for place, (report, way) in places.items()}
    assert all(name in why for (_, name), why in refused.items() if why)
    missed = {f"{shape}.{name}" for (shape, name), why in refused.items() if not why}
    assert missed == {
        "Report.seen", "Report.account", "Report.chronicle", "Finding.where", "Finding.latent",
        "Group.hosts", "Group.other_clients", "Group.other_paths",
        "Account.doubts", "LogSource.passed_over", "LogSource.samples", "LogSource.zoned", "LogSource.ours",
    }  # fmt: skip


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(UnreadableInput, match=r"missing required field `state` - at `\$\.trail\[0\]`"):
        run.load(_with(trail=[{"hop": "tls"}]))


def test_all_that_is_missing_is_named() -> None:
    document = json.loads(run.dump(HEALTHY))
    del document["report"]["incomplete"], document["report"]["redacted"]
    with pytest.raises(UnreadableInput, match=r"report\.incomplete, report\.redacted"):
        run.load(json.dumps(document))
