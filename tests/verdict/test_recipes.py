"""A remedy at the proxy is written for the proxy that was seen."""

import pytest

from causes.building import make_answer, make_attempt, make_evidence
from causes.stories import access, story
from ws101.causes import BY_SLUG
from ws101.report import Fact, Finding, Remedy
from ws101.terms import Certainty, Hop
from ws101.verdict.recipes import _RECIPES, proxies_of, written_for


def found(slug, remedy=None):
    cause = BY_SLUG[slug]
    return Finding(
        slug, cause.hop, Certainty.LIKELY, cause.title, (Fact("seen", "here"),), remedy or cause.remedy
    )


def written(slug, *proxies, remedy=None, path="/live/ws"):
    return written_for(found(slug, remedy), proxies, path).remedy


@pytest.mark.parametrize("slug", _RECIPES)
def test_each_is_another_way_to_write_nginxs(slug):
    remedy = BY_SLUG[slug].remedy
    assert remedy.applies is Hop.PROXY
    for proxy, patch in _RECIPES[slug].items():
        told = written(slug, proxy)
        assert told.text == remedy.text
        assert told.patch == patch.replace("/your/socket", "/live/ws") != remedy.patch
        assert "proxy_pass" not in told.text + told.patch
        assert max(map(len, patch.splitlines())) <= 72


@pytest.mark.parametrize("proxies", [(), ("nginx",), ("haproxy", "nginx")])
def test_nginxs_own_stays_where_nginx_is_there_or_nobody_knows(proxies):
    assert written("proxy-rewrites-host", *proxies) == BY_SLUG["proxy-rewrites-host"].remedy


def test_what_nobody_wrote_for_a_proxy_is_left_to_words():
    assert written("proxy-rewrites-host", "envoy").patch is None
    assert written("proxy-rewrites-host", "envoy").text == "Pass the client's Host on, with its port."


def test_a_diff_of_the_users_own_file_stays():
    diff = Remedy("This.", Hop.PROXY, patch="--- nginx.conf\n+++ nginx.conf\n")
    assert written("proxy-rewrites-host", "haproxy", remedy=diff) == diff


def test_a_remedy_elsewhere_stays():
    assert written("upgrade-header-missing", "haproxy") == BY_SLUG["upgrade-header-missing"].remedy


@pytest.mark.parametrize(
    ("server", "proxies"),
    [("Caddy", {"caddy"}), ("nginx/1.31.3", {"nginx"}), ("cloudflare", set()), ("", set())],
)
def test_of_the_wire_the_proxy_that_signs_is_known_and_an_edge_is_none(server, proxies):
    answer = make_answer(404, "no", {"Server": server} if server else {})
    assert proxies_of(make_evidence(make_attempt(answer=answer))) == proxies


def test_of_logs_every_proxy_is_known():
    of_haproxy = access(404)
    of_haproxy.software = "haproxy"
    assert proxies_of(make_evidence(None, story=story(access(404), of_haproxy))) == {"nginx", "haproxy"}
