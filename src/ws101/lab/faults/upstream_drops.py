"""Packets to the server behind nginx are dropped."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "upstream-drops",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(passing="proxy_pass http://127.0.0.1:@{dropping};").adding(
        "proxy_connect_timeout 1s;"
    ),
)
