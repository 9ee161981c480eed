"""Evidence: which findings suffice for an alert of a class, and what is still missing.  SPEC 10.

What is missing comes as a code and its parameters, so that the desk says it in the reader's language; `sentence` is
the plain English of each.  Who may sign, and that two must, is `quorum`; this is the desk's rule, not an alert's proof.

Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.errors import Refused
from protocol.shape import one_of

DIRECT: Final = ("D1", "D2", "D3", "D4")
CORROBORATING: Final = ("C1", "C2", "C3")
BASIS: Final[dict[str, str]] = {
    "D1": "a trained checker on site now",
    "D2": "a photo or video judged fresh",
    "D3": "a known contact at the site",
    "D4": "the source's answer to how they know",
    "C1": "an independent first-hand tip",
    "C2": "an official check",
    "C3": "another network's verified notice",
}
FRESH: Final = 30 * limits.MINUTE  # What was seen longer ago may be over by the time people arrive.


@dataclass(frozen=True, slots=True)
class Lack:
    """`count` more different codes out of `of`; `mark` is "", "site" (its own contact) or "against"."""

    count: int
    of: tuple[str, ...]
    mark: str = ""


_ANY_D: Final = Lack(1, DIRECT)
_ANY_C: Final = Lack(1, CORROBORATING)
_OTHER: Final = ("D2", "D3", "D4", *CORROBORATING)

# By class: the ways to meet the rule, each a list of what it takes.  D and E have no rule of their own besides their
# extras, so that any one finding will do; R is met by what speaks against the rumour; F is never ours.
RULES: Final[dict[str, tuple[tuple[Lack, ...], ...]]] = {
    "A": ((Lack(1, ("D1",)),), (Lack(2, ("D2", "D3", "D4")),), (_ANY_D, _ANY_C)),
    "B": ((Lack(1, ("D1",)), Lack(1, _OTHER)),),
    "C": ((Lack(1, ("D3",), "site"),), (Lack(1, ("D1",)), Lack(1, ("C2",)))),
    "D": ((Lack(1, (*DIRECT, *CORROBORATING)),),),
    "E": ((Lack(1, (*DIRECT, *CORROBORATING)),),),
    "F": (),
    "R": ((Lack(1, ("D1", "C2"), "against"),),),
}
CLASSES: Final = tuple(RULES)

SENTENCES: Final[dict[str, str]] = {
    "basis": "Class {class} still needs {ways}.",
    "fresh": "The freshest finding is {minutes} minutes old; at most {most} are taken. Check again.",
    "lead": "Class {class} for {audience} needs a lead who agrees and is one of the keys.",
    "site_told": "The site has to be told first.",
    "emergency_told": "911 has to be told first.",
    "never_public": "Class {class}, a private residence, is never public; it can go to responders.",
    "not_ours": "Class {class} is not ours to alert: call 911; only an official alert is passed on.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence that counts: a basis code and when it was found (Unix seconds).

    `against`: it speaks against the tip.  `site`: a D3 from the site's own contact.
    """

    code: str
    at: int
    against: bool = False
    site: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What else a proposal rests on: who will read it, whether a lead will be one of the keys, who was told first."""

    audience: str = "responders"
    lead: bool = False
    site: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: a code of SENTENCES and its parameters, in the order of their names.

    The parameter `ways` of "basis" holds, for each way of the rule, what it still lacks.
    """

    code: str
    class_: str = ""
    audience: str = ""
    minutes: int = 0
    most: int = 0
    ways: tuple[tuple[Lack, ...], ...] = ()


def missing(class_: str, findings: Sequence[Finding], told: Told, now: int) -> tuple[Missing, ...]:
    """Return what an alert of `class_` still lacks at `now`, in a fixed order; nothing where the rule is met.

    Raises Refused("shape") for a class or basis code that does not exist.
    """
    one_of(*CLASSES)(class_, "class")
    for finding in findings:
        one_of(*BASIS)(finding.code, "finding")
    if class_ == "F":
        return (Missing("not_ours", class_),)
    # What speaks against a tip never counts for it, nor what speaks for a rumour as its denial.
    counting = [one for one in findings if one.against == (class_ == "R")]
    out: list[Missing] = []
    ways = tuple(_lacks(way, counting) for way in RULES[class_])
    if all(ways):
        out.append(Missing("basis", class_, ways=ways))
    freshest = max((one.at for one in counting), default=None)
    if freshest is not None and now - freshest > FRESH:
        out.append(Missing("fresh", minutes=(now - freshest) // limits.MINUTE, most=FRESH // limits.MINUTE))
    out += _extras(class_, told)
    return tuple(out)


def is_met(class_: str, findings: Sequence[Finding], told: Told, now: int) -> bool:
    """Say whether nothing is missing.  Raises as `missing`."""
    return not missing(class_, findings, told, now)


def require_met(lacking: Sequence[Missing]) -> None:
    """Raise Refused("evidence") with every sentence, if anything is missing."""
    if lacking:
        raise Refused("evidence", " ".join(sentence(one) for one in lacking))


def sentence(one: Missing) -> str:
    """Return the plain English of what is missing."""
    ways = " or ".join(" and ".join(_words(lack) for lack in way) for way in one.ways)
    return SENTENCES[one.code].format_map(
        {"class": one.class_, "audience": one.audience, "minutes": one.minutes, "most": one.most, "ways": ways}
    )


def _lacks(way: Sequence[Lack], findings: Sequence[Finding]) -> tuple[Lack, ...]:
    """Return what a way still lacks.  A code counts once, however often it was found: two photos are one kind of look.

    No code stands in two groups of one way, so each group may be counted by itself.
    """
    out = []
    for need in way:
        have = {one.code for one in findings if one.code in need.of and (need.mark != "site" or one.site)}
        if len(have) < need.count:
            left = tuple(code for code in need.of if code not in have)
            out.append(Lack(need.count - len(have), left, need.mark))
    return tuple(out)


def _extras(class_: str, told: Told) -> list[Missing]:
    out = []
    if class_ == "D" and told.audience == "public":
        out.append(Missing("never_public", class_))
    if (class_ in ("C", "D", "E") or (class_ == "B" and told.audience == "public")) and not told.lead:
        out.append(Missing("lead", class_, told.audience))
    if class_ == "C" and not told.site:
        out.append(Missing("site_told"))
    if class_ == "E" and not told.emergency:
        out.append(Missing("emergency_told"))
    return out


def _words(lack: Lack) -> str:
    mark = {"": "", "site": " from the site's own contact", "against": " that speaks against it"}[lack.mark]
    amount = "" if lack.count == len(lack.of) == 1 else f"{lack.count} of "
    return amount + ", ".join(f"{code} ({BASIS[code]})" for code in lack.of) + mark
