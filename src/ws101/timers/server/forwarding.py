"""Who a request comes from when trusted proxies stand in between; believes nobody else's X-Forwarded-For."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ws101.errors import UsageError

Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(texts: tuple[str, ...]) -> Networks:
    """Return networks, and addresses as networks of one; raises ValueError for what is neither."""
    return tuple(ip_network(text, strict=False) for text in texts)


def is_within(address: str, networks: Networks) -> bool:
    """Return whether the address is in any of the networks; what is no address is in none."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in networks)


class Trust:
    """Addresses and networks whose X-Forwarded-For is believed; raises UsageError for what is neither."""

    def __init__(self, proxies: tuple[str, ...]) -> None:
        try:
            trusted = networks(proxies)
        except ValueError as error:
            raise UsageError(f"a trusted proxy is an address or a network: {error}.") from None

        self.trusts = lru_cache(4096)(lambda address: is_within(address, trusted))

    def client(self, peer: str, forwarded_for: str) -> str:
        """Return the rightmost address that no trusted proxy has; the peer where there is none to believe."""
        if not forwarded_for or not self.trusts(peer):
            return peer
        for hop in reversed(forwarded_for.split(",")):
            address = hop.strip()
            if not _is_address(address):
                return peer
            if not self.trusts(address):
                return address
            peer = address
        return peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
