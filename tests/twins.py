"""The same question to Python and to JavaScript: a noun and plain fields go in, a plain account of what was found out.

`answer` is Python's; tests/js/twins.mjs is its twin, with the same nouns, fields and accounts.  A field that holds an
object may stand for a file: it is then its canonical JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, Final

from protocol.age import Identity
from protocol.alert import Alert, read_alert
from protocol.chain import require_fits
from protocol.codename import decode_code, derive_thread, encode_code
from protocol.drop import decode_drop, open_cell
from protocol.encoding import b64, canonical, fingerprint, unb64
from protocol.epoch import open_epoch_key
from protocol.jpeg import read_jpeg, require_bare
from protocol.limits import CHUNK, LEGAL_BYTES
from protocol.notice import open_notice
from protocol.policy import Policy
from protocol.publication import open_publication
from protocol.question import open_question
from protocol.recipients import RecipientSet, open_set
from protocol.release import Bundle, Knowledge, Release, Stop, check
from protocol.reply import open_reply
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from protocol.slip import Slip
from protocol.state import state
from protocol.stay import Stay, check_stay, open_stay, stayed_at
from protocol.tip import MAGIC, decode_tip
from protocol.trail import Trail
from protocol.vault import open_vault

Fields = dict[str, Any]
APART: Final = frozenset({"not_json", "not_utf8"})  # Kinds whose sentence quotes what a language's own library says.


def data_of(value: Any) -> bytes:
    """Return the bytes of a file, given as bytes, as text or as the value that it is the canonical JSON of."""
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8") if isinstance(value, str) else canonical(value)


def signed_of(value: Any) -> Signed:
    """Return a signed object, given as a file or as its value."""
    return Signed.decode(value) if isinstance(value, bytes) else Signed.of(value)


def _policy(fields: Fields) -> Policy:
    return Policy.decode(data_of(fields["policy"]))


def _roster(fields: Fields) -> Roster:
    return open_roster(signed_of(fields["roster"]), [*map(signed_of, fields.get("links", []))], _policy(fields))


def _stays(fields: Fields, roster: Roster) -> tuple[Stay, ...]:
    return tuple(open_stay(signed_of(one), roster) for one in fields.get("stays", []))


def _knowledge(fields: Fields) -> Knowledge:
    return Knowledge(_stays(fields, _roster(fields)) if fields.get("stays") else (), fields.get("revoked"))


def policy(fields: Fields) -> Any:
    one = _policy(fields)
    demands = [one.keys, one.organisations, one.cosigners, one.strict]
    return {"network": one.network, "mode": one.mode, "roots": one.roots.value(), "demands": demands}


def roster(fields: Fields) -> Any:
    one = _roster(fields)
    one.require_current(fields["now"])
    return {
        "name": one.name,
        "number": one.number,
        "quorum": [one.keys, one.organisations_needed],
        "desks": {desk.id: [desk.minimum, *desk.zones] for desk in one.desks.values()},
        "verifiers": {
            who.id: [who.org, who.desk, sorted(who.roles), who.certified_until, who.revoked_at]
            for who in one.verifiers.values()
        },
        "attorneys": [office.id for office in one.attorneys()],
        "cosigners": sorted(one.cosigners),
    }


def epoch_key(fields: Fields) -> Any:
    one = open_epoch_key(signed_of(fields["key"]), _roster(fields))
    return {"name": one.name, "verifier": one.verifier, "desk": one.desk, "epoch": one.epoch, "age": one.age[:20]}


def _plain_set(one: RecipientSet) -> Any:
    return {
        "name": one.name,
        "desk": one.desk,
        "epoch": one.epoch,
        "number": one.number,
        "previous": one.previous,
        "members": list(one.members),
        "recipients": [age[:20] for age in one.recipients],
    }


def recipient_set(fields: Fields) -> Any:
    opened = _roster(fields)
    stayed = stayed_at(_stays(fields, opened), fields["now"])
    return _plain_set(open_set(signed_of(fields["set"]), map(signed_of, fields["keys"]), opened, stayed))


def stay(fields: Fields) -> Any:
    return asdict(open_stay(signed_of(fields["stay"]), _roster(fields)))


def carried_stay(fields: Fields) -> Any:
    return asdict(check_stay(data_of(fields["bundle"]), _policy(fields)))


def notice(fields: Fields) -> Any:
    opened = _roster(fields)
    one = open_notice(signed_of(fields["notice"]), opened, stayed_at(_stays(fields, opened), fields["now"]))
    return {**asdict(one), "holds": one.holds(fields["now"])}


def publication(fields: Fields) -> Any:
    one = open_publication(data_of(fields["publication"]), _policy(fields), fields["now"])
    zone, notices = fields.get("zone"), {desk: asdict(held) for desk, held in one.notices.items()}
    return {
        "roster": one.roster.name,
        "attorneys": [age[:20] for age in one.attorneys],
        "sets": {desk: _plain_set(held) for desk, held in one.sets.items()},
        "zone": None if zone is None else one.set_for_zone(zone).name,
        **({"notices": notices} if notices else {}),
    }


def tip(fields: Fields) -> Any:
    """Lay a tip out as the fields say and decode it; `put` changes single bytes, by offset."""
    header = {**fields["header"], "legal": fields["header"].get("legal", b64(bytes(LEGAL_BYTES)))}
    text = canonical(header)
    length = fields.get("length", len(text))
    head = fields.get("magic", MAGIC.decode()).encode() + length.to_bytes(4, "big") + text
    plain = bytearray((head.ljust(CHUNK, b"\0") + fields.get("body", "").encode()).ljust(fields["bucket"], b"\0"))
    for offset, byte in fields.get("put", []):
        plain[offset] = byte
    one = decode_tip(bytes(plain))
    files = [[each.type, each.turn, each.data.hex()] for each in one.files]
    return {"id": one.id, "day": one.day, "tip": one.header["tip"], "files": files}


def vault(fields: Fields) -> Any:
    one = open_vault(data_of(fields["file"]), fields["passphrase"])
    return {"network": one.network, "verifier": one.verifier, "seed": one.seed.hex(), "key": one.key.hex()}


def code(fields: Fields) -> Any:
    data = decode_code(fields["words"])
    found: Fields = {"code": data.hex(), "words": encode_code(data)}
    if "network" in fields:
        thread = derive_thread(data, fields["network"])
        found |= {"age": thread.age.encode(), "seed": thread.seed.hex(), "ed25519": thread.value()["ed25519"]}
    return found


def question(fields: Fields) -> Any:
    roster = _roster(fields)
    stayed = stayed_at(_stays(fields, roster), fields["now"])
    return asdict(open_question(signed_of(fields["question"]), roster, fields["thread"], fields["now"], stayed))


def reply(fields: Fields) -> Any:
    return asdict(open_reply(fields["header"]))


def cell(fields: Fields) -> Any:
    """Open a cell by an identity's seed; `put` changes single bytes, by offset."""
    data = bytearray(unb64(fields["cell"]))
    for offset, byte in fields.get("put", []):
        data[offset] = byte
    found = open_cell(bytes(data[: fields.get("length", len(data))]), Identity(bytes.fromhex(fields["seed"])))
    return None if found is None else found.value()


def drop(fields: Fields) -> Any:
    """Look at a drop made of one cell again and again, each time with another last byte, and perhaps cut."""
    one = unb64(fields["cell"])
    file = b"".join(one[:-1] + bytes([last]) for last in fields["last"])
    cells = decode_drop(file[: len(file) - fields.get("cut", 0)])
    return [len(cells), sum(each[-1] for each in cells)]


def _plain_alert(one: Alert) -> Any:
    return {
        "name": one.name,
        "kind": one.kind,
        "isStop": one.is_stop,
        "revision": one.revision,
        "class": one.class_,
        "times": [one.issued, one.first, one.expires, one.lapses],
        "supersedes": list(one.supersedes),
        "fields": dict(one.fields),
    }


def alert(fields: Fields) -> Any:
    return _plain_alert(read_alert(signed_of(fields["alert"])))


def _plain_message(one: Release | Stop) -> Any:
    return {
        "made": type(one).__name__,
        "alert": one.alert.name,
        "voices": [who.id for who in one.voices.verifiers],
        "organisations": sorted(one.voices.organisations),
        "hasLead": one.voices.has_lead,
        "index": None if one.logged is None else one.logged.index,
        "witnessed": None if one.logged is None else [list(each) for each in one.logged.witnessed],
        "answers": sorted(one.answers),
    }


def bundle(fields: Fields) -> Any:
    return _plain_message(check(data_of(fields["bundle"]), _policy(fields), fields["now"], _knowledge(fields)))


def _messages(fields: Fields) -> list[Release | Stop]:
    opened, now = _policy(fields), fields["now"]
    return [check(data_of(fields["messages"][name]), opened, now) for name in fields["chain"]]


def chain_state(fields: Fields) -> Any:
    one = state(_messages({**fields, "now": fields["checked"]}), fields["now"])
    return {"word": one.word, "cause": one.cause, "since": one.since, "head": one.head.alert.name}


def chain(fields: Fields) -> Any:
    signed = signed_of(fields["alert"])
    signers = [one.keyid for one in signed.signatures]
    require_fits(read_alert(signed), signers, _messages({**fields, "now": fields["checked"]}), fields["now"])
    return "fits"


def decoded_bundle(fields: Fields) -> Any:
    return Bundle.decode(data_of(fields["bundle"])).encode()


def slip(fields: Fields) -> Any:
    found = Slip.find(fields["address"])
    if found is None:
        return None
    bundle = found.bundle([Trail.decode(data_of(fields["trail"]))])
    assert Slip.of(Bundle.decode(bundle)).encode() == found.encode()
    return {"bundle": fingerprint(bundle), "address": found.address("https://alerts.example.org")}


def photo(fields: Fields) -> Any:
    data = bytes.fromhex(fields["hex"])
    one = require_bare(data) if fields.get("bare") else read_jpeg(data)
    return {"size": [one.width, one.height], "turn": one.turn, "bare": one.bare.hex()}


_OF: Final = ("policy", "roster", "links")
# By noun: what answers, the fields that a question needs, and those it may have.
NOUNS: Final[dict[str, tuple[Callable[[Fields], Any], Iterable[str], Iterable[str]]]] = {
    "policy": (policy, ("policy",), ()),
    "roster": (roster, (*_OF, "now"), ()),
    "epoch-key": (epoch_key, (*_OF, "key"), ()),
    "set": (recipient_set, (*_OF, "set", "keys", "now"), ("stays",)),
    "stay": (stay, (*_OF, "stay"), ()),
    "stay-bundle": (carried_stay, ("policy", "bundle"), ()),
    "notice": (notice, (*_OF, "notice", "now"), ("stays",)),
    "publication": (publication, ("policy", "publication", "now"), ("zone",)),
    "tip": (tip, ("header", "bucket"), ("magic", "length", "body", "put")),
    "photo": (photo, ("hex",), ("bare",)),
    "vault": (vault, ("file", "passphrase"), ()),
    "code": (code, ("words",), ("network",)),
    "question": (question, (*_OF, "question", "thread", "now"), ("stays",)),
    "reply": (reply, ("header",), ()),
    "cell": (cell, ("cell", "seed"), ("put", "length")),
    "drop": (drop, ("cell", "last"), ("cut",)),
    "alert": (alert, ("alert",), ()),
    "bundle": (bundle, ("policy", "bundle", "now"), ("stays", "revoked", "roster", "links")),
    "state": (chain_state, ("policy", "messages", "chain", "checked", "now"), ()),
    "chain": (chain, ("policy", "messages", "chain", "checked", "alert", "now"), ()),
    "slip": (slip, ("address", "trail"), ()),
    "decoded-bundle": (decoded_bundle, ("bundle",), ()),
}


def answer(noun: str, fields: Fields) -> Any:
    """Return Python's account of what was found; raise Refused, and KeyError for a field that the noun has not."""
    act, needed, possible = NOUNS[noun]
    if not set(needed) <= fields.keys() or not fields.keys() <= {*needed, *possible}:
        raise KeyError(f"A question about a {noun} has {sorted(fields)}; it needs {sorted(needed)}.")
    return act(fields)
