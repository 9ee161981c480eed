"""Changes: what the entries of a log say in words, each held against the object that the site shows for it.

What is well is a change; what a person has to look into is a concern.  Nothing here refuses: a log that checks may
still hold what nobody is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from keys.difference import difference, summary
from protocol.alert import read_alert
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.log import TYPES
from protocol.manifest import open_manifest, read_manifest
from protocol.policy import Policy
from protocol.recipients import SET
from protocol.roster import ROSTER, Roster, open_roster
from protocol.signed import Signed
from protocol.stay import STAY, open_stay
from sereno.clock import shown

KINDS: Final = {number: kind for kind, number in TYPES.items()}
NOUNS: Final = {"release": "alert", "stop": "alert"}  # Else an object's noun is its entry's kind.
MUST_SHOW: Final = frozenset({"roster", "set", "stay", "manifest"})  # Of messages some are for responders only.


@dataclass(slots=True)
class Changes:
    """Tells entries one by one, in the log's order.  `rosters`: all that the log held until now, the oldest first."""

    policy: Policy
    links: Sequence[Signed]
    rosters: list[Signed]
    now: int
    says: list[str] = field(default_factory=list)
    concerns: list[str] = field(default_factory=list)
    missing: list[tuple[int, bytes]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _sets: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, index: int, entry: bytes, show: Callable[[bytes], bytes | None]) -> None:
        """Tell one entry; `show` returns the object that the site shows for it, None for nothing."""
        kind = KINDS.get(entry[0])
        if kind is None:
            self.concerns.append(
                f"Entry {index} is of type {entry[0]}, which this program does not know. Get a newer one."
            )
            return
        self._counts[kind] += 1
        data = None if kind == "heads" else show(entry)
        if data is None:
            self._note_hidden(index, entry, kind)
            return
        try:
            if sha256(data) != entry[1:]:
                raise Refused("digest", "What the site shows is not what the log holds the hash of.")
            signed = Signed.decode(data)
            if signed.noun != NOUNS.get(kind, kind):
                raise Refused("payload_type", f"The log calls it a {kind}; it is a signed {signed.noun}.")
            self._tell(kind, signed)
        except Refused as refusal:
            self.concerns.append(f"Entry {index}, a {kind}: {refusal.sentence} [{refusal.rule}]")

    def _note_hidden(self, index: int, entry: bytes, kind: str) -> None:
        if kind in MUST_SHOW:
            self.missing.append((index, entry))
            self.concerns.append(
                f"Entry {index} of the log is a {kind}, and the site does not show it. Ask the network for it: "
                f"a {kind} that is logged and hidden may be held ready for somebody else."
            )
        elif kind != "heads":
            self._counts[f"hidden {kind}"] += 1

    def _tell(self, kind: str, signed: Signed) -> None:
        tell = {"roster": self._roster, "set": self._set, "stay": self._stay, "manifest": self._manifest}
        tell.get(kind, self._message)(signed)

    def _roster(self, signed: Signed) -> None:
        roster = self.open(signed)
        known = {_number(one): one for one in self.rosters}
        if roster.number in known and known[roster.number].message() != roster.name:
            self.concerns.append(
                f"There are two different rosters with number {roster.number}: two custodians disagree."
            )
        earlier = [number for number in known if number < roster.number]
        value = signed.read(ROSTER)
        old = known[max(earlier)].read(ROSTER) if earlier else None
        if old is None and roster.number > 1:
            self.says += summary(value)
        else:
            self.says += difference(old, value)
        self.rosters.append(signed)

    def open(self, signed: Signed) -> Roster:
        """Return a roster, checked from the policy's roots over as many root changes as it needs."""
        for count in range(len(self.links) + 1):
            try:
                return open_roster(signed, self.links[:count], self.policy)
            except Refused:
                if count == len(self.links):
                    raise
        raise AssertionError("a loop of at least one turn ended without a verdict")

    def _named(self, name: str, what: str) -> Roster:
        found = next((one for one in self.rosters if one.message() == name), None)
        if found is None:
            raise Refused(
                "roster_chain", f"The {what} names the roster {name[:16]}, which the log does not hold before it."
            )
        return self.open(found)

    def _set(self, signed: Signed) -> None:
        value = signed.read(SET)
        signers = signed.check("set", self._named(value["roster"], "set").verifier_keys())
        members = tuple(one["verifier"] for one in value["members"])
        name, desk = signed.message(), value["desk"]
        if name in self._sets:
            return  # The same set with one more signature.
        before = self._sets.get(desk)
        self._sets |= {name: members, desk: members}
        text = f"Set {value['number']} of desk {desk}, for week {value['epoch']}, signed by {', '.join(signers)}: "
        if before is None:
            text += f"{len(members)} members, {', '.join(members)}."
        else:
            text += (
                " and ".join(
                    f"{what} {', '.join(sorted(ids))}"
                    for what, ids in (("adds", set(members) - set(before)), ("leaves out", set(before) - set(members)))
                    if ids
                )
                or "the same members"
            )
            text += "."
        self.says.append(text)

    def _stay(self, signed: Signed) -> None:
        stay = open_stay(signed, self._in_force("stay", signed.read(STAY)["issued"]))
        self.says.append(
            f"Lead {stay.by} suspended {stay.verifier} from {shown(stay.issued)} until {shown(stay.until)}."
        )

    def _manifest(self, signed: Signed) -> None:
        issued = read_manifest(signed.payload)["issued"]
        found = open_manifest(signed, self._in_force("manifest", issued).roots, self.policy)
        signers = ", ".join(one.keyid for one in signed.signatures)
        self.says.append(
            f"Manifest {found.number} of {len(found.pages)} pages, {found.name[:16]}, signed by the roots {signers}."
        )

    def _in_force(self, what: str, at: int) -> Roster:
        """Return the roster in force at a time, of those that the log holds; custodians sign some ahead."""
        begun = begun_by(self.rosters, at)
        if not begun:
            raise Refused("roster_chain", f"The log holds no roster that had begun before this {what}.")
        return self.open(max(begun, key=_number))

    def _message(self, signed: Signed) -> None:
        alert = read_alert(signed)
        signed.check("alert", self._named(alert.roster, "alert").verifier_keys())
        self._counts[f"shown {alert.kind}"] += 1

    @property
    def counted(self) -> list[str]:
        """How many of each kind there were, a sentence each."""
        return list(chain(self._count("release", ("confirmed", "checked")), self._count_stops(), self._count_heads()))

    def _count_stops(self) -> list[str]:
        return self._count("stop", ("suspended", "retracted", "ended"))

    def _count(self, kind: str, words: Sequence[str]) -> list[str]:
        total, hidden = self._counts[kind], self._counts[f"hidden {kind}"]
        if not total:
            return []
        shown_ = ", ".join(f"{self._counts[f'shown {word}']} {word}" for word in words if self._counts[f"shown {word}"])
        text = f"{total} {kind}{'s' if total != 1 else ''}: {shown_ or 'none shown'}"
        if hidden:
            text += f"; {hidden} not shown (for responders only, or never sent)"
        return [text + "."]

    def _count_heads(self) -> list[str]:
        days = self._counts["heads"]
        return [f"The heads of all cases were logged {days} time{'s' if days != 1 else ''}."] if days else []


def _number(roster: Signed) -> int:
    number: int = roster.read(ROSTER)["number"]
    return number


def begun_by(rosters: Sequence[Signed], at: int) -> list[Signed]:
    """Return those rosters that had begun at a time."""
    return [one for one in rosters if one.read(ROSTER)["issued"] <= at]


def is_in(rosters: Sequence[Signed], roster: Any) -> bool:
    """Say whether a checked roster is among those that the log holds."""
    return any(one.message() == roster.name for one in rosters)
