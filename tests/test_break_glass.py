"""Without this software: the guide's own commands open an envelope, and sixty lines of a stranger's check a bundle."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import nacl.exceptions
import pytest

from protocol.encoding import canonical
from protocol.limits import CHUNK
from protocol.policy import Policy
from protocol.tip import Attachment
from sereno.demonet import epoch_file
from store.engine import writing
from store.envelopes import Arrival, put_envelope
from tests import javascript
from tests.databases import ROOT
from tests.make_vectors import FOLDER, laid_over
from tests.stores import new_store
from tests.world import World

GUIDE: Final = (ROOT / "deploy" / "break-glass.md").read_text()
SCRIPT: Final = ROOT / "deploy" / "check_bundle.py"
STRANGER: Final = runpy.run_path(str(SCRIPT), run_name="check_bundle")
FILE: Final = json.loads((FOLDER / "bundle.json").read_text("utf-8"))
REFUSES: Final = (ValueError, LookupError, TypeError, AttributeError, nacl.exceptions.CryptoError)
# What the script says it leaves to `sereno check`: genuine, and refused by it ...
LEFT: Final = {
    "a suspension is one person's",
    "a suspension needs no log",
    "a lead retracts",
    "two retract",
    "one says it is over",
    "a patient policy waits for an hour",
    "a cosigner saw it",
    "a restore answers the suspension it carries",
}
# ... and what no bundle can tell.
UNKNOWN: Final = {"a later roster revokes from before", "one of them was suspended"}


def blocks() -> list[str]:
    """Every block of commands in the guide, in its order."""
    return re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Run a block as it stands in the guide, with our Python and an `age` in its path."""
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env={"PATH": path}, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_guide_s_commands_open_an_envelope_from_the_store(tmp_path: Path, world: World) -> None:
    javascript.packages()
    (tmp_path / "bin").mkdir()
    age = tmp_path / "bin" / "age"
    age.write_text(f'#!/bin/sh\nexec "{javascript.node()}" "{ROOT}/tests/js/age.mjs" "$@"\n')
    age.chmod(0o700)
    to, photo = world.recipient_set(), b"\xff\xd8 a picture"
    sealed = world.seal(world.tip(words="Ünder the bridge"), to, [Attachment("image/jpeg", photo)])
    engine = new_store(f"sqlite:///{tmp_path / 'sereno.db'}")
    with writing(engine) as conn:
        arrival = Arrival("north", 1 << 20, to.name, to.number, to.epoch, len(to.members), sealed, world.now)
        id = put_envelope(conn, arrival)
    engine.dispose()
    (tmp_path / "ana.epoch").write_bytes(epoch_file(world.id("ana"), to.epoch, world.identity("ana", to.epoch)))

    take, decrypt, cut, _ = blocks()
    run(take, tmp_path)
    assert (tmp_path / f"{id}.age").read_bytes() == sealed
    run(decrypt.replace("ENVELOPE", id), tmp_path)
    assert (tmp_path / "tip.bin").stat().st_size > CHUNK
    run(cut, tmp_path)
    assert json.loads((tmp_path / "tip.json").read_text("utf-8"))["words"] == "Ünder the bridge"
    assert (tmp_path / "photo-1").read_bytes() == photo


def test_the_guide_s_command_checks_a_bundle(tmp_path: Path, world: World) -> None:
    (tmp_path / "check_bundle.py").write_bytes(SCRIPT.read_bytes())
    plain = Policy(world.network, world.mode, world.roots(), 2, 1, 0, False)
    (tmp_path / "policy.json").write_bytes(plain.encode())
    data = world.release().bundle
    (tmp_path / "release.json").write_bytes(data)
    *_, command = blocks()

    assert run(command, tmp_path).startswith("GENUINE")
    (tmp_path / "release.json").write_bytes(data.replace(b"3-5", b"10+"))
    with pytest.raises(subprocess.CalledProcessError) as fault:
        run(command, tmp_path)
    assert fault.value.returncode == 1


def says(policy: Any, bundle: Any, now: int) -> bool:
    """Return whether the script finds a bundle genuine."""
    try:
        STRANGER["check"](STRANGER["load"](policy), STRANGER["load"](bundle), now)
    except REFUSES:
        return False
    return True


@pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda vector: vector["name"])
def test_the_script_says_of_every_vector_what_the_gate_says(vector: dict[str, Any]) -> None:
    fields = laid_over(FILE["shared"], vector["fields"])
    policy = fields["policy"].removesuffix("\n").encode()
    genuine = says(policy, canonical(fields["bundle"]), fields["now"])

    assert genuine == ((vector["kind"] is None and vector["name"] not in LEFT) or vector["name"] in UNKNOWN)


def test_the_script_refuses_every_change_of_one_byte(world: World) -> None:
    data = world.bundle(world.attest(world.alert(), "ana", "bo"))
    plain = Policy(world.network, world.mode, world.roots(), 2, 1, 0, False).encode()[:-1]
    assert says(plain, data, world.now)

    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ (0x01, 0x20, 0x80)[at % 3]]) + data[at + 1 :]
        assert not says(plain, changed, world.now), at


def test_the_script_is_sixty_lines_and_imports_two_libraries() -> None:
    text = SCRIPT.read_text("utf-8")
    tree = ast.parse(text)
    end = tree.body[0].end_lineno
    code = [line for line in text.splitlines()[end:] if line.strip() and not line.strip().startswith("#")]
    names = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert len(code) <= 60
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"nacl", "rfc8785"}
