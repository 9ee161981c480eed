"""Changes: what a draft may change besides people: an organisation's keys, the log's, cosigners, desks.

Every function takes a draft and returns a new one; nothing holds until a roster is published from it.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from keys.draft import DRAFT, Draft, cosigner_entry
from keys.enrol import admit, require_new
from keys.known import Known
from keys.request import Request
from protocol.encoding import b64, fingerprint
from protocol.errors import Refused
from protocol.note import Key


def replace_organisation(draft: Draft, code: str, request: Request, known: Iterable[Known] = ()) -> Draft:
    """Return the draft with an organisation's new keys, under its new code, in the place of `code`.

    Its verifiers move along: under two codes one organisation would count as two.  Raises as `admit`, and
    Refused("roster_content") for an unknown code.
    """
    rest = {**deepcopy(draft), "organisations": _without(draft, "organisations", "id", code)}
    old = next(one for one in draft["organisations"] if one["id"] == code)
    if request.kind == "organisation" and request.value["role"] != old["role"]:
        raise Refused(
            "roster_content",
            f"{code} is {old['role']}; the request is of a {request.value['role']}. Admit that one beside it.",
        )
    if b64(request.public) == old["ed25519"] or fingerprint(str(request.value.get("age")).encode()) == old["age"]:
        raise Refused("public_key", f"The request holds a key that {code} has already: new keys are needed, both.")
    new = admit(rest, request, known)
    for one in new["verifiers"]:
        if one["org"] == code:
            one["org"] = request.value["id"]
    DRAFT(new, "draft")
    return new


def drop_organisation(draft: Draft, code: str) -> Draft:
    """Return the draft without an organisation.  Raises Refused("roster_content") where it has verifiers still."""
    people = [one["id"] for one in draft["verifiers"] if one["org"] == code and "lent" not in one["roles"]]
    if people:
        raise Refused("roster_content", f"{', '.join(people)} are of {code}: remove them first, or move them.")
    return {**deepcopy(draft), "organisations": _without(draft, "organisations", "id", code)}


def change_log(draft: Draft, request: Request, known: Iterable[Known] = ()) -> Draft:
    """Return the draft with another key of the log, or another log.  Raises Refused: shape, public_key."""
    if request.kind != "log":
        raise Refused("shape", f"The request of a log is needed; this is one of kind {request.kind}.")
    require_new(draft, [fingerprint(request.public)], known)
    return {**deepcopy(draft), "log": {"origin": request.value["origin"], "key": b64(request.public)}}


def change_cosigners(draft: Draft, keys: Sequence[Key], gone: Sequence[str]) -> Draft:
    """Return the draft without the cosigners named `gone`, and with these keys: of a name that is there, its new one.

    Raises Refused: public_key, roster_content (an unknown name, or one twice).
    """
    return _change(draft, "cosigners", "name", [cosigner_entry(key) for key in keys], gone)


def change_desks(draft: Draft, desks: Sequence[Mapping[str, Any]], gone: Sequence[str]) -> Draft:
    """Return the draft without the desks `gone`, and with these {id, minimum, zones} added or as now said.

    Raises Refused: shape, roster_content (an unknown desk, one twice, or one with verifiers).
    """
    for code in gone:
        people = [one["id"] for one in draft["verifiers"] if one["desk"] == code]
        if people:
            raise Refused("roster_content", f"{', '.join(people)} are of desk {code}: remove them first.")
    fresh = [{**one, "zones": sorted(one["zones"])} for one in desks]
    return _change(draft, "desks", "id", fresh, gone)


def _change(draft: Draft, name: str, key: str, fresh: Sequence[Mapping[str, Any]], gone: Sequence[str]) -> Draft:
    names = [one[key] for one in fresh]
    if len({*names, *gone}) < len(names) + len(gone):
        raise Refused("roster_content", f"One of the {name} is named twice: {', '.join([*names, *gone])}.")
    kept = deepcopy(draft[name])
    for one in gone:
        _without(draft, name, key, one)
    kept = [one for one in kept if one[key] not in {*names, *gone}]
    new = {**deepcopy(draft), name: sorted([*kept, *fresh], key=lambda one: str(one[key]))}
    DRAFT(new, "draft")
    return new


def _without(draft: Draft, name: str, key: str, code: str) -> list[dict[str, Any]]:
    kept = [deepcopy(one) for one in draft[name] if one[key] != code]
    if len(kept) == len(draft[name]):
        raise Refused("roster_content", f"There is no {code} among the draft's {name}.")
    return kept
