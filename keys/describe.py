"""What a file is, in words: for a custodian who finds one on a memory stick.

Nothing secret is said, and nothing is called checked that was not.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from keys.ceremony import network_words
from keys.custodian import read_custody
from keys.dates import say
from keys.difference import summary
from keys.draft import decode_draft
from keys.publish import read_payload
from keys.request import Request, open_any_request
from protocol.encoding import unb64
from protocol.errors import Refused
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.roster import ROSTER, open_roster
from protocol.signed import Signed
from protocol.sixwords import fingerprint_words
from protocol.stay import check_stay


def describe(file: bytes, policy: Policy | None, chain: Sequence[Signed], now: int) -> list[str]:
    """Return what a file is, a sentence each; with a policy also whether a roster is checked.

    Raises Refused("shape") for a file that is none of ours, and what the file's own decoder raises.
    """
    if file.startswith(b"PRIVATE+KEY+"):
        key = LogKey.decode(file)
        return [
            f"The SECRET key of the log {key.origin}. It belongs on the log writer's machine and nowhere else.",
            f"Its public key: {key.public.encode()}",
            f"Words of the key: {fingerprint_words(key.public.public)}.",
        ]
    value = _fields(file)
    if value.get("file") == "custodian":
        return _custody(read_custody(file)[1])
    if value.get("file") == "names":
        return ["The sealed list of names, under words that custodians and leads know. It goes on no server."]
    if "stay" in value:
        return _stay(file, policy)
    if "kdf" in value:
        return ["A verifier's vault: a SECRET key under a pass-phrase. Only the pass-phrase tells whose it is."]
    if "payloadType" in value:
        return _signed(Signed.decode(file.removesuffix(b"\n")), policy, chain, now)
    if "draft" in value:
        return _draft(decode_draft(file))
    if "strict" in value:
        return _policy(Policy.decode(file))
    if "verifiers" in value:
        payload = file.removesuffix(b"\n")
        return [
            "An UNSIGNED roster.",
            f"Its words: {fingerprint_words(payload)}.",
            *summary(read_payload(payload)),
        ]
    raise Refused("shape", "The file is JSON, but none of the files that custodians use.")


def _stay(file: bytes, policy: Policy | None) -> list[str]:
    if policy is None:
        return ["A lead's stay: it suspends a person. NOT checked: name the policy file to have it checked."]
    stay = check_stay(file, policy)
    return [f"CHECKED: {stay.by} suspends {stay.verifier} from {say(stay.issued)} until {say(stay.until)}."]


def _fields(file: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise Refused("not_json", "The file is neither JSON nor a log's key: none of the files that we use.") from error
    if not isinstance(value, dict):
        raise Refused("shape", "The file is JSON, but none of the files that custodians use.")
    return value


def _custody(request: Request) -> list[str]:
    return [
        f"A custodian file: the SECRET key {request.id} of kind {request.kind}, under a pass-phrase.",
        *describe_request(request)[1:],
    ]


def describe_request(request: Request) -> list[str]:
    """Return what a request asks for; its holder reads the words aloud and the custodian compares them."""
    value = request.value
    lines = [f"A request of key {request.id}: {_asks(request.kind, value)}.", f"Words of the key: {request.words}."]
    if "network" in value:
        lines.append(f"Words of the network it is for: {network_words(value['network'])}.")
    return lines


def _asks(kind: str, value: Mapping[str, Any]) -> str:
    if kind == "root":
        return "to be one of a network's roots"
    if kind == "log":
        return f"to be the key of the log {value['origin']}"
    if kind == "organisation":
        return f"to be the organisation {value['id']}, {value['role']}"
    return f"to verify at desk {value['desk']}" + (f" for {value['org']}" if "org" in value else "")


def _policy(policy: Policy) -> list[str]:
    roots = policy.roots
    strict = "; alerts without them are refused at once" if policy.strict else ""
    return [
        f"The policy of a network, {policy.mode}.",
        f"Words of the network: {network_words(policy.network)}.",
        f"{roots.threshold} of its {len(roots.keys)} roots have to sign a roster:",
        *(f"  {keyid}: {fingerprint_words(public)}" for keyid, public in sorted(roots.by_id().items())),
        f"It asks for at least {policy.keys} verifiers from {policy.organisations} organisation(s) for an alert,",
        f"and for {policy.cosigners} cosigner(s) of the log{strict}.",
        f"Words of the file: {fingerprint_words(policy.encode())}.",
    ]


def _draft(draft: Mapping[str, Any]) -> list[str]:
    people, organisations = draft["verifiers"], draft["organisations"]
    return [
        f"A draft of a roster, unsigned, of the network {network_words(draft['network'])}, {draft['mode']}.",
        f"{len(people)} verifiers, {sum('lead' in one['roles'] for one in people)} of them leads.",
        f"{len(organisations)} organisations; {len(draft['desks'])} desks.",
        *(
            f"  {one['id']}: {one['org']}, desk {one['desk']}, {', '.join(one['roles']) or 'no role'}, "
            f"until {say(one['certified_until'])}, {fingerprint_words(unb64(one['ed25519']))}"
            for one in people
        ),
    ]


def _signed(signed: Signed, policy: Policy | None, chain: Sequence[Signed], now: int) -> list[str]:
    if signed.noun == "request":
        return describe_request(open_any_request(signed))
    signers = ", ".join(one.keyid for one in signed.signatures)
    words = f"Its words: {fingerprint_words(signed.payload)}."
    if signed.noun != "roster":
        return [f"A signed {signed.noun}, with signatures of {signers}, NOT checked.", words]
    value = signed.read(ROSTER)
    if policy is None:
        checked = f"It has signatures of {signers}, NOT checked: name the policy file to have them checked."
    else:
        open_roster(signed, chain, policy)
        checked = f"CHECKED: signed by {signers}, from the roots of the policy on."
    dates = "It holds now." if value["issued"] <= now < value["expires"] else f"It does NOT hold now, {say(now)}."
    return ["A signed roster.", checked, dates, words, *summary(value)]
