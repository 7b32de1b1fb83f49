"""The bundle of facts that one diagnosis may look at, and the plain questions to ask of it. None = nobody looked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import field

from ws101 import sighting
from ws101.attempt import Attempt, Ending, Layer, Sending, TlsSettings
from ws101.handshake import problem as problems
from ws101.handshake import trace as traces
from ws101.handshake.answer import Answer, Kind
from ws101.observed import Dial, Resolution, Soundings, Target, TlsLook, TrustFile
from ws101.outcome import alike, kin
from ws101.private import Private
from ws101.signature import Says, Signature
from ws101.terms import Certainty, Fate, Hop

if TYPE_CHECKING:
    from ws101.configured import Configured
    from ws101.logs.story import Story
    from ws101.nginx.performance import Rehearsal
    from ws101.report import Passage
    from ws101.tokens.reading import TokenReading


class Evidence(Private, frozen=True):
    """Everything that was seen in one diagnosis.

    `baseline` is the handshake as the user would send it; `attempts` maps an experiment's name to what came of it.
    When a first obstacle was overcome, a further Evidence has the mended handshake as its baseline, and `overcome`
    names the repairs that are in it. `saw` is the status that the user's client reported. `now` is this machine's
    clock, in seconds since the epoch. `direct` is the handshake straight to the server, where --direct named it.
    `tls_settings` is how TLS is spoken where an experiment adds it.
    `fresh_token` and `stale_token` are the user's token signed anew with the given secret, valid and expired.
    `again` holds what came of the unchanged handshake ("repeat") and of telling experiments when sent once more.
    `trace` is what came of asking the server for its own record of the baseline.
    `config` is what each nginx configuration that was given says of the baseline, the outermost first; `rehearsals` are
    what came of running one in a sandbox, as it is and mended, by the cause that was mended. `story` is what the logs of
    all hops tell of the baseline, or of the handshake that is judged where only logs were given. `soundings` are what the
    servers that a configuration names did with a connection from here.
    """

    target: Target
    sending: Sending
    now: float
    names: Resolution | None = None
    dials: tuple[Dial, ...] = ()
    look: TlsLook | None = None
    trust_file: TrustFile | None = None
    baseline: Attempt | None = None
    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    token: "TokenReading | None" = None
    again: Mapping[str, Attempt] = field(default_factory=dict)
    trace: Attempt | None = None
    config: "tuple[Configured, ...] | None" = None
    rehearsals: "Mapping[str, Rehearsal]" = field(default_factory=dict)
    soundings: Soundings = field(default_factory=Soundings)
    story: "Story | None" = None
    saw: int | None = None
    overcome: tuple[str, ...] = ()
    direct: Sending | None = None
    tls_settings: TlsSettings | None = None
    fresh_token: str | None = None
    stale_token: str | None = None

    # ---- the baseline

    @property
    def works(self) -> bool:
        return self.baseline is not None and self.baseline.works

    def port_meant(self, sending: Sending) -> int:
        """Return the port that a sending is for: the URL's, where --connect-to has another one dialled in its place."""
        return self.target.port if sending.port == self.sending.port else sending.port

    @property
    def answer(self) -> Answer | None:
        """The baseline's answer, when anything at all came back."""
        if self.baseline is None or self.baseline.answer.kind is Kind.NOTHING:
            return None
        return self.baseline.answer

    @property
    def refused(self) -> bool:
        """Whether the baseline met an HTTP answer that is no 101."""
        return self.status is not None and self.status != 101

    @property
    def status(self) -> int | None:
        return self.baseline.status if self.baseline else None

    @property
    def author(self) -> Signature | None:
        """Who wrote the baseline's answer, when it bears marks that are known."""
        return sighting.recognise(self.answer) if self.answer else None

    @property
    def says(self) -> Says:
        """What the baseline's answer says, whoever wrote it."""
        return self.author.says if self.author else Says.NOTHING

    @property
    def problem(self) -> problems.Problem | None:
        """The problem document in which the baseline's refusal names a cause, if it has one."""
        return problems.read(self.answer) if self.answer and self.refused else None

    @property
    def trace_path(self) -> str:
        """Where the server tells what it saw of the baseline, or an empty string: it says so, or is asked after a 101."""
        if self.baseline is None or self.answer is None or self.baseline.sending.http2:
            return ""  # what stands in an HTTP/2 request is not what the handshake says
        request = self.baseline.sending.request
        if self.works:
            return traces.path_for(request, self.answer) if self.saw is not None else ""
        return traces.below(request, self.problem.trace) if self.problem else ""

    @property
    def record(self) -> traces.Record | None:
        """What the server says that it saw of the baseline, where it was asked and told."""
        return traces.read(self.trace.answer) if self.trace else None

    @property
    def crossing(self) -> "Mapping[str, Passage]":
        """Each part of the baseline as sent and as seen, by its name in lower case; empty where nobody told."""
        if self.record is None or self.baseline is None:
            return {}
        return {p.part.lower(): p for p in traces.compare(self.baseline.sending.request, self.record)}

    def ended(self, layer: Layer, *endings: Ending) -> bool:
        """Return whether the baseline ended at this layer in one of these ways."""
        return self.baseline is not None and self.baseline.layer is layer and self.baseline.ending in endings

    # ---- experiments

    def tried(self, name: str) -> Attempt | None:
        """Return what came of an experiment, or None when it was not run or could not be sent."""
        attempt = self.attempts.get(name)
        return None if attempt is None or attempt.ending is Ending.BUG else attempt

    def first(self, *names: str) -> Attempt | None:
        """Return the first of these experiments that was run and mends the handshake."""
        return next((a for name in names if (a := self.tried(name)) and a.works), None)

    @property
    def stable(self) -> bool:
        """Whether the unchanged handshake, sent again, met the same answer, and no experiment another one than before."""
        return self.same("repeat") and self.wavering is None

    @property
    def wavering(self) -> tuple[Attempt, Attempt] | None:
        """The first two attempts that met different outcomes though the same was sent, if there are such."""
        sent_twice = [
            (self.baseline, self.tried("repeat")),
            *((self.tried(name), a) for name, a in self.again.items()),
        ]
        return next(((one, two) for one, two in sent_twice if one and two and not alike(one, two)), None)

    def mends(self, name: str) -> bool:
        """Return whether this one change turned a failing handshake into a working one.

        Where the unchanged repeat works as well, no change did; a pause alone may still be what it took.
        """
        attempt = self.tried(name)
        by_itself = self.recovers and name not in {"repeat", "after-pause"}
        return not self.works and attempt is not None and attempt.works and not by_itself

    @property
    def recovers(self) -> bool:
        """Whether the unchanged handshake failed first and works when it is sent again."""
        repeat = self.tried("repeat")
        return not self.works and repeat is not None and repeat.works

    @property
    def mended_on_the_way(self) -> str:
        """The name of one change that makes the handshake work on the same way and at the same path, or an empty string.

        Then the path is served and the upgrade gets through, whatever else was refused.
        """
        if self.works or self.baseline is None:
            return ""
        here = self.baseline.sending
        way = (here.host, here.port, here.forward_proxy, here.request.path)
        for name, attempt in self.attempts.items():
            there = attempt.sending
            if attempt.works and (there.host, there.port, there.forward_proxy, there.request.path) == way:
                return name
        return ""

    def moves(self, name: str) -> bool:
        """Return whether this one change met another outcome than the baseline, and than its unchanged repeat."""
        attempt, repeat = self.tried(name), self.tried("repeat")
        if attempt is None or self.baseline is None or alike(attempt, self.baseline):
            return False
        return name in {"repeat", "after-pause"} or repeat is None or not alike(attempt, repeat)

    def same(self, name: str) -> bool:
        """Return whether this one change was tried and made no difference."""
        attempt = self.tried(name)
        return attempt is not None and self.baseline is not None and alike(attempt, self.baseline)

    def passes_tls(self, name: str) -> bool:
        """Return whether this one change took a handshake that ended in TLS beyond it."""
        attempt = self.tried(name)
        stuck = self.baseline is not None and self.baseline.layer is Layer.TLS and self.baseline.tls is None
        return stuck and attempt is not None and (attempt.layer is Layer.HTTP or attempt.tls is not None)

    @property
    def by_flip(self) -> Certainty:
        """The certainty that an observed flip carries: proven, unless the unchanged handshake wavers too."""
        return Certainty.PROVEN if self.stable else Certainty.POSSIBLE

    def reproduces(self, name: str) -> bool:
        """Return whether this damage to a working handshake gives exactly the status that the user's client saw."""
        attempt = self.tried(name)
        return self.works and self.saw is not None and attempt is not None and attempt.status == self.saw

    def by_direct(self, name: str) -> Certainty | None:
        """Return how surely the way through the proxy does this one damage; None when nothing shows that.

        The server, asked directly, works, and answers this damage exactly as the proxy's way is answered: proven when
        it answers no other damage that was tried so, else possible. Where it does not work, but refuses for the
        credentials, or works at another path than the user's, likely instead of proven.
        """
        direct = self.tried("direct")
        if direct is None or self.baseline is None or not self.moves("direct"):
            return None
        if not direct.works and (direct.status not in {401, 403} or self.status in {401, 403}):
            return None
        alike_now = [n for n, a in self.attempts.items() if n.startswith("direct-") and kin(a, self.baseline)]
        if name not in alike_now:
            return None
        if len(alike_now) > 1 or not self.stable:
            return Certainty.POSSIBLE
        return Certainty.PROVEN if self.served_directly else Certainty.LIKELY

    @property
    def served_directly(self) -> bool:
        """Whether the server, asked directly at the very path that fails through the proxy, takes the handshake."""
        asked = [a.sending.request.path for a in (self.baseline, self.tried("direct")) if a is not None]
        return self.mends("direct") and len(set(asked)) == 1

    @property
    def past_proxy(self) -> bool:
        """Whether this stage was met straight at the server (--direct): nothing in it tells of what stands before it."""
        return "direct" in self.overcome

    # ---- what the experiments together say

    @property
    def wants_tls(self) -> bool:
        """Whether TLS is what the port wants: it is spoken there, and plain HTTP was not answered in earnest.

        Some listeners take both, such as Traefik's: of these only a handshake that gets further over TLS tells.
        """
        over_tls = self.tried("tls-instead")
        if over_tls is None or not over_tls.met_tls or not self.moves("tls-instead"):
            return False
        says_so = (
            self.says is Says.PLAIN_HTTP_TO_TLS
        )  # what is malformed, nginx refuses before it looks at the port
        return says_so or not self._answers_in_earnest or over_tls.works or over_tls.status in {101, 401}

    @property
    def _answers_in_earnest(self) -> bool:
        """Whether this or another request that is as plain met an HTTP answer which does not ask for TLS."""
        met = (self.baseline, *map(self.tried, ("plain-get", "malformed-host", "malformed-field")))
        said = [
            sighting.recognise(attempt.answer)
            for attempt in met
            if attempt is not None and attempt.status is not None
        ]
        return any(signature is None or signature.says is not Says.PLAIN_HTTP_TO_TLS for signature in said)

    @property
    def upgrade_reaches_websocket(self) -> bool | None:
        """Whether Upgrade reaches a WebSocket layer: the answer to version 99 differs from the one to 13.

        Identical answers do not say that Upgrade was lost: an earlier check may have refused both. Then None, unless
        the refusal itself says that no upgrade arrived.
        """
        if self.works or self.moves("version-99"):
            return True
        if self.says in {Says.NO_UPGRADE, Says.NO_CONNECTION, Says.PLAIN_NOT_FOUND}:
            return False
        return None

    @property
    def asks_upgrade(self) -> bool:
        """Whether the handshake as sent asks for the upgrade as RFC 6455, 4.1 wants it."""
        headers = (self.baseline.sending if self.baseline else self.sending).request.headers
        return "websocket" in headers.tokens("upgrade") and "upgrade" in headers.tokens("connection")

    @property
    def upgrade_unseen(self) -> Certainty | None:
        """How surely the answer shows that no upgrade arrived, though one was sent; None when it does not show that.

        LIKELY when it says so; POSSIBLE when it is the answer that a plain GET gets: an earlier check (credentials, a
        redirect, an overload) would refuse both alike, so such refusals tell nothing.
        """
        if self.ended(Layer.HTTP, Ending.SILENT) and self.asks_upgrade and self.proxy:
            # A WebSocket server without a handler for plain requests leaves every one of them waiting.
            waits = all(self.same(name) for name in ("plain-get", "version-99", "nonsense-path"))
            return Certainty.POSSIBLE if waits else None
        if not self.refused or not self.asks_upgrade or self.moves("version-99"):
            return None
        if self.says in {Says.NO_UPGRADE, Says.NO_CONNECTION, Says.ENGINEIO_BAD_REQUEST}:
            return Certainty.LIKELY
        if self.status == 426 and not self.moves("plain-get"):
            return Certainty.LIKELY
        if (
            self.answered_by_proxy
            or self.says is Says.NO_ROUTE
            or self.status not in {200, 204, 400, 404, 405, 501}
        ):
            return None
        if self.says in {Says.PLAIN_NOT_FOUND, Says.NOT_A_HANDSHAKE}:
            return None if self.moves("plain-get") else Certainty.POSSIBLE
        if self.malformed_whatever:
            return None
        return Certainty.POSSIBLE if self.same("plain-get") and self.same("version-99") else None

    @property
    def server_refuses_too(self) -> bool:
        """Whether the server, asked directly (--direct), refuses as it does through the proxy: the proxy is innocent."""
        direct = self.tried("direct")
        return (
            direct is not None
            and self.baseline is not None
            and not direct.works
            and kin(direct, self.baseline)
        )

    @property
    def drops_upgrades(self) -> bool:
        """Whether an upgrade at any path is closed without an answer (a proxy then says 502), and a plain GET is not.

        A server that has no handler for plain requests, as Node's http allows, leaves those waiting.
        """
        closed = self.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET) or self.says is Says.UPSTREAM_DOWN
        plain = self.tried("plain-get")
        answered = plain is not None and plain.status is not None and plain.status < 502
        waits = plain is not None and plain.layer is Layer.HTTP and plain.ending is Ending.SILENT
        return closed and (answered or waits) and bool(self.alike_at_nonsense)

    @property
    def upgrade_matters(self) -> bool | None:
        """Whether the handshake is answered otherwise than a plain GET of the same path; None when not tried."""
        if self.tried("plain-get") is None:
            return None
        return self.moves("plain-get")

    @property
    def alike_at_nonsense(self) -> str:
        """The name of an experiment at a path that nobody serves that met the same answer, or an empty string.

        A path below this one tells as well: a proxy sends it the same way, where another goes elsewhere.
        """
        return next((name for name in ("nonsense-path", "nonsense-below") if self.same(name)), "")

    @property
    def path_seems_unknown(self) -> bool:
        """Whether the refusal may be that of a path that nobody serves: it looks so, and such a path gets the same.

        A WebSocket layer that was reached and refuses every path alike may do so because it knows none of them.
        """
        if not self.alike_at_nonsense:
            return False
        if self.says is Says.NO_ROUTE or (self.says is Says.NOTHING and self.status == 404):
            return True
        # Django Channels raises where no route fits, and daphne answers as it does to any failure of the application.
        if self.says is Says.ERROR and self.author is not None and self.author.software == "daphne":
            return True
        return (
            bool(self.upgrade_reaches_websocket) and self.says in _SILENT and self.status in {400, 403, 404}
        )

    @property
    def path_matters(self) -> bool | None:
        """Whether a path at which nothing can be served is answered otherwise; None when not tried."""
        if self.tried("nonsense-path") is None:
            return None
        return self.moves("nonsense-path")

    @property
    def front(self) -> Signature | None:
        """The software that answers first, from the refusals that malformed requests provoke."""
        return sighting.front(self._refusals_of_malformed)

    @property
    def _refusals_of_malformed(self) -> tuple[Answer, ...]:
        return tuple(a.answer for name in ("malformed-field", "malformed-host") if (a := self.tried(name)))

    @property
    def proxy(self) -> str:
        """The name of a proxy that is seen to stand before the server, or an empty string."""
        met = (
            self.baseline,
            *map(self.tried, ("malformed-host", "malformed-field", "nonsense-path", "plain-get")),
        )
        seen = sighting.proxy(self.author, self._refusals_of_malformed, [a.answer for a in met if a])
        astray = any(p.fate in {Fate.LOST, Fate.CHANGED} for p in self.crossing.values())
        return seen or ("a proxy" if astray or self.mends("direct") else "")

    @property
    def unfronted(self) -> bool:
        """Whether the server itself is seen to answer first: it refuses what no proxy may pass on (RFC 9112, 5.1)."""
        attempt = self.tried("malformed-field")
        wrote = sighting.recognise(attempt.answer) if attempt else None
        return (
            wrote is not None
            and wrote.hop is Hop.SERVER
            and wrote.software != "the server"
            and not self.proxy
        )

    @property
    def edge(self) -> str:
        """The name of a content delivery network whose marks the baseline's answer bears, or an empty string."""
        return sighting.edge(self.answer) if self.answer else ""

    @property
    def answered_by_proxy(self) -> bool:
        """Whether the baseline's refusal was written by a proxy or an edge itself."""
        return self.author is not None and self.author.hop in {Hop.PROXY, Hop.CDN} and self.author.own

    @property
    def malformed_whatever(self) -> bool:
        """Whether a request is refused as malformed whatever is asked, so that it is not what was sent that is read."""
        # What a proxy itself refuses at this path alone is configured there.
        elsewhere = self.same("nonsense-path") or (self.same("nonsense-below") and not self.answered_by_proxy)
        too_large = self.moves("short-token")
        return self.says is Says.MALFORMED and self.same("plain-get") and elsewhere and not too_large

    @property
    def takes_proxy_line(self) -> bool:
        """Whether a PROXY line before it got the handshake further than a server lets one that expects a request."""
        attempt = self.tried("proxy-line")
        if attempt is None or not self.moves("proxy-line") or attempt.status in _OF_A_STRANGE_LINE:
            return False
        # A listener that waits for the line answers nothing without it, whatever else is asked.
        here = (attempt.sending.host, attempt.sending.port)
        others = (a for name, a in self.attempts.items() if name != "repeat" and not a.sending.preamble)
        return not any(a.answer.kind is Kind.HTTP for a in others if (a.sending.host, a.sending.port) == here)


_OF_A_STRANGE_LINE = frozenset({None, 400, 405, 408, 501, 505})
_SILENT = frozenset({Says.NOTHING, Says.NO_ROUTE, Says.FORBIDDEN, Says.MALFORMED, Says.NOT_A_HANDSHAKE})
