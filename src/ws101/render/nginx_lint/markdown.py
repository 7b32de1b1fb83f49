"""Findings as Markdown, for a comment or a summary of a run."""

from collections.abc import Iterator

from ws101.render.nginx_lint.shown import Item, Marked, Shown


def render(shown: Shown) -> str:
    """Return a heading, a part for each finding, and what could not be looked at."""
    parts = [
        f"## WebSockets in `{_inline(shown.config)}`",
        _summary(shown),
        *(_item(item) for item in shown.items),
    ]
    if shown.passed:
        parts.append(
            "### Let pass\n\n"
            + "\n".join(f"- `{one.rule}` at {_at(one.place)}: {_plain(one.reason)}" for one in shown.passed)
        )
    if shown.unseen:
        parts.append(
            "### Not all could be looked at\n\n" + "\n".join(f"- {_plain(text)}" for text in shown.unseen)
        )
    return "\n\n".join(parts) + "\n"


def _summary(shown: Shown) -> str:
    counts = {kind: shown.count(kind) for kind in ("error", "warning", "note")}
    found = ", ".join(
        f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in counts.items() if number
    )
    nothing = "Nothing was found in what could be looked at" if shown.unseen else "Nothing was found"
    return f"{found or nothing}; {len(shown.sockets)} sockets, {shown.files} files, nginx {shown.version}."


def _item(item: Item) -> str:
    return "\n\n".join(_parts(item))


def _parts(item: Item) -> Iterator[str]:
    yield f"### {item.severity}: {item.rule}"
    yield f"{_plain(item.message)} ({_at(item.place)})"
    yield _code(item.place)
    if item.related:
        yield "\n".join(
            f"- {_at(one)} {_plain(one.note)}: `{_inline(one.lines[0].strip())}`" for one in item.related
        )
    if item.why:
        yield f"*{_plain(item.why[0])}*"
    if item.remedy:
        yield f"**Help:** {_plain(item.remedy)}"


def _code(mark: Marked) -> str:
    return "\n".join(f"    {line}" for line in mark.lines)


def _at(mark: Marked) -> str:
    return f"`{_inline(mark.file)}:{mark.line}`"


def _inline(text: str) -> str:
    return text.replace("`", "'")


def _plain(text: str) -> str:
    """Keep the user's text from being Markdown or HTML."""
    for character in "\\`*_[]<>#|":
        text = text.replace(character, f"\\{character}")
    return text
