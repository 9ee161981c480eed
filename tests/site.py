"""A demo network's three sites over HTTP, with a manifest that its custodians signed, each in front of a twister."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

import alerts.app
import alerts.settings
import intake.app
import intake.settings
import verifier.app
import verifier.settings
from look.face import Face
from protocol.encoding import canonical
from protocol.manifest import read_manifest
from protocol.signed import Signed, key_id, public_key, sign
from sereno import clock, demonet, founding
from sereno.sitepages import list_pages
from store.engine import reading
from store.manifests import current_manifest
from tests.served import Application, served
from tests.stores import new_store
from tests.world_network import together

Answer = tuple[str, dict[str, str], bytes]
Twist = Callable[[dict[str, Any], Answer], Answer]


@dataclass(slots=True)
class Twister:
    """Answers as the application does, and then as `twist` would have it."""

    application: Application
    twist: Twist | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer."""
        if self.twist is None:
            return self.application(environ, start)
        said: list[Any] = []
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        body = b"".join(self.application(environ, lambda *args: said.append(args)))
        status, headers = said[0][0], {name.title(): value for name, value in said[0][1]}
        status, headers, body = self.twist(environ, (status, headers, body))
        start(status, list({**headers, "Content-Length": str(len(body))}.items()))
        return [body]


@dataclass(slots=True)
class Site:
    """A network's folder, its custodians, and its faces: address and twister of each."""

    folder: Path
    engine: Engine
    network: demonet.DemoNetwork
    urls: dict[str, str] = field(default_factory=dict)
    faces: dict[str, Twister] = field(default_factory=dict)

    @property
    def manifest(self) -> Signed:
        with reading(self.engine) as conn:
            found = current_manifest(conn)
        assert found is not None
        return found

    def listed(self) -> bytes:
        return list_pages(Face.read(self.folder / "face.json"), self.network.policy)

    def sign(self, *roots: int, **changes: Any) -> Signed:
        """Return a manifest as the one in force but for `changes`, signed by these custodians."""
        payload = canonical({**read_manifest(self.manifest.payload), **changes})
        seeds = [self.network.roots[one] for one in roots or (0, 1)]
        return together(*(sign("manifest", payload, key_id(public_key(seed)), seed) for seed in seeds))

    def calm(self) -> None:
        for one in self.faces.values():
            one.twist = None


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Give a network on SQLite whose three faces are served."""
    url, network = f"sqlite:///{folder / 'store.db'}", demonet.found_demo(clock.now())
    engine = new_store(url)
    demonet.install(engine, network)
    names = ("intake", "desk", "alerts")
    demonet.write_files(folder, network, {name: f"http://{name}.localhost:1" for name in names})
    founding.sign_pages(engine, network, folder)
    policy, face = folder / "policy.json", folder / "face.json"
    made = Site(folder, engine, network)
    apps = {
        "form": intake.app.create_app(
            intake.settings.Settings(url, policy, face, "127.0.0.1:0", b"k" * 32, 1 << 29, 4)
        ),
        "desk": verifier.app.create_app(verifier.settings.Settings(url, policy, face, "127.0.0.1:0", ("http://x",), 4)),
        "check": alerts.app.create_app(alerts.settings.Settings(url, policy, face, "127.0.0.1:0", 4)),
    }
    with ExitStack() as stack:
        for name, app in apps.items():
            made.faces[name] = Twister(app)
            made.urls[name] = stack.enter_context(served(made.faces[name]))
        yield made
    engine.dispose()
