"""The service that nginx asks for every request does not run."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "auth-request-down",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding("auth_request /auth;").proxying(
        locations="location = /auth { internal; proxy_pass http://127.0.0.1:@{refusing}; }"
    ),
)
