"""What a configuration says of a handshake, and which port, address and version it was followed for."""

import pytest

from causes.building import make_attempt, make_evidence, make_request, make_sending
from causes.configuring import LINES, PASS, SOUND, model, whole
from ws101.configured import Running, follow, version_in, version_of
from ws101.handshake.incoming import parse
from ws101.nginx.ask import Ask
from ws101.nginx.limit import seconds_of
from ws101.nginx.performance import Performance, Rehearsal

SENDING = make_sending()
RUNNING = Running((1, 31, 0), "said")


def _follow(*texts: str, sending=SENDING, port: int = 443, address: str = ""):
    return follow([model(text) for text in texts], sending, port, address, RUNNING)


def test_the_handshake_is_followed_to_the_server() -> None:
    (hop,) = _follow(whole(SOUND))
    assert hop.sent is not None
    assert (hop.sent.server, hop.sent.upgrades, hop.whole, hop.certain) == (
        "127.0.0.1:9000",
        True,
        True,
        True,
    )
    assert hop.stated == ("nginx 1.31.0, said",)


@pytest.mark.parametrize(("listen", "met"), [("8443 ssl", 8443), ("127.0.0.1:8443 ssl", 8443)])
def test_another_port_is_taken_where_it_is_the_only_one_that_fits(listen: str, met: int) -> None:
    (hop,) = _follow(whole(SOUND, listen=listen, more="server { listen 8080; return 404; }"))
    assert (hop.route.ask.port, hop.mapped, hop.certain) == (met, True, False)
    assert f"port 443 leads to port {met} of this configuration" in hop.stated


def test_of_several_ports_that_fit_none_is_taken() -> None:
    (hop,) = _follow(
        whole(SOUND, listen="8443 ssl", more="server { listen 9443 ssl; server_name ws101.test; }")
    )
    assert hop.undecided is not None
    assert "no server of this configuration listens on port 443" in hop.undecided.why


def test_the_port_that_was_dialled_is_known_too() -> None:
    (hop,) = _follow(whole(SOUND, listen="9443 ssl"), sending=make_sending(port=9443))
    assert (hop.route.ask.port, hop.mapped) == (9443, False)


def test_tls_may_end_in_front() -> None:
    (hop,) = _follow(whole(SOUND, listen="8080"))
    assert (hop.route.ask.tls, hop.route.ask.port, hop.mapped) == (False, 8080, True)
    assert "TLS ends in front of this nginx, for no listen of it speaks TLS" in hop.stated
    (there,) = _follow(whole(SOUND, listen="443"))
    assert there.route.ask.tls


def test_a_client_on_the_same_machine_has_its_address() -> None:
    (here,) = _follow(whole(SOUND), address="127.0.0.1")
    (there,) = _follow(whole(SOUND), address="192.0.2.7")
    assert (here.route.ask.client, there.route.ask.client) == ("127.0.0.1", None)


def test_the_next_nginx_gets_what_the_one_before_sends() -> None:
    outer = whole(
        f"location / {{\n{LINES}proxy_pass http://inner;\n}}", more="upstream inner { server 127.0.0.1:81; }"
    )
    inner = whole("location / { proxy_pass http://127.0.0.1:82; }", listen="81")
    hops = _follow(outer, inner)
    assert [hop.sent and hop.sent.server for hop in hops] == ["inner", "127.0.0.1:82"]
    assert hops[1].route.ask.headers.get("upgrade") == "websocket"
    assert hops[1].upgrade_fault is not None


def test_the_way_ends_where_one_answers() -> None:
    hops = _follow(whole("return 403;"), whole(SOUND))
    assert [hop.answered and hop.answered.status for hop in hops] == [403]


def test_http_2_is_not_followed() -> None:
    assert _follow(whole(SOUND), sending=make_sending(http2=True)) == ()
    assert _follow(whole(SOUND), sending=make_sending(make_request(version="HTTP/3"))) == ()


def test_an_include_that_is_missing_leaves_it_uncertain() -> None:
    (hop,) = _follow(whole(f"include gone.conf;\nlocation / {{\n{LINES}{PASS}\n}}"))
    assert (hop.whole, hop.certain) == (False, False)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("60", 60),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("500ms", 0.5),
        ("soon", None),
        ("", None),
        ("5x", None),
    ],
)
def test_times_as_nginx_writes_them(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("server", "version"),
    [
        ("nginx/1.22.1", (1, 22, 1)),
        ("openresty/1.25.3.1", (1, 25, 3)),
        ("nginx", None),
        ("Apache/2.4.1", None),
        ("", None),
    ],
)
def test_the_version_that_a_server_field_names(server: str, version: tuple[int, ...] | None) -> None:
    assert version_in(server) == version


@pytest.mark.parametrize(
    ("text", "version"), [("1.24.0", (1, 24, 0)), ("1.24", (1, 24)), ("new", None), ("1", None)]
)
def test_a_version_as_people_write_it(text: str, version: tuple[int, ...] | None) -> None:
    assert version_of(text) == version


# ---- the sandbox


def _head(target: str = "/ws", *fields: str):
    return parse("\r\n".join([f"GET {target} HTTP/1.1", "Host: ws101.test", *fields, "", ""]).encode())


def _rehearsal(before: Performance, after: Performance) -> Rehearsal:
    request = make_evidence(make_attempt()).sending.request
    return Rehearsal((1, 31, 0), before, after, Ask(request.target, request.headers, tls=True))


def test_a_change_that_opens_the_way() -> None:
    assert _rehearsal(Performance(426), Performance(101)).opens
    assert not _rehearsal(Performance(101), Performance(101)).opens
    assert not _rehearsal(Performance(426), Performance(426)).opens
    assert not _rehearsal(Performance(trouble="it does not start"), Performance(101)).opens


def test_a_change_that_brings_what_was_lost() -> None:
    before = Performance(101, _head("/other", "X-Forwarded-Proto: http"))
    after = Performance(101, _head("/ws", "X-Forwarded-Proto: https"))
    found = _rehearsal(before, after).brings("target", "X-Forwarded-Proto", "Host")
    assert found == (("target", "/other", "/ws"), ("X-Forwarded-Proto", "http", "https"))
    assert _rehearsal(before, before).brings("target") == ()
    assert _rehearsal(before, Performance(trouble="no")).brings("target") == ()
