"""The custodians' guide: every command in it, in its order, does what the page says."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Final

from keys import dates
from keys.request import open_any_request
from protocol.limits import DAY
from protocol.policy import Policy
from protocol.roster import open_roster
from protocol.signed import Signed
from protocol.stay import check_stay
from tests.databases import ROOT
from tests.locksmith import Table

GUIDE: Final = (ROOT / "deploy" / "keys.md").read_text()
# Ids in the guide, and the request files whose keys they stand for: nobody knows an id before a key is made.
IDS: Final = {"k7mq2x9a": "verifier-1", "r4tz8w2c": "verifier-2", "m9dy3p6h": "verifier-3"}


def commands() -> list[str]:
    """Every command that stands in a block of its own."""
    blocks = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("python -m keys ") for block in blocks for line in block.splitlines() if line]


def roster(desk: Table, number: int) -> Signed:
    return Signed.decode((desk.folder / f"roster-{number}.json").read_bytes()[:-1])


def named(folder: Path, id: str) -> str:
    """The id of the key that a guide's id stands for."""
    return open_any_request(Signed.decode((folder / f"{IDS[id]}.request").read_bytes()[:-1])).id


def test_every_step_of_the_guide_works(tmp_path: Path) -> None:
    desk, words, policy = Table(tmp_path), dict[str, str](), tmp_path / "policy.json"
    for line in commands():
        line = line.replace("2027-03-31", dates.spell(int(time.time()) + 150 * DAY)[:10])
        for id in IDS:
            line = line.replace(id, named(tmp_path, id)) if id in line else line
        typed = "".join(words[part] + "\n" for part in line.split() if part in words)
        asked = "" if line.startswith(("root try", "names")) else "yes\n"
        said = desk.do(line, asked + typed + ("Ana\n" if line.startswith("names add") else ""))
        shown = re.search(r"\((\S+)\), shown this once.*\n\n    (.*)\n", said)
        if shown and not line.startswith("ceremony"):
            words[shown[1]] = shown[2]

    first, ahead, last = (
        open_roster(roster(desk, number), (), Policy.decode(policy.read_bytes())) for number in (2, 3, 5)
    )
    revoked, renewed = named(tmp_path, "m9dy3p6h"), named(tmp_path, "r4tz8w2c")
    assert ahead.issued == first.expires - DAY
    assert last.issued < ahead.issued
    assert last.verifiers[revoked].revoked_at == 1200
    assert renewed in ahead.verifiers
    assert renewed not in last.verifiers
    assert {"faro", "brisa"} == set(last.organisations) == {one.org for one in last.verifiers.values()}
    assert (last.log_key == first.log_key, list(last.cosigners)) == (False, ["witness.example.net"])
    assert check_stay((tmp_path / "stay.json").read_bytes(), Policy.decode(policy.read_bytes())).verifier == revoked
    renewed_policy = Policy.decode((tmp_path / "policy-new.json").read_bytes())
    assert open_roster(roster(desk, 6), (), renewed_policy).roots != last.roots


def test_the_guide_is_short_enough_to_be_followed() -> None:
    assert len(GUIDE.splitlines()) <= 166
