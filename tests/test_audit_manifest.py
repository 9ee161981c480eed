"""What an auditor of the log says of manifests: who signed which pages, and which one is to be looked into."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from protocol.log import entry
from store import logbook
from store.engine import writing
from tests.vectors_of_manifests import signed_by
from tests.watched import Watched, watched
from tests.world import World


def logged(network: Watched, *custodians: str, **changes: Any) -> bytes:
    """Log a manifest and return its entry."""
    signed = signed_by(network.world, *custodians, **changes)
    with writing(network.post.engine) as conn:
        logbook.queue_signed(conn, "manifest", signed)
    network.post.log()
    return entry("manifest", signed)


def test_a_manifest_is_told_and_one_of_one_root_or_of_strangers_or_hidden_is_looked_into(tmp_path: Path) -> None:
    with watched(tmp_path / "network", World(now=int(time.time()))) as network:
        logged(network)
        report = network.audit()
        assert any(line.startswith("Manifest 1 of 5 pages, ") for line in report.says)
        assert report.concerns == ()

        logged(network, "uma", number=2, previous="ab" * 32)
        logged(network, "xan", "yan", number=3, previous="ab" * 32)
        hidden = logged(network, number=4, previous="ab" * 32)
        network.liar.lies[f"/log/object/{hidden.hex()}"] = None
        report = network.audit(report.visit)

    assert [line for line in report.says if line.startswith("Manifest")] == []
    assert [line.rpartition("[")[2] for line in report.concerns[:2]] == ["MAN-2]", "SIG-3]"]
    assert "the site does not show it" in report.concerns[2]
