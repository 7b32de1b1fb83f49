"""`ws101 nginx fix`: what is repaired, by which edits, and what is offered, ruled out or left."""

import pytest

from cli.nginx_fixing import SITE, fix, main_of, needs_nginx, told_as_json


@needs_nginx
def test_a_repair_is_shown_with_its_radius_and_its_proof(site, capsys):
    assert fix(main_of(site)) == 1
    said = capsys.readouterr().out
    assert "+        proxy_set_header Upgrade $http_upgrade;" in said
    assert "No other location sends or answers anything else." in said
    assert "before  426" in said
    assert "after   101" in said
    assert "Proven: with the diff the handshake gets its 101" in said
    assert "Nothing was written. --apply writes it." in said
    assert site.read_text() == SITE


@needs_nginx
def test_what_else_changes_is_named(site, capsys):
    site.write_text(
        SITE.replace(
            "    location /ws",
            '    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection "x";\n    location /ws',
        )
    )
    assert fix(main_of(site)) == 1
    said = capsys.readouterr().out
    assert "It also changes 1 location:" in said
    assert "/api" in said
    assert "Connection, for" in said


@needs_nginx
def test_a_client_comes_from_where_it_is_said_to(site, capsys):
    site.write_text(
        SITE.replace("    location /ws {\n", "    allow 10.0.0.0/8;\n    deny all;\n    location /ws {\n")
    )
    assert fix(main_of(site)) == 1
    assert "--client tells the client's address" in " ".join(capsys.readouterr().out.split())
    assert fix(main_of(site), "--client", "10.1.2.3", "--apply") == 0
    assert "Proven" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "made"),
    [
        ("limit_except POST { deny all; }", "+        limit_except POST GET { deny all; }"),
        ("if ($request_method = GET) { return 405; }", "-        if ($request_method = GET) { return 405; }"),
    ],
)
def test_a_method_is_let_through(site, capsys, lines, made):
    site.write_text(SITE.replace("    location /ws {", f"    location /ws {{\n        {lines}"))
    fix(main_of(site), "--no-sandbox", "--diff")
    assert made not in capsys.readouterr().out
    fix(main_of(site), "--no-sandbox", "--diff", "--unsafe")
    assert made in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "cause", "made"),
    [
        ("deny 192.0.2.7;", "proxy-denies-address", "allow 192.0.2.7; deny 192.0.2.7;"),
        ("auth_basic x; auth_basic_user_file u;", "proxy-asks-own-credentials", "auth_basic off;"),
        ("limit_req zone=z;", "proxy-limits-rate", "limit_req zone=z burst=50 nodelay;"),
        ("limit_req zone=z burst=100 delay=3;", "proxy-limits-rate", "limit_req zone=z burst=200 delay=3;"),
        ("limit_conn z 3;", "proxy-limits-rate", "limit_conn z 30;"),
        ("proxy_intercept_errors on;", "proxy-serves-fallback-page", "proxy_intercept_errors off;"),
    ],
)
def test_a_gate_is_opened_where_its_cause_is_named(site, capsys, lines, cause, made):
    site.write_text(SITE.replace("    location /ws {", f"    location /ws {{\n        {lines}"))
    fix(main_of(site), "--no-sandbox", "--diff", "--client", "192.0.2.7", "--mend", cause)
    assert f"+        {made}" in capsys.readouterr().out


def test_a_named_cause_is_mended(site, capsys):
    assert (
        fix(
            main_of(site), "--no-sandbox", "--diff", "--mend", "idle-timeout", "--mend", "proxy-rewrites-host"
        )
        == 1
    )
    shown = capsys.readouterr().out
    assert "+        proxy_read_timeout 1h;" in shown
    assert "+        proxy_set_header Host $http_host;" in shown


NOT_MENDED = [
    (
        ("server-rejects-host", "proxy-rewrites-host"),
        "its repair would bring back server-rejects-host, which was named before it",
    ),
    (
        ("server-rejects-host", "proxy-default-server"),
        "nothing on this handshake's way is known to need a change for it",
    ),
    (("idle-timeout", "token-expired"), "no change to a configuration of nginx is known to mend it"),
]


@pytest.mark.parametrize(("causes", "why"), NOT_MENDED)
def test_a_named_cause_that_is_not_mended_is_told(site, capsys, causes, why):
    words = [word for cause in causes for word in ("--mend", cause)]
    sentence = f"Not mended: {causes[1]}, for {why}."
    assert fix(main_of(site), "--no-sandbox", *words) == 1
    assert " ".join(capsys.readouterr().out.split()).count(sentence) == 1
    fix(main_of(site), "--no-sandbox", "--diff", *words)
    told = capsys.readouterr()
    assert told.err == f"{sentence}\n"
    assert "Not mended" not in told.out
    fix(main_of(site), "--no-sandbox", "--json", *words)
    assert told_as_json(capsys)["not_mended"] == [{"cause": causes[1], "why": f"for {why}"}]


def test_a_sound_file_is_told_what_it_is_cleared_of_and_what_it_changes_all_the_same(tmp_path, capsys):
    lines = SITE.replace("127.0.0.1:9001;", "127.0.0.1:9001/in/;")
    file = tmp_path / "site.conf"
    file.write_text(lines)
    fix(file, "--no-sandbox", "--apply")
    capsys.readouterr()
    assert fix(file, "--no-sandbox") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No line of this configuration keeps the upgrade from the server." in said
    assert (
        "the server does not get the path as it was sent; if that is what it minds: --mend proxy-rewrites-path"
        in said
    )


def test_a_named_cause_that_needs_no_repair_is_told_beside_a_sound_file(site, capsys):
    fix(main_of(site), "--no-sandbox", "--apply")
    capsys.readouterr()
    assert fix(main_of(site), "--no-sandbox", "--mend", "proxy-default-server") == 0
    said = capsys.readouterr().out
    assert "Nothing to repair." in said
    assert "Not mended: proxy-default-server, for nothing on this handshake's way" in " ".join(said.split())


def test_a_cause_that_another_repair_takes_away_is_mended(site, capsys):
    causes = ("--mend", "proxy-speaks-http-1.0", "--mend", "proxy-drops-upgrade-headers")
    assert fix(main_of(site), "--no-sandbox", *causes) == 1
    assert "Not mended" not in capsys.readouterr().out


def test_doubtful_repairs_are_offered_and_made_on_demand(site, capsys):
    site.write_text(
        SITE.replace(
            "location /api {", "location ~ ^/w {\n        root /x;\n    }\n    location /api {"
        ).replace(
            "        proxy_pass http://127.0.0.1:9001;\n",
            '        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection "upgrade";\n        proxy_pass http://127.0.0.1:9001;\n',
        )
    )
    assert fix(main_of(site), "--no-sandbox") == 1
    assert "--unsafe makes it" in capsys.readouterr().out
    assert fix(main_of(site), "--no-sandbox", "--unsafe", "--diff") == 1
    assert "+    location ^~ /ws {" in capsys.readouterr().out


@needs_nginx
def test_a_variable_that_may_be_defined_elsewhere_is_no_proof(tmp_path, capsys):
    (tmp_path / "site").write_text(
        "server {\n  listen 80;\n  location /ws {\n    proxy_pass http://a;\n    proxy_http_version 1.1;\n"
        "    proxy_set_header Upgrade $http_upgrade;\n    proxy_set_header Connection $connection_upgrade;\n  }\n"
        "  location /cable {\n    proxy_pass http://a;\n  }\n}\n"
    )
    assert fix(tmp_path / "site", url="ws://a/ws") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "but what was not read may define $connection_upgrade" in shown
    assert fix(tmp_path / "site", "--unsafe", url="ws://a/ws") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "Not proven: what was not read may define $connection_upgrade" in shown
    assert "Proven:" not in shown
    assert fix(tmp_path / "site", url="ws://a/cable") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "✓ Proven" in shown
    assert "map $http_upgrade $websocket_connection" in shown


@needs_nginx
def test_why_there_is_no_101_is_told_with_its_line(tmp_path, capsys):
    config = tmp_path / "nginx.conf"
    config.write_text(
        "http { server { listen 80;\n location /a { return 403; }\n"
        " location /b { limit_except POST {\n deny all;\n } proxy_pass http://x; } } }\n"
    )
    assert fix(config, "--no-sandbox", url="ws://h/a") == 1
    shown = capsys.readouterr().out
    assert "nginx itself answers 403 (nginx.conf:2: return 403;)" in shown
    fix(config, url="ws://h/b")
    shown = " ".join(capsys.readouterr().out.split())
    assert "Not proven: with the diff the handshake does not get its 101: nginx itself answers 403" in shown
    assert ":4:denyall;" in shown.replace(" ", "")
    assert "--client" not in shown


@needs_nginx
def test_a_handshake_whose_tls_ends_in_front_of_nginx_is_repaired(tmp_path, capsys):
    (tmp_path / "nginx.conf").write_text(
        "http {\n server {\n  listen 8080;\n  location / {\n   proxy_pass http://a;\n  }\n }\n}\n"
    )
    assert fix(tmp_path / "nginx.conf", url="wss://app.test/ws") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "✓ Proven" in shown
    assert "TLS ends in front of this nginx" in shown


def test_locations_without_their_server_are_told_to_be_named_with_it(tmp_path, capsys):
    (tmp_path / "ws.conf").write_text("location /ws {\n    proxy_pass http://a;\n}\n")
    assert fix(tmp_path / "ws.conf", url="ws://a/ws") == 2
    assert "locations without their server" in capsys.readouterr().err
