"""Two at once: nginx drops Upgrade, and the token is over."""

from ws101.lab.fault import WITH_TIMERS, Fault
from ws101.lab.token import Token
from ws101.terms import Hop

FAULT = Fault(
    "upgrade-lost-and-token-expired",
    Hop.AUTH,
    __doc__,
    lambda stack: stack.proxying(upgrade="").asking(
        token=Token(lifetime=-3600, starts_in=-7200), secret=True
    ),
    WITH_TIMERS,
)
