"""Every format in which a report is told; each is a function from a cleaned report (redact.clean_report) to text."""

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ws101.report import Report


def _by(module: str) -> "Callable[[Report], str]":
    """Return the renderer of a module, which is loaded once it is needed: a run needs one of them."""

    def render(report: "Report") -> str:
        text: str = importlib.import_module(f"ws101.render.{module}").render(report)
        return text

    return render


FORMATS: "Mapping[str, Callable[[Report], str]]" = MappingProxyType(
    {
        "text": _by("terminal"),
        "json": _by("json"),
        "html": _by("html"),
        "sarif": _by("sarif"),
        "markdown": _by("markdown"),
    }
)
