"""Accounts by their routes: signing in and out, sessions, passwords, and what administrators may do."""

import pytest

from timers.server.api.calling import UNKNOWN, V1, run
from timers.server.people import PASSWORD


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
