"""Logs of AWS's balancer and of Cloudflare, of which the lines are made after the documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.logs.entry import Told
from ws101.logs.formats import aws_alb, cloudflare
from ws101.logs.line import Line, Place
from ws101.signature import Says
from ws101.terms import Hop

ALB, CLOUDFLARE = aws_alb.FORMAT, cloudflare.FORMAT
WSS = (
    "wss 2026-11-26T01:09:19.501000Z app/my-lb/50dc6c495c0c9188 10.0.0.140:44244 10.0.1.32:8010 0.001 0.003 0.000 101 101 218 786 "
    '"GET https://a.test:443/ws?x=1 HTTP/1.1" "ws101/0.5.0 (probe 7f3a9c01-03)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/t/73e2d6bc24d8a067 "
    '"Root=1-58337364-23a8c76965a2ef7629b185e3" "a.test" "arn:aws:acm:us-east-2:123456789012:certificate/1" 1 '
    '2026-11-26T01:09:09.501000Z "forward" "-" "-" "10.0.1.32:8010" "101" "-" "-" TID_123'
)
PUSHED = (
    '{"ClientIP":"10.0.0.9","ClientRequestHost":"a.test","ClientRequestMethod":"GET","ClientRequestURI":"/ws?x=1",'
    '"ClientRequestProtocol":"HTTP/1.1","ClientRequestScheme":"https","EdgeStartTimestamp":"2026-11-26T01:09:18Z",'
    '"EdgeEndTimestamp":1795655359000000000,"EdgeResponseStatus":101,"OriginResponseStatus":101,"OriginIP":"10.1.1.1",'
    '"RayID":"8f0b1c2d3e4f5a6b","ClientRequestUserAgent":"okhttp/4"}'
)


def read(kind, text):
    assert kind.opens(text)
    return kind.read([Line(text, Place("x", 1))])


def test_a_socket_behind_the_balancer():
    entry = read(ALB, WSS)
    assert (entry.client, entry.method, entry.path, entry.host, entry.scheme) == (
        "10.0.0.140",
        "GET",
        "/ws?x=1",
        "a.test",
        "https",
    )
    assert (entry.status, entry.upstream, entry.upstream_status, entry.took) == (
        101,
        "10.0.1.32:8010",
        101,
        10.0,
    )
    assert entry.time == 1795655359.501
    assert entry.identity["probe"] == "7f3a9c01-03"
    assert entry.identity["trace-id"].startswith("Root=1-")


@pytest.mark.parametrize(
    ("status", "told", "says"),
    [
        ("502", Told.ANSWERED, Says.UPSTREAM_DOWN),
        ("504", Told.ANSWERED, Says.UPSTREAM_TIMEOUT),
        ("460", Told.WRONG, Says.NOTHING),
        ("403", Told.ANSWERED, Says.FORBIDDEN),
    ],
)
def test_what_the_balancer_answers_itself(status, told, says):
    entry = read(
        ALB, WSS.replace(" 101 101 218", f" {status} - 218").replace("10.0.1.32:8010 0.001", "- 0.001")
    )
    assert (entry.told, entry.says, entry.upstream, entry.upstream_status) == (told, says, "", None)


def test_a_socket_behind_cloudflare():
    entry = read(CLOUDFLARE, PUSHED)
    assert (entry.hop, entry.client, entry.path, entry.status, entry.upstream_status) == (
        Hop.CDN,
        "10.0.0.9",
        "/ws?x=1",
        101,
        101,
    )
    assert (entry.time, entry.took, entry.identity) == (1795655359.0, 1.0, {"cf-ray": "8f0b1c2d3e4f5a6b"})


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (521, Says.CDN_ORIGIN_UNREACHABLE),
        (526, Says.CDN_ORIGIN_TLS),
        (403, Says.CDN_BLOCKED),
        (429, Says.RATE),
    ],
)
def test_what_cloudflare_answers_itself(status, says):
    text = PUSHED.replace('"EdgeResponseStatus":101', f'"EdgeResponseStatus":{status}')
    assert (
        read(CLOUDFLARE, text.replace('"OriginResponseStatus":101', '"OriginResponseStatus":0')).says is says
    )
    assert read(CLOUDFLARE, text).says is Says.NOTHING


@given(st.text(max_size=100), st.integers(0, 700))
def test_no_text_raises(text, cut):
    for line in (WSS, PUSHED):
        whole = line[:cut] + text + line[cut:]
        for kind in (ALB, CLOUDFLARE):
            if kind.opens(whole):
                kind.read([Line(whole, Place("x", 1))])
