"""nginx puts a page with 200 in the place of the server's 401."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "error-page-200",
    Hop.PROXY,
    __doc__,
    lambda stack: (
        stack.adding("proxy_intercept_errors on; error_page 401 403 =200 /index.html;")
        .proxying(locations="location = /index.html { root @{directory}/www; }")
        .asking(token=None)
    ),
)
