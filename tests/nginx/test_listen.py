import pytest
from reading import asked, model, way

from ws101.nginx.listen import server_for


@pytest.mark.parametrize(
    ("words", "address", "port", "tls"),
    [
        ("80", None, 80, False),
        ("443 ssl", None, 443, True),
        ("127.0.0.1", "127.0.0.1", 80, False),
        ("*:8080", None, 8080, False),
        ("[::]:80", "::", 80, False),
        ("[::1]:80", "::1", 80, False),
        ("localhost:81", "127.0.0.1", 81, False),
        ("unix:/run/x.sock", None, 0, False),
    ],
)
def test_listens(words, address, port, tls):
    (listen,) = model(f"server {{ listen {words}; }}").servers[0].listens
    assert (listen.address, listen.port, listen.tls) == (address, port, tls)


def test_a_range_of_ports():
    (listen,) = model("server { listen 8000-8003; }").servers[0].listens
    assert [port for port in range(7998, 8006) if listen.takes(port)] == [8000, 8001, 8002, 8003]


SOCKETS = """
server { listen 8000-8002; server_name range.test; }
server { listen 8001; listen 192.0.2.1:8001 default_server; server_name first.test; }
server { listen 8001 default_server; server_name second.test; }
server { listen 192.0.2.1:8001; listen 192.0.2.1:8003; server_name third.test; }
server { listen [::]:8004 ipv6only=off; listen unix:/run/x.sock; server_name both.test; }
"""


@pytest.mark.parametrize(
    ("address", "port", "names", "default"),
    [
        ("192.0.2.9", 8000, ["range.test"], "range.test"),
        ("192.0.2.9", 8001, ["range.test", "first.test", "second.test"], "second.test"),
        ("192.0.2.1", 8001, ["first.test", "third.test"], "first.test"),
        (None, 8001, ["range.test", "first.test", "second.test"], "second.test"),
        (None, 8003, ["third.test"], "third.test"),
        ("192.0.2.9", 8004, ["both.test"], "both.test"),
        ("2001:db8::1", 8004, ["both.test"], "both.test"),
    ],
)
def test_who_takes_a_connection(address, port, names, default):
    read = model(SOCKETS)
    socket = read.socket(address, port)
    assert [server.own_name for server in socket.servers] == names
    assert socket.default.own_name == default
    assert read.socket(address, port) is socket


@pytest.mark.parametrize(
    ("address", "port"), [("192.0.2.9", 8003), ("2001:db8::1", 8000), (None, 0), (None, 9)]
)
def test_nobody_takes_it(address, port):
    assert model(SOCKETS).socket(address, port) is None


def test_thousands_of_ports_each_with_its_server():
    servers = "".join(
        f"server {{ listen {port}; server_name s{port}.test; }}" for port in range(10_000, 13_000)
    )
    read = model(servers)
    assert [read.socket(None, port).default.own_name for port in range(10_000, 13_000)] == [
        f"s{port}.test" for port in range(10_000, 13_000)
    ]


NAMES = """
server { listen 80; server_name default.test; }
server { listen 80; server_name exact.a.test; }
server { listen 80; server_name *.a.test; }
server { listen 80; server_name www.*; }
server { listen 80; server_name ~^re[0-9]+\\.; }
server { listen 80; server_name .both.test; }
server { listen 80; server_name "" none.test; }
"""


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("exact.a.test", "exact.a.test"),
        ("EXACT.A.TEST", "exact.a.test"),
        ("x.y.a.test", "*.a.test"),
        (".a.test", "*.a.test"),
        ("a.test", "default.test"),
        ("www.x.org", "www.*"),
        ("www.a.test", "*.a.test"),
        ("re1.x", "~^re[0-9]+\\."),
        ("both.test", "both.test"),
        ("x.both.test", "both.test"),
        ("", ""),
        ("else", "default.test"),
    ],
)
def test_names(host, name):
    found = server_for(model(NAMES).socket("127.0.0.1", 80), host)
    assert found.server.own_name == name


def test_an_address_of_its_own_goes_before_every_address():
    text = "server { listen 80; server_name every; } server { listen 127.0.0.1:80; server_name own; }"
    assert way(text).server.own_name == "own"
    assert way(text, asked(address="127.0.0.2")).server.own_name == "every"


def test_the_tls_server_name_and_the_host_may_lead_to_different_servers():
    text = "server { listen 443 ssl; server_name a.test; } server { listen 443 ssl; server_name b.test; ssl_verify_client on; }"
    assert way(text, asked(host="b.test", port=443, tls=True, server_name="a.test")).status == 421
    assert (
        way(text, asked(host="b.test", port=443, tls=True, server_name="b.test")).server.own_name == "b.test"
    )


def test_a_server_that_rejects_handshakes():
    text = "server { listen 443 ssl default_server; ssl_reject_handshake on; } server { listen 443 ssl; server_name a.test; }"
    assert way(text, asked(host="b.test", port=443, tls=True, server_name="b.test")).status == 444
