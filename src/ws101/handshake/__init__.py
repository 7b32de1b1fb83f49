"""What a handshake is, from bytes to bytes: RFC 6455, 9110 and 9112 without any input or output."""
