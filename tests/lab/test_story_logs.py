"""The outage that this project comes from, from the logs of real nginx alone: a client that says wss and speaks ws to the TLS port."""

import asyncio
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest

from ws101.cli.lab import cases
from ws101.cli.lab_logs import handshake
from ws101.errors import Unavailable
from ws101.lab.leaving import leave_logs
from ws101.lab.nginx import Binary, binaries
from ws101.logbook import Inquiry, read
from ws101.report import Report
from ws101.terms import Certainty, Hop

STORY = "saw-400-story@websockets"
CAUSE = "plaintext-to-tls-port"
UNSIZED = '$remote_addr - - [$time_local] "$request" $status "$http_user_agent"'
BINARIES = {".".join(map(str, one.version[:2])): one for one in binaries()}


def told(directory: Path, binary: Binary, *, level: str, tokens: str, sized: bool) -> Report:
    """Return what the logs of one attempt say; `sized` says that nginx logs the body's length."""
    stack = cases()[STORY].proxying(
        server=f"server_tokens {tokens};\nerror_log error.log {level};"
        + ("" if sized else "\naccess_log access.log unsized;")
    )
    http = stack.proxies[0].http
    if not sized:
        stack = stack.proxying(http=f"{http}\nlog_format unsized '{UNSIZED}';")
    try:
        logs = asyncio.run(leave_logs(stack, handshake, directory, binary=binary))
    except Unavailable as missing:
        pytest.skip(str(missing))
    formats = () if sized else (UNSIZED,)
    return read(Inquiry(tuple(map(str, logs)), log_formats=formats), {}, BytesIO())


@pytest.mark.parametrize("version", BINARIES)
@pytest.mark.parametrize(("tokens", "sized"), [*product(("on", "off"), (True, False))])
def test_at_info_nginx_says_it(tmp_path, version, tokens, sized):
    report = told(tmp_path, BINARIES[version], level="info", tokens=tokens, sized=sized)
    (found,) = report.findings
    assert (found.cause, found.certainty) == (CAUSE, Certainty.LIKELY)
    assert "client sent plain HTTP request to HTTPS port" in found.facts[0].text
    claim = "the client says wss, and nginx saw plain HTTP on its TLS port"
    assert any(claim in fact.text for fact in found.facts)
    assert report.account
    assert claim in " ".join(report.account.contradictions)


@pytest.mark.parametrize("version", BINARIES)
@pytest.mark.parametrize("tokens", ["on", "off"])
def test_at_warn_the_length_of_its_page_says_it(tmp_path, version, tokens):
    report = told(tmp_path, BINARIES[version], level="warn", tokens=tokens, sized=True)
    (found,) = report.findings
    assert (found.cause, found.certainty) == (CAUSE, Certainty.LIKELY)
    assert f"the 400 has {255 if tokens == 'on' else 248} bytes" in found.facts[0].text
    assert (tmp_path / "nginx-1-error.log").read_text().count("plain HTTP request") == 0


@pytest.mark.parametrize("version", BINARIES)
def test_at_warn_and_without_a_length_two_are_left_and_one_command_settles_it(tmp_path, version):
    report = told(tmp_path, BINARIES[version], level="warn", tokens="on", sized=False)
    assert {found.certainty for found in report.findings} == {Certainty.POSSIBLE}
    assert [found.cause for found in report.findings] == [CAUSE, "proxy-drops-upgrade-headers"]
    assert report.next_steps[0].startswith("ws101 check wss://app.test:")
    assert "settles it" in report.next_steps[0]


def test_the_server_has_no_line_of_it(tmp_path):
    report = told(tmp_path, next(iter(BINARIES.values())), level="info", tokens="on", sized=True)
    assert report.account
    assert not any(line.hop in {Hop.SERVER, Hop.AUTH} for line in report.account.lines)
    assert all(finding.hop is not Hop.SERVER for finding in report.findings)
