"""Evidence in which the server names the cause of its refusal, or told what it saw of the handshake."""

import json

from msgspec.structs import replace

from causes.building import make_attempt, make_evidence, make_request, make_sending
from tokens.minting import NOW
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request
from ws101.tokens.read import read

ID = "4f1c8e0a2b7d4c59"


def make_document(cause: str, status: int = 400, *, of_proxy: bool = False, detail: str = "") -> Answer:
    """Return a refusal whose problem document names this cause; a proxy's knows of no trace."""
    kind = f"urn:ws101:cause:{cause}"
    document = {"title": f"It is {cause}", "status": status, "type": kind, "detail": detail}
    trace = {} if of_proxy else {"trace": f"/api/v1/handshakes/{ID}"}
    fields = [("Content-Type", "application/problem+json"), *([("Server", "nginx")] if of_proxy else [])]
    return Answer(
        Kind.HTTP,
        version="HTTP/1.1",
        status=status,
        headers=Headers.of(fields),
        body=json.dumps(document | trace).encode(),
    )


def make_record(
    request: Request, *added: tuple[str, str], without: tuple[str, ...] = (), **changes: str
) -> Answer:
    """Return the record of a server that saw this request, but for what is given."""
    fields = [*request.headers.without(*without), *added]
    seen = {"method": request.method, "target": request.target, "version": request.version} | changes
    seen["headers"] = [{"name": name, "value": value} for name, value in fields]
    return Answer(Kind.HTTP, status=200, body=json.dumps({"traceId": ID, "request": seen}).encode())


def named(
    cause: str, request: Request | None = None, status: int = 400, *, of_proxy: bool = False
) -> Evidence:
    """Return the evidence of a refusal that names this cause."""
    sending = make_sending(request or make_request())
    evidence = make_evidence(
        make_attempt(answer=make_document(cause, status, of_proxy=of_proxy), sending=sending)
    )
    return replace(evidence, token=read(sending.request, None, NOW, NOW))


def witnessed(
    cause: str,
    *added: tuple[str, str],
    without: tuple[str, ...] = (),
    request: Request | None = None,
    status: int = 400,
    **changes: str,
) -> Evidence:
    """Return the evidence of a refusal that names this cause, by a server that saw the request with these changes."""
    evidence = named(cause, request, status)
    record = make_record(evidence.sending.request, *added, without=without, **changes)
    return replace(evidence, trace=make_attempt("trace", record))
