"""Fixtures of the probes' tests."""

import socket

import pytest


@pytest.fixture
def closed_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
