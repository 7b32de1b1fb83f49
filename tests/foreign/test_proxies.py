"""What an expert would answer from outside, of faults of proxies that are not in the lab."""

import pytest

from foreign.conftest import free_port
from ws101.checkup import check
from ws101.question import Question
from ws101.terms import Certainty, Outcome

DROPS, REWRITES = "proxy-drops-upgrade-headers", "proxy-rewrites-path"


def asked(port, **more):
    return check(Question(f"ws://127.0.0.1:{port}/ws", proxy="", **more))


def found(report):
    return [finding.cause for finding in report.findings]


def sure(report):
    return {finding.cause for finding in report.findings if finding.certainty is not Certainty.POSSIBLE}


def router(server, rule, middleware=""):
    """Return Traefik's dynamic configuration with one router by this rule, and one by which it is seen to be loaded."""
    used = "\n      middlewares: [m]" if middleware else ""
    defined = f"\n  middlewares:\n    m: {middleware}" if middleware else ""
    return (
        f'http:\n  routers:\n    r:\n      rule: "{rule}"\n      service: s{used}\n'
        f'    ready:\n      rule: "Host(`ready.test`)"\n      service: s{defined}\n  services:\n    s:\n'
        f'      loadBalancer:\n        servers: [{{url: "http://127.0.0.1:{server}"}}]\n'
    )


@pytest.mark.parametrize(
    ("proxy", "configure"),
    [
        ("caddy", lambda port: (f"reverse_proxy 127.0.0.1:{port}",)),
        ("traefik", lambda port: (router(port, "PathPrefix(`/`)"),)),
        ("haproxy", lambda port: ("", f" server s 127.0.0.1:{port}")),
        ("apache", lambda port: (f"ProxyPass /ws ws://127.0.0.1:{port}/ws\n",)),
    ],
    ids=["caddy", "traefik", "haproxy", "apache"],
)
def test_a_healthy_way_has_no_finding(proxies, server, proxy, configure):
    report = asked(getattr(proxies, proxy)(*configure(server)))
    assert (report.outcome, report.findings, report.exit_status) == (Outcome.CONNECTED, (), 0)


@pytest.mark.parametrize(
    ("proxy", "configure"),
    [
        (
            "caddy",
            lambda port: (
                f"reverse_proxy 127.0.0.1:{port} {{\n header_up -Upgrade\n header_up -Connection\n}}",
            ),
        ),
        ("haproxy", lambda port: (" http-request del-header Upgrade", f" server s 127.0.0.1:{port}")),
        ("apache", lambda port: (f"ProxyPass /ws http://127.0.0.1:{port}/ws\n",)),
    ],
    ids=["caddy", "haproxy", "apache"],
)
def test_an_upgrade_that_is_not_passed_on(proxies, server, proxy, configure):
    report = asked(getattr(proxies, proxy)(*configure(server)))
    assert found(report)[0] == DROPS
    assert sure(report) <= {DROPS}


@pytest.mark.parametrize(
    ("proxy", "configure"),
    [
        ("caddy", lambda port: (f"handle_path /ws* {{\n reverse_proxy 127.0.0.1:{port}\n}}",)),
        ("traefik", lambda port: (router(port, "PathPrefix(`/`)", "{stripPrefix: {prefixes: [/ws]}}"),)),
        ("haproxy", lambda port: (" http-request set-path /socket", f" server s 127.0.0.1:{port}")),
        ("apache", lambda port: (f"ProxyPass /ws ws://127.0.0.1:{port}/\n",)),
    ],
    ids=["caddy", "traefik", "haproxy", "apache"],
)
def test_a_path_that_is_rewritten(proxies, server, proxy, configure):
    port = getattr(proxies, proxy)(*configure(server))
    report = asked(port)
    assert REWRITES in found(report)
    assert sure(report) == set()
    assert found(asked(port, direct=f"ws://127.0.0.1:{server}"))[0] == REWRITES


def test_a_name_that_no_router_takes_and_a_port_that_speaks_tls_as_well(proxies, server):
    report = asked(proxies.traefik(router(server, "Host(`other.test`)")))
    assert "proxy-default-server" in found(report)
    assert sure(report) == set()


def test_a_server_that_is_down_behind_a_path_of_its_own(proxies, server):
    front = " use_backend other unless { path /ws }"
    back = f" server s 127.0.0.1:{free_port()}\nbackend other\n server s 127.0.0.1:{server}"
    report = asked(proxies.haproxy(front, back))
    assert found(report)[0] == "upstream-refused"
    assert sure(report) == set()


def test_a_proxy_line_that_the_next_hop_does_not_expect(proxies):
    inner = proxies.nginx("return 204;")
    report = asked(proxies.haproxy("", f" server s 127.0.0.1:{inner} send-proxy"))
    assert found(report)[0] == "proxy-protocol-mismatch"
    assert sure(report) == set()


def test_a_location_that_refuses_by_its_configuration(proxies):
    report = asked(proxies.nginx("location /ws { return 400; }"))
    assert found(report) == ["proxy-routes-elsewhere"]
    assert sure(report) == set()
