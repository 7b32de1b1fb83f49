"""A hundred and more requests per call, made from the OpenAPI document: none fails, and each answer is as documented."""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest

pytest.importorskip("schemathesis", reason="schemathesis (pip install schemathesis)")

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from timers.server.api.calling import URL, V1, Caller, world
from ws101.timers.server.accounts import Standing
from ws101.timers.server.api.description import describe
from ws101.timers.server.api.table import OPERATIONS

SEED = 101
CASES = 100
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(describe(OPERATIONS))))


class Target:
    """A service, an administrator who calls it, and things of theirs that are there to be found."""

    def __init__(self, runner, here):
        self.runner, self.here, self.users = runner, here, 0
        self.caller: Caller

    def ready(self):
        """Sign in anew when the last call has ended the session."""
        self.here.clock.forward(60)
        found = getattr(self, "caller", None)
        if found is None or self._standing(found) is not Standing.GOOD:
            self.users += 1
            email = f"root{self.users}@example.org"
            self.caller = self.runner.run(self.here.user(email))

    def _standing(self, caller):
        found = self.here.parts.verifier.verify(caller.signed_in["token"], self.here.clock.now())
        return (
            self.here.parts.accounts.standing(found.user, found.session)
            if hasattr(found, "session")
            else None
        )

    async def ids(self, actions):
        """Return ids of what is there, after these actions; made again when a call has deleted it."""
        lists = (await self.caller("GET", f"{V1}/timers/lists")).json()
        if len(lists) > 50:
            for each in lists:
                await self.caller("DELETE", f"{V1}/timers/lists/{each['id']}")
            lists = []
        found = next((each for each in lists if each["timers"]), None)
        if found is None:
            made = await self.caller.made(f"{V1}/timers/lists", {"name": "Day"})
            said = {"timerListId": made["id"], "name": "Work", "duration": 86_400_000}
            await self.caller.made(f"{V1}/timers", said)
            found = (await self.caller("GET", f"{V1}/timers/lists/{made['id']}")).json()
        for action in actions:
            await self.caller("POST", f"{V1}/timers/control/{found['id']}/{action}")
        return {"listId": found["id"], "timerId": found["timers"][0]["id"], "timerListId": found["id"],
                "userId": self.caller.id, "sessionId": "x", "traceId": "x"}  # fmt: skip

    async def call(self, case, *, signed_in):
        prepared = requests.Request(**case.as_transport_kwargs(base_url=URL)).prepare()
        headers = {
            name: value.encode("latin-1") if isinstance(value, str) else value
            for name, value in prepared.headers.items()
        }
        if signed_in:
            headers |= self.caller.headers
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        request = self.here.http.build_request(prepared.method, prepared.url, headers=headers, content=body)
        return await self.here.http.send(request)


@pytest.fixture
def target(tmp_path):
    admins = tuple(f"root{n}@example.org" for n in range(1_000))
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        here = runner.run(stack.enter_async_context(world(tmp_path, admins=admins, access_lifetime=10**6)))
        try:
            yield Target(runner, here)
        finally:
            runner.run(stack.aclose())


def cases(operation):
    found = SCHEMA[operation.path][operation.method]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    if operation.body is None and not operation.query and not operation.conditional:
        modes = modes[:1]  # a path's text cannot be wrong by the schema
    return st.one_of(*(found.as_strategy(generation_mode=mode) for mode in modes))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_nothing_fails_and_all_is_as_documented(operation, target):
    seen = set()

    @seed(SEED)
    @settings(
        max_examples=CASES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    @given(case=cases(operation), known=st.booleans(), signed_in=st.sampled_from([True, True, True, False]))
    def attempt(case, known, signed_in):
        target.ready()
        if known:
            ids = target.runner.run(target.ids(BEFORE.get(operation.name, ())))
            for place in (case.path_parameters, case.query, case.body):
                if isinstance(place, dict):
                    place.update({name: ids[name] for name in place if name in ids})
        answer = target.runner.run(target.call(case, signed_in=signed_in))
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    attempt()
    assert operation.status in seen or operation.name in UNREACHED, seen
    assert 500 not in seen


BEFORE = {"pause": ("start",), "stop": ("start",), "resume": ("start", "pause")}

# What no such request brings about: a handshake, and things whose names cannot be guessed.
UNREACHED = {"connect", "handshake", "endSession", "refresh", "login", "changePassword", "reorder"}


def test_the_document_is_one():
    import jsonschema

    document = json.loads(json.dumps(describe(OPERATIONS)))
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
    calls = [call for path in document["paths"].values() for call in path.values()]
    assert len({call["operationId"] for call in calls}) == len(calls) == len(OPERATIONS)
    assert all(call["summary"] for call in calls)
    assert "due_at" not in text
