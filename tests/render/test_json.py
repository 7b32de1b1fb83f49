import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace

from render.reports import REPORTS
from ws101 import __version__, render
from ws101.terms import Certainty, Family, Hop, Outcome, StepState

SCHEMA = json.loads((files(render) / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def document(name: str) -> dict[str, Any]:
    return json.loads(render.FORMATS["json"](REPORTS[name]))


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_valid(name: str) -> None:
    VALIDATOR.validate(document(name))


@pytest.mark.parametrize("name", REPORTS)
def test_text_is_ascii_and_the_same_twice(name: str) -> None:
    text = render.FORMATS["json"](REPORTS[name])
    assert text.isascii()
    assert text == render.FORMATS["json"](replace(REPORTS[name]))


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(found for member in value.values() for found in _objects(member))]
    return [found for member in value for found in _objects(member)] if isinstance(value, list) else []


def test_no_object_admits_a_further_key() -> None:
    whole = document("dropped-upgrade")
    for number in range(len(_objects(whole))):
        strange = json.loads(json.dumps(whole))
        _objects(strange)[number]["further"] = 1
        with pytest.raises(ValidationError):
            VALIDATOR.validate(strange)


def test_words_of_the_schema_are_those_of_the_report() -> None:
    defs, properties = SCHEMA["$defs"], SCHEMA["properties"]
    assert defs["hop"]["enum"] == list(Hop)
    assert defs["certainty"]["enum"] == list(Certainty)
    assert properties["outcome"]["enum"] == list(Outcome)
    assert properties["trail"]["items"]["properties"]["state"]["enum"] == list(StepState)
    assert properties["experiments"]["items"]["properties"]["family"]["enum"] == list(Family)


def test_verdict_is_the_first_finding() -> None:
    shown = document("stacked")
    assert shown["verdict"] == {
        "cause": "plaintext-to-tls-port",
        "hop": "tls",
        "certainty": "proven",
        "summary": "Plain ws:// was spoken to a port that expects TLS",
    }
    assert [finding["cause"] for finding in shown["findings"]] == ["plaintext-to-tls-port", "token-expired"]
    assert shown["tool"] == {"name": "ws101", "version": __version__}


def test_verdict_without_findings_is_null_and_must_be() -> None:
    shown = document("healthy")
    assert shown["verdict"] is None
    with pytest.raises(ValidationError):
        VALIDATOR.validate(shown | {"verdict": document("story")["verdict"]})


def test_patch_and_command_are_left_out_where_there_is_none() -> None:
    remedies = [finding["remedy"] for finding in document("dropped-upgrade")["findings"]]
    assert [sorted(remedy) for remedy in remedies] == [
        ["applies", "command", "patch", "text"],
        ["applies", "text"],
    ]


def test_what_could_not_be_looked_at_is_told_beside_the_exit_status() -> None:
    told = document("incomplete")
    assert told["incomplete"] is True
    assert told["unexamined"] == list(REPORTS["incomplete"].unexamined) != []
    assert document("healthy")["incomplete"] is False


def test_what_is_latent_is_told_so_and_nothing_else_is() -> None:
    finding, *_ = REPORTS["story"].findings
    ahead = replace(
        REPORTS["story"], findings=(finding, replace(finding, cause="token-expired", latent=True))
    )
    first, second = json.loads(render.FORMATS["json"](ahead))["findings"]
    assert (first.get("latent"), second.get("latent")) == (None, True)
    VALIDATOR.validate(json.loads(render.FORMATS["json"](ahead)))
