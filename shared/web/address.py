"""Where a request comes from, as far as it can be believed; told as a hash, never as an address.

A proxy that is trusted says who asked it in `X-Forwarded-For`; what anybody else writes there is
not read. What has no address (a socket of this machine) is trusted as a proxy. An IPv6 caller has a
/64 to choose from, so a /64 counts as one.
"""

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final

from starlette.types import Scope

Network = IPv4Network | IPv6Network
_FORWARDED: Final = b"x-forwarded-for"
_NOWHERE: Final = b"nowhere"
_HALF: Final = 8  # bytes of an IPv6 address that are a /64
_IPV4: Final = 4
_MAPPED: Final = bytes(10) + b"\xff\xff"


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """The networks of the texts; a single address is one too. ValueError when it is neither."""
    return tuple(ip_network(each) for each in written)


class Origins:
    """Tells requests apart by where they come from."""

    def __init__(self, proxies: Sequence[str]) -> None:
        self._proxies = [
            (each.max_prefixlen // 8, int(each.network_address), int(each.netmask))
            for each in networks(proxies)
        ]
        self._secret = secrets.token_bytes(16)

    def of(self, scope: Scope) -> bytes:
        """The hash of the origin of this request; the same while the process lives."""
        address = self._first(scope) or _NOWHERE
        return self.hashed(address if len(address) == _IPV4 else address[:_HALF])

    def hashed(self, plain: bytes) -> bytes:
        """The text, so that nobody can read it and it can be told from others."""
        return blake2b(plain, key=self._secret, digest_size=16).digest()

    def _first(self, scope: Scope) -> bytes | None:
        """The nearest address that is not a proxy of ours; the farthest when all of them are."""
        peer = scope.get("client")
        found = _read(peer[0]) if peer else None
        if found is not None and not self._is_proxy(found):
            return found
        for said in reversed(_forwarded(scope)):
            found = _read(said)
            if found is None or not self._is_proxy(found):
                return found
        return found

    def _is_proxy(self, address: bytes) -> bool:
        number, length = int.from_bytes(address), len(address)
        return any(
            length == size and number & mask == network for size, network, mask in self._proxies
        )


def _forwarded(scope: Scope) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED]
    return ",".join(lines).split(",") if lines else []


def _read(text: str) -> bytes | None:
    """The address, without port, brackets or zone; IPv4 that is written as IPv6 is IPv4."""
    bare = text.strip().partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = inet_pton(AF_INET6 if ":" in bare else AF_INET, bare)
    except (OSError, ValueError):
        return None
    return address.removeprefix(_MAPPED) if len(address) > _IPV4 else address
