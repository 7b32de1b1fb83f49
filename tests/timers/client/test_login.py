import asyncio
import json

import pytest

from timers.client.peers import FakeClock, serving
from ws101.timers.client.credentials import Credentials, Vault
from ws101.timers.client.login import Login
from ws101.timers.client.profile import Profile
from ws101.timers.client.refusal import NotSignedIn, Refused, Unreachable
from ws101.timers.client.rest import Account, Rest

OFF = {"WS101_TIMERS_KEYRING": "off"}


def granted(number, expires_in=600):
    user = {"id": "u1", "name": "Ada", "email": "ada@x.test", "admin": False, "locked": False, "createdAt": 1}
    return json.dumps(
        {"token": f"access-{number}", "refreshToken": f"refresh-{number}", "expiresIn": expires_in, "refreshExpiresIn": 9,
         "user": user}
    ).encode()  # fmt: skip


async def body_of(peer):
    return json.loads(await peer.reader.readexactly(int(peer.header("Content-Length"))))


def granting(number, asked, **given):
    async def script(peer):
        asked.append((peer.target, await body_of(peer)))
        peer.answer(200, granted(number, **given))

    return script


def refusing(cause):
    async def script(peer):
        peer.refuse(cause)

    return script


def login_at(port, directory, clock, name="dev"):
    profile = Profile(name, f"http://127.0.0.1:{port}")
    return Login(profile, Vault(directory, OFF), Rest(profile, clock), clock)


def acting(tmp_path, *scripts):
    """Run what is decorated with a login at a service of these scripts, and its clock."""

    def run(act):
        async def main():
            clock = FakeClock()
            async with serving(*scripts) as (port, peers):
                return await act(login_at(port, tmp_path, clock), clock, peers)

        return asyncio.run(main())

    return run


def test_signing_in_keeps_the_login_and_the_device(tmp_path):
    asked = []

    @acting(tmp_path, granting(1, asked), granting(2, asked))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        first = login.credentials()
        await login.register("Ada", "ada@x.test", "password-of-ada")
        second = login.credentials()
        assert (first.token, second.token) == ("access-1", "access-2")
        assert first.device == second.device
        assert await login.access() == "access-2"

    assert [target for target, _ in asked] == ["/api/v1/auth/login", "/api/v1/auth/register"]
    assert asked[0][1] == {"email": "ada@x.test", "password": "password-of-ada"}
    kept = (tmp_path / "dev.login.json").read_text()
    assert "password" not in kept


def test_a_token_is_renewed_before_it_expires(tmp_path):
    asked = []

    @acting(tmp_path, granting(1, asked), granting(2, asked))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        clock.shift(594, 594)
        assert await login.access() == "access-1"
        clock.shift(2, 2)
        assert await login.access() == "access-2"
        assert login.credentials().refresh_token == "refresh-2"

    assert asked[1] == ("/api/v1/auth/refresh", {"refreshToken": "refresh-1"})


def test_two_processes_refresh_once(tmp_path):
    """A refresh token that is used twice ends the session, so that the second must find the first's."""
    asked = []

    @acting(tmp_path, granting(1, asked), granting(2, asked))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        other = login_at(login.profile.address.port, tmp_path, clock)
        got = await asyncio.gather(*(each.renew("access-1") for each in (login, other, login, other)))
        assert got == ["access-2"] * 4

    assert len(asked) == 2


def test_an_answer_that_is_lost_is_asked_for_once_more(tmp_path):
    asked = []

    async def losing(peer):
        asked.append((peer.target, await body_of(peer)))

    @acting(tmp_path, granting(1, asked), losing, granting(2, asked))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        assert await login.renew("access-1") == "access-2"

    assert asked[1] == asked[2] == ("/api/v1/auth/refresh", {"refreshToken": "refresh-1"})


@pytest.mark.parametrize("cause", ["token-user-unknown", "token-lacks-permission"])
def test_a_login_that_has_ended_says_so(tmp_path, cause):
    @acting(tmp_path, granting(1, []), refusing(cause))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        with pytest.raises(
            NotSignedIn, match=r"your login has ended\. .* Sign in: ws101 timers login"
        ) as ended:
            await login.renew("access-1")
        assert "refresh-1" not in str(ended.value)


def test_a_service_that_is_away_leaves_the_login(tmp_path):
    @acting(tmp_path, granting(1, []), refusing("server-overloaded"))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        with pytest.raises(Refused):
            await login.renew("access-1")
        assert login.credentials().token == "access-1"


def test_a_login_goes_to_no_other_service(tmp_path):
    Vault(tmp_path, OFF).save(
        "dev",
        Credentials(
            url="https://old.test", email="a", token="t", refresh_token="r", expires_at=9**15, device="d"
        ),
    )

    @acting(tmp_path)
    async def _(login, clock, peers):
        with pytest.raises(NotSignedIn, match=r"the login of dev is for https://old\.test"):
            await login.access()
        assert peers == []


def test_without_a_login_one_is_asked_to_sign_in(tmp_path):
    @acting(tmp_path)
    async def _(login, clock, peers):
        with pytest.raises(NotSignedIn, match=r"not signed in to dev\. Sign in: ws101 timers login$"):
            await login.access()


def answering(status):
    async def script(peer):
        peer.answer(status, b"")

    return script


@pytest.mark.parametrize("end", [answering(204), answering(401), refusing("token-user-unknown")])
def test_signing_out_forgets(tmp_path, end):
    @acting(tmp_path, granting(1, []), end)
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        await login.sign_out()
        assert peers[1].header("Authorization") == "Bearer access-1"
        assert login.vault.load("dev") is None


def test_signing_out_forgets_though_the_service_fails(tmp_path):
    @acting(tmp_path, granting(1, []), answering(500))
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        with pytest.raises(Refused):
            await login.sign_out()
        assert login.vault.load("dev") is None


# ---- calls with the login


def test_a_call_renews_an_expired_token_once(tmp_path):
    async def lists(peer):
        peer.answer(200, b"[]")

    @acting(tmp_path, granting(1, []), refusing("token-expired"), granting(2, []), lists)
    async def _(login, clock, peers):
        await login.sign_in("ada@x.test", "password-of-ada")
        assert await Account(login.rest, login).lists() == ()
        assert [peer.header("Authorization") for peer in peers] == [
            "",
            "Bearer access-1",
            "",
            "Bearer access-2",
        ]


def test_what_is_no_timer_service_is_told(tmp_path):
    async def page(peer):
        peer.answer(200, b"<html>welcome</html>", "text/html")

    @acting(tmp_path, page)
    async def _(login, clock, peers):
        with pytest.raises(Refused, match=r"not the timer service's: .*look at the profile's URL"):
            await login.sign_in("ada@x.test", "password-of-ada")


def test_no_answer_is_told_with_the_place(tmp_path):
    async def hang_up(peer):
        pass

    @acting(tmp_path, hang_up)
    async def _(login, clock, peers):
        where = f"127.0.0.1:{login.profile.address.port}"
        with pytest.raises(
            Unreachable, match=f"{where} cannot be reached: it closed the connection without an answer"
        ):
            await login.sign_in("ada@x.test", "password-of-ada")
