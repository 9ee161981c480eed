"""Bodies in the encodings that browsers take: compressed once, answered to everyone."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import brotli
from flask import Response, request

from protocol.encoding import fingerprint

BEST: Final = ("br", "gzip")  # In the order of preference.


@dataclass(frozen=True, slots=True)
class Encoded:
    """A public body as it is, in gzip and in Brotli."""

    body: bytes
    gzip: bytes
    brotli: bytes

    @staticmethod
    def of(body: bytes) -> Encoded:
        """Return a body with its encodings.  It must be the same for everyone: sizes of sealed things tell."""
        return _encode(body)

    def answer(self, mimetype: str) -> Response:
        """Return the answer to the request at hand, in the best encoding it takes; 304 where the browser has it."""
        taken = next((one for one in BEST if request.accept_encodings.quality(one) > 0), None)
        response = Response({"br": self.brotli, "gzip": self.gzip, None: self.body}[taken], mimetype=mimetype)
        response.vary.add("Accept-Encoding")
        if taken is not None:
            response.content_encoding = taken
        # One name for each encoding, the same for everyone: it tells nobody apart.
        response.set_etag(f"{fingerprint(self.body)[:32]}-{taken or 'plain'}")
        response.make_conditional(request)  # In place.
        return response


@lru_cache(maxsize=32)
def _encode(body: bytes) -> Encoded:
    # Without a time in it, so that the same body gives the same bytes.
    return Encoded(body, gzip.compress(body, 9, mtime=0), brotli.compress(body))
