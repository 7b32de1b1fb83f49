from html.parser import HTMLParser

import pytest

from render.reports import REPORTS
from ws101.render import html

TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "small", "b", "br", "code", "pre", "ol", "ul",
    "li", "table", "tr", "th", "td", "details", "summary", "footer",
}  # fmt: skip
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would make of a page: tags, attributes and text; fails on a tag closed out of turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@pytest.mark.parametrize("name", REPORTS)
def test_page_holds_nothing_but_its_own_markup(name: str) -> None:
    page = Page(html.render(REPORTS[name]))
    assert page.open == []
    assert page.tags <= TAGS
    assert {attribute for _, attribute in page.attributes} <= {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
    }


def test_hostile_text_is_shown_as_text() -> None:
    shown = html.render(REPORTS["hostile"])
    assert "<script" not in shown
    assert r"\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>" in Page(shown).text


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_fetched(name: str) -> None:
    style = html.render(REPORTS[name]).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style


def test_working_handshake_says_so_and_what_was_not_examined() -> None:
    text = Page(html.render(REPORTS["healthy"])).text
    assert "✓ works" in text
    assert "idle time-outs (--hold SECONDS)" in text
