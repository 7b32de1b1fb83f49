"""Finds what in a configuration is a secret by the name that it stands beside; takes nothing out of any text."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ws101.nginx.include import Configuration
from ws101.nginx.tree import Directive, walk

_NAME = re.compile(
    r"authorization|cookie|secret|passw|credential|(?:^|[-_$])(?:token|jwt|key|auth|sig|signature|apikey)(?:$|[-_])",
    re.IGNORECASE,
)
_NO_SECRETS = frozenset(
    {"sec-websocket-key", "ssl_certificate_key", "proxy_ssl_certificate_key", "limit_req_zone"}
)
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})|^[~^(]+|[)$]+$")
_LOGIN = re.compile(r"https?://[^/?#@:]*:([^/?#@]+)@")
_SHORTEST = 6  # characters; a shorter constant stands in too many innocent places
_SETTING = frozenset(
    {"proxy_set_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param", "add_header", "set", "more_set_headers",
     "more_set_input_headers", "proxy_cookie_domain", "proxy_cookie_flags"}
)  # fmt: skip
_TELLING = _SETTING | {
    "proxy_pass",
    "secure_link_md5",
    "map",
    "geo",
    "if",
    "secure_link_secret",
    "auth_jwt_key",
}


def secrets(configuration: Configuration) -> Iterator[str]:
    """Yield the constants that a configuration gives to fields and variables, or compares with them, whose name is a secret's."""
    for directive in walk(configuration.main.directives):
        for text in _beside_name(directive):
            yield from _constants(text)


def _beside_name(directive: Directive) -> Iterable[str]:
    name = directive.name.lower()
    if name not in _TELLING and not _secretive(name):
        return ()
    arguments = directive.arguments
    if name == "proxy_pass" and arguments and (login := _LOGIN.match(arguments[0])):
        return (login[1],)
    if name == "secure_link_md5" and arguments:
        return arguments[0].split()
    if name in _SETTING and len(arguments) > 1 and _secretive(arguments[0]):
        return arguments[1:]
    if name in {"map", "geo"} and arguments and _secretive(arguments[0]):
        return (child.name for child in directive.children() if child.name != "default")
    if name == "if" and _secretive(arguments[0] if arguments else ""):
        return arguments[1:]
    if name in {"secure_link_secret", "auth_jwt_key"} or (_secretive(name) and name not in _NO_SECRETS):
        return (text for text in arguments if "/" not in text)
    return ()


@lru_cache(maxsize=4096)  # the same names come again and again
def _secretive(name: str) -> bool:
    return name.lower() not in _NO_SECRETS and _NAME.search(name) is not None


def _constants(text: str) -> Iterator[str]:
    for part in _VARIABLE.split(text):
        for one in (part.strip(), *(crumb.partition("=")[2].strip() for crumb in part.split(";"))):
            bare = one.rpartition(" ")[2]
            if (
                len(bare) >= _SHORTEST
                and not bare.startswith("/")
                and re.search(r"\d|[a-z][A-Z]|[-_.+=]", bare)
            ):
                yield bare
