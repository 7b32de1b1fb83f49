import json
import re
from typing import Any

import pytest

from render.reports import REPORTS
from render.sarif_standard import breaches
from ws101.render import sarif

URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")


def run_of(name: str) -> dict[str, Any]:
    log = json.loads(sarif.render(REPORTS[name]))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_fits_the_standards_schema(name: str) -> None:
    assert breaches(json.loads(sarif.render(REPORTS[name]))) == []


def test_the_standards_schema_refuses_what_is_none_of_its() -> None:
    log = json.loads(sarif.render(REPORTS["story"]))
    log["runs"][0]["results"][0]["level"] = "fatal"
    log["runs"][0]["verdict"] = "ours"
    assert len(breaches(log)) == 2


@pytest.mark.parametrize("name", REPORTS)
def test_every_result_points_to_its_rule_and_to_the_target(name: str) -> None:
    run = run_of(name)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [finding.cause for finding in REPORTS[name].findings]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
        assert URI.fullmatch(place["uri"])
    assert len(run["results"]) == len(rules)


def test_possible_is_a_warning_and_proven_an_error() -> None:
    assert [result["level"] for result in run_of("dropped-upgrade")["results"]] == ["warning", "warning"]
    assert run_of("story")["results"][0]["level"] == "error"


def test_incomplete_run_is_no_success_and_says_what_is_missing() -> None:
    invocation = run_of("incomplete")["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    said = [notification["message"]["text"] for notification in invocation["toolExecutionNotifications"]]
    assert "upstream-refused: not tested; needed: the proxy's error log" in said


def test_page_of_a_cause_becomes_its_help() -> None:
    log = json.loads(sarif.render(REPORTS["story"], pages={"plaintext-to-tls-port": "The page\n"}))
    assert log["runs"][0]["tool"]["driver"]["rules"][0]["help"]["text"] == "The page"
