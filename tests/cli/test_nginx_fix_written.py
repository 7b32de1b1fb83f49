"""`ws101 nginx fix`: what is written where, what is kept of what was there, and what is left alone."""

import os
import stat
import subprocess
import sys

import pytest

from cli.nginx_fixing import SITE, URL, fix, fussy, main_of, needs_nginx, told_as_json
from ws101.cli import run


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


@needs_nginx
def test_below_a_root_this_machines_nginx_is_not_the_one_that_is_meant(tmp_path, capsys):
    directory = tmp_path / "etc" / "nginx"
    directory.mkdir(parents=True)
    (directory / "nginx.conf").write_text(
        "http { server { listen 80; location / { proxy_pass http://a; } } }\n"
    )
    run(["nginx", "fix", str(tmp_path), "--root", str(tmp_path), "--url", "ws://a/", "--no-sandbox"])
    assert "any version of nginx" in capsys.readouterr().out
