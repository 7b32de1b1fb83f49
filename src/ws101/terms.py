"""The words that a diagnosis is told in, each with what it means: hops, certainties, outcomes and what experiments do."""

from enum import StrEnum

NGINX = frozenset({"nginx", "openresty"})  # programs that are nginx: the same lines, pages and logs


class Hop(StrEnum):
    """Where on the way of a handshake something is, in the order of the wire."""

    CLIENT = "client"
    NETWORK = "network"
    TLS = "tls"
    CDN = "cdn"
    PROXY = "proxy"
    SERVER = "server"
    AUTH = "auth"


class Certainty(StrEnum):
    """How much the evidence carries; the words are defined here and nowhere else.

    PROVEN: a flip was observed: exactly one thing was changed and the outcome changed with it.
    LIKELY: a signature that only this cause leaves was seen.
    POSSIBLE: what was seen fits, and fits other causes too.
    """

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """Its place among the three, the surest first."""
        return tuple(Certainty).index(self)


class Outcome(StrEnum):
    """What became of the handshake as the user would send it."""

    CONNECTED = "connected"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    INCOMPLETE = "incomplete"


class StepState(StrEnum):
    """What is known of one hop of the trail."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Family(StrEnum):
    """What an experiment does to the handshake: nothing, mend it, or break it."""

    BASELINE = "baseline"
    REPAIR = "repair"
    DAMAGE = "damage"


class Fate(StrEnum):
    """What became of a part of the request between the client and the server."""

    SAME = "same"
    LOST = "lost"
    CHANGED = "changed"
    ADDED = "added"
