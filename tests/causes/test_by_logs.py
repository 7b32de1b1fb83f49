"""What causes judge by logs alone: for each a story in which it must be found, and one in which it must keep silent."""

import pytest
from msgspec.structs import replace

from causes.stories import (
    HOST,
    PATH,
    access,
    asking,
    client,
    edge,
    evidence,
    meant,
    nginx_error,
    server,
    silence,
    story,
)
from ws101.cause import RuledOut, Supported
from ws101.causes import BY_SLUG, CAUSES
from ws101.logs.line import Place
from ws101.logs.story import Contradiction, Story
from ws101.signature import Says
from ws101.terms import Certainty, Hop
from ws101.tokens.reading import Flaw

LIKELY, POSSIBLE = Certainty.LIKELY, Certainty.POSSIBLE

# Why logs cannot show these; every other cause reads them.
NOT_BY_LOGS = {
    "one-address-broken": "one handshake goes to one address, and no log says what the others would have done",
    "proxy-header-inheritance-lost": "a log shows that the fields are gone, not which line of the configuration hides them",
}

WORKS = story(
    meant(), client(status=101), access(101, upstream="10.0.0.2:8080", upstream_status=101), server(101)
)
THROUGH = {"upstream": "10.0.0.2:8080"}
OWN = {"upstream": ""}
UPGRADES = {"headers": {"upgrade": "websocket"}}


def through(status: int, **fields: object):
    return access(status, upstream="10.0.0.2:8080", upstream_status=status, **fields)


def said(says: Says, words: str, *more, status: int = 400):
    """Return the story of a server that refuses with these words, behind nginx."""
    return story(
        meant(), client(status=status), through(status, **UPGRADES), server(status, says, words), *more
    )


PLAIN = nginx_error(
    Says.PLAIN_HTTP_TO_TLS,
    "client sent plain HTTP request to HTTPS port while reading client request headers",
)

SERVED_PLAIN = server(None, Says.PLAIN_HTTP_TO_TLS, "client sent an HTTP request to an HTTPS server")
SERVED_TLS = server(
    None, Says.TLS_TO_PLAIN, r"Invalid method encountered: b'\x16\x03\x01'", method="", path=""
)

FIRING: dict[str, list[tuple[Certainty, Story]]] = {
    "host-not-found": [(LIKELY, story(meant(), client(Says.NAME_UNKNOWN, "UnresolvedAddressException")))],
    "port-refused": [(LIKELY, story(meant(), client(Says.REFUSED, "Connection refused: timers.example.org/10.0.0.1:443")))],
    "port-unreachable": [(LIKELY, story(meant(), client(Says.UNREACHABLE, "No route to host")))],
    "forward-proxy-in-the-way": [
        (LIKELY, story(meant(), client(Says.FORWARD_PROXY, "Unexpected response code for CONNECT: 403"))),
        (LIKELY, story(meant(), client(status=407))),
    ],
    "closed-without-answer": [
        (POSSIBLE, story(meant(), client(Says.CLOSED, "Connection reset by peer"))),
        (POSSIBLE, story(access(444, **OWN))),
    ],
    "wrong-service-on-port": [
        (LIKELY, story(meant("ws", 22), client(Says.NOT_HTTP, "invalid status line: SSH-2.0-OpenSSH_9.2"))),
        (POSSIBLE, story(meant("ws", 9), client(Says.NOT_HTTP, "malformed HTTP response"))),
    ],
    "plaintext-to-tls-port": [
        (LIKELY, story(meant(), client(status=400), access(400, 255), PLAIN, silent=(silence(),))),
        (LIKELY, story(meant(), client(status=400), access(400, 255), silent=(silence(sure=False),))),
        (LIKELY, story(client(status=400), access(400, 248, **OWN))),
        (POSSIBLE, story(meant(), client(status=400), access(400), silent=(silence(sure=False),))),
        (LIKELY, story(meant(), client(Says.PLAIN_HTTP_TO_TLS, "The plain HTTP request was sent to HTTPS port", status=400))),
        (LIKELY, story(meant("ws", 8443), SERVED_PLAIN)),
        (POSSIBLE, story(meant(), SERVED_PLAIN)),
    ],
    "tls-to-plaintext-port": [
        (LIKELY, story(meant(), client(Says.TLS_WRONG_VERSION, "wrong version number"))),
        (LIKELY, story(nginx_error(Says.TLS_TO_PLAIN, r"client sent invalid method: \x16\x03\x01"))),
        (LIKELY, story(meant(), SERVED_TLS)),
        (POSSIBLE, story(SERVED_TLS)),
    ],
    "certificate-expired": [(LIKELY, story(meant(), client(Says.TLS_EXPIRED, "certificate has expired")))],
    "certificate-not-yet-valid": [(LIKELY, story(meant(), client(Says.TLS_NOT_YET_VALID, "certificate is not yet valid")))],
    "certificate-name-mismatch": [(LIKELY, story(meant(), client(Says.TLS_NAME, "hostname mismatch")))],
    "certificate-untrusted": [
        (LIKELY, story(meant(), client(Says.TLS_UNTRUSTED, "self-signed certificate in certificate chain"))),
        (POSSIBLE, story(meant(), client(Says.TLS_UNTRUSTED, "unable to get local issuer certificate"))),
    ],
    "certificate-chain-incomplete": [
        (POSSIBLE, story(meant(), client(Says.TLS_UNTRUSTED, "unable to get local issuer certificate"))),
    ],
    "client-trusts-wrong-certificate": [
        (LIKELY, story(meant(), client(Says.TLS_UNTRUSTED, "Certificate pinning failure! Peer certificate chain: …"))),
    ],
    "client-certificate-required": [
        (LIKELY, story(nginx_error(Says.CLIENT_CERTIFICATE_MISSING, "client sent no required SSL certificate"))),
        (LIKELY, story(client(status=400), access(400, 237))),
    ],
    "tls-version-unsupported": [(LIKELY, story(nginx_error(Says.TLS_VERSION, "SSL_do_handshake() failed: no shared cipher")))],
    "server-name-unrecognised": [(LIKELY, story(meant(), client(Says.TLS_SERVER_NAME, "tlsv1 unrecognized name")))],
    "upgrade-header-missing": [
        (LIKELY, story(client(status=400), through(400, headers={"upgrade": ""}))),
        (LIKELY, story(client(status=400), through(400, headers={"upgrade": "h2c"}))),
        (POSSIBLE, story(server(426, Says.NO_UPGRADE, "missing Upgrade header", headers={"host": HOST}))),
    ],
    "connection-header-lacks-upgrade": [
        (LIKELY, story(client(status=400), through(400, headers={"upgrade": "websocket", "connection": "close"}))),
    ],
    "websocket-key-invalid": [
        (LIKELY, said(Says.KEY_INVALID, "invalid Sec-WebSocket-Key header")),
        (LIKELY, story(server(400, headers=asking(x_forwarded_for="", sec_websocket_key="SGVsbG8sIHdvcmxkIQ==")))),
    ],
    "websocket-version-unsupported": [
        (LIKELY, said(Says.VERSION, "unsupported Sec-WebSocket-Version: 8", status=426)),
        (LIKELY, story(client(status=400), through(400, headers={"sec-websocket-version": "8"}))),
    ],
    "method-not-get": [(LIKELY, story(client(status=405), through(405, method="POST")))],
    "http-version-too-old": [(LIKELY, story(client(status=400), through(400, version="HTTP/1.0")))],
    "upgrade-sent-over-http2": [(LIKELY, story(client(status=400), through(400, version="HTTP/2.0")))],
    "header-duplicated": [
        (LIKELY, story(access(400, 157), nginx_error(Says.MALFORMED, 'client sent duplicate header line: "Authorization: …"'))),
    ],
    "header-malformed": [
        (LIKELY, story(access(400, 157), nginx_error(Says.MALFORMED, "client sent invalid header line: ..."))),
        (POSSIBLE, story(client(status=400), access(400, 157, **OWN))),
    ],
    "body-on-upgrade": [(POSSIBLE, story(server(400, headers={**asking(x_forwarded_for=""), "content-length": "17"})))],
    "wrong-path": [
        (POSSIBLE, said(Says.NO_ROUTE, "no route", status=404)),
        (LIKELY, story(client(status=404), through(404, path=f"/{PATH}"), server(404, path=f"/{PATH}"))),
    ],
    "wrong-host-header": [(POSSIBLE, story(meant(), client(status=404), access(404, host="10.0.0.1")))],
    "redirected": [(LIKELY, story(meant(), client(status=301), access(301, **OWN)))],
    "origin-rejected": [
        (LIKELY, said(Says.ORIGIN, "origin not allowed", status=403)),
        (POSSIBLE, story(client(status=403), through(403), server(403, headers=asking(origin="https://a.example")))),
    ],
    "subprotocol-mismatch": [(LIKELY, story(meant(), client(Says.SUBPROTOCOL, "no common subprotocol")))],
    "extension-mismatch": [(LIKELY, story(meant(), client(Says.EXTENSION, "unsupported extension")))],
    "cdn-refused": [
        (LIKELY, story(meant(), client(Says.CDN_BLOCKED, "error code: 1020", status=403))),
        (POSSIBLE, story(client(status=403), edge(403), silent=(silence(Hop.PROXY),))),
    ],
    "cdn-websockets-off": [
        (LIKELY, story(client(status=400), edge(400, headers={"upgrade": "websocket"}), through(400, headers={"upgrade": ""}))),
        (POSSIBLE, story(client(status=400), through(400, headers={"upgrade": "", "cf-ray": "8a"}))),
    ],
    "cdn-cannot-reach-origin": [(LIKELY, story(meant(), client(status=522)))],
    "cdn-origin-tls-failed": [(LIKELY, story(meant(), client(status=526)))],
    "proxy-drops-upgrade-headers": [
        (LIKELY, story(client(status=400), through(400, **UPGRADES), server(400, headers=asking(upgrade="", connection="")))),
        (LIKELY, story(meant(headers={"upgrade": "websocket"}), server(400, headers=asking(upgrade="", connection="close")))),
        (POSSIBLE, story(meant(), server(400, headers=asking(upgrade="", connection="close")))),  # a client may send none
        (LIKELY, said(Says.NO_UPGRADE, "no Upgrade header", status=426)),
        (POSSIBLE, story(meant(), client(status=400), through(400, size=0), silent=(silence(sure=False),))),
        (POSSIBLE, story(meant(), client(status=400), through(400, **UPGRADES))),
        (POSSIBLE, story(meant(), client(status=400), access(400), silent=(silence(sure=False),))),
    ],
    "proxy-garbles-upgrade-headers": [
        (LIKELY, story(client(status=400), through(400, **UPGRADES), server(400, headers=asking(upgrade="upgrade")))),
        (LIKELY, story(client(status=400), server(400, headers=asking(connection="close")))),
    ],
    "proxy-speaks-http-1.0": [
        (LIKELY, story(client(status=505), through(505), server(505, headers=asking(), version="HTTP/1.0"))),
        (LIKELY, said(Says.HTTP_VERSION, "expected HTTP/1.1", status=505)),
    ],
    "proxy-strips-authorization": [
        (
            LIKELY,
            story(
                client(status=401),
                through(401, headers={"authorization": "Bearer [token 9f2c]"}),
                server(401, headers=asking(authorization="")),
            ),
        ),
    ],
    "proxy-strips-query": [
        (LIKELY, story(client(status=401), through(401, path=f"{PATH}?token=x"), server(401, headers=asking()))),
    ],
    "proxy-rewrites-path": [(POSSIBLE, story(client(status=404), through(404), server(404, path="/notifications")))],
    "proxy-rewrites-host": [
        (LIKELY, story(meant(), client(status=400), through(400), server(400, Says.HOST, "Invalid HTTP_HOST header", headers=asking(host="backend:8080")))),
    ],
    "proxy-forwarded-proto-wrong": [
        (LIKELY, story(client(status=301), through(301, scheme="https"), server(301, headers=asking(x_forwarded_proto="http")))),
    ],
    "proxy-routes-elsewhere": [
        (POSSIBLE, story(client(status=404), access(404, 153), nginx_error(Says.NO_FILE, 'open() "/usr/share/nginx/html/ws" failed (2: No such file or directory)'))),
    ],
    "proxy-default-server": [
        (
            POSSIBLE,
            story(
                client(status=404),
                access(404, 153),
                nginx_error(Says.NO_FILE, "open() failed", text=f'open() failed, client: 1.2.3.4, server: _, host: "{HOST}"'),
            ),
        ),
    ],
    "proxy-restricts-method": [(LIKELY, story(client(status=405), access(405, 157, **OWN)))],
    "proxy-denies-address": [(POSSIBLE, story(client(status=403), nginx_error(Says.ADDRESS, "access forbidden by rule")))],
    "proxy-asks-own-credentials": [
        (LIKELY, story(client(status=401), nginx_error(Says.BASIC, "no user/password was provided for basic authentication"))),
        (POSSIBLE, story(client(status=401), access(401, 179, **OWN))),
    ],
    "proxy-subrequest-refused": [(LIKELY, story(client(status=500), nginx_error(Says.SUBREQUEST, "auth request unexpected status: 404")))],
    "proxy-limits-rate": [
        (LIKELY, story(client(status=503), nginx_error(Says.RATE, 'limiting requests, excess: 1.0 by zone "one"'))),
        (LIKELY, story(client(status=429), access(429, 169, **OWN))),
    ],
    "request-header-too-large": [
        (LIKELY, story(access(400, 233), nginx_error(Says.HEADER_TOO_LARGE, "client sent too long header line"))),
        (LIKELY, story(client(status=400), access(400, 233, **OWN))),
        (LIKELY, story(client(status=431))),
    ],
    "upstream-refused": [
        (LIKELY, story(client(Says.REFUSED, "connect() failed (111: Connection refused) while connecting to upstream"))),
        (LIKELY, story(client(status=502), access(502, 157), nginx_error(Says.UPSTREAM_REFUSED, "connect() failed (111: Connection refused)"))),
        (POSSIBLE, story(client(status=502), access(502, 157, upstream="10.0.0.2:8080", upstream_status=502))),
        (POSSIBLE, story(replace(access(503, 217, **OWN), says=Says.UPSTREAM_DOWN, words="SC--"))),
    ],
    "upstream-timeout": [
        (LIKELY, story(client(status=504), access(504, 167, took=60.0, upstream="10.0.0.2:8080", upstream_status=504))),
        (POSSIBLE, story(access(499, 0, took=30.0, upstream="10.0.0.2:8080"))),
        (POSSIBLE, story(access(499, 0, took=10.0))),
    ],
    "upstream-name-unresolved": [(LIKELY, story(client(status=502), nginx_error(Says.UPSTREAM_NAME, "app could not be resolved")))],
    "upstream-scheme-mismatch": [
        (LIKELY, story(client(status=502), nginx_error(Says.UPSTREAM_TLS, "SSL_do_handshake() failed: wrong version number"))),
        (LIKELY, story(client(status=400), through(400), SERVED_PLAIN)),
        (POSSIBLE, story(meant(), SERVED_PLAIN)),
    ],
    "proxy-protocol-mismatch": [(LIKELY, story(nginx_error(Says.PROXY_PROTOCOL, 'broken header: "GET /" while reading PROXY protocol')))],
    "proxy-serves-fallback-page": [
        (LIKELY, story(client(status=200), access(200, 612, **OWN))),
        (POSSIBLE, story(client(status=200), access(200, 612))),
    ],
    "upgrade-lost-on-the-way-back": [(LIKELY, story(client(status=502), access(502, 157, **THROUGH), server(101)))],
    "route-not-found": [(POSSIBLE, said(Says.NO_ROUTE, "no route", status=404))],
    "route-not-websocket": [(LIKELY, story(client(status=200), through(200), server(200, headers=asking())))],
    "server-lacks-websocket-support": [
        (LIKELY, said(Says.NO_LIBRARY, "No supported WebSocket library detected.", status=404)),
    ],
    "server-rejects-host": [(LIKELY, said(Says.HOST, "Invalid HTTP_HOST header: 'backend'"))],
    "server-distrusts-proxy": [(LIKELY, said(Says.DISTRUSTS_PROXY, "A request from a reverse proxy was received from 10.0.0.3"))],
    "server-error": [(LIKELY, said(Says.ERROR, "NullPointerException", status=500)), (LIKELY, story(client(status=500), through(500)))],
    "server-overloaded": [(LIKELY, story(client(status=503), through(503)))],
    "engineio-parameter-missing": [(LIKELY, said(Says.ENGINEIO_TRANSPORT, "Transport unknown"))],
    "engineio-version-mismatch": [(LIKELY, said(Says.ENGINEIO_VERSION, "Unsupported protocol version"))],
    "engineio-session-unknown": [(LIKELY, said(Says.ENGINEIO_SESSION, "Session ID unknown"))],
    "accept-key-wrong": [(LIKELY, story(meant(), client(Says.ACCEPT_KEY, "Incorrect 'Sec-WebSocket-Accept' header value")))],
    "closed-after-accept": [(LIKELY, story(access(101, took=0.2, **THROUGH), server(101, close_code=1011)))],
    "idle-timeout": [
        (LIKELY, story(access(101, took=60.1, **THROUGH), nginx_error(Says.IDLE, "upstream timed out while proxying upgraded connection"))),
        (POSSIBLE, story(access(101, took=60.1, **THROUGH))),
    ],
    "token-missing": [
        (LIKELY, said(Says.TOKEN_MISSING, "Authorization header present: false", status=401)),
        (LIKELY, story(client(status=401), through(401, headers={"authorization": ""}))),
        (LIKELY, story(client(Says.TOKEN_MISSING, "❌ No token found", status=401), server(401))),
    ],
    "token-in-wrong-place": [
        (LIKELY, story(client(status=401), server(401, Says.TOKEN_MISSING, "no token", path=f"{PATH}?access_token=[token 9f2c]"))),
    ],
    "token-user-unknown": [(LIKELY, said(Says.TOKEN_USER, "user not found", status=401))],
    "token-lacks-permission": [
        (LIKELY, said(Says.PERMISSION, "insufficient scope", status=403)),
        (POSSIBLE, story(client(status=403), server(403, user="42"))),
    ],
    "credentials-refused": [
        (LIKELY, story(client(status=401), through(401), server(401, headers=asking()))),
        (POSSIBLE, story(client(status=401), through(401))),  # they may have been lost on the way
    ],
}  # fmt: skip

FIRING |= {
    f"token-{flaw.value.removeprefix('token-')}": [
        (LIKELY, said(says, f"JWT: {flaw.value}", status=401)),
        (LIKELY, story(client(status=401), through(401), server(401, flaws=(flaw,)))),
        (POSSIBLE, story(client(status=404), through(404), server(404, flaws=(flaw,)))),
    ]
    for flaw, says in {
        Flaw.EXPIRED: Says.TOKEN_EXPIRED,
        Flaw.NOT_YET_VALID: Says.TOKEN_NOT_YET_VALID,
        Flaw.SIGNATURE: Says.TOKEN_SIGNATURE,
        Flaw.ALGORITHM: Says.TOKEN_ALGORITHM,
        Flaw.KEY: Says.TOKEN_KEY,
        Flaw.AUDIENCE: Says.TOKEN_AUDIENCE,
        Flaw.ISSUER: Says.TOKEN_ISSUER,
        Flaw.MALFORMED: Says.TOKEN_MALFORMED,
    }.items()
}
BY_CONFIGURATION = {"config-not-loaded"}  # needs a configuration beside the logs: test_config_not_loaded.py

# The nearest story of another cause, in which this one must keep silent.
SOUND_401 = story(meant(), client(status=401), through(401, **UPGRADES), server(401, headers=asking()))
REFUSED = story(meant(), client(Says.REFUSED, "Connection refused"))
REACHED = story(
    meant(), client(status=404), through(404, **UPGRADES, scheme="https"), server(404, headers=asking())
)
UPSTREAM_DOWN = story(
    client(status=502), access(502, 157), nginx_error(Says.UPSTREAM_REFUSED, "connect() failed (111)")
)
OWN_403 = story(
    client(status=403), access(403, 153, **OWN), nginx_error(Says.ADDRESS, "access forbidden by rule")
)
OWN_404 = story(client(status=404), access(404, 153, **OWN))
PLAIN_TO_TLS = FIRING["plaintext-to-tls-port"][0][1]
INNER_PLAIN = FIRING["upstream-scheme-mismatch"][1][1]

INNOCENT: dict[str, Story] = dict.fromkeys((c.slug for c in CAUSES), WORKS) | {
    slug: REACHED
    for slug in BY_SLUG
    if BY_SLUG[slug].hop in {Hop.NETWORK, Hop.TLS, Hop.CDN}
    or slug.startswith(("upgrade-", "connection-", "websocket-"))
}
INNOCENT |= {slug: SOUND_401 for slug in BY_SLUG if BY_SLUG[slug].hop is Hop.PROXY}
INNOCENT |= {slug: PLAIN_TO_TLS for slug in BY_SLUG if BY_SLUG[slug].hop in {Hop.SERVER, Hop.AUTH}}
INNOCENT |= {
    "plaintext-to-tls-port": INNER_PLAIN,
    "upstream-timeout": UPSTREAM_DOWN,
    "upstream-name-unresolved": UPSTREAM_DOWN,
    "proxy-asks-own-credentials": OWN_403,
    "proxy-limits-rate": OWN_404,
    "credentials-refused": OWN_403,
    "token-missing": SOUND_401,
    "route-not-websocket": REACHED,
    "server-error": REACHED,
    "redirected": REACHED,
    "proxy-serves-fallback-page": REACHED,
}


def test_every_cause_reads_logs_or_says_why_not():
    without = {cause.slug for cause in CAUSES if cause.read is None}
    assert without == set(NOT_BY_LOGS)
    assert set(FIRING) | BY_CONFIGURATION == set(BY_SLUG) - without


@pytest.mark.parametrize(
    ("slug", "certainty", "told"),
    [
        pytest.param(slug, *case, id=f"{slug}-{n}")
        for slug, cases in FIRING.items()
        for n, case in enumerate(cases)
    ],
)
def test_a_story_of_it_is_found(slug, certainty, told):
    ruling = BY_SLUG[slug].read(evidence(told), told)
    assert isinstance(ruling, Supported), ruling
    assert ruling.certainty is certainty
    assert ruling.facts


@pytest.mark.parametrize(("slug", "told"), [(s, case[1]) for s, cases in FIRING.items() for case in cases])
def test_every_fact_cites_a_record(slug, told):
    places = {str(entry.place) for entry in told.entries}
    for fact in BY_SLUG[slug].read(evidence(told), told).facts:
        assert fact.source in places
        assert ":" in fact.source


@pytest.mark.parametrize("slug", sorted(set(BY_SLUG) - set(NOT_BY_LOGS)))
def test_it_keeps_silent_on_another_fault(slug):
    told = INNOCENT[slug]
    assert not isinstance(BY_SLUG[slug].read(evidence(told), told), Supported)


@pytest.mark.parametrize("cause", [c for c in CAUSES if c.read], ids=lambda c: c.slug)
def test_none_is_found_where_the_handshake_works(cause):
    assert not isinstance(cause.read(evidence(WORKS), WORKS), Supported)


@pytest.mark.parametrize(
    "slug",
    [s for s in BY_SLUG if BY_SLUG[s].hop in {Hop.PROXY, Hop.SERVER, Hop.AUTH} and s not in NOT_BY_LOGS],
)
def test_nothing_behind_a_refused_connection_is_blamed(slug):
    assert not isinstance(BY_SLUG[slug].read(evidence(REFUSED), REFUSED), Supported)


# ---- what counts, and what does not


def test_what_a_client_meant_is_no_evidence_of_the_wire():
    told = story(meant(headers={"upgrade": ""}, whole=True, version="HTTP/1.0", method="POST"))
    for slug in ("upgrade-header-missing", "http-version-too-old", "method-not-get"):
        assert not isinstance(BY_SLUG[slug].read(evidence(told), told), Supported)


@pytest.mark.parametrize("key", ["[key 5f2c]", "ab[token dfca]=="])
def test_a_key_that_was_redacted_is_not_judged(key):
    told = story(server(400, headers=asking(x_forwarded_for="", sec_websocket_key=key)))
    assert not isinstance(BY_SLUG["websocket-key-invalid"].read(evidence(told), told), Supported)


def test_a_bare_400_of_a_server_may_have_any_reason():
    told = story(meant(), client(status=400), through(400, size=21))
    assert not [c.slug for c in CAUSES if c.read and isinstance(c.read(evidence(told), told), Supported)]


def test_a_server_that_saw_http_1_0_does_not_know_whether_client_or_proxy_spoke_so():
    alone = story(server(400, version="HTTP/1.0"))
    for slug in ("http-version-too-old", "proxy-speaks-http-1.0"):
        ruling = BY_SLUG[slug].read(evidence(alone), alone)
        assert isinstance(ruling, Supported)
        assert ruling.certainty is POSSIBLE
    behind = story(server(400, headers={**asking(), "x-forwarded-for": "203.0.113.9"}, version="HTTP/1.0"))
    assert BY_SLUG["http-version-too-old"].read(evidence(behind), behind) is None
    assert BY_SLUG["proxy-speaks-http-1.0"].read(evidence(behind), behind).certainty is LIKELY


def test_what_apache_lacks_is_mended_in_apache():
    told = story(
        access(500),
        nginx_error(Says.NO_LIBRARY, "AH01144: No protocol handler was valid for the URL /ws (scheme 'ws')"),
    )
    ruling = BY_SLUG["server-lacks-websocket-support"].read(evidence(told), told)
    assert ruling.certainty is LIKELY
    assert ruling.remedy.applies is Hop.PROXY


def test_two_proxies_leave_open_which_of_them_was_asked_plainly():
    outer, inner = access(400, 255), access(400, 255)
    inner = replace(inner, place=Place("inner/access.log", 1))
    told = story(client(status=400), outer, inner, PLAIN)
    for slug in ("plaintext-to-tls-port", "upstream-scheme-mismatch"):
        ruling = BY_SLUG[slug].read(evidence(told), told)
        assert isinstance(ruling, Supported)
        assert ruling.certainty is POSSIBLE


def test_a_browser_that_spoke_tls_did_not_speak_plainly():
    spoke = replace(client(status=400, scheme="wss", path=PATH), software="chromium")
    told = story(spoke, access(400, 255), PLAIN)
    assert isinstance(BY_SLUG["plaintext-to-tls-port"].read(evidence(told), told), RuledOut)
    ruling = BY_SLUG["upstream-scheme-mismatch"].read(evidence(told), told)
    assert isinstance(ruling, Supported)
    assert "a browser spoke TLS" in ruling.facts[-1].text
    assert evidence(told).target.url.startswith("wss://")


def test_a_page_as_long_as_nginxs_own_is_hardly_the_servers():
    told = story(client(status=401), access(401, 179))
    found = {c.slug for c in CAUSES if c.read and isinstance(c.read(evidence(told), told), Supported)}
    assert found == {"proxy-asks-own-credentials", "proxy-subrequest-refused"}


def test_a_silence_counts_only_where_it_is_sure():
    sure = story(client(status=400), access(400), silent=(silence(),))
    unsure = story(client(status=400), access(400), silent=(silence(sure=False),))
    drops = BY_SLUG["proxy-drops-upgrade-headers"]
    assert isinstance(drops.read(evidence(sure), sure), RuledOut)
    assert isinstance(drops.read(evidence(unsure), unsure), Supported)


def test_a_server_that_saw_the_upgrade_clears_the_proxy():
    told = story(client(status=404), through(404), server(404, headers=asking()))
    for slug in ("proxy-drops-upgrade-headers", "proxy-garbles-upgrade-headers"):
        assert isinstance(BY_SLUG[slug].read(evidence(told), told), RuledOut)


def test_a_proxy_that_asked_no_server_clears_the_server():
    told = story(client(status=400), access(400, 157, **OWN))
    for cause in CAUSES:
        if cause.hop in {Hop.SERVER, Hop.AUTH} and cause.read:
            assert not isinstance(cause.read(evidence(told), told), Supported)


def test_a_token_that_was_accepted_is_cleared():
    told = story(client(status=404), through(404), server(404, user="42"))
    ruling = BY_SLUG["token-expired"].read(evidence(told), told)
    assert isinstance(ruling, RuledOut)
    assert "accepted" in ruling.why


def test_nginx_502_of_its_own_is_no_answer_of_the_server():
    told = UPSTREAM_DOWN
    assert not isinstance(BY_SLUG["server-error"].read(evidence(told), told), Supported)


def test_a_server_that_says_what_it_refuses_is_not_silent_about_it():
    told = story(client(status=401), through(401), server(401, Says.TOKEN_USER, "user not found"))
    assert isinstance(BY_SLUG["credentials-refused"].read(evidence(told), told), RuledOut)


def test_a_token_that_the_proxy_saw_and_the_server_misses_is_lost_between_them():
    none = server(401, Says.TOKEN_MISSING, "Authorization header present: false")
    told = story(client(status=401), through(401, headers={"authorization": "Bearer [token 9f2c]"}), none)
    ruling = BY_SLUG["proxy-strips-authorization"].read(evidence(told), told)
    assert isinstance(ruling, Supported)
    assert ruling.certainty is LIKELY
    assert isinstance(BY_SLUG["token-missing"].read(evidence(told), told), RuledOut)


def test_a_contradiction_is_a_fact_of_the_plain_request():
    entry = meant()
    told = story(
        entry,
        client(status=400),
        PLAIN,
        contradictions=(Contradiction("the client logs wss, nginx saw plain HTTP", entry),),
    )
    facts = BY_SLUG["plaintext-to-tls-port"].read(evidence(told), told).facts
    assert any("the client logs wss" in fact.text for fact in facts)


def test_a_close_with_a_code_of_credentials_is_theirs():
    ended = server(None, close_code=4401, line=2)
    told = story(access(101, took=0.1, **THROUGH), server(101), ended)
    ruling = BY_SLUG["credentials-refused"].read(evidence(told), told)
    assert isinstance(ruling, Supported)
    assert "4401" in ruling.facts[0].text
