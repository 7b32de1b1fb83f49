"""Tries a user's own configuration on real nginx, made harmless: what it answers to a handshake, and what the upstream gets.

Everything is on loopback and in a temporary directory, and gone when the trial ends; judges nothing.
"""

import asyncio
import base64
import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Container, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ws101.errors import Unavailable
from ws101.handshake.answer import Answer
from ws101.handshake.checks import check_answer, fatal
from ws101.handshake.reader import AnswerReader
from ws101.handshake.request import Request, build
from ws101.lab import certificates, nginx
from ws101.lab.harmless import PASS, Back, Ground, Harmless, Spot, foreign, harmless, spot
from ws101.lab.nginx import Binary
from ws101.lab.places import dropping, refusing
from ws101.lab.recorder import Conduct, Seen, recording
from ws101.nginx.ask import Ask
from ws101.nginx.circumstance import SOUND, UPGRADE, Circumstance, State
from ws101.nginx.edit import Edit, edited
from ws101.nginx.include import Configuration
from ws101.nginx.model import Model, understand
from ws101.nginx.tree import Directive

SECONDS = 20.0  # for the answer; nginx itself has been up by then
_MOST_LACKS = 40  # directives and variables that this nginx may not know, before it is given up
_CLIENT = "X-Ws101-Client"  # no upstream's record shows it
_BACK = "the upstream"  # the key of its socket
_PAGE = "<!doctype html><title>a page</title>\n"
_UNKNOWN = re.compile(r'unknown directive "([^"]+)"|unknown "([^"]+)" variable')
_COMPLAINT = re.compile(r"\[(?:emerg|alert|crit)\] (?:\d+#\d+: )?(.*)")
_LINE = re.compile(r" in \S*nginx\.conf:(\d+)")


class Trial(Struct, frozen=True):
    """What became of one handshake; `nginx` is the version that ran.

    `answer` is None where nothing was answered, `refused` holds nginx's own words where it does not start with this
    configuration, and `why` says in other cases why nothing was tried. `upstream` is the server as the user names it and `passed_by` the line that
    leads there. `left_out` are directives that did not run, `unfollowed` tells that the request went to no HTTP server. `emptied` are
    variables that nothing defines which was read. `others` came before it and were let in; `cut` tells after how many seconds
    a silent socket was closed, None where it stayed open. `flaw` says what of a 101 no client takes.
    """

    nginx: tuple[int, ...]
    answer: Answer | None = None
    seen: Seen | None = None
    upstream: str = ""
    passed_by: Directive | None = None
    refused: str = ""
    why: str = ""
    left_out: tuple[Directive, ...] = ()
    notes: tuple[str, ...] = ()
    emptied: frozenset[str] = frozenset()
    others: int = 0
    cut: float | None = None
    flaw: str = ""

    @property
    def works(self) -> bool:
        """Whether a 101 came that a client takes."""
        return self.status == 101 and not self.flaw

    @property
    def status(self) -> int | None:
        return self.answer.status if self.answer else None

    @property
    def unfollowed(self) -> bool:
        return self.passed_by is not None and self.passed_by.name != "proxy_pass"

    @property
    def outcome(self) -> str:
        """What came of it, in a word or two."""
        if self.refused:
            return "nginx does not start"
        if self.why:
            return self.why
        if self.status is None:
            return "closed without an answer"
        return f"{self.status}, but {self.flaw}" if self.flaw else str(self.status)


async def try_out(
    configuration: Configuration,
    ask: Ask,
    edits: Sequence[Edit] = (),
    binary: Binary | None = None,
    circumstance: Circumstance = SOUND,
) -> Trial:
    """Return what this configuration, with these edits, answers to this request, the circumstance being so.

    Raise Unavailable where there is no nginx.
    """
    chosen = binary or nginx.default_binary()
    model = understand(edited(configuration, edits) if edits else configuration)
    async with AsyncExitStack() as exits:
        return await _Sandbox(exits, chosen, model, ask, circumstance).run()


class _Sandbox(Struct):
    """One trial; sockets are opened once, for nginx may be started more than once until it knows every directive."""

    exits: AsyncExitStack
    binary: Binary
    model: Model
    ask: Ask
    circumstance: Circumstance = SOUND
    opened: dict[object, socket.socket] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    troubled: socket.socket | None = None

    async def run(self) -> Trial:
        where = met(self.model, self.ask)
        if where is None:
            return Trial(self.binary.version, why=f"no server listens on port {self.ask.port}")
        prefix = Path(tempfile.mkdtemp(prefix="ws101-sandbox-"))
        self.exits.callback(shutil.rmtree, prefix, ignore_errors=True)
        self.exits.callback(self._close)
        made, complaint = await self._started(prefix)
        if complaint:
            return Trial(self.binary.version, refused=complaint, left_out=made.left_out)
        allowed = {f"ws101_{back.number}" for back in made.backs if back.allows}
        await self.exits.enter_async_context(recording(self.opened.pop(_BACK), self.seen, PASS, allowed))
        return await self._tried(made, made.fronts[where], allowed)

    async def _tried(self, made: Harmless, port: int, allowed: Container[str]) -> Trial:
        """Set the circumstance up, and send the handshake: after others, until one of them is refused, where others come."""
        await self.exits.enter_async_context(self._in_trouble(allowed))
        crowd = await self.exits.enter_async_context(AsyncExitStack())
        others = 0
        while True:
            answer, trouble, cut = await self._asked(port, crowd)
            if others == self.circumstance.others or answer is None or answer.status != 101:
                return replace(self._told(made, answer, trouble), others=others, cut=cut)
            others += 1

    def _in_trouble(self, allowed: Container[str]) -> AbstractAsyncContextManager[None]:
        """Return what stands for the server in trouble while the trial runs."""
        if self.troubled is None:
            return nullcontext()
        given = self.circumstance
        if given.state in {State.DOWN, State.DEAF}:
            return nullcontext()
        tls = _tls_context() if given.state is State.TLS else None
        unless = {name: "" if name in UPGRADE else self.ask.headers.get(name) for name in given.unless}
        silent, breaks_off = given.state is State.SILENT, given.state is State.CUT
        conduct = Conduct(given.status, unless, given.head, silent=silent, breaks_off=breaks_off, tls=tls)
        return recording(self.troubled, self.seen, PASS, allowed, conduct)

    async def _trouble(self) -> int:
        """Return the port of the server in trouble, 0 where none is; of one that is down or deaf no more than that is needed."""
        places = {State.DOWN: refusing, State.DEAF: dropping}
        given = self.circumstance.state
        if given in {State.SOUND, State.UNNAMED}:
            return 0
        if given in places:
            return await self.exits.enter_async_context(places[given]())
        self.troubled = nginx.listening()
        self.exits.callback(self.troubled.close)
        port: int = self.troubled.getsockname()[1]
        return port

    def _close(self) -> None:
        for one in self.opened.values():
            one.close()

    def _port(self, key: object) -> int:
        if key not in self.opened:
            self.opened[key] = nginx.listening()
        port: int = self.opened[key].getsockname()[1]
        return port

    async def _started(self, prefix: Path) -> tuple[Harmless, str]:
        """Start nginx; what this one does not know is left out. Return its words where it does not start, too."""
        (prefix / "html").mkdir()
        (prefix / "html" / "index.html").write_text(_PAGE)
        (prefix / "passwords").write_text(_passwords(self.ask))
        certificate = str(certificates.directory() / "good")
        ground = Ground(
            self._port, self._port(_BACK), certificate, nginx.http_level() + self._origin(),
            circumstance=self.circumstance, troubled=await self._trouble(),
        )  # fmt: skip
        for _ in range(_MOST_LACKS):
            made = harmless(self.model, ground)
            fronts = [self.opened[one] for one in made.fronts]
            try:
                await self.exits.enter_async_context(nginx.serving(self.binary, prefix, made.text, fronts))
            except Unavailable as refusal:
                lacking = _lacking(ground, str(refusal))
                if lacking is None or not all(self._may_lack(n, made) for n in lacking.undefined):
                    return made, _translated(str(refusal), made, prefix / "nginx.conf")
                ground = lacking
            else:
                return made, ""
        return made, "it knows too few of the directives"

    def _may_lack(self, name: str, made: Harmless) -> bool:
        """Whether a variable may be defined where nginx runs, though nothing that runs here defines it."""
        return name in made.definable or foreign(name) or self.model.partial

    def _origin(self) -> str:
        """Let nginx take the client's address from a field of ours: every connection here comes from loopback."""
        if self.ask.client in {None, "127.0.0.1"} or self.model.http.own("real_ip_header"):
            return ""
        return f"    set_real_ip_from 127.0.0.1;\n    real_ip_header {_CLIENT};\n"

    async def _asked(self, port: int, crowd: AsyncExitStack) -> tuple[Answer | None, str, float | None]:
        """Return the answer to one handshake, what was in its way, and when a silent socket was cut.

        The socket is closed with the answer, or stays open with the `crowd`.
        """
        fields = (
            self.ask.headers.added((_CLIENT, self.ask.client or "")) if self._origin() else self.ask.headers
        )
        request = Request(self.ask.target, fields, self.ask.method, self.ask.protocol)
        answers = AnswerReader(request, 1 << 20, 1 << 16)
        cut = None
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await self._connected(port)
                crowd.callback(writer.close)
                writer.write(build(request))
                while not answers.done and (data := await reader.read(65536)):
                    answers.feed(data)
                cut = await self._silence(reader) if answers.done else None
                if not self.circumstance.held:
                    writer.close()
        except ssl.SSLError as error:
            return None, f"TLS: {error.reason or error}", None
        except TimeoutError:
            return None, f"no answer within {SECONDS:.0f} seconds", None
        except OSError:
            pass  # what came before the reset is the answer
        answers.feed_eof()
        answer = answers.answer()
        return (self._as_theirs(answer, port) if answer.status is not None else None), "", cut

    async def _silence(self, reader: asyncio.StreamReader) -> float | None:
        """Say nothing, and return after how many seconds the socket was closed; None where it was not."""
        if not self.circumstance.silence:
            return None
        clock = asyncio.get_running_loop()
        began = clock.time()
        try:
            async with asyncio.timeout(self.circumstance.silence):
                await reader.read()
        except TimeoutError:
            return None
        return clock.time() - began

    def _as_theirs(self, answer: Answer, port: int) -> Answer:
        """Put the user's port where a redirect names the sandbox's."""
        usual = {True: 443, False: 80}[self.ask.tls]
        theirs = "" if self.ask.port == usual else f":{self.ask.port}"
        location = answer.headers.get("location").replace(f":{port}", theirs)
        return replace(answer, headers=answer.headers.replaced("Location", location)) if location else answer

    async def _connected(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self.ask.tls:
            return await asyncio.open_connection("127.0.0.1", port)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        name = self.ask.server_name or ""
        return await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)

    def _told(self, made: Harmless, answer: Answer | None, trouble: str) -> Trial:
        backs = {f"ws101_{back.number}": back for back in made.backs}
        seen = next((one for one in reversed(self.seen) if not backs[one.mark].allows), None)
        back: Back | None = backs[seen.mark] if seen else None
        if back and back.by.name != "proxy_pass":
            answer, trouble = None, f"{back.by.name} is not followed"
        if seen:
            seen = replace(seen, head=seen.head._replace(headers=seen.head.headers.without(_CLIENT)))
        allowed = [f"{b.by.place} was taken to say yes" for b in made.backs if b.allows]
        allowed += [f"${name} was empty, for nothing that was read defines it" for name in made.emptied]
        allowed += ["the user and the password were taken to be right"] if _passwords(self.ask) else []
        return Trial(
            self.binary.version, answer, seen, back.server if back else "", back.by if back else None, "", trouble,
            made.left_out, tuple(allowed), frozenset(made.emptied), flaw=self._flaw(answer),
        )  # fmt: skip

    def _flaw(self, answer: Answer | None) -> str:
        """Say what of a 101 makes every client fail the connection; empty where nothing does."""
        if answer is None or answer.status != 101:
            return ""
        request = Request(self.ask.target, self.ask.headers, self.ask.method, self.ask.protocol)
        return "; ".join(breach.text for breach in fatal(check_answer(request, answer)))


def _tls_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    good = certificates.directory() / "good"
    context.load_cert_chain(f"{good}.pem", f"{good}.key")
    return context


def met(model: Model, ask: Ask) -> Spot | None:
    """Return the listener that the request comes to; None where none is on its port."""
    every = (listen for server in model.servers for listen in server.listens if "quic" not in listen.options)
    there = list(
        dict.fromkeys(spot(listen) for listen in every if listen.port == ask.port and not listen.path)
    )
    wildcard = "::" if ask.address and ":" in ask.address else None
    for wanted in (ask.address, wildcard, "::"):
        if found := next((one for one in there if one[0] == wanted), None):
            return found
    return next(iter(there), None)


def _passwords(ask: Ask) -> str:
    """Return a file of passwords in which the client's own is right, nothing where it has none."""
    scheme, _, given = ask.headers.get("authorization").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        user, colon, password = base64.b64decode(given, validate=True).decode("latin-1").partition(":")
    except ValueError:
        return ""
    return f"{user}:{{PLAIN}}{password}\n" if colon and "\n" not in user + password else ""


def _lacking(ground: Ground, said: str) -> Ground | None:
    """Return the ground with one name more that this nginx does not know; None where that is not what it says."""
    found = _UNKNOWN.search(said)
    if found is None:
        return None
    if found[1]:
        return None if found[1] in ground.unknown else replace(ground, unknown=ground.unknown | {found[1]})
    return None if found[2] in ground.undefined else replace(ground, undefined=ground.undefined | {found[2]})


def _translated(said: str, made: Harmless, config: Path) -> str:
    """Return nginx's complaint with the place in the user's own file."""
    complaint: str = (_COMPLAINT.findall(said) or [said])[-1].strip()
    for (address, theirs, path), ours in made.fronts.items():
        complaint = complaint.replace(f"127.0.0.1:{ours}", path or f"{address or '*'}:{theirs}")
    found = _LINE.search(complaint)
    if found is None:
        return complaint
    number = int(found[1]) - (len(config.read_text().splitlines()) - len(made.origins)) - 1
    origin = made.origins[number] if 0 <= number < len(made.origins) else None
    return _LINE.sub(f" in {origin.place}" if origin else "", complaint)
