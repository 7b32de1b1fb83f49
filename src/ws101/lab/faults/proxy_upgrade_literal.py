"""The dollar is missing: nginx sends Upgrade: http_upgrade."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-upgrade-literal",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(upgrade=stack.proxies[0].upgrade.replace("$http_upgrade", "http_upgrade")),
    WITH_TIMERS,
)
