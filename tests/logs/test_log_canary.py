"""No secret leaves the reading of a log: in no field of a line of any format, and in none that is of no format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logs.formats.reading import RECORDED
from logs.telling import reader

CANARY = "cAnArY7f3a9c01xyz"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJjQW5BclkifQ.c2lnbmF0dXJl"
SECRETS = (CANARY, JWT, JWT.split(".")[1], JWT.split(".")[2])

# A secret as it stands in a value of any kind: what tells it is around it, or in its form.
SHAPES = (
    f"/ws?access_token={CANARY}", f"/ws?a=1&token={CANARY}", f"/ws?next=%2Fws%3Ftoken%3D{CANARY}", f"wss://ada:{CANARY}@h/ws",
    f"/ws#token={CANARY}", f"Bearer {CANARY}", f"Authorization: Bearer {CANARY}", f"token={CANARY}", f"token:{CANARY}", f"D/AccessToken: {CANARY}", f"D/Auth( 12): {CANARY}", f"accessToken: {CANARY}",
    f"password={CANARY}", f"DB_PASSWORD={CANARY}", f"Password: {CANARY}", f"api_key={CANARY}", f"client_secret={CANARY}",
    f"Cookie: a=b; sid={CANARY}", f"connect.sid={CANARY}", f"JSESSIONID={CANARY}", f"X-Api-Key: {CANARY}", f"bearer, {CANARY}",
    f"--token {CANARY}", f"the token is {CANARY}", f"{{'token': '{CANARY}'}}", f"map[Authorization:[Bearer {CANARY}]]",
    f"\\x22token\\x22:\\x22{CANARY}\\x22", f"%7B%22token%22%3A%22{CANARY}%22%7D", JWT, f"Bearer {JWT}", f"/ws?jwt={JWT}",
)  # fmt: skip


def _samples():
    """Return a line of each length and kind that a recorded log has, its source's name with it."""
    found = {}
    for path in sorted(RECORDED.glob("*.log")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            shape = "".join(c for c in line if not c.isalnum())[:48]
            found.setdefault((path.name, shape), line)
    return [(name, line) for (name, _), line in found.items()]


SAMPLES = _samples()


def _shown(text, source):
    """Return all that reading these lines hands on, whatever becomes of it."""
    one = reader(source)
    entries = one.feed(text.encode("utf-8", "surrogatepass")) + one.finish()
    return f"{entries!r} {one.unknown_samples!r} {one.refused!r} {one.witnesses!r}"


def _with(line, place, shape):
    """Return the line with a value of it replaced: what stands between blanks, quotes or brackets."""
    starts = [i + 1 for i, c in enumerate(line) if c in ' "[=:' and line[i - 1 : i] != "\x1b"] or [0]
    start = starts[place % len(starts)]
    end = next((i for i in range(start, len(line)) if line[i] in ' "],'), len(line))
    if line.startswith("{"):
        shape = shape.replace("\\", "\\\\")
    return line[:start] + shape + line[end:]


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 80), st.sampled_from(SHAPES))
def test_a_secret_in_a_value_of_a_line_of_any_format(sample, place, shape):
    name, line = sample
    shown = _shown(_with(line, place, shape) + "\n", name)
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "before", ["", "2026-11-26T01:02:03.456Z INFO client - ", "server-1  | ", "connecting to wss://h/ws "]
)
def test_a_secret_in_a_line_of_no_format(before, shape):
    shown = _shown(f"{before}{shape}\n", "a.log")
    assert not any(secret in shown for secret in SECRETS)


def test_the_samples_are_of_many_formats():
    assert len({name for name, _ in SAMPLES}) > 40
    assert "ws?a=1&token=[token " in _shown(
        '10.0.0.9 - - [26/Nov/2026:01:09:19 +0000] "GET /ws?a=1&token=abc HTTP/1.1" 400 157 "-" "-"\n',
        "a.log",
    )
