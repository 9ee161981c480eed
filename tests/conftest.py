"""What tests share: real services and browsers, found or started once, and gone afterwards."""

from __future__ import annotations

import functools
import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import flask
import nacl.pwhash.argon2id
import pytest
import redis
import sqlalchemy
from jinja2.bccache import Bucket, BytecodeCache
from xdist.scheduler import LoadFileScheduling

import alerts.app
import intake.app
import sereno.redis
import verifier.app
from look.face import Face
from protocol.policy import Policy
from store.engine import open_engine
from tests import browsers, databases, stores
from tests.together import WAITING, together
from tests.world import World


def pytest_configure() -> None:
    """Name the run before xdist starts its workers, so that all of them share one PostgreSQL."""
    databases.open_run()


def pytest_unconfigure() -> None:
    """Leave nothing behind when no service was asked for."""
    databases.close_run()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Give files to processes as they belong together, where they are given out by files."""
    if config.getoption("dist") != "loadfile":
        return None
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = together
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in order, and leave it to `make soak` to ask once more on PostgreSQL what stands on the store.

    All queries are the store's (test_house.py), whose own tests run on both; a crew's whole way does too.
    """
    # What mostly waits begins first, beside pages, which never do.
    items.sort(key=lambda item: item.path.name not in WAITING)
    for item in items:
        chosen = getattr(item, "callspec", None)
        on_both = item.path.name.startswith(("test_store_", "test_ground", "test_worker_crew"))
        if chosen is not None and "postgresql" in chosen.params.values() and not on_both:
            item.add_marker(pytest.mark.soak)


def pytest_collection_finish() -> None:
    """Look through no module and no test again for what can be thrown away: a tenth of Python's time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _hashed_once() -> Iterator[None]:
    """Remember what Argon2id gave for the same words, salt and cost: files are opened here dozens of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nacl.pwhash.argon2id, "kdf", functools.cache(nacl.pwhash.argon2id.kdf))
        yield


class _Compiled(BytecodeCache):
    """What Jinja made of each template: every app compiles its own anew, and here begin hundreds."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.known[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask.Flask, "jinja_options", {"bytecode_cache": _Compiled()})
        yield


@pytest.fixture(scope="session", autouse=True)
def _assembled_once() -> Iterator[None]:
    """Remember the pages that were made of a face and a policy: a program makes them once, and here begin hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        for app in (alerts.app, intake.app, verifier.app):
            patch.setattr(app, "build_pages", _remembered(app.build_pages))
        yield


def _remembered(build: Callable[[Face, Policy], Any]) -> Callable[[Face, Policy], Any]:
    known: dict[tuple[str, bytes], Any] = {}

    def remember(face: Face, policy: Policy) -> Any:
        asked = (repr(face), policy.encode())
        if asked not in known:
            known.clear()  # A test's network is seldom another's, and its pages take megabytes.
            known[asked] = build(face, policy)
        return known[asked]

    return remember


@pytest.fixture(scope="session")
def redis_server() -> Iterator[sereno.redis.Running]:
    """Give a running Redis on a socket in a folder of its own; one for each worker."""
    folder = Path(tempfile.mkdtemp(prefix="sereno-redis-"))  # Short: pytest's own paths may be too long for a socket.
    running = sereno.redis.start(folder)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def redis_socket(redis_server: sereno.redis.Running) -> Path:
    """Give the socket of an empty Redis."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.socket


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """Give the address of an empty Redis, as `redis.Redis.from_url` takes it."""
    return f"unix://{redis_socket}"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give the SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Give the SQLAlchemy URL of a new, empty PostgreSQL database."""
    with databases.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the SQLAlchemy URL of a new, empty database: the test runs once on each kind."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture(scope="session")
def kept_postgres() -> Iterator[str]:
    """Give the SQLAlchemy URL of a PostgreSQL store for `engine` alone; one for each worker."""
    with stores.kept_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sqlalchemy.Engine]:
    """Give an engine on a store with nothing in it: the test runs once on each kind of database."""
    kept = request.param == "postgresql"
    url: str = request.getfixturevalue("kept_postgres" if kept else "sqlite_url")
    opened = open_engine(url) if kept else stores.new_store(url)
    yield opened
    opened.dispose()
    if kept:
        stores.empty(url)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Give the path of Chromium, or skip with the command that installs it (CI: fail)."""
    return browsers.chromium()


@pytest.fixture(scope="session")
def engine_path() -> str:
    """Give the path of a Chromium for pages alone, or skip with the command that installs one (CI: fail)."""
    return browsers.engine()


@pytest.fixture(scope="session")
def firefox_path() -> str:
    """Give the path of Firefox, or skip with the command that installs it (CI: fail)."""
    return browsers.firefox()


@pytest.fixture
def world() -> World:
    """Give a whole network in memory, with four certified verifiers and one for each way not to count."""
    return World()
