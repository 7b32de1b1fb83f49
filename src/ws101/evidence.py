"""The bundle of facts that one diagnosis may look at, and the plain questions to ask of it. None = nobody looked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ws101.attempt import Attempt, Ending, Layer, Sending, TlsSession, TlsSettings
from ws101.handshake.answer import Answer, Kind
from ws101.report import Certainty, Hop
from ws101.signature import Says, Signature
from ws101.tokens.reading import TokenReading


@dataclass(frozen=True, slots=True)
class Target:
    """What the user asked about; `path` holds the query too. `tls` is true for wss and https."""

    url: str = field(repr=False)
    scheme: str
    host: str
    port: int
    path: str = field(repr=False)

    @property
    def tls(self) -> bool:
        return self.scheme == "wss"

    @property
    def authority(self) -> str:
        """The host and the port as one word, an IPv6 address in brackets (RFC 3986, 3.2)."""
        bare = self.host.strip("[]")
        return f"[{bare}]:{self.port}" if ":" in bare else f"{bare}:{self.port}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the name resolved to; `error` is the resolver's text when it did not. `literal` for an IP address."""

    host: str
    addresses: tuple[str, ...]
    error: str = ""
    literal: bool = False
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Dial:
    """A TCP connection tried to one address; `connected` or how it ended."""

    address: str
    connected: bool
    ending: Ending
    detail: str = ""
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one X.509 certificate says; times are seconds since the epoch, names are lower-case.

    `names` are its DNS names and addresses. `issuer_url` tells that it names a place to fetch its issuer from, which
    certificates of public authorities do (RFC 5280, 4.2.2.1). `fingerprint` is SHA-256 in hexadecimal.
    `der` are the bytes that it was read from.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: float
    not_after: float
    self_issued: bool
    is_authority: bool
    fingerprint: str
    issuer_url: str = ""
    signed_by_itself: bool = False
    der: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class TlsLook:
    """What TLS without verification showed: the session and the chain as sent, leaf first; or OpenSSL's reason."""

    session: TlsSession | None
    chain: tuple[Certificate, ...]
    error: str = ""
    detail: str = ""
    chain_complete_known: bool = True

    @property
    def top(self) -> Certificate | None:
        """The sent certificate nearest to a root: from the leaf upwards by issuer, whatever order they came in."""
        here, left = (self.chain[0], list(self.chain[1:])) if self.chain else (None, [])
        while (
            here
            and not here.self_issued
            and (above := next((c for c in left if c.subject == here.issuer), None))
        ):
            left.remove(above)
            here = above
        return here


@dataclass(frozen=True, slots=True)
class TrustFile:
    """The file given with --cacert; `matches_leaf` and `signs_top` compare it with the chain that the server sent."""

    path: str
    certificates: tuple[Certificate, ...]
    holds_leaf: bool = False
    holds_issuer_of_top: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was seen in one diagnosis.

    `baseline` is the handshake as the user would send it; `attempts` maps an experiment's name to what came of it.
    When a first obstacle was overcome, a further Evidence has the mended handshake as its baseline, and `overcome`
    names the repairs that are in it. `saw` is the status that the user's client reported. `now` is this machine's
    clock, in seconds since the epoch. `direct` is the handshake straight to the server, where --direct named it.
    `tls_settings` is how TLS is spoken where an experiment adds it.
    `fresh_token` and `stale_token` are the user's token signed anew with the given secret, valid and expired.
    `again` holds what came of the unchanged handshake ("repeat") and of telling experiments when sent once more.
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
    token: TokenReading | None = None
    again: Mapping[str, Attempt] = field(default_factory=dict)
    saw: int | None = None
    overcome: tuple[str, ...] = ()
    direct: Sending | None = None
    tls_settings: TlsSettings | None = None
    fresh_token: str | None = field(default=None, repr=False)
    stale_token: str | None = field(default=None, repr=False)

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
        from ws101.signatures import recognise  # its table is long, and the first connection need not wait for it

        return recognise(self.answer) if self.answer else None

    @property
    def says(self) -> Says:
        """What the baseline's answer says, whoever wrote it."""
        return self.author.says if self.author else Says.NOTHING

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
        sent_twice = [(self.baseline, self.tried("repeat")), *((self.tried(name), a) for name, a in self.again.items())]
        return next(((one, two) for one, two in sent_twice if one and two and not alike(one, two)), None)

    def mends(self, name: str) -> bool:
        """Return whether this one change turned a failing handshake into a working one."""
        attempt = self.tried(name)
        return not self.works and attempt is not None and attempt.works

    @property
    def mended_on_the_way(self) -> str:
        """The name of one change that makes the handshake work on the same way and at the same path, or an empty string.

        Then the path is served and the upgrade gets through, whatever else was refused.
        """
        if self.works or self.baseline is None:
            return ""
        here = self.baseline.sending
        for name, attempt in self.attempts.items():
            there = attempt.sending
            same_way = (there.host, there.port, there.forward_proxy) == (
                here.host,
                here.port,
                here.forward_proxy,
            )
            if attempt.works and same_way and there.request.path == here.request.path:
                return name
        return ""

    def moves(self, name: str) -> bool:
        """Return whether this one change met another outcome than the baseline."""
        attempt = self.tried(name)
        return attempt is not None and self.baseline is not None and not alike(attempt, self.baseline)

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
        it answers no other damage that was tried so, else possible.
        """
        if not self.mends("direct") or self.baseline is None:
            return None
        alike_now = [n for n, a in self.attempts.items() if n.startswith("direct-") and kin(a, self.baseline)]
        if name not in alike_now:
            return None
        return self.by_flip if len(alike_now) == 1 else Certainty.POSSIBLE

    # ---- what the experiments together say

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
            return Certainty.POSSIBLE
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
        """Whether an upgrade at any path is closed without an answer (a proxy then says 502), and a plain GET answered."""
        closed = self.ended(Layer.HTTP, Ending.CLOSED, Ending.RESET) or self.says is Says.UPSTREAM_DOWN
        plain = self.tried("plain-get")
        answered = plain is not None and plain.status is not None and plain.status < 502
        return closed and answered and self.same("nonsense-path")

    @property
    def upgrade_matters(self) -> bool | None:
        """Whether the handshake is answered otherwise than a plain GET of the same path; None when not tried."""
        if self.tried("plain-get") is None:
            return None
        return self.moves("plain-get")

    @property
    def path_matters(self) -> bool | None:
        """Whether a path at which nothing can be served is answered otherwise; None when not tried."""
        if self.tried("nonsense-path") is None:
            return None
        return self.moves("nonsense-path")

    @property
    def front(self) -> Signature | None:
        """The software that answers first, from the refusal that a malformed Host provokes."""
        attempt = self.tried("malformed-host")
        from ws101.signatures import recognise

        return recognise(attempt.answer) if attempt else None

    @property
    def proxy(self) -> str:
        """The name of a proxy that is seen to stand before the server, or an empty string."""
        for signature in (self.author, self.front):
            if signature is not None and signature.hop in {Hop.PROXY, Hop.CDN}:
                return signature.software
        answers = [
            a.answer for a in (self.baseline, self.tried("malformed-host"), self.tried("nonsense-path")) if a
        ]
        for answer in answers:
            server = answer.headers.get("server").lower()
            known = next((name for name in _PROXIES if name in server), "")
            if known:
                return known
            if "via" in answer.headers:
                return answer.headers.get("via").rpartition(" ")[2].lower()
        return ""

    @property
    def edge(self) -> str:
        """The name of a content delivery network whose marks the baseline's answer bears, or an empty string."""
        if self.answer is None:
            return ""
        headers = self.answer.headers
        return next(
            (name for name, field, mark in _EDGES if field in headers and mark in headers.get(field).lower()),
            "",
        )

    @property
    def answered_by_proxy(self) -> bool:
        """Whether the baseline's refusal was written by a proxy or an edge itself."""
        return self.author is not None and self.author.hop in {Hop.PROXY, Hop.CDN} and self.author.own


_PROXIES = (
    "nginx",
    "openresty",
    "cloudflare",
    "envoy",
    "caddy",
    "traefik",
    "haproxy",
    "apache",
    "varnish",
    "awselb",
)

_EDGES = (
    ("Cloudflare", "cf-ray", ""), ("Cloudflare", "server", "cloudflare"),
    ("Amazon CloudFront", "x-amz-cf-id", ""), ("Amazon CloudFront", "via", "cloudfront"),
    ("Fastly", "x-served-by", "cache-"), ("Akamai", "server", "akamai"), ("Akamai", "akamai-grn", ""),
    ("Azure Front Door", "x-azure-ref", ""), ("Imperva", "x-iinfo", ""), ("Sucuri", "x-sucuri-id", ""),
    ("bunny.net", "server", "bunnycdn"),
)  # fmt: skip

_VOLATILE_FIELDS = frozenset({
    "date", "age", "expires", "last-modified", "etag", "set-cookie", "content-length", "x-request-id", "x-trace-id",
    "traceparent", "cf-ray", "x-amzn-trace-id", "x-amz-cf-id", "x-runtime", "server-timing", "retry-after", "report-to",
    "nel", "alt-svc", "sec-websocket-accept", "x-correlation-id", "x-envoy-upstream-service-time", "content-security-policy",
    "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "keep-alive", "connection", "transfer-encoding",
})  # fmt: skip


def alike(one: Attempt, other: Attempt) -> bool:
    """Return whether two attempts met the same outcome, what changes from request to request left aside."""
    return outcome(one) == outcome(other)


def kin(one: Attempt, other: Attempt) -> bool:
    """Return whether two answers have the same status and body: what a proxy leaves as it is when it passes one on."""
    if one.answer.kind is not Kind.HTTP or other.answer.kind is not Kind.HTTP:
        return False
    return one.status == other.status and _body(one) == _body(other)


def outcome(attempt: Attempt) -> tuple[object, ...]:
    """Return what an attempt met, without dates, lengths, identifiers and echoes: equal outcomes are the same answer."""
    if attempt.answer.kind is Kind.NOTHING:
        return (attempt.layer, _coarse(attempt.ending), attempt.tls_error, attempt.verify_code)
    if attempt.answer.kind is not Kind.HTTP:
        return (attempt.answer.kind, attempt.answer.service)
    if attempt.upgraded:
        aftermath, inside = attempt.aftermath, attempt.refusal
        if inside is not attempt.answer:
            return (101, inside.status, _steady(inside.text))
        strange = aftermath is not None and bool(aftermath.breaches)
        closed = aftermath is not None and aftermath.closed_after is not None
        return (101, bool(attempt.breaches), strange or closed, aftermath and aftermath.close_code)
    answer = attempt.answer
    names = frozenset(name.lower() for name, _ in answer.headers) - _VOLATILE_FIELDS
    location = _steady(answer.headers.get("location"))
    return (
        answer.status,
        answer.reason.lower(),
        names,
        answer.headers.get("server"),
        location,
        _body(attempt),
    )


def _coarse(ending: Ending) -> Ending:
    return Ending.CLOSED if ending is Ending.RESET else ending


def _body(attempt: Attempt) -> str:
    text = attempt.answer.text[:4096]
    for echoed in (
        attempt.sending.request.target,
        attempt.sending.request.path,
        attempt.sending.request.headers.get("host"),
    ):
        if len(echoed) > 1:
            text = text.replace(echoed, "…")
    return _steady(text)


def _steady(text: str) -> str:
    """Leave out what a second request would change: digits, and words that hold them."""
    return re.sub(r"[\w+/=-]*\d[\w+/=-]*", "#", text)
