"""The account is total: whatever stands in a configuration, something is told, and it can be shown."""

import random
from pathlib import Path

import pytest
from accounting import account_of

from ws101.render.nginx_route import Frame, render

TEXTS = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "products").glob("*.conf"))]
PIECES = ("{", "}", ";", '"', "'", "$x", "${", "\\", "#", " ", "0", "-1", "unix:/x", "~", "^~", "=", "@a", "(", ")", "if", "set", "map",
          "*", "é", "\udcff", "99999999999999999999", "default", "off", "listen 443 ssl;", "stream{server{listen 80;proxy_pass $a;}}")  # fmt: skip


def mutated(seed):
    chance = random.Random(seed)
    text = chance.choice(TEXTS)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        end = at + chance.choice((0, 1, 2, 5, 20))
        other = chance.choice(TEXTS)
        start = chance.randrange(len(other))
        put = chance.choice(("", chance.choice(PIECES), other[start : start + chance.randint(1, 60)]))
        text = text[:at] + put + text[end:]
    return text


@pytest.mark.parametrize("seed", range(120))
def test_something_is_told_of_every_mutation(seed):
    told = account_of(mutated(seed), "wss://www.example.com/socket.io/?a=1", version_known=False)
    assert told.possible in {"yes", "no", "unknown"}
    assert bool(told.reasons) == (told.possible != "yes")
    lines = render(told, Frame("", "", ""), width=80).splitlines()
    assert all(line == line.rstrip() for line in lines)
