"""Bodies in the encodings that browsers take: compressed once, when somebody first asks for them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import brotli
from flask import Response, request

from protocol.encoding import fingerprint


@dataclass(frozen=True, slots=True)
class Encoded:
    """A public body, which is the same for everyone: sizes of sealed things tell."""

    body: bytes

    def answer(self, mimetype: str) -> Response:
        """Return the answer to the request at hand, in the best encoding it takes; 304 where the browser has it."""
        taken = next((one for one in BEST if request.accept_encodings.quality(one) > 0), None)
        response = Response(BEST[taken](self.body) if taken else self.body, mimetype=mimetype)
        response.vary.add("Accept-Encoding")
        if taken is not None:
            response.content_encoding = taken
        # One name for each encoding, the same for everyone: it tells nobody apart.
        response.set_etag(f"{fingerprint(self.body)[:32]}-{taken or 'plain'}")
        response.make_conditional(request)  # In place.
        return response


@lru_cache(maxsize=32)
def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body))


@lru_cache(maxsize=32)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)  # Without a time in it: the same body gives the same bytes.


# In the order of preference.  A page takes a third of a second, so it is done when it is first asked for, and kept.
BEST: Final[Mapping[str, Callable[[bytes], bytes]]] = {"br": _brotli, "gzip": _gzip}
