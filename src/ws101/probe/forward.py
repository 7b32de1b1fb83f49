"""Which forward proxy a machine's settings name for a target, by the rules of curl (its manual, "--proxy", "--noproxy")."""

import base64
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from ws101.attempt import ForwardProxy
from ws101.errors import UsageError

_PORTS = {"http": 1080, "https": 443}  # curl's own, when a proxy's URL has none


def from_environment(environ: Mapping[str, str], scheme: str, host: str, port: int) -> ForwardProxy | None:
    """Return the proxy for `scheme` (ws or wss), or None; raises UsageError for a value that cannot be used.

    Upper-case HTTP_PROXY is not read: in CGI it holds a request's Proxy field.
    """
    names = ("https_proxy", "HTTPS_PROXY") if scheme == "wss" else ("http_proxy",)
    given_by = next(
        (name for name in (*names, "all_proxy", "ALL_PROXY") if environ.get(name, "").strip()), None
    )
    if given_by is None or exempt(environ.get("no_proxy") or environ.get("NO_PROXY") or "", host, port):
        return None
    return parse(environ[given_by], given_by)


def parse(url: str, given_by: str) -> ForwardProxy:
    """Read a proxy's URL, `http://` when it names no scheme; raises UsageError without a password in its text."""
    text = url.strip()
    parts = _split(text if "://" in text else f"http://{text}", given_by)
    scheme = parts.scheme.lower()
    if scheme.startswith("socks"):
        raise UsageError(
            f"{given_by}: SOCKS proxies are not supported. Give an http:// or https:// proxy, or unset it."
        )
    if scheme not in _PORTS:
        raise UsageError(
            f"{given_by}: {scheme[:20]}:// is no proxy scheme that is supported. Use http:// or https://."
        )
    return ForwardProxy(
        host=parts.hostname or "",
        port=parts.port if parts.port is not None else _PORTS[scheme],
        tls=scheme == "https",
        authorization=_authorization(parts),
        given_by=given_by,
    )


def _split(url: str, given_by: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and all(" " < c != "\x7f" for c in parts.netloc)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{given_by}: this is no proxy URL. Write it as http://host:port.") from None
    return parts


def _authorization(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode("utf-8", errors="surrogateescape")).decode("ascii")


def exempt(no_proxy: str, host: str, port: int) -> bool:
    """Return whether a NO_PROXY list names this target: itself, a domain that it is in, a network, or `*` alone."""
    if no_proxy.strip() == "*":
        return True
    wanted = host.strip("[]").rstrip(".").lower()
    return any(_names(entry.lower(), wanted, port) for entry in re.split(r"[,\s]+", no_proxy) if entry)


def _names(entry: str, host: str, port: int) -> bool:
    entry, entry_port = _without_port(entry)
    if entry_port not in {None, port}:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        domain = entry.strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
    try:
        return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False


def _without_port(entry: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[^\]]+\]|[^:]+):(\d{1,5})", entry)
    return (match[1], int(match[2])) if match else (entry, None)
