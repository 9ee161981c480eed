"""The custodians' guide: every command in it, in its order, does what the page says."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Final

from keys import dates
from protocol.limits import DAY
from protocol.policy import Policy
from protocol.roster import open_roster
from protocol.signed import Signed
from tests.databases import ROOT
from tests.locksmith import Table

GUIDE: Final = (ROOT / "deploy" / "keys.md").read_text()
EXTRA: Final = ["root new --out root-dee.json", "root public root-dee.json --out root-dee.pub"]  # Said in words there.


def commands() -> list[str]:
    """Every command that stands in a block of its own."""
    blocks = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("python -m keys ") for block in blocks for line in block.splitlines() if line]


def roster(desk: Table, number: int) -> Signed:
    return Signed.decode((desk.folder / f"roster-{number}.json").read_bytes()[:-1])


def test_every_step_of_the_guide_works(tmp_path: Path) -> None:
    desk, words, policy = Table(tmp_path), dict[str, str](), tmp_path / "policy.json"
    for line in commands():
        line = line.replace("2027-03-31", dates.spell(int(time.time()) + 150 * DAY)[:10])
        if line.startswith("revoke"):
            someone = max(open_roster(roster(desk, 2), (), Policy.decode(policy.read_bytes())).verifiers)
            line = line.replace("k7mq2x9a", someone)
        for one in [*EXTRA, line] if line.startswith("roots") else [line]:
            named = [part for part in one.split() if part in words]
            typed = "".join(words[name] + "\n" for name in named)
            said = desk.do(one, typed if one.startswith("root try") else "yes\n" + typed)
            shown = re.search(r"\((\S+)\), shown this once.*\n\n    (.*)\n", said)
            if shown and not one.startswith("ceremony"):
                words[shown[1]] = shown[2]

    renewed = Policy.decode((tmp_path / "policy-new.json").read_bytes())
    last = open_roster(roster(desk, 3), (), renewed)
    assert sorted(one.revoked_at for one in last.verifiers.values() if one.revoked_at is not None) == [1200]
    assert {"faro", "puente"} == set(last.organisations)


def test_the_guide_is_short_enough_to_be_followed() -> None:
    assert len(GUIDE.splitlines()) <= 120
