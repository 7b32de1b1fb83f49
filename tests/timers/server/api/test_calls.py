"""Every route: what it answers to its user, and that it answers another user as if there were nothing."""

import asyncio
import json

import pytest

from timers.server.api.calling import V1, world
from timers.server.people import PASSWORD
from ws101.timers.server.api.table import OPERATIONS

UNKNOWN = "00000000-0000-4000-8000-000000000000"
TIMER = {"name": "Work", "duration": 1_500_000}


def run(path, story, **settings):
    async def told():
        async with world(path, **settings) as here:
            await story(here)

    asyncio.run(told())


async def a_list(caller, name="Day", timers=2, **more):
    made = await caller.made(f"{V1}/timers/lists", {"name": name, **more})
    for n in range(timers):
        await caller.made(f"{V1}/timers", {"timerListId": made["id"], **TIMER, "name": f"Timer {n}"})
    return (await caller("GET", f"{V1}/timers/lists/{made['id']}")).json()


# ---- signing in


def test_register_login_me(tmp_path):
    async def story(here):
        said = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD}
        made = await here.nobody("POST", f"{V1}/auth/register", said)
        assert made.status_code == 201
        assert made.headers["location"] == f"{V1}/auth/me"
        assert made.headers["cache-control"] == "no-store"
        back = await here.nobody(
            "POST", f"{V1}/auth/login", {"email": "ada@example.org", "password": PASSWORD}
        )
        assert back.status_code == 200
        tokens = back.json()
        assert tokens["tokenType"] == "Bearer"
        assert tokens["expiresIn"] == 600
        me = await here.nobody("GET", f"{V1}/auth/me", headers={"Authorization": f"Bearer {tokens['token']}"})
        assert me.json() == tokens["user"] == made.json()["user"]
        assert me.json()["email"] == "ada@example.org"
        again = await here.nobody("POST", f"{V1}/auth/register", said)
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/email")

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/name", "/email", "/password"]),
        ({"name": "", "email": "ada", "password": "short"}, ["/name", "/email", "/password"]),
        ({"name": "Ada", "email": 1, "password": None}, ["/email", "/password"]),
        ({"name": "A", "email": "a@b", "password": "x" * 257}, ["/password"]),
        ([], [""]),
        ("text", [""]),
    ],
)
def test_what_does_not_fit_is_named_by_pointers(tmp_path, body, pointers):
    async def story(here):
        answer = await here.nobody("POST", f"{V1}/auth/register", body)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers
        assert "short" not in answer.text

    run(tmp_path, story)


def test_wrong_credentials_and_the_throttle(tmp_path):
    async def story(here):
        await here.user()
        wrong = {"email": "ada@example.org", "password": "wrong"}
        statuses = [(await here.nobody("POST", f"{V1}/auth/login", wrong)).status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        here.clock.forward(30)
        good = {**wrong, "password": PASSWORD}
        assert (await here.nobody("POST", f"{V1}/auth/login", good)).status_code == 200

    run(tmp_path, story)


def test_the_throttle_sees_the_client_behind_a_trusted_proxy_alone(tmp_path):
    async def story(here):
        for n in range(51):
            said = {"email": f"u{n}@example.org", "password": "wrong"}
            answer = await here.nobody(
                "POST", f"{V1}/auth/login", said, headers={"X-Forwarded-For": "192.0.2.1"}
            )
        assert answer.status_code == 429
        other = await here.nobody("POST", f"{V1}/auth/login", said, headers={"X-Forwarded-For": "192.0.2.2"})
        assert other.status_code == 401

    run(tmp_path, story)


def test_refresh_goes_on_and_an_old_one_ends_the_session(tmp_path):
    async def story(here):
        ada = await here.user()
        first = {"refreshToken": ada.signed_in["refreshToken"]}
        second = await here.nobody("POST", f"{V1}/auth/refresh", first)
        assert second.status_code == 200
        assert (await ada("GET", f"{V1}/auth/me")).status_code == 200
        again = await here.nobody("POST", f"{V1}/auth/refresh", first)
        assert again.json()["refreshToken"] == second.json()["refreshToken"]
        here.clock.forward(31)
        assert (await here.nobody("POST", f"{V1}/auth/refresh", first)).status_code == 401
        refused = await ada("GET", f"{V1}/auth/me")
        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:ws101:cause:token-user-unknown"
        assert "trace" not in refused.json(), "it was no handshake"

    run(tmp_path, story)


@pytest.mark.parametrize("body", [None, {}, {"everywhere": True}, {"refreshToken": "passed over"}])
def test_logout_with_and_without_a_body(tmp_path, body):
    async def story(here):
        ada = await here.user()
        assert (await ada("POST", f"{V1}/auth/logout", body)).status_code == 204
        assert (await ada("GET", f"{V1}/auth/me")).status_code == 401

    run(tmp_path, story)


def test_sessions_and_passwords(tmp_path):
    async def story(here):
        ada = await here.user()
        login = await here.nobody(
            "POST", f"{V1}/auth/login", {"email": "ada@example.org", "password": PASSWORD}
        )
        shown = (await ada("GET", f"{V1}/auth/sessions")).json()
        assert sorted(session["current"] for session in shown) == [False, True]
        other = next(session["id"] for session in shown if not session["current"])
        assert (await ada("DELETE", f"{V1}/auth/sessions/{other}")).status_code == 204
        assert (await ada("DELETE", f"{V1}/auth/sessions/{other}")).status_code == 404
        dead = {"Authorization": f"Bearer {login.json()['token']}"}
        assert (await here.nobody("GET", f"{V1}/auth/me", headers=dead)).status_code == 401
        change = {"password": "wrong", "newPassword": "quite another"}
        assert (await ada("POST", f"{V1}/auth/password", change)).status_code == 403
        assert (await ada("POST", f"{V1}/auth/password", {**change, "password": PASSWORD})).status_code == 204
        assert (await ada("GET", f"{V1}/auth/me")).status_code == 200

    run(tmp_path, story)


def test_closed_registration_and_an_administrators_address(tmp_path):
    async def story(here):
        said = {"name": "Root", "email": "ROOT@example.org", "password": PASSWORD}
        answer = await here.nobody("POST", f"{V1}/auth/register", said)
        assert (answer.status_code, "add-user" in answer.text) == (403, True)

    for number, settings in enumerate(({"admins": ("root@example.org",)}, {"registration": False})):
        (tmp_path / str(number)).mkdir()
        run(tmp_path / str(number), story, **settings)


# ---- administration


def test_an_administrator_finds_locks_unlocks_and_deletes(tmp_path):
    async def story(here):
        root, ada = await here.user("root@example.org"), await here.user()
        found = (await root("GET", f"{V1}/users", params={"email": "ADA@example.org"})).json()
        assert [user["id"] for user in found] == [ada.id]
        assert (await root("GET", f"{V1}/users", params={"email": "none@example.org"})).json() == []
        assert (await root("GET", f"{V1}/users")).status_code == 400
        assert (await root("GET", f"{V1}/users/{ada.id}")).json()["name"] == "ada"
        assert (await root("POST", f"{V1}/users/{ada.id}/lock")).json()["locked"]
        refused = await ada("GET", f"{V1}/auth/me")
        assert (refused.status_code, refused.json()["type"]) == (
            403,
            "urn:ws101:cause:token-lacks-permission",
        )
        assert not (await root("POST", f"{V1}/users/{ada.id}/unlock")).json()["locked"]
        assert (await root("DELETE", f"{V1}/users/{ada.id}")).status_code == 204
        for method, rest in (("GET", ""), ("POST", "/lock"), ("POST", "/unlock"), ("DELETE", "")):
            assert (await root(method, f"{V1}/users/{ada.id}{rest}")).status_code == 404

    run(tmp_path, story, admins=("root@example.org",))


def test_others_may_not_but_may_delete_themselves(tmp_path):
    async def story(here):
        ada, eve = await here.user(), await here.user("eve@example.org")
        calls = [("GET", "?email=ada@example.org"), ("GET", f"/{ada.id}"), ("POST", f"/{ada.id}/lock"),
                 ("POST", f"/{ada.id}/unlock"), ("DELETE", f"/{ada.id}"), ("DELETE", f"/{UNKNOWN}")]  # fmt: skip
        for method, rest in calls:
            assert (await eve(method, f"{V1}/users{rest}")).status_code == 403
        assert (await eve("DELETE", f"{V1}/users/{eve.id}")).status_code == 204
        assert (await eve("GET", f"{V1}/auth/me")).status_code == 401

    run(tmp_path, story)


# ---- lists, timers, settings


def test_lists_from_made_to_deleted(tmp_path):
    async def story(here):
        ada = await here.user()
        assert (await ada("GET", f"{V1}/timers/lists")).json() == []
        made = await ada("POST", f"{V1}/timers/lists", {"name": "Day", "loopTimers": True})
        assert made.status_code == 201
        place = made.headers["location"]
        assert place == f"{V1}/timers/lists/{made.json()['id']}"
        shown = await ada("GET", place)
        assert shown.json() == made.json()
        assert shown.headers["etag"] == made.headers["etag"] == f'"{made.json()["version"]}"'
        changed = await ada("PATCH", place, {"name": "Night"}, headers={"If-Match": made.headers["etag"]})
        assert (changed.status_code, changed.json()["name"], changed.json()["loopTimers"]) == (
            200,
            "Night",
            True,
        )
        for stale in (made.headers["etag"], '"999"', "W/" + changed.headers["etag"], "what", ""):
            if stale:
                lost = await ada("PATCH", place, {"name": "Lost"}, headers={"If-Match": stale})
                assert lost.status_code == 412, stale
        assert (await ada("DELETE", place, headers={"If-Match": made.headers["etag"]})).status_code == 412
        assert [each["name"] for each in (await ada("GET", f"{V1}/timers/lists")).json()] == ["Night"]
        assert (await ada("DELETE", place, headers={"If-Match": "*"})).status_code == 204
        assert (await ada("DELETE", place)).status_code == 404

    run(tmp_path, story)


def test_timers_from_made_to_deleted(tmp_path):
    async def story(here):
        ada = await here.user()
        day = await a_list(ada, timers=0)
        made = await ada("POST", f"{V1}/timers", {"timerListId": day["id"], **TIMER})
        assert made.status_code == 201
        place = made.headers["location"]
        assert (await ada("GET", place)).json() == made.json()
        changed = await ada("PATCH", place, {"duration": 60_000}, headers={"If-Match": made.headers["etag"]})
        assert (changed.status_code, changed.json()["remainingSeconds"]) == (200, 60)
        assert (await ada("PATCH", place, {}, headers={"If-Match": made.headers["etag"]})).status_code == 412
        assert (await ada("DELETE", place)).status_code == 204
        assert (await ada("GET", place)).status_code == 404
        lost = await ada("POST", f"{V1}/timers", {"timerListId": UNKNOWN, **TIMER})
        assert lost.status_code == 404

    run(tmp_path, story)


def test_control_by_the_table_of_the_original(tmp_path):
    async def story(here):
        ada = await here.user()
        day = await a_list(ada)
        first, second = (timer["id"] for timer in day["timers"])

        async def control(action, **query):
            return await ada("POST", f"{V1}/timers/control/{day['id']}/{action}", params=query)

        assert [t["state"] for t in (await control("start")).json()] == ["RUNNING"]
        assert (await control("start", timerId=second)).status_code == 409
        assert (await control("resume")).status_code == 409
        assert [t["id"] for t in (await control("pause")).json()] == [first]
        here.clock.forward(5)
        assert (await control("resume", timerId=first)).json()[0]["state"] == "RUNNING"
        assert (await control("restart")).json()[0]["remainingSeconds"] == 1500
        assert (await control("stop")).json()[0]["state"] == "STOPPED"
        assert (await control("start", timerId=UNKNOWN)).status_code == 404
        assert (await control("explode")).status_code == 404
        twice = await ada("POST", f"{V1}/timers/control/{day['id']}/start?timerId={first}&timerId={second}")
        assert twice.status_code == 400

    run(tmp_path, story)


def test_reorder(tmp_path):
    async def story(here):
        ada = await here.user()
        day = await a_list(ada)
        ids = [timer["id"] for timer in day["timers"]]
        place = f"{V1}/timers/lists/{day['id']}/reorder"
        turned = await ada("POST", place, {"timerIds": ids[::-1]})
        assert [timer["id"] for timer in turned.json()["timers"]] == ids[::-1]
        for wrong in ([], ids[:1], [*ids, ids[0]], [ids[0], UNKNOWN]):
            answer = await ada("POST", place, {"timerIds": wrong})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/timerIds")

    run(tmp_path, story)


def test_settings(tmp_path):
    async def story(here):
        ada, eve = await here.user(), await here.user("eve@example.org")
        assert (await ada("GET", f"{V1}/timers/settings")).json() == {
            "defaultTimerListId": None, "dailyPomodoroGoal": 8, "notificationsEnabled": True,
        }  # fmt: skip
        mine, theirs = await a_list(ada, timers=0), await a_list(eve, timers=0)
        said = {"defaultTimerListId": mine["id"], "dailyPomodoroGoal": 3, "notificationsEnabled": False}
        assert (await ada("PUT", f"{V1}/timers/settings", said)).json() == said
        for list_id in (theirs["id"], UNKNOWN):
            lost = await ada("PUT", f"{V1}/timers/settings", {**said, "defaultTimerListId": list_id})
            assert lost.status_code in {404, 422}
        assert (await ada("GET", f"{V1}/timers/settings")).json() == said

    run(tmp_path, story)


def test_a_ticket_stands_for_its_user_once(tmp_path):
    async def story(here):
        ada = await here.user()
        issued = await ada("POST", f"{V1}/timers/tickets")
        assert (issued.status_code, issued.json()["expiresIn"]) == (201, 30)
        assert issued.headers["cache-control"] == "no-store"
        assert here.parts.tickets.redeem(issued.json()["ticket"]).user == ada.id
        assert here.parts.tickets.redeem(issued.json()["ticket"]) is None

    run(tmp_path, story)


# ---- whose it is


def test_what_is_anothers_is_as_if_it_were_not(tmp_path):
    async def story(here):
        ada, eve = await here.user(), await here.user("eve@example.org")
        day = await a_list(ada)
        ids = {"listId": day["id"], "timerId": day["timers"][0]["id"]}
        session = (await ada("GET", f"{V1}/auth/sessions")).json()[0]["id"]
        before = (await ada("GET", f"{V1}/timers/lists")).json()
        bodies = {
            "changeList": {"name": "Eve's"}, "changeTimer": {"name": "Eve's"},
            "reorder": {"timerIds": [timer["id"] for timer in day["timers"]]},
        }  # fmt: skip
        tried = 0
        for operation in OPERATIONS:
            if not operation.variables or "/users/" in operation.path or "handshakes" in operation.path:
                continue
            answers = []
            for known in ({**ids, "sessionId": session}, dict.fromkeys((*ids, "sessionId"), UNKNOWN)):
                path = operation.path
                for name, value in known.items():
                    path = path.replace(f"{{{name}}}", value)
                answer = await eve(operation.method, path, bodies.get(operation.name))
                answers.append((answer.status_code, answer.json()["title"], answer.json().get("detail")))
            assert answers[0] == answers[1], "whether it exists is not to be told apart"
            assert answers[0][0] == 404, operation.name
            tried += 1
        assert tried >= 13
        stolen = await eve("POST", f"{V1}/timers", {"timerListId": day["id"], **TIMER})
        assert stolen.status_code == 404
        mine = await a_list(eve, timers=0)
        across = f"{V1}/timers/control/{mine['id']}/start"
        assert (await eve("POST", across, params={"timerId": ids["timerId"]})).status_code == 404
        assert (await ada("GET", f"{V1}/timers/lists")).json() == before
        assert (await ada("GET", f"{V1}/auth/me")).status_code == 200

    run(tmp_path, story)


def test_every_call_that_is_not_open_asks_who_it_is(tmp_path):
    async def story(here):
        for operation in OPERATIONS:
            if operation.access.name == "OPEN":
                continue
            path = operation.path.replace("{", "").replace("}", "")
            answer = await here.nobody(operation.method, path)
            assert answer.status_code == 401, operation.name
            assert answer.json()["type"] == "urn:ws101:cause:token-missing"

    run(tmp_path, story)


# ---- operation


def test_health_and_ready(tmp_path):
    async def story(here):
        assert (await here.nobody("GET", "/health")).json() == {"status": "ok"}
        assert (await here.nobody("GET", "/ready")).json() == {"status": "ready"}
        here.parts.readiness.drain()
        assert (await here.nobody("GET", "/health")).status_code == 200
        refused = await here.nobody("GET", "/ready")
        assert (refused.status_code, "draining" in refused.json()["detail"]) == (503, True)

    run(tmp_path, story)


def test_a_service_that_cannot_write_is_not_ready_until_it_can(tmp_path):
    async def story(here):
        writer = here.parts.store._writer
        assert (await here.nobody("GET", "/ready")).status_code == 200
        writer.execute(
            "PRAGMA query_only = ON"
        )  # as when the disk is full: every change fails, and all can be read
        assert (await here.nobody("GET", "/ready")).status_code == 200, "it was tried a moment ago"
        here.clock.forward(6)
        refused = await here.nobody("GET", "/ready")
        assert (refused.status_code, "unable to write changes" in refused.json()["detail"]) == (503, True)
        assert (await here.nobody("GET", "/health")).status_code == 200
        writer.execute("PRAGMA query_only = OFF")
        assert (await here.nobody("GET", "/ready")).status_code == 503
        here.clock.forward(6)
        assert (await here.nobody("GET", "/ready")).status_code == 200

    run(tmp_path, story)


def test_a_change_that_fails_makes_the_service_not_ready_at_once(tmp_path):
    async def story(here):
        ada = await here.user()
        assert (await here.nobody("GET", "/ready")).status_code == 200
        here.parts.store._writer.execute("PRAGMA query_only = ON")
        assert (await ada("POST", f"{V1}/timers/lists", {"name": "Day"})).status_code == 500
        assert (await here.nobody("GET", "/ready")).status_code == 503
        here.parts.store._writer.execute("PRAGMA query_only = OFF")
        assert (await ada("POST", f"{V1}/timers/lists", {"name": "Day"})).status_code == 201
        assert (await here.nobody("GET", "/ready")).status_code == 200

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 403), ("::ffff:127.0.0.1", 200)]
)
def test_metrics_are_for_some_networks(tmp_path, peer, status):
    async def story(here):
        answer = await here.nobody("GET", "/metrics")
        assert answer.status_code == status
        assert status == 403 or "ws101_timers_" in answer.text
        through_a_proxy = await here.nobody("GET", "/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
        assert through_a_proxy.status_code == 403

    run(tmp_path, story, peer=peer, trusted_proxies=("127.0.0.1", "::1", "::ffff:127.0.0.1"))


def test_the_public_keys_verify_a_token(tmp_path):
    import jwt

    async def story(here):
        ada = await here.user()
        keys = (await here.nobody("GET", "/.well-known/jwks.json")).json()
        token = ada.signed_in["token"]
        key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
        assert jwt.decode(token, key, audience="ws101-timers", options={"verify_exp": False, "verify_nbf": False,
                                                                        "verify_iat": False})["sub"] == ada.id  # fmt: skip

    run(tmp_path, story)


def test_what_comes_to_the_notifications_and_is_no_handshake_is_refused_and_can_be_traced(tmp_path):
    async def story(here):
        ada, eve = await here.user(), await here.user("eve@example.org")
        refused = await ada("GET", f"{V1}/timers/notifications")
        assert refused.status_code == 426
        trace = await ada("GET", refused.json()["trace"])
        assert trace.status_code == 200
        assert trace.json()["traceId"] == refused.headers["x-request-id"]
        assert trace.json()["status"] == 426
        assert ada.signed_in["token"] not in trace.text
        assert (await eve("GET", f"{V1}/handshakes/{UNKNOWN}")).status_code == 404
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
            assert (await ada(method, f"{V1}/timers/notifications")).status_code == 405

    run(tmp_path, story)


# ---- the interface itself


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
