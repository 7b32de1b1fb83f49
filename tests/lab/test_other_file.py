"""A file that is not what runs: real nginx runs one configuration, and the doctor is given another."""

from collections.abc import Callable

import pytest

from ws101.checkup import diagnose
from ws101.cli import check
from ws101.cli.asking import question
from ws101.cli.lab import cases
from ws101.report import Report
from ws101.terms import Certainty

UPGRADE = (
    "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection upgrade;\n"
)
PASS = "proxy_pass"


def _diagnosed(lab, tmp_path, case: str, edit: Callable[[str], str]) -> Report:
    with lab.running(cases()[case]) as up:
        assert up.nginx_config is not None
        other = tmp_path / "nginx.conf"
        other.write_text(edit(up.nginx_config.read_text()))
        arguments = check.parser().parse_args([*up.arguments, "--nginx-config", str(other)])
        return lab.runner.run(diagnose(question(arguments, {})))


def _found(report: Report) -> list[tuple[str, Certainty]]:
    return [(finding.cause, finding.certainty) for finding in report.findings]


@pytest.mark.parametrize("case", ["proxy-bare@websockets", "proxy-bare@timers"])
def test_a_repaired_file_that_was_not_loaded(lab, tmp_path, case: str) -> None:
    report = _diagnosed(lab, tmp_path, case, lambda text: text.replace(PASS, UPGRADE + PASS))
    assert _found(report) == [
        ("config-not-loaded", Certainty.POSSIBLE),
        ("proxy-drops-upgrade-headers", Certainty.POSSIBLE),
    ]
    assert "nginx -T" in (report.findings[0].remedy.command or "")


def test_a_line_that_would_answer_and_does_not(lab, tmp_path) -> None:
    report = _diagnosed(
        lab, tmp_path, "token-expired@websockets", lambda text: text.replace(PASS, f"return 404;\n{PASS}")
    )
    assert _found(report)[0] == ("config-not-loaded", Certainty.LIKELY)
    assert report.findings[0].where[0].marked[0].text.strip() == "return 404;"


def test_a_refusal_of_nginx_that_stands_in_no_line(lab, tmp_path) -> None:
    report = _diagnosed(lab, tmp_path, "deny-all@websockets", lambda text: text.replace("deny all;", ""))
    assert _found(report)[0] == ("config-not-loaded", Certainty.POSSIBLE)


def test_a_handshake_that_works_against_the_file(lab, tmp_path) -> None:
    report = _diagnosed(
        lab, tmp_path, "websockets-nginx", lambda text: text.replace("proxy_set_header Upgrade", "#")
    )
    assert report.exit_status == 0
    assert any("what runs is another one" in said for said in report.unexamined)


def test_a_file_that_nginx_would_not_start_with(lab, tmp_path) -> None:
    report = _diagnosed(
        lab,
        tmp_path,
        "proxy-bare@websockets",
        lambda text: text.replace(PASS, f"proxy_read_timeout soon;\n{PASS}"),
    )
    assert _found(report) == [("proxy-drops-upgrade-headers", Certainty.LIKELY)]
    assert "nginx does not start with it" in report.unexamined[0]
