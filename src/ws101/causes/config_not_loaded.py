"""The running configuration is not the one in the file

## What happens
The fix is in the file, and nothing changes.

## Why
nginx reads its configuration when it starts or is told to reload; a deployment that copies a file does neither. A reload
that fails its check goes on with the old configuration and says so only in the error log.

## How we know
The file and the wire disagree; only with the configuration at hand can they be compared.

## What to do
`nginx -t && nginx -s reload`, then compare with `nginx -T`.
"""

from ws101.cause import Cause, RuledOut, Ruling, Unknown
from ws101.evidence import Evidence
from ws101.judging import no_proxy
from ws101.report import Hop, Remedy


def judge(evidence: Evidence) -> Ruling:
    if evidence.works:
        return RuledOut("the handshake works")
    if evidence.refused and (unseen := no_proxy(evidence)):
        return unseen
    return Unknown("the proxy's configuration file, and what it runs with (nginx -T)")


CAUSE = Cause(
    slug="config-not-loaded",
    hop=Hop.PROXY,
    page=__doc__,
    remedy=Remedy("Reload the proxy.", Hop.PROXY, command="nginx -t && nginx -s reload"),
    judge=judge,
)
