"""`sereno log witness`: what a partner runs, so that a network's log can't show different people different pasts."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from waitress.server import create_server

from protocol.encoding import b64
from protocol.witness import MAX_REQUEST
from sereno.clock import shown
from sereno.witnessing import PLAIN, Witness, make_witness

STATUS: Final = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Entity",
    500: "Internal Server Error",
}
Start = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("witness"), help="key and state (default: witness)")
    parser.add_argument("--new", metavar="NAME", help="make the witness' key, such as witness.example.org, and end")
    parser.add_argument("--log", action="append", default=[], metavar="KEY", help="countersign this log, and end")
    parser.add_argument("--listen", default="127.0.0.1:8010", help="where to answer (default: 127.0.0.1:8010)")


def run(arguments: argparse.Namespace) -> int:
    """Make a key, add logs, or serve until the process is ended."""
    if arguments.new:
        key = make_witness(arguments.folder, arguments.new)
        print(f"{arguments.folder} holds the witness' key. Back it up, but never bring an old state back beside it.")
        print(f"Give this to the network's custodians and operator:\n\n  {key.public.encode()}\n")
        print(f'In a draft of the roster it is {{"name": "{key.name}", "key": "{b64(key.public.public)}"}}.')
    witness = Witness.open(arguments.folder)
    for text in arguments.log:
        print(f"Countersigns {witness.add_log(text).name} from now on.")
    if arguments.new or arguments.log:
        witness.close()
        return 0
    for known in witness.logs():
        seen = f"{known.last.size} leaves" if known.last else "nothing yet"
        print(f"{known.key.name}: has signed {seen}.")
    try:
        server = create_server(
            application(witness),
            listen=arguments.listen,
            threads=4,
            ident=None,
            max_request_body_size=MAX_REQUEST,
            channel_timeout=30,
            clear_untrusted_proxy_headers=True,
        )
    except ValueError as error:
        witness.close()
        raise OSError(
            f"--listen takes an address and a port, such as 127.0.0.1:8010, and no {arguments.listen}."
        ) from error
    print(f"{witness.key.name} answers at http://{arguments.listen}/add-checkpoint since {shown(int(time.time()))}.")
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    server.run()
    return 0


def application(witness: Witness, clock: Callable[[], float] = time.time) -> Application:
    """Return the witness as a WSGI application."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, kind, data = _answer(witness, environ, clock)
        start(f"{status} {STATUS.get(status, 'Refused')}", [("Content-Type", kind), ("Content-Length", str(len(data)))])
        return [data]

    return answer


def _answer(witness: Witness, environ: dict[str, Any], clock: Callable[[], float]) -> tuple[int, str, bytes]:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path == "/" and method == "GET":
        return 200, PLAIN, f"A witness of logs (c2sp.org/tlog-witness): {witness.key.public.encode()}\n".encode()
    if path != "/add-checkpoint":
        return 404, PLAIN, b"There is nothing at this address.\n"
    if method != "POST":
        return 405, PLAIN, b"A checkpoint is sent by POST.\n"
    body = environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), MAX_REQUEST + 1))
    try:
        return witness.answer(body, int(clock()))
    except OSError:
        return 500, PLAIN, b"The witness can't keep its state, and so signs nothing.\n"
