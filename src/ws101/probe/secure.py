"""TLS over any stream: what is checked, what was settled, and how it failed. Knows nothing of HTTP."""

import asyncio
import errno
import ipaddress
import re
import ssl
from collections.abc import Sequence
from pathlib import Path

from ws101.attempt import Ending, Layer, Sending, TlsSession, TlsSettings, Verify
from ws101.errors import UnreadableInput
from ws101.observed import Certificate
from ws101.probe.stream import CHUNK, Ended, Stream, ending_of, words_of

NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name
HANDSHAKE, CERTIFICATE_REQUEST = 22, 13  # RFC 8446, 5.1 and 4
HOSTNAME_MISMATCH, ADDRESS_MISMATCH = 62, 64  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


def context(settings: TlsSettings, authority: bytes | None = None) -> ssl.SSLContext:
    """Return a context that checks what `settings.verify` says; raises UnreadableInput for a file that cannot be used.

    A certificate of `ca_file` is trusted by itself, issuer or not, as curl and pinning clients do. For NOT_AUTHORITY
    the one certificate `authority` (DER) is trusted, whoever signed it.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.sslobject_class = _NoticingObject
    if hasattr(made, "_msg_callback"):
        made._msg_callback = _notice  # noqa: SLF001 - the only place where the ssl module shows handshake messages
    made.check_hostname = settings.verify not in {
        Verify.NOTHING,
        Verify.NOT_NAME,
    } and _name_checked_by_openssl(settings)
    if settings.legacy:
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.set_ciphers("DEFAULT:@SECLEVEL=0")
    if settings.alpn:
        made.set_alpn_protocols(list(settings.alpn))
    if settings.cert_file:
        _load_client_certificate(made, settings.cert_file, settings.key_file)
    if settings.verify is Verify.NOTHING:
        made.verify_mode = ssl.CERT_NONE
        return made
    if settings.verify is Verify.NOT_DATES:
        made.verify_flags |= NO_CHECK_TIME
    _load_authorities(made, settings, authority)
    return made


def _load_authorities(made: ssl.SSLContext, settings: TlsSettings, authority: bytes | None) -> None:
    if settings.verify is Verify.NOT_AUTHORITY:
        made.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        if authority is not None:
            made.load_verify_locations(cadata=authority)
    elif settings.ca_file is None or settings.verify is Verify.SYSTEM_STORE:
        made.load_default_certs()
    else:
        made.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        try:
            made.load_verify_locations(cafile=settings.ca_file)
        except OSError as error:  # SSLError is one too
            why = "it holds no PEM certificate" if isinstance(error, ssl.SSLError) else words_of(error)
            do = "Give a PEM file with at least one certificate."
            raise UnreadableInput(f"--cacert {settings.ca_file}", why, do) from None


def _load_client_certificate(made: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    locked = []

    def no_password() -> str:
        locked.append(True)
        return ""

    do = "Give a PEM certificate, and its unencrypted PEM key in the same file or with --key."
    for option, path in (("--cert", cert_file), ("--key", key_file)):
        if path is not None and not Path(path).is_file():
            raise UnreadableInput(f"{option} {path}", "there is no such file", do)
    try:
        made.load_cert_chain(cert_file, key_file, password=no_password)
    except (OSError, ValueError) as error:
        what = f"--key {key_file}" if key_file else f"--cert {cert_file}"
        if locked:
            raise UnreadableInput(
                what, "the key is encrypted", f"{do} `openssl pkey -in FILE` decrypts it."
            ) from None
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            raise UnreadableInput(what, "the key does not belong to the certificate", do) from None
        why = (
            words_of(error)
            if isinstance(error, OSError) and not isinstance(error, ssl.SSLError)
            else "no PEM key"
        )
        raise UnreadableInput(what, f"the client certificate or its key cannot be used ({why})", do) from None


class Contexts:
    """The contexts of one run, each made once in a thread: to load this machine's authorities takes a while."""

    def __init__(self) -> None:
        self._made: dict[tuple[TlsSettings, bytes | None], asyncio.Task[ssl.SSLContext]] = {}
        self._tops: dict[tuple[str, int, str | None], bytes] = {}

    async def get(self, settings: TlsSettings, authority: bytes | None = None) -> ssl.SSLContext:
        """Return what `context` makes of these arguments; raises what it raises."""
        key = settings, authority
        if key not in self._made:
            self._made[key] = asyncio.create_task(asyncio.to_thread(context, settings, authority))
        return await asyncio.shield(self._made[key])

    def saw(self, sending: Sending, chain: Sequence[Certificate]) -> None:
        """Keep the top of the chain that was met on this way, for NOT_AUTHORITY to trust."""
        from ws101.probe.certificate import top  # cryptography is slow to load

        if sending.tls and chain:
            self._tops[sending.host, sending.port, sending.tls.server_name] = top(chain).der

    def authority(self, sending: Sending) -> bytes | None:
        """Return the top of the chain, DER, that was met on this way."""
        return self._tops.get((sending.host, sending.port, sending.tls.server_name)) if sending.tls else None


class _NoticingObject(ssl.SSLObject):
    """TLS that knows whether the server asked for a certificate."""

    certificate_asked = False


def _notice(
    tls: object, direction: str, _version: object, _content: object, message: int, _data: bytes
) -> None:
    if direction == "read" and message == CERTIFICATE_REQUEST and isinstance(tls, _NoticingObject):
        tls.certificate_asked = True


class TlsStream:
    """TLS laid over a stream, after its handshake."""

    def __init__(
        self, inner: Stream, tls: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO
    ) -> None:
        self._inner, self._tls, self._incoming, self._outgoing = inner, tls, incoming, outgoing
        self._flushing = asyncio.Lock()

    async def shake_hands(self) -> None:
        """Complete the TLS handshake; raises SSLError, SSLEOFError included, and OSError."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            except ssl.SSLError:
                await self._say_goodbye()
                raise
            else:
                return await self._flush()

    async def send(self, data: bytes) -> None:
        try:
            self._tls.write(data)
        except ssl.SSLError:
            # The peer has ended TLS; its reason is what reading raises.
            raise BrokenPipeError(errno.EPIPE, "TLS has ended") from None
        await self._flush()

    async def receive(self) -> bytes:
        while True:
            await asyncio.sleep(0)
            try:
                return self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._fill():
                    return b""
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def close(self) -> None:
        self._inner.close()

    @property
    def session(self) -> TlsSession:
        cipher = self._tls.cipher()
        return TlsSession(
            version=self._tls.version() or "",
            cipher=cipher[0] if cipher else "",
            alpn=self._tls.selected_alpn_protocol() or "",
            client_certificate_asked=self._certificate_asked,
        )

    @property
    def _certificate_asked(self) -> bool | None:
        """Whether the server asked for a certificate; None where Python cannot tell."""
        can_tell = hasattr(self._tls.context, "_msg_callback")
        return self._tls.certificate_asked if can_tell and isinstance(self._tls, _NoticingObject) else None

    def chain(self) -> tuple[tuple[bytes, ...], bool]:
        """Return the certificates as sent, DER, leaf first; False with the leaf alone where no more can be known."""
        ask = getattr(self._tls, "get_unverified_chain", None)  # public since Python 3.13
        ask = ask or getattr(getattr(self._tls, "_sslobj", None), "get_unverified_chain", None)
        if ask is None:
            leaf = self._tls.getpeercert(binary_form=True)
            return ((leaf,) if leaf else ()), False
        return tuple(_der(certificate) for certificate in ask() or ()), True

    async def _flush(self) -> None:
        async with self._flushing:
            if pending := self._outgoing.read():
                await self._inner.send(pending)

    async def _fill(self) -> bool:
        data = await self._inner.receive()
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return bool(data)

    async def _say_goodbye(self) -> None:
        """Send the alert that tells the peer why, if it still listens."""
        try:
            await self._flush()
        except OSError:
            return


async def start(stream: Stream, settings: TlsSettings, made: ssl.SSLContext, within: float) -> TlsStream:
    """Shake hands over `stream` within `within` seconds; raises Ended at the layer TLS.

    The peer's name is checked by hand where the certificate's name and the SNI are to differ.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        tls = made.wrap_bio(incoming, outgoing, server_hostname=_server_hostname(settings))
    except (ValueError, ssl.SSLError):
        raise Ended(
            Layer.TLS, Ending.TLS_FAILED, f"{settings.server_name!r} is no valid server name"
        ) from None
    laid = TlsStream(stream, tls, incoming, outgoing)
    try:
        async with asyncio.timeout(within):
            await laid.shake_hands()
    except TimeoutError as error:
        detail = words_of(error) if error.errno else f"the TLS handshake was not answered within {within:g} s"
        raise Ended(Layer.TLS, Ending.SILENT, detail) from None
    except OSError as error:
        raise failure(error) from None
    _check_name(laid, settings)
    return laid


def failure(error: OSError) -> Ended:
    """Return how TLS ended, from an SSLError or the socket's error."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Ended(
            Layer.TLS,
            Ending.TLS_FAILED,
            error.verify_message,
            error.reason or "CERTIFICATE_VERIFY_FAILED",
            error.verify_code,
        )
    if isinstance(error, ssl.SSLEOFError):
        return Ended(Layer.TLS, Ending.CLOSED, "the peer closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        words = re.sub(r"^\[[^\]]*\]\s*|\s*\(_ssl\.c:\d+\)$", "", error.strerror or "")
        return Ended(Layer.TLS, Ending.TLS_FAILED, words, error.reason or "")
    return Ended(Layer.TLS, ending_of(error), words_of(error))


def _check_name(laid: TlsStream, settings: TlsSettings) -> None:
    unchecked = {Verify.NOTHING, Verify.NOT_NAME}
    if settings.verify in unchecked or _name_checked_by_openssl(settings):
        return
    from ws101.probe.certificate import covers, parse  # cryptography is slow to load, and this check is rare

    ders, _ = laid.chain()
    leaf = parse(ders[0]) if ders else None
    if leaf is None or not covers(leaf, settings.check_name):
        address = _is_address(settings.check_name)
        words = f"{'IP address' if address else 'Hostname'} mismatch, certificate is not valid for '{settings.check_name}'."
        code = ADDRESS_MISMATCH if address else HOSTNAME_MISMATCH
        raise Ended(Layer.TLS, Ending.TLS_FAILED, words, "CERTIFICATE_VERIFY_FAILED", code)


def _name_checked_by_openssl(settings: TlsSettings) -> bool:
    """Return whether one name serves both as SNI and for the check, or an address, which is never sent as SNI."""
    if settings.server_name is None:
        return _is_address(settings.check_name)
    return settings.server_name == settings.check_name


def _server_hostname(settings: TlsSettings) -> str | None:
    name = settings.server_name
    if name is None and _name_checked_by_openssl(settings):
        name = settings.check_name
    return None if name is None else name.strip("[]").rstrip(".")  # RFC 6066, 3: without a trailing dot


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _der(certificate: object) -> bytes:
    """Return a certificate's DER bytes, which came as an object before Python 3.13."""
    if isinstance(certificate, bytes):
        return certificate
    encoding_der = 2  # _ssl.ENCODING_DER
    return bytes(certificate.public_bytes(encoding_der))  # type: ignore[attr-defined]
