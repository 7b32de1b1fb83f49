"""Lists, timers and settings by their routes, and that each answers another user as if there were nothing."""

from timers.server.api.calling import TIMER, UNKNOWN, V1, a_list, run
from ws101.timers.server.api.table import OPERATIONS


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
