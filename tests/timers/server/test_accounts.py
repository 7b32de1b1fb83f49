import asyncio

import pytest

from timers.server.people import PASSWORD, cheap, people
from ws101.timers.server.accounts import MOST_SESSIONS, Standing, normalise
from ws101.timers.server.denial import Busy, Conflict, Forbidden, NotFound, NotSignedIn, TooSoon
from ws101.timers.server.passwords import Overloaded
from ws101.timers.store import sessions, users


def run(path, story, **settings):
    async def told():
        async with people(path, **settings) as found:
            await story(found)

    asyncio.run(told())


# ---- coming in


def test_register_login_and_who_it_is(tmp_path):
    async def story(them):
        made = await them.register()
        again = await them.login()
        assert made.user == again.user == them.accounts.user(made.user.id)
        assert made.user.email == "ada@example.org"
        assert (made.user.admin, made.user.locked) == (False, False)
        assert them.identity(made).user == made.user.id
        assert them.identity(made).session != them.identity(again).session
        assert them.standing(made) is them.standing(again) is Standing.GOOD

    run(tmp_path, story)


@pytest.mark.parametrize(
    "other", ["ADA@EXAMPLE.ORG", " ada@example.org ", "Ada@Example.org", "ａda@example.org"]
)
def test_an_address_is_one_however_it_is_written(tmp_path, other):
    async def story(them):
        await them.register()
        with pytest.raises(Conflict) as caught:
            await them.register(other)
        assert caught.value.errors[0].pointer == "/email"
        assert (await them.login(other)).user.email == normalise(other)

    run(tmp_path, story)


def test_of_two_who_register_one_address_at_once_one_gets_it(tmp_path):
    async def story(them):
        found = await asyncio.gather(*(them.register() for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(each, Conflict) for each in found) == 4

    run(tmp_path, story)


def test_a_wrong_password_and_an_unknown_user_are_told_alike(tmp_path):
    async def story(them):
        await them.register()
        told = []
        for email, password in (("ada@example.org", "wrong"), ("eve@example.org", PASSWORD)):
            with pytest.raises(NotSignedIn) as caught:
                await them.login(email, password)
            told.append(str(caught.value))
        assert told[0] == told[1]

    run(tmp_path, story)


def test_an_unknown_user_costs_a_check_too(tmp_path):
    async def story(them):
        checked = []
        fits = them.accounts._passwords._fits
        them.accounts._passwords._fits = lambda *about: checked.append(about[0]) or fits(*about)
        with pytest.raises(NotSignedIn):
            await them.login("nobody@example.org")
        assert len(checked) == 1
        assert checked[0].startswith("$argon2id$")

    run(tmp_path, story)


def test_a_hash_with_old_parameters_is_made_anew_at_login(tmp_path):
    async def story(them):
        made = await them.register()
        before = them.store.read(lambda c: users.by_id(c, made.user.id)).password
        them.accounts.close()
        them.accounts = them.again(cheap(memory=16))
        await them.login()
        after = them.store.read(lambda c: users.by_id(c, made.user.id)).password
        assert "m=8," in before
        assert "m=16," in after
        await them.login()

    run(tmp_path, story)


def test_passwords_are_kept_as_argon2id_alone(tmp_path):
    async def story(them):
        made = await them.register()
        row = them.store.read(lambda c: users.by_id(c, made.user.id))
        assert row.password.startswith("$argon2id$")
        assert row.password not in repr(row)
        assert PASSWORD not in repr(made)
        assert made.token not in repr(made)

    run(tmp_path, story)
    content = b"".join(each.read_bytes() for each in tmp_path.glob("timers.sqlite3*"))
    assert PASSWORD.encode() not in content


def test_too_many_at_once_are_told_to_wait(tmp_path):
    async def story(them):
        async def refuse(*_):
            raise Overloaded

        await them.register()
        them.accounts._passwords.check = refuse
        with pytest.raises(Busy) as caught:
            await them.login()
        assert (caught.value.status, caught.value.retry_after) == (503, 5)

    run(tmp_path, story)


# ---- the throttle


def test_an_account_can_be_tried_ten_times_then_waits(tmp_path):
    async def story(them):
        await them.register()
        for n in range(10):
            with pytest.raises(NotSignedIn):
                await them.login(password="wrong", address=f"192.0.2.{n}")
        with pytest.raises(TooSoon) as caught:
            await them.login(address="192.0.2.99")
        assert 0 < caught.value.retry_after <= 30
        them.clock.forward(caught.value.retry_after)
        await them.login(address="192.0.2.99")

    run(tmp_path, story)


def test_an_address_can_try_fifty_times_then_waits(tmp_path):
    async def story(them):
        for n in range(50):
            with pytest.raises(NotSignedIn):
                await them.login(f"user{n}@example.org")
        with pytest.raises(TooSoon) as caught:
            await them.login("another@example.org")
        assert 0 < caught.value.retry_after <= 5
        with pytest.raises(NotSignedIn):
            await them.login("another@example.org", address="192.0.2.2")

    run(tmp_path, story)


def test_who_knows_the_password_is_not_throttled(tmp_path):
    async def story(them):
        await them.register()
        for _ in range(30):
            await them.login()

    run(tmp_path, story)


# ---- refresh


def test_a_refresh_token_is_good_once_and_the_next_goes_on(tmp_path):
    async def story(them):
        first = await them.register()
        second = await them.accounts.refresh(first.refresh_token)
        third = await them.accounts.refresh(second.refresh_token)
        assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
        assert them.identity(first).session == them.identity(third).session
        assert them.standing(third) is Standing.GOOD

    run(tmp_path, story)


@pytest.mark.parametrize(("later", "seconds"), [(1, 31), (2, 0), (3, 0)])
def test_an_old_one_ends_the_session_and_closes_its_sockets(tmp_path, later, seconds):
    async def story(them):
        first = last = await them.register()
        other = await them.login()
        for _ in range(later):
            last = await them.accounts.refresh(last.refresh_token)
        them.clock.forward(seconds)
        with pytest.raises(NotSignedIn, match="used before"):
            await them.accounts.refresh(first.refresh_token)
        identity = them.identity(first)
        assert them.ended == [(identity.user, identity.session, "session-ended")]
        assert them.standing(last) is Standing.UNKNOWN
        assert them.standing(other) is Standing.GOOD, "another login is another family"
        with pytest.raises(NotSignedIn, match="has ended"):
            await them.accounts.refresh(last.refresh_token)

    run(tmp_path, story)


def test_who_lost_the_answer_is_answered_the_same_token_again(tmp_path):
    async def story(them):
        first = await them.register()
        lost = await them.accounts.refresh(first.refresh_token)
        them.clock.forward(30)
        again = await them.accounts.refresh(first.refresh_token)
        assert again.refresh_token == lost.refresh_token
        assert them.standing(again) is Standing.GOOD
        following = await them.accounts.refresh(again.refresh_token)
        assert following.refresh_token not in {first.refresh_token, again.refresh_token}
        assert them.ended == []

    run(tmp_path, story)


def test_two_who_use_one_at_once_have_one_token_and_the_second_to_use_that_ends_the_session(tmp_path):
    async def story(them):
        stolen = (await them.register()).refresh_token
        owner, thief = await asyncio.gather(*(them.accounts.refresh(stolen) for _ in range(2)))
        assert owner.refresh_token == thief.refresh_token
        identity = them.identity(owner)
        them.clock.forward(600)
        await them.accounts.refresh(thief.refresh_token)
        them.clock.forward(31)
        with pytest.raises(NotSignedIn, match="used before"):
            await them.accounts.refresh(owner.refresh_token)
        assert them.accounts.standing(identity.user, identity.session) is Standing.UNKNOWN

    run(tmp_path, story)


def test_asking_again_makes_no_session_last_longer(tmp_path):
    async def story(them):
        first = await them.register()
        await them.accounts.refresh(first.refresh_token)
        them.clock.forward(20)
        await them.accounts.refresh(first.refresh_token)
        them.clock.forward(20)
        with pytest.raises(NotSignedIn, match="used before"):
            await them.accounts.refresh(first.refresh_token)

    run(tmp_path, story)


def test_a_locked_user_is_answered_nothing_again(tmp_path):
    async def story(them):
        first = await them.register()
        await them.accounts.refresh(first.refresh_token)
        await them.store.write(lambda c: users.set_locked(c, first.user.id, locked=True))
        with pytest.raises(Forbidden):
            await them.accounts.refresh(first.refresh_token)

    run(tmp_path, story)


def test_a_made_up_one_ends_nobodys_session(tmp_path):
    async def story(them):
        first, second = await them.register(), await them.register("eve@example.org")
        from ws101.timers.server.refresh import parse

        token, other = parse(first.refresh_token), parse(second.refresh_token)
        for made_up in (
            token._replace(family=other.family).text(),
            other._replace(session=token.session).text(),
            token._replace(family=bytes(16), secret=bytes(16)).text(),
        ):
            with pytest.raises(NotSignedIn):
                await them.accounts.refresh(made_up)
        assert them.standing(first) is Standing.GOOD
        assert them.ended == []

    run(tmp_path, story)


@pytest.mark.parametrize(
    "text", ["", "wr1_", "x", "wr1_AAAA", "é", "\ud800", "wr1_" + "A" * 64 + "====", "null", "A" * 68]
)
def test_what_is_no_refresh_token_is_told_so(tmp_path, text):
    async def story(them):
        with pytest.raises(NotSignedIn):
            await them.accounts.refresh(text)

    run(tmp_path, story)


def test_an_access_token_refreshes_nothing_and_a_refresh_token_is_no_access_token(tmp_path):
    async def story(them):
        made = await them.register()
        with pytest.raises(NotSignedIn):
            await them.accounts.refresh(made.token)
        assert them.verifier.verify(made.refresh_token, them.clock.now()).cause == "token-malformed"

    run(tmp_path, story)


def test_a_session_that_nobody_used_ends_and_a_used_one_does_not(tmp_path):
    async def story(them):
        idle, used = await them.register(), await them.login()
        identity = them.identity(idle)
        them.clock.forward(60)
        used = await them.accounts.refresh(used.refresh_token)
        them.clock.forward(50)
        assert them.accounts.standing(identity.user, identity.session) is Standing.UNKNOWN
        with pytest.raises(NotSignedIn):
            await them.accounts.refresh(idle.refresh_token)
        assert them.standing(await them.accounts.refresh(used.refresh_token)) is Standing.GOOD

    run(tmp_path, story, refresh_lifetime=100)


def test_only_hashes_of_refresh_tokens_are_kept(tmp_path):
    async def story(them):
        made = await them.register()
        from ws101.timers.server.refresh import parse

        token = parse((await them.accounts.refresh(made.refresh_token)).refresh_token)
        row = them.store.read(lambda c: sessions.by_id(c, token.session, them.clock.now()))
        kept = b"".join(part for part in row if isinstance(part, bytes))
        for secret in (token.family, token.secret, parse(made.refresh_token).secret):
            assert secret not in kept
        assert made.refresh_token not in repr(token) + repr(row)

    run(tmp_path, story)


def test_a_user_has_a_bounded_number_of_sessions(tmp_path):
    async def story(them):
        first = await them.register()
        for _ in range(MOST_SESSIONS):
            them.clock.forward(1)
            last = await them.login()
        assert len(them.accounts.sessions(them.identity(last))) == MOST_SESSIONS
        assert [session for _, session, _ in them.ended] == [them.identity(first).session]

    run(tmp_path, story)


# ---- going


def test_logout_ends_the_session_at_once(tmp_path):
    async def story(them):
        one, two = await them.register(), await them.login()
        await them.accounts.logout(them.identity(one))
        assert (them.standing(one), them.standing(two)) == (Standing.UNKNOWN, Standing.GOOD)
        assert them.ended == [(one.user.id, them.identity(one).session, "session-ended")]
        with pytest.raises(NotSignedIn):
            await them.accounts.refresh(one.refresh_token)

    run(tmp_path, story)


def test_logout_everywhere_ends_all_of_ones_own(tmp_path):
    async def story(them):
        one, two = await them.register(), await them.login()
        other = await them.register("eve@example.org")
        await them.accounts.logout(them.identity(one), everywhere=True)
        assert [them.standing(each) for each in (one, two)] == [Standing.UNKNOWN] * 2
        assert them.standing(other) is Standing.GOOD
        assert them.ended == [(one.user.id, None, "session-ended")]

    run(tmp_path, story)


def test_sessions_are_shown_and_ended_one_by_one_by_their_user_alone(tmp_path):
    async def story(them):
        one = await them.register()
        them.clock.forward(5)
        two = await them.login()
        other = await them.register("eve@example.org")
        shown = them.accounts.sessions(them.identity(two))
        assert [session.current for session in shown] == [True, False]
        with pytest.raises(NotFound):
            await them.accounts.end_session(other.user.id, shown[1].id)
        await them.accounts.end_session(one.user.id, shown[1].id)
        assert them.standing(one) is Standing.UNKNOWN
        with pytest.raises(NotFound):
            await them.accounts.end_session(one.user.id, shown[1].id)

    run(tmp_path, story)


def test_a_new_password_ends_the_other_sessions(tmp_path):
    async def story(them):
        one, two = await them.register(), await them.login()
        with pytest.raises(Forbidden, match="not right"):
            await them.accounts.change_password(them.identity(one), "wrong", "a new password")
        await them.accounts.change_password(them.identity(one), PASSWORD, "a new password")
        assert (them.standing(one), them.standing(two)) == (Standing.GOOD, Standing.UNKNOWN)
        assert them.ended == [(one.user.id, them.identity(two).session, "session-ended")]
        with pytest.raises(NotSignedIn):
            await them.login()
        await them.login(password="a new password")

    run(tmp_path, story)


def test_guessing_the_present_password_is_throttled(tmp_path):
    async def story(them):
        one = them.identity(await them.register())
        for _ in range(10):
            with pytest.raises(Forbidden):
                await them.accounts.change_password(one, "wrong", "a new password")
        with pytest.raises(TooSoon):
            await them.accounts.change_password(one, PASSWORD, "a new password")

    run(tmp_path, story)


# ---- administration


def test_a_locked_user_is_out_at_once_until_unlocked(tmp_path):
    async def story(them):
        made = await them.register()
        assert (await them.accounts.set_locked(made.user.id, locked=True)).locked
        assert them.standing(made) is Standing.LOCKED
        assert them.ended == [(made.user.id, None, "user-locked")]
        with pytest.raises(Forbidden, match="locked"):
            await them.login()
        with pytest.raises(NotSignedIn):
            await them.login(password="wrong")
        with pytest.raises(NotSignedIn):
            await them.accounts.refresh(made.refresh_token)
        await them.accounts.set_locked(made.user.id, locked=False)
        assert them.standing(made) is Standing.UNKNOWN, "the session has ended"
        assert them.standing(await them.login()) is Standing.GOOD

    run(tmp_path, story)


def test_a_deleted_user_is_out_at_once(tmp_path):
    async def story(them):
        made = await them.register()
        await them.accounts.delete(made.user.id)
        assert them.standing(made) is Standing.UNKNOWN
        assert them.ended == [(made.user.id, None, "session-ended")]
        for call in (
            them.accounts.refresh(made.refresh_token),
            them.login(),
        ):
            with pytest.raises(NotSignedIn):
                await call
        with pytest.raises(NotFound):
            await them.accounts.delete(made.user.id)
        await them.register()

    run(tmp_path, story)


def test_a_session_is_of_its_user_alone(tmp_path):
    async def story(them):
        ada, eve = await them.register(), await them.register("eve@example.org")
        assert them.accounts.standing(ada.user.id, them.identity(eve).session) is Standing.UNKNOWN
        assert them.accounts.standing(ada.user.id, "") is Standing.GOOD, "what a foreign token says"
        assert them.accounts.standing("nobody", "") is Standing.UNKNOWN

    run(tmp_path, story)


def test_administrators_are_those_of_the_settings(tmp_path):
    async def story(them):
        ada, eve = await them.register(), await them.register("eve@example.org")
        assert (ada.user.admin, eve.user.admin) == (True, False)
        assert (them.accounts.is_admin(ada.user.id), them.accounts.is_admin(eve.user.id)) == (True, False)
        assert not them.accounts.is_admin("nobody")
        assert them.accounts.is_admins_address("Ada@Example.ORG")

    run(tmp_path, story, admins=("ADA@example.org",))
