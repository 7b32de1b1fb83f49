"""A secret that is put into every place of a report, in every form, is in no format's output in any form."""

import base64
import json
import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from render.hostile import HOSTILE_RAW, NASTY
from ws101.redact import _VOCABULARY, Redactor, clean_report, rewrite
from ws101.render import FORMATS, run, terminal
from ws101.report import Report

FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda s: s,
    "percent": lambda s: quote(s, safe=""),
    "json": lambda s: json.dumps(s)[1:-1],
    "html": escape,
    "basic": lambda s: base64.b64encode(f"user:{s}".encode()).decode(),
    "prefix": lambda s: s[: max(8, len(s) // 2)],
    "field": lambda s: f"Authorization: Bearer {s}",
    "cookie": lambda s: f"Cookie: session={s}; theme=dark",
    "query": lambda s: f"wss://h.example/ws?token={quote(s, safe='')}&room=1",
}
RENDERERS: dict[str, Callable[[Report], str]] = {
    **FORMATS,
    "colour": lambda report: terminal.render(report, colour=True),
    "ascii": lambda report: terminal.render(report, ascii_only=True),
    "run": run.dump,
}
SECRETS = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x17F, exclude_categories=["Cc", "Cf", "Zs"]),
                  min_size=8, max_size=48)  # fmt: skip


def report_with(text: str) -> Report:
    return rewrite(
        HOSTILE_RAW, line=lambda old: old.replace(NASTY, text), block=lambda old: old.replace(NASTY, text)
    )


def _unescaped(text: str) -> str:
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"\\(.)", r"\1", plain)


INNOCENT = {
    name: render(clean_report(report_with("x"), Redactor((), b""))) for name, render in RENDERERS.items()
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(secret=SECRETS)
def test_secret_is_in_no_output(form: str, secret: str) -> None:
    shown = FORMS[form](secret)
    leaks = {
        secret,
        secret[:8],
        FORMS[form](secret) if form in {"plain", "percent", "json", "html", "basic"} else secret,
    }
    assume(not any(leak in text for leak in leaks for text in INNOCENT.values()))
    assume(secret[:8].lower() not in _VOCABULARY)  # the beginning of a field's own name stays
    report = clean_report(report_with(f"it says {shown} here"), Redactor([secret], b"salt"))
    for name, render in RENDERERS.items():
        text = render(report)
        assert "[token " in unescape(text).replace("\\[", "["), name
        for view in (text, unquote(text), unescape(text), _unescaped(text)):
            assert [leak for leak in leaks if leak in view] == [], name
