import pytest
from msgspec.structs import replace

from causes.building import HOST, KEY, make_request, make_sending
from experiments.baselines import asking, sent, tried
from ws101.experiments import fields
from ws101.handshake.accept import key_problem
from ws101.handshake.checks import check_request


def values(sending, name):
    return sending.request.headers.get_all(name)


CORRECTIONS = {
    "Upgrade": (fields.RIGHT_UPGRADE, "websocket"),
    "Connection": (fields.RIGHT_CONNECTION, "Upgrade"),
    "Sec-WebSocket-Key": (fields.RIGHT_KEY, fields.SAMPLE_KEY),
    "Sec-WebSocket-Version": (fields.RIGHT_VERSION, "13"),
}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Upgrade", "h2c"),
        ("Upgrade", ""),
        ("Connection", "close"),
        ("Connection", "keep-alive"),
        ("Sec-WebSocket-Key", fields.KEY_OF_13_BYTES),
        ("Sec-WebSocket-Key", "no base64!"),
        ("Sec-WebSocket-Version", "8"),
    ],
)
def test_a_wrong_field_is_put_right_where_it_stood(name, wrong):
    experiment, right = CORRECTIONS[name]
    before = asking((name, wrong), ("X-Last", "1"))
    there = sent(experiment, before)
    assert [n for n, _ in there.request.headers] == [n for n, _ in before.request.headers]
    assert values(there, name) == (right,)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_missing_field_is_added_and_a_doubled_one_made_single(name):
    experiment, right = CORRECTIONS[name]
    assert values(sent(experiment, make_sending(make_request(without=[name]))), name) == (right,)
    doubled = make_sending().request
    doubled = doubled.with_headers(doubled.headers.added((name, "x")))
    assert values(sent(experiment, make_sending(doubled)), name) == (right,)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_right_field_is_left_alone(name):
    assert tried(CORRECTIONS[name][0]) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Upgrade", "WebSocket"),
        ("Connection", "keep-alive, Upgrade"),
        ("Connection", "upgrade"),
        ("Sec-WebSocket-Key", KEY),
    ],
)
def test_other_spellings_are_right(name, value):
    assert tried(CORRECTIONS[name][0], asking((name, value))) is None


def test_the_sample_key_is_right_and_the_copied_one_is_not():
    assert not key_problem(fields.SAMPLE_KEY)
    assert key_problem(fields.KEY_OF_13_BYTES)


# ---- many at once


def test_minimal_keeps_the_handshake_and_what_may_be_credentials():
    kept = (
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
        ("Sec-WebSocket-Protocol", "chat"),
        ("Origin", "null"),
    )
    noise = ("X-One", "1"), ("User-Agent", "c"), ("Content-Length", "3"), ("Sec-WebSocket-Extensions", "")
    request = replace(make_request(*kept, *noise, ("Upgrade", "h2c")), version="HTTP/1.0", body=b"abc")
    there = sent(fields.MINIMAL, make_sending(request)).request
    assert {n for n, _ in there.headers} == {n for n, _ in make_request(*kept).headers}
    assert (there.version, there.body) == ("HTTP/1.1", b"")
    assert check_request(there) == ()


def test_minimal_is_not_sent_where_it_is_what_was_sent():
    assert tried(fields.MINIMAL) is None


def test_each_field_once_keeps_the_first():
    there = sent(
        fields.ONCE_EACH,
        asking(("X-One", "1"), ("x-one", "2"), ("Authorization", "a"), ("Authorization", "b")),
    )
    assert values(there, "x-one") == ("1",)
    assert values(there, "authorization") == ("a",)
    assert tried(fields.ONCE_EACH) is None


def test_the_body_goes_with_its_fields():
    request = replace(
        make_request(("Content-Length", "3"), ("Content-Type", "a/b"), ("Expect", "100-continue")),
        body=b"abc",
    )
    assert sent(fields.WITHOUT_BODY, make_sending(request)) == make_sending()
    assert tried(fields.WITHOUT_BODY) is None


def test_a_body_comes_with_its_length():
    there = sent(fields.WITH_BODY)
    assert values(there, "content-length") == (str(len(there.request.body)),)
    assert there.request.body == b"\x89\x80" + bytes(4)  # read as frames, an empty Ping


def test_a_plain_get_asks_for_no_upgrade():
    there = sent(
        fields.PLAIN_GET,
        asking(("Sec-WebSocket-Extensions", "x"), ("X-One", "1"), ("Sec-WebSocket-Protocol", "p")),
    )
    assert [n for n, _ in there.request.headers] == ["Host", "X-One", "Sec-WebSocket-Protocol"]
    assert tried(fields.PLAIN_GET, there) is None


def test_each_further_field_is_left_out_alone():
    sending = asking(
        ("X-One", "1"), ("x-one", "2"), ("Cookie", "a=b"), ("Origin", "null"), ("Authorization", "x")
    )
    made = fields.each_left_out(sending)
    assert [e.name for e in made] == ["without-x-one", "without-cookie"]
    assert values(made[0].apply(sending, None), "x-one") == ()
    assert values(made[0].apply(sending, None), "cookie") == ("a=b",)
    assert values(made[1].apply(sending, None), "cookie") == ()


def test_a_bare_handshake_has_no_further_field():
    assert fields.each_left_out(make_sending()) == ()


# ---- versions and single damages


def test_http_versions():
    assert sent(fields.HTTP_1_0).request.version == "HTTP/1.0"
    assert sent(fields.HTTP_1_1, asking(version="HTTP/1.0")).request == make_request()
    assert tried(fields.HTTP_1_1) is None
    assert sent(fields.HTTP_1_1, make_sending(http2=True)) == make_sending()


@pytest.mark.parametrize(
    ("experiment", "name", "after"),
    [
        (fields.VERSION_99, "sec-websocket-version", ("99",)),
        (fields.VERSION_8, "sec-websocket-version", ("8",)),
        (fields.WITHOUT_UPGRADE, "upgrade", ()),
        (fields.WITHOUT_CONNECTION, "connection", ()),
        (fields.KEEP_ALIVE, "connection", ("keep-alive",)),
        (fields.WITHOUT_KEY, "sec-websocket-key", ()),
        (fields.SHORT_KEY, "sec-websocket-key", (fields.KEY_OF_13_BYTES,)),
        (fields.EMPTY_EXTENSIONS, "sec-websocket-extensions", ("",)),
        (fields.FOREIGN_SUBPROTOCOL, "sec-websocket-protocol", ("ws101-unknown",)),
        (fields.WITHOUT_SUBPROTOCOL_DAMAGE, "sec-websocket-protocol", ()),
    ],
)
def test_a_damage_touches_its_field_alone(experiment, name, after):
    sending = asking(("Sec-WebSocket-Protocol", "chat"))
    there = sent(experiment, sending)
    assert values(there, name) == after
    assert there.request.headers.without(name) == sending.request.headers.without(name)
    assert tried(experiment, there) is None


def test_a_large_header_is_larger_than_a_proxys_buffer():
    assert len(values(sent(fields.LARGE_HEADER), "cookie")[0]) > 8192


def test_a_malformed_field_breaks_a_rule():
    assert check_request(sent(fields.MALFORMED_FIELD).request)
    assert check_request(make_request()) == ()
    assert values(sent(fields.MALFORMED_FIELD), "host") == (HOST,)
