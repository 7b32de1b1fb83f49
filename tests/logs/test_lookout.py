from ws101.logs.concern import Concern
from ws101.logs.formats import FORMATS
from ws101.logs.lookout import Lookout, needles

ACCESS = b'10.0.0.1 - - [26/Nov/2026:01:00:00 +0000] "GET /a HTTP/1.1" 200 157 "-" "x"'
WRAPPED = b'{"log":"10.0.0.1 - - [26/Nov/2026:01:00:00 +0000] \\"GET /a HTTP/1.1\\" 200 157 \\"-\\" \\"x\\"\\n","stream":"stdout","time":"2026-11-26T01:00:00Z"}'


def lookout(*lines: bytes, concern: Concern | None = None) -> Lookout:
    one = Lookout(FORMATS, concern or Concern())
    one.sample(lines)
    return one


def test_a_status_is_looked_for_as_this_log_writes_it():
    for lines in ([ACCESS] * 9, [WRAPPED] * 9):
        signs = lookout(*lines).signs
        assert b'" 101 ' in signs
        assert b'" 426 ' in signs
        assert b"101" not in signs


def test_signs_of_formats_that_the_log_does_not_hold_are_not_looked_for():
    signs = lookout(*[ACCESS] * 9).signs
    assert b"JWT authentication challenge" not in signs
    assert b" - " not in signs
    assert b"ocket" in signs


def test_signs_of_a_format_that_is_met_later_are_looked_for_from_there_on():
    one = lookout(*[ACCESS] * 9)
    one.meet(form for form in FORMATS if form.name == "guide-server")
    assert b"JWT authentication challenge" in one.signs
    assert one.wide[b"JWT authentication challenge"](b"URI: /ws")
    assert not one.wide[b"JWT authentication challenge"](ACCESS)


def test_a_line_that_bears_a_sign_tells_of_a_format_that_is_too_rare_for_the_sample():
    one = lookout(*[ACCESS] * 9)
    one.skim([b"2026-11-26T01:00:00.123Z INFO  a.b.Sockets - ===== WebSocket Connection Attempt ====="])
    assert b"JWT authentication challenge" in one.signs
    assert b"JWT authentication challenge" not in lookout(*[ACCESS] * 9).signs


def test_paths_that_are_known_and_learned_are_looked_for():
    concern = Concern(["/live"])
    one = lookout(ACCESS, concern=concern)
    one.look()
    assert b"/live" in one.signs
    concern.paths.add("/other")
    one.look()
    assert b"/other" in one.signs


def test_of_many_paths_in_one_directory_its_name_is_looked_for():
    rooms = [f"/chat/{room}" for room in range(100)]
    one = lookout(ACCESS, concern=Concern(["/live", "/c/1", *rooms]))
    one.look()
    assert {b"/live", b"/c/1", b"/chat/"} <= one.signs.keys()
    assert all(any(sign in room.encode() for sign in one.signs) for room in rooms)
    assert not any(room.encode() in one.signs for room in rooms)


def test_a_short_path_is_looked_for_as_a_whole_target():
    assert needles("/live/feed") == (b"/live/feed",)
    assert b" / " in needles("/")


def test_a_sign_that_every_line_bears_is_none_and_those_of_single_lines_are_weak():
    one = lookout(*[ACCESS.replace(b"/a", b"/ws")] * 200)
    assert b"/ws " in one.signs  # it concerns
    assert b"/ws " not in one.weak
    error = b'2026/11/26 01:02:03 [error] 1#1: *5 open() failed, client: 10.0.0.1, server: a, request: "GET /a HTTP/1.1"'
    assert b" client: " in lookout(ACCESS, error).weak
