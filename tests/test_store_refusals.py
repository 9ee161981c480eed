"""What the store refuses though its callers look first: on both kinds of database, and with nothing half written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import Engine, func, select

from protocol.limits import HOUR
from protocol.signed import Signed
from store import claims, messages, releases
from store.engine import reading, writing
from store.manifests import current_manifest, put_manifest
from store.pages import get_page
from tests.refusals import refused
from tests.test_keys_refusals import listed
from tests.test_store_messages import claimed, post
from tests.world import NOW, World

ONE: Final = listed(0)


def test_a_message_that_another_takes_over_while_it_is_let_out_is_not_published_at_all(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = World().release()
    with writing(engine) as conn:
        id = post(conn, release)
        one = claimed(conn)
    with monkeypatch.context() as patch:
        patch.setattr(claims, "finish", lambda *_, **__: False)
        with refused("release_state", "took this message over"), writing(engine) as conn:
            releases.set_released(conn, id, one.claim, bundle=release.bundle, now=NOW, until=NOW + HOUR)
    with reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(messages.published)).scalar_one() == 0
        assert messages.get_message(conn, one.name).state == "posted"

    with writing(engine) as conn:
        assert releases.set_released(conn, id, one.claim, bundle=release.bundle, now=NOW, until=NOW + HOUR)


def test_two_manifests_of_one_number_are_not_both_kept(engine: Engine) -> None:
    value = ONE.payload.replace(b'"f1f1', b'"f2f1')
    other: Signed = replace(ONE, payload=value)
    assert other.message() != ONE.message()
    with writing(engine) as conn:
        assert (put_manifest(conn, ONE), put_manifest(conn, ONE)) == (True, False)
    with refused("manifest_chain", "numbers must rise"), writing(engine) as conn:
        put_manifest(conn, other)
    with reading(engine) as conn:
        assert current_manifest(conn) == ONE


def test_a_page_that_nobody_asked_for_is_not_there(engine: Engine) -> None:
    with reading(engine) as conn, refused("not_found", "There is no page"):
        get_page(conn, "ab" * 16)
