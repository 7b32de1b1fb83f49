"""The user's configuration in the sandbox, as it is and mended."""

import asyncio

import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.configuring import LINES, PASS, SOUND, configured, only, whole
from ws101.lab import nginx, rehearsal
from ws101.lab.nginx import Binary
from ws101.lab.rehearsal import like, rehearse

TLS = "ssl_certificate a.pem;\nssl_certificate_key a.key;\n"


def _hop(inside: str):
    return only(configured(make_evidence(make_attempt(answer=make_answer(426))), whole(TLS + inside)))


def _rehearsed(hop, cure):
    if not nginx.binaries():
        pytest.skip("nginx (pip install 'ws101[lab]')")
    return asyncio.run(rehearse(hop, cure))


def test_a_cure_opens_the_way() -> None:
    hop = _hop(f"location / {{\n{PASS}\n}}")
    found = _rehearsed(hop, hop.cure("proxy-drops-upgrade-headers"))
    assert (found.before.status, found.after.status, found.opens) == (426, 101, True)


def test_a_cure_brings_what_was_lost() -> None:
    hop = _hop(f"location / {{\n{LINES.replace('$http_host', 'app')}{PASS}\n}}")
    found = _rehearsed(hop, hop.cure("proxy-rewrites-host"))
    assert not found.opens
    assert found.brings("Host") == (("Host", "app", "ws101.test"),)


def test_a_configuration_that_nginx_refuses() -> None:
    found = _rehearsed(_hop(SOUND + "proxy_read_timeout soon;"), ())
    assert found.before.trouble.startswith("nginx does not start with it: ")
    assert not found.opens


@pytest.mark.parametrize(
    ("version", "chosen"),
    [((1, 31, 0), "new"), ((1, 29, 7), "new"), ((1, 29, 6), "old"), ((1, 18, 0), "old")],
)
def test_the_nginx_with_the_same_defaults(version, chosen, monkeypatch, tmp_path) -> None:
    known = (Binary("new", tmp_path, (1, 31, 3)), Binary("old", tmp_path, (1, 22, 1)))
    monkeypatch.setattr(rehearsal, "binaries", lambda: known)
    assert like(version).name == chosen
