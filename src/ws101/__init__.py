"""ws101 gets a WebSocket handshake to 101: it names the hop and the cause of a refusal, proves it, writes the fix."""

__version__ = "0.1.0"
