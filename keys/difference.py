"""The difference between two rosters in plain words: what a custodian reads before signing.

Every field of a roster has its sentence here; a change without one would be signed unseen, and a test holds to that.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from keys.ceremony import network_words
from keys.dates import say
from protocol.encoding import unb64
from protocol.limits import DESK_KEYS
from protocol.policy import Roots
from protocol.signed import key_id
from protocol.sixwords import fingerprint_words, words_of

Value = Mapping[str, Any]

NOTHING: Final[Value] = {
    "quorum": {},
    "roots": {"threshold": 0, "keys": []},
    "desks": [],
    "verifiers": [],
    "organisations": [],
    "log": {},
    "cosigners": [],
}


def difference(old: Value | None, new: Value) -> list[str]:
    """Return what roster value `new` changes against `old`, a sentence each; `old` is None for the first roster."""
    changes = _changes(NOTHING if old is None else old, new)
    return [*_head(old, new), *(changes or ["Nothing changes but the number and the dates."]), *_ended(new)]


def summary(value: Value) -> list[str]:
    """Return everything a roster value says, a sentence each: as if all of it were added."""
    dates = f"Its dates are from {say(value['issued'])} until {say(value['expires'])}."
    return [_name(value), dates, "In full:", *_changes(NOTHING, value), *_ended(value)]


def _changes(before: Value, new: Value) -> list[str]:
    return [
        *_roots(before, new),
        *_quorum(before, new),
        *_log(before, new),
        *_keyed(before, new, "cosigners", "name", _new_cosigner, _changed_cosigner),
        *_keyed(before, new, "desks", "id", _new_desk, _changed_desk),
        *_keyed(before, new, "organisations", "id", _new_organisation, _changed_organisation),
        *_keyed(before, new, "verifiers", "id", _new_verifier, _changed_verifier),
    ]


def _name(value: Value) -> str:
    exercise = "" if value["mode"] == "actual" else ", an EXERCISE"
    return f"Roster {value['number']} of the network {network_words(value['network'])}{exercise}."


def _head(old: Value | None, new: Value) -> Iterator[str]:
    yield _name(new)
    if old is None:
        yield "It is the network's first roster."
    else:
        yield f"It follows roster {old['number']}, which holds until {say(old['expires'])}."
        if new["issued"] < old["issued"]:
            yield (
                f"It begins before roster {old['number']} would: it takes the place of that one, and of all others "
                "that were signed ahead and have not begun."
            )
        if new["issued"] > old["expires"]:
            yield f"WARNING: no roster holds from {say(old['expires'])} until {say(new['issued'])}."
        for field in ("network", "mode"):
            if old[field] != new[field]:
                yield f"WARNING: its {field} is {new[field]}; before it was {old[field]}."
    yield f"It holds from {say(new['issued'])} until {say(new['expires'])}."


def _ended(new: Value) -> Iterator[str]:
    for one in new["verifiers"]:
        if one["certified_until"] <= new["issued"]:
            yield f"Note: the certification of verifier {one['id']} ended at {say(one['certified_until'])}."


def _roots(old: Value, new: Value) -> Iterator[str]:
    before, after = Roots(**_root_fields(old)), Roots(**_root_fields(new))
    for keyid in sorted(after.by_id().keys() - before.by_id().keys()):
        yield f"Root key {keyid} is added: {fingerprint_words(after.by_id()[keyid])}."
    for keyid in sorted(before.by_id().keys() - after.by_id().keys()):
        yield f"Root key {keyid} is removed."
    if before.threshold != after.threshold:
        yield f"{after.threshold} of {len(after.keys)} roots have to sign{_instead(before.threshold)}."


def _root_fields(value: Value) -> dict[str, Any]:
    return {"threshold": value["roots"]["threshold"], "keys": tuple(value["roots"]["keys"])}


def _instead(before: object) -> str:
    return f"; before it was {before}" if before else ""


def _quorum(old: Value, new: Value) -> Iterator[str]:
    for field, what in (("keys", "verifiers"), ("organisations", "organisations")):
        if old["quorum"].get(field) != new["quorum"][field]:
            needs = new["quorum"][field]
            over = field == "keys" and needs > DESK_KEYS
            more = f" WARNING: a desk joins {DESK_KEYS} signatures, and no alert can go out of it." if over else ""
            yield f"An alert needs {needs} {what}{_instead(old['quorum'].get(field))}.{more}"


def _log(old: Value, new: Value) -> Iterator[str]:
    if old["log"] == new["log"]:
        return
    words, before = fingerprint_words(unb64(new["log"]["key"])), old["log"].get("origin")
    if before == new["log"]["origin"]:
        yield f"The log {before} has another key: {words}."
    else:
        yield f"The log is {new['log']['origin']}, key {words}{_instead(before)}."


def _keyed(old: Value, new: Value, name: str, key: str, added: Any, changed: Any) -> Iterator[str]:
    """Give the sentences of one list: its entries are the same ones where their `key` is."""
    before = {one[key]: one for one in old[name]}
    after = {one[key]: one for one in new[name]}
    what = name.removesuffix("s").capitalize()
    yield from (f"{what} {one} is added: {added(after[one])}." for one in after if one not in before)
    yield from (f"{what} {one} is removed." for one in before if one not in after)
    for one in after:
        if one in before and before[one] != after[one]:
            yield from (f"{what} {one} {sentence}." for sentence in changed(before[one], after[one]))


def _new_cosigner(new: Value) -> str:
    return f"key {fingerprint_words(unb64(new['key']))}"


def _changed_cosigner(old: Value, new: Value) -> Iterator[str]:
    yield f"has another key: {fingerprint_words(unb64(new['key']))}"


def _new_desk(new: Value) -> str:
    return f"at least {new['minimum']} verifiers; zones {', '.join(new['zones'])}"


def _changed_desk(old: Value, new: Value) -> Iterator[str]:
    if old["minimum"] != new["minimum"]:
        yield f"has at least {new['minimum']} verifiers instead of {old['minimum']}"
    for zone in new["zones"]:
        if zone not in old["zones"]:
            yield f"gets the zone {zone}"
    for zone in old["zones"]:
        if zone not in new["zones"]:
            yield f"loses the zone {zone}"


def _new_organisation(new: Value) -> str:
    words = fingerprint_words(unb64(new["ed25519"]))
    return f"{new['role']}; key {words}; sealing key {words_of(bytes.fromhex(new['age']))}"


def _changed_organisation(old: Value, new: Value) -> Iterator[str]:
    if old["role"] != new["role"]:
        yield f"is {new['role']} instead of {old['role']}"
    if old["ed25519"] != new["ed25519"]:
        yield f"has another key: {fingerprint_words(unb64(new['ed25519']))}"
    if old["age"] != new["age"]:
        yield f"has another sealing key: {words_of(bytes.fromhex(new['age']))}"


def _new_verifier(new: Value) -> str:
    roles = f", {' and '.join(new['roles'])}" if new["roles"] else ""
    revoked = f"; REVOKED from log index {new['revoked_at']}" if "revoked_at" in new else ""
    words = fingerprint_words(unb64(new["ed25519"]))
    return f"{new['org']}, desk {new['desk']}{roles}, until {say(new['certified_until'])}; key {words}{revoked}"


def _changed_verifier(old: Value, new: Value) -> Iterator[str]:
    if old["ed25519"] != new["ed25519"]:
        yield f"has another key: {key_id(unb64(new['ed25519']))}, {fingerprint_words(unb64(new['ed25519']))}"
    if old["certified_until"] != new["certified_until"]:
        longer = "renewed" if new["certified_until"] > old["certified_until"] else "SHORTENED"
        yield f"is {longer}: until {say(new['certified_until'])} instead of {say(old['certified_until'])}"
    if "revoked_at" in new and old.get("revoked_at") != new["revoked_at"]:
        earlier = f" instead of {old['revoked_at']}" if "revoked_at" in old else ""
        yield f"is REVOKED: nothing of theirs counts from log index {new['revoked_at']} on{earlier}"
    if "revoked_at" in old and "revoked_at" not in new:
        yield "is NO LONGER REVOKED"
    for role in new["roles"]:
        if role not in old["roles"]:
            yield f"becomes {role}"
    for role in old["roles"]:
        if role not in new["roles"]:
            yield f"is no longer {role}"
    for field, what in (("org", "organisation"), ("desk", "desk")):
        if old[field] != new[field]:
            yield f"moves from {what} {old[field]} to {new[field]}"
