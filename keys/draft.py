"""Drafts: what the next roster will say, before it has a number, dates and signatures.

A draft is JSON that people read and may edit: indented, times spelled out.  It names the roster that it was taken from
(`base`), so that a draft made before someone was revoked can't bring that person back.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from keys import dates
from keys.request import Request
from protocol.encoding import b64
from protocol.errors import Refused
from protocol.note import COSIGNER, Key
from protocol.policy import MODE, QUORUM, ROOTS, Policy
from protocol.roster import NO_PREVIOUS, ORGANISATION_ROLES, ORIGIN, ROLES, ROSTER
from protocol.shape import CODE, ID, SHA256, TIME, base64, exactly, integer, list_of, one_of, record, sorted_set_of
from protocol.signed import Signed

DESK: Final = record({"id": CODE, "minimum": integer(2, 32), "zones": sorted_set_of(CODE, 64, 1)})
VERIFIER: Final = record(
    {
        "id": ID,
        "org": CODE,
        "desk": CODE,
        "roles": sorted_set_of(one_of(*ROLES), 5),
        "ed25519": base64(32),
        "certified_until": TIME,
    },
    {"revoked_at": integer(0)},
)
ORGANISATION: Final = record({"id": CODE, "role": one_of(*ORGANISATION_ROLES), "age": SHA256, "ed25519": base64(32)})
# The roster's own fields without number, previous and dates; a draft may still be without people.
DRAFT: Final = record(
    {
        "draft": exactly(1),
        "base": SHA256,
        "network": SHA256,
        "mode": MODE,
        "roots": ROOTS,
        "quorum": QUORUM,
        "desks": list_of(DESK, 64, 1),
        "verifiers": list_of(VERIFIER, 1000),
        "organisations": list_of(ORGANISATION, 256),
        "log": record({"origin": ORIGIN, "key": base64(32)}),
        "cosigners": list_of(record({"name": ORIGIN, "key": base64(32)}), 16),
    }
)
FIELDS: Final = ("network", "mode", "roots", "quorum", "desks", "verifiers", "organisations", "log", "cosigners")

Draft = dict[str, Any]


def draft_roster(
    policy: Policy,
    log: Request,
    desks: Sequence[Mapping[str, Any]],
    cosigners: Sequence[Key] = (),
) -> Draft:
    """Return the draft of a network's first roster, still without people; its quorum is two of two organisations.

    `desks` are {id, minimum, zones}.  Raises Refused: shape, public_key, roster_content (a desk or a cosigner twice).
    """
    draft: Draft = {
        "draft": 1,
        "base": NO_PREVIOUS,
        "network": policy.network,
        "mode": policy.mode,
        "roots": policy.roots.value(),
        "quorum": {"keys": 2, "organisations": 2},
        "desks": sorted(({**one, "zones": sorted(one["zones"])} for one in desks), key=lambda one: str(one["id"])),
        "verifiers": [],
        "organisations": [],
        "log": {"origin": log.value["origin"], "key": b64(log.public)},
        "cosigners": sorted((cosigner_entry(key) for key in cosigners), key=lambda one: one["name"]),
    }
    DRAFT(draft, "draft")
    for name, field in (("desks", "id"), ("cosigners", "name")):
        if len({one[field] for one in draft[name]}) < len(draft[name]):
            raise Refused("roster_content", f"The draft's {name} hold one {field} twice.")
    return draft


def cosigner_entry(key: Key) -> dict[str, str]:
    """Return a cosigner's entry.  Raises Refused("public_key") for a key of another type."""
    if key.type_byte != COSIGNER:
        raise Refused("public_key", f"The key of {key.name} is a log's; a cosigner's key has the type {COSIGNER}.")
    return {"name": key.name, "key": b64(key.public)}


def next_draft(roster: Signed) -> Draft:
    """Return the draft of the roster after a published one.  The caller has opened `roster` before."""
    value = roster.read(ROSTER)
    return {"draft": 1, "base": roster.message(), **{name: deepcopy(value[name]) for name in FIELDS}}


def change_quorum(draft: Draft, keys: int | None, organisations: int | None) -> Draft:
    """Return the draft with another quorum; None leaves a number as it is.  Raises Refused("shape") below two keys."""
    given = {"keys": keys, "organisations": organisations}
    quorum = {**draft["quorum"], **{name: number for name, number in given.items() if number is not None}}
    QUORUM(quorum, "draft.quorum")
    return {**deepcopy(draft), "quorum": quorum}


def encode_draft(draft: Draft) -> bytes:
    """Return a draft's file: indented JSON, times as text, in one order, so that two drafts can be compared."""
    DRAFT(draft, "draft")
    out = deepcopy(draft)
    for one in out["verifiers"]:
        one["certified_until"] = dates.spell(one["certified_until"])
    ordered = {name: out[name] for name in ("draft", "base", *FIELDS)}
    return json.dumps(ordered, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"


def decode_draft(file: bytes) -> Draft:
    """Return the draft of a file, however it is indented.  Raises Refused: not_utf8, not_json, shape."""
    try:
        draft = json.loads(file.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", f"Byte {error.start} of the draft is not UTF-8.") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Refused("not_json", f"The draft is not JSON: {error}.") from error
    people = draft.get("verifiers") if isinstance(draft, dict) else None
    for index, one in enumerate(people if isinstance(people, list) else ()):
        if isinstance(one, dict) and isinstance(one.get("certified_until"), str):
            one["certified_until"] = dates.read(one["certified_until"], f"draft.verifiers[{index}].certified_until")
    DRAFT(draft, "draft")
    checked: Draft = draft
    return checked


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a field that stands twice: a person would read the first one and Python would take the last."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Refused("not_json", f"A field stands twice in one object of the draft: {', '.join(names)[:120]}.")
    return dict(pairs)
