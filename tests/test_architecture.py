"""The laws of the house that no linter knows."""

import ast
import hashlib
import importlib.util
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

import ws101
from ws101 import experiments
from ws101.attempt import Ending, Sending, TlsSettings
from ws101.causes import BY_SLUG, CAUSES
from ws101.evidence import Evidence
from ws101.handshake.headers import Headers
from ws101.handshake.request import opening
from ws101.observed import Dial, Resolution, Target
from ws101.terms import Hop

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "ws101"
MODULES = sorted(
    [*SOURCE.rglob("*.py"), *(ROOT / "tools").glob("*.py"), *(ROOT / "bench").glob("*.py")], key=str
)
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}
LARGEST = 450  # lines; most modules have fewer than 150
LARGER: dict[str, str] = {}  # module: why it may be larger

# What names the machine or the people that a file was written on or about is known here by its hash alone.
UNSPEAKABLE = {"ba85af90", "0f83de14", "df9df269"}
PLACES = re.compile("(?<![\\w.-])/" + "(?:work|tmp/v)" + "(?!\\w)")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---- modules


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_each_module_says_what_it_owns(path):
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    is_page = path.parent == SOURCE / "causes" and path.name != "__init__.py"
    first = said.partition("\n\n")[0]
    assert first, "it has no docstring"
    assert first.endswith(".") != is_page, "a sentence has a full stop, a cause's title has none"


def test_no_module_is_named_for_nothing():
    parts = {part for path in MODULES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not parts & NAMELESS


def test_no_module_is_too_large_and_no_exemption_is_stale():
    sizes = {str(path.relative_to(SOURCE)): _lines(path) for path in SOURCE.rglob("*.py")}
    assert {name for name, lines in sizes.items() if lines > LARGEST} == set(LARGER)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_import_contracts_hold():
    pytest.importorskip("importlinter", reason="import-linter (pip install import-linter)")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken" in done.stdout


# ---- what is loaded


# What runs, and what of it must not have been loaded by then: it takes longer than the answer, or nobody asked for it.
UNLOADED = {
    "from ws101.cli import run; run(['--help'])": "argparse msgspec re",
    "import ws101.cli.check, ws101.checkup": (  # and connects
        "ws101.causes ws101.report ws101.redact ws101.render ws101.signatures ws101.tokens ws101.verdict ws101.nginx ws101.logs"
        " email json random"
    ),
    "import ws101.causes": "asyncio ws101.configured ws101.nginx.model ws101.nginx.repairs ws101.signatures",
    "from ws101.cli import run; run(['logs', '--help'])": "asyncio ws101.logs ws101.report",
    "from ws101.cli import run; run(['logs', {log!r}])": (
        "asyncio random ws101.configured ws101.lab ws101.nginx.model ws101.question ws101.render.html ws101.signatures"
    ),
    "from ws101.cli import run; run(['nginx', 'route', 'ws://h.test/', {conf!r}])": (
        "asyncio ws101.causes ws101.lab ws101.logs ws101.nginx.rules ws101.question ws101.report"
    ),
    "from ws101.cli import run; run(['lab', 'list'])": (
        "asyncio jwt ws101.causes ws101.checkup ws101.lab.running ws101.logs ws101.report"
    ),
    "from ws101.cli import run; run(['timers', '--help'])": "asyncio msgspec ws101.timers",
}


@pytest.mark.parametrize("code", UNLOADED)
def test_nothing_is_loaded_that_is_not_needed(code, tmp_path):
    conf, log = tmp_path / "nginx.conf", tmp_path / "access.log"
    conf.write_text("http { server { listen 80; location / { proxy_pass http://127.0.0.1:1; } } }\n")
    log.write_text('127.0.0.1 - - [18/Nov/2026:11:06:40 +0000] "GET /ws HTTP/1.1" 502 157 "-" "x"\n')
    there = code.format(conf=str(conf), log=str(log))
    command = [sys.executable, "-c", f"{there}; import sys; print(*sys.modules, file=sys.stderr)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    assert "ws101" in loaded
    unwanted = UNLOADED[code].split()
    assert not [
        name for name in loaded if name in unwanted or name.startswith(tuple(f"{u}." for u in unwanted))
    ]


@pytest.mark.parametrize("name", sorted(set(" ".join(UNLOADED.values()).split())))
def test_what_must_not_be_loaded_exists(name):
    assert importlib.util.find_spec(name), "a name that is gone is loaded nowhere"


# ---- causes


def test_the_table_of_causes_is_the_files():
    files = {path.stem for path in (SOURCE / "causes").glob("*.py")} - {"__init__"}
    slugs = [cause.slug for cause in CAUSES]
    assert {slug.replace("-", "_").replace(".", "_") for slug in slugs} == files
    assert len(slugs) == len(set(slugs)) == len(files)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.slug)
def test_a_cause_is_judged_by_the_module_of_its_name(cause):
    module = sys.modules[cause.judge.__module__]
    assert cause.judge.__module__ == f"ws101.causes.{cause.slug.replace('-', '_').replace('.', '_')}"
    assert cause.page is module.__doc__


def test_causes_stand_in_groups():
    hops = [hop for hop, _ in groupby(CAUSES, key=lambda cause: cause.hop)]
    assert len(hops) == len(set(hops)) == len(Hop)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.slug)
def test_a_page_has_a_title_and_four_sections(cause):
    title, blank, *_ = (cause.page or "").splitlines()
    assert title
    assert not title.endswith(".")
    assert blank == ""
    parts = re.split(r"^## (.+)\n", cause.page, flags=re.MULTILINE)
    assert parts[1::2] == ["What happens", "Why", "How we know", "What to do"]
    assert all(text.strip() for text in parts[2::2])


def test_each_cause_has_a_page_in_the_documentation():
    assert {path.stem for path in (ROOT / "docs" / "causes").glob("*.md")} == set(BY_SLUG)


# ---- experiments


def _every_experiment():
    groups = (
        experiments.CONTROLS,
        experiments.REPAIRS_OF_TLS,
        experiments.REPAIRS,
        experiments.AT_THE_SERVER,
        experiments.DAMAGES,
    )
    fields = Headers.of([("X-One", "1"), ("X-Two", "2")])
    sending = Sending("h.test", 443, opening("h.test", "/", "k", fields), TlsSettings("h.test", "h.test"))
    names = Resolution("h.test", ("192.0.2.1", "192.0.2.2"))
    dials = tuple(Dial(address, connected=True, ending=Ending.ANSWERED) for address in names.addresses)
    target = Target("wss://h.test/", "wss", "h.test", 443, "/")
    evidence = Evidence(target, sending, 0.0, names=names, dials=dials)
    made = (experiments.for_user_fields(sending), experiments.for_addresses(sending, evidence))
    assert all(made), "these are made for what a question holds"
    return [experiment for group in (*groups, *made) for experiment in group]


def test_a_name_of_an_experiment_means_one_thing_in_its_family():
    known = {}
    for experiment in _every_experiment():
        assert known.setdefault((experiment.family, experiment.name), experiment) is experiment


def test_no_table_of_experiments_names_one_twice():
    for table in (experiments.CONTROLS, experiments.REPAIRS_OF_TLS, experiments.REPAIRS, experiments.DAMAGES):
        names = [experiment.name for experiment in table]
        assert len(names) == len(set(names))


# ---- the repository


def _tracked() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("what needs a git checkout")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_repository_speaks_of_the_product_alone():
    texts = {_named(path): path.read_text(encoding="utf-8", errors="replace") for path in _tracked()}
    assert len(texts) > 100
    places = [name for name, text in texts.items() if PLACES.search(text)]
    words = {word for text in texts.values() for word in re.findall(r"[a-z]{4,}", text.lower())}
    assert places == []
    assert sorted(word for word in words if _digest(word) in UNSPEAKABLE) == []


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()[:8]


def test_the_changelog_begins_with_this_version():
    top = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert top
    assert top[1] == ws101.__version__
