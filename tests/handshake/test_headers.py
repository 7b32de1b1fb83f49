from ws101.handshake.headers import Headers

COOKIES = Headers((("Host", "h"), ("Set-Cookie", "a"), ("set-cookie", "b"), ("X", "1, Two,,")))


def test_names_compare_without_case_and_keep_their_order() -> None:
    assert COOKIES.get_all("SET-COOKIE") == ("a", "b")
    assert COOKIES.get("set-cookie") == "a"
    assert COOKIES.get("none") == ""
    assert COOKIES.get("none", "x") == "x"
    assert "host" in COOKIES
    assert "none" not in COOKIES
    assert 1 not in COOKIES
    assert len(COOKIES) == 4


def test_tokens_are_lower_case_members_over_all_lines() -> None:
    assert COOKIES.added(("x", "three")).tokens("X") == ("1", "two", "three")


def test_without_and_added() -> None:
    assert list(COOKIES.without("HOST", "set-cookie").added(("Y", "2"))) == [("X", "1, Two,,"), ("Y", "2")]


def test_replaced_stands_where_the_first_stood_or_at_the_end() -> None:
    assert list(COOKIES.replaced("set-cookie", "c")) == [
        ("Host", "h"),
        ("set-cookie", "c"),
        ("X", "1, Two,,"),
    ]
    assert list(Headers().replaced("A", "b")) == [("A", "b")]
