"""Bundles: what browsers run is what the sources give, on any machine.  That ours do is `make check`'s to say."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests import javascript

ROOT: Final = Path(__file__).resolve().parent.parent
VENDOR: Final = Path("protocol/js/vendor")
# What the bundle is made of and with; the whole of node_modules would take seconds to copy.
NEEDED: Final = ("@noble", "canonicalize", "esbuild", "@esbuild", "hash-wasm")
BUILT: Final = ("vendor.js", "slices.js", "argon2.js", "NOTICE")


def build(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the build of a checkout."""
    command = [javascript.node(), str(root / "protocol" / "js" / "build.mjs"), *args]
    return subprocess.run(command, capture_output=True, text=True, cwd="/")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give another checkout of what the vendor bundle is made of, in a folder of another name."""
    modules = javascript.packages()
    for name in NEEDED:
        shutil.copytree(modules / name, tmp_path / "node_modules" / name, symlinks=True, copy_function=_link)
    shutil.copytree(ROOT / VENDOR, tmp_path / VENDOR)
    shutil.copy(ROOT / "protocol" / "js" / "build.mjs", tmp_path / "protocol" / "js")
    return tmp_path


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # Another file system.
        shutil.copy2(source, target)


def test_the_same_sources_give_the_same_bytes_in_another_place(checkout: Path) -> None:
    for name in BUILT:
        (checkout / VENDOR / name).unlink()
    built = build(checkout)

    assert built.returncode == 0, built.stderr
    for name in BUILT:
        assert (checkout / VENDOR / name).read_bytes() == (ROOT / VENDOR / name).read_bytes()


@pytest.mark.parametrize("name", BUILT)
def test_a_changed_bundle_is_found_and_named(checkout: Path, name: str) -> None:
    file = checkout / VENDOR / name
    file.write_text(file.read_text().replace("a", "b", 1))
    checked = build(checkout, "--check")

    assert checked.returncode == 1
    assert [line.split()[0] for line in checked.stderr.splitlines()] == [f"protocol/js/vendor/{name}"]


def test_a_missing_bundle_is_found_and_named(checkout: Path) -> None:
    (checkout / VENDOR / "vendor.js").unlink()
    checked = build(checkout, "--check")

    assert checked.returncode == 1
    assert "protocol/js/vendor/vendor.js" in checked.stderr


def test_a_page_gets_a_bundle_once_it_has_an_entry(checkout: Path) -> None:
    entry = checkout / "alerts" / "check" / "check.js"
    entry.parent.mkdir(parents=True)
    entry.write_text('import { sha256 } from "../../protocol/js/vendor/vendor.js";\nself.digest = sha256;\n')
    missing = build(checkout, "--check")
    built = build(checkout)
    script = (checkout / "alerts" / "check" / "built" / "check.js").read_text()

    assert (missing.returncode, "alerts/check/built/check.js" in missing.stderr) == (1, True)
    assert (built.returncode, build(checkout, "--check").returncode) == (0, 0)
    assert script.startswith(('"use strict"', "(()"))
    assert "argon2" not in script  # What a page does not use it does not get.
    assert str(checkout) not in script


def packages_in(bundle: str) -> set[str]:
    """Return the packages that a bundle names the files of."""
    lines = (ROOT / VENDOR / bundle).read_text().splitlines()
    inside = {line.split("node_modules/")[1] for line in lines if line.startswith("// node_modules/")}
    return {"/".join(path.split("/")[: 2 if path.startswith("@") else 1]) for path in inside}


def test_the_bundles_name_the_licence_of_everything_in_them() -> None:
    notice = (ROOT / VENDOR / "NOTICE").read_text()

    assert packages_in("vendor.js") == {
        *("@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum", "canonicalize")
    }
    assert (packages_in("slices.js"), packages_in("argon2.js")) == ({"@noble/hashes"}, {"hash-wasm"})
    assert all(f"== {name} " in notice for name in packages_in("vendor.js") | packages_in("argon2.js"))
    assert notice.count("== @noble/hashes ") == 1  # One copy of each: doubled code is doubled weight.


def test_what_the_first_script_has_the_second_borrows() -> None:
    first, second = ((ROOT / "intake/form/built" / name).read_text("utf-8") for name in ("form.js", "coming-back.js"))
    of_curve_and_lattice = ("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", "3329")

    assert [word in first for word in of_curve_and_lattice] == [True, True]
    assert "0x7fffffff" not in second
    assert "sereno.lent" in second


def test_webassembly_is_in_the_desks_worker_and_on_no_page() -> None:
    pages = ("intake/form/built/form.js", "verifier/page/built/desk.js", "alerts/check/built/check.js")

    assert [path for path in pages if "WebAssembly" in (ROOT / path).read_text("utf-8")] == []
    assert "WebAssembly" in (ROOT / "verifier/page/built/worker.js").read_text("utf-8")
