"""Ties the reading of a token together: finds it in a request, decodes it, and asks both verifiers."""

from msgspec.structs import replace

from ws101.handshake.request import Request
from ws101.tokens import credential
from ws101.tokens.checks import check
from ws101.tokens.decode import Jwt, NotAJwt, decode
from ws101.tokens.reading import Credential, Flaw, Place, Problem, TokenReading
from ws101.tokens.verify import Keys, secret_reading, verify

_LEEWAY = 1.0  # seconds; a Date field leaves out the fraction of its second (RFC 9110, 5.6.7)


def read(
    request: Request,
    keys: Keys | None,
    server_time: float | None,
    now: float,
    audience: str | None = None,
    issuer: str | None = None,
) -> TokenReading | None:
    """Return what is known of the request's likeliest token, or None when it carries no credential.

    `server_time` is the server's own (its Date field) and goes before `now`, this machine's; both in seconds since the
    epoch. `audience` and `issuer` are what the server expects, where that is known.
    """
    found = credential.find(request)
    return read_credential(found[0], keys, server_time, now, audience, issuer) if found else None


def read_credential(
    found: Credential,
    keys: Keys | None,
    server_time: float | None,
    now: float,
    audience: str | None = None,
    issuer: str | None = None,
) -> TokenReading:
    """Return what is known of one credential; arguments as for `read`."""
    value, keys = credential.plain(found), keys or Keys()
    clock = "this machine's" if server_time is None else "the server's"
    token = decode(value) if credential.carries_token(found) else NotAJwt("it is no token", malformed=False)
    reading = TokenReading(
        found,
        size=len(found.value.encode("latin-1", errors="replace")),
        header=token.header,
        problems=_form(found, token),
        clock=clock,
        audience=audience,
        issuer=issuer,
    )
    if not isinstance(token, Jwt):
        return reading
    claims = check(token, now if server_time is None else server_time, clock, _LEEWAY, audience, issuer)
    signature = verify(value, keys)
    return replace(
        reading,
        claims=token.claims,
        problems=(*reading.problems, *claims, *([signature] if signature else [])),
        signature_checked=bool(keys),
        secret_read=secret_reading(value, keys),
    )


def _form(found: Credential, token: Jwt | NotAJwt) -> tuple[Problem, ...]:
    if isinstance(token, NotAJwt):
        sentences = [token.why] if token.malformed else []
    else:
        sentences = list(token.blemishes)
    if found.place is Place.HEADER and not found.scheme and found.value.strip():
        sentences.append("it stands in the Authorization header without the word Bearer")
    if found.place is Place.HEADER and found.scheme.endswith(":"):
        sentences.append("a colon follows the word Bearer")
    return tuple(Problem(Flaw.MALFORMED, sentence) for sentence in sentences)
