"""nginx asks for a password of its own."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "auth-basic",
    Hop.PROXY,
    __doc__,
    lambda stack: stack.adding("auth_basic lab; auth_basic_user_file @{directory}/users;"),
)
