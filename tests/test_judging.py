"""What is made of a server's own record of what it saw."""

from causes.witnessed import named, witnessed
from ws101.judging import RECORD, crossed, told
from ws101.report import Fact
from ws101.terms import Fate


def test_what_went_astray_is_told_as_facts():
    evidence = witnessed(
        "proxy-drops-upgrade-headers",
        ("Connection", "close"),
        without=("Upgrade", "Connection"),
        version="HTTP/1.0",
    )
    lost, changed, version = crossed(evidence, "Upgrade", "Connection", "Host", "version")
    assert (lost.fate, changed.fate) == (Fate.LOST, Fate.CHANGED)
    assert told(lost) == Fact("`Upgrade` was sent, and the server saw none", RECORD)
    assert told(changed).text == "`Connection` was sent as `Upgrade`, and the server saw `close`"
    assert told(version).text == "the version was sent as `HTTP/1.1`, and the server saw `HTTP/1.0`"


def test_without_a_record_nothing_went_astray():
    assert crossed(named("token-expired"), "Upgrade", "Host") == ()
