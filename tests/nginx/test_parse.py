import pytest
from hypothesis import given
from hypothesis import strategies as st

from ws101.nginx.parse import DEEPEST, LONGEST, parse
from ws101.nginx.tree import printed, walk


def read(text):
    file = parse("nginx.conf", text)
    return [[word.text for word in directive.words] for directive in walk(file.directives)], [
        trouble.what for trouble in file.troubles
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user nginx;", ["user", "nginx"]),
        ("a  b\tc\r\nd ;", ["a", "b", "c", "d"]),
        ("a # b;\nc;", ["a", "c"]),
        ("a b#c;", ["a", "b#c"]),
        ("a 'b c' \"d ; e\";", ["a", "b c", "d ; e"]),
        (r"a 'b\'c' \"d\"\\;", ["a", "b'c", '"d"\\']),
        (r"rewrite ^/\d+\.html$ /x;", ["rewrite", r"^/\d+\.html$", "/x"]),
        (r"a \t\n\r;", ["a", "\t\n\r"]),
        (r"a b\;c\ d;", ["a", r"b\;c\ d"]),
        ("proxy_pass http://${host}x;", ["proxy_pass", "http://${host}x"]),
        ("return 200 a}b;", ["return", "200", "a}b"]),
        ("a '';", ["a", ""]),
        ("if ('$a' = 'b') { }", ["if", "('$a'", "=", "b", ")"]),
        ('set $a "x"\n;', ["set", "$a", "x"]),
    ],
)
def test_words(text, words):
    assert read(text) == ([words], [])


def test_each_word_has_its_place():
    (line,) = parse("n", "\n  a 'b c' # d\n e;").directives
    assert [(word.text, line.file.text[word.start : word.end], word.quote) for word in line.words] == [
        ("a", "a", ""), ("b c", "'b c'", "'"), ("e", "e", ""),
    ]  # fmt: skip


def test_a_closing_parenthesis_may_stand_behind_a_quotation_mark():
    assert read("if ( $a = 'b'){ }") == ([["if", "(", "$a", "=", "b", ")"]], [])


def test_blocks():
    file = parse("n", "http { server { listen 80; } }\nevents { }")
    http, events = file.directives
    assert [child.name for child in http.children()] == ["server"]
    assert file.text[http.start : http.end] == "http { server { listen 80; } }"
    assert events.block == []
    assert str(events.place) == "n:2"
    assert http.text == "http"


LUA = """content_by_lua_block {
    -- } a comment
    --[==[ } a long
    one } ]==]
    local s, t = "}", '\\'}', [[ } ]]
    if s then local u = { a = { 1 } } end
}
return 200;"""


def test_lua_is_kept_as_it_is():
    file = parse("n", LUA)
    lua, after = file.directives
    assert lua.code.startswith("\n    -- } a comment")
    assert after.name == "return"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a", 'unexpected end of file, expecting ";" or "}"'),
        ("a {", 'unexpected end of file, expecting "}" for this block'),
        ("}", 'unexpected "}"'),
        ("a }", 'unexpected "}"'),
        (";", 'unexpected ";"'),
        ("{ }", 'unexpected "{"'),
        ("a 'b", "a quotation mark is never closed"),
        ("a 'b'c;", "unexpected 'c' behind a quotation mark"),
        ("a \\", "unexpected end of file behind a backslash"),
        ("x_by_lua_block { {", "a block of Lua is never closed"),
        ("a { " * (DEEPEST + 1), f"more than {DEEPEST} blocks stand in one another"),
    ],
)
def test_what_cannot_be_read_is_said(text, what):
    file = parse("n", text)
    assert [trouble.what for trouble in file.troubles] == [what]


def test_a_directive_without_end_is_not_read():
    file = parse("n", "a; b " + "c " * LONGEST + ";")
    assert [trouble.what for trouble in file.troubles] == [f"a directive of more than {LONGEST:,} characters"]
    assert [directive.name for directive in file.directives] == ["a"]


@given(st.text(alphabet="ab $;{}'\"\\\n#x_by_lua_block[]-", max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_said_to_be_unreadable_and_printed_as_it_was(text):
    file = parse("n", text)
    assert printed(file) == text
    assert file.unread is None or file.troubles
    for directive in walk(file.directives):
        assert 0 <= directive.start <= directive.end <= len(text)


word = st.text(alphabet="abc/.$'\"\\;{}# \n\t", min_size=1, max_size=8)


@given(st.lists(st.lists(word, min_size=1, max_size=4), max_size=5))
def test_quoted_words_come_back(lines):
    def quoted(text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    text = "\n".join(" ".join(map(quoted, line)) + ";" for line in lines)
    assert read(text) == (lines, [])
