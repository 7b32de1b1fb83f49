"""The forward proxy reads what it tunnels and takes Upgrade and Connection out."""

from ws101.lab.fault import WITH_TIMERS, Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "forward-proxy-strips-upgrade",
    Hop.NETWORK,
    __doc__,
    lambda stack: stack.asking(arguments=("--proxy", "http://127.0.0.1:@{connect:strips}")),
    WITH_TIMERS,
    front=Front.SERVER,
)
