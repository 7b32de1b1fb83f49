"""Raises what is too small for this handshake or its socket: header buffers, time-outs; and takes back a PROXY protocol."""

from ws101.nginx.edit import Edit
from ws101.nginx.intake import header_buffers
from ws101.nginx.limit import seconds_of
from ws101.nginx.model import Level
from ws101.nginx.placing import into, word
from ws101.nginx.repair import Repair
from ws101.nginx.route import Route
from ws101.nginx.simulate import Upstream, simulate

LONG = "1h"
USUAL = 60  # seconds: nginx's default for proxy_read_timeout
_STEP = 8192


def header_size(route: Route) -> Repair | None:
    """Return what makes nginx's buffers hold the head of this request."""
    state, ask = route.state, route.ask
    refusing = state is not None and (state.error == 494 or (state.error or route.status) == 414)
    if state is None or not refusing:
        return None
    first = len(f"{ask.method} {ask.target} {ask.protocol}\r\n")
    lengths = [first, *(len(f"{name}: {field}\r\n") for name, field in ask.headers)]
    number, _, _ = header_buffers(state.server)
    size = _STEP
    while size < max(lengths) or size * number < sum(lengths):
        size *= 2
    servers = dict.fromkeys((state.server, state.socket.default))
    edits = tuple(edit for one in servers for edit in _buffers(one, number, size))
    what = (
        f"let nginx take header lines of {size // 1024} KiB, for this request has one of {max(lengths)} bytes"
    )
    return Repair("request-header-too-large", what, edits)


def _buffers(server: Level, number: int, size: int) -> tuple[Edit, ...]:
    if header_buffers(server)[1] >= size or server.directive is None:
        return ()
    own = server.own("large_client_header_buffers")
    text = f"{size // 1024}k"
    if own and len(own[0].texts) == 3:
        return (word(own[0], 2, text),)
    return into(
        server.directive, (f"large_client_header_buffers {number} {text};",), server.own("server_name")
    )


def silence(route: Route) -> Repair | None:
    """Return what lets a socket be silent for an hour; the better repair is a ping of the server's or the client's."""
    sent, location = simulate(route), route.location
    if not isinstance(sent, Upstream) or location is None or location.directive is None:
        return None
    own = location.own("proxy_read_timeout")
    if location.setting("proxy_read_timeout", "60s") == LONG:
        return None
    line = f"proxy_read_timeout {LONG};"
    edits = (word(own[0], 1, LONG),) if own else into(location.directive, (line,), location.own("proxy_pass"))
    doubt = "a dead upstream is noticed later; a ping at half the time-out would do without"
    return Repair("idle-timeout", "let the socket be silent for an hour", edits, doubt)


def short_silence(route: Route) -> Repair | None:
    """Return the same where an upgrade passes, and its socket may be silent for less than nginx's default."""
    sent, location = simulate(route), route.location
    if not isinstance(sent, Upstream) or not sent.upgrades or location is None:
        return None
    seconds = seconds_of(location.setting("proxy_read_timeout", "60s"))
    return silence(route) if seconds is not None and seconds < USUAL else None


def proxy_protocol(route: Route) -> Repair | None:
    """Return what makes a listener of this port not wait for a PROXY protocol line."""
    state = route.state
    if state is None or not state.socket.proxy_protocol:
        return None
    edits = []
    for server in state.socket.servers:
        for listen in server.listens:
            for at in (
                w for w in (listen.directive.words if listen.directive else ()) if w.text == "proxy_protocol"
            ):
                assert listen.directive
                text = listen.directive.file.text
                start = len(text[: at.start].rstrip())
                edits.append(Edit(listen.directive.file, start, at.end, ""))
    doubt = "a load balancer in front that sends the line needs it"
    return Repair("proxy-protocol-mismatch", "do not wait for a PROXY protocol line", tuple(edits), doubt)
