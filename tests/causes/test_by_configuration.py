"""Each cause that a configuration can show: the line that it names, and the configuration at which it keeps silent."""

from typing import NamedTuple

import pytest

from causes.building import make_answer, make_attempt, make_evidence, make_request, make_sending
from causes.configuring import LINES, PASS, SOUND, configured, only, whole
from causes.recorded import recorded
from ws101.attempt import Aftermath, Ending, Layer
from ws101.cause import RuledOut, Supported
from ws101.causes import BY_SLUG, CAUSES
from ws101.evidence import Evidence
from ws101.handshake.answer import Answer
from ws101.terms import Certainty

NO_UPGRADE = make_answer(426, "missing Connection header.")
FORBIDDEN, UNAUTHORISED, NOT_FOUND = recorded("nginx-403"), make_answer(401), make_answer(404)
BEARER = ("Authorization", "Bearer opaque-1f0c9d")
BASIC_WANTED = make_answer(401, headers={"WWW-Authenticate": "Basic realm=x"})


class Case(NamedTuple):
    """A configuration in which the cause is found, the text of the line, and the answer; then one that is innocent."""

    slug: str
    inside: str
    blamed: str
    answer: Answer = NO_UPGRADE
    innocent: str = SOUND
    target: str = "/ws"
    fields: tuple[tuple[str, str], ...] = ()
    tls: bool = True
    listen: str = "443 ssl"
    more: str = ""
    version: tuple[int, ...] = (1, 31, 0)


def _in(location: str, *lines: str) -> str:
    return f"location {location} {{\n" + "\n".join(lines) + "\n}\n"


CASES = (
    Case("proxy-drops-upgrade-headers", _in("/", PASS), "proxy_pass http"),
    Case("proxy-drops-upgrade-headers", _in("/", "proxy_http_version 1.1;", PASS), "proxy_pass http"),
    # As written for keepalive: a Connection that is blanked takes nothing from an Upgrade that nobody passes on.
    Case(
        "proxy-drops-upgrade-headers",
        _in("/", "proxy_http_version 1.1;", 'proxy_set_header Connection "";', PASS),
        "proxy_pass http",
    ),
    Case(
        "proxy-drops-upgrade-headers",
        _in("/", LINES.replace("$http_upgrade", '""'), PASS),
        'proxy_set_header Upgrade "";',
    ),
    Case(
        "proxy-garbles-upgrade-headers",
        _in("/", LINES.replace("$http_upgrade", "http_upgrade"), PASS),
        "proxy_set_header Upgrade http_upgrade;",
    ),
    Case(
        "proxy-garbles-upgrade-headers",
        _in("/", LINES.replace("$connection_upgrade", "close"), PASS),
        "proxy_set_header Connection close;",
    ),
    Case(
        "proxy-garbles-upgrade-headers",
        _in("/", LINES, 'proxy_set_header Sec-WebSocket-Key "";', PASS),
        "proxy_set_header Sec-WebSocket-Key",
    ),
    Case(
        "proxy-header-inheritance-lost",
        LINES + _in("/", "proxy_set_header X-Real-IP $remote_addr;", PASS),
        "proxy_set_header X-Real-IP",
    ),
    Case("proxy-speaks-http-1.0", _in("/", LINES.replace("1.1", "1.0"), PASS), "proxy_http_version 1.0;"),
    Case(
        "proxy-speaks-http-1.0",
        _in("/", LINES.replace("proxy_http_version 1.1;", ""), PASS),
        "proxy_pass http",
        version=(1, 22, 1),
    ),
    Case(
        "proxy-strips-authorization",
        _in("/", LINES, 'proxy_set_header Authorization "";', PASS),
        "proxy_set_header Authorization",
        UNAUTHORISED,
        fields=(BEARER,),
    ),
    Case(
        "proxy-strips-authorization",
        SOUND,
        "proxy_pass http",
        UNAUTHORISED,
        "underscores_in_headers on;" + SOUND,
        fields=(("Access_Token", "opaque-1f0c9d"),),
    ),
    Case(
        "proxy-strips-query",
        _in("/", LINES, "proxy_pass http://127.0.0.1:9000$uri;"),
        "proxy_pass http://127.0.0.1:9000$uri;",
        UNAUTHORISED,
        target="/ws?token=opaque-1f0c9d",
    ),
    Case(
        "proxy-rewrites-path",
        _in("/ws", LINES, "proxy_pass http://127.0.0.1:9000/;"),
        "proxy_pass",
        NOT_FOUND,
    ),
    Case(
        "proxy-rewrites-path",
        _in("/ws", LINES, "rewrite ^/ws$ /socket break;", PASS),
        "rewrite ^/ws$ /socket break;",
        NOT_FOUND,
    ),
    Case(
        "proxy-rewrites-host",
        _in("/", LINES.replace("$http_host", "app"), PASS),
        "proxy_set_header Host app;",
    ),
    Case(
        "proxy-rewrites-host",
        _in("/", LINES.replace("proxy_set_header Host $http_host;", ""), PASS),
        "proxy_pass http",
    ),
    Case(
        "proxy-forwarded-proto-wrong",
        _in("/", LINES, "proxy_set_header X-Forwarded-Proto http;", PASS),
        "proxy_set_header X-Forwarded-Proto http;",
        make_answer(301, headers={"Location": "https://ws101.test/ws"}),
        _in("/", LINES, "proxy_set_header X-Forwarded-Proto $scheme;", PASS),
    ),
    Case(
        "proxy-routes-elsewhere",
        "if ($http_user_agent = '') {\nreturn 403;\n}" + SOUND,
        "return 403;",
        FORBIDDEN,
        innocent="if ($http_user_agent = x) {\nreturn 403;\n}" + SOUND,
    ),
    Case(
        "proxy-routes-elsewhere",
        _in("/", LINES, PASS, 'if ($http_upgrade = "WebSocket") { proxy_pass http://127.0.0.1:9001; }'),
        "if ($http_upgrade",
        make_answer(404),
    ),
    Case(
        "proxy-routes-elsewhere",
        SOUND + _in("~ ^/ws", "root /srv;"),
        "location ~ ^/ws",
        NOT_FOUND,
    ),
    Case(
        "proxy-routes-elsewhere",
        SOUND + _in("/w", "proxy_pass http://127.0.0.1:9001;"),
        "location /w",
    ),
    Case(
        "proxy-default-server",
        SOUND.replace("/ {", "/x {"),
        "server",
        NOT_FOUND,
        more="server { listen 443 ssl default_server; server_name other.test; return 404; }",
    ),
    Case(
        "proxy-restricts-method",
        _in("/", LINES, PASS, "limit_except POST { deny all; }"),
        "limit_except POST",
        FORBIDDEN,
    ),
    Case(
        "proxy-restricts-method",
        _in("/", "if ($request_method = GET) { return 405; }", LINES, PASS),
        "if ($request_method = GET)",
        make_answer(405),
    ),
    Case("proxy-denies-address", _in("/", LINES, PASS, "deny 127.0.0.1;"), "deny 127.0.0.1;", FORBIDDEN),
    Case("proxy-denies-address", "deny all;" + SOUND, "deny all;", FORBIDDEN),
    Case(
        "proxy-asks-own-credentials",
        _in("/", LINES, PASS, "auth_basic x;", "auth_basic_user_file users;"),
        "auth_basic x;",
        BASIC_WANTED,
    ),
    Case(
        "proxy-subrequest-refused",
        _in("/", LINES, PASS, "auth_request /auth;"),
        "auth_request /auth;",
        FORBIDDEN,
    ),
    Case(
        "proxy-limits-rate", _in("/", LINES, PASS, "limit_req zone=z;"), "limit_req zone=z;", make_answer(503)
    ),
    Case(
        "proxy-limits-rate",
        _in("/", LINES, PASS, "limit_conn z 1;", "limit_conn_status 429;"),
        "limit_conn z 1;",
        make_answer(429),
    ),
    Case(
        "request-header-too-large",
        "large_client_header_buffers 4 1k;" + SOUND,
        "large_client_header_buffers 4 1k;",
        make_answer(400),
        fields=(("X-Long", "x" * 2000),),
    ),
    Case(
        "request-header-too-large",
        SOUND,
        "server",
        make_answer(400),
        "large_client_header_buffers 4 16k;" + SOUND,
        fields=(("X-Long", "x" * 9000),),
    ),
    Case(
        "upstream-scheme-mismatch",
        _in("/", LINES, "proxy_pass http://127.0.0.1:8443;"),
        "proxy_pass",
        recorded("nginx-502"),
    ),
    Case(
        "upstream-scheme-mismatch",
        _in("/", LINES, "proxy_pass https://127.0.0.1:80;"),
        "proxy_pass",
        recorded("nginx-502"),
    ),
    Case(
        "upstream-name-unresolved",
        "set $backend app.internal;" + _in("/", LINES, "proxy_pass http://$backend;"),
        "proxy_pass http://$backend;",
        recorded("nginx-502"),
    ),
    Case(
        "proxy-protocol-mismatch",
        SOUND,
        "listen 443 ssl proxy_protocol;",
        make_answer(400),
        listen="443 ssl proxy_protocol",
    ),
    Case(
        "redirected",
        "return 301 https://ws101.test/ws;",
        "return 301",
        make_answer(301, headers={"Location": "https://x/"}),
    ),
    Case("plaintext-to-tls-port", SOUND, "listen 80 ssl;", make_answer(400), tls=False, listen="80 ssl"),
    Case(
        "proxy-serves-fallback-page",
        _in("/", "root /srv;", "try_files $uri /index.html;"),
        "try_files",
        make_answer(200),
    ),
    Case(
        "proxy-serves-fallback-page",
        "error_page 401 =200 /index.html;" + _in("/", LINES, "proxy_intercept_errors on;", PASS),
        "error_page 401 =200",
        make_answer(200),
    ),
    Case(
        "origin-rejected",
        _in("/", LINES, "proxy_set_header Origin https://app.internal;", PASS),
        "proxy_set_header Origin",
        FORBIDDEN,
        fields=(("Origin", "https://ws101.test"),),
    ),
    Case(
        "subprotocol-mismatch",
        _in("/", LINES, "proxy_set_header Sec-WebSocket-Protocol chat;", PASS),
        "proxy_set_header Sec-WebSocket-Protocol",
        make_answer(101),
        fields=(("Sec-WebSocket-Protocol", "mqtt"),),
    ),
    Case(
        "subprotocol-mismatch",
        _in("/", LINES, "proxy_hide_header Sec-WebSocket-Protocol;", PASS),
        "proxy_hide_header",
        make_answer(101),
    ),
    Case(
        "extension-mismatch",
        _in("/", LINES, "proxy_set_header Sec-WebSocket-Extensions permessage-deflate;", PASS),
        "proxy_set_header Sec-WebSocket-Extensions",
        make_answer(101),
    ),
    Case(
        "accept-key-wrong",
        _in("/", LINES, "proxy_set_header Sec-WebSocket-Key dGhlIHNhbXBsZSBub25jZQ==;", PASS),
        "proxy_set_header Sec-WebSocket-Key",
        make_answer(101),
        fields=(("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEA=="),),
    ),
    Case(
        "server-distrusts-proxy",
        _in("/", LINES, "proxy_set_header X-Forwarded-For $remote_addr;", PASS),
        "proxy_set_header X-Forwarded-For",
        make_answer(400),
    ),
    Case(
        "engineio-session-unknown",
        _in("/", LINES, "proxy_pass http://apps;"),
        "upstream apps",
        make_answer(400),
        _in("/", LINES, "proxy_pass http://sticky;"),
        more="upstream apps { server 10.0.0.1:1; server 10.0.0.2:1; }\n"
        "upstream sticky { ip_hash; server 10.0.0.1:1; server 10.0.0.2:1; }",
    ),
    Case(
        "method-not-get", _in("/", LINES, "proxy_method POST;", PASS), "proxy_method POST;", make_answer(405)
    ),
    Case("wrong-path", _in("/socket", LINES, PASS), "server", NOT_FOUND),
    Case(
        "client-certificate-required",
        "ssl_verify_client on;" + SOUND,
        "ssl_verify_client on;",
        make_answer(400),
    ),
    Case("config-not-loaded", "return 404;", "return 404;", NO_UPGRADE, "return 426;"),
    Case("config-not-loaded", SOUND, "proxy_pass http", FORBIDDEN, "deny all;" + SOUND),
)


def _evidence(case: Case, inside: str, *, listen: str = "") -> Evidence:
    request = make_request(*case.fields, target=case.target)
    evidence = make_evidence(
        make_attempt(answer=case.answer, sending=make_sending(request, tls=case.tls)),
        {"malformed-host": make_answer(400)},
    )
    if case.slug == "proxy-strips-authorization":
        evidence = _with_token(evidence)
    text = whole(inside, listen=listen or case.listen, more=case.more)
    if case.slug == "proxy-default-server" and inside is not case.innocent:
        text = text.replace("server_name ws101.test;", "server_name third.test;")
    return configured(evidence, text, version=case.version)


def _with_token(evidence: Evidence) -> Evidence:
    from msgspec.structs import replace

    from ws101.tokens.read import read

    assert evidence.baseline
    return replace(evidence, token=read(evidence.baseline.sending.request, None, None, 1.8e9, None, None))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}:{case.blamed}")
def test_the_line_is_named(case: Case) -> None:
    evidence = _evidence(case, case.inside)
    inspect = BY_SLUG[case.slug].inspect
    assert inspect is not None
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert ruling.lines[0].directive.text.startswith(case.blamed)
    assert ruling.facts[0].source.startswith("nginx.conf:")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}:{case.blamed}")
def test_a_sound_configuration_is_not_blamed(case: Case) -> None:
    listen = {"proxy-protocol-mismatch": "443 ssl", "plaintext-to-tls-port": "80"}.get(case.slug, "")
    evidence = _evidence(case, case.innocent, listen=listen)
    inspect = BY_SLUG[case.slug].inspect
    assert inspect is not None
    ruling = inspect(evidence, only(evidence))
    shown = isinstance(ruling, Supported) and (ruling.shown or ruling.joins)
    assert not shown, ruling


def test_every_cause_that_a_configuration_can_show_has_a_case() -> None:
    adding = {"upstream-refused", "upstream-timeout"}  # these add a line to what the wire shows, and no more
    adding |= {slug for slug in BY_SLUG if slug.startswith("certificate-")}
    elsewhere = {
        "closed-without-answer", "idle-timeout", "port-refused", "server-name-unrecognised", "tls-to-plaintext-port",
        "tls-version-unsupported", "upgrade-lost-on-the-way-back",
    }  # fmt: skip
    assert {case.slug for case in CASES} | adding | elsewhere == {
        c.slug for c in CAUSES if c.inspect is not None
    }


@pytest.mark.parametrize(
    ("line", "cut", "found"),
    [
        ("proxy_read_timeout 5s;", 5.2, True),
        ("", 60.4, True),
        ("proxy_read_timeout 1h;", 60.4, False),
        ("proxy_read_timeout soon;", 5.0, False),
    ],
)
def test_a_time_out_as_long_as_the_silence(line: str, cut: float, *, found: bool) -> None:
    attempt = make_attempt(answer=make_answer(101), aftermath=Aftermath(watched=90, closed_after=cut))
    evidence = configured(make_evidence(attempt), whole(_in("/", LINES, line, PASS)))
    inspect = BY_SLUG["idle-timeout"].inspect
    assert inspect
    assert isinstance(inspect(evidence, only(evidence)), Supported) is found


def test_tls_to_a_port_that_speaks_none() -> None:
    evidence = configured(
        make_evidence(make_attempt(ending=Ending.TLS_FAILED, sending=make_sending(port=80))),
        whole(SOUND, listen="80"),
    )
    inspect = BY_SLUG["tls-to-plaintext-port"].inspect
    assert inspect
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert ruling.lines[0].directive.text == "listen 80;"


@pytest.mark.parametrize("slug", ["upstream-refused", "upstream-timeout"])
def test_a_line_that_only_adds_to_what_the_wire_shows(slug: str) -> None:
    evidence = configured(make_evidence(make_attempt(answer=recorded("nginx-504"))), whole(SOUND))
    inspect = BY_SLUG[slug].inspect
    assert inspect
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert (ruling.shown, ruling.joins, ruling.certainty) == (False, False, Certainty.POSSIBLE)


def _ended(
    ending: Ending, inside: str, *, layer: Layer = Layer.TLS, listen: str = "443 ssl", port: int = 443
) -> Evidence:
    attempt = make_attempt(ending=ending, layer=layer, sending=make_sending(port=port, tls=True))
    return configured(make_evidence(attempt), whole(inside, listen=listen))


@pytest.mark.parametrize(
    ("slug", "ending", "layer", "inside", "blamed"),
    [
        ("tls-version-unsupported", Ending.TLS_FAILED, Layer.TLS, "ssl_protocols TLSv1.3;", "ssl_protocols"),
        ("server-name-unrecognised", Ending.TLS_FAILED, Layer.TLS, "ssl_reject_handshake on;", "ssl_reject_handshake"),
        ("closed-without-answer", Ending.CLOSED, Layer.HTTP, "return 444;", "return 444;"),
    ],
)  # fmt: skip
def test_a_line_that_ends_the_connection(
    slug: str, ending: Ending, layer: Layer, inside: str, blamed: str
) -> None:
    inspect = BY_SLUG[slug].inspect
    assert inspect
    evidence = _ended(ending, inside, layer=layer)
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert ruling.lines[0].directive.text.startswith(blamed)
    sound = _ended(ending, SOUND, layer=layer)
    assert inspect(sound, only(sound)) is None


def test_a_port_that_no_line_names() -> None:
    inspect = BY_SLUG["port-refused"].inspect
    assert inspect
    evidence = _ended(Ending.REFUSED, SOUND, layer=Layer.TCP, listen="8443 ssl")
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert (ruling.lines[0].directive.text, ruling.joins) == ("listen 8443 ssl;", True)
    named = _ended(Ending.REFUSED, SOUND, layer=Layer.TCP)
    assert inspect(named, only(named)) is None


@pytest.mark.parametrize("slug", sorted(slug for slug in BY_SLUG if slug.startswith("certificate-")))
def test_the_file_of_a_certificate_is_named_and_not_judged(slug: str) -> None:
    inspect = BY_SLUG[slug].inspect
    assert inspect
    evidence = _ended(Ending.TLS_FAILED, "ssl_certificate /etc/site.pem;" + SOUND)
    ruling = inspect(evidence, only(evidence))
    assert isinstance(ruling, Supported)
    assert ruling.lines[0].directive.text == "ssl_certificate /etc/site.pem;"
    assert (ruling.shown, ruling.joins, ruling.certainty) == (False, False, Certainty.POSSIBLE)
    bare = _ended(Ending.TLS_FAILED, SOUND)
    assert inspect(bare, only(bare)) is None


def test_another_configuration_clears_its_siblings() -> None:
    evidence = configured(make_evidence(make_attempt(answer=NO_UPGRADE)), whole(_in("/", PASS)))
    for slug in ("proxy-garbles-upgrade-headers", "proxy-header-inheritance-lost", "proxy-speaks-http-1.0"):
        inspect = BY_SLUG[slug].inspect
        assert inspect
        assert isinstance(inspect(evidence, only(evidence)), RuledOut)


# Why no configuration of nginx shows the others.
NOT_SHOWN = {
    "the network before nginx": {"host-not-found", "port-unreachable", "one-address-broken", "forward-proxy-in-the-way"},
    "what the client sends or trusts": {
        "client-trusts-wrong-certificate", "upgrade-header-missing", "connection-header-lacks-upgrade", "websocket-key-invalid",
        "websocket-version-unsupported", "http-version-too-old", "header-duplicated", "header-malformed", "body-on-upgrade",
    },
    "HTTP/2, over which no handshake is followed through a configuration": {"upgrade-sent-over-http2"},
    "an edge that is no nginx of the user's": {
        "cdn-refused", "cdn-websockets-off", "cdn-cannot-reach-origin", "cdn-origin-tls-failed",
    },
    "its lines are named as proxy-default-server": {"wrong-host-header"},
    "its lines are named as proxy-rewrites-host": {"server-rejects-host"},
    "another program than nginx": {"wrong-service-on-port"},
    "the application": {
        "route-not-found", "route-not-websocket", "server-lacks-websocket-support", "server-error", "server-overloaded",
        "engineio-parameter-missing", "engineio-version-mismatch", "closed-after-accept",
    },
    "the token, or who judges it; a field that nginx loses is proxy-strips-authorization": {
        "token-missing", "token-malformed", "token-in-wrong-place", "token-expired", "token-not-yet-valid", "token-signature-invalid",
        "token-algorithm-refused", "token-key-unknown", "token-audience-wrong", "token-issuer-wrong", "token-user-unknown",
        "token-lacks-permission", "credentials-refused",
    },
}  # fmt: skip


def test_why_no_configuration_shows_the_others() -> None:
    told = [slug for slugs in NOT_SHOWN.values() for slug in slugs]
    assert len(told) == len(set(told))
    assert set(told) == {cause.slug for cause in CAUSES if cause.inspect is None}


@pytest.mark.parametrize(
    ("taken", "other", "told"),
    [
        ("/", "~ /ws$", True),
        ("/", "~ /chat$", True),
        ("/ws/", "~ /chat$", False),
    ],
)
def test_a_location_that_would_pass_the_upgrade_on_and_does_not_fit_is_named(taken, other, told):
    inside = _in(taken, "proxy_pass http://127.0.0.1:9001;") + _in(other, LINES, PASS)
    attempt = make_attempt(answer=make_answer(404), sending=make_sending(make_request(target="/ws/x")))
    evidence = configured(make_evidence(attempt), whole(inside))
    found = BY_SLUG["proxy-drops-upgrade-headers"].inspect(evidence, only(evidence))
    assert [line.directive.name for line in found.lines] == ["proxy_pass", *(["location"] if told else [])]
