"""A whole demo network that really runs: every process, its own folder, its people's secrets kept elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sereno import demonet
from sereno.demo import free_ports
from sereno.http import Client
from sereno.journey import until
from sereno.run import addresses, assemble, database
from sereno.supervise import FORK_SERVER, Supervisor
from store.engine import open_engine


@dataclass(frozen=True, slots=True)
class Running:
    """A running network: `folder` is what its servers have, `people` what its people have."""

    folder: Path
    people: Path
    port: int
    supervisor: Supervisor

    @property
    def origins(self) -> dict[str, str]:
        """The three origins."""
        return addresses(self.port)

    def pids(self) -> dict[str, int]:
        """Return each program's process id, and those of the processes it has begun itself."""
        found: dict[str, int] = {}
        for name in (FORK_SERVER, *(one.name for one in self.supervisor.programs)):
            found[name] = pid = self.supervisor.pid(name)
            if name != FORK_SERVER:
                found |= {f"{name}'s {place}": child for place, child in enumerate(children_of(pid))}
        return found


def children_of(pid: int) -> list[int]:
    """Return the ids of the processes that a process has begun; none once it has gone."""
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()))
    except OSError:
        return []


@contextmanager
def running(folder: Path, founded: demonet.DemoNetwork | None = None) -> Iterator[Running]:
    """Run a new demo network in `folder`/network until the block ends; people's secrets lie in `folder`/people.

    Of one that was `founded` elsewhere, the custodians' keys are still at hand.
    """
    network, people = folder / "network", folder / "people"
    port = free_ports(3)
    if founded is not None:
        network.mkdir()
        demonet.write_files(network, founded, addresses(port))
        demonet.write_secrets(network / "people", founded)
    supervisor, _ = assemble(network, port)
    if founded is not None:
        engine = open_engine(database(network))
        demonet.install(engine, founded)
        engine.dispose()
    shutil.move(network / "people", people)
    with supervisor.keeping():
        for origin in addresses(port).values():
            until(f"{origin} to be ready", lambda origin=origin: Client(origin).get("/health"))  # type: ignore[misc]
        yield Running(network, people, port, supervisor)
