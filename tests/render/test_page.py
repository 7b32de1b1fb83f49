import pytest

from ws101.causes.plaintext_to_tls_port import CAUSE
from ws101.render.ink import columns
from ws101.render.page import Block, Shape, blocks, render_page

PAGE = """A title that stands alone

## What happens
One paragraph with `inline code`, over
two lines.
- an item
- another, which is
  longer than a line
1. a number

```nginx
location / {
    proxy_pass http://app;
}
```

Then:

    indented code

    goes on

The end.
"""


def test_blocks() -> None:
    assert list(blocks(PAGE)) == [
        Block(Shape.PARAGRAPH, "A title that stands alone"),
        Block(Shape.HEADING, "What happens"),
        Block(Shape.PARAGRAPH, "One paragraph with `inline code`, over two lines."),
        Block(Shape.ITEM, "an item", "-"),
        Block(Shape.ITEM, "another, which is longer than a line", "-"),
        Block(Shape.ITEM, "a number", "1."),
        Block(Shape.CODE, "location / {\n    proxy_pass http://app;\n}"),
        Block(Shape.PARAGRAPH, "Then:"),
        Block(Shape.CODE, "indented code\n\ngoes on"),
        Block(Shape.PARAGRAPH, "The end."),
    ]


def test_fence_that_is_never_closed_runs_to_the_end() -> None:
    assert list(blocks("```\na\n\nb")) == [Block(Shape.CODE, "a\n\nb")]


def test_page_reads_as_it_is_written() -> None:
    assert render_page("a-slug", PAGE, width=40) == (
        "A title that stands alone\na-slug\n\nWhat happens\n"
        "  One paragraph with `inline code`, over\n  two lines.\n\n"
        "  • an item\n  • another, which is longer than a line\n  1. a number\n\n"
        "    ┃ location / {\n    ┃     proxy_pass http://app;\n    ┃ }\n\n"
        "  Then:\n\n    ┃ indented code\n    ┃\n    ┃ goes on\n\n  The end.\n"
    )


@pytest.mark.parametrize("colour", [False, True])
def test_page_of_a_cause(colour: bool) -> None:
    shown = render_page(CAUSE.slug, CAUSE.page or "", colour=colour)
    assert all(columns(line) <= 80 for line in shown.split("\n"))
    assert ("\x1b[" in shown) is colour
    assert "What to do" in shown


def test_page_in_ascii() -> None:
    assert render_page("a-slug", "T → …\n\n- é", ascii_only=True) == "T -> ...\na-slug\n\n  * \\xe9\n"
