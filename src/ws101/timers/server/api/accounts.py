"""The calls about accounts and sessions, an administrator's among them; the rules are those of `server.accounts`."""

from ws101.timers import account
from ws101.timers.server.api.operation import PREFIX, Access, Answer, Call, Operation, Parameter
from ws101.timers.server.denial import Forbidden

SIGNING_IN, USERS = "Signing in", "Users"
_NO_STORE = ("Cache-Control", "no-store")  # RFC 6749, 5.1
_AUTH, _USERS = f"{PREFIX}/auth", f"{PREFIX}/users"


async def register(call: Call) -> Answer:
    """Make an account, and sign in. An administrator's is made on the server itself: `ws101 timers add-user`."""
    said: account.Register = call.body
    if not call.parts.settings.registration:
        raise Forbidden(
            "Registration is closed here. The administrator makes accounts: `ws101 timers add-user`."
        )
    if call.parts.accounts.is_admins_address(said.email):
        raise Forbidden("An administrator's account is made on the server itself: `ws101 timers add-user`.")
    made = await call.parts.accounts.register(said.name, said.email, said.password, call.client)
    return Answer(made, (_NO_STORE, ("Location", f"{_AUTH}/me")))


async def login(call: Call) -> Answer:
    """Sign in. `token` goes into `Authorization: Bearer …`; the refresh token gets the next one."""
    said: account.Login = call.body
    return Answer(await call.parts.accounts.login(said.email, said.password, call.client), (_NO_STORE,))


async def refresh(call: Call) -> Answer:
    """Get new tokens for a refresh token. It is good once: one that was used before ends its session."""
    said: account.Refresh = call.body
    return Answer(await call.parts.accounts.refresh(said.refresh_token), (_NO_STORE,))


async def logout(call: Call) -> Answer:
    """Sign out. This session, or with `everywhere` all of yours; their sockets close."""
    said: account.Logout = call.body
    await call.parts.accounts.logout(call.who, everywhere=said.everywhere)
    return Answer()


async def me(call: Call) -> Answer:
    """Show who is signed in."""
    return Answer(call.parts.accounts.user(call.user))


async def change_password(call: Call) -> Answer:
    """Change your password. Your other sessions end."""
    said: account.PasswordChange = call.body
    await call.parts.accounts.change_password(call.who, said.password, said.new_password)
    return Answer()


async def sessions(call: Call) -> Answer:
    """Show your sessions, the one last used first."""
    return Answer(call.parts.accounts.sessions(call.who))


async def end_session(call: Call) -> Answer:
    """End one of your sessions. Its sockets close."""
    await call.parts.accounts.end_session(call.user, call.path["sessionId"])
    return Answer()


async def find_users(call: Call) -> Answer:
    """Find a user by e-mail address."""
    return Answer(call.parts.accounts.find(call.query["email"]))


async def show_user(call: Call) -> Answer:
    """Show a user."""
    return Answer(call.parts.accounts.user(call.path["userId"]))


async def lock_user(call: Call) -> Answer:
    """Lock a user. Their sessions end and their sockets close."""
    return Answer(await call.parts.accounts.set_locked(call.path["userId"], locked=True))


async def unlock_user(call: Call) -> Answer:
    """Unlock a user."""
    return Answer(await call.parts.accounts.set_locked(call.path["userId"], locked=False))


async def delete_user(call: Call) -> Answer:
    """Delete a user with everything of theirs. Yourself, or as an administrator anybody."""
    user = call.path["userId"]
    if user != call.user and not call.parts.accounts.is_admin(call.user):
        raise Forbidden("You may delete your own account alone.")
    await call.parts.accounts.delete(user)
    return Answer()


_THROTTLED = {
    429: "Too many tries; Retry-After says when the next one may be.",
    503: "Too many sign in at once.",
}
_CLOSED = {403: "Registration is closed, or the address is an administrator's."}
_WRONG = {401: "The address or the password is wrong.", 403: "The account is locked."}
_ENDED = {401: "The refresh token is not good, or no longer.", 403: "The account is locked."}

OPERATIONS = (
    Operation(group=SIGNING_IN, method="POST", path=f"{_AUTH}/register", handler=register, access=Access.OPEN,
              body=account.Register, answer=account.SignedIn, status=201,
              refusals={**_CLOSED, 409: "The address has an account.", **_THROTTLED}),
    Operation(group=SIGNING_IN, method="POST", path=f"{_AUTH}/login", handler=login, access=Access.OPEN,
              body=account.Login, answer=account.SignedIn, refusals={**_WRONG, **_THROTTLED}),
    Operation(group=SIGNING_IN, method="POST", path=f"{_AUTH}/refresh", handler=refresh, access=Access.OPEN,
              body=account.Refresh, answer=account.SignedIn, refusals=_ENDED),
    Operation(group=SIGNING_IN, method="POST", path=f"{_AUTH}/logout", handler=logout, body=account.Logout, status=204, may_be_empty=True,
              refusals={404: "The session had ended."}),
    Operation(group=SIGNING_IN, method="GET", path=f"{_AUTH}/me", handler=me, answer=account.User,
              refusals={404: "The account was deleted at this moment."}),
    Operation(group=SIGNING_IN, method="POST", path=f"{_AUTH}/password", handler=change_password,
              body=account.PasswordChange, status=204,
              refusals={403: "The present password is wrong, or the user is locked.", **_THROTTLED,
                        404: "The account was deleted at this moment.", 409: "It was changed at this moment."}),
    Operation(group=SIGNING_IN, method="GET", path=f"{_AUTH}/sessions", handler=sessions,
              answer=tuple[account.Session, ...]),
    Operation(group=SIGNING_IN, method="DELETE", path=f"{_AUTH}/sessions/{{sessionId}}", handler=end_session, status=204),
    Operation(group=USERS, method="GET", path=_USERS, handler=find_users, access=Access.ADMIN,
              answer=tuple[account.User, ...], query=(Parameter("email", "the whole address", required=True),)),
    Operation(group=USERS, method="GET", path=f"{_USERS}/{{userId}}", handler=show_user, access=Access.ADMIN,
              answer=account.User),
    Operation(group=USERS, method="POST", path=f"{_USERS}/{{userId}}/lock", handler=lock_user, access=Access.ADMIN,
              answer=account.User),
    Operation(group=USERS, method="POST", path=f"{_USERS}/{{userId}}/unlock", handler=unlock_user, access=Access.ADMIN,
              answer=account.User),
    Operation(group=USERS, method="DELETE", path=f"{_USERS}/{{userId}}", handler=delete_user, status=204,
              refusals={403: "It is another's account, or the user is locked."}),
)  # fmt: skip
