"""nginx cannot resolve its upstream's name."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "upstream-name-unknown",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.proxying(
        server="resolver 127.0.0.1:@{refusing}; resolver_timeout 1s; set $backend nowhere.invalid;",
        passing="proxy_pass http://$backend;",
    ),
)
