"""nginx answers every path with the single-page app's index."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "spa-fallback",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="root @{directory}/www;\ntry_files $uri /index.html;"),
)
