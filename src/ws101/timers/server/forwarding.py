"""Who a request comes from when trusted proxies stand in between; believes nobody else's X-Forwarded-For."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from ws101.errors import UsageError


class Trust:
    """Addresses and networks whose X-Forwarded-For is believed; raises UsageError for what is neither."""

    def __init__(self, proxies: tuple[str, ...]) -> None:
        try:
            networks = tuple(ip_network(proxy, strict=False) for proxy in proxies)
        except ValueError as error:
            raise UsageError(f"a trusted proxy is an address or a network: {error}.") from None

        @lru_cache(4096)
        def trusts(address: str) -> bool:
            try:
                parsed = ip_address(address.partition("%")[0])
            except ValueError:
                return False
            parsed = getattr(parsed, "ipv4_mapped", None) or parsed
            return any(parsed in network for network in networks)

        self.trusts = trusts

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
