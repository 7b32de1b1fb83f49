"""How a handshake comes to an nginx: ports that others publish, TLS that ends before, stream blocks."""

from accounting import UPGRADE, account_of, reasons, server

WS = f"location /ws {{ {UPGRADE} proxy_pass http://b; }}"


def steps(told):
    return [step.text for step in told.steps]


def test_the_listen_is_the_first_step():
    told = account_of(server(WS, "listen 443 ssl; listen 80;"), "wss://h/ws")
    assert (told.steps[0].text, told.steps[0].line.text) == ("it comes to port 443 by TLS", "listen 443 ssl;")
    assert told.assumed == ()


def test_a_port_that_is_published_as_another():
    told = account_of(server(WS, "listen 8080; listen 8443 ssl;"), "wss://h/ws")
    assert told.possible == "yes"
    assert (
        told.assumed[0]
        == "port 443 of the URL is led to port 8443 of this nginx, for nothing here listens on 443"
    )


def test_tls_that_ends_in_front():
    told = account_of(server(WS, "listen 8080;"), "wss://h/ws")
    assert told.possible == "yes"
    assert told.assumed[0].startswith("TLS ends in front of this nginx, which gets plain HTTP on port 8080")


def test_of_several_ports_the_one_whose_name_fits():
    text = f"http {{ server {{ listen 81; server_name a; return 404; }} server {{ listen 82; server_name h; {WS} }} }}"
    assert account_of(text).possible == "yes"
    assert account_of(text, "ws://other/ws").possible == "unknown"
    assert reasons(account_of(text, "ws://other/ws")) == [
        "no server of this configuration listens on port 80"
    ]


STREAM = """
stream {
    map $ssl_preread_server_name $where { hostnames; h 127.0.0.1:8443; *.far far; default nowhere:1; }
    upstream far { server 10.0.0.9:443; }
    server { listen 443; ssl_preread on; proxy_pass $where; }
}
"""


def test_a_stream_block_that_leads_to_this_nginx_again():
    told = account_of(STREAM + server(WS, "listen 127.0.0.1:8443 ssl;"), "wss://h/ws")
    assert told.possible == "yes"
    assert steps(told)[:3] == [
        "port 443 belongs to a stream block: what comes is passed on as bytes",
        "it goes to 127.0.0.1:8443, which is this nginx again",
        "it comes to port 8443 by TLS",
    ]


def test_a_stream_block_that_leads_past_every_http_block():
    told = account_of(STREAM + server(WS, "listen 127.0.0.1:8443 ssl;"), "wss://x.far/ws")
    assert told.possible == "unknown"
    assert steps(told)[1] == "it goes to 10.0.0.9:443, past every http block"
    assert reasons(told) == ["nginx passes the bytes on and reads no handshake: what answers is behind it"]


def test_a_stream_block_of_another_port_is_none_of_it():
    assert account_of(STREAM + server(WS), "ws://h/ws").possible == "yes"


def test_locations_that_stand_alone_get_a_server():
    told = account_of(f"{WS} location / {{ return 404; }}", "wss://h:8443/ws")
    assert told.possible == "yes"
    assert told.assumed[1].startswith("these are locations without their server")
    assert [step.line.text if step.line else None for step in told.steps][-2:] == [
        "location /ws {",
        "proxy_pass http://b;",
    ]


def test_servers_that_stand_alone_are_a_part():
    told = account_of(f"server {{ {WS} }}")
    assert told.possible == "yes"
    assert (
        told.assumed[0] == "this is a part of a configuration: what the main file says around it is not known"
    )
    assert account_of(server(WS)).assumed == ()
