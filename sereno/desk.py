"""`sereno desk`: the desk's page from the verifier's own machine, against a network's remote interface.

Whoever serves the desk could take the vaults of everyone on shift.  Served from here, the page's code is that of this
checkout, and the remote server gets signatures and sealed bytes only.  The network's desk has to name this origin among
its own (SERENO_DESK_ORIGINS).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import waitress
from flask import Flask, Response

from look.face import ORIGIN, Face
from protocol.errors import Refused
from protocol.policy import Policy
from sereno.http import Client
from sereno.run import read_port
from verifier.pages import WORKER, Pages, answer, build_pages, worker_answer

HOST: Final = "127.0.0.1"
PORT: Final = 8022


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--network", required=True, help="the desk's origin, e.g. https://desk.example.org")
    parser.add_argument("--policy", required=True, type=Path, help="the policy file that you were handed")
    parser.add_argument("--face", type=Path, help="a copy of the network's face: names, zones (default: the network's)")
    parser.add_argument(
        "--port", type=read_port, default=PORT, help=f"where to serve on this machine (default: {PORT})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve the page on this machine's own address until asked to stop."""
    ORIGIN(arguments.network, "--network")
    policy = Policy.decode(arguments.policy.read_bytes())
    # A face is neither secret nor trusted: it names zones and languages, and no key.
    face = Face.read(arguments.face) if arguments.face else Face.decode(Client(arguments.network).get("/face.json"))
    app = create_app(build_pages(face, policy, arguments.network))
    print(f"The desk is at http://{HOST}:{arguments.port}  (Ctrl-C stops it)", flush=True)
    waitress.serve(app, listen=f"{HOST}:{arguments.port}", threads=2, ident=None)
    return 0


def create_app(pages: Pages) -> Flask:
    """Return an application that serves the pages and nothing else."""
    app = Flask("sereno.desk", static_folder=None)
    made = pages.by_language
    app.add_url_rule("/", "first", lambda: answer(made, next(iter(made))))
    app.add_url_rule("/<lang>", "page", lambda lang: answer(made, lang))
    app.add_url_rule(WORKER, "worker", lambda: worker_answer(pages))
    app.register_error_handler(Refused, lambda error: (error.value(), error.status))
    app.after_request(_headers)
    return app


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
