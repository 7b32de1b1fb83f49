"""The TLS context of an upstream that speaks TLS itself."""

import ssl

from ws101.lab.upstreams.policy import Policy


def context(policy: Policy) -> ssl.SSLContext | None:
    """Return the server's context for the policy's certificate, or None for a plain server."""
    if not policy.certificate:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{policy.certificate}.pem", f"{policy.certificate}.key")
    if policy.client_authority:
        made.load_verify_locations(policy.client_authority)
        made.verify_mode = ssl.CERT_REQUIRED
    return made
