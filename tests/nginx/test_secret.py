import pytest

from ws101.nginx.include import Source, assemble
from ws101.nginx.secret import secrets


def found(text: str) -> set[str]:
    return set(secrets(assemble("nginx.conf", lambda name: (Source(name, text),))))


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('proxy_set_header Authorization "Basic YWRtaW46aHVudGVyMg==";', "YWRtaW46aHVudGVyMg=="),
        ("proxy_set_header X-Api-Key k-9f8e7d6c;", "k-9f8e7d6c"),
        ('proxy_set_header Cookie "session=abc123def";', "abc123def"),
        ('set $jwt_secret "s3cret-value";', "s3cret-value"),
        ("fastcgi_param DB_PASSWORD hunter2x;", "hunter2x"),
        ('map $http_x_api_key $ok { default 0; "k-12345678" 1; }', "k-12345678"),
        ('if ($arg_token != "t0ken-of-ours") { return 403; }', "t0ken-of-ours"),
        ("secure_link_secret w0rd-of-ours;", "w0rd-of-ours"),
    ],
)
def test_a_constant_beside_a_secrets_name(line: str, secret: str) -> None:
    assert secret in found(f"http {{ server {{ {line} }} }}")


@pytest.mark.parametrize(
    "line",
    [
        "proxy_set_header Authorization $http_authorization;",
        "proxy_set_header Sec-WebSocket-Key $http_sec_websocket_key;",
        "proxy_set_header X-Real-IP 10.11.12.13;",
        "ssl_certificate_key /etc/ssl/private/host.key;",
        "proxy_cache_key $scheme$host$request_uri;",
        'proxy_set_header Connection "upgrade";',
        "auth_basic_user_file /etc/nginx/passwords;",
        "map $http_upgrade $connection_upgrade { default upgrade; '' close; }",
    ],
)
def test_what_is_none(line: str) -> None:
    assert found(f"http {{ server {{ {line} }} }}") == set()
