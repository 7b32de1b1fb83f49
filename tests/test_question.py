"""From the command line's flags to the handshake that is sent, as curl does it where curl has the flag."""

import base64

import pytest

from ws101.attempt import Verify
from ws101.cli import check
from ws101.cli.asking import question as asked
from ws101.errors import UsageError
from ws101.handshake.accept import key_problem
from ws101.question import MAX_TIME, Question, check_token, direct, sending, target, tls_settings
from ws101.tokens.verify import Keys

OURS = ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]


def question(*flags, url="wss://h.test/ws", **environ):
    return asked(check.parser().parse_args([url, *flags]), environ)


def sent(*flags, url="wss://h.test/ws", **environ):
    return sending(question(*flags, url=url, **environ))


def lines(*flags, url="wss://h.test/ws"):
    """Return the fields as sent, but for the key's value."""
    return [
        (name, "…" if name == "Sec-WebSocket-Key" else value)
        for name, value in sent(*flags, url=url).request.headers
    ]


def values(name, *flags, url="wss://h.test/ws"):
    return sent(*flags, url=url).request.headers.get_all(name)


# ---- the usual handshake


def test_without_flags_it_is_the_handshake_of_rfc_6455():
    there = sent()
    assert [name for name, _ in there.request.headers] == OURS
    assert lines() == [("Host", "h.test"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                       ("Sec-WebSocket-Key", "…"), ("Sec-WebSocket-Version", "13")]  # fmt: skip
    assert (there.host, there.port, there.request.target, there.request.version) == (
        "h.test",
        443,
        "/ws",
        "HTTP/1.1",
    )
    assert not there.http2
    assert there.forward_proxy is None


def test_each_question_has_a_key_of_its_own():
    one, two = (sent().request.headers.get("sec-websocket-key") for _ in range(2))
    assert not key_problem(one)
    assert one != two


@pytest.mark.parametrize(
    ("url", "host", "dialled"),
    [
        ("ws://h.test/", "h.test", ("h.test", 80)),
        ("ws://h.test:8080/", "h.test:8080", ("h.test", 8080)),
        ("wss://h.test:80/", "h.test:80", ("h.test", 80)),
        ("ws://[::1]:9000/", "[::1]:9000", ("::1", 9000)),
        ("ws://bücher.example/", "xn--bcher-kva.example", ("xn--bcher-kva.example", 80)),
    ],
)
def test_host_names_what_the_url_names(url, host, dialled):
    there = sent(url=url)
    assert there.request.headers.get("host") == host
    assert (there.host, there.port) == dialled


@pytest.mark.parametrize(("flag", "version", "http2"), [("-0", "HTTP/1.0", False), ("--http1.0", "HTTP/1.0", False),
                                                        ("--http1.1", "HTTP/1.1", False), ("--http2", "HTTP/1.1", True)])  # fmt: skip
def test_versions_of_http(flag, version, http2):
    there = sent(flag)
    assert (there.request.version, there.http2) == (version, http2)


# ---- header fields, as curl's -H


def test_further_fields_come_last_and_in_their_order():
    found = lines("-H", "X-B: 1", "-H", "X-A: 2", "-H", "x-b: 3")
    assert found[5:] == [("X-B", "1"), ("X-A", "2"), ("x-b", "3")]


def test_a_field_of_the_user_takes_the_place_of_ours():
    assert values("upgrade", "-H", "upgrade: h2c") == ("h2c",)
    assert values("connection", "-H", "Connection: keep-alive", "-H", "Connection: Upgrade") == (
        "keep-alive",
        "Upgrade",
    )


def test_the_users_host_stands_first():
    assert lines("-H", "X-A: 1", "-H", "Host: other.test")[0] == ("Host", "other.test")
    assert sent("-H", "Host: other.test").host == "h.test"


@pytest.mark.parametrize("name", OURS)
def test_a_field_of_ours_is_left_out(name):
    assert [n for n, _ in lines("-H", f"{name.lower()}:")] == [n for n in OURS if n != name]


def test_a_field_is_sent_empty():
    assert values("x-empty", "-H", "X-Empty;") == ("",)
    assert values("upgrade", "-H", "Upgrade;") == ("",)


def test_leaving_a_field_out_does_not_leave_out_the_users_own():
    assert values("upgrade", "-H", "Upgrade:", "-H", "Upgrade: h2c") == ("h2c",)
    assert values("x-a", "-H", "X-A: 1", "-H", "X-A:") == ("1",)


def test_blanks_around_a_value_are_no_part_of_it_and_colons_are():
    assert values("x-a", "-H", "X-A:   b : c  ") == ("b : c",)


def test_the_users_field_takes_the_place_of_a_flags():
    assert values("origin", "--origin", "https://a.test", "-H", "Origin: https://b.test") == (
        "https://b.test",
    )
    assert values("authorization", "--token", "opaque-token", "-H", "authorization: Basic eA==") == (
        "Basic eA==",
    )
    assert values("authorization", "--token", "opaque-token", "-H", "Authorization:") == ()
    assert values("authorization", "-H", "Authorization: Bearer x", url="wss://u:p@h.test/") == ("Bearer x",)
    assert values("sec-websocket-protocol", "--subprotocol", "a", "-H", "Sec-WebSocket-Protocol: b") == ("b",)


# ---- fields that flags stand for


def test_origin_and_subprotocols():
    found = lines("--subprotocol", "chat", "--origin", "https://a.test", "--subprotocol", "v2")
    assert found[5:] == [("Origin", "https://a.test"), ("Sec-WebSocket-Protocol", "chat, v2")]
    assert values("origin", "--origin", "") == ("",)


@pytest.mark.parametrize(
    ("token", "field"),
    [
        ("abc", "Bearer abc"),
        ("Bearer abc", "Bearer abc"),
        ("bearer abc", "bearer abc"),
        ("Basic eA==", "Basic eA=="),
        ("Basically", "Bearer Basically"),
    ],
)
def test_a_token_goes_into_authorization(token, field):
    assert values("authorization", "--token", token) == (field,)


@pytest.mark.parametrize(
    ("userinfo", "pair"),
    [("u:p", b"u:p"), ("u", b"u"), ("u%40v:p%3Ax", b"u@v:p:x"), ("é:ü", "é:ü".encode()), ("u:", b"u:")],
)
def test_userinfo_goes_into_authorization_and_nowhere_else(userinfo, pair):
    url = f"wss://{userinfo}@h.test/ws"
    (field,) = values("authorization", url=url)
    scheme, _, encoded = field.partition(" ")
    assert (scheme, base64.b64decode(encoded)) == ("Basic", pair)
    assert values("host", url=url) == ("h.test",)
    assert target(Question(url)).url == "wss://h.test/ws"


def test_a_token_goes_before_userinfo():
    assert values("authorization", "--token", "abc", url="wss://u:p@h.test/") == ("Bearer abc",)


# ---- TLS


def test_tls_asks_for_the_name_and_checks_everything():
    tls = sent().tls
    assert (tls.server_name, tls.check_name, tls.verify, tls.ca_file) == (
        "h.test",
        "h.test",
        Verify.ALL,
        None,
    )
    assert sent("-k").tls.verify is Verify.NOTHING
    assert sent(url="ws://h.test/").tls is None


@pytest.mark.parametrize(("url", "name"), [("wss://127.0.0.1/", "127.0.0.1"), ("wss://[::1]/", "::1")])
def test_no_server_name_is_sent_for_an_address(url, name):
    tls = sent(url=url).tls
    assert (tls.server_name, tls.check_name) == (None, name)


def test_the_name_is_the_urls_whatever_host_says_and_wherever_it_is_dialled():
    there = sent("-H", "Host: other.test", "--connect-to", "h.test:443:127.0.0.1:8443")
    assert (there.tls.server_name, there.host, there.port) == ("h.test", "127.0.0.1", 8443)


def test_tls_settings_are_known_for_a_plain_url_too():
    assert tls_settings(question("-k", url="ws://h.test/")).verify is Verify.NOTHING


# ---- the way


@pytest.mark.parametrize(
    ("given", "dialled"),
    [
        ("h.test:443:other.test:8443", ("other.test", 8443)),
        ("::127.0.0.1:1", ("127.0.0.1", 1)),
        ("::[::1]:1", ("::1", 1)),
    ],
)
def test_connect_to_changes_where_and_nothing_that_is_sent(given, dialled):
    there = sent("--connect-to", given)
    assert (there.host, there.port) == dialled
    assert there.request.headers.get("host") == "h.test"


def test_resolve_gives_addresses_and_changes_nothing_else():
    asks = question("--resolve", "H.test:443:127.0.0.1,[::1]", "--resolve", "*:80:127.0.0.2")
    assert asks.overrides == {("h.test", 443): ("127.0.0.1", "::1"), ("*", 80): ("127.0.0.2",)}
    assert (sending(asks).host, sending(asks).port) == ("h.test", 443)


@pytest.mark.parametrize(("flag", "family"), [("-4", 4), ("-6", 6), ("--ipv4", 4)])
def test_family(flag, family):
    assert question(flag).family == family


def test_a_forward_proxy_by_flag_goes_before_the_environments():
    by_flag = sent("-x", "http://u:p@one.test:3128", https_proxy="http://two.test").forward_proxy
    assert (by_flag.host, by_flag.port, by_flag.given_by) == ("one.test", 3128, "--proxy")
    by_environment = sent(https_proxy="http://two.test").forward_proxy
    assert (by_environment.host, by_environment.given_by) == ("two.test", "https_proxy")


def test_no_forward_proxy_where_none_is_wanted():
    assert sent("-x", "", https_proxy="http://two.test").forward_proxy is None
    assert sent(https_proxy="http://two.test", NO_PROXY="h.test").forward_proxy is None
    assert sent(url="ws://h.test/", https_proxy="http://two.test").forward_proxy is None


# ---- the server itself


def test_direct_is_the_same_request_at_another_place():
    asks = question("--direct", "ws://127.0.0.1:9000", "--token", "abc", url="wss://h.test/ws?a=b")
    usual = sending(asks)
    there = direct(asks, usual)
    assert (there.host, there.port, there.tls, there.forward_proxy) == ("127.0.0.1", 9000, None, None)
    assert there.request.headers == usual.request.headers


def test_direct_over_tls_has_its_own_name():
    asks = question("--direct", "wss://inner.test/", "-k")
    tls = direct(asks, sending(asks)).tls
    assert (tls.server_name, tls.check_name, tls.verify) == ("inner.test", "inner.test", Verify.NOTHING)


def test_direct_is_asked_for_or_none():
    assert direct(question(), sent()) is None


def test_a_wrong_direct_is_told_by_its_flag():
    with pytest.raises(UsageError, match=r"^--direct: "):
        direct(question("--direct", "h.test"), sent())


# ---- target and limits


@pytest.mark.parametrize(
    ("url", "shown", "host"),
    [
        ("https://H.test:443/ws?a=b", "wss://h.test/ws?a=b", "h.test"),
        ("http://h.test:8080", "ws://h.test:8080/", "h.test"),
        ("ws://[::1]/", "ws://[::1]/", "::1"),
    ],
)
def test_the_target_is_the_url_as_it_is_meant(url, shown, host):
    found = target(Question(url))
    assert (found.url, found.host) == (shown, host)


def test_hold_comes_on_top_of_the_time():
    assert question("--hold", "30").max_time == MAX_TIME + 30
    assert question("--max-time", "5").max_time == 5


def test_no_repr_of_a_question_holds_a_secret():
    asks = Question("wss://u:hunter2@h/?t=hunter2", (("A", "hunter2"),), token="hunter2", subprotocols=("hunter2",),
                    proxy="http://u:hunter2@p", environ={"https_proxy": "hunter2"}, direct="ws://u:hunter2@d",
                    keys=Keys(secret=b"hunter2"))  # fmt: skip
    assert "hunter2" not in repr(asks)


# ---- tokens


@pytest.mark.parametrize(
    ("token", "kept"),
    [
        ("abc", "abc"),
        ("abc\r\n", "abc"),
        ("\nabc", "abc"),
        (" abc ", " abc "),
        ('"abc"', '"abc"'),
        ("tökén", "tökén"),
    ],
)
def test_a_token_loses_its_line_break_alone(token, kept):
    assert check_token(token, "--token") == kept


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("5ecret\n5ecret", "2 lines"),
        ("5ecret\r5ecret", "2 lines"),
        ("5ecret\r\n5ecret\r\n5ecret", "3 lines"),
        ("5ecret\x00", "control character"),
        ("\t5ecret", "control character"),
        ("5ecret\x7f", "control character"),
    ],
)
def test_a_token_that_no_field_can_carry_is_refused_without_being_repeated(token, why):
    with pytest.raises(UsageError) as raised:
        check_token(token, "$TOKEN")
    assert why in str(raised.value)
    assert "$TOKEN" in str(raised.value)
    assert "5ecret" not in str(raised.value)
