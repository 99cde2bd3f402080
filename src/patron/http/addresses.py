"""Addresses: from where a request comes, past the proxies that are known; for counting alone, never for the log."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from patron.http.exchange import Exchange

Address = IPv4Address | IPv6Address

MOST_HOPS = 20
SITE_BITS = 64
"""Of an IPv6 address, what a provider gives to one customer."""


class Addresses:
    """Tells callers apart. `proxies` are addresses and networks (`10.0.0.1`, `10.0.0.0/8`, `fd00::/8`) of our proxies.

    A proxy writes down whom it talks to at the right end of X-Forwarded-For; what stands to the left of the first
    one that is no proxy of ours was written by anybody.
    """

    def __init__(self, proxies: Sequence[str]) -> None:
        self._proxies = [ip_network(proxy) for proxy in proxies]

    def caller(self, exchange: Exchange) -> str:
        """The caller's address, of IPv6 the network that is one customer's; empty where the server has none to tell."""
        found = _parsed(exchange.peer)
        if found is None:
            return ""
        if self._proxies and self._is_proxy(found):
            found = self._before_proxies(found, exchange.header(b"x-forwarded-for"))
        return _counted(found)

    def _before_proxies(self, proxy: Address, forwarded: str) -> Address:
        found = proxy
        for text in reversed(forwarded.rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
            address = _parsed(text.strip())
            if address is None:
                return found
            found = address
            if not self._is_proxy(found):
                return found
        return found

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _parsed(text: str) -> Address | None:
    """Some proxies add a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def _counted(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address.packed, SITE_BITS), strict=False))
    return str(address)
