"""A small HTTP client for the command line: JSON and bytes, a refusal comes back as a refusal."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import SplitResult, urlsplit

from protocol.errors import KINDS, Refused

TIME_OUT: Final = 20.0
MOST: Final = 64 << 20  # Bytes of an answer: more than anything we ask for has.
MOST_REFUSED: Final = 64 << 10  # Of an answer that refuses: a kind and a sentence.


def read_whole(answer: http.client.HTTPResponse, most: int) -> bytes:
    """Return the body of an answer, or `most` bytes of it and one more.  Raises HTTPException for one that broke off.

    `HTTPResponse.read` with a number says nothing of what was announced and did not come.
    """
    if answer.length is None and not answer.chunked:  # Its head broke off, or its end is for the reader to guess.
        raise http.client.IncompleteRead(b"")
    data = answer.read(most + 1)
    if answer.length and len(data) <= most:
        raise http.client.IncompleteRead(data, answer.length)
    return data


def parts_of(origin: str) -> SplitResult:
    """Return the parts of a server's address.  Raises OSError for what is none."""
    try:
        parts = urlsplit(origin)
        fits = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and origin.isascii()
        (parts.hostname or "").encode("idna")
    except ValueError:
        fits = False
    if not fits:
        raise OSError(f"{origin} is no server's address: write it whole, such as https://alerts.example.org.")
    return parts


@dataclass(frozen=True, slots=True)
class Client:
    """Talks to one origin.  `token` is sent as a bearer where it is given."""

    origin: str
    token: str | None = None

    def get(self, path: str) -> bytes:
        """Return the bytes at a path.  Raises Refused as the server says, and OSError where there is none."""
        return self._ask("GET", path, None, {})

    def get_json(self, path: str) -> Any:
        """Return the JSON value at a path."""
        return self._value(self.get(path))

    def post_json(self, path: str, value: Any) -> Any:
        """Send a JSON value and return the JSON answer."""
        body = json.dumps(value).encode("utf-8")
        return self._value(self._ask("POST", path, body, {"Content-Type": "application/json"}) or b"null")

    def post_bytes(self, path: str, body: bytes, headers: dict[str, str]) -> Any:
        """Send bytes and return the JSON answer."""
        return self._value(self._ask("POST", path, body, {"Content-Type": "application/octet-stream", **headers}))

    def _value(self, answer: bytes) -> Any:
        try:
            return json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise OSError(f"What answered for {urlsplit(self.origin).netloc} gave no JSON: it is no Sereno.") from error

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        # The name is what the server's origin says; the connection goes to where `*.localhost` always is.
        parts = parts_of(self.origin)
        host = "127.0.0.1" if (parts.hostname or "").endswith("localhost") else parts.hostname
        url = f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}{path}"
        request = urllib.request.Request(url, body, {"Host": parts.netloc, **headers}, method=method)  # noqa: S310
        if self.token is not None:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=TIME_OUT) as answer:  # noqa: S310 - http and https only
                data = read_whole(answer, MOST)
        except urllib.error.HTTPError as error:
            raise _refusal(error, parts.netloc) from error
        except http.client.HTTPException as error:  # The server ended in the middle of its answer.
            raise OSError(f"The answer of {parts.netloc} broke off.") from error
        if len(data) > MOST:
            raise OSError(f"The answer of {parts.netloc} is longer than {MOST} bytes.")
        return data


def _refusal(error: urllib.error.HTTPError, netloc: str) -> Refused | OSError:
    """Return what a server refuses with; of another than ours only the status: its words could be anything."""
    try:
        with error:
            value = json.loads(read_whole(cast("http.client.HTTPResponse", error.fp), MOST_REFUSED))
        if value["kind"] in KINDS and isinstance(value["sentence"], str):
            return Refused(value["kind"], value["sentence"])
    except (http.client.HTTPException, OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return OSError(f"{netloc} answered {error.code}.")
