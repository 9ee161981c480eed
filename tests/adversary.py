"""An adversary with everything but the verifiers' and custodians' secrets, as a state machine.

It writes every byte that is stored, holds the log's key, has another network all to itself, the keys of a trainee and
of people who lapsed, were revoked or suspended, and may have any of the others sign what it likes.  A ledger keeps who
truly signed which bytes; whatever a gate takes is held against it, by rules that `tests.stage` tells a second time.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from protocol.encoding import b64, canonical
from protocol.limits import DAY, HOUR, MINUTE
from protocol.release import Bundle
from protocol.signed import Signature, Signed, sign
from tests.stage import NEVER, PEOPLE, RANK, Broken, Gate, require_signed, stage
from tests.world import CAST, NOW
from tests.world_log import Log


def often(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Draw the usual thing six times as often as all others: who changes everything at once finds nothing."""
    return st.sampled_from([usual] * (6 * len(others)) + [*others])


# What the adversary chooses: words, people and what they do, and how it is all put together.
WORDS: Final = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["first"] * 7 + ["rumour", "update", "suspended", "retracted", "ended"]),
        "class_": st.sampled_from(["A/detention"] * 4 + ["B/presence", "C/school", "D/residence"]),
        "audience": st.sampled_from(["public", "responders"]),
        "issued": often(NOW, NOW - 3 * HOUR),
        "roster": st.sampled_from([0, 0, 0, 1, 1, 1, 2, 3]),  # Asks for 3 keys, asks for 2, forged, foreign.
    }
)
# Some who count sign truly, and perhaps something is added that must not count.
GOOD: Final = st.sampled_from(["ana", "bo", "cy", "dee", "eve", "len"])
ODD: Final = st.tuples(
    st.sampled_from([*(one.name for one in PEOPLE), "lou", *NEVER]),
    st.sampled_from(["signs"] * 5 + ["twice"] * 2 + ["garbage", "elsewhere", "otherwise", "stranger"]),
)
HANDS: Final = st.builds(
    lambda good, odd: [*((who, "signs") for who in good), *odd],
    st.lists(GOOD, min_size=1, max_size=3, unique=True),
    st.lists(ODD, max_size=1),
)
PARTS: Final = st.fixed_dictionaries(
    {
        "roster": often("named", "2", "3", "forged", "renamed", "foreign"),
        "log": often("holds it", "other type", "nothing", "another"),
        "doubted": often(True, False),
        "at": often(NOW, NOW + 30 * MINUTE, NOW + 5 * HOUR),
    }
)
PICK: Final = st.integers(0, 10_000)
NEVER_OR_LAPSED: Final = (*NEVER, "lou")
# One flaw in what is otherwise as it should be: who would be the last of a quorum, or how the quorum is put together.
FLAWS: Final = (*NEVER_OR_LAPSED, "garbage", "twice", "elsewhere", "otherwise", "stranger", "one short")
FORMS: Final = ("one organisation", "no lead", "lead alone", "other noun", "weaker roster", "forged roster", "unlogged")


class Adversary(RuleBasedStateMachine):
    """Tries to make a gate take what too few people signed."""

    gate: ClassVar[Gate]
    taken: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.here = stage()
        self.log = Log(self.here.world.log.origin, self.here.world.log.seed, {})
        self.ledger: dict[tuple[str, bytes], set[str]] = {}
        self.messages: list[Any] = []
        self.objects: list[Signed] = []
        self.files: list[bytes] = []

    @initialize(doubted=st.booleans())
    def find(self, doubted: bool) -> None:
        """Begin with what was truly sent."""
        for one, names in ((self.here.first, {"ana", "bo", "cy"}), (self.here.doubt, {"dee"})):
            self.objects.append(Bundle.decode(one.bundle).alert)
            self.files.append(one.bundle)
            self.ledger["alert", self.objects[-1].payload] = names
        for data in self.files[: 1 + doubted]:
            self.try_out(data, NOW)

    # --- What it does -------------------------------------------------------------------------------------------------

    @rule(words=WORDS, noun=often("alert", "event"), hands=HANDS, parts=PARTS)
    def send_new_words(self, words: dict[str, Any], noun: str, hands: list[tuple[str, str]], parts: Any) -> None:
        """Write an alert, gather signatures under it, and hand it to the gate."""
        self.send(self.signed(self.write(**words), noun, hands), **parts)

    @rule(flaw=st.sampled_from(FLAWS), three=st.booleans(), kind=often("first", "rumour", "update"))
    def send_with_one_voice_that_must_not_count(self, flaw: str, three: bool, kind: str) -> None:
        """Have all but one of a quorum sign truly; the last voice is no voice."""
        hands = [("bo", "signs"), ("cy", "signs")] if three else [("cy", "signs")]
        if flaw in NEVER_OR_LAPSED:
            last = [(flaw, "signs")]
            hands = [("bo", "signs")] if flaw == "roy" and not three else hands
        else:
            last = {"twice": [("cy", "twice")], "one short": []}.get(flaw, [("dee", flaw)])
        payload = self.write(kind, "A/detention", "public", NOW, 0 if three else 1)
        self.send(self.signed(payload, "alert", [*hands, *last]), "named", "holds it", True, NOW)

    @rule(form=st.sampled_from(FORMS), three=st.booleans())
    def send_a_quorum_in_a_form_that_must_not_count(self, form: str, three: bool) -> None:
        """Have enough people sign, but for something, or somewhere, that they are not enough for."""
        names = {"one organisation": ("bo", "dee", "eve"), "lead alone": ("ana",), "weaker roster": ("ana", "bo")}
        hands = [(who, "signs") for who in names.get(form, ("bo", "cy", "dee"))]
        roster = 0 if three or form == "weaker roster" else 1
        payload = self.write(
            "first",
            "C/school" if form == "no lead" else "A/detention",
            "public",
            NOW,
            2 if form == "forged roster" else roster,
        )
        signed = self.signed(payload, "event" if form == "other noun" else "alert", hands)
        self.send(
            signed,
            "2" if form == "weaker roster" else "named",
            "nothing" if form == "unlogged" else "holds it",
            True,
            NOW,
        )

    @rule(
        who=GOOD, kind=st.sampled_from(["suspended", "retracted", "ended"]), logged=st.booleans(), early=st.booleans()
    )
    def send_one_person_s_stop(self, who: str, kind: str, logged: bool, early: bool) -> None:
        """Have one person stop the alert, perhaps back-dated, perhaps unknown to the log."""
        payload = self.write(kind, "", "public", NOW - 3 * HOUR if early else NOW, 0)
        self.send(
            self.signed(payload, "alert", [(who, "signs")]), "named", "holds it" if logged else "nothing", False, NOW
        )

    @rule(pick=PICK, hands=HANDS, parts=PARTS)
    def send_with_more_names(self, pick: int, hands: list[tuple[str, str]], parts: Any) -> None:
        """Gather more signatures under words that some have signed, or one of theirs a second time."""
        one = self.objects[pick % len(self.objects)]
        if pick % 2:
            found = {sig.keyid: sig for sig in (*one.signatures, *self.signed(one.payload, one.noun, hands).signatures)}
            self.send(replace(one, signatures=in_order(*found.values())), **parts)
        else:
            self.send(replace(one, signatures=in_order(*one.signatures, one.signatures[0])), **parts)

    @rule(pick=PICK, other=PICK, parts=PARTS)
    def send_with_another_s_names(self, pick: int, other: int, parts: Any) -> None:
        """Put the signatures of one object under the words of another."""
        one, two = self.objects[pick % len(self.objects)], self.objects[other % len(self.objects)]
        both = {sig.keyid: sig for sig in (*two.signatures, *one.signatures)}
        self.send(replace(one, signatures=in_order(*both.values())), **parts)

    @rule(pick=PICK, other=PICK, part=st.sampled_from(["alert", "roster", "proof", "suspensions"]))
    def splice(self, pick: int, other: int, part: str) -> None:
        """Put a part of one bundle into another."""
        first, second = (json.loads(self.files[one % len(self.files)]) for one in (pick, other))
        if part in second:
            first[part] = second[part]
        self.files.append(canonical(first))
        self.try_out(self.files[-1], NOW)

    @rule(pick=PICK, place=st.integers(0, 2**32), flip=st.integers(1, 255))
    def spell_otherwise(self, pick: int, place: int, flip: int) -> None:
        """Change a byte of a bundle that is taken, or write it in another way: it must not be taken any more."""
        data = self.files[pick % len(self.files)]
        at = place % len(data)
        spellings = [
            data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :],
            json.dumps(json.loads(data), sort_keys=True).encode(),
            data.replace(b'"chain"', b'"ch\\u0061in"'),
            b'{"v":1,' + data[1:],
            data + b"\n",
        ]
        if self.gate.check(data) is not None and self.gate.check(spellings[place % 5]) is not None:
            raise Broken(f"A bundle was taken in another spelling, {place % 5}, byte {at}.")

    # --- How it does it -----------------------------------------------------------------------------------------------

    def write(self, kind: str, class_: str, audience: str, issued: int, roster: int) -> bytes:
        """Return an alert's payload, which names a genuine or a forged roster."""
        names = [*reversed(self.here.rosters), *(one.message() for one in self.here.forged[1:])]
        number = len(self.ledger)
        said: dict[str, Any] = {"issued": issued, "roster": names[roster], "audience": audience}
        said |= {"id": f"{number:032x}", "salt": b64(number.to_bytes(16, "big"))}
        world, first = self.here.world, self.here.first
        if kind == "first":
            return world.alert(**said, class_=class_[0], template=class_[2:])
        if kind == "rumour":
            return world.rumour(**said)
        said |= {"id": first.alert.id, "audience": "public"}
        if kind == "update":
            return world.following(first, [self.here.doubt] if number % 2 else [], **said)
        return world.stop(kind, first, **said)

    def signed(self, payload: bytes, noun: str, hands: list[tuple[str, str]]) -> Signed:
        """Return words with true signatures, and with what could be taken for one."""
        found = {sig.keyid: sig for who, how in hands for sig in [self.hand(payload, noun, who, how)]}
        again = [found[self.here.world.id(who)] for who, how in hands if how == "twice"]
        return Signed(noun, payload, in_order(*found.values(), *again))

    def hand(self, payload: bytes, noun: str, who: str, how: str) -> Signature:
        """Return what one person, or someone in their name, puts under words; the ledger keeps what they signed."""
        world = self.here.world
        if how == "garbage":
            return Signature(world.id(who), bytes(64))
        if how == "stranger" or (how == "signs" and self.names_a_forged_roster(payload)):
            known = who in {one.name for one in CAST}
            mine = self.here.other.sign(noun, payload, who if known else "bo").signatures[0]
            return mine if known else replace(mine, keyid=world.id(who))
        if how == "elsewhere":
            noun = "stay"
        elif how == "otherwise":
            payload = payload.replace(b'"3-5"', b'"10+"') if b'"3-5"' in payload else payload + b" "
        self.ledger.setdefault((noun, payload), set()).add(who)
        return sign(noun, payload, world.id(who), world.seed(who)).signatures[0]

    def names_a_forged_roster(self, payload: bytes) -> bool:
        """Say whether words name a roster of the adversary's: then it is the people on it who sign."""
        return not any(name.encode() in payload for name in self.here.rosters)

    def send(self, signed: Signed, roster: str, log: str, doubted: bool, at: int) -> None:
        """Put a bundle together and hand it to the gate; the log is the adversary's and holds what it should."""
        is_stop = b'"reason":' in signed.payload
        proof = None
        if log != "nothing":
            kind = "stop" if is_stop is (log != "other type") else "release"
            entered = replace(signed, signatures=signed.signatures[:1]) if log == "another" else signed
            proof = self.log.proof(self.log.append(kind, entered))
        doubts = (self.objects[1],) if doubted and not is_stop and signed.payload.find(b'"revision":1,') < 0 else ()
        self.objects.append(signed)
        self.files.append(Bundle(signed, self.roster(roster, signed.payload), (), doubts, proof).encode())
        self.try_out(self.files[-1], at)

    def roster(self, which: str, payload: bytes) -> Signed:
        """Return a roster, as a rule the one that the words name."""
        genuine = [one for one, _ in self.here.rosters.values()]
        forged, renamed, foreign = self.here.forged
        if which == "named":
            name = json.loads(payload)["roster"]
            return next((one for one in (*genuine, renamed, foreign) if one.message() == name), genuine[0])
        return {"2": genuine[0], "3": genuine[1], "forged": forged, "renamed": renamed, "foreign": foreign}[which]

    # --- What must hold -----------------------------------------------------------------------------------------------

    def try_out(self, data: bytes, at: int) -> None:
        """Hand bytes to the gate, and hold what it takes against the ledger."""
        message = self.gate.check(data, at)
        if message is None:
            return
        payload = json.loads(data)["alert"]["payload"].encode()
        require_signed(json.loads(payload), self.ledger.get(("alert", payload), set()))
        is_stop = type(message).__name__ == "Stop"
        self.taken["stops" if is_stop else "releases"] += 1
        if message.alert.id != self.here.first.alert.id:
            return
        before = self.words() if is_stop else []
        self.messages.append(message)
        for was, now in zip(before, self.words(), strict=False):
            if RANK[now] > RANK[was]:
                raise Broken(f"A {message.alert.kind} made an alert {now} that was {was}.")

    def words(self) -> list[str]:
        """Return the chain's word at times that matter."""
        times = (NOW, NOW + 9 * MINUTE, NOW + 10 * MINUTE, NOW + 3 * HOUR, NOW + DAY)
        return [self.gate.states.state(self.messages, at).word for at in times]


def in_order(*signatures: Signature) -> tuple[Signature, ...]:
    """Return signatures as an object holds them."""
    return tuple(sorted(signatures, key=lambda one: one.keyid))


def adversary(gate: Gate) -> type[Adversary]:
    """Return the machine that attacks this gate."""
    return type("Attack", (Adversary,), {"gate": gate, "taken": Counter()})
