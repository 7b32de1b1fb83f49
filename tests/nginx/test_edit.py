import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mending import read

from ws101.nginx.edit import Edit, apply, between, by_file, diff, edited
from ws101.nginx.parse import parse

TEXT = "a 1;\nb 2;\nc 3;\n"


def test_a_span_is_replaced_and_the_rest_stays():
    file = parse("f", TEXT)
    assert apply(file, [Edit(file, 7, 8, "22"), Edit(file, 0, 0, "x; ")]) == "x; a 1;\nb 22;\nc 3;\n"


def test_insertions_at_one_place_keep_their_order_and_the_same_edit_counts_once():
    file = parse("f", TEXT)
    edits = [Edit(file, 0, 0, "1"), Edit(file, 0, 0, "2"), Edit(file, 0, 0, "1")]
    assert apply(file, edits) == "12" + TEXT


@pytest.mark.parametrize("spans", [((0, 3), (2, 5)), ((0, 3), (0, 3)), ((0, 99), (1, 1)), ((5, 2), (9, 9))])
def test_edits_that_overlap_are_refused(spans):
    file = parse("f", TEXT)
    with pytest.raises(ValueError, match="overlap"):
        apply(file, [Edit(file, *span, str(number)) for number, span in enumerate(spans)])


def test_edits_of_another_file_are_left_to_it():
    one, other = parse("one", TEXT), parse("other", TEXT)
    edits = [Edit(other, 0, 1, "z"), Edit(one, 0, 1, "y"), Edit(other, 5, 6, "z")]
    assert apply(one, edits) == "y" + TEXT[1:]
    assert [(file.name, len(own)) for file, own in by_file(edits)] == [("other", 2), ("one", 1)]


@pytest.mark.parametrize(
    "text", [TEXT, "a 1;\r\nb 2;\r\nc 3;\r\n", "a 1;\nb 2;\nc 3;", "a 1; # \f\x1c\nb 2;\nc 3;"]
)
def test_patch_takes_the_diff(text, tmp_path):
    file = parse("etc/nginx.conf", text)
    at = text.index("2")
    edits = [Edit(file, at, at + 1, "two"), Edit(file, len(text), len(text), "d;")]
    path = tmp_path / "etc" / "nginx.conf"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    shown = diff([(file, edits)])
    done = subprocess.run(
        ["patch", "-p1", "--binary"], input=shown.encode(), cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert path.read_bytes().decode() == apply(file, edits)


def test_an_absolute_name_is_one_below_a_and_b():
    file = parse("/etc/nginx/nginx.conf", TEXT)
    assert diff([(file, [Edit(file, 0, 1, "z")])]).startswith(
        "--- a/etc/nginx/nginx.conf\n+++ b/etc/nginx/nginx.conf\n@@"
    )


def test_a_configuration_is_read_again_with_its_includes_and_their_troubles():
    configuration = read("include one; include gone; z;", one="a;")
    file = next(file for file in configuration.files if file.name == "one")
    after = edited(configuration, [Edit(file, 0, 1, "b")])
    assert {file.name: file.text for file in after.files} == {
        "nginx.conf": "include one; include gone; z;",
        "one": "b;",
    }
    assert [trouble.what for trouble in after.troubles] == ["gone was not found"]


def test_a_file_that_is_included_twice_is_edited_once():
    configuration = read("x { include one; } y { include one; }", one="a;")
    twice = [file for file in configuration.files if file.name == "one"]
    assert len(twice) == 2
    after = edited(configuration, [Edit(file, 0, 0, "b; ") for file in twice])
    assert {file.text for file in after.files if file.name == "one"} == {"b; a;"}


@given(st.lists(st.sampled_from(["a;\n", "b;\n", "", "c {\n", "}\n", "\r\n", "x"]), max_size=12), st.data())
def test_what_lies_between_two_texts_makes_one_into_the_other(lines, data):
    before = read("".join(lines))
    text = before.main.text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    after = edited(before, [Edit(before.main, start, end, data.draw(st.text("ab;\n", max_size=5)))])
    edits = between(before, after)
    assert apply(before.main, edits) == after.main.text
    assert all(edit.start == 0 or text[edit.start - 1] == "\n" for edit in edits)
