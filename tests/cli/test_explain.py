import pytest

from ws101.causes import BY_SLUG, CAUSES
from ws101.cli.explain import listing


@pytest.mark.parametrize("slug", BY_SLUG)
def test_every_cause_has_its_page(ws101, slug):
    ran = ws101("explain", slug)
    assert (ran.status, ran.err) == (0, "")
    first = "".join(ran.out.split())
    assert slug in first
    assert "".join(BY_SLUG[slug].title.split())[:40] in first


@pytest.mark.parametrize("word", ["  Origin-Rejected ", "ORIGIN-REJECTED"])
def test_a_name_is_taken_as_it_is_typed(ws101, word):
    assert ws101("explain", word).out == ws101("explain", "origin-rejected").out


@pytest.mark.parametrize(
    "words", [["explain"], ["explain", "--list"], ["explain", "origin-rejected", "--list"]]
)
def test_the_list_names_every_cause_once_under_its_hop(ws101, words):
    ran = ws101(*words)
    assert ran.status == 0
    hop, seen = "", {}
    for text in ran.out.splitlines():
        if text and not text.startswith(" "):
            hop = text
        elif text:
            slug, title = text.split(None, 1)
            assert slug not in seen
            seen[slug] = (hop, title)
    assert seen == {cause.slug: (str(cause.hop), cause.title) for cause in CAUSES}
    assert ran.out == listing(CAUSES)


@pytest.mark.parametrize(
    ("word", "near"), [("origin-rejeted", "origin-rejected"), ("token-expird", "token-expired")]
)
def test_a_misspelt_name_is_guessed(ws101, word, near):
    complaint = ws101.wrong("explain", word)
    assert near in complaint
    assert "Did you mean" in complaint


def test_a_strange_name_leads_to_the_list(ws101):
    assert "--list" in ws101.wrong("explain", "qqqqqqqq")


@pytest.mark.parametrize(("colour", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colour_is_a_choice(ws101, monkeypatch, colour, coloured):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert ("\x1b[" in ws101("explain", "origin-rejected", "--color", colour).out) == coloured
