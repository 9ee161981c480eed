"""A fault found by reading against the public pages, mended: removing a person removed what they had published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from alerts.told import read_chain
from protocol.limits import HOUR
from protocol.release import Bundle, Release, Stop
from store.engine import writing
from store.messages import claim_messages, post_message
from store.releases import set_released
from store.rosters import put_roster
from tests.refusals import refused
from tests.stores import new_store
from tests.world import World
from tests.world_network import recipient


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Engine]:
    """Give an engine on a new store."""
    engine = new_store(sqlite_url)
    yield engine
    engine.dispose()


def publish(engine: Engine, world: World) -> None:
    offices = {name: recipient(world.name, "office", name) for name in world.offices}
    with writing(engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], offices)


def let_out(engine: Engine, world: World, message: Release | Stop) -> None:
    with writing(engine) as conn:
        post_message(conn, Bundle.decode(message.bundle).alert.encode(), message.alert, world.now)
        (row,) = claim_messages(conn, owner="gate", now=world.now, limit=1)
        assert set_released(conn, row.id, row.claim, bundle=message.bundle, now=world.now, until=world.now + HOUR)


def test_an_alert_whose_signers_were_revoked_does_not_stand_and_its_retraction_is_told(
    opened: Engine, world: World
) -> None:
    publish(opened, world)
    first = world.release()
    let_out(opened, world, first)
    world.pass_minutes(1)
    world.change("bo", revoked_at=0)
    world.publish()
    publish(opened, world)

    with writing(opened) as conn, refused("not_found", "no public alert"):
        read_chain(conn, first.alert.id, world.policy, world.now)
    let_out(opened, world, world.retract(first))
    with writing(opened) as conn:
        assert read_chain(conn, first.alert.id, world.policy, world.now).state.word == "retracted"
