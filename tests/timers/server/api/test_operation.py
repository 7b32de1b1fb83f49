"""What is asked of the service by whoever runs it: health, metrics, public keys, and what is no handshake."""

import pytest

from timers.server.api.calling import UNKNOWN, V1, run


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
