"""Formats that are met in the field and were made after their documentation: balancers and gateways of clouds, servers' request lines."""

import json

import pytest

from logs.telling import read
from ws101.logs.entry import Told
from ws101.signature import Says
from ws101.terms import Hop

AT = 1_795_654_923  # 2026-11-26 01:02:03 UTC
N = Says.NOTHING


def one(text, source="a.log"):
    (entry,) = read(text + "\n", source)
    return entry


def _told(entry):
    return entry.format, entry.hop, entry.told, entry.status, entry.path, entry.says


# ---- balancers and gateways

HEROKU = "2026-11-26T01:02:03.456789+00:00 heroku[router]: "
FORWARDED = 'host=app.example.com request_id=abc-def fwd="203.0.113.7" dyno={} connect=1ms service={}ms status={} bytes=0 protocol=https'


@pytest.mark.parametrize(
    ("begin", "dyno", "status", "told", "says", "behind"),
    [
        ("at=info", "web.1", 101, Told.ANSWERED, N, 101),
        (
            'at=error code=H12 desc="Request timeout"',
            "web.1",
            503,
            Told.ANSWERED,
            Says.UPSTREAM_TIMEOUT,
            None,
        ),
        ('at=error code=H10 desc="App crashed"', "", 503, Told.ANSWERED, Says.UPSTREAM_DOWN, None),
        ('at=warning code=H27 desc="Client Request Interrupted"', "web.1", 499, Told.WRONG, N, None),
    ],
)
def test_heroku_s_router(begin, dyno, status, told, says, behind):
    entry = one(f'{HEROKU}{begin} method=GET path="/ws" {FORWARDED.format(dyno, 30000, status)}')
    assert _told(entry) == ("heroku-router", Hop.PROXY, told, status, "/ws", says)
    assert (entry.upstream, entry.upstream_status, entry.forwarded, entry.took) == (
        dyno,
        behind,
        "203.0.113.7",
        30.0,
    )
    assert entry.identity["request-id"] == "abc-def"


def _kong(**more):
    return {
        "latencies": {"request": 3, "kong": 1, "proxy": 2}, "started_at": AT * 1000, "client_ip": "203.0.113.7",
        "request": {"method": "GET", "uri": "/ws", "url": "https://h:8443/ws", "headers": {"host": "h", "upgrade": "websocket"}, "id": "r1"},
        "response": {"status": 400}, **more,
    }  # fmt: skip


def test_kong():
    entry = one(json.dumps(_kong(tries=[{"ip": "10.0.0.2", "port": 80}], upstream_status="400")))
    assert _told(entry) == ("kong", Hop.PROXY, Told.ANSWERED, 400, "/ws", N)
    assert (entry.upstream, entry.upstream_status, entry.whole) == ("10.0.0.2:80", 400, True)
    assert (entry.time, entry.took, entry.identity["request-id"]) == (AT + 0.003, 0.003, "r1")
    assert one(json.dumps({"log": _kong(tries=[])})).upstream == ""
    assert one(json.dumps(_kong())).upstream is None


@pytest.mark.parametrize(
    ("detail", "status", "told", "says", "behind"),
    [
        ("response_sent_by_backend", 400, Told.ANSWERED, N, 400),
        ("failed_to_connect_to_backend", 502, Told.ANSWERED, Says.UPSTREAM_DOWN, None),
        ("client_disconnected_before_any_response", 0, Told.WRONG, N, None),
    ],
)
def test_google_s_balancer(detail, status, told, says, behind):
    entry = one(
        json.dumps(
            {
                "httpRequest": {"requestMethod": "GET", "requestUrl": "https://h/ws?x=1", "status": status, "remoteIp": "203.0.113.7", "latency": "0.5s"},
                "jsonPayload": {"statusDetails": detail}, "resource": {"type": "http_load_balancer"},
                "timestamp": "2026-11-26T01:02:03Z", "trace": "projects/p/traces/abc",
            }
        )
    )  # fmt: skip
    assert _told(entry) == ("google-lb", Hop.PROXY, told, status or None, "/ws?x=1", says)
    assert (entry.upstream_status, entry.time, entry.identity["trace-id"]) == (behind, AT + 0.5, "abc")


def test_azure_s_gateway():
    held = {
        "clientIP": "203.0.113.7", "clientPort": "1234", "httpMethod": "GET", "requestUri": "/ws", "requestQuery": "x=1", "httpStatus": 502,
        "httpVersion": "HTTP/1.1", "timeTaken": 0.5, "sslEnabled": "on", "host": "h", "serverRouted": "-", "serverStatus": "-",
    }  # fmt: skip
    line = {
        "timeStamp": "2026-11-26T01:02:03Z",
        "operationName": "ApplicationGatewayAccess",
        "properties": held,
    }
    entry = one(json.dumps(line))
    assert _told(entry) == ("azure-gateway", Hop.PROXY, Told.ANSWERED, 502, "/ws?x=1", Says.UPSTREAM_DOWN)
    assert (entry.scheme, entry.upstream, entry.upstream_status, entry.took) == ("https", "", None, 0.5)


def _cloudfront(status, detail="Error", query="-"):
    return "\t".join(
        (
            *(
                "2026-11-26",
                "01:02:03",
                "IAD89-C1",
                "500",
                "203.0.113.7",
                "GET",
                "d1.cloudfront.net",
                "/ws",
                str(status),
                "-",
            ),
            *(
                "Mozilla/5.0%20(X11)",
                query,
                "-",
                "Error",
                "id==",
                "app.example.com",
                "wss",
                "200",
                "0.5",
                "-",
                "TLSv1.3",
            ),
            *(
                "TLS_AES_128_GCM_SHA256",
                "Error",
                "HTTP/1.1",
                "-",
                "-",
                "1234",
                "0.5",
                detail,
                "text/html",
                "100",
                "-",
                "-",
            ),
        )
    )


def test_cloudfront():
    entry = one(_cloudfront(502, "OriginConnectError", "x=1"))
    assert _told(entry) == ("cloudfront", Hop.CDN, Told.ANSWERED, 502, "/ws?x=1", Says.CDN_ORIGIN_UNREACHABLE)
    assert (entry.time, entry.zoned, entry.scheme, entry.host, entry.agent) == (
        AT,
        True,
        "wss",
        "app.example.com",
        "Mozilla/5.0 (X11)",
    )
    assert one(_cloudfront(101)).status == 101
    assert one(_cloudfront(0, "ClientCommError")).told is Told.WRONG


# ---- servers


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-26 01:02:03 10.0.0.1 GET /ws x=1 443 - 203.0.113.7 Mozilla/5.0+(Windows) - 400 0 0 15",
        "2026-11-26 01:02:03 W3SVC1 WEB01 10.0.0.1 GET /ws x=1 443 DOM\\ada 203.0.113.7 HTTP/1.1 Mozilla/5.0+(Windows) - - app.example.com 400 0 0 500 200 15",
        "2026-11-26 01:02:03 ::1 GET /ws x=1 443 - 203.0.113.7 Mozilla/5.0+(Windows) - 400 0 64 15",
    ],
)
def test_iis(line):
    entry = one(line)
    assert _told(entry) == ("iis", Hop.SERVER, Told.ANSWERED, 400, "/ws?x=1", N)
    assert (entry.client, entry.time, entry.zoned, entry.took) == ("203.0.113.7", AT, True, 0.015)
    assert entry.agent == "Mozilla/5.0 (Windows)"


@pytest.mark.parametrize(
    "line",
    [
        'time="2026-11-26T01:02:03Z" level=info msg="GET /ws" method=GET path=/ws status=400 remote_addr=203.0.113.7:4242',
        "time=2026-11-26T01:02:03Z level=INFO msg=request method=GET uri=/ws status=400 ip=203.0.113.7",
        "2026-11-26T01:02:03Z INF handled method=GET path=/ws remote_ip=203.0.113.7 status=400",
        "2026-11-26T01:02:03Z DEBUG request{method=GET uri=/ws version=HTTP/1.1 peer=203.0.113.7}: tower_http::trace::on_response: finished processing request latency=0 ms status=400",
    ],
)
def test_lines_of_names_and_values(line):
    entry = one(line)
    assert _told(entry) == ("logfmt", Hop.SERVER, Told.ANSWERED, 400, "/ws", N)
    assert (entry.client, entry.time) == ("203.0.113.7", AT)


def test_names_and_values_that_are_no_request():
    assert (
        read("level=info method=GET cache=/var/x status=400\nlevel=info method=fast path=/ws status=400\n")
        == []
    )


@pytest.mark.parametrize(
    ("line", "format_"),
    [
        ('[2026-11-26T01:02:03Z INFO  actix_web::middleware::logger] 203.0.113.7 "GET /ws HTTP/1.1" 400 41 "-" "curl/8" 0.000123', "actix"),
        ('[2026-11-26 01:02:03 +0000] 203.0.113.7 - "GET /ws HTTP/1.1" 400 0.123', "granian"),
        ('[GIN] 2026/11/26 - 01:02:03 | 400 |     100.1µs |     203.0.113.7 | GET      "/ws"', "go-access"),
    ],
)  # fmt: skip
def test_request_lines(line, format_):
    entry = one(line)
    assert _told(entry) == (format_, Hop.SERVER, Told.ANSWERED, 400, "/ws", N)
    assert (entry.client, entry.time) == ("203.0.113.7", AT)


@pytest.mark.parametrize(
    "line",
    [
        {"@timestamp": "2026-11-26T01:02:03Z", "http": {"request": {"method": "GET"}, "response": {"status_code": 400}}, "url": {"original": "/ws"}, "client": {"ip": "203.0.113.7"}},
        {"@timestamp": "2026-11-26T01:02:03Z", "http.request.method": "GET", "url.path": "/ws", "http.response.status_code": 400, "client.ip": "203.0.113.7"},
        {"timestamp": "2026-11-26T01:02:03Z", "fields": {"message": "finished", "status": 400}, "span": {"method": "GET", "uri": "/ws", "ip": "203.0.113.7"}},
    ],
    ids=["ECS", "ECS with dots", "tracing"],
)  # fmt: skip
def test_json_of_common_schemas(line):
    entry = one(json.dumps(line))
    assert _told(entry) == ("json", Hop.SERVER, Told.ANSWERED, 400, "/ws", N)
    assert (entry.client, entry.time) == ("203.0.113.7", AT)


def test_a_client_s_line_of_json_that_names_a_socket_s_url():
    entry = one('{"msg":"connecting","url":"wss://app.example.com/ws"}')
    assert (entry.told, entry.hop, entry.scheme, entry.path) == (Told.MEANT, Hop.CLIENT, "wss", "/ws")


# ---- nginx, as many configure it


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('app.example.com 203.0.113.7 - - [26/Nov/2026:01:02:03 +0000] "GET /ws HTTP/1.1" 400 255 "-" "x"', "nginx-vhost"),
        ('203.0.113.7 - - [2026-11-26T01:02:03+00:00] "GET /ws HTTP/1.1" 400 255 "-" "x"', "nginx-dated"),
        ('203.0.113.7 - - [26/Nov/2026:01:02:03 +0000] "GET http://h/ws HTTP/1.1" 400 255 "-" "x"', "nginx-combined"),
        ('203.0.113.7 - - [26/Nov/2026:01:02:03 +0000] "GET /ws HTTP/1.1" 400 255 "-" "x" kong_request_id: "abc"', "nginx-extended"),
    ],
)  # fmt: skip
def test_nginx_with_more_or_other_values(line, name):
    entry = one(line)
    assert _told(entry) == (name, Hop.PROXY, Told.ANSWERED, 400, "/ws", N)
    assert (entry.client, entry.time) == ("203.0.113.7", AT)
    assert entry.identity.get("request-id", "abc") == "abc"
