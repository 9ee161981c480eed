"""`sereno demo`: the whole journey without a browser, each step said aloud, for real.

A tip is sealed as the form seals it and left at the door; two verifiers open it, find, propose, attest; the gate lets
it out; a subscriber's webhook receives it and checks it with nothing but the policy file.
"""

from __future__ import annotations

import argparse
import secrets
import socket
import tempfile
from pathlib import Path

from sereno.journey import Journey
from sereno.run import assemble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--out", type=Path, help="where release.json and policy.json are kept")
    parser.add_argument("--folder", type=Path, help="where the demo runs; a temporary folder if not given")


def run(arguments: argparse.Namespace) -> int:
    """Walk the journey in a folder of its own and keep what a receiver would have."""
    with tempfile.TemporaryDirectory(prefix="sereno-") as temporary:
        folder = arguments.folder or Path(temporary)
        port = free_ports(3)
        supervisor, _ = assemble(folder, port)
        with supervisor.keeping():
            release, policy = Journey(folder, port, folder / "people").walk()
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "release.json").write_bytes(release)
        (arguments.out / "policy.json").write_bytes(policy)
        print(f"\nTry: sereno check {arguments.out / 'release.json'} --policy {arguments.out / 'policy.json'}")
    return 0


def free_ports(count: int) -> int:
    """Return the first of `count` neighbouring ports of this machine that are free now."""
    for _ in range(100):
        first = 20_000 + secrets.randbelow(30_000)
        held = []
        try:
            for place in range(count):
                one = socket.socket()
                held.append(one)
                one.bind(("127.0.0.1", first + place))
            return first
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise OSError("No neighbouring ports are free on this machine.")
