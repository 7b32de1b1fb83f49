"""Which rules a request breaks, and which an answer breaks towards its request; never guesses what a server will do."""

from ws101.handshake import grammar
from ws101.handshake.accept import accept_value, key_problem
from ws101.handshake.answer import Answer, Breach, Kind
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request

_HANDSHAKE = "RFC 6455, 4.2.1"
_CLIENT_FAILS = "RFC 6455, 4.1"

# Fields that a request may carry once (RFC 9110, 5.3: only a list may stand on several lines); Host has its own rule.
_SINGLE = (
    "Authorization", "Content-Length", "Content-Type", "Origin", "Proxy-Authorization", "Referer", "User-Agent",
    "Sec-WebSocket-Version",
)  # fmt: skip

# What an answer with this status must carry: the field and the section that demands it.
_DEMANDED = {
    401: ("WWW-Authenticate", "RFC 9110, 15.5.2"),
    405: ("Allow", "RFC 9110, 15.5.6"),
    407: ("Proxy-Authenticate", "RFC 9110, 15.5.8"),
    426: ("Upgrade", "RFC 9110, 15.5.22"),
}


def fatal(breaches: tuple[Breach, ...]) -> tuple[Breach, ...]:
    """Return those of an answer's breaches for which the client must fail the connection (RFC 6455, 4.1).

    That is every breach of RFC 6455: 4.1 ends with "If the server's response does not conform to the requirements for
    the server's handshake as defined in this section and in Section 4.2.2, the client MUST _Fail the WebSocket
    Connection_". Breaches of plain HTTP leave a client the choice.
    """
    return tuple(breach for breach in breaches if breach.section.startswith("RFC 6455"))


def check_request(request: Request) -> tuple[Breach, ...]:
    """Return the rules that this opening handshake breaks (RFC 6455, 4.2.1; RFC 9112), in the order of the wire."""
    return (
        *_check_request_line(request),
        *_check_field_lines(request.headers),
        *_check_host(request.headers),
        *_check_upgrade(request.headers),
        *_check_key(request.headers),
        *_check_version(request.headers),
        *_check_offers(request.headers),
        *_check_singles(request.headers),
        *_check_content(request),
    )


def check_answer(request: Request, answer: Answer) -> tuple[Breach, ...]:
    """Return the rules that this answer breaks towards its request; what its bytes break is in `answer.breaches`."""
    if answer.kind is not Kind.HTTP:
        return ()
    framing = _check_framing(answer.headers)
    if answer.status != 101:
        return (*_check_refusal(answer), *framing)
    return (
        *_check_switch(answer.headers),
        *_check_accept(request.headers, answer.headers),
        *_check_extensions(request.headers, answer.headers),
        *_check_subprotocol(request.headers, answer.headers),
        *_check_101_as_http(answer),
        *framing,
    )


# ---- the request


def _check_request_line(request: Request) -> list[Breach]:
    found = []
    if request.method != "GET":
        found.append(Breach("the method is not GET", _HANDSHAKE))
    version = grammar.HTTP_VERSION.fullmatch(request.version)
    if version is None:
        found.append(Breach("the request line names no version of HTTP", "RFC 9112, 2.3"))
    elif (version[1], version[2]) < ("1", "1"):
        found.append(Breach("the version of HTTP is lower than 1.1", _HANDSHAKE))
    elif version[1] != "1":
        found.append(Breach("the request line claims another major version of HTTP than 1", "RFC 9112, 2.3"))
    if "#" in request.target:
        found.append(Breach("the request target holds a fragment", "RFC 6455, 3"))
    elif grammar.TARGET.fullmatch(request.target) is None:
        found.append(Breach("the request target is empty or holds unescaped bytes", "RFC 9112, 3.2"))
    elif not request.target.startswith(("/", "http://", "https://", "ws://", "wss://")):
        found.append(Breach("the request target is neither a path nor a URI", _HANDSHAKE))
    return found


def _check_field_lines(headers: Headers) -> list[Breach]:
    found = []
    for name, value in headers:
        unfolded = grammar.OBS_FOLD.sub(" ", value)
        if not grammar.is_token(name):
            found.append(Breach("a header's name is no token", "RFC 9110, 5.1", name))
        if unfolded != value:
            found.append(Breach("a header's value is folded over lines", "RFC 9112, 5.2", name))
        if not grammar.is_field_value(unfolded):
            found.append(Breach("a header's value holds a control character", "RFC 9110, 5.5", name))
        elif any(ord(character) > 0xFF for character in value):
            found.append(Breach("a header's value holds characters that have no byte", "RFC 9110, 5.5", name))
    return found


def _check_host(headers: Headers) -> list[Breach]:
    hosts = headers.get_all("host")
    if not hosts:
        return [Breach("Host is missing", "RFC 9112, 3.2", "Host")]
    if len(hosts) > 1:
        return [Breach("Host stands there more than once", "RFC 9112, 3.2", "Host")]
    if grammar.HOST.fullmatch(hosts[0]) is None:
        return [Breach("Host is no host with an optional port", "RFC 9112, 3.2", "Host")]
    return []


def _check_upgrade(headers: Headers) -> list[Breach]:
    found = []
    if "upgrade" not in headers:
        found.append(Breach("Upgrade is missing", _HANDSHAKE, "Upgrade"))
    elif "websocket" not in headers.tokens("upgrade"):
        found.append(Breach("Upgrade does not name websocket", _HANDSHAKE, "Upgrade"))
    if "connection" not in headers:
        found.append(Breach("Connection is missing", _HANDSHAKE, "Connection"))
    elif "upgrade" not in headers.tokens("connection"):
        found.append(Breach("Connection does not name Upgrade", _HANDSHAKE, "Connection"))
    return found


def _check_key(headers: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Key"
    keys = headers.get_all(name)
    if not keys:
        return [Breach(f"{name} is missing", _HANDSHAKE, name)]
    if len(keys) > 1:
        return [Breach(f"{name} stands there more than once", "RFC 6455, 11.3.1", name)]
    problem = key_problem(keys[0])
    return [Breach(f"{name} {problem}", _HANDSHAKE, name)] if problem else []


def _check_version(headers: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Version"
    if name not in headers:
        return [Breach(f"{name} is missing", _HANDSHAKE, name)]
    if headers.get(name) != "13":
        return [Breach(f"{name} is not 13", _HANDSHAKE, name)]
    return []


def _check_offers(headers: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Extensions"
    found = [
        Breach(f"{name} is {'malformed' if value else 'empty'}", "RFC 6455, 9.1", name)
        for value in headers.get_all(name)
        if grammar.extensions(value) is None
    ]
    offered = _subprotocols(headers)
    name = "Sec-WebSocket-Protocol"
    if name in headers and not offered:
        found.append(Breach(f"{name} is empty", "RFC 6455, 4.3", name))
    if not all(grammar.is_token(subprotocol) for subprotocol in offered):
        found.append(Breach(f"{name} names one that is no token", "RFC 6455, 4.3", name))
    if len(set(offered)) < len(offered):
        found.append(Breach(f"{name} names one twice", "RFC 6455, 4.1", name))
    return found


def _check_singles(headers: Headers) -> list[Breach]:
    return [
        Breach(f"{name} stands there more than once", "RFC 9110, 5.3", name)
        for name in _SINGLE
        if len(headers.get_all(name)) > 1
    ]


def _check_content(request: Request) -> list[Breach]:
    found = _check_framing(request.headers)
    lengths = request.headers.get_all("content-length")
    chunked = "transfer-encoding" in request.headers
    if request.body or chunked or any(length.strip("0") for length in lengths):
        found.append(Breach("the handshake has or announces a body", "RFC 9110, 9.3.1"))
    elif lengths:
        found.append(Breach("Content-Length stands there without a body", "RFC 9110, 8.6", "Content-Length"))
    if not chunked and request.body and not lengths:
        found.append(Breach("a body follows that no header announces", "RFC 9112, 6.3"))
    return found


# ---- the answer


def _check_switch(headers: Headers) -> list[Breach]:
    found = []
    upgrades = headers.get_all("upgrade")
    if not upgrades:
        found.append(Breach("the 101 has no Upgrade", _CLIENT_FAILS, "Upgrade"))
    elif len(upgrades) > 1:
        found.append(Breach("the 101 has Upgrade more than once", _CLIENT_FAILS, "Upgrade"))
    elif upgrades[0].lower() != "websocket":
        found.append(Breach("the 101's Upgrade is not websocket", _CLIENT_FAILS, "Upgrade"))
    if "connection" not in headers:
        found.append(Breach("the 101 has no Connection", _CLIENT_FAILS, "Connection"))
    elif "upgrade" not in headers.tokens("connection"):
        found.append(Breach("the 101's Connection does not name Upgrade", _CLIENT_FAILS, "Connection"))
    return found


def _check_accept(asked: Headers, given: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Accept"
    accepts = given.get_all(name)
    keys = asked.get_all("sec-websocket-key")
    if not accepts:
        return [Breach(f"the 101 has no {name}", _CLIENT_FAILS, name)]
    if len(accepts) > 1:
        return [Breach(f"the 101 has {name} more than once", "RFC 6455, 11.3.3", name)]
    if keys and accepts[0] not in {accept_value(key) for key in keys}:
        return [Breach(f"the 101's {name} does not belong to the key that was sent", _CLIENT_FAILS, name)]
    return []


def _check_extensions(asked: Headers, given: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Extensions"
    offered = {e.name.lower() for value in asked.get_all(name) for e in grammar.extensions(value) or ()}
    found = []
    for value in given.get_all(name):
        accepted = grammar.extensions(value)
        if accepted is None:
            found.append(Breach(f"the 101's {name} is malformed", "RFC 6455, 9.1", name))
        elif any(extension.name.lower() not in offered for extension in accepted):
            found.append(Breach(f"the 101's {name} names one that was not offered", _CLIENT_FAILS, name))
    return found


def _check_subprotocol(asked: Headers, given: Headers) -> list[Breach]:
    name = "Sec-WebSocket-Protocol"
    chosen, offered = given.get_all(name), _subprotocols(asked)
    if len(chosen) > 1:
        return [Breach(f"the 101 has {name} more than once", "RFC 6455, 11.3.4", name)]
    if chosen and not offered:
        return [Breach("the 101 chooses a subprotocol though none was offered", _CLIENT_FAILS, name)]
    if chosen and chosen[0] not in offered:
        return [Breach("the 101 chooses a subprotocol that was not offered", _CLIENT_FAILS, name)]
    return []


def _check_101_as_http(answer: Answer) -> list[Breach]:
    found = []
    if "content-length" in answer.headers:
        found.append(Breach("the 101 has Content-Length", "RFC 9110, 8.6", "Content-Length"))
    if "transfer-encoding" in answer.headers:
        found.append(Breach("the 101 has Transfer-Encoding", "RFC 9112, 6.1", "Transfer-Encoding"))
    if answer.version == "HTTP/1.0":
        found.append(Breach("the 101 says HTTP/1.0, which knows no Upgrade", "RFC 9110, 7.8"))
    return found


def _check_refusal(answer: Answer) -> list[Breach]:
    name, section = _DEMANDED.get(answer.status or 0, ("", ""))
    if not name or name in answer.headers:
        return []
    return [Breach(f"the {answer.status} has no {name}", section, name)]


# ---- both


def _check_framing(headers: Headers) -> list[Breach]:
    found = []
    lengths = headers.tokens("content-length")
    if "content-length" in headers and "transfer-encoding" in headers:
        found.append(
            Breach("Content-Length and Transfer-Encoding are both there", "RFC 9112, 6.1", "Content-Length")
        )
    if len(set(lengths)) > 1:
        found.append(
            Breach("Content-Length is given with different values", "RFC 9110, 8.6", "Content-Length")
        )
    elif "content-length" in headers and not all(
        grammar.DIGITS.fullmatch(length) for length in lengths or ("",)
    ):
        found.append(Breach("Content-Length is no number", "RFC 9110, 8.6", "Content-Length"))
    return found


def _subprotocols(headers: Headers) -> tuple[str, ...]:
    """Return the members of Sec-WebSocket-Protocol in their own case, which matters (RFC 6455, 1.9)."""
    members = (
        member.strip(" \t")
        for value in headers.get_all("sec-websocket-protocol")
        for member in value.split(",")
    )
    return tuple(member for member in members if member)
