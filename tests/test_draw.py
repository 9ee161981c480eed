"""The draw of the second key: other organisations first, then the lowest hash, so that anybody can redo it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.draw import draw
from protocol.encoding import sha256
from tests.story import in_javascript, plain
from tests.world import World

WORLD = World()
PEOPLE = {one.id: one for one in WORLD.roster.verifiers.values()}


def drawn(proposal: str, root: bytes, conflicted: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the order that both languages draw for a proposal by bo."""
    bo = PEOPLE[WORLD.id("bo")]
    ours = draw(proposal, root, PEOPLE.values(), bo, conflicted)
    people = [plain(person) for person in PEOPLE.values()]
    theirs = in_javascript("drawn", proposal, root, people, plain(bo), sorted(conflicted))
    assert theirs == ("taken", list(ours))
    return ours


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_other_organisations_come_first_and_then_the_lowest_hash(proposal: bytes, root: bytes) -> None:
    order = drawn(proposal.hex(), root)
    # bo is of faro, like dee and lou; tim is a trainee and rae's key is revoked.
    others, own = WORLD.ids("ana", "cy", "len"), WORLD.ids("dee", "lou")

    assert set(order[:3]) == others
    assert set(order[3:]) == own
    for group in (order[:3], order[3:]):
        lots = [sha256(proposal + root + one.encode()) for one in group]
        assert lots == sorted(lots)


def test_the_draw_depends_on_the_proposal_and_on_the_root() -> None:
    assert len({drawn(f"{one:064x}", bytes(32))[:3] for one in range(40)}) == 6  # Every order of three happens.
    assert len({drawn("00" * 32, bytes([one]) * 32)[:3] for one in range(40)}) == 6


def test_nobody_with_a_conflict_is_drawn() -> None:
    assert not WORLD.ids("ana") & set(drawn("00" * 32, bytes(32), WORLD.ids("ana")))
