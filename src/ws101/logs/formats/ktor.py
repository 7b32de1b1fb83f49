"""Ktor's CallLogging through logback: `401 Unauthorized: GET - /api/v1/timers/notifications in 3ms`.

ktor-server-call-logging: CallLoggingConfig.kt, defaultFormat. A handshake that succeeds is logged as 101 when its session ends.
"""

from ws101.logs.oneline import Shape, formats
from ws101.terms import Hop

FORMAT = formats(
    "ktor",
    "ktor",
    Hop.SERVER,
    (b": GET - /", b"Unhandled: GET - /"),
    (
        Shape(
            " - /",
            r"(?P<status>\d{3}) [A-Z][\w '-]{1,40}: (?P<method>[A-Z]{1,12}) - (?P<path>/\S{0,4000}?)(?: in (?P<ms>\d{1,12})ms)?$",
        ),
        Shape(
            "Unhandled: ",
            r"Unhandled: (?P<method>[A-Z]{1,12}) - (?P<path>/\S{0,4000}?)(?: in (?P<ms>\d{1,12})ms)?$",
        ),
    ),
)
