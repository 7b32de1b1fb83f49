"""A regex location for files takes the request, and there is no such file."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "proxy-static-location-wins",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(locations="location ~ /notifications$ { root @{directory}/www; }"),
)
