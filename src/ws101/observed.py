"""What was seen beside the handshakes themselves: the target, names, dials, certificates. Values only."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from ws101.attempt import Ending, TlsSession
from ws101.private import Private


class Target(Private, frozen=True):
    """What the user asked about; `path` holds the query too. `tls` is true for wss and https."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def tls(self) -> bool:
        return self.scheme == "wss"

    @property
    def authority(self) -> str:
        """The host and the port as one word, an IPv6 address in brackets (RFC 3986, 3.2)."""
        bare = self.host.strip("[]")
        return f"[{bare}]:{self.port}" if ":" in bare else f"{bare}:{self.port}"


class Resolution(Struct, frozen=True):
    """What the name resolved to; `error` is the resolver's text when it did not. `literal` for an IP address."""

    host: str
    addresses: tuple[str, ...]
    error: str = ""
    literal: bool = False
    ms: float | None = None


class Dial(Struct, frozen=True):
    """A TCP connection tried to one address; `connected` or how it ended."""

    address: str
    connected: bool
    ending: Ending
    detail: str = ""
    ms: float | None = None


class Sounding(Struct, frozen=True):
    """What a server behind a proxy does with a connection from here and a TLS hello; where that meets an alert, with a plain request.

    `ending` says how the connection failed, None where it was taken; `speaks` is "https", "http", "other" where the hello met
    something else or the end of the connection, and empty where it met silence, or an alert and no plain answer.
    """

    ending: Ending | None = None
    speaks: str = ""


class Asked(Struct, frozen=True):
    """What a service that `auth_request` asks says to the request that nginx sends it, and to the one that it should send.

    Statuses; None where it was not asked, or gave no answer.
    """

    as_it_is: int | None = None
    mended: int | None = None


class Met(NamedTuple):
    """What a server answered to the handshake that nginx passes on; `whole` is false where it broke off in the answer's head.

    `status` is None where no answer came.
    """

    status: int | None = None
    whole: bool = True


class Soundings(Struct, frozen=True):
    """The servers that were sounded out, by host and port, and what can be said of several at once.

    `asked` are services that were asked as nginx asks them, likewise, and `met` what servers answered to the handshake that nginx
    passes on to them.
    """

    known: Mapping[str, Sounding] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    met: Mapping[str, Met] = field(default_factory=dict)

    def said(self, places: Sequence[str]) -> Asked:
        """Return what the one service here says."""
        return self.asked.get(places[0], Asked()) if len(places) == 1 else Asked()

    def take(self, places: Sequence[str]) -> bool:
        """Whether every one of these servers takes the handshake that nginx passes on to it."""
        return bool(places) and all(self.met.get(place) == Met(101) for place in places)

    def break_off(self, places: Sequence[str]) -> bool:
        """Whether every one of these servers breaks off in the head of its 101."""
        return bool(places) and all(self.met.get(place) == Met(101, whole=False) for place in places)

    def refused(self, places: Sequence[str]) -> bool:
        """Whether every one of these servers refuses a connection from here."""
        return self._suits(places, lambda one: one.ending is Ending.REFUSED)

    def deaf(self, places: Sequence[str]) -> bool:
        """Whether none of these servers takes a connection from here, and none refuses it."""
        return self._suits(places, lambda one: one.ending is Ending.TIMED_OUT)

    def taken(self, places: Sequence[str]) -> bool:
        """Whether every one of these servers takes a connection from here."""
        return self._suits(places, lambda one: one.ending is None)

    def speak(self, places: Sequence[str], *words: str) -> bool:
        """Whether every one of these servers answers a TLS hello in one of these ways; see Sounding."""
        return self._suits(places, lambda one: one.ending is None and one.speaks in words)

    def _suits(self, places: Sequence[str], suits: Callable[[Sounding], bool]) -> bool:
        found = [self.known.get(place) for place in places]
        return bool(found) and all(one is not None and suits(one) for one in found)


class Certificate(Private, frozen=True):
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
    der: bytes = b""


class TlsLook(Struct, frozen=True):
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


class TrustFile(Struct, frozen=True):
    """The file given with --cacert; `matches_leaf` and `signs_top` compare it with the chain that the server sent."""

    path: str
    certificates: tuple[Certificate, ...]
    holds_leaf: bool = False
    holds_issuer_of_top: bool = False
