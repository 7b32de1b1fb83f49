"""Findings as GitHub's workflow commands, which show them beside the lines of a pull request."""

from ws101.render.nginx_lint.shown import Item, Shown

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def render(shown: Shown) -> str:
    """Return one command a finding, and one for each part that could not be looked at."""
    lines = [_command(item) for item in shown.items]
    lines += [f"::warning title=ws101 could not look at all::{_data(text)}" for text in shown.unseen]
    return "".join(f"{line}\n" for line in lines)


def _command(item: Item) -> str:
    place = item.place
    end = f",endLine={place.end_line}" if place.end_line != place.line else f",endColumn={place.end_column}"
    where = (
        f"file={_property(place.file)},line={place.line},col={place.column}{end},title={_property(item.rule)}"
    )
    help_text = f"\nHelp: {item.remedy}" if item.remedy else ""
    return f"::{_LEVELS[item.severity]} {where}::{_data(item.message + help_text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
