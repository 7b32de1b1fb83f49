"""How a remedy at the proxy is written for the software that was seen there; the causes write nginx's.

Apache httpd 2.4: mod_proxy, mod_proxy_wstunnel, mod_headers, core. Caddy 2: reverse_proxy, servers. HAProxy: configuration manual.
Traefik 3: routers, services, middlewares, entry points.
"""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from ws101.evidence import Evidence
from ws101.report import Finding
from ws101.terms import NGINX, Hop

SOCKET = "/your/socket"  # stands for the path that was asked for
# Behind another, such as an edge, nginx may stand.
_PROXIES = NGINX | {
    "apache",
    "caddy",
    "envoy",
    "go net/http",
    "haproxy",
    "iis",
    "kong",
    "traefik",
    "varnish",
}
_DIFF = "--- "  # how a repair of the user's own file begins

# A line that is too long for a terminal is cut there.
_APACHE_PASSES = f"""\
<Location "{SOCKET}">
    # upgrade=websocket: since Apache 2.4.47
    ProxyPass "http://your_upstream{SOCKET}" \\
        upgrade=websocket
</Location>"""
_CADDY_PASSES = """\
# reverse_proxy passes an upgrade on by itself; take out of its block:
header_up -Upgrade
header_up Connection …
versions h2c 2"""
_HAPROXY_PASSES = """\
# HAProxy passes an upgrade on by itself; take out:
http-request del-header Upgrade
http-request set-header Connection close"""
_TRAEFIK_PASSES = """\
# Traefik passes an upgrade on by itself; take out of its middlewares:
customRequestHeaders:
  Upgrade: ""
  Connection: \""""

_RECIPES: Mapping[str, Mapping[str, str]] = {
    "proxy-drops-upgrade-headers": {
        "apache": _APACHE_PASSES, "caddy": _CADDY_PASSES, "haproxy": _HAPROXY_PASSES, "traefik": _TRAEFIK_PASSES,
    },
    "proxy-garbles-upgrade-headers": {
        "apache": _APACHE_PASSES, "caddy": _CADDY_PASSES, "haproxy": _HAPROXY_PASSES, "traefik": _TRAEFIK_PASSES,
    },
    "proxy-speaks-http-1.0": {"apache": "# take out: SetEnv force-proxy-request-1.0 1"},
    "proxy-rewrites-path": {
        "apache": _APACHE_PASSES,
        "caddy": "# handle_path takes the path off\nhandle /your/socket {\n    reverse_proxy your_upstream\n}",
        "haproxy": "# take out:\nhttp-request replace-path …\nhttp-request set-path …",
        "traefik": "# take out of the router's middlewares:\n# stripPrefix, replacePath, addPrefix",
    },
    "proxy-rewrites-host": {
        "apache": "ProxyPreserveHost On",
        "caddy": "# passes Host on by itself; take out:\nheader_up Host …",
        "haproxy": "# passes Host on by itself; take out:\nhttp-request set-header Host …",
        "traefik": "passHostHeader: true   # in the service's loadBalancer",
    },
    "proxy-forwarded-proto-wrong": {
        "apache": 'RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"',
        "caddy": "# in `servers`, where another proxy takes TLS off before Caddy\ntrusted_proxies static private_ranges",
        "haproxy": "http-request set-header X-Forwarded-Proto https if { ssl_fc }",
        "traefik": "# in the entry point: the proxy that takes TLS off\nforwardedHeaders:\n  trustedIPs: [192.0.2.0/24]",
    },
    "upstream-scheme-mismatch": {
        "apache": f"SSLProxyEngine On\n{_APACHE_PASSES.replace('http:', 'https:')}",
        "caddy": "reverse_proxy https://your_upstream",
        "haproxy": "server app your_upstream:443 ssl verify required ca-file @system-ca",
        "traefik": "servers:\n  - url: https://your_upstream   # in the service's loadBalancer",
    },
    "request-header-too-large": {
        "apache": "LimitRequestFieldSize 32768",
        "caddy": "servers {\n    max_header_size 32KB\n}",
        "haproxy": "tune.bufsize 32768   # in global",
    },
    "idle-timeout": {
        "apache": "ProxyTimeout 3600",
        "haproxy": "timeout tunnel 1h",
    },
}  # fmt: skip


def written_for(finding: Finding, proxies: Collection[str], path: str) -> Finding:
    """Return the finding with the remedy for these proxies, where none of them is nginx; what nobody wrote is left to words."""
    remedy = finding.remedy
    ours = remedy.applies is Hop.PROXY and bool(remedy.patch) and not (remedy.patch or "").startswith(_DIFF)
    if not ours or not proxies or not NGINX.isdisjoint(proxies):
        return finding
    known = _RECIPES.get(finding.cause, {})
    patch = next((known[name] for name in sorted(proxies) if name in known), None)
    return replace(finding, remedy=replace(remedy, patch=patch and patch.replace(SOCKET, path or "/")))


def proxies_of(evidence: Evidence) -> frozenset[str]:
    """Return the proxies whose configuration is to be changed, as far as they are known: by logs all, by answers the first."""
    if evidence.story is not None and (told := evidence.story.at(Hop.PROXY)):
        return frozenset(entry.software for entry in told)
    return frozenset({evidence.proxy} & _PROXIES)
