"""Real logs that were cut, spliced and spoilt: reading them never fails, and takes time in proportion to their length."""

import random
import re
import time
from collections.abc import Mapping

import pytest

from logs.formats.reading import RECORDED
from logs.telling import reader, stories_of

NAMES = sorted(path.name for path in RECORDED.glob("*.log"))
TEN_MEGABYTES = 10 << 20
_SPOILT = (
    b"\x00",
    b"\xff\xfe",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"\n",
    b"\r",
    b'"',
    b"\\",
    b"{",
    b"[",
    b"\t",
    b"+9999",
    b"99/Foo/0000",
    b"\x16\x03\x01",
    b"9" * 40,
)


def _all(data, source):
    one = reader(source)
    chunks = (data[at : at + 4096] for at in range(0, len(data), 4096))
    return [entry for chunk in chunks for entry in one.feed(chunk)] + one.finish()


def _mutated(data, chance):
    """Return the bytes with some of them cut out, doubled, moved or replaced."""
    for _ in range(chance.randint(1, 12)):
        at, to = sorted(chance.choices(range(len(data) + 1), k=2))
        how = chance.randrange(5)
        if how == 0:
            data = data[:at] + data[to:]
        elif how == 1:
            data = data[:to] + data[at:to][:4000] + data[to:]
        elif how == 2:
            data = data[:at] + chance.choice(_SPOILT) + data[at:]
        elif how == 3:
            data = data[to:] + data[:at]
        else:
            data = data[:at] + bytes(chance.randrange(256) for _ in range(20)) + data[at + 20 :]
    return data[:200_000]


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_log_is_read_as_far_as_it_goes(name):
    whole = (RECORDED / name).read_bytes()[:60_000]
    others = [(RECORDED / other).read_bytes()[:20_000] for other in NAMES[:: len(NAMES) // 4]]
    for seed in range(6):
        chance = random.Random(f"{name} {seed}")
        data = _mutated(whole + (chance.choice(others) if seed % 2 else b""), chance)
        entries = _all(data, name)
        for entry in entries:
            assert entry.text.replace("\n", "").isprintable()
            assert entry.status is None or 0 <= entry.status <= 999
        for story in stories_of(entries[:200]):
            assert story.entries


@pytest.mark.parametrize("name", NAMES)
def test_a_line_of_ten_megabytes_takes_no_longer_than_its_bytes(name):
    lines = (RECORDED / name).read_bytes().splitlines()
    line = max(lines, key=len)
    long = (line * (TEN_MEGABYTES // max(len(line), 1) + 1))[:TEN_MEGABYTES]
    before = time.process_time()
    one = reader(name)
    one.feed(long + b"\n" + b"\n".join(lines))
    one.finish()
    assert time.process_time() - before < 20.0
    assert one.cut == 1


_VALUE = re.compile(rb'":\s*\[?"/?')
_ESCAPES = rb"\u001b[31m\u202e\n"


@pytest.mark.parametrize("name", [name for name in NAMES if b'\n{"' in (RECORDED / name).read_bytes()])
def test_an_escape_in_a_value_of_json_comes_to_no_terminal(name):
    lines = [line for line in (RECORDED / name).read_bytes().splitlines() if line.startswith(b"{")]
    seen = 0
    for line in list({re.sub(rb"\d", b"", line)[:400]: line for line in lines}.values())[:8]:
        for match in _VALUE.finditer(line):
            spoilt = line[: match.end()] + _ESCAPES + line[match.end() :]
            for entry in _all(spoilt + b"\n", name):
                seen += 1
                assert all(text.replace("\n", "").isprintable() for text in _texts(entry))
    assert seen > 10


def _texts(entry):
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from (*value, *value.values())
