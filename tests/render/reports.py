"""The reports that every renderer is shown with, one for each way in which a diagnosis can end."""

from render.checked import (
    ARRIVED,
    DROPPED_UPGRADE,
    EXPIRED_CERTIFICATE,
    HEALTHY,
    INCOMPLETE,
    REPRODUCED,
    STACKED,
    STORY,
    UNREACHABLE,
    WITNESSED,
)
from render.hostile import HOSTILE_RAW
from render.read import CONFIGURED, LOGGED
from ws101.redact import Redactor, clean_report

RAW = {
    "logged": LOGGED,
    "story": STORY,
    "dropped-upgrade": DROPPED_UPGRADE,
    "witnessed": WITNESSED,
    "arrived": ARRIVED,
    "healthy": HEALTHY,
    "reproduced": REPRODUCED,
    "unreachable": UNREACHABLE,
    "incomplete": INCOMPLETE,
    "expired-certificate": EXPIRED_CERTIFICATE,
    "stacked": STACKED,
    "configured": CONFIGURED,
    "hostile": HOSTILE_RAW,
}

# As the command line hands them to the renderers.
REPORTS = {name: clean_report(report, Redactor((), b"")) for name, report in RAW.items()}
