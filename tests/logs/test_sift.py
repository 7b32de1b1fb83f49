from ws101.logs.sift import AFTER, BEFORE, MARGIN, Cut, Portion, Sieve, merged

ACCESS = b'10.0.0.1 - - [26/Nov/2026:01:00:00 +0000] "GET %s HTTP/1.1" 400 157 "-" "x"\n'
SOCKET = {b"Socket ": lambda line: line.startswith(b"  ")}


def cut(sieve: Sieve, data: bytes) -> list[Cut]:
    return sieve.cuts(data, 0, 0, len(data))


def test_lines_with_a_sign_are_kept_whole_and_neighbours_stand_in_one_piece():
    data = b"a\nxx /ws 1\r\nyy /ws /ws 2\nb\n\nzz /ws 3"
    assert cut(Sieve([b"/ws"]), data) == [
        Cut(2, 25, b"xx /ws 1\r\nyy /ws /ws 2\n", alone=True),
        Cut(28, 36, b"zz /ws 3\n", alone=True),
    ]


def test_around_a_record_of_several_lines_everything_is_kept_but_other_requests():
    before, after = b"  at f()\n" * (BEFORE + 1), b"  - Host: x\n" * (AFTER + 1)
    data = before + ACCESS % b"/other" + b"Socket refused\n" + ACCESS % b"/ws" + after
    (one,) = cut(Sieve([b"/ws", *SOCKET], SOCKET), data)
    assert not one.alone
    assert one.text.count(b"at f()") == BEFORE - 1
    assert one.text.count(b"Host") == AFTER - 1
    assert b"/other" not in one.text
    assert b"/ws" in one.text
    assert len(one.text) == one.end - one.start


def test_a_request_on_one_line_has_nothing_around_it_whatever_it_names():
    data = b"  a\n" + ACCESS % b"/Socket " + b"  b\n"
    assert [c.alone for c in cut(Sieve(SOCKET, SOCKET), data)] == [True]


def test_a_line_that_its_neighbours_do_not_go_on_with_is_alone_and_requests_between_are_no_neighbours():
    line, more = b"Socket refused\n", b"  - Host: x\n"
    assert [c.alone for c in cut(Sieve(SOCKET, SOCKET), b"a\n" + line + b"b\n" + more)] == [True]
    assert [c.alone for c in cut(Sieve(SOCKET, SOCKET), b"a\n" + line + ACCESS % b"/x" + more)] == [False]
    assert [c.alone for c in cut(Sieve(SOCKET, SOCKET), more + ACCESS % b"/x" + line + b"a\n")] == [False]


def test_what_overlaps_across_parts_is_joined_and_nothing_is_told_twice():
    sieve = Sieve([b"/ws", *SOCKET], SOCKET)
    lines = [b"  line %d\n" % n for n in range(200)]
    lines[95], lines[101], lines[104] = b"GET /ws\n", b"Socket one\n", b"Socket two\n"
    data = b"".join(lines)
    whole = [*merged([Portion(len(data), cut(sieve, data))])]
    for place in range(0, len(data), 7):
        parts = [
            Portion(place, sieve.cuts(data, 0, 0, place)),
            Portion(
                len(data),
                sieve.cuts(data, 0, data.find(b"\n", max(place - 1, 0)) + 1 if place else 0, len(data)),
            ),
        ]
        assert [c for cuts in merged(parts) for c in cuts] == [c for cuts in whole for c in cuts]


def test_what_is_learned_later_is_looked_for_where_it_was_passed_over():
    first = Sieve([b"/ws"])
    data = b"GET /ws\nGET /live\nGET /live /ws\n"
    assert first.lacks([b"/live", b"/ws/2"]) == [b"/live"]
    assert cut(Sieve([b"/live"], apart_from=first), data) == [Cut(8, 18, b"GET /live\n", alone=True)]


def test_no_line_is_handed_on_twice_where_what_is_learned_stands_around_what_was_kept():
    data = (
        ACCESS % b"/live" + b"Socket refused\n  GET /live\n" + ACCESS % b"/live" + b"GET /live, much later\n"
    )
    first = Sieve(SOCKET, SOCKET)
    kept = cut(first, data)
    again = Sieve([b"/live"], apart_from=first).cuts(data, 0, 0, len(data))
    for far in (0, 2 * MARGIN):  # what was kept is held back, or was handed on
        portions = [Portion(len(data) + far, kept), Portion(len(data) + far, again, again=True)]
        told = [
            line for cuts in merged(portions) for c in cuts for line in c.text.splitlines() if line.strip()
        ]
        assert sorted(told) == sorted(data.splitlines())


def test_a_weak_sign_tells_nothing_of_a_line_that_names_another_request():
    data = b'a, client: 1, request: "GET /x"\nb, client: 2\nc, client: 3, request: "GET /ws"\n'
    kept = b"".join(c.text for c in cut(Sieve([b" client: ", b"/ws"], weak={b" client: "}), data))
    assert kept == b'b, client: 2\nc, client: 3, request: "GET /ws"\n'


def test_a_line_longer_than_what_is_at_hand_is_ended():
    (one,) = cut(Sieve([b"/ws"]), b"GET /ws " + b"x" * 100)
    assert one.text.endswith(b"x\n")


def test_any_number_of_signs_can_be_looked_for():
    signs = [b"sign %03d." % n for n in range(200)]
    lines = [b"line\n", *(sign + b"\n" for sign in signs)]
    kept = b"".join(c.text for c in cut(Sieve(signs), b"".join(lines)))
    assert kept == b"".join(lines[1:])


def test_nothing_is_looked_for_where_there_are_no_signs():
    assert cut(Sieve([]), b"GET /ws\n") == []
