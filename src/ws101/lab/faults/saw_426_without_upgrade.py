"""The stack is sound; the user's client sends no Upgrade and reports 426."""

from ws101.lab.fault import Fault
from ws101.terms import Hop

FAULT = Fault(
    "saw-426-without-upgrade",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(saw=426).sending(headers=("Upgrade:",)),
    ("websockets",),
    works=True,
)
