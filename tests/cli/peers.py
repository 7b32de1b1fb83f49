"""Raw peers on loopback in threads, beside a command line that runs in the test's own thread or in a process."""

import contextlib
import re
import socket
import struct
import threading

from ws101.handshake.accept import accept_value

REFUSAL = b"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nnot ws"


class Peer:
    """A listener whose every connection is handled by `handle(connection, number)` in a thread of its own.

    `heads` holds the request heads in the order in which they came; `met` is set with the first connection.
    """

    def __init__(self, handle):
        self._handle = handle
        self._open, self._lock = set(), threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.heads = []
        self.met = threading.Event()
        self.over = threading.Event()

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(5)
            assert not thread.is_alive(), "a peer's thread does not end"

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/ws"

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()
            self.met.set()

    def _serve(self, connection, number):
        with self._lock:
            self._open.add(connection)
        try:
            connection.settimeout(20)
            self._handle(connection, number)
        except OSError:
            pass  # the other side went away, or the test is over
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def ask(self, connection):
        """Read a request's head; note and return it."""
        head = read_head(connection)
        self.heads.append(head)
        return head


def read_head(connection):
    """Return a request's head as far as it comes, or the TLS that came in its place."""
    head = b""
    while b"\r\n\r\n" not in head and not head.startswith(b"\x16") and (data := connection.recv(65536)):
        head += data
    return head


def switch(head):
    """Return the 101 that this request's key asks for, or a refusal where it holds none."""
    key = re.search(rb"(?im)^sec-websocket-key: *(\S+)\r$", head)
    if key is None or b"websocket" not in head.lower():
        return REFUSAL
    accept = accept_value(key[1].decode()).encode()
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def drain(connection):
    """Read until the other side closes."""
    while connection.recv(65536):
        pass


def reset(connection):
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answering(data, *, stay=False):
    """Answer every request with these bytes, or with what a function of the head returns, and close (or stay)."""

    def handle(connection, _):
        head = read_head(connection)
        connection.sendall(data(head) if callable(data) else data)
        if stay:
            drain(connection)
        else:
            part(connection)

    return handle


def part(connection):
    """Close without the reset that unread bytes would make of it."""
    connection.shutdown(socket.SHUT_WR)
    drain(connection)


def flooding(start, piece):
    """Answer `start` and then `piece` for ever."""

    def handle(connection, _):
        head = read_head(connection)
        connection.sendall(start(head) if callable(start) else start)
        while True:
            connection.sendall(piece)

    return handle
