"""The scaffold of a cause, run on a copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHECK = """
from ws101.causes import BY_SLUG, CAUSES
cause = BY_SLUG["proxy-caches-refusal"]
at = CAUSES.index(cause)
print(cause.hop, cause.title, CAUSES[at - 1].hop, CAUSES[at + 1].hop, sep=",")
"""


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    causes = tmp_path / "tests" / "causes"
    causes.mkdir(parents=True)
    for name in ("__init__.py", "building.py"):
        shutil.copy(ROOT / "tests" / "causes" / name, causes)
    return tmp_path


def run(copy, *command):
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy / "src"),
        "PYTEST_ADDOPTS": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_cause_stands_in_the_table_at_its_hop(tool, copy):
    said = tool("new_cause").begin("proxy-caches-refusal", "proxy", copy)
    assert "src/ws101/causes/proxy_caches_refusal.py" in said
    assert "expected.toml" in said
    done = run(copy, "-c", CHECK)
    assert done.stdout.strip() == "proxy,Proxy caches refusal,proxy,server", done.stderr


def test_its_imports_stay_sorted(tool, copy):
    tool("new_cause").begin("proxy-caches-refusal", "proxy", copy)
    table = (copy / "src" / "ws101" / "causes" / "__init__.py").read_text(encoding="utf-8")
    imported = table.partition("import (\n")[2].partition(")")[0].splitlines()
    assert imported == sorted(imported)
    assert "    proxy_caches_refusal," in imported


def test_its_test_fails_until_it_is_written(tool, copy):
    tool("new_cause").begin("token-too-old", "auth", copy)
    done = run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "tests/causes/test_token_too_old.py",
    )
    assert "2 failed, 1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("slug", "hop", "why"),
    [
        ("use-wss", "tls", "advice"),
        ("set-upgrade-header", "proxy", "advice"),
        ("fix-proxy", "proxy", "advice"),
        ("check-token", "auth", "advice"),
        ("missing-config", "proxy", "advice"),
        ("Proxy-Caches", "proxy", "no name"),
        ("proxy_caches", "proxy", "no name"),
        ("proxy", "proxy", "no name"),
        ("../proxy-caches", "proxy", "no name"),
        ("", "proxy", "no name"),
        ("proxy-caches-refusal", "nginx", "no hop"),
        ("port-refused", "network", "already"),
    ],
)
def test_what_is_refused_writes_nothing(tool, slug, hop, why, tmp_path):
    new_cause = tool("new_cause")
    causes = tmp_path / "src" / "ws101" / "causes"
    causes.mkdir(parents=True)
    (causes / "port_refused.py").touch()
    with pytest.raises(new_cause.RefusedError, match=why):
        new_cause.begin(slug, hop, tmp_path)
    assert [path.name for path in tmp_path.rglob("*.py")] == ["port_refused.py"]


def test_the_command_says_why_it_refuses(tool, capsys):
    assert tool("new_cause").main(["use-wss", "tls"]) == 2
    assert "advice" in capsys.readouterr().err
