"""`python -m keys`: what custodians and verifiers type, and that no secret goes anywhere but where it belongs."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from keys import disk
from keys.custodian import open_custody
from keys.draft import decode_draft
from keys.publish import prepare
from protocol.age import Identity
from protocol.encoding import b64, fingerprint
from protocol.limits import DAY
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.roster import open_roster
from protocol.signed import Signed
from protocol.vault import open_vault
from tests.locksmith import Table

UNTIL: Final = (datetime.now(UTC) + timedelta(days=150)).strftime("%Y-%m-%d")


@pytest.fixture
def desk(tmp_path: Path) -> Table:
    return Table(tmp_path)


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A table after the ceremony, with a draft of two organisations and two verifiers."""
    desk = Table(tmp_path_factory.mktemp("ceremony"))
    desk.do("ceremony --mode exercise --out roots --words-out words")
    disk.create(desk.folder / "policy.json", (desk.folder / "roots" / "policy.json").read_bytes())
    desk.do("log new --origin log.example/sereno --out log.key --request log.request")
    desk.do("draft --log log.request --desk north:2:harbor,old-town --out draft.json")
    for code in ("faro", "puente"):
        made = f"--out {code}.json --request {code}.request --words-out words/{code}"
        desk.do(f"organisation new --id {code} --role network {made}")
        desk.do(f"admit --draft draft.json --request {code}.request", "yes\n")
        made = f"--out v-{code}.json --request v-{code}.request --words-out words/v-{code}"
        desk.do(f"verifier request --desk north {made}")
        place = f"--org {code} --desk north --until {UNTIL}"
        desk.do(f"enrol --draft draft.json --request v-{code}.request {place}", "yes\n")
    return desk


@pytest.fixture
def founded(ceremony: Table, tmp_path: Path) -> Table:
    """A table with everything that the ceremony left, for one test to go on from."""
    shutil.copytree(ceremony.folder, tmp_path, dirs_exist_ok=True)
    desk = Table(tmp_path)
    desk.typed, desk.said = list(ceremony.typed), ceremony.said
    return desk


PUBLISH: Final = (
    "publish --draft draft.json --custodian roots/root-1.json --custodian roots/root-3.json --out roster.json"
)


def test_from_the_ceremony_to_a_roster_that_opens(founded: Table) -> None:
    said = founded.do(PUBLISH, "yes\n" + founded.words("words-1.txt", "words-3.txt"))
    policy = Policy.decode((founded.folder / "policy.json").read_bytes())
    roster = open_roster(Signed.decode((founded.folder / "roster.json").read_bytes()[:-1]), (), policy)

    assert roster.log_key == LogKey.decode((founded.folder / "log.key").read_bytes()).public.public
    for code in ("faro", "puente"):
        vault = open_vault((founded.folder / f"v-{code}.json").read_bytes(), founded.words(f"v-{code}"))
        assert roster.verifiers[vault.verifier].org == code
        assert f"Verifier {vault.verifier} is added: {code}, desk north" in said
        custody = open_custody((founded.folder / f"{code}.json").read_bytes(), founded.words(code))
        assert custody.age is not None
        assert roster.organisations[code].age == fingerprint(Identity(custody.age).recipient.encode())
    assert "CHECKED: signed by" in founded.do("show roster.json --policy policy.json")
    assert "NOT checked" in founded.do("show roster.json")


def test_custodians_who_are_apart_reach_the_same(founded: Table) -> None:
    for number in (1, 2, 3):
        founded.do(f"root new --out r{number}.json --words-out words/r{number}")
        founded.do(f"root public r{number}.json --out r{number}.pub")
    founded.do("network --root r1.pub --root r2.pub --root r3.pub --mode actual --out apart.json")
    assert founded.run("network --root r1.pub --root r1.pub --root r3.pub --mode actual --out twice.json") == 1
    assert (
        founded.run("network --root r1.pub --root r2.pub --root r3.pub --mode exercise --known apart.json --out b.json")
        == 1
    )
    assert "already used" in founded.err

    founded.do("prepare --draft draft.json --out unsigned.json --yes")
    founded.do(
        "sign --custodian roots/root-1.json unsigned.json --out one.json", "yes\n" + founded.words("words-1.txt")
    )
    founded.do("sign --custodian roots/root-2.json unsigned.json --yes --out two.json", founded.words("words-2.txt"))
    assert founded.run("sign --custodian r1.json unsigned.json --yes --out x.json", founded.words("r1")) == 1
    assert founded.run("join one.json --out roster.json") == 1
    assert founded.run("join one.json one.json --out roster.json") == 1
    founded.do("join one.json two.json --out roster.json")

    founded.do("draft --previous roster.json --keys 3 --out next.json")
    assert "UNSIGNED" in founded.do("show unsigned.json")
    assert founded.run("prepare --draft next.json --out unsigned-2.json --yes") == 1
    assert "An alert needs 3 verifiers; before it was 2." in founded.do(
        "prepare --draft next.json --previous roster.json --out unsigned-2.json --yes"
    )
    assert founded.run("sign --custodian roots/root-1.json unsigned-2.json --yes --out y.json") == 1
    assert "follows roster" in founded.err


def test_a_renewal_says_whose_place_it_takes_and_what_a_lead_s_old_id_takes_along(founded: Table) -> None:
    someone = decode_draft((founded.folder / "draft.json").read_bytes())["verifiers"][0]
    founded.do("verifier request --desk north --out v-new.json --request v-new.request --words-out words/v-new")
    draft = founded.folder / "draft.json"
    draft.write_text(draft.read_text().replace('"roles": []', '"roles": ["lead"]'))
    line = f"renew --draft draft.json --id {someone['id']} --request v-new.request --until {UNTIL}"

    said = founded.do(line, "yes\n")
    assert f"in the place of {someone['id']}" in said
    assert f"{someone['org']}, desk north, lead" in said
    assert f"A stay that {someone['id']} signed ends" in said
    assert "This machine's clock says: " in said
    assert founded.run(line, "yes\n") == 1  # That id is gone.
    assert founded.run(line.replace(UNTIL, "2099-01-01").replace(someone["id"], "x"), "yes\n") == 1


def test_different_rosters_of_one_number_are_refused_with_their_difference(founded: Table) -> None:
    founded.do("prepare --draft draft.json --out a.json --yes")
    someone = decode_draft((founded.folder / "draft.json").read_bytes())["verifiers"][0]["id"]
    founded.do(f"revoke --draft draft.json --id {someone} --from 0")
    founded.do("prepare --draft draft.json --out b.json --yes")
    for name, number in (("a", 1), ("b", 2)):
        line = f"sign --custodian roots/root-{number}.json {name}.json --yes --out part-{name}.json"
        founded.do(line, founded.words(f"words-{number}.txt"))

    assert founded.run("join part-a.json part-b.json --out roster.json") == 1
    assert f"Verifier {someone} is REVOKED" in founded.err
    assert not (founded.folder / "roster.json").exists()


def test_roots_are_replaced_by_old_and_new_together(founded: Table) -> None:
    founded.do(PUBLISH, "yes\n" + founded.words("words-1.txt", "words-3.txt"))
    founded.do("root new --out new.json --words-out words/new")
    for file, name in (("new.json", "new"), ("roots/root-1.json", "one"), ("roots/root-2.json", "two")):
        founded.do(f"root public {file} --out {name}.pub")
    founded.do("draft --previous roster.json --out draft-2.json")
    said = founded.do("roots --draft draft-2.json --root new.pub --root one.pub --root two.pub")
    assert (said.count("is new"), said.count("stays")) == (1, 2)

    line = "publish --draft draft-2.json --previous roster.json --out roster-2.json --yes"
    line += " --custodian roots/root-1.json --custodian roots/root-2.json"
    founded.do(line, founded.words("words-1.txt", "words-2.txt"))
    founded.do("draft --previous roster-2.json --out draft-3.json")
    line = "publish --draft draft-3.json --previous roster-2.json --out roster-3.json --yes"
    line += " --custodian new.json --custodian roots/root-2.json"
    founded.do(line, founded.words("new", "words-2.txt"))

    assert founded.run("show roster-3.json --policy policy.json") == 1
    assert "CHECKED" in founded.do("show roster-3.json --policy policy.json --chain roster-2.json")
    founded.do("policy --roster roster-2.json --out policy-2.json")
    assert "CHECKED" in founded.do("show roster-3.json --policy policy-2.json")


def test_a_custodian_signs_only_what_holds_now_and_follows_a_real_roster(founded: Table) -> None:
    policy = Policy.decode((founded.folder / "policy.json").read_bytes())
    draft = decode_draft((founded.folder / "draft.json").read_bytes())
    for name, now in (("over", time.time() - 31 * DAY), ("ahead", time.time() + 91 * DAY)):
        disk.create(founded.folder / f"{name}.json", prepare(draft, None, policy, int(now)))
        line = f"sign --custodian roots/root-1.json {name}.json --yes --out part.json"
        assert founded.run(line, founded.words("words-1.txt")) == 1
        assert "roster_dates" in founded.err
    founded.do("prepare --draft draft.json --out unsigned.json --yes")
    line = "sign --custodian roots/root-1.json unsigned.json --yes --out half.json"
    founded.do(line, founded.words("words-1.txt"))

    assert founded.run("draft --previous half.json --out next.json") == 1
    assert "roster_signers" in founded.err
    assert founded.run("root public faro.json") == 1
    assert "kind organisation" in founded.err


def test_nothing_is_written_over_and_a_refusal_leaves_nothing(founded: Table) -> None:
    founded.do("prepare --draft draft.json --out unsigned.json --yes")
    before = founded.files()
    for line in (
        "ceremony --mode exercise --out roots",
        "ceremony --mode exercise --out other --words-out words",
        "root new --out roots/root-1.json",
        "root public roots/root-1.json --out policy.json",
        "log new --origin log.example/x --out log.key --request x.request",
        "log new --origin log.example/x --out x.key --request log.request",
        "verifier request --desk north --out v-faro.json --request x.request",
        "draft --log log.request --desk north:2:harbor --out draft.json",
        "prepare --draft draft.json --out policy.json --yes",
        PUBLISH.replace("roster.json", "policy.json"),
    ):
        assert founded.run(line, "yes\n" + founded.words("words-1.txt", "words-3.txt")) == 1, line
        assert "never written over" in founded.err
    assert founded.run(PUBLISH, "no\n") == 1
    assert "nothing was done" in founded.err
    assert founded.run(PUBLISH, "yes\n" + founded.words("words-3.txt", "words-1.txt")) == 1
    assert "Refused (VAU-2, passphrase)" in founded.err
    assert founded.run(PUBLISH.replace("root-3", "root-1"), "yes\n" + founded.words("words-1.txt", "words-1.txt")) == 1
    assert "signed twice" in founded.err
    assert (
        founded.run("enrol --draft draft.json --request v-faro.request --org faro --desk north --until 2020-01-01") == 1
    )

    assert founded.files() == before


def test_a_rehearsal_leaves_nothing(desk: Table) -> None:
    assert "roots/policy.json" in desk.do("ceremony --mode actual --out roots --dry-run")
    assert list(desk.folder.iterdir()) == []


def test_no_network_is_founded_whose_alerts_no_desk_could_let_out(desk: Table) -> None:
    """A policy is for ever, and what it asks for is never lowered."""
    assert desk.run("ceremony --mode actual --keys 3 --out roots") == 2
    assert "a desk joins 2 signatures" in desk.err
    assert desk.run("ceremony --mode actual --keys two --out roots") == 2
    assert "a whole number of verifiers, not two" in desk.err
    assert list(desk.folder.iterdir()) == []


def test_files_are_their_owners_and_secrets_are_in_them_alone(founded: Table) -> None:
    founded.do(PUBLISH, "yes\n" + founded.words("words-1.txt", "words-3.txt"))
    for name in founded.files():
        founded.run(f"show {name}")
    secrets = []
    for words, file in (
        ("words-1.txt", "roots/root-1.json"),
        ("words-3.txt", "roots/root-3.json"),
        ("faro", "faro.json"),
    ):
        custody = open_custody((founded.folder / file).read_bytes(), founded.words(words))
        secrets += [custody.seed, *([custody.age] if custody.age else [])]
    secrets.append(open_vault((founded.folder / "v-faro.json").read_bytes(), founded.words("v-faro")).seed)
    log_seed = LogKey.decode((founded.folder / "log.key").read_bytes()).seed
    spelled = [form for seed in [*secrets, log_seed] for form in (b64(seed), seed.hex(), b64(b"\x01" + seed))]
    spelled += [founded.words(path.name).strip() for path in (founded.folder / "words").iterdir()]

    assert {path.stat().st_mode & 0o777 for path in founded.folder.rglob("*.json")} == {0o600}
    assert (founded.folder / "words").stat().st_mode & 0o777 == 0o700
    assert not [form for form in spelled if form in founded.said or form in "\n".join(founded.typed)]
    for name, data in founded.files().items():
        if name != "log.key" and not name.startswith("words/"):
            assert not [form for form in spelled if form.encode() in data]


def test_words_that_go_nowhere_else_are_shown_once(desk: Table) -> None:
    said = desk.do("root new --out root.json").splitlines()
    shown = [line.strip() for line in said if line.startswith("    ")]

    assert [len(line.split()) for line in shown] == [6]
    assert "opens the key" in desk.do("root try root.json", shown[0] + "\n")
    assert desk.run("root try root.json", "not these words at all no\n") == 1
