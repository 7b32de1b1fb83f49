"""What is said about accounts over REST, as values; whatever holds a secret never shows it in its repr."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from ws101.timers.wire import Given, Moment, Name, Resource

Email = Annotated[
    str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", examples=["ada@example.org"])
]
NewPassword = Annotated[
    str, Meta(min_length=8, max_length=256, description="8 characters or more; any will do")
]
Password = Annotated[str, Meta(max_length=256)]
RefreshText = Annotated[str, Meta(max_length=512)]


class Register(Given, frozen=True, kw_only=True):
    """POST /auth/register."""

    name: Name
    email: Email
    password: NewPassword

    def __repr__(self) -> str:
        return "Register()"


class Login(Given, frozen=True, kw_only=True):
    """POST /auth/login."""

    email: Email
    password: Password

    def __repr__(self) -> str:
        return "Login()"


class Refresh(Given, frozen=True, kw_only=True):
    """POST /auth/refresh."""

    refresh_token: RefreshText

    def __repr__(self) -> str:
        return "Refresh()"


class Logout(Given, frozen=True, kw_only=True):
    """POST /auth/logout: this session, or with `everywhere` all of the user's."""

    everywhere: bool = False


class PasswordChange(Given, frozen=True, kw_only=True):
    """POST /auth/password: every other session of the user ends."""

    password: Password
    new_password: NewPassword

    def __repr__(self) -> str:
        return "PasswordChange()"


class User(Resource, frozen=True, kw_only=True):
    """An account."""

    id: str
    name: str
    email: str
    admin: bool
    locked: bool
    created_at: Moment


class SignedIn(Resource, frozen=True, kw_only=True):
    """What a login, a registration or a refresh answers; `token` is the access token, as the original names it.

    `refresh_token` is good once: each refresh answers a new one, and using an old one again ends the session.
    """

    token: str
    token_type: str = "Bearer"  # noqa: S105 - RFC 6749's word for the kind
    expires_in: Annotated[int, Meta(description="seconds")]
    refresh_token: str
    refresh_expires_in: Annotated[int, Meta(description="seconds")]
    user: User

    def __repr__(self) -> str:
        return f"SignedIn({self.user.id!r})"


class Session(Resource, frozen=True, kw_only=True):
    """One login, from which tokens are refreshed until it ends; `current` is the one that asks."""

    id: str
    created_at: Moment
    refreshed_at: Moment
    expires_at: Moment
    current: bool


class Ticket(Resource, frozen=True, kw_only=True):
    """POST /timers/tickets: opens one socket, as `?ticket=`, within `expires_in` seconds."""

    ticket: str
    expires_in: Annotated[int, Meta(description="seconds")]

    def __repr__(self) -> str:
        return "Ticket()"


class Health(Struct, frozen=True):
    """GET /health and GET /ready."""

    status: str
    detail: str | UnsetType = UNSET
