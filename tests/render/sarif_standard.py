"""Holds a SARIF log against the schema that OASIS published; where that is from stands beside it."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

_SCHEMA = Path(__file__).parent / "official" / "sarif-schema-2.1.0.json"
_VALIDATOR = Draft4Validator(json.loads(_SCHEMA.read_text("utf-8")))


def breaches(log: dict[str, Any]) -> list[str]:
    """Return where a log breaks the standard's schema, and how."""
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(log)]
