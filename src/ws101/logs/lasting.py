"""Which usual time-out the life of an open socket shows. Knows no format and judges no handshake."""

# Seconds: 60 is nginx's proxy_read_timeout and AWS's ALB, 100 Cloudflare, 350 AWS's NLB; the others are what people write.
_USUAL = (30.0, 60.0, 90.0, 100.0, 120.0, 300.0, 350.0, 600.0, 3600.0)
_NEAR = 1.0  # seconds; a proxy logs the time from the request on, and messages come before the silence


def usual_timeout(lasted: float) -> float | None:
    """Return the usual time-out that is as long as a socket was open, both in seconds; None where none is."""
    return next((seconds for seconds in _USUAL if abs(lasted - seconds) <= _NEAR), None)
