import re
from html.parser import HTMLParser

from ws101.timers.closing import CLOSINGS
from ws101.timers.problem import REFUSALS
from ws101.timers.server.api.page import documentation, welcome
from ws101.timers.server.api.table import OPERATIONS

VOID = {"meta", "hr", "br", "link"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.links, self.ids, self.tags = [], [], [], [], set()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    return reader


def test_the_page_shows_every_call_refusal_and_close():
    page = read(documentation(OPERATIONS))
    assert {operation.name for operation in OPERATIONS} <= set(page.ids)
    text = "".join(page.text)
    for operation in OPERATIONS:
        assert operation.summary.replace("`", "") in text
        assert f"curl {'' if operation.method == 'GET' else f'-X {operation.method} '}$URL" in text
    assert all(cause in text for cause in REFUSALS)
    assert all(f"{closing.code}" in text for closing in CLOSINGS)
    assert "`" not in text, "what is code is shown as code"
    assert not re.search(r"\b[a-z]+_[a-z]+\b", text.replace("error_description", "").replace("proxy_", "").replace("http_", "").replace("connection_", "").replace("set_", "")), "members are named as on the wire"  # fmt: skip


def test_the_pages_need_nothing_from_elsewhere_and_no_script():
    for made in (documentation(OPERATIONS), welcome()):
        page = read(made)
        assert "script" not in page.tags
        assert not any("://" in link for link in page.links)
        assert "@import" not in made
        assert "url(" not in made
        assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))


def test_every_call_says_what_it_does():
    for operation in OPERATIONS:
        assert operation.summary
        assert operation.summary[0].isupper()
        assert len(operation.summary) < 80
        assert operation.reasons()
