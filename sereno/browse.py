"""Browsing: ask for a page as an ordinary browser does, and keep every byte of what comes.

No redirect is followed and no cookie kept.  A server that wants to treat this program apart can still tell it by how
it speaks TLS and by what it does not ask for.
"""

from __future__ import annotations

import gzip
import http.client
import ssl
import zlib
from dataclasses import dataclass
from typing import Final

import brotli

from sereno.http import parts_of, read_whole

TIME_OUT: Final = 30.0
MOST: Final = 8 << 20  # Bytes of a page: several times the longest of ours.
# What a Firefox of the long-term release sends for a page that somebody typed the address of, in its order.
PAGE: Final = (
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "{language}"),
    ("Accept-Encoding", "gzip, deflate, br"),
    ("Connection", "keep-alive"),
    ("Upgrade-Insecure-Requests", "1"),
    ("Sec-Fetch-Dest", "document"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-User", "?1"),
    ("Priority", "u=0, i"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the status, the body as a browser would have it, and the headers by lower-case name, each value."""

    status: int
    body: bytes
    headers: dict[str, tuple[str, ...]]


def get(origin: str, path: str, language: str) -> Answer:
    """Return the answer to a browser's request.  Raises OSError where there is none, or none that can be read."""
    parts = parts_of(origin)
    connection = _connect(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", parts.netloc)
        for name, value in PAGE:
            connection.putheader(name, value.format(language=_preference(language)))
        connection.endheaders()
        response = connection.getresponse()
        data = read_whole(response, MOST)
        headers: dict[str, tuple[str, ...]] = {}
        for name, value in response.getheaders():
            headers[name.lower()] = (*headers.get(name.lower(), ()), value)
    except http.client.HTTPException as error:
        raise OSError(f"{origin} gave no answer for {path} that a browser could read.") from error
    finally:
        connection.close()
    return Answer(response.status, _decoded(data, headers.get("content-encoding", ()), f"{origin}{path}"), headers)


def _preference(language: str) -> str:
    """Return the Accept-Language of a browser set to a language."""
    return "en-US,en;q=0.5" if language == "en" else f"{language},en-US;q=0.7,en;q=0.3"


def _connect(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port or 443, timeout=TIME_OUT, context=ssl.create_default_context())
    # Where `*.localhost` always is, whatever this machine's resolver says.
    return http.client.HTTPConnection("127.0.0.1" if host.endswith("localhost") else host, port or 80, timeout=TIME_OUT)


def _decoded(data: bytes, encodings: tuple[str, ...], where: str) -> bytes:
    """Return the body without its encoding, of at most `MOST` bytes.  Raises OSError for a longer or a broken one."""
    broken = f"{where} is in an encoding that can't be read, or longer than {MOST} bytes."
    if len(data) > MOST or len(encodings) > 1:
        raise OSError(broken)
    try:
        match encodings[0] if encodings else "identity":
            case "identity":
                return data
            case "gzip":
                plain = _inflate(data)
            case "br":
                plain = _unbrotli(data)
            case _:
                raise OSError(broken)
    except (gzip.BadGzipFile, zlib.error, brotli.error) as error:
        raise OSError(broken) from error
    if len(plain) > MOST:
        raise OSError(broken)
    return plain


def _inflate(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    plain = unpacking.decompress(data, MOST + 1)
    if not unpacking.eof and len(plain) <= MOST:
        raise zlib.error("cut short")
    return plain


def _unbrotli(data: bytes) -> bytes:
    unpacking = brotli.Decompressor()
    plain: bytes = unpacking.process(data, output_buffer_limit=MOST + 1)
    if not unpacking.is_finished() and len(plain) <= MOST:
        raise brotli.error("cut short")
    return plain
