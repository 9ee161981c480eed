"""`sereno check` takes what a QR code says: typed in, or from a file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sereno.__main__ import main
from tests.vectors_of_slips import slip_of, trail_of
from tests.world import World


@pytest.mark.parametrize("roster", ["trail", "bundle", "none"])
def test_a_code_is_checked_with_the_roster_that_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], roster: str
) -> None:
    world = World(now=int(time.time()) - 60)
    earlier, data = world.release().bundle, world.release().bundle
    address = slip_of(data).address("https://alerts.example.org")
    files = {"policy": world.policy.encode(), "trail": trail_of(world).encode(), "bundle": earlier}
    files["code"] = f"{address}\n".encode()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    given = [] if roster == "none" else ["--roster", str(tmp_path / roster)]

    for what in (address, str(tmp_path / "code")):
        status = main(["check", what, "--policy", str(tmp_path / "policy"), *given])
        said = capsys.readouterr().out
        assert (status, said.split()[0]) == ((1, "CAN'T") if roster == "none" else (0, "CONFIRMED"))
    for less in range(40, 52):  # Wherever it is cut: in a character of base45, in a signature, in a number.
        cut = ["check", address[:-less], "--policy", str(tmp_path / "policy"), *given]
        assert (main(cut), "CAN'T BE CHECKED" in capsys.readouterr().out) == (1, True)
