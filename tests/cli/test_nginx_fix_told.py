"""`ws101 nginx fix`: what is told as JSON and as a diff, what is wrong with what was asked, and that no secret is shown."""

import subprocess

import pytest
from jsonschema import Draft202012Validator

from cli.nginx_fixing import SCHEMA, SITE, SYSTEM, URL, fix, main_of, needs_nginx, told_as_json
from ws101.cli import run


def test_the_diff_alone_is_for_patch(site, capsys):
    assert fix(main_of(site), "--diff", "--no-sandbox") == 1
    shown = capsys.readouterr().out
    done = subprocess.run(
        ["patch", "-p1", "-d", "/", "--dry-run"], input=shown, capture_output=True, text=True, check=False
    )
    assert shown.startswith("--- a/")
    assert done.returncode in {0, 1}


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
