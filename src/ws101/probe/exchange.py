"""One attempt from first to last: connect, send exactly what was asked for, read what comes back, let go."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Coroutine, Sequence

from msgspec.structs import replace

from ws101.attempt import Attempt, Ending, Layer, Sending, TlsSettings, Verify
from ws101.errors import UnreadableInput
from ws101.handshake.answer import Breach
from ws101.handshake.checks import check_answer, fatal
from ws101.handshake.request import build
from ws101.probe.aftermath import watch
from ws101.probe.clock import Stopwatch
from ws101.probe.limits import Limits
from ws101.probe.progress import Progress
from ws101.probe.reading import Reading, read_answer
from ws101.probe.route import travel
from ws101.probe.secure import Contexts, start
from ws101.probe.stream import Ended, Stream, ending_of, words_of
from ws101.terms import Family

_UNENDED = Breach("the 101's head does not end", "RFC 6455, 4.2.2")


async def attempt(
    name: str,
    family: Family,
    change: str,
    sending: Sending,
    *,
    addresses: Sequence[str],
    limits: Limits | None = None,
    contexts: Contexts | None = None,
) -> Attempt:
    """Send one handshake on a connection of its own and return what came of it, whatever that is.

    `addresses` are the target's, tried in turn unless `sending.address` pins one; `contexts` are shared with other
    attempts. Only cancellation raises.
    """
    await asyncio.sleep(sending.pause)
    progress = Progress()
    try:
        await _run(sending, addresses, limits or Limits(), contexts or Contexts(), progress)
    except Ended as end:
        progress.end(end)
    except UnreadableInput as error:
        progress.end(Ended(Layer.TLS, Ending.TLS_FAILED, str(error)))
    except Exception as error:  # noqa: BLE001 - a bug of ours is told as one, without text that may hold a secret
        progress.end(Ended(progress.layer, Ending.BUG, type(error).__name__))
    finally:
        progress.close()
    return Attempt(
        experiment=name,
        sending=sending,
        layer=progress.layer,
        ending=progress.ending,
        family=family,
        change=change,
        sent=progress.sent,
        detail=progress.detail,
        address=progress.address,
        answer=progress.answer,
        proxy_answer=progress.proxy_answer,
        tls=progress.tls,
        tls_error=progress.tls_error,
        verify_code=progress.verify_code,
        breaches=progress.breaches,
        aftermath=progress.aftermath,
        timings=progress.timings(),
    )


async def _run(
    sending: Sending, addresses: Sequence[str], limits: Limits, contexts: Contexts, progress: Progress
) -> None:
    settings = _tls_settings(sending)
    made = await _context(sending, settings, addresses, limits, contexts, progress) if settings else None
    progress.watch = Stopwatch()
    stream = await travel(sending, addresses, limits, progress)
    if settings is not None and made is not None:
        progress.layer = Layer.TLS
        laid = await start(stream, settings, made, limits.tls)
        progress.stream = stream = laid
        progress.tls, progress.tls_ms = laid.session, progress.watch.ms
    progress.layer = Layer.HTTP
    if sending.http2:
        await _exchange_http2(stream, sending, limits, progress)
    else:
        await _exchange(stream, sending, limits, progress)


def _tls_settings(sending: Sending) -> TlsSettings | None:
    if sending.tls is not None and sending.http2 and "h2" not in sending.tls.alpn:
        return replace(sending.tls, alpn=("h2", "http/1.1"))
    return sending.tls


async def _context(
    sending: Sending,
    settings: TlsSettings,
    addresses: Sequence[str],
    limits: Limits,
    contexts: Contexts,
    progress: Progress,
) -> ssl.SSLContext:
    """Return the context to connect with; for NOT_AUTHORITY the chain must be seen before, in a connection if need be."""
    if settings.verify is not Verify.NOT_AUTHORITY:
        return await contexts.get(settings)
    from ws101.probe.certificate import parse_all  # cryptography is slow to load, and one experiment needs it

    if contexts.authority(sending) is None:
        unchecked = replace(settings, verify=Verify.NOTHING)
        stream = await travel(sending, addresses, limits, progress)
        progress.layer = Layer.TLS
        ders, _ = (await start(stream, unchecked, await contexts.get(unchecked), limits.tls)).chain()
        progress.close()
        contexts.saw(sending, parse_all(ders))
    return await contexts.get(settings, contexts.authority(sending))


async def _exchange(stream: Stream, sending: Sending, limits: Limits, progress: Progress) -> None:
    progress.sent = build(sending.request)
    async with _beside(stream.send(progress.sent)) as sent:
        reading = await read_answer(stream, sending.request, limits, progress.note_first_byte)
        if reading.ending is Ending.CLOSED and (broken := _failure(sent)):
            # The system tells of a reset once: to whom it came first.
            reading = replace(reading, ending=ending_of(broken), detail=words_of(broken))
        _note(reading, progress)
        if reading.answer.status == 101:
            breaches = fatal(check_answer(sending.request, reading.answer))
            progress.breaches = breaches if reading.head_is_whole else (*breaches, _UNENDED)
        if reading.answer.status == 101 and reading.head_is_whole:
            progress.aftermath = await watch(stream, reading.answer, limits)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Send beside what is done within: a peer may answer, or be full, before it has read a long request.

    That sending failed is no reason to stop reading: what came before the failure would be lost.
    """
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, OSError):
        raise error


def _failure(task: asyncio.Task[None]) -> OSError | None:
    error = task.exception() if task.done() and not task.cancelled() else None
    return error if isinstance(error, OSError) else None


async def _exchange_http2(stream: Stream, sending: Sending, limits: Limits, progress: Progress) -> None:
    from ws101.probe.http2 import Http2Exchange  # h2 is slow to import, and one experiment needs it

    if progress.tls is not None and progress.tls.alpn != "h2":
        chosen = progress.tls.alpn or "nothing"
        raise Ended(Layer.HTTP, Ending.CLOSED, f"HTTP/2 was offered by ALPN and the server chose {chosen}")
    exchange = Http2Exchange(stream, limits)
    try:
        reading = await exchange.get(
            sending.request, "https" if sending.tls else "http", progress.note_first_byte
        )
    finally:
        progress.sent = exchange.sent
    _note(reading, progress)


def _note(reading: Reading, progress: Progress) -> None:
    progress.answer, progress.ending, progress.detail = reading.answer, reading.ending, reading.detail
