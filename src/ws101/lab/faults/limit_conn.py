"""nginx lets one connection through at a time, and another client holds it."""

from msgspec.structs import replace

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "limit-conn",
    Hop.PROXY,
    __doc__,
    lambda stack: replace(
        stack.proxying(http=f"{stack.proxies[0].http}\nlimit_conn_zone $server_name zone=lab:1m;").adding(
            "limit_conn lab 1;"
        ),
        held="/open",
    ),
)
