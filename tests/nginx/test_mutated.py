"""Rules take whatever can be read: nothing that stands in a configuration makes one of them fail."""

import re
from pathlib import Path
from random import Random

import pytest
from enacting import linted

from ws101.nginx.include import Source, assemble
from ws101.nginx.rules import RULES

TEXTS = [path.read_text() for path in sorted(Path(__file__).parent.glob("*/**/*.conf"))]
ODD = [
    "$x",
    "${",
    "~",
    "=",
    "'",
    '"',
    "\\",
    ";",
    "}",
    "{",
    "=403",
    "error_page",
    "proxy_pass",
    "location",
    "listen",
    "[::]:80",
    "if",
    "map",
    "$1",
]
_TOKEN = re.compile(r"\s+|[{};]|[^\s{};]+")


def mutated(text: str, random: Random) -> str:
    tokens = _TOKEN.findall(text)
    for _ in range(random.randint(1, 6)):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        kind = random.randrange(4)
        if kind == 0 and len(tokens) > 2:
            del tokens[at]
        elif kind == 1:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 2:
            tokens[at] = tokens[other]
        else:
            tokens.insert(at, random.choice(ODD))
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(20))
def test_no_rule_fails_on_a_mutated_configuration(seed):
    random = Random(seed)
    for _ in range(40):
        text = mutated(random.choice(TEXTS), random)
        urls = ["wss://app.test/ws/"] if random.random() < 0.3 else []
        read = assemble(
            "nginx.conf", lambda name, text=text: (Source(name, text),) if name == "nginx.conf" else ()
        )
        found = linted(read, RULES, random.choice([(1, 22, 1), (1, 31, 0)]), urls)
        for one in found.findings:
            assert one.message
            one.mended()
