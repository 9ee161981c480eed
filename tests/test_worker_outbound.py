"""Outbound addresses: a stranger's URL never leads inside our own walls, in whatever way it is written."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

import aiohttp
import pytest

from protocol.errors import Refused
from tests.inbox import ELSEWHERE, Inbox
from worker.outbound import GuardedResolver, open_session, post, require_address, require_url

# One of each special-purpose range of IANA's registries, and of each way to write an IPv4 address as an IPv6 one.
SPECIAL: Final = (
    "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 "
    "192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 "
    "224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 "
    ":: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe 64:ff9b::127.0.0.1 "
    "64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 "
    "2001:db8::1 "
    "2002:7f00:1:: 2002:a00:1::1 2002:c0a8:1::1 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%lo fec0::1 ff02::1"
).split()
PUBLIC: Final = ("8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8")
# 127.0.0.1 and 169.254.169.254 as `inet_aton`, browsers, and other libraries take them.
SPELLINGS: Final = (
    "127.1 127.0.1 127.0.0.1. 127.0.0.01 0177.0.0.1 017700000001 2130706433 0x7f000001 0x7f.0.0.1 0X7F.1"
    " 0x7f.0x0.0x0.0x1 "
    "2852039166 0xa9fea9fe 169.254.43518 0251.0376.0251.0376 1.0x"
).split()
NOT_PLAIN: Final = (
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "https:///path",
    "https://",
    "https://user@example.org/",
    "https://user:word@example.org/",
    "https://@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org%40127.0.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://１２７.0.0.1/",
    "https://ⓛocalhost/",
    "https://127。0。0。1/",
    "https://a\\@127.0.0.1/",
    "https://127.0.0.1\\.example.org/",
    "https://example.org/#part",
    "https://example.org#",
    "https://example.org:0/",
    "https://example.org:22/",
    "https://example.org:25/",
    "https://example.org:80/",
    "https://example.org:65536/",
    "https://example.org:x/",
    "https://example.org:443:25/",
    "https://exa mple.org/",
    "https://example.org/\r\nhost: inside",
    "https://example.org/\x00",
    "https://[::1/",
    "https://[v1.a]/",
    "https://-/../" + "a" * 2048,
    "https://example..org/",
    "https://" + "a" * 64 + ".org/",
)


@pytest.mark.parametrize("text", SPECIAL)
def test_no_special_address_is_called_by_its_number(text: str) -> None:
    host = f"[{text.replace('%', '%25')}]" if ":" in text else text
    with pytest.raises(Refused) as refused:
        require_address("example.org", text, allow_private=False)
    assert refused.value.kind == "address"
    for port in ("", ":8443"):
        with pytest.raises(Refused):
            require_url(f"https://{host}{port}/hook", allow_private=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_called(text: str) -> None:
    require_address("example.org", text, allow_private=False)
    require_url(f"https://[{text}]/" if ":" in text else f"https://{text}/", allow_private=False)


@pytest.mark.parametrize("text", SPELLINGS)
def test_no_odd_spelling_of_an_address_passes_for_a_name(text: str) -> None:
    for url in (f"https://{text}/", f"https://{text}:8443/hook"):
        with pytest.raises(Refused):
            require_url(url, allow_private=False)


@pytest.mark.parametrize("url", NOT_PLAIN)
def test_what_is_no_plain_address_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        require_url(url, allow_private=False)
    assert refused.value.kind == "address"


def test_an_ordinary_webhook_is_an_address() -> None:
    for url in (
        "https://hooks.example.org/a?b=c",
        "https://example.org:8443/",
        "https://EXAMPLE.org./",
        "https://a_b.example",
    ):
        require_url(url, allow_private=False)


def test_an_exercise_reaches_this_machine_and_no_cloud_s_own_keys() -> None:
    for url in ("http://127.0.0.1:8080/", "http://localhost:3000/", "http://192.168.1.2/", "http://[::1]:9000/"):
        require_url(url, allow_private=True)
    for url in (
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://0.0.0.0:8080/",
        "http://[::ffff:169.254.169.254]/",
    ):
        with pytest.raises(Refused):
            require_url(url, allow_private=True)


def answering(*addresses: str, after: tuple[str, ...] = ()) -> tuple[Any, list[str]]:
    """Return a name server's part in `getaddrinfo`: these addresses, and others from the second time on."""
    asked: list[str] = []

    def look_up(host: str, port: int, family: int, kind: int) -> list[Any]:
        asked.append(host)
        found = after if after and len(asked) > 1 else addresses
        return [entry for one in found for entry in socket.getaddrinfo(one, port, family, kind)]

    return look_up, asked


def resolved(look_up: Any, *, allow_private: bool = False) -> list[str]:
    resolver = GuardedResolver(allow_private=allow_private, look_up=look_up)
    return [one["host"] for one in asyncio.run(resolver.resolve("hooks.example.org", 443))]


def test_a_name_that_leads_inside_is_refused_even_where_another_answer_would_do() -> None:
    assert resolved(answering("8.8.8.8", "2606:4700::1111")[0]) == ["8.8.8.8", "2606:4700::1111"]
    for inside in SPECIAL:
        for answers in ((inside,), ("8.8.8.8", inside), (inside, "8.8.8.8")):
            with pytest.raises(Refused):
                resolved(answering(*answers)[0])


def test_a_name_is_looked_up_once_and_the_call_goes_to_what_was_looked_at() -> None:
    with Inbox() as inbox:
        look_up, asked = answering("127.0.0.1", after=("169.254.169.254",))

        async def call() -> int:
            connector = aiohttp.TCPConnector(
                resolver=GuardedResolver(allow_private=True, look_up=look_up), use_dns_cache=False, force_close=True
            )
            async with aiohttp.ClientSession(connector=connector) as session:
                url = f"http://hooks.example.org:{inbox.port}/bo"
                first = await post(session, url, b"{}", {}, private=True)
                return first * 1000 + await post(session, url, b"{}", {}, private=True)

        assert asyncio.run(call()) == 204_000  # The second call met the other answer.
        assert asked == ["hooks.example.org"] * 2
        assert [one.headers["host"] for one in inbox.got["bo"]] == [f"hooks.example.org:{inbox.port}"]


def called(*urls: str, private: bool) -> list[int]:
    async def call() -> list[int]:
        async with open_session(allow_private=private, sockets=9, seconds=5) as session:
            return [await post(session, url, b"{}", {}, private=private) for url in urls]

    return asyncio.run(call())


def test_nothing_inside_is_called_whatever_the_store_says() -> None:
    """Who writes into the store has not passed the form that asks; each call asks again."""
    with Inbox() as inbox:
        port = inbox.port
        urls = [f"{scheme}://{host}:{port}/bo" for scheme in ("http", "https") for host in ("127.0.0.1", "localhost")]
        urls += [f"https://[::ffff:127.0.0.1]:{port}/", f"https://2130706433:{port}/", f"https://127.1:{port}/"]
        assert called(*urls, private=False) == [0] * len(urls)
        assert not inbox.got
        assert called(inbox.url("bo"), private=True) == [204]
        assert len(inbox.got["bo"]) == 1


def test_a_redirect_leads_nowhere() -> None:
    with Inbox() as inbox:
        inbox.behave("turn", ELSEWHERE)
        for place in (inbox.url("inside"), "http://169.254.169.254/", "file:///etc/passwd"):
            inbox.elsewhere = place
            assert called(inbox.url("turn"), private=True) == [307]
        assert inbox.got["inside"] == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Inbox() as inbox:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, inbox.url("proxy"))
        assert called(inbox.url("bo"), private=True) == [204]
        assert list(inbox.got) == ["bo"]
