"""The public face, served as it is shipped: `python -m alerts` on a free port, over a real SQLite file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.browser.intake_site import free_port
from tests.front import Front, front

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "alerts.localhost"
PATIENCE: Final = 30.0  # Seconds that a start may take on a machine that is busy with other things.


@dataclass(frozen=True, slots=True)
class AlertsSite:
    """A running public face: its address, and the world whose messages it shows."""

    url: str
    front: Front

    def fetch(self, path: str) -> bytes:
        """Return what the site answers, asked by its number: not every resolver knows *.localhost."""
        port = self.url.rsplit(":", 1)[1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            body: bytes = answer.read()
        return body


@contextmanager
def serve(folder: Path, mode: str = "exercise") -> Iterator[AlertsSite]:
    """Serve an invented network's alerts until the block ends."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    with front(folder, f"sqlite:///{folder / 'store.db'}", url, mode) as opened:
        settings = {
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SERENO_DATABASE": opened.settings.database,
            "SERENO_POLICY": str(opened.settings.policy),
            "SERENO_FACE": str(opened.settings.face),
            "SERENO_ALERTS_LISTEN": f"127.0.0.1:{port}",
        }
        program = subprocess.Popen([sys.executable, "-m", "alerts"], cwd=folder, env=settings)
        try:
            _await(program, port)
            yield AlertsSite(url, opened)
        finally:
            program.terminate()
            program.wait()


def _await(program: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if program.poll() is not None:
            raise RuntimeError(f"The public face ended with {program.returncode} before it served anything.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The public face did not answer on port {port} within {PATIENCE:g} seconds.")
