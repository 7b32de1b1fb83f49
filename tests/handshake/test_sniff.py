import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.handshake.answer import Kind
from ws101.handshake.sniff import ALERTS, settled, sniff

SETTINGS = bytes.fromhex("00001204000000000000030000008000040001000000050 0ffffff".replace(" ", ""))
GOAWAY = bytes.fromhex("0000080700000000000000000000000001")
BANNERS = [
    (b"220 mail.example.org ESMTP Postfix\r\n", "SMTP"),
    (b"554 mail.example.org SMTP synchronization error\r\n", "SMTP"),
    (b"220 (vsFTPd 3.0.5)\r\n", "FTP"),
    (b"220 ready\r\n", "SMTP or FTP"),
    (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH"),
    (b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n", "IMAP"),
    (b"+OK Dovecot ready.\r\n", "POP3"),
    (b"-ERR wrong number of arguments for 'get' command\r\n", "Redis"),
    (b"-DENIED Redis is running in protected mode\r\n", "Redis"),
    (b"-NOAUTH Authentication required.\r\n", "Redis"),
    (b'INFO {"server_id":"N","version":"2.10"}\r\n', "NATS"),
    (b"-ERR 'Unknown Protocol Operation'\r\n", "NATS"),
    (b"AMQP\x00\x00\x09\x01", "AMQP"),
    (b"\x4a\x00\x00\x00\x0a8.0.36\x00\x08\x00\x00\x00", "MySQL"),
    (b"\x45\x00\x00\x00\xffj\x04Host '10.0.0.1' is not allowed to connect", "MySQL"),
    (b"E\x00\x00\x00\x85SFATAL\x00VFATAL\x00C08P01\x00", "PostgreSQL"),
    (b"ERROR\r\n", "Memcached"),
    (b"ERROR\nmessage:Unknown STOMP action\n", "STOMP"),
    (b":irc.example.org NOTICE * :*** Looking up your hostname\r\n", "IRC"),
    (b"ERROR :Closing link\r\n", "IRC"),
    (b"UNKNOWN_COMMAND\r\n", "Beanstalkd"),
    (b"RTSP/1.0 400 Bad Request\r\n", "RTSP"),
    (b"SIP/2.0 400 Bad Request\r\n", "SIP"),
    (b"ICY 200 OK\r\n", "SHOUTcast"),
    (b"RFB 003.008\n", "VNC"),
    (b"@RSYNCD: 31.0\n", "rsync"),
    (b"<?xml version='1.0'?><stream:stream>\n", "XMPP"),
    (b"\xff\xfd\x18\xff\xfd\x20", "Telnet"),
]


@pytest.mark.parametrize(("first", "service"), BANNERS, ids=[service for _, service in BANNERS])
def test_greetings(first: bytes, service: str) -> None:
    assert sniff(first) == (Kind.BANNER, service)
    assert settled(first) or b"Host '" in first


@pytest.mark.parametrize(
    ("number", "name"), [(10, "unexpected_message"), (70, "protocol_version"), (112, "unrecognized_name")]
)
def test_alerts(number: int, name: str) -> None:
    assert sniff(b"\x15\x03\x01\x00\x02\x02" + bytes([number])) == (Kind.TLS_ALERT, name)
    assert ALERTS[number] == name


def test_an_alert_without_a_name_keeps_its_number() -> None:
    assert sniff(b"\x15\x03\x03\x00\x02\x02\xc8") == (Kind.TLS_ALERT, "alert 200")


def test_an_alert_is_settled_with_its_description() -> None:
    alert = b"\x15\x03\x03\x00\x02\x02\x28"
    assert [settled(alert[:n]) for n in (5, 6, 7)] == [False, False, True]


@pytest.mark.parametrize(
    "first", [b"\x16\x03\x03\x00\x7a\x02", b"\x17\x03\x03\x00\x20", b"\x15\x03\x03\x00\x1a\x01"]
)
def test_tls_records(first: bytes) -> None:
    assert sniff(first) == (Kind.TLS, "")


@pytest.mark.parametrize(
    "first", [SETTINGS, GOAWAY, b"\x00\x00\x12\x04", b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"]
)
def test_http2(first: bytes) -> None:
    assert sniff(first) == (Kind.HTTP2, "")
    assert settled(first) is (len(first) >= 9)


@pytest.mark.parametrize(
    "first",
    [b"<html>", b"http/1.1 200 OK\r\n", b"\x00\x00", b"hello\n", b"\x00\x00\x12\x04\x00\x00\x00\x00\x01"],
)
def test_what_nobody_knows(first: bytes) -> None:
    assert sniff(first) == (Kind.UNKNOWN, "")
    assert not settled(first)


@given(st.binary(max_size=600))
def test_any_first_bytes_have_a_kind(first: bytes) -> None:
    kind, service = sniff(first)
    assert (kind is Kind.NOTHING) is (first == b"")
    assert bool(service) <= (kind in {Kind.BANNER, Kind.TLS_ALERT})
    settled(first)
