"""The manifest: the root-signed list of every static page of a network's faces, by name.  SPEC 5.8.

Whoever serves a page can serve another one to one visitor.  Custodians make the pages on their own machines, sign what
these are called, and anybody can hold a live site against that list.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from protocol.encoding import canonical, fingerprint, parse
from protocol.errors import Refused
from protocol.policy import MODE, Policy, Roots
from protocol.roster import NO_PREVIOUS, open_roster
from protocol.shape import SHA256, TIME, Shape, exactly, integer, list_of, matching, one_of, record
from protocol.signed import MAX_SIGNED, Signed

# Of each face, the element whose content a saved copy fills in; a desk has none: its name is that of all its bytes.
CARRIED: Final[Mapping[str, str | None]] = MappingProxyType({"check": "roster", "desk": None, "form": "recipients"})
MAX_PAGES: Final = 256

PATH: Final = matching(r"/[A-Za-z0-9][A-Za-z0-9./-]{0,63}", "a path such as /en or /en/check")
_PAGES: Final = list_of(record({"face": one_of(*CARRIED), "path": PATH, "name": SHA256}), MAX_PAGES, 1)
_LISTED: Final[dict[str, Shape]] = {"v": exactly(1), "network": SHA256, "mode": MODE, "pages": _PAGES}
LISTING: Final = record(_LISTED)
MANIFEST: Final = record({**_LISTED, "number": integer(1), "previous": SHA256, "issued": TIME})

Place = tuple[str, str]  # A face and a path.


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked manifest: what every page is called, by (face, path).  Made by `open_manifest`."""

    name: str
    number: int
    previous: str
    issued: int
    pages: Mapping[Place, str]

    def require_follows(self, number: int, name: str) -> None:
        """Raise Refused("manifest_chain") unless this one is manifest `number`, `name`, or may come after it."""
        if self.name != name:
            require_follows(self.number, self.previous, number, name)


def page_name(face: str, body: bytes) -> str:
    """Return a page's name: the SHA-256 of its bytes, with what a saved copy carries and its own name left blank.

    Raises Refused("page") for a page of form or check that does not have exactly one of each element.
    """
    carried = CARRIED[face]
    return fingerprint(body if carried is None else blank(body, carried))


def blank(body: bytes, carried: str) -> bytes:
    """Return a page without the content of `carried` and `page-hash`.  Raises Refused("page")."""
    element = rb'(<script type="application/json" id="(%b|page-hash)">)[^<]*(</script>)' % carried.encode("ascii")
    found = [match[1] for match in re.findall(element, body)]
    if found != [carried.encode("ascii"), b"page-hash"]:
        raise Refused(
            "page", f"A page has one element {carried} and then one page-hash; this has {len(found)} of them."
        )
    return re.sub(element, rb"\1\3", body)


def encode_listing(policy: Policy, pages: Mapping[Place, str]) -> bytes:
    """Return the unsigned list of a checkout's pages: canonical JSON and a line feed, the same on every machine."""
    rows = [{"face": face, "path": path, "name": pages[face, path]} for face, path in sorted(pages)]
    value = {"v": 1, "network": policy.network, "mode": policy.mode, "pages": rows}
    require_pages(value)
    return canonical(value) + b"\n"


def decode_listing(data: bytes, policy: Policy) -> dict[str, Any]:
    """Return the value of an unsigned list.  Raises as `parse`, the shape, and Refused: manifest, manifest_network."""
    value: dict[str, Any] = parse(data.removesuffix(b"\n"), MAX_SIGNED)
    LISTING(value, "pages")
    require_pages(value)
    require_network(value, policy)
    return value


def require_pages(value: Mapping[str, Any]) -> None:
    """Raise Refused("manifest") unless pages ascend by face and path, each place once, and each face has one."""
    places = [(one["face"], one["path"]) for one in value["pages"]]
    if any(a >= b for a, b in pairwise(places)):
        raise Refused("manifest", "The manifest's pages must ascend by face and path with no page twice.")
    missing = sorted(set(CARRIED) - {face for face, _ in places})
    if missing:
        raise Refused("manifest", f"A manifest lists the pages of all faces; this has none of {', '.join(missing)}.")


def require_network(value: Mapping[str, Any], policy: Policy) -> None:
    """Raise Refused("manifest_network") where a list or manifest is of another network than the policy's."""
    for name, ours in (("network", policy.network), ("mode", policy.mode)):
        if value[name] != ours:
            raise Refused("manifest_network", f"The manifest's {name} is {value[name]}; the policy's is {ours}.")


def require_follows(number: int, previous: str, old_number: int, old_name: str) -> None:
    """Raise Refused("manifest_chain") unless a manifest that names `previous` may come after an older one."""
    if number <= old_number:
        raise Refused(
            "manifest_chain",
            f"Manifest {number} can't follow manifest {old_number}, {old_name[:16]}: numbers rise, and one number is "
            "one manifest. Whoever hands this out hands out an old one, or two of one number were signed.",
        )
    if number == old_number + 1 and previous != old_name:
        raise Refused(
            "manifest_chain",
            f"Manifest {number} names {previous[:16]} before it; manifest {old_number} is {old_name[:16]}.",
        )


def roots_of(policy: Policy, chain: Sequence[Signed]) -> Roots:
    """Return the roots that sign now: those of the last root change of `chain`; without one, the policy's.

    Raises as `open_roster`.
    """
    return open_roster(chain[-1], chain[:-1], policy).roots if chain else policy.roots


def open_manifest(signed: Signed, roots: Roots, policy: Policy) -> Manifest:
    """Return the checked manifest.  `roots` are those in force now: what others once signed counts no more.

    Raises Refused: payload_type, signer, signature, manifest_signers, manifest_network, manifest_chain, manifest.
    """
    signers = signed.check("manifest", roots.by_id())
    if len(signers) < roots.threshold:
        raise Refused(
            "manifest_signers", f"{len(signers)} of the roots signed this manifest; {roots.threshold} are needed."
        )
    value = read_manifest(signed.payload)
    require_network(value, policy)
    pages = {(one["face"], one["path"]): one["name"] for one in value["pages"]}
    return Manifest(signed.message(), value["number"], value["previous"], value["issued"], MappingProxyType(pages))


def read_manifest(payload: bytes) -> dict[str, Any]:
    """Return the value of a manifest's bytes, signed by nobody yet or checked by the caller.

    Raises as `parse` and the shape, and Refused: manifest, manifest_chain.
    """
    value: dict[str, Any] = parse(payload, MAX_SIGNED)
    MANIFEST(value, "manifest")
    require_pages(value)
    if (value["number"] == 1) != (value["previous"] == NO_PREVIOUS):
        raise Refused(
            "manifest_chain",
            f"Manifest {value['number']} names {value['previous'][:16]} before it; only the first names nothing.",
        )
    return value
