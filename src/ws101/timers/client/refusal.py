"""Why the service could not be used, as exceptions whose text is fit for a person: from a problem document, or from
whatever else answered. Reads no socket and holds no secret.
"""

from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec
from msgspec import Struct

from ws101.errors import Ws101Error
from ws101.handshake.answer import Answer, Kind
from ws101.redact import Redactor, printable
from ws101.timers.closing import SESSION_ENDED, USER_LOCKED
from ws101.timers.problem import CAUSE_URN, CONTENT_TYPE, Actor, Problem, Retry

_LATER = {408, 425, 429, 500, 502, 503, 504}  # what passes by itself, where no document says more
_DAY = 86_400.0  # seconds; nobody waits longer, whatever is asked
_LONGEST = 300  # characters of a stranger's text
_SUPPRESSED = Redactor((), b"")  # a stranger's text may quote what it was sent


class Refusal(Struct, frozen=True):
    """What an answer says; `retry_after` in seconds; `cause` and `trace_id` are empty where nothing names them.

    `documented` tells that it is a problem document, and so the service's own word, or its proxy's.
    """

    status: int
    title: str
    detail: str = ""
    cause: str = ""
    retry: Retry = Retry.NEVER
    retry_after: float = 0.0
    actor: Actor | None = None
    remedy: str = ""
    trace_id: str = ""
    documented: bool = False

    @property
    def asks_for_login(self) -> bool:
        """Whether a new login would put it right."""
        return self.status == 401 and self.actor is Actor.USER

    @property
    def line(self) -> str:
        """What a person needs of it, in one line; a refusal that any call may meet needs no more than its detail."""
        if self.documented and self.actor is None and self.detail and self.status < 500:
            return f"{self.detail.rstrip('.')}."
        said = f"{self.title}: {self.detail}" if self.detail and self.detail != self.title else self.title
        parts = [f"{said.rstrip('.')} ({self.status})."]
        if self.remedy:
            parts.append(f"{self.remedy.rstrip('.')}.")
        if self.actor:
            parts.append(f"Who must act: {_ACTORS[self.actor]}.")
        if self.trace_id:
            parts.append(f"{'Trace' if self.documented else 'Request id'} {self.trace_id}.")
        return " ".join(parts)


_ACTORS = {
    Actor.USER: "you",
    Actor.CLIENT: "this client",
    Actor.PROXY: "whoever runs the proxy",
    Actor.SERVER: "whoever runs the service",
}


class Refused(Ws101Error):  # noqa: N818 - read as the fact that it is
    """The service, or something before it, answered no."""

    exit_status = 1

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.line)
        self.refusal = refusal


class Unreachable(Ws101Error):  # noqa: N818 - as above
    """No answer came: `why` in a few words, from `where`."""

    exit_status = 3

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be reached: {why}.")
        self.where, self.why = where, why


class Interrupted(Ws101Error):  # noqa: N818 - as above
    """A connection that was open has ended, and another will be made: `why` in a few words."""

    exit_status = 3

    def __init__(self, why: str) -> None:
        super().__init__(f"the connection was lost: {_fit(why)}")


class Ended(Ws101Error):  # noqa: N818 - as above
    """The service closed the connection, and does not want it back before something has changed."""

    exit_status = 1

    def __init__(self, code: int | None, reason: str) -> None:
        said = _ENDS.get(code or 0, "it does not want this client back as it is")
        super().__init__(f"the service closed the connection ({code} {_fit(reason)}): {said}.")


_ENDS = {
    SESSION_ENDED.code: "the login was ended. Sign in: ws101 timers login",
    USER_LOCKED.code: "the account is locked. Ask whoever runs the service",
}


class NotSignedIn(Ws101Error):  # noqa: N818 - as above
    """There is no login for the profile, or it has ended."""

    exit_status = 1

    def __init__(self, profile: str, why: str = "") -> None:
        named = "" if profile == "dev" else f" --profile {profile}"
        super().__init__(
            f"{why or f'you are not signed in to {profile}'}. Sign in: ws101 timers login{named}"
        )
        self.profile = profile


def read(answer: Answer, now: int, sent_id: str = "") -> Refusal:
    """Return what an answer says; `now` in ms, `sent_id` the X-Request-Id that was sent, where the answer has none."""
    status = answer.status or 0
    document = _document(answer)
    problem = document or _stand_in(answer)
    trace_id = _text(problem.trace_id) or answer.headers.get("x-request-id") or sent_id
    after = problem.retry_after if isinstance(problem.retry_after, int) else 0
    waited = _retry_after(answer, now)
    postponed = Retry.AFTER if status in _LATER or waited is not None else Retry.NEVER
    return Refusal(
        status,
        _fit(problem.title),
        _fit(_detail(problem)),
        problem.type.removeprefix(CAUSE_URN) if problem.type.startswith(CAUSE_URN) else "",
        problem.retry if isinstance(problem.retry, Retry) else postponed,
        max(float(min(after, _DAY)), waited or 0.0),
        problem.actor if isinstance(problem.actor, Actor) else None,
        _fit(_text(problem.remedy)),
        _fit(trace_id),
        documented=document is not None,
    )


def _document(answer: Answer) -> Problem | None:
    if answer.headers.get("content-type").partition(";")[0].strip().lower() != CONTENT_TYPE:
        return None
    try:
        return msgspec.json.decode(answer.body, type=Problem)
    except msgspec.DecodeError:
        return None


def _stand_in(answer: Answer) -> Problem:
    """What else an answer says, in the place of a document."""
    if answer.kind is not Kind.HTTP:
        return Problem(
            title=f"What answered speaks no HTTP; it sent {answer.service or answer.kind}", status=0
        )
    server = answer.headers.get("server")
    by = f" from {server}" if server else ""
    return Problem(
        title=f"An answer{by} that is not the timer service's",
        status=answer.status or 0,
        detail=_pointing(answer) or _page_title(answer.text) or answer.reason or _reason(answer.status),
    )


def _pointing(answer: Answer) -> str:
    """Where a redirection leads, which no client of a socket follows."""
    place = answer.headers.get("location") if 300 <= (answer.status or 0) < 400 else ""
    return f"it points to {place}; if that is right, make it the profile's URL" if place else ""


def _reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return "a status without a name"


def _page_title(text: str) -> str:
    """An HTML page's title: proxies name the decisive cause there, such as plain HTTP on a TLS port."""
    before, opened, after = text.partition("<title>")
    return after.partition("</title>")[0].strip() if opened and len(before) < _LONGEST else ""


def _detail(problem: Problem) -> str:
    errors = problem.errors if isinstance(problem.errors, tuple) else ()
    places = [f"{error.pointer.strip('/') or 'the body'}: {error.detail.rstrip('.')}" for error in errors]
    return ". ".join(part for part in (_text(problem.detail).rstrip("."), "; ".join(places)) if part)


def _retry_after(answer: Answer, now: int) -> float | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds from now; None where there is none that can be read."""
    value = answer.headers.get("retry-after").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _DAY)
    try:
        return min(max(parsedate_to_datetime(value).timestamp() - now / 1000, 0.0), _DAY)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _fit(text: str) -> str:
    return printable(_SUPPRESSED.scrub(text[:_LONGEST]))
