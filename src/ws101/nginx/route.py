"""Which server and which location answer a request, through the phases of nginx (ngx_http_core_module.c).

Knows configurations and requests; opens no file, so of files it assumes that they are not there, and says so.
"""

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from ws101.nginx import access, intake, rewrite
from ws101.nginx.ask import Ask
from ws101.nginx.listen import Named, Socket, server_for
from ws101.nginx.model import PASSES, Level, Location, Model, Server
from ws101.nginx.outcome import Answered, File, Outcome, Passed, Step, Undecided
from ws101.nginx.rewrite import Refused
from ws101.nginx.search import Match, Search
from ws101.nginx.state import REDIRECTS, State
from ws101.nginx.tree import Directive
from ws101.nginx.value import Unknown
from ws101.nginx.variable import expand

# Handlers beside `…_pass`: what they answer does not stand in the configuration.
_HANDLERS = frozenset(
    {"stub_status", "empty_gif", "js_content", "perl", "content_by_lua", "content_by_lua_file", "content_by_lua_block",
     "dav_methods", "flv", "mp4", "api", "status", "hls", "f4f", "push_stream_subscriber", "nchan_pubsub", "nchan_subscriber",
     "nchan_publisher", "rtmp_stat"}
)  # fmt: skip
_BAD_REQUEST = frozenset({494, 495, 496, 497})  # statuses of nginx's own, sent as 400


class Route(Struct, frozen=True):
    """The way of one request; `state` is as it stands where the way ends. `assumed` says what was taken for granted."""

    ask: Ask
    outcome: Outcome
    server: Server | None
    location: Location | None
    steps: tuple[Step, ...]
    assumed: tuple[str, ...] = ()
    state: State | None = None

    @property
    def status(self) -> int | None:
        """The status that nginx itself answers with, None where another decides."""
        return self.outcome.status if isinstance(self.outcome, Answered | File) else None


def route(model: Model, ask: Ask) -> Route:
    """Return the way of this request through this configuration."""
    return _Trip(model, ask).go()


def last_rewrite(taken: Route) -> Directive | None:
    """Return the last `rewrite` that changed the path on the way, if one did."""
    lines = (step.directive for step in reversed(taken.steps))
    return next((line for line in lines if line is not None and line.name == "rewrite"), None)


def subroute(taken: Route) -> Route | None:
    """Return the way of the request by which `auth_request` asks another service of this one; None where none is in force."""
    state = taken.state
    line = _asking(state) if state else None
    return _Trip(state.model, taken.ask).of_subrequest(state, line) if state and line else None


class _Phase(Enum):
    SERVER = auto()
    FIND = auto()
    LOCATION = auto()
    ACCESS = auto()
    FILES = auto()
    CONTENT = auto()


class _Trip:
    """One request on its way; each phase returns the next one, or how it ends."""

    def __init__(self, model: Model, ask: Ask) -> None:
        self._model, self._ask = model, ask
        self._steps: list[Step] = []
        self._assumed: dict[str, None] = {}
        self._state: State | None = None

    def go(self) -> Route:
        return self._ended(self._begin() or self._through())

    def of_subrequest(self, main: State, line: Directive) -> Route:
        """Ask the location that auth_request names (ngx_http_auth_request_module.c)."""
        self._state = replace(
            main, level=main.server, uri=line.arguments[0], args="", method="GET", quoted=False, plus=False, untouched=False,
            in_location=True, internal=True, changed=False, changes_left=REDIRECTS, in_error_page=False, location="", captures=(),
            error=None, main=main,
        )  # fmt: skip
        return self._ended(self._through())

    def _ended(self, outcome: Outcome) -> Route:
        state = self._state
        levels = state.level.lineage() if state else ()
        location = next((one for one in levels if isinstance(one, Location)), None)
        server = state.server if state else None
        return Route(self._ask, outcome, server, location, tuple(self._steps), tuple(self._assumed), state)

    def _say(self, what: str, directive: Directive | None = None) -> None:
        self._steps.append(Step(what, directive))

    def _assume(self, what: str) -> None:
        self._assumed[what] = None

    # ---- who takes the connection

    def _begin(self) -> Outcome | None:
        ask = self._ask
        socket = self._model.socket(ask.address, ask.port)
        if socket is None:
            return Undecided(f"no server of this configuration listens on port {ask.port}")
        if socket.guessed:
            self._assume(socket.guessed)
        if ask.tls and not socket.tls:
            self._say("TLS comes to a port that speaks plain HTTP", _listen_line(socket.default, ask.port))
            return Answered(400, _listen_line(socket.default, ask.port))
        met = (
            server_for(socket, ask.server_name)
            if ask.tls and ask.server_name
            else Named(socket.default, None)
        )
        if isinstance(met, Unknown):
            return Undecided(met.why)
        if ask.tls and met.server.setting("ssl_reject_handshake", "off") == "on":
            line = met.server.nearest("ssl_reject_handshake")[0]
            self._say("this server rejects every TLS handshake", line)
            return Answered(444, line)
        taken = intake.take_in(ask, socket, met)
        if isinstance(taken, Unknown):
            return Undecided(taken.why)
        self._name(taken.named, taken.host)
        self._state = self._arrived(socket, taken)
        return self._first_refusal(*taken.refusal) if taken.refusal else None

    def _arrived(self, socket: Socket, taken: intake.Taken) -> State:
        server = taken.named.server
        state = State(self._model, taken.ask, socket, server, server, taken.host)
        state.method, state.uri, state.raw = taken.method, "", taken.raw
        state.protocol = taken.ask.protocol if taken.method else ""
        state.body_length = taken.ask.headers.get("content-length") if taken.measured else ""
        if taken.named.match:
            state.remember(taken.named.match)
        if taken.target is not None:
            state.uri, state.args = taken.target.path, taken.target.args
            state.quoted, state.plus = taken.target.quoted, taken.target.plus
            state.untouched = taken.raw.startswith("/")
        return state

    def _name(self, named: Named, host: str) -> None:
        server = named.server
        if named.name is None:
            self._say(
                f"no server_name fits {host or 'an empty Host'}: the default server answers", server.directive
            )
        else:
            line = next((d for d in server.own("server_name") if named.name in d.arguments), server.directive)
            self._say(
                f"server_name {named.name} fits the Host"
                if named.name
                else "it takes requests without a name",
                line,
            )

    def _first_refusal(self, status: int, why: str, line: Directive | None) -> Outcome | None:
        self._say(why, line)
        got = self._special(Refused(status, line))
        if isinstance(got, _Phase):
            return self._through(got)
        return got

    # ---- the phases

    def _through(self, phase: _Phase = _Phase.SERVER) -> Outcome:
        phases: dict[_Phase, Callable[[State], _Phase | Outcome]] = {
            _Phase.SERVER: self._server,
            _Phase.FIND: self._find,
            _Phase.LOCATION: self._location,
            _Phase.ACCESS: self._access,
            _Phase.FILES: self._files,
            _Phase.CONTENT: self._content,
        }
        assert self._state
        while True:
            try:
                got = phases[phase](self._state)
            except Refused as refused:
                got = self._special(refused)
            if not isinstance(got, _Phase):
                return self._final(got)
            phase = got

    def _final(self, outcome: Outcome) -> Outcome:
        """Let a status that error_page keeps stand before the one of the page."""
        error = self._state.error if self._state else None
        if error and isinstance(outcome, Answered):
            return Answered(400 if error in _BAD_REQUEST else error, outcome.by, outcome.location)
        if error and isinstance(outcome, File):
            return File(400 if error in _BAD_REQUEST else error, outcome.by)
        return outcome

    def _server(self, state: State) -> _Phase | Outcome:
        state.level = state.server
        return rewrite.run(state, state.server, self._say) or _Phase.FIND

    def _find(self, state: State) -> _Phase | Outcome:
        state.changed = False
        state.level = state.server
        found = Search(state, self._say).look(state.server)
        if isinstance(found, Unknown):
            return Undecided(found.why)
        location = state.level
        if not state.internal and isinstance(location, Location) and location.nearest("internal"):
            self._say("this location is internal", location.nearest("internal")[0])
            raise Refused(404, location.nearest("internal")[0])
        self._body(state, location)
        if found is Match.SLASH and isinstance(location, Location):
            self._say("the path lacks this location's last slash: nginx redirects", location.directive)
            args = f"?{state.args}" if state.args else ""
            raise Refused(301, location.directive, rewrite.absolute(state, location.path + args))
        state.passes = location.handler
        self._limit_except(state)
        return _Phase.LOCATION

    def _body(self, state: State, level: Level) -> None:
        """Refuse a body that is larger than client_max_body_size."""
        length, line = state.body_length, level.nearest("client_max_body_size")
        most = intake.size_of(line[0].arguments[0]) if line else 1 << 20
        if most and length and int(length) > most:
            state.body_length = "0"  # it is thrown away
            raise Refused(413, line[0] if line else None)

    def _limit_except(self, state: State) -> None:
        limited = state.level.limited
        if limited is None or limited.directive is None:
            return
        allowed = {method.upper() for method in limited.directive.arguments}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        if state.method not in allowed:
            self._say(f"limit_except takes the method {state.method}", limited.directive)
            state.enter(limited)

    def _location(self, state: State) -> _Phase | Outcome:
        if state.level is not state.server:
            outcome = rewrite.run(state, state.level, self._say)
            if outcome is not None:
                return outcome
        if not state.changed:
            return _Phase.ACCESS
        state.changes_left -= 1
        if state.changes_left == 0:
            self._say("the rewriting goes round in a circle")
            raise Refused(500)
        return _Phase.FIND

    def _access(self, state: State) -> _Phase | Outcome:
        if state.main:
            return _Phase.FILES
        for name in ("limit_req", "limit_conn"):
            for line in state.level.nearest(name)[:1]:
                self._assume(access.unreached(line))
        checks = (access.address, access.basic, self._subrequest)
        one_will_do = state.level.setting("satisfy", "all") == "any"
        verdicts = (check(state) for check in checks)
        verdict, state.held = access.together(verdicts, one_will_do=one_will_do, held=state.held)
        if isinstance(verdict, Refused):
            self._say(f"nginx refuses: {verdict.status}", verdict.by)
            raise verdict
        return verdict or _Phase.FILES

    def _subrequest(self, state: State) -> access.Verdict:
        """Judge by what the subrequest of auth_request is answered."""
        line = _asking(state)
        if line is None:
            return None
        self._say("a subrequest must allow it", line)
        taken = _Trip(self._model, self._ask).of_subrequest(state, line)
        outcome, status = taken.outcome, taken.status
        self._steps += taken.steps
        self._assumed |= dict.fromkeys(taken.assumed)
        if isinstance(outcome, Undecided):
            return Undecided(f"what the subrequest answers: {outcome.why}", outcome.by)
        if isinstance(outcome, Passed) and taken.state:
            status = taken.state.error
            _answer_maps(taken.state, outcome.by)
        if status is None:
            self._assume(f"the subrequest of {line.place} says yes")
            return True
        self._say(f"the subrequest is answered {status}", line)
        if 200 <= status < 300:
            return True
        return Refused(status if status in {401, 403, 444} else 500, line)

    def _files(self, state: State) -> _Phase | Outcome:
        found = state.level.own("try_files")  # it comes down to no other block
        if not found:
            return _Phase.CONTENT
        line = found[0]
        for name in line.arguments[:-1]:
            path = expand(state, name)
            if isinstance(path, Unknown):
                return Undecided(f"which file it looks for: {path.why}", line)
            if name.endswith("/") and _is_root(path):
                self._say(f"{name} is the root directory, which is there", line)
                return _Phase.CONTENT
            self._assume(f"there is no file {path} ({line.place})")
        last = line.arguments[-1]
        if last == "=200":
            return Undecided("nginx sends no answer at all", line)
        if last.startswith("="):
            self._say(f"try_files answers {last[1:]}", line)
            raise Refused(int(last[1:]), line)
        return self._go(state, last, line)

    def _go(self, state: State, where: str, line: Directive) -> _Phase | Outcome:
        """Redirect inside nginx: to a named location, or to a path."""
        value = expand(state, where)
        if isinstance(value, Unknown):
            return Undecided(f"where it goes on: {value.why}", line)
        state.changes_left -= 1
        if state.changes_left == 0:
            self._say("the redirections go round in a circle", line)
            raise Refused(500, line)
        self._say(f"it goes on at {value}", line)
        state.internal, state.changed = True, False
        if value.startswith("@"):
            named = state.server.locations.named.get(value)
            if named is None or not state.uri:
                raise Refused(500, line)
            state.level, state.passes = named, named.handler
            self._limit_except(state)
            return _Phase.LOCATION
        path, _, args = value.partition("?")
        state.uri, state.args = path, args
        state.untouched, state.in_location = False, True
        return _Phase.SERVER

    def _content(self, state: State) -> _Phase | Outcome:
        handler, left = _handler(state.level), state.passes
        if (
            left is not None
            and handler not in state.level.children
            and left.name != (handler and handler.name)
        ):
            self._say(
                f"this {left.name} stays, and finds no settings in the block that is in force now", left
            )
            if left.name == "proxy_pass":
                raise Refused(500, left)  # nginx logs "no upstream configuration"
            return Undecided(f"what {left.name} does without its settings", left)
        if handler is not None:
            self._say("it is passed on" if handler.name in PASSES else "a module answers", handler)
            if handler.name in PASSES:
                return Passed(handler)
            return Undecided(f"what {handler.name} answers", handler)
        if state.method not in {"GET", "HEAD", "POST"}:
            raise Refused(405, state.level.directive)
        self._say("no handler stands here: a file would answer", state.level.directive)
        self._assume(f"there is no file for {state.uri}")
        raise Refused(403 if _is_root(state.uri) else 404, state.level.directive)

    # ---- error_page

    def _special(self, refused: Refused) -> _Phase | Outcome:
        state = self._state
        assert state
        state.error = refused.status
        state.location = state.location if refused.location is None else refused.location
        if refused.status == 444:
            return Answered(444, refused.by)
        pages = state.level.nearest("error_page")
        if not state.in_error_page and pages and state.changes_left:
            if state.level.setting("recursive_error_pages", "off") == "off":
                state.in_error_page = True
            for page in pages:
                codes, overwrite, where = _error_page(page)
                if refused.status in codes:
                    return self._error_page(state, page, overwrite, where)
        status = 400 if refused.status in _BAD_REQUEST else refused.status
        return Answered(status, refused.by, refused.location or "")

    def _error_page(
        self, state: State, page: Directive, overwrite: int | None, where: str
    ) -> _Phase | Outcome:
        if overwrite is not None:
            state.error = overwrite or None
        value = expand(state, where)
        if isinstance(value, Unknown):
            return Undecided(f"which error page answers: {value.why}", page)
        if not value.startswith(("/", "@")):
            status = overwrite if overwrite in {301, 302, 303, 307, 308} else 302
            state.error, state.location = status, value
            self._say(f"error_page redirects to {value}", page)
            return Answered(status, page, value)
        if value.startswith("/"):
            state.method = "HEAD" if self._ask.method == "HEAD" else "GET"
        try:
            return self._go(state, value, page)
        except Refused as refused:
            return self._special(refused)


def _error_page(page: Directive) -> tuple[set[int], int | None, str]:
    """Return the statuses of an error_page, what it answers with instead (0: what the page says), and where it is."""
    *words, where = page.arguments
    overwrite = None
    if words and words[-1].startswith("="):
        overwrite = int(words.pop()[1:] or 0)
    return {int(word) for word in words if word.isdigit()}, overwrite, where


def _asking(state: State) -> Directive | None:
    """Return the auth_request in force, if one is."""
    line = next(iter(state.level.nearest("auth_request")), None)
    return None if line is None or line.arguments[0] == "off" else line


def _answer_maps(state: State, passes: Directive) -> None:
    """Evaluate what a subrequest is passed on with: a map that is asked there keeps its value for the request itself."""
    for line in (passes, *state.level.nearest("proxy_set_header")):
        for text in line.arguments:
            expand(state, text)


# ---- levels


def _handler(level: Level) -> Directive | None:
    """Return what answers at this level; an `if` and a `limit_except` have it from their location."""
    current: Level | None = level
    while current is not None and current.kind in {"if", "limit_except", "location"}:
        found = current.handler or next((c for c in current.children if c.name in _HANDLERS), None)
        if found is not None or current.kind == "location":
            return found
        current = current.parent
    return None


def _listen_line(server: Server, port: int) -> Directive | None:
    return next((listen.directive for listen in server.listens if listen.takes(port)), server.directive)


def _is_root(path: str) -> bool:
    """Return whether a path is the root directory, as the file system reads it."""
    return path.endswith("/") and set(path.split("/")) <= {"", "."}
