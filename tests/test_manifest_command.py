"""`sereno manifest`: the same list on every machine; what is published is logged, and what this checkout makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.manifest import join, prepare, sign_manifest
from protocol.log import entry
from protocol.manifest import decode_listing, read_manifest
from protocol.policy import Policy
from protocol.signed import Signed
from sereno import clock, demonet
from sereno.__main__ import main
from sereno.founding import prepare as found
from sereno.run import database
from store.engine import open_engine, reading
from store.logbook import unsequenced
from store.manifests import current_manifest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what `sereno run` founds."""
    made = tmp_path_factory.mktemp("run")
    found(made, 8001)
    return made


def test_a_demo_network_has_a_manifest_of_its_own_pages_that_is_queued_for_the_log(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading(open_engine(database(folder))) as conn:
        signed = current_manifest(conn)
        assert signed is not None
        assert entry("manifest", signed) in unsequenced(conn)

    pages = read_manifest(signed.payload)["pages"]
    assert main(["manifest", "show", "--folder", str(folder)]) == 0
    assert f"Manifest 1 of {len(pages)} pages" in capsys.readouterr().out
    made = ["manifest", "make", "--policy", str(folder / "policy.json"), "--face", str(folder / "face.json")]
    assert main(made) == 0
    listed = capsys.readouterr().out
    assert main(made) == 0
    assert capsys.readouterr().out == listed
    policy = Policy.decode((folder / "policy.json").read_bytes())
    assert decode_listing(listed.encode(), policy)["pages"] == pages


def test_a_changed_face_is_said_to_need_another_manifest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    face = folder / "face.json"
    kept = face.read_text()
    face.write_text(kept.replace("555-0100", "555-0199"))
    try:
        assert main(["manifest", "show", "--folder", str(folder)]) == 1
        said = capsys.readouterr().out
        assert "  not as this checkout makes it: form /es" in said
        assert "desk-worker" not in said
    finally:
        face.write_text(kept)


def test_an_operator_publishes_what_custodians_signed_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = demonet.found_demo(clock.now())
    policy, roots = network.policy, network.policy.roots
    demonet.write_files(tmp_path, network, dict.fromkeys(("intake", "desk", "alerts"), "http://x.localhost:1"))
    face = str(tmp_path / "face.json")
    lists = tmp_path / "pages.json"
    make = ["manifest", "make", "--policy", str(tmp_path / "policy.json"), "--face", face, "--out", str(lists)]
    assert main(make) == 0
    assert main(make) == 1  # It is there already.
    payload = prepare(lists.read_bytes(), None, policy, clock.now())
    parts = [sign_manifest(payload, seed, policy, roots) for seed in network.roots[:2]]

    def add(signed: Signed) -> int:
        (tmp_path / "manifest.json").write_bytes(signed.encode() + b"\n")
        return main(["manifest", "add", str(tmp_path / "manifest.json"), "--folder", str(tmp_path)])

    assert main(["manifest", "show", "--folder", str(tmp_path)]) == 1
    assert add(join(parts, policy, roots)) == 1  # No roster yet, so nobody knows whose roots hold.
    demonet.install(open_engine(database(tmp_path)), network)
    assert add(parts[0]) == 1
    assert "2 are needed. [MAN-2]" in capsys.readouterr().err
    assert add(join(parts, policy, roots)) == 0
    other = prepare(lists.read_bytes(), None, policy, clock.now() + 1)
    twin = join([sign_manifest(other, seed, policy, roots) for seed in network.roots[:2]], policy, roots)
    assert add(twin) == 1
    assert "one number is one manifest" in capsys.readouterr().err.replace("\n", " ")
