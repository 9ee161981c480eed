"""Outbound addresses: resolved once, pinned, and never inside our own walls.  The guard against request forgery.

A subscriber's URL is chosen by a stranger.  It must not reach loopback, private, link-local or other special addresses,
not by name, not by number, not by a redirect, and not by a name whose answer changes between look and call.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from protocol.errors import Refused

MAX_URL: Final = 2048
MAX_ADDRESSES: Final = 16  # A name with more is not a webhook's.
LOOK_UPS: Final = 64  # Names looked up at once: a dead name server keeps one waiting for half a minute.
NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What an exercise network may reach besides the public internet: this machine and the usual private ranges.  Not
# link-local, where clouds hand out their machines' keys.
_PRIVATE: Final = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
# IANA's special-purpose registries know these; `is_global` of the Pythons we run on does not.
_ALSO_SPECIAL: Final = tuple(
    map(
        ipaddress.ip_network,
        "192.0.0.0/24 192.88.99.0/24 ::/96 64:ff9b:1::/48 2001::/23 3fff::/20 5f00::/16 fec0::/10".split(),
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_LOOKERS: Final = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up")  # Of our own: a loop's end waits for its.

LookUp = Callable[..., list[Any]]


def require_address(host: str, text: str, *, allow_private: bool) -> None:
    """Raise Refused("address") unless the IP address `text` of `host` is one of the public internet.

    An IPv6 address that carries an IPv4 one is judged by both: whoever routes it may take either.
    """
    for address in _inside(ipaddress.ip_address(text)):
        if allow_private and any(address in one for one in _PRIVATE):
            continue
        special = not address.is_global or address.is_multicast or address.is_reserved
        if special or any(address in one for one in _ALSO_SPECIAL):
            raise Refused("address", f"{host} is at {text}, which is not an address of the public internet.")


def _inside(address: Address) -> list[Address]:
    """Return the addresses that an address stands for: itself, or the IPv4 ones that IPv6 ways of writing carry."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    return [address]


def require_url(url: str, *, allow_private: bool) -> None:
    """Raise Refused("address") unless a subscriber's URL may be called: https (http where private is allowed).

    Asked when it is stored and before every call: what stands in a database may have been written by someone else.
    """
    if len(url) > MAX_URL or not url.isascii() or any(char <= " " or char in '"<>\\^`{|}\x7f' for char in url):
        raise Refused("address", f"An address is a URL in printable ASCII of at most {MAX_URL} characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("address", f"This is no address: {error}.") from error
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or "#" in url:
        raise Refused("address", f"An address is {' or '.join(schemes)}://host/path, without a name or password in it.")
    if port is not None and port < 1024 and port != {"https": 443, "http": 80}[parts.scheme]:
        raise Refused("address", f"Port {port} belongs to another protocol; take 443, or one from 1024 on.")
    _require_host(parts, allow_private=allow_private)


def _require_host(parts: SplitResult, *, allow_private: bool) -> None:
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # A name whose last part is a number is an IPv4 address in one of its odd spellings (127.1, 0x7f000001).
        last = host.rstrip(".").rpartition(".")[2]
        if "[" in parts.netloc or not NAME.fullmatch(host) or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last):
            sentence = f"{host[:80]} is no host name, and no IP address as it is usually written."
            raise Refused("address", sentence) from None
        return
    require_address(host, host, allow_private=allow_private)


class GuardedResolver(AbstractResolver):
    """Looks a name up once for each connection, refuses special addresses, and hands aiohttp the checked ones only."""

    def __init__(self, *, allow_private: bool, look_up: LookUp = socket.getaddrinfo) -> None:
        self._allow_private = allow_private
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; all of them must be allowed.  Raises OSError, or Refused("address")."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_LOOKERS, self._look_up, host, port, family, socket.SOCK_STREAM)
        results = []
        for each, _, protocol, _, place in found[:MAX_ADDRESSES]:
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


def open_session(*, allow_private: bool, sockets: int, seconds: float) -> aiohttp.ClientSession:
    """Return a session for subscribers: names through the guard, no cookies, no proxy, every connection its own."""
    connector = aiohttp.TCPConnector(
        limit=sockets, resolver=GuardedResolver(allow_private=allow_private), use_dns_cache=False, force_close=True
    )
    timeout = aiohttp.ClientTimeout(total=seconds)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
    )


async def ask(
    session: aiohttp.ClientSession, url: str, body: bytes, *, most: int, private: bool
) -> tuple[int, str, bytes]:
    """Send a body and return status, media type and the answer's bytes; (0, "", b"") where none came or it was longer.

    Redirects stay unfollowed.  Raises Refused("address").
    """
    require_url(url, allow_private=private)
    try:
        async with session.post(url, data=body, allow_redirects=False) as answer:
            data = b""
            async for part in answer.content.iter_chunked(most):
                data += part
                if len(data) > most:
                    return 0, "", b""
            return answer.status, answer.content_type, data
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return 0, "", b""


async def post(session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str], *, private: bool) -> int:
    """Send a body and return the HTTP status; 0 where no answer came.  Redirects stay unfollowed, answers unread."""
    try:
        require_url(url, allow_private=private)
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return 0  # A ValueError is a refused address, or one that only the sender finds wrong.
