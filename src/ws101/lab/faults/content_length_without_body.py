"""The client announces a body of five bytes and sends none."""

from ws101.lab.fault import Fault, Front
from ws101.terms import Hop

FAULT = Fault(
    "content-length-without-body",
    Hop.CLIENT,
    __doc__,
    lambda stack: stack.asking(headers=("Content-Length: 5",)),
    ("websockets", "uvicorn"),
    front=Front.SERVER,
)
