"""The way through a forward proxy: CONNECT (RFC 9110, 9.3.6). Does not know where the proxy's address came from."""

import ipaddress

from ws101.attempt import Ending, ForwardProxy, Layer, Sending, TlsSettings
from ws101.handshake.headers import Headers
from ws101.handshake.request import Request, build
from ws101.probe.connect import connect_any
from ws101.probe.limits import Limits
from ws101.probe.progress import Progress
from ws101.probe.reading import read_answer
from ws101.probe.resolve import resolve
from ws101.probe.secure import context, start
from ws101.probe.stream import Ended, PrefixedStream, Stream, ending_of, words_of


async def tunnel(proxy: ForwardProxy, sending: Sending, limits: Limits, progress: Progress) -> Stream:
    """Return a stream to the target through the proxy; raises Ended at the layer FORWARD_PROXY."""
    try:
        await _reach(proxy, limits, progress)
        return await _ask(proxy, sending, limits, progress)
    except Ended as end:
        raise Ended(Layer.FORWARD_PROXY, end.ending, end.detail, end.tls_error, end.verify_code) from None


async def _reach(proxy: ForwardProxy, limits: Limits, progress: Progress) -> None:
    names = await resolve(proxy.host, proxy.port, within=limits.connect)
    if not names.addresses:
        raise Ended(Layer.FORWARD_PROXY, Ending.UNKNOWN_NAME, names.error)
    progress.address, progress.stream = await connect_any(names.addresses, proxy.port, limits.connect)
    progress.tcp_ms = progress.watch.ms
    if proxy.tls:
        settings = TlsSettings(check_name=proxy.host, server_name=None if names.literal else proxy.host)
        progress.stream = await start(progress.stream, settings, context(settings), limits.tls)


async def _ask(proxy: ForwardProxy, sending: Sending, limits: Limits, progress: Progress) -> Stream:
    assert progress.stream is not None
    request = connect_request(proxy, sending)
    try:
        await progress.stream.send(build(request))
    except OSError as error:
        raise Ended(Layer.FORWARD_PROXY, ending_of(error), words_of(error)) from None
    reading = await read_answer(progress.stream, request, limits, lambda: None)
    progress.proxy_answer = answer = reading.answer
    if reading.head_is_whole and answer.status is not None and 200 <= answer.status < 300:
        return PrefixedStream(answer.rest, progress.stream)
    if reading.ending is Ending.ANSWERED:
        words = f"{answer.status} {answer.reason}".strip() if answer.status else answer.kind.value
        raise Ended(Layer.FORWARD_PROXY, Ending.PROXY_REFUSED, words)
    raise Ended(Layer.FORWARD_PROXY, reading.ending, reading.detail)


def connect_request(proxy: ForwardProxy, sending: Sending) -> Request:
    """Return the request that asks the proxy for a tunnel to the target, by name unless an address is pinned."""
    host = (sending.address or sending.host).strip("[]")
    try:
        host = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    target = f"{host}:{sending.port}"
    fields = [("Host", target)]
    if proxy.authorization is not None:
        fields.append(("Proxy-Authorization", proxy.authorization))
    return Request(target, Headers.of(fields), method="CONNECT")
