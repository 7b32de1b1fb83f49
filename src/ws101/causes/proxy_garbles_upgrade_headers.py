"""The proxy sends another Upgrade or Connection than the client did

## What happens
The application sees an Upgrade or a Connection field, but not the client's: `Upgrade: http_upgrade`, `Connection:
keep-alive`, a constant. It refuses the handshake and, with some libraries, quotes the wrong value.

## Why
A variable lost its dollar sign, a `map` yields the wrong word, or a constant was written where the client's own value
belongs. `nginx -t` accepts all of these.

## How we know
The refusal quotes a value that was not sent.

## What to do
`proxy_set_header Upgrade $http_upgrade;` with the dollar sign, and `Connection` from a map that yields `upgrade` when
`$http_upgrade` is not empty.
"""

import re

from ws101.cause import Cause, Ruling, RuledOut, Supported, Unknown
from ws101.evidence import Evidence
from ws101.report import Certainty, Fact, Hop, Remedy

# websockets: "invalid Upgrade header: http_upgrade"; aiohttp: "No WebSocket UPGRADE hdr: http_upgrade"
_QUOTED = re.compile(r"(?i)\b(?:invalid )?(upgrade|connection)(?: upgrade)? (?:header|hdr): *([^\s.;]+)")
_ABSENT = frozenset({"none", "null", "undefined", "close", "expected"})


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("an upgrade passes the proxy")
    if evidence.moves("version-99"):
        return RuledOut("version 99 is answered otherwise, so Upgrade reaches a WebSocket layer", "version-99")
    if evidence.server_refuses_too:
        return RuledOut("the server, asked directly, answers the same", "direct")
    if evidence.upgrade_unseen is None or evidence.answer is None:
        return Unknown("the proxy's configuration")
    quoted = _QUOTED.search(evidence.answer.text)
    if quoted is None or quoted[2].lower() in _ABSENT:
        return Unknown("the proxy's configuration: a wrong value looks like a missing one from outside")
    sent = evidence.baseline.sending.request.headers.get(quoted[1]) if evidence.baseline else ""
    if quoted[2].lower() in sent.lower():
        return RuledOut("the value that the refusal quotes is the one that was sent")
    fact = Fact(f"the refusal quotes {quoted[1]}: {quoted[2]}, but {quoted[1]}: {sent} was sent", "the answer's body")
    return Supported(Certainty.LIKELY, (fact,))


CAUSE = Cause(
    slug="proxy-garbles-upgrade-headers",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy(
        "Pass the client's own Upgrade on, and a Connection that says upgrade.",
        Hop.PROXY,
        patch="proxy_set_header Upgrade    $http_upgrade;\nproxy_set_header Connection $connection_upgrade;",
    ),
    judge=judge,
)
