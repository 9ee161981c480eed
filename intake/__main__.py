"""`python -m intake`: serve the open door."""

from __future__ import annotations

import logging
from typing import Final

import waitress

from intake.app import create_app
from intake.byhand import LARGEST
from intake.settings import Settings

RECEIVE: Final = 128 * 1024  # Bytes read at once: a text tip in one piece instead of eleven.


def main() -> None:
    """Serve until the process is ended."""
    settings = Settings.read()
    # A line for each request that has to wait would tell a journal, to the microsecond, when tips came; its errors name
    # the address of whoever asked.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    waitress.serve(
        create_app(settings),
        listen=settings.listen,
        threads=settings.threads,
        ident=None,  # Nothing about the software in an answer's headers.
        max_request_body_size=LARGEST + 1024,
        # Bodies wait in memory, however long: what comes by hand may be unsealed, by mistake, and waitress would put
        # what is over 512 KiB into a file.
        inbuf_overflow=2 * LARGEST,
        recv_bytes=RECEIVE,
        channel_timeout=30,
        connection_limit=1000,
        clear_untrusted_proxy_headers=True,
    )


if __name__ == "__main__":
    main()
