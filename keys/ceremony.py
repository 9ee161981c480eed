"""The ceremony: root keys, and the policy that founds a network on them.

Three custodians, two of whom must sign: one lost key ends nothing, and one stolen key signs nothing.

Pure but for the chance that making a root draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from keys.custodian import new_seed
from keys.dates import say
from keys.known import Known, require_unused
from keys.request import Request, request_root
from protocol.encoding import b64, fingerprint
from protocol.errors import Refused
from protocol.limits import MIN_QUORUM
from protocol.policy import MODE, POLICY, Policy, Roots, network_id
from protocol.signed import Signed, admit_key, key_id, public_key
from protocol.sixwords import fingerprint_words, words_of

CUSTODIANS: Final = 3
THRESHOLD: Final = 2


@dataclass(frozen=True, slots=True)
class Root:
    """One root key: its 32-byte seed, which is the whole secret."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """The 32-byte public key."""
        return public_key(self.seed)

    @property
    def id(self) -> str:
        """The 8-character id."""
        return key_id(self.public)

    @property
    def request(self) -> Signed:
        """What a founder needs of it."""
        return request_root(self.seed)


def make_root() -> Root:
    """Return a new root key of chance."""
    return Root(new_seed())


def root_set(publics: Sequence[bytes], threshold: int, known: Iterable[Known], network: str | None) -> Roots:
    """Return the root set of 32-byte public keys.

    Raises Refused: public_key (low order, or used by another network), policy (a key twice, or none to spare: with as
    many keys as must sign, the first that is lost ends the network).
    """
    known = tuple(known)
    for public in publics:
        admit_key(public)
        require_unused([fingerprint(public)], network, known)
    if len(set(publics)) < len(publics):
        raise Refused("policy", "One root key was given twice; every custodian has a key of their own.")
    if not MIN_QUORUM <= threshold < len(publics):
        raise Refused(
            "policy",
            f"{threshold} of {len(publics)} roots would have to sign; at least {MIN_QUORUM} must, and one key more "
            "must be there, or the first that is lost ends the network.",
        )
    return Roots(threshold, tuple(sorted(b64(public) for public in publics)))


def found_network(
    publics: Sequence[bytes],
    mode: str,
    *,
    threshold: int = THRESHOLD,
    keys: int = MIN_QUORUM,
    organisations: int = 1,
    cosigners: int = 0,
    strict: bool = False,
    known: Iterable[Known] = (),
) -> Policy:
    """Return the policy of a new network with these roots.

    `keys`, `organisations`, `cosigners` and `strict` can only raise what rosters will ask for.  Raises as `root_set`,
    and Refused("shape") for a number out of its bounds.
    """
    MODE(mode, "mode")
    roots = root_set(publics, threshold, known, None)
    value = {
        "v": 1,
        "network": network_id(roots, mode),
        "mode": mode,
        "roots": roots.value(),
        "quorum": {"keys": keys, "organisations": organisations},
        "cosigners": cosigners,
        "strict": strict,
    }
    POLICY(value, "policy")
    return Policy(network_id(roots, mode), mode, roots, keys, organisations, cosigners, strict)


def network_words(network: str) -> str:
    """Return the six words of a network: of its name, which is a hash already."""
    return words_of(bytes.fromhex(network))


def transcript(policy: Policy, roots: Sequence[Request], now: int) -> str:
    """Return the record of a founding for people to sign by hand.  It holds nothing secret."""
    file = policy.encode()
    lines = [
        "CEREMONY OF A NETWORK" if policy.mode == "actual" else "CEREMONY OF AN EXERCISE NETWORK",
        "",
        f"Date               {say(now)}, by this machine's clock: if that is wrong, correct it here by hand",
        f"Mode               {policy.mode} (it is part of the network's name and never changes)",
        f"Network            {policy.network}",
        f"                   {network_words(policy.network)}",
        f"Policy file        SHA-256 {fingerprint(file)}",
        f"                   {fingerprint_words(file)}",
        f"To publish         {policy.roots.threshold} of {len(policy.roots.keys)} custodians sign",
        f"Quorum of alerts   at least {policy.keys} verifiers from at least {policy.organisations} organisation(s)",
        "",
    ]
    for number, root in enumerate(roots, 1):
        lines += [
            f"Custodian {number}        root key {root.id}",
            f"                   {b64(root.public)}",
            f"                   {root.words}",
            "                   I alone know the pass-phrase of this key, on paper, kept apart from the file.",
            "                   Name ____________________________   Signature ____________________________",
            "",
        ]
    lines += [
        "Every custodian compared the six words of the network and of each key with the screen.",
        "Witness            Name ____________________________   Signature ____________________________",
    ]
    return "\n".join(lines) + "\n"
