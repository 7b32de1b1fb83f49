"""The listening sockets and the TLS that a service's settings ask for; accepts nothing itself."""

import errno
import socket
import ssl

from ws101.errors import UnreadableInput, UsageError
from ws101.timers.settings import ServiceSettings

_BACKLOG = 4_096  # the kernel cuts it at net.core.somaxconn


def listen(settings: ServiceSettings) -> list[socket.socket]:
    """Return a listening socket for each address of the host, all on one port; raises UsageError where that fails."""
    host, port = settings.host.strip("[]"), settings.port
    try:
        places = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise UsageError(
            f"the host {host!r} cannot be listened on: {error.strerror}. Name an address."
        ) from None
    made: list[socket.socket] = []
    for family, _, _, _, address in dict.fromkeys(places):
        try:
            made.append(_bound(family, (address[0], port, *address[2:])))
        except OSError as error:
            if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT} and len(places) > 1:
                continue  # localhost is two addresses, and a machine may lack one of them
            for sock in made:
                sock.close()
            raise UsageError(f"{host} port {port} cannot be listened on: {_why(error, port)}") from None
        port = made[0].getsockname()[1]
    if not made:
        raise UsageError(f"the host {host!r} is no address of this machine. Name another --host.")
    return made


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    # asyncio sets TCP_NODELAY only on what is told to be TCP; without it answers wait 40 ms for the peer's delayed ACK
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
        sock.settimeout(0)
    except OSError:
        sock.close()
        raise
    return sock


def _why(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there. Stop it, or name another --port."
    if error.errno == errno.EACCES and port < 1024:
        return "ports below 1024 need the right to bind them. Name another --port, or put a proxy in front."
    return f"{error.strerror}. Name another --host or --port."


def tls(settings: ServiceSettings) -> ssl.SSLContext | None:
    """Return what TLS is spoken with, or None where the port is plain; raises UnreadableInput for bad files."""
    if settings.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(
            settings.tls_certificate, settings.tls_key, password=""
        )  # a service asks nobody
    except OSError as error:
        named = f"{settings.tls_certificate}, {settings.tls_key or 'with its key'}"
        raise UnreadableInput(
            named,
            f"no certificate with its private key ({_unfit(error)})",
            "Give --tls-certificate and --tls-key in PEM.",
        ) from None
    return context


def _unfit(error: OSError) -> str:
    if not isinstance(error, ssl.SSLError):
        return error.strerror or "it cannot be read"
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key is another certificate's"
    return "not PEM, or a key that has a password"
