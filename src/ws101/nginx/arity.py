"""What nginx demands of a directive's arguments, for those that the model reads; one that lacks it stops nginx."""

import re
from collections.abc import Callable

from ws101.nginx.tree import Directive

_MANY = 1 << 16
# The least and the largest number of arguments (NGX_CONF_TAKE1 and its like).
_TAKES: dict[str, tuple[int, int]] = {
    "set": (2, 2), "return": (1, 2), "rewrite": (2, 3), "break": (0, 0), "if": (1, _MANY), "location": (1, 2), "map": (2, 2),
    "geo": (1, 2), "limit_except": (1, _MANY), "internal": (0, 0), "try_files": (2, _MANY), "error_page": (2, _MANY),
    "allow": (1, 1), "deny": (1, 1), "auth_basic": (1, 1), "auth_request": (1, 1), "satisfy": (1, 1), "root": (1, 1),
    "listen": (1, _MANY), "server_name": (1, _MANY), "upstream": (1, 1), "limit_req": (1, _MANY), "limit_conn": (2, 2),
    "resolver": (1, _MANY), "large_client_header_buffers": (2, 2), "error_log": (1, 2), "include": (1, 1),
    "proxy_set_header": (2, 2), "proxy_http_version": (1, 1), "proxy_method": (1, 1), "proxy_hide_header": (1, 1),
    "proxy_read_timeout": (1, 1), "proxy_pass_request_headers": (1, 1), "proxy_ssl_server_name": (1, 1),
    "proxy_pass": (1, 1), "fastcgi_pass": (1, 1), "uwsgi_pass": (1, 1), "scgi_pass": (1, 1), "grpc_pass": (1, 1),
    "memcached_pass": (1, 1), "merge_slashes": (1, 1), "underscores_in_headers": (1, 1), "ignore_invalid_headers": (1, 1),
    "absolute_redirect": (1, 1), "port_in_redirect": (1, 1), "server_name_in_redirect": (1, 1), "recursive_error_pages": (1, 1),
    "client_max_body_size": (1, 1), "client_header_buffer_size": (1, 1), "http2": (1, 1), "proxy_intercept_errors": (1, 1),
    "real_ip_header": (1, 1), "set_real_ip_from": (1, 1), "ssl": (1, 1), "ssl_reject_handshake": (1, 1), "ssl_verify_client": (1, 1),
    "auth_basic_user_file": (1, 1), "proxy_send_timeout": (1, 1), "limit_req_status": (1, 1), "limit_conn_status": (1, 1),
}  # fmt: skip
_OPERATORS = frozenset({"=", "!=", "~", "~*", "!~", "!~*"})
_FILES = re.compile(r"!?-[fdex]")


def wrong(directive: Directive) -> str | None:
    """Return why nginx would not start with this directive, None where nothing is known against it."""
    name = directive.name
    takes = _TAKES.get(name)
    if takes is None:
        return None
    if not takes[0] < len(directive.texts) <= takes[1] + 1:
        return f'invalid number of arguments in "{name}" directive'
    check = _CHECKS.get(name)
    return None if check is None or check(directive.arguments) else f'invalid value in "{name}" directive'


def _condition(words: tuple[str, ...]) -> bool:
    """Tell whether this is a condition: a variable, a comparison or a test of a file, in parentheses."""
    if not (words[0].startswith("(") and words[-1].endswith(")")):
        return False
    inner = [words[0][1:], *words[1:]]
    inner[-1] = inner[-1].removesuffix(")")
    parts = [part for at, part in enumerate(inner) if part or 0 < at < len(inner) - 1]
    if len(parts) == 2:
        return _FILES.fullmatch(parts[0]) is not None
    if not parts or not parts[0].startswith("$"):
        return False
    return len(parts) == 1 or (len(parts) == 3 and parts[1] in _OPERATORS)


def _pages(words: tuple[str, ...]) -> bool:
    *codes, _ = words
    if len(codes) > 1 and re.fullmatch(r"=\d*", codes[-1]):
        codes.pop()
    return bool(codes) and all(code.isascii() and code.isdigit() for code in codes)


def _files(words: tuple[str, ...]) -> bool:
    return not words[-1].startswith("=") or re.fullmatch(r"=\d+", words[-1], re.ASCII) is not None


def _buffers(words: tuple[str, ...]) -> bool:
    return re.fullmatch(r"[1-9]\d*", words[0], re.ASCII) is not None


_CHECKS: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "if": _condition,
    "error_page": _pages,
    "try_files": _files,
    "large_client_header_buffers": _buffers,
    "set": lambda words: len(words[0]) > 1 and words[0].startswith("$"),
    "map": lambda words: len(words[1]) > 1 and words[1].startswith("$"),
}
