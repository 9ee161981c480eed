"""`sereno legal`: the attorneys' desk.  It fetches what every tip holds for them and shows the little that was used.

It runs on the attorneys' own machine, with their organisation's key.  The server hands out every part alike and never
learns which of them opened; nothing is deleted there, it burns by itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

from keys.custodian import Custody, open_custody
from keys.terminal import ask_passphrase
from look.face import ORIGIN
from protocol import age, limits
from protocol.encoding import b64, canonical, fingerprint, parse, unb64
from protocol.errors import Refused
from protocol.legal import check_legal, open_legal
from protocol.policy import Policy
from protocol.shape import CODE, SHA256, exactly, integer, list_of, record, sorted_set_of
from protocol.signin import NONCE, sign_in
from sereno import clock
from sereno.breakglass import write_new
from sereno.http import Client
from sereno.terminal import shown

MOST: Final = 64 * limits.LEGAL_PARTS  # Of every desk that a roster may have.
LAST_DAY: Final = 2_932_896  # The last that a calendar has: 31 December 9999.
LISTED: Final = record({"parts": list_of(record({"name": SHA256, "desk": CODE, "day": integer(0, LAST_DAY)}), MOST)})
SEEN: Final = record({"v": exactly(1), "network": SHA256, "names": sorted_set_of(SHA256, MOST)})
MAX_SEEN: Final = 70 * MOST


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--desk", required=True, help="the desk's origin, e.g. https://desk.example.org")
    parser.add_argument("--organisation", required=True, type=Path, help="your organisation's key file")
    parser.add_argument("--policy", required=True, type=Path, help="the policy file that you were handed")
    parser.add_argument("--out", type=Path, help="a folder for the words, a file each; without it they are shown")
    text = "the names of the parts that were opened before (default: beside the key file, .seen)"
    parser.add_argument("--seen", type=Path, help=text)


def run(arguments: argparse.Namespace) -> int:
    """Fetch what is new, open it here, and show what somebody wrote."""
    ORIGIN(arguments.desk, "--desk")
    policy = Policy.decode(arguments.policy.read_bytes())
    path = arguments.seen or arguments.organisation.with_name(arguments.organisation.name + ".seen")
    seen = read_seen(path, policy)  # Before anybody types a pass-phrase for nothing.
    key = open_custody(arguments.organisation.read_bytes(), ask_passphrase(str(arguments.organisation)))
    identity = require_attorney(key, policy)
    client = enter(arguments.desk, policy, key)
    listed = client.get_json("/api/legal")
    LISTED(listed, "what the desk answered")
    standing = {one["name"] for one in listed["parts"]}
    fresh = [one for one in listed["parts"] if one["name"] not in seen]
    used = 0
    try:
        for one in fresh:
            used += show(one, fetched(client, one["name"]), identity, arguments.out)
            seen.add(one["name"])
    finally:
        write_seen(path, policy, seen & standing)
    print(f"{len(fresh)} new, of which {used} held something for you.", file=sys.stderr)
    if used:
        print("It is yours to keep or to destroy. At the desk it burns within a week, read or not.", file=sys.stderr)
    return 0


def require_attorney(key: Custody, policy: Policy) -> age.Identity:
    """Return the identity of an attorneys' organisation of this network.  Raises Refused("not_yours")."""
    value = key.request.value
    role, network = value.get("role", key.request.kind), value.get("network", "no network")
    if role != "attorney" or key.age is None:
        raise Refused("not_yours", f"This is the key of a {role}; legal parts are for the roles of attorney alone.")
    if network != policy.network:
        raise Refused("not_yours", f"This key is for network {network[:16]}; the policy is {policy.network[:16]}'s.")
    return age.Identity(key.age)


def enter(origin: str, policy: Policy, key: Custody) -> Client:
    """Return a client that is signed in at a desk as the organisation.  Raises Refused as the desk says."""
    door = Client(origin)
    nonce = unb64(door.get_json("/api/challenge")["nonce"], NONCE)
    signed = sign_in(origin, policy.network, nonce, clock.now(), key.request.id, key.seed)
    answer = door.post_json("/api/legal/session", {"nonce": b64(nonce), "signed": signed.value()})
    return Client(origin, answer["token"])


def fetched(client: Client, name: str) -> bytes:
    """Return the part of that name.  Raises Refused("digest") for other bytes."""
    part = client.get(f"/api/legal/{name}")
    if fingerprint(part) != name:
        raise Refused("digest", f"The desk gave other bytes for {name[:16]}. Try again, and tell a custodian.")
    return part


def show(one: dict[str, Any], part: bytes, identity: age.Identity, out: Path | None) -> bool:
    """Show or write what a part holds; say whether it holds anything.  An unused one opens for nobody."""
    day = time.strftime("%Y-%m-%d", time.gmtime(one["day"] * limits.DAY))
    where = f"desk {one['desk']}, {day}"
    try:
        check_legal(part)
        words = open_legal(part, identity)
    except Refused as refusal:
        # The shape has passed, so age_header means a share of low order: it is nobody's, and says so to everybody.
        if refusal.kind not in ("age_no_match", "age_header"):
            print(f"{where}: sealed to you, and broken: {shown(refusal.sentence)}", file=sys.stderr)
        return False
    if not words:
        return False
    if out is None:
        print(f"--- {where}\n{shown(words)}\n")
        return True
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = out / f"{day}-{one['desk']}-{one['name'][:12]}.txt"
    if not file.exists():  # One that a run before this wrote, and could not note down any more.
        write_new(file, words.encode("utf-8"))
    print(f"{where}: {file}")
    return True


def read_seen(path: Path, policy: Policy) -> set[str]:
    """Return the names of the parts that were opened before.  Raises Refused("shape") for another network's file."""
    if not path.exists():
        return set()
    value = parse(path.read_bytes().removesuffix(b"\n"), MAX_SEEN)
    SEEN(value, str(path))
    if value["network"] != policy.network:
        raise Refused("shape", f"{path} is of network {value['network'][:16]}; the policy is {policy.network[:16]}'s.")
    return set(value["names"])


def write_seen(path: Path, policy: Policy, names: set[str]) -> None:
    """Write down what was opened, for its owner's eyes, whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    write_new(beside, canonical({"v": 1, "network": policy.network, "names": sorted(names)}) + b"\n")
    os.replace(beside, path)
