"""What holds at every route: methods, bodies, credentials, origins, and that no secret is told."""

import asyncio
import json

import pytest

from timers.server.api.calling import UNKNOWN, V1, run


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", f"{V1}/timers/lists", "GET, HEAD, OPTIONS, POST"),
        ("GET", f"{V1}/auth/login", "OPTIONS, POST"),
        ("TRACE", "/health", "GET, HEAD, OPTIONS"),
        ("POST", f"{V1}/timers/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS, PATCH"),
    ],
)
def test_another_method_is_told_which_there_are(tmp_path, method, path, allow):
    async def story(here):
        answer = await here.nobody(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allow)
        asked = await here.nobody("OPTIONS", path)
        assert (asked.status_code, asked.headers["allow"]) == (204, allow)

    run(tmp_path, story)


@pytest.mark.parametrize(
    "path",
    ["/nope", f"{V1}", f"{V1}/timers/lists/", "/%00", f"{V1}/timers/control/x/", "/api/v2/timers"],
)
def test_no_such_path(tmp_path, path):
    async def story(here):
        assert (await here.nobody("GET", path)).status_code == 404

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"name=x", 415),
        ({}, b"{}", 415),
        ({"Content-Type": "application/json"}, b"", 400),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'{"name": 1', 400),
        ({"Content-Type": "application/json"}, b'{"name": "\\ud800"}', 400),
        ({"Content-Type": "application/json"}, b"\xff", 400),
        ({"Content-Type": "application/json"}, b"[" * 60_000, 400),
        ({"Content-Type": "application/json"}, b" " * 70_000, 413),
        ({"Content-Type": "Application/JSON; charset=utf-8"}, b'{"name": "x"}', 201),
    ],
)  # fmt: skip
def test_bodies(tmp_path, headers, content, status):
    async def story(here):
        ada = await here.user()
        answer = await ada("POST", f"{V1}/timers/lists", headers=headers, content=content)
        assert answer.status_code == status, answer.text

    run(tmp_path, story)


def test_a_body_that_never_ends_is_cut_off(tmp_path):
    async def story(here):
        async def endless():
            while True:
                yield b" " * 10_000

        ada = await here.user()
        headers = {"Content-Type": "application/json"}
        answer = await ada("POST", f"{V1}/timers/lists", headers=headers, content=endless())
        assert (answer.status_code, answer.headers["connection"]) == (413, "close")

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("", "token-malformed"), ("Bearer", "token-missing"), ("Bearer null", "token-missing"), ("Basic eDp5", "token-malformed"),
        ("Bearer a.b.c", "token-malformed"), ("Bearer " + "x" * 9_000, "token-malformed"),
    ],
)  # fmt: skip
def test_credentials_that_are_none(tmp_path, value, cause):
    async def story(here):
        answer = await here.nobody("GET", f"{V1}/auth/me", headers={"Authorization": value})
        assert (answer.status_code, answer.json()["type"]) == (401, f"urn:ws101:cause:{cause}")

    run(tmp_path, story)


def test_authorization_twice_is_refused(tmp_path):
    async def story(here):
        ada = await here.user()
        twice = [("Authorization", ada.headers["Authorization"])] * 2
        assert (await here.http.get(f"{V1}/auth/me", headers=twice)).status_code == 401

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a-sound-request-id", True), ("short", False), ("x" * 129, False), ("bad id here!", False)],
)
def test_the_request_id_is_echoed_if_it_is_sound(tmp_path, given, kept):
    async def story(here):
        answer = await here.nobody("GET", "/nope", headers={"X-Request-Id": given})
        assert (answer.headers["x-request-id"] == given) is kept
        assert len(answer.headers["x-request-id"]) >= 18

    run(tmp_path, story)


def test_a_crash_is_told_without_its_inside(tmp_path):
    async def story(here):
        def fail(_):
            raise RuntimeError("the secret inside")

        ada = await here.user()
        here.parts.service.lists = fail
        answer = await ada("GET", f"{V1}/timers/lists")
        assert (answer.status_code, answer.json()["type"]) == (500, "urn:ws101:cause:server-error")
        assert "secret inside" not in answer.text
        here.parts.logs.close()
        assert answer.json()["traceId"] in here.log.getvalue()

    run(tmp_path, story)


def test_pages_of_allowed_origins_may_call(tmp_path):
    async def story(here):
        asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PATCH"}
        answer = await here.http.options(f"{V1}/timers/lists", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["x-request-id"]
        for path in (f"{V1}/auth/me", "/nope", f"{V1}/timers/tickets"):
            refused = await here.nobody("GET", path, headers={"Origin": "https://app.example"})
            assert refused.headers["access-control-allow-origin"] == "https://app.example"
        other = await here.http.get("/health", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers

    run(tmp_path, story, origins=("https://app.example",))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Origin": "https://evil.example"}, "the Origin is none"),
        ({"Access-Control-Request-Method": "TRACE"}, "the method is none of GET, POST"),
        ({"Access-Control-Request-Headers": "X-Odd"}, "the headers are not all of Authorization"),
    ],
)
def test_a_preflight_that_is_refused_is_told_why(tmp_path, changed, why):
    async def story(here):
        asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PATCH"} | changed
        refused = await here.nobody("OPTIONS", f"{V1}/timers/lists", headers=asked)
        assert refused.status_code == 400
        assert why in refused.json()["detail"]
        allowed = refused.headers.get("access-control-allow-origin")
        assert allowed == (None if "Origin" in changed else "https://app.example")
        assert refused.headers["vary"].startswith("Origin")

    run(tmp_path, story, origins=("https://app.example",))


def test_no_secret_reaches_a_problem_or_the_log(tmp_path):
    """The canary: every secret of a session in every place where it does not belong."""

    async def story(here):
        password = "canary-password-0123456789"
        said = {"name": "Ada", "email": "ada@example.org", "password": password}
        made = (await here.nobody("POST", f"{V1}/auth/register", said)).json()
        ticket = here.parts.tickets.issue(None)[0]
        secrets = [password, made["token"], made["token"].split(".")[1], made["token"].split(".")[2],
                   made["refreshToken"], ticket]  # fmt: skip
        answers = []
        for secret in secrets:
            bearer = {"Authorization": f"Bearer {secret}"}
            for path in (
                f"{V1}/auth/register",
                f"{V1}/auth/login",
                f"{V1}/auth/refresh",
                f"{V1}/auth/password",
            ):
                for body in ({"password": secret}, {"email": secret, "password": secret, "name": secret, "refreshToken": secret},
                             {"refreshToken": [secret], "email": "x@y", "password": {secret: secret}}, secret, [secret]):  # fmt: skip
                    answers += [await here.nobody("POST", path, body, headers=bearer)]
            answers += [
                await here.nobody("GET", f"{V1}/timers/lists?token={secret}"),
                await here.nobody("GET", f"{V1}/timers/notifications?ticket={secret}", headers=bearer),
                await here.nobody("GET", "/nope", headers={"Cookie": f"token={secret}"}),
                await here.nobody("POST", f"{V1}/auth/login", headers={"Content-Type": "application/json"}, content=secret),
            ]  # fmt: skip
        refused = [answer for answer in answers if answer.status_code >= 400]
        assert len(refused) > 100
        here.parts.logs.close()
        log = here.log.getvalue()
        assert len(log) > 10_000
        for secret in secrets:
            assert all(secret not in answer.text for answer in refused), secret
            assert all(secret not in str(answer.headers) for answer in refused)
            assert secret not in log, secret
            assert json.dumps(secret) not in log

    run(tmp_path, story)


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("ws101.timers.server.api.reading.BODY_TIMEOUT", 0.01)

    async def story(here):
        async def nothing():
            await asyncio.Event().wait()
            yield b""

        ada = await here.user()
        headers = {"Content-Type": "application/json"}
        answer = await ada("POST", f"{V1}/timers/lists", headers=headers, content=nothing())
        assert (answer.status_code, answer.headers["connection"]) == (408, "close")

    run(tmp_path, story)


def test_a_client_that_goes_away_leaves_no_crash(tmp_path):
    async def story(here):
        ada = await here.user()
        sent = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        headers = [
            (b"content-type", b"application/json"),
            (b"authorization", ada.headers["Authorization"].encode()),
        ]
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": f"{V1}/timers/lists", "headers": headers,
            "query_string": b"", "client": ("127.0.0.1", 1), "server": ("service.test", 80), "scheme": "http",
        }  # fmt: skip
        await here.transport.app(scope, receive, send)
        here.parts.logs.close()
        assert sent[0]["status"] == 400
        assert "ERROR" not in here.log.getvalue()

    run(tmp_path, story)
