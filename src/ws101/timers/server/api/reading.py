"""Reads a request into a Call: who asks, the body as its type, the version it builds on; raises denial.Denial."""

import asyncio
import re
from typing import Any

import msgspec
from msgspec.structs import fields
from starlette.requests import ClientDisconnect, Request

from ws101.timers.problem import FieldError
from ws101.timers.server.accounts import Standing
from ws101.timers.server.api.operation import Access, Operation
from ws101.timers.server.api.refusing import BadRequest, CredentialsRefused, NoJson, TooLarge, TooSlow
from ws101.timers.server.denial import Changed, Forbidden, Invalid
from ws101.timers.server.parts import Parts
from ws101.timers.server.tokens import Identity, Refused

LARGEST_BODY = 65_536  # bytes
BODY_TIMEOUT = 20.0  # seconds
_ETAG = re.compile(r'"([0-9]{1,15})"')


def check_host(request: Request) -> None:
    """Refuse what HTTP/1.1 has servers refuse: whoever stands before may have taken another Host for the real one."""
    if request.scope["http_version"] == "1.1" and len(request.headers.getlist("host")) != 1:
        raise BadRequest("A request has one Host (RFC 9112, 3.2).")


def identity(request: Request, parts: Parts, access: Access) -> Identity | None:
    """Return whose access token the request carries; None where nobody needs one."""
    if access is Access.OPEN:
        return None
    found = parts.verifier.verify(_token(request), parts.clock.now())
    if isinstance(found, Refused):
        raise CredentialsRefused(found.cause, found.detail)
    standing = parts.accounts.standing(found.user, found.session)
    if standing is Standing.UNKNOWN:
        raise CredentialsRefused("token-user-unknown", "Its user was deleted, or its session has ended.")
    if standing is Standing.LOCKED:
        raise CredentialsRefused("token-lacks-permission", "The token is good, and its user is locked.")
    if access is Access.ADMIN and not parts.accounts.is_admin(found.user):
        raise Forbidden("This is for the service's administrators (--admin).")
    return found


def _token(request: Request) -> str:
    values = request.headers.getlist("authorization")
    if not values:
        raise CredentialsRefused("token-missing", "The request has no Authorization header.")
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1:
        raise CredentialsRefused("token-malformed", "The request has Authorization twice.")
    if scheme.lower() != "bearer":
        raise CredentialsRefused("token-malformed", "Authorization does not begin with Bearer.")
    if not token.strip() or token.strip().lower() in {"null", "undefined", "none"}:
        raise CredentialsRefused("token-missing", "Authorization holds the word Bearer and no token.")
    return token.strip(" ")


def version(request: Request, operation: Operation) -> int | None:
    """Return the version that If-Match names; None where any will do."""
    given = request.headers.get("if-match", "*").strip() if operation.conditional else "*"
    if given == "*":
        return None
    tag = _ETAG.fullmatch(given)
    if tag is None:
        raise Changed('If-Match holds no ETag of the service, such as "3".')
    return int(tag[1])


def query(request: Request, operation: Operation) -> dict[str, str]:
    """Return the query's members that the operation knows, each given once at most."""
    found = {}
    for parameter in operation.query:
        values = request.query_params.getlist(parameter.name)
        if len(values) > 1:
            raise BadRequest(f"The query holds {parameter.name} more than once.")
        if values:
            found[parameter.name] = values[0]
        elif parameter.required:
            raise BadRequest(f"The query lacks {parameter.name}: {parameter.description}.")
    return found


async def body(request: Request, operation: Operation) -> Any:
    """Return the body as a value of the operation's type; None where it takes none."""
    if operation.body is None:
        return None
    content = await _content(request)
    if not content and operation.may_be_empty:
        return operation.body()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise NoJson(
            f"The body's type is {media[:40]!r}, and application/json was expected."
            " With curl: -H 'Content-Type: application/json'."
            if media
            else "The body has no type. Send Content-Type: application/json."
        )
    try:
        return _as(operation.body, content)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BadRequest("The body is no JSON (RFC 8259)." if content else "There is no body.") from None


def _as(kind: Any, content: bytes) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        errors = tuple(_errors(msgspec.json.decode(content), kind)) or (_error("", error),)
        raise Invalid("The body does not fit.", errors) from None


async def _content(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > LARGEST_BODY:
        raise TooLarge
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.stream():
                content += chunk
                if len(content) > LARGEST_BODY:
                    raise TooLarge
    except TimeoutError:
        raise TooSlow from None
    except ClientDisconnect:
        raise BadRequest("The client went away.") from None
    return bytes(content)


def _errors(given: Any, kind: Any) -> list[FieldError]:
    """Return what is wrong with each member; msgspec itself stops at the first."""
    if not isinstance(given, dict):
        return []
    found = []
    for member in fields(kind):
        pointer = f"/{member.encode_name}"
        if member.encode_name not in given:
            if member.required:
                found.append(FieldError(pointer, "It is missing."))
            continue
        try:
            msgspec.convert(given[member.encode_name], member.type)
        except msgspec.ValidationError as error:
            found.append(_error(pointer, error))
    return found


def _error(pointer: str, error: msgspec.ValidationError) -> FieldError:
    detail, _, inner = str(error).partition(" - at ")
    rest = re.sub(r"\[(\d+|\.\.\.)\]", r"/\1", inner.strip("`").removeprefix("$")).replace(".", "/")
    return FieldError(f"{pointer}{rest}", f"{detail}.")
