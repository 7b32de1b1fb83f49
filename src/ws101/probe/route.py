"""The way to the target: TCP, straight or through a forward proxy, and what goes out before anything else."""

from collections.abc import Sequence

from ws101.attempt import Layer, Sending
from ws101.probe.connect import connect_any
from ws101.probe.limits import Limits
from ws101.probe.progress import Progress
from ws101.probe.stream import Ended, Stream, ending_of, words_of
from ws101.probe.tunnel import tunnel


async def travel(sending: Sending, addresses: Sequence[str], limits: Limits, progress: Progress) -> Stream:
    """Return a stream to the target, preamble sent; what is open stands in `progress` all along. Raises Ended."""
    if sending.forward_proxy is not None:
        progress.layer = Layer.FORWARD_PROXY
        stream = await tunnel(sending.forward_proxy, sending, limits, progress)
    else:
        progress.layer = Layer.TCP
        pinned = (sending.address,) if sending.address else tuple(addresses)
        progress.address, stream = await connect_any(pinned, sending.port, limits.connect)
        progress.tcp_ms = progress.watch.ms
    progress.stream = stream
    if sending.preamble:
        try:
            await stream.send(sending.preamble)
        except OSError as error:
            raise Ended(Layer.TCP, ending_of(error), words_of(error)) from None
    return stream
