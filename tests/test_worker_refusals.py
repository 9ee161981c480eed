"""What the gate refuses: written down with the rule and a sentence, sent to nobody, told to no log.

On SQLite alone: what is refused is the protocol's to say, and the store's part is the same in every story.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.encoding import b64
from protocol.errors import KINDS
from protocol.limits import DAY, MINUTE
from protocol.signed import Signature, Signed
from store import logbook, messages
from store.engine import reading, writing
from store.stays import put_stay
from tests.outpost import Outpost, confirm, planned, published
from tests.stores import new_store
from tests.world import World

Story = Callable[[Outpost], tuple[Signed, bytes]]


@pytest.fixture
def post(sqlite_url: str, tmp_path: Path) -> Iterator[Outpost]:
    engine = new_store(sqlite_url)
    outpost = Outpost(engine, World(), tmp_path)
    outpost.subscribe("http://127.0.0.1:9/")
    yield outpost
    engine.dispose()


def words(post: Outpost, *names: str, **changes: object) -> tuple[Signed, bytes]:
    signed = post.world.attest(post.world.alert(**changes), *names)
    return signed, signed.encode()


def forged(post: Outpost) -> tuple[Signed, bytes]:
    signed, _ = words(post, "ana", "bo")
    one, two = signed.signatures
    return signed, replace(signed, signatures=(one, Signature(two.keyid, one.sig))).encode()


def twice(post: Outpost) -> tuple[Signed, bytes]:
    signed, _ = words(post, "ana")
    return signed, replace(signed, signatures=signed.signatures * 2).encode()


def backwards(post: Outpost) -> tuple[Signed, bytes]:
    signed, _ = words(post, "ana", "bo")
    return signed, replace(signed, signatures=signed.signatures[::-1]).encode()


def spaced(post: Outpost) -> tuple[Signed, bytes]:
    signed, data = words(post, "ana", "bo")
    return signed, json.dumps(json.loads(data), indent=1).encode()


def respelled(post: Outpost) -> tuple[Signed, bytes]:
    """One signature's last base64 digit has other unused bits: the same bytes, spelled otherwise."""
    signed, data = words(post, "ana", "bo")
    good = b64(signed.signatures[0].sig)
    bad = good[:-3] + chr(ord(good[-3]) + 1) + "=="
    return signed, data.replace(good.encode(), bad.encode())


def stranger(post: Outpost) -> tuple[Signed, bytes]:
    other = World(name="birch")
    signed = other.attest(other.alert(), "ana", "bo")
    return signed, signed.encode()


def another_network(post: Outpost) -> tuple[Signed, bytes]:
    return words(post, "ana", "bo", network="5f" * 32)


def stayed(post: Outpost) -> tuple[Signed, bytes]:
    stay = post.world.sign_stay("bo", "ana")
    with writing(post.engine) as conn:
        put_stay(conn, stay.encode())
    return words(post, "ana", "bo")


def revoked_later(post: Outpost) -> tuple[Signed, bytes]:
    found = words(post, "ana", "bo")
    post.world.change("bo", revoked_at=0)
    post.world.publish()
    post.publish()
    return found


def passed(post: Outpost) -> tuple[Signed, bytes]:
    """A lead whom the next roster made one of the others goes on under the last, whose dates still hold."""
    first = confirm(post)
    post.world.now += 3 * MINUTE
    signed = post.world.attest(post.world.stop("retracted", first), "ana")
    post.world.change("ana", roles=())
    post.world.publish(issued=post.world.now - MINUTE)
    post.publish()
    return signed, signed.encode()


def exchanged(post: Outpost) -> tuple[Signed, bytes]:
    return words(post, "ana", "bo")[0], words(post, "ana", "bo")[1]


def early_stop(post: Outpost, by: str = "cy", **changes: int) -> tuple[Signed, bytes]:
    signed = post.world.attest(post.world.stop("suspended", confirm(post), **changes), by)
    return signed, signed.encode()


def doubted_twice(post: Outpost) -> tuple[Signed, bytes]:
    first = confirm(post)
    post.send(post.world.attest(post.world.stop("suspended", first), "cy"))
    signed = post.world.attest(post.world.stop("suspended", first, revision=3), "cy")
    return signed, signed.encode()


def misfit(post: Outpost, **changes: Any) -> tuple[Signed, bytes]:
    signed = post.world.attest(post.world.following(confirm(post), **changes), "ana", "bo")
    return signed, signed.encode()


def after_the_end(post: Outpost) -> tuple[Signed, bytes]:
    first = confirm(post)
    post.send(post.world.attest(post.world.stop("retracted", first), "ana"))
    signed = post.world.attest(post.world.following(first, revision=3), "ana", "bo")
    return signed, signed.encode()


def stop_of_nothing(post: Outpost) -> tuple[Signed, bytes]:
    signed = post.world.attest(post.world.stop("ended", post.world.release()), "dee")
    return signed, signed.encode()


def long_after(post: Outpost) -> tuple[Signed, bytes]:
    post.world.now += 21 * DAY
    return words(post, "ana", "bo")


REFUSED: Final[dict[str, tuple[str, Story]]] = {
    "forged": ("signature", forged),
    "one person twice": ("shape", twice),
    "signatures out of order": ("shape", backwards),
    "another spelling": ("not_canonical", spaced),
    "another spelling of base64": ("shape", respelled),
    "other bytes than the row's": ("alert_chain", exchanged),
    "a foreign roster": ("not_found", stranger),
    "a foreign network": ("alert_network", another_network),
    "one key": ("quorum_short", lambda post: words(post, "ana")),
    "one organisation": ("quorum_short", lambda post: words(post, "ana", "cy")),
    "no lead": ("quorum_lead", lambda post: words(post, "bo", "cy", class_="C", template="school")),
    "lapsed": ("attestation_lapsed", lambda post: words(post, "ana", "lou")),
    "revoked": ("attestation_revoked", lambda post: words(post, "ana", "rae")),
    "revoked since": ("attestation_revoked", revoked_later),
    "suspended": ("attestation_stayed", stayed),
    "a trainee": ("attestation_trainee", lambda post: words(post, "ana", "tim")),
    "stale": ("release_late", lambda post: words(post, "ana", "bo", issued=post.world.now - 16 * MINUTE)),
    "of tomorrow": ("alert_times", lambda post: words(post, "ana", "bo", issued=post.world.now + 6 * MINUTE)),
    "after its roster": ("roster_dates", long_after),
    "under a roster that was passed": ("roster_dates", passed),
    "a phone number": ("privacy", lambda post: words(post, "ana", "bo", free={"en": "Call 408 555 0142 now."})),
    "a wrong revision": ("alert_chain", lambda post: misfit(post, revision=3)),
    "an unknown message": ("alert_chain", lambda post: misfit(post, supersedes=["ab" * 32])),
    "another audience": ("alert_chain", lambda post: misfit(post, audience="responders")),
    "a stop of nothing": ("alert_chain", stop_of_nothing),
    "a back-dated stop": ("alert_times", lambda post: early_stop(post, issued=post.world.now - 3 * MINUTE)),
    "the same doubt twice": ("attestation_suspender", doubted_twice),
    "after a retraction": ("release_state", after_the_end),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_breaks_a_rule_is_written_down_and_goes_nowhere(post: Outpost, name: str) -> None:
    kind, story = REFUSED[name]
    signed, data = story(post)
    before = published(post)
    id = post.post(signed)
    # Whoever writes into the store may have put anything there.
    with writing(post.engine) as conn:
        mine = messages.messages.c.id == id
        conn.execute(messages.messages.update().where(mine).values(signed=data))
        held = len(logbook.unsequenced(conn)) + logbook.log_size(conn)
    post.admit()

    row = post.row(id)
    assert (row.state, row.refused_kind) == ("refused", kind), row.refused
    assert row.refused
    assert kind in KINDS
    assert (row.bundle, row.released_at, planned(post, row), published(post)) == (None, None, 0, before)
    with reading(post.engine) as conn:
        assert len(logbook.unsequenced(conn)) + logbook.log_size(conn) == held  # Nor does the log hear of it.
