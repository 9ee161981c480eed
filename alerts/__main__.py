"""`python -m alerts`: serve the public face."""

from __future__ import annotations

import logging

import waitress

from alerts.app import create_app
from alerts.settings import Settings


def main() -> None:
    """Serve until the process is ended."""
    settings = Settings.read()
    # Its errors name the address of whoever asked.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    waitress.serve(
        create_app(settings),
        listen=settings.listen,
        threads=settings.threads,
        ident=None,
        max_request_body_size=64 * 1024,
        channel_timeout=30,
        clear_untrusted_proxy_headers=True,
    )


if __name__ == "__main__":
    main()
