"""Outbound addresses: resolved once, pinned, and never inside our own walls.  The guard against request forgery.

A subscriber's URL is chosen by a stranger.  It must not reach loopback, private, link-local or other special addresses,
not by name, not by number, not by a redirect, and not by a name whose answer changes between look and call.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from protocol.errors import Refused

MAX_URL: Final = 2048


def require_address(host: str, text: str, *, allow_private: bool) -> None:
    """Raise Refused("address") unless the IP address `text` of `host` is one of the public internet."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    special = not address.is_global or address.is_multicast or address.is_reserved
    if special and not (allow_private and (address.is_loopback or address.is_private)):
        raise Refused("address", f"{host} is at {text}, which is not an address of the public internet.")


def require_url(url: str, *, allow_private: bool) -> None:
    """Raise Refused("address") unless a subscriber's URL may be stored: https (http where private is allowed)."""
    if len(url) > MAX_URL or not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise Refused("address", f"An address is printable ASCII of at most {MAX_URL} characters.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused("address", f"This is no address: {error}.") from error
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not host or parts.username is not None or parts.fragment or port == 0:
        raise Refused("address", f"An address is {' or '.join(schemes)}://host/path, without a name or password in it.")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    require_address(host, host, allow_private=allow_private)


class GuardedResolver(AbstractResolver):
    """Looks a name up once for each connection, refuses special addresses, and hands aiohttp the checked ones only."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; all of them must be allowed.  Raises OSError, or Refused("address")."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results = []
        for each, _, protocol, _, place in found:
            text = str(place[0])
            require_address(host, text, allow_private=self._allow_private)
            results.append(
                ResolveResult(
                    hostname=host, host=text, port=port, family=each, proto=protocol, flags=socket.AI_NUMERICHOST
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is kept."""
