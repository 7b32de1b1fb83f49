"""The example for nginx, on every nginx that is here: what the service gets to see, what a client is told, what is logged."""

import asyncio
import json
import re
import subprocess

import pytest

from examples import site
from examples.site import (
    CONFIGURATION,
    SOCKET,
    answer,
    ask,
    ask_over_http2,
    configuration,
    connected,
    handshake,
    listening,
    recording,
    request,
    serving,
    trusting,
    until,
)
from ws101.causes import BY_SLUG
from ws101.lab import nginx
from ws101.lab.certificates import directory
from ws101.timers.problem import CAUSE_URN, REFUSALS
from ws101.timers.server.api.reading import LARGEST_BODY
from ws101.timers.settings import ServiceSettings

_TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
_CANARY = re.compile("canary|eyJ|Y2FuYXJ5|c2lnbmF0dXJl")
_ID = re.compile("[0-9a-f]{32}")


@pytest.fixture(params=["wheel", "system"])
def binary(request):
    return site.binary(request.param)


def run_with_recorder(binary, directory, act, **options):
    """Run `act(site, recorder)` between a client and a server behind that records."""

    async def run():
        async with recording() as recorder, serving(binary, directory, recorder.port, **options) as site:
            return await act(site, recorder)

    return asyncio.run(run())


def run_alone(binary, directory, act, upstream=1, **options):
    """Run `act(site)`; nothing listens behind."""

    async def run():
        async with serving(binary, directory, upstream, **options) as site:
            return await act(site)

    return asyncio.run(run())


# ---- the file


def test_nginx_accepts_it_without_a_warning(binary, tmp_path):
    (tmp_path / "site.conf").write_text(configuration(18443, 18080, 18081, tmp_path))
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{\n{nginx.http_level()}    include site.conf;\n}}\n"
    )
    tried = subprocess.run(
        [binary.path, "-t", "-p", tmp_path, "-e", "stderr", "-c", main], capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr
    assert "[" not in tried.stderr


def test_its_problem_documents_say_what_the_service_says():
    documents = re.findall(r"return (\d+) '(\{.*\})';", CONFIGURATION.read_text())
    assert documents
    for status, text in documents:
        document = json.loads(text.replace("\\'", "'").replace("$status", status))
        assert document["status"] == int(status)
        assert document["traceId"] == "$ws101_request_id"
        assert (document["retry"] == "after") == ("retryAfter" in document)
        slug = document["type"].removeprefix(CAUSE_URN)
        if slug == "about:blank":
            continue
        assert slug in BY_SLUG
        if refusal := REFUSALS.get(slug):
            assert (document["retry"], document.get("retryAfter", 0)) == (refusal.retry, refusal.retry_after)


def _said(directive):
    (value,) = re.findall(rf"^    {directive} +(.*);", CONFIGURATION.read_text(), re.MULTILINE)
    return value


def test_its_limits_leave_it_to_the_service_to_refuse():
    """The service says why it closes and refuses; nginx could only cut the line, or say less."""
    settings = ServiceSettings()
    assert settings.ping_interval < settings.idle_timeout < int(_said("proxy_read_timeout").removesuffix("s"))
    assert settings.max_head < 1024 * int(_said("large_client_header_buffers").split()[1].removesuffix("k"))
    assert 1024 * int(_said("client_max_body_size").removesuffix("k")) > LARGEST_BODY


# ---- what is passed on


def test_a_handshake_reaches_the_service_whole(binary, tmp_path):
    sent = handshake(
        f"Authorization: Bearer {_TOKEN}", "X-Request-Id: attempt-0001", "Origin: https://app.test"
    )

    async def act(site, recorder):
        async with connected(site.tls, trusting()) as (reader, writer):
            writer.write(sent)
            accepted = await answer(reader)
            writer.write(b"both ways")
            echoed = await reader.readexactly(9)
        return site, accepted, echoed, recorder.requests[-1][0], recorder.last()

    site, accepted, echoed, line, seen = run_with_recorder(binary, tmp_path, act)
    assert (accepted.status, echoed) == (101, b"both ways")
    assert line == f"GET {SOCKET} HTTP/1.1"
    assert {
        name: seen.get(name)
        for name in ("upgrade", "connection", "authorization", "x-request-id", "host", "origin")
    } == {
        "upgrade": ["websocket"],
        "connection": ["upgrade"],
        "authorization": [f"Bearer {_TOKEN}"],
        "x-request-id": ["attempt-0001"],
        "host": ["app.test"],
        "origin": ["https://app.test"],
    }
    assert {name: seen.get(name) for name in seen if name.startswith("x-forwarded-")} == {
        "x-forwarded-for": ["127.0.0.1"],
        "x-forwarded-proto": ["https"],
        "x-forwarded-host": ["app.test"],
        "x-forwarded-port": [str(site.tls)],
    }


def test_a_host_with_a_port_is_passed_on_with_it(binary, tmp_path):
    async def act(site, recorder):
        await ask(site.tls, request().replace(b"app.test", b"app.test:8443"), trusting())
        return recorder.last()["host"]

    assert run_with_recorder(binary, tmp_path, act) == ["app.test:8443"]


@pytest.mark.parametrize("value", ["WebSocket", "WEBSOCKET", "h2c", "TLS/1.0"])
def test_only_a_websocket_is_upgraded_however_it_is_written(binary, tmp_path, value):
    async def act(site, recorder):
        got = await ask(site.tls, request(SOCKET, f"Upgrade: {value}", "Connection: Upgrade"), trusting())
        return got.status, recorder.last()

    status, seen = run_with_recorder(binary, tmp_path, act)
    is_websocket = value.lower() == "websocket"
    assert status == (101 if is_websocket else 200)
    assert seen.get("upgrade") == ([value] if is_websocket else None)
    assert seen.get("connection") == (["upgrade"] if is_websocket else None)


def test_connections_to_the_service_are_kept_for_what_is_no_upgrade(binary, tmp_path):
    async def act(site, recorder):
        for _ in range(5):
            await ask(site.tls, request("/api/v1/timers/lists"), trusting())
        return recorder.connections, len(recorder.requests)

    assert run_with_recorder(binary, tmp_path, act) == (1, 5)


@pytest.mark.parametrize(
    ("sent", "is_kept"),
    [
        ("attempt-0001", True),
        ("a.B_c-9" * 18, True),
        ("short", False),
        ("x" * 129, False),
        ('quote"and{brace}', False),
        (None, False),
    ],
)
def test_a_sound_request_id_is_kept_and_another_replaced(binary, tmp_path, sent, is_kept):
    lines = (f"X-Request-Id: {sent}",) if sent else ()

    async def act(site, recorder):
        await ask(site.tls, request("/health", *lines), trusting())
        refused = await ask(site.tls, request("/health", *lines))
        return recorder.last()["x-request-id"], refused

    (passed,), refused = run_with_recorder(binary, tmp_path, act)
    told = refused.one("x-request-id")
    assert told == refused.problem["traceId"]
    if is_kept:
        assert passed == told == sent
    else:
        assert _ID.fullmatch(passed)
        assert _ID.fullmatch(told)


# ---- what a client is told


def _is_problem(got, status, slug, retry):
    document = got.problem
    assert (got.status, document["type"], document["retry"]) == (
        status,
        CAUSE_URN + slug if slug else "about:blank",
        retry,
    )
    assert document["traceId"] == got.one("x-request-id")
    assert got.one("retry-after") == (str(document["retryAfter"]) if retry == "after" else None)


_LONG = "x" * 40_000


@pytest.mark.parametrize(
    ("sent", "over_tls", "status", "slug"),
    [
        pytest.param(handshake(), False, 400, "plaintext-to-tls-port", id="plain-on-the-tls-port"),
        pytest.param(request("/"), False, 400, "plaintext-to-tls-port", id="plain-page-on-the-tls-port"),
        pytest.param(b"nonsense\r\n\r\n", True, 400, "header-malformed", id="no-request-line"),
        pytest.param(handshake(f"Host: {'other'}"), True, 400, "header-malformed", id="host-twice"),
        pytest.param(handshake(f"Cookie: a={_LONG}"), True, 431, "request-header-too-large", id="long-line"),
        pytest.param(request(f"/{_LONG}"), True, 414, "request-header-too-large", id="long-target"),
        pytest.param(request("/", method="TRACE"), True, 405, "", id="method"),
        pytest.param(handshake().replace(b"HTTP/1.1", b"HTTP/3.0"), True, 505, "", id="version"),
        pytest.param(request("/", "Transfer-Encoding: gzip", method="POST"), True, 501, "", id="encoding"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", True, 400, "header-malformed", id="http2-unasked"),
        pytest.param(request("/", "Content-Length: 200000", method="POST"), True, 413, "", id="long-body"),
    ],
)  # fmt: skip
def test_what_nginx_refuses_it_refuses_with_a_problem_document(
    binary, tmp_path, sent, over_tls, status, slug
):
    got = run_alone(binary, tmp_path, lambda site: ask(site.tls, sent, trusting() if over_tls else None))
    _is_problem(got, status, slug, "never")


def test_a_handshake_to_the_plain_port_is_refused_and_pages_are_redirected(binary, tmp_path):
    async def act(site):
        return await ask(site.plain, handshake()), await ask(site.plain, request("/api/v1/docs?a=b"))

    refused, redirected = run_alone(binary, tmp_path, act)
    _is_problem(refused, 400, "plaintext-to-tls-port", "never")
    assert refused.problem["remedy"] == f"Connect to wss://app.test{SOCKET}."
    assert (redirected.status, redirected.one("location")) == (308, "https://app.test/api/v1/docs?a=b")


def test_a_service_that_is_down_is_told_from_one_that_closes(binary, tmp_path):
    async def close(reader, writer):
        await reader.readuntil(b"\r\n\r\n")

    async def act(directory, port):
        async with serving(binary, directory, port) as site:
            return await ask(site.tls, handshake(), trusting())

    async def run():
        with nginx.listening() as taken:
            free = taken.getsockname()[1]
        async with listening(close) as closing:
            return await act(tmp_path / "down", free), await act(tmp_path / "closes", closing)

    down, closes = asyncio.run(run())
    _is_problem(down, 502, "upstream-refused", "after")
    _is_problem(closes, 502, "closed-without-answer", "after")


def test_a_service_that_says_nothing_is_told(binary, tmp_path):
    async def stay(reader, writer):
        await reader.read()

    async def run():
        async with (
            listening(stay) as port,
            serving(
                binary, tmp_path, port, changes={"proxy_read_timeout    90s": "proxy_read_timeout 1s"}
            ) as site,
        ):
            return await ask(site.tls, handshake(), trusting())

    _is_problem(asyncio.run(run()), 504, "upstream-timeout", "after")


def test_a_limit_that_is_added_is_told(binary, tmp_path):
    changes = {
        "upstream ws101_timers {": "limit_req_zone $server_name zone=all:1m rate=1r/m;\nupstream ws101_timers {",
        "location = /api/v1/timers/notifications {": f"location = {SOCKET} {{ limit_req zone=all;",
    }

    async def act(site):
        await ask(site.tls, handshake(), trusting())
        return await ask(site.tls, handshake(), trusting())

    _is_problem(run_alone(binary, tmp_path, act, changes=changes), 503, "server-overloaded", "after")


def test_a_missing_client_certificate_is_told_where_one_is_demanded(binary, tmp_path):
    demanded = (
        f"ssl_verify_client on;\n    ssl_client_certificate {directory()}/root.pem;\n    ssl_protocols "
    )
    changes = {"ssl_protocols ": demanded}
    got = run_alone(binary, tmp_path, lambda site: ask(site.tls, handshake(), trusting()), changes=changes)
    _is_problem(got, 400, "client-certificate-required", "never")


def test_over_http2_pages_come_and_a_handshake_is_told_why_not(binary, tmp_path):
    async def act(site, recorder):
        return (
            await ask_over_http2(site.tls, "/health"),
            recorder.last(),
            await ask_over_http2(site.tls, SOCKET),
        )

    page, seen, refused = run_with_recorder(binary, tmp_path, act, http2=True)
    assert (page.status, page.body, seen["host"]) == (200, b"here", ["app.test"])
    _is_problem(refused, 505, "upgrade-sent-over-http2", "never")


def test_with_http2_a_client_of_http_1_1_gets_its_socket_all_the_same(binary, tmp_path):
    async def act(site, recorder):
        return await ask(site.tls, handshake(), trusting("http/1.1"))

    assert run_with_recorder(binary, tmp_path, act, http2=True).status == 101


def test_without_http2_nobody_is_led_into_it(binary, tmp_path):
    async def act(site):
        async with connected(site.tls, trusting("h2", "http/1.1")) as (_, writer):
            return writer.get_extra_info("ssl_object").selected_alpn_protocol()

    assert run_alone(binary, tmp_path, act) == "http/1.1"


def test_the_problem_pages_cannot_be_fetched(binary, tmp_path):
    got = run_alone(
        binary, tmp_path, lambda site: ask(site.tls, request("/.problem/server-error"), trusting())
    )
    assert got.status == 404


# ---- what is logged


def _logged(site):
    line = site.access.splitlines()[-1]
    return line, dict(re.findall(r'([a-z_]+)="([^"]*)"', line))


def test_the_log_shows_what_the_client_sent(binary, tmp_path):
    """The guide's `connection=` shows what nginx makes of it, and nobody sees what came."""
    sent = request(
        SOCKET,
        "Connection: Keep-Alive",
        "Upgrade: websocket",
        "X-Request-Id: attempt-0001",
        f"Authorization: Bearer {_TOKEN}",
    )

    async def act(site, recorder):
        await ask(site.tls, sent, trusting())
        await until(lambda: "\n" in site.access)
        return site, recorder.last()["connection"], *_logged(site)

    site, passed_on, line, logged = run_with_recorder(binary, tmp_path, act)
    assert passed_on == ["upgrade"]
    assert f'"GET {SOCKET} HTTP/1.1" 101 ' in line
    assert logged["upgrade"] == "websocket"
    assert logged["connection"] == "Keep-Alive"
    assert (logged["scheme"], logged["port"]) == ("https", str(site.tls))
    assert logged["tls"].startswith("TLSv1.")
    assert (logged["authorization"], logged["authorization_length"]) == ("Bearer, 3 parts", "64-511")
    assert (logged["request_id"], logged["upstream_status"]) == ("attempt-0001", "101")


def test_the_log_shows_plain_http_on_the_tls_port(binary, tmp_path):
    """The story's fault, which took 51 hours to find, in one line."""

    async def act(site):
        await ask(site.tls, handshake())
        await until(lambda: "\n" in site.access)
        return site, *_logged(site), site.errors

    site, line, logged, errors = run_alone(binary, tmp_path, act)
    assert f'"GET {SOCKET} HTTP/1.1" 400 ' in line
    assert (logged["scheme"], logged["port"], logged["tls"], logged["upstream"]) == (
        "http",
        str(site.tls),
        "-",
        "-",
    )
    assert (logged["upgrade"], logged["connection"]) == ("websocket", "Upgrade")
    assert "client sent plain HTTP request to HTTPS port" in errors


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("", "none"),
        ("Bearer null", "Bearer, empty"),
        ("Bearer", "Bearer, empty"),
        (f"Bearer {_TOKEN}", "Bearer, 3 parts"),
        (f"bearer {_TOKEN}", "Bearer, 3 parts"),
        (f"Bearer Bearer {_TOKEN}", "Bearer, no JWT"),
        (f'Bearer "{_TOKEN}"', "Bearer, no JWT"),
        (_TOKEN, "no known scheme"),
        ("Basic Y2FuYXJ5OmNhbmFyeQ==", "Basic"),
    ],
)
def test_the_log_shows_the_shape_of_the_credentials_alone(binary, tmp_path, value, shape):
    lines = (f"Authorization: {value}",) if value else ()

    async def act(site):
        await ask(site.tls, request(f"{SOCKET}?token={_TOKEN}&ticket=canary", *lines), trusting())
        await until(lambda: "\n" in site.access)
        return _logged(site)

    line, logged = run_alone(binary, tmp_path, act)
    assert (logged["authorization"], logged["ticket"]) == (shape, "yes")
    assert not _CANARY.search(line)


def test_a_token_gets_into_no_log(binary, tmp_path):
    """The error log at level info too: whatever comes of the request, nginx does not quote a header that it could read."""
    credentials = (
        f"Authorization: Bearer {_TOKEN}",
        f"Cookie: session={_TOKEN}",
        f"Sec-WebSocket-Protocol: bearer, {_TOKEN}",
    )
    requests = (
        handshake(*credentials),
        request("/api/v1/timers/lists", *credentials),
        handshake(*credentials, "Host: other"),
        handshake(*credentials, f"Padding: {_LONG}"),
        request("/", *credentials, "Content-Length: 200000", method="POST"),
        handshake(f"Authorization : Bearer {_TOKEN}"),
    )

    async def act(site):
        for sent in requests:
            await ask(site.tls, sent, trusting())
            await ask(site.tls, sent)
            await ask(site.plain, sent)
        await until(lambda: site.access.count("\n") == 3 * len(requests))
        return site.access, site.errors

    access, errors = run_alone(binary, tmp_path, act)
    assert "connect() failed" in errors
    assert not _CANARY.search(access), access
    assert not _CANARY.search(errors), errors
