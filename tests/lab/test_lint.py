"""Rules beside the lab: what a fault's configuration shows, a rule names; on sound stacks no rule has more than a note."""

import tomllib
from pathlib import Path

import pytest

from lab.test_repairs import BY_NAME, Marks, asked
from ws101.lab.faults import HEALTHY
from ws101.lab.nginx import Binary
from ws101.lab.stack import Proxy
from ws101.nginx.ask import NEWEST
from ws101.nginx.lint import lint
from ws101.nginx.model import understand
from ws101.nginx.rule import Scene, Severity
from ws101.nginx.rules import RULES
from ws101.nginx.sockets import Found, Told, way_of

EXPECTED = tomllib.loads((Path(__file__).parent / "expected_config.toml").read_text(encoding="utf-8"))
ANY = Binary("any", Path("nginx"), NEWEST)
# What these have wrong stands in no single configuration: it is in the server, the request, the ports of the lab, or another file.
ELSEWHERE = {
    "proxy-other-app", "http-to-tls-nginx", "upstream-silent", "upstream-drops", "upstream-down", "https-to-plain-upstream",
    "http-to-tls-upstream", "upstream-name-unknown", "upstream-down-direct-given", "answer-cut-short", "answer-head-too-large", "http-redirected-to-https", "tls-to-plain-nginx", "host-of-other-site", "token-expired",
    "spa-fallback",  # static-location-steals has it, by another cause's name
}  # fmt: skip


def found(stack):
    for proxy in stack.proxies:
        if isinstance(proxy, Proxy):
            model = understand(Marks().read(proxy.text))
            way = way_of(model, asked(stack, proxy, ANY), Told.URL, "the lab asks for it")
            yield from lint(Scene(model, NEWEST, (way,)), Found((way,)), RULES).findings


@pytest.mark.parametrize("name", sorted(n for n in EXPECTED if n.partition("@")[0] not in ELSEWHERE))
def test_a_rule_names_the_cause_that_the_configuration_shows(name):
    fault = BY_NAME[name.partition("@")[0]]
    wanted = [EXPECTED[name]] if isinstance(EXPECTED[name], str) else EXPECTED[name]
    assert {one.cause for one in found(fault.stack(fault.servers[0]))} & set(wanted)


@pytest.mark.parametrize("sound", HEALTHY, ids=lambda sound: sound.name)
def test_no_rule_warns_of_a_sound_stack(sound):
    assert [one.rule for one in found(sound.stack) if one.severity is not Severity.NOTE] == []
