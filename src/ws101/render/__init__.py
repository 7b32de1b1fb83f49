"""Every format in which a report is told; each is a function from a cleaned report (redact.clean_report) to text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ws101.render import html, json, markdown, sarif, terminal
from ws101.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "text": terminal.render,
        "json": json.render,
        "html": html.render,
        "sarif": sarif.render,
        "markdown": markdown.render,
    }
)
