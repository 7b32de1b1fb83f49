"""What a user wants to know and how their client speaks, and the handshake that follows from it. Sends nothing."""

import base64
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import field
from msgspec.structs import replace

from ws101.attempt import ForwardProxy, Sending, TlsSettings, Verify
from ws101.errors import UsageError
from ws101.handshake.accept import new_key
from ws101.handshake.headers import Headers
from ws101.handshake.request import opening
from ws101.handshake.target import Address, own_host, read_url
from ws101.observed import Target
from ws101.private import Private
from ws101.probe import forward

if TYPE_CHECKING:
    from ws101.redact import Redactor
    from ws101.tokens.verify import Keys

BUDGET = 40
_SHORTEST_KEY = 8  # characters; a shorter signing secret is a word that stands in many innocent places
CONNECT_TIMEOUT, ANSWER_TIMEOUT, MAX_TIME = 5.0, 10.0, 60.0  # seconds


class Question(Private, frozen=True):
    """The question; flags of the command line map to its fields one to one. Times are in seconds.

    `headers` are (name, value) as in curl's -H: a value of None removes the field that the handshake would send.
    `overrides` maps (host, port) to addresses, as --resolve; `connect_to` is the (host, port) really dialled.
    `environ` is where forward proxies are looked up when `proxy` is None; "" means none at all.
    `nginx_configs` are those of the nginx hops on the way, the outermost first; `sandbox` says that they may be run here.
    `logs` are sources, as `ws101 logs` takes them: what is sent is marked, and looked for there.
    """

    url: str
    headers: tuple[tuple[str, str | None], ...] = ()
    token: str | None = None
    origin: str | None = None
    subprotocols: tuple[str, ...] = ()
    http: str = "HTTP/1.1"
    insecure: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    overrides: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    connect_to: tuple[str, int] | None = None
    family: int | None = None
    proxy: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    saw: int | None = None
    direct: str | None = None
    keys: "Keys | None" = None
    audience: str | None = None
    issuer: str | None = None
    budget: int = BUDGET
    hold: float = 0.0
    connect_timeout: float = CONNECT_TIMEOUT
    answer_timeout: float = ANSWER_TIMEOUT
    max_time: float = MAX_TIME
    show_secrets: bool = False
    nginx_configs: tuple[str, ...] = ()
    nginx_root: str | None = None
    nginx_version: tuple[int, ...] | None = None
    sandbox: bool = True
    logs: tuple[str, ...] = ()


def target(question: Question) -> Target:
    """Return what is asked about; raises UsageError when the URL is none."""
    address = read_url(question.url)
    url = f"{address.scheme}://{own_host(address.host, address.port, tls=address.scheme == 'wss')}{address.target}"
    return Target(url, address.scheme, address.host, address.port, address.target)


def sending(question: Question) -> Sending:
    """Return the handshake as the user's client would send it; raises UsageError and UnreadableInput."""
    address = read_url(question.url)
    tls = address.scheme == "wss"
    host = own_host(address.host, address.port, tls=tls)
    request = opening(host, address.target, new_key(os.urandom(16)), _extra(question, address))
    given = {name.lower() for name, value in question.headers if value is not None}
    removed = {name.lower() for name, value in question.headers if value is None} - given
    request = request.with_headers(request.headers.without(*removed))
    version = "HTTP/1.1" if question.http == "HTTP/2" else question.http
    dialled = question.connect_to or (address.host, address.port)
    return Sending(
        host=dialled[0],
        port=dialled[1],
        request=replace(request, version=version),
        tls=tls_settings(question) if tls else None,
        forward_proxy=_forward_proxy(question, address),
        http2=question.http == "HTTP/2",
    )


def tls_settings(question: Question) -> TlsSettings:
    """Return how this client speaks TLS, whether or not the URL asks for it."""
    return _tls(question, read_url(question.url))


def direct(question: Question, usual: Sending) -> Sending | None:
    """Return the same handshake straight to the server that --direct names, or None; the target `/` means any."""
    if question.direct is None:
        return None
    address = _direct_url(question.direct)
    there = _tls(question, address) if address.scheme == "wss" else None
    return Sending(address.host, address.port, usual.request.with_target(address.target), there)


def redactor(question: Question, *minted: str) -> "Redactor | None":
    """Return what takes this question's secrets, and `minted` tokens, out of any text; None when they are to be shown."""
    if question.show_secrets:
        return None
    from ws101.redact import Redactor
    from ws101.tokens import credential

    usual = sending(question)
    known = {*credential.secrets(usual.request), *([question.token] if question.token else []), *minted}
    if usual.forward_proxy and usual.forward_proxy.authorization:
        known.add(usual.forward_proxy.authorization)
    signing = (
        question.keys.secret.decode("utf-8", "replace").strip()
        if question.keys and question.keys.secret
        else ""
    )
    if len(signing) >= _SHORTEST_KEY:
        known.add(signing)
    return Redactor(sorted(known), os.urandom(8))


def _direct_url(text: str) -> Address:
    try:
        return read_url(text)
    except UsageError as error:
        raise UsageError(f"--direct: {error}") from None


def _extra(question: Question, address: Address) -> Headers:
    """The user's own fields, and those that a flag stands for, in the order in which a client would add them."""
    fields: list[tuple[str, str]] = []
    if question.origin is not None:
        fields.append(("Origin", question.origin))
    if question.token is not None:
        fields.append(("Authorization", _authorization(question.token)))
    elif address.userinfo:
        pair = unquote(address.userinfo).encode("utf-8", errors="surrogateescape")
        fields.append(("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    if question.subprotocols:
        fields.append(("Sec-WebSocket-Protocol", ", ".join(question.subprotocols)))
    # As with curl, -H takes the place of what a flag or the URL stands for.
    ours = Headers.of(fields).without(*(name for name, _ in question.headers))
    return ours.added(*((name, value) for name, value in question.headers if value is not None))


def _authorization(token: str) -> str:
    """The field's value for a bare token, or for one that was given with its scheme already."""
    return token if token.lower().startswith(("bearer ", "basic ")) else f"Bearer {token}"


def _tls(question: Question, address: Address) -> TlsSettings:
    literal = ":" in address.host or address.host.replace(".", "").isdigit()
    return TlsSettings(
        check_name=address.host,
        server_name=None if literal else address.host,
        verify=Verify.NOTHING if question.insecure else Verify.ALL,
        ca_file=question.ca_file,
        cert_file=question.cert_file,
        key_file=question.key_file,
    )


def _forward_proxy(question: Question, address: Address) -> ForwardProxy | None:
    if question.proxy is not None:
        return forward.parse(question.proxy, "--proxy") if question.proxy else None
    return forward.from_environment(question.environ, address.scheme, address.host, address.port)


def check_token(token: str, given_by: str) -> str:
    """Return a token that can stand in a header field; raise UsageError saying what is wrong with it."""
    trimmed = token.strip("\r\n")
    if not trimmed.strip():
        raise UsageError(
            f"the token from {given_by} is empty. Give the token's text, without quotes or a line break."
        )
    lines = len(re.split("\r\n?|\n", trimmed))
    if lines > 1:
        raise UsageError(
            f"the token from {given_by} holds a line break ({lines} lines), which no header field can carry: "
            "a proxy would pass on its first line only. Join the lines, or read the token from where it is whole."
        )
    if any(ord(c) < 32 or ord(c) == 127 for c in trimmed):
        raise UsageError(
            f"the token from {given_by} holds a control character, which no header field can carry. "
            "Give the token's text alone, not a binary file or one in UTF-16."
        )
    return trimmed
