"""`sereno seal` and `sereno open`: a tip without the pages, when there is no browser or no server.

`open` needs a dated epoch file: an age identity with a comment that says whose it is and when it must be destroyed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from protocol import age, limits
from protocol.envelope import seal_envelope
from protocol.errors import Refused
from protocol.legal import open_legal
from protocol.policy import Policy
from protocol.publication import open_publication
from protocol.sealedfile import START, SealedFile
from protocol.tip import ORIGINAL, TIP, decode_tip
from sereno import clock
from sereno.terminal import shown

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", ORIGINAL: ".age"}


def add_seal_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `sereno seal`."""
    parser.add_argument("tip", type=Path, help="a JSON file with what, where, when and seen (SPEC 6.1)")
    parser.add_argument(
        "--recipients", type=Path, required=True, help="what the intake answers at /recipients, as a file"
    )
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--legal", type=Path, help="a text file that only the attorneys will read")
    parser.add_argument("--out", type=Path, required=True, help="where the sealed file goes; never overwritten")


def seal(arguments: argparse.Namespace) -> int:
    """Seal a tip from a file for the desk of its zone."""
    policy = Policy.decode(arguments.policy.read_bytes())
    now = clock.now()
    published = open_publication(arguments.recipients.read_bytes(), policy, now)
    tip = read_tip(arguments.tip.read_bytes())
    to = published.set_for_zone(tip["where"]["zone"])
    header = {
        "v": 1,
        "kind": "tip",
        "id": os.urandom(16).hex(),
        "day": now // limits.DAY,
        "network": policy.network,
        "form": "0" * 64,
        "tip": tip,
    }
    legal = _text(arguments.legal) if arguments.legal else ""
    envelope = seal_envelope(header, to, published.attorneys, legal=legal)
    write_new(arguments.out, SealedFile(to.desk, to.name, envelope).encode())
    print(f"Sealed to {len(to.members)} verifiers of desk {to.desk}, set {to.number}.")
    print(f"Hand {arguments.out} in at the form, under “For places without a network”.")
    return 0


def add_open_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `sereno open`."""
    parser.add_argument("envelope", type=Path, help="an envelope, or the sealed file of a saved form")
    parser.add_argument("--identity", type=Path, required=True, help="a dated epoch file, or an attorney's identity")
    parser.add_argument("--legal", action="store_true", help="the file is a legal part, and the identity an attorney's")
    parser.add_argument("--out", type=Path, help="a folder for the words and photos; without it only words are shown")


def open_(arguments: argparse.Namespace) -> int:
    """Open an envelope with an epoch file and show its words; write its attachments where asked."""
    identity = read_identity(_text(arguments.identity))
    data: bytes = arguments.envelope.read_bytes()
    if arguments.legal:
        print(shown(open_legal(data, identity)))
        return 0
    if data.startswith(START):
        data = SealedFile.decode(data).envelope
    tip = decode_tip(age.open(data, [identity]))
    words = json.dumps(dict(tip.header["tip"]), indent=2, ensure_ascii=False, sort_keys=True)
    print(shown(words))
    if arguments.out:
        arguments.out.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(arguments.out / "tip.json", words.encode("utf-8") + b"\n")
        for number, one in enumerate(tip.files, start=1):
            write_new(arguments.out / f"photo-{number}{SUFFIXES[one.type]}", one.data)
        print(f"Written to {arguments.out}. Delete it when the case is closed.", file=sys.stderr)
    return 0


def read_tip(data: bytes) -> dict[str, Any]:
    """Return the tip that a JSON file holds.  Raises Refused("shape")."""
    try:
        value: dict[str, Any] = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("shape", f"The tip is not JSON: {error}.") from error
    TIP(value, "tip")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise OSError(f"{path} is not text; is it the right file?") from error


def read_identity(text: str) -> age.Identity:
    """Return the identity of an age identity file: comment lines and one AGE-SECRET-KEY-PQ line."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if len(lines) != 1:
        raise Refused("vault", f"An epoch file has one key line; this one has {len(lines)}.")
    return age.Identity.decode(lines[0])


def write_new(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, and never over another."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
