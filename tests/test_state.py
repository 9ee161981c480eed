"""State: six rules in order, the same for everyone in whatever order messages come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.limits import LAPSE, MINUTE
from protocol.release import Release, Stop
from tests.refusals import refused
from tests.world import NOW, Message, World

EXPIRED = NOW + 120 * MINUTE


def says(world: World, messages: Sequence[Message], minutes: int = 0) -> str:
    """Return a chain's public word and its cause, so many minutes from now."""
    found = world.state(messages, world.now + minutes * MINUTE)
    return f"{found.word}, {found.cause}"


# --- The six rules, in order ------------------------------------------------------------------------------------------


def test_a_release_stands_until_it_expires(world: World) -> None:
    first, rumour = world.release(), world.check(world.bundle(world.attest(world.rumour(), "ana", "bo")))

    assert says(world, [first]) == "confirmed, signed"
    assert says(world, [rumour]) == "checked, signed"
    assert world.state([first], EXPIRED - 1).is_current
    assert world.state([first], EXPIRED).since == EXPIRED
    assert says(world, [first], 120) == says(world, [rumour], 120) == "ended, time"


def test_an_update_takes_the_place_of_what_it_supersedes(world: World) -> None:
    first = world.release()
    world.pass_minutes(60)
    update = world.update(first)

    assert world.state([first, update]).head.alert.name == update.alert.name
    assert says(world, [first, update], 90) == "confirmed, signed"  # The first alone would have ended.
    assert says(world, [update], 90) == "confirmed, signed"
    assert says(world, [first], 90) == "ended, time"


def test_two_heads_are_under_review_until_one_answers_both(world: World) -> None:
    first = world.release()
    here, there = world.update(first, officers="1-2"), world.update(first, officers="10+")

    assert says(world, [first, here, there]) == "under-review, forked"
    assert says(world, [first, here, there], 300) == "under-review, forked"  # Rule 4 comes before rule 5.
    healed = world.update(here, answering=[there])
    assert says(world, [first, here, there, healed]) == "confirmed, signed"


def test_one_word_ends_it_and_a_fork_makes_no_difference(world: World) -> None:
    first = world.release()
    here, there = world.update(first, officers="1-2"), world.update(first, officers="10+")
    world.pass_minutes(3)
    over = world.over(first)

    assert says(world, [first, over]) == says(world, [first, here, there, over]) == "ended, signed"
    assert world.state([first, over]).since == world.now


@pytest.mark.parametrize("logged", [True, False])
def test_one_doubt_is_under_review_for_ten_minutes(world: World, logged: bool) -> None:
    first = world.release()
    doubt = world.suspend(first, logged=logged)

    assert says(world, [first, doubt]) == "under-review, suspended"
    assert world.state([first, doubt], world.now + LAPSE - 1).word == "under-review"
    assert says(world, [first, doubt, world.over(first)]) == "under-review, suspended"  # Rule 2 before rule 3.


def test_a_logged_doubt_that_nobody_answers_withdraws(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first)
    found = world.state([first, doubt], world.now + LAPSE)

    assert (found.word, found.cause, found.since) == ("withdrawn", "lapsed", world.now + LAPSE)
    assert says(world, [first, doubt], 500) == "withdrawn, lapsed"
    assert says(world, [first, doubt, world.over(first)], 10) == "withdrawn, lapsed"


def test_an_unlogged_doubt_never_withdraws_and_warns_until_the_expiry(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first, logged=False)

    assert says(world, [first, doubt], 10) == "under-review, suspended"
    assert world.state([first, doubt], EXPIRED - 1).word == "under-review"
    assert says(world, [first, doubt], 120) == "ended, time"


def test_an_unlogged_doubt_shortly_before_the_expiry_warns_for_its_ten_minutes(world: World) -> None:
    first = world.release()
    world.pass_minutes(115)
    doubt = world.suspend(first, logged=False)

    assert says(world, [first, doubt], 9) == "under-review, suspended"
    assert says(world, [first, doubt], 10) == "ended, time"


def test_a_back_dated_doubt_can_not_retract_with_one_key(world: World) -> None:
    first = world.release()
    world.pass_minutes(20)
    doubt = world.suspend(first, logged=False, issued=world.now - 15 * MINUTE)

    assert says(world, [first, doubt]) == "under-review, suspended"


def test_a_restore_ends_the_doubts_it_carries_and_no_other(world: World) -> None:
    first = world.release()
    cy, dee = world.suspend(first, by="cy"), world.suspend(first, by="dee")
    half, whole = world.restore(first, cy), world.restore(first, cy, dee)

    assert says(world, [first, cy, dee, half]) == "under-review, suspended"
    assert says(world, [first, cy, dee, half], 10) == "withdrawn, lapsed"
    assert says(world, [first, cy, dee, whole], 10) == "confirmed, signed"


def test_an_update_that_only_names_a_doubt_does_not_answer_it(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first)
    named = world.update(first, answering=[doubt])

    assert says(world, [first, doubt, named]) == "under-review, suspended"
    assert says(world, [first, doubt, named], 10) == "withdrawn, lapsed"


def test_a_new_doubt_after_a_restore_counts_again(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first)
    restored = world.restore(first, doubt)
    again = world.suspend(restored, by="dee")

    assert says(world, [first, doubt, restored, again]) == "under-review, suspended"


def test_a_retraction_is_the_last_word(world: World) -> None:
    first = world.release()
    doubt, over = world.suspend(first), world.over(first)
    retraction = world.retract(first)
    restored = world.restore(first, doubt)

    stories: list[list[Message]] = [[first, retraction], [first, doubt, over, restored, retraction]]
    for messages in stories:
        for minutes in (0, 10, 500):
            assert says(world, messages, minutes) == "retracted, signed"


def test_messages_of_two_chains_or_none_have_no_state(world: World) -> None:
    first = world.release()
    for messages in ([first, world.release()], [], [world.suspend(first)]):
        with refused("alert_chain"):
            world.state(messages)


# --- Order ------------------------------------------------------------------------------------------------------------


@cache
def chain() -> tuple[World, tuple[Message, ...]]:
    """Return one chain with every kind of message, each minute one."""
    world = World()
    first = world.release()
    messages: list[Message] = [first]
    for act in (
        lambda: world.update(first),
        lambda: world.suspend(first, by="cy"),
        lambda: world.suspend(first, by="dee", logged=False),
        lambda: world.restore(first, _stop(messages[2])),
        lambda: world.restore(first, _stop(messages[2]), _stop(messages[3])),
        lambda: world.update(messages[1], answering=[messages[5]]),
        lambda: world.over(first),
        lambda: world.retract(messages[1], logged=False),
    ):
        world.pass_minutes(1)
        messages.append(act())
    return world, tuple(messages)


def _stop(message: Message) -> Stop:
    assert isinstance(message, Stop)
    return message


def by_the_table(messages: Sequence[Message], now: int) -> str:
    """Tell the word as the table of rules does, rule by rule, without a look at how the code does it."""
    kinds = {one.alert.kind for one in messages}
    releases = [one for one in messages if isinstance(one, Release)]
    by_name = {one.alert.name: one for one in releases}  # The same message from two carriers is one.
    heads = [one for one in by_name.values() if not any(one.alert.name in other.alert.supersedes for other in releases)]
    expires = max(heads, key=lambda one: (one.alert.revision, [-ord(char) for char in one.alert.name])).alert.expires
    assert expires is not None
    if "retracted" in kinds:
        return "retracted"
    answered = {name for one in releases for name in one.answers}
    open_ones = [one for one in messages if one.alert.kind == "suspended" and one.alert.name not in answered]
    if any(now >= (one.alert.lapses or 0) and one.logged for one in open_ones):
        return "withdrawn"
    if any(now < (one.alert.lapses or 0) or now < expires for one in open_ones):
        return "under-review"
    if "ended" in kinds:
        return "ended"
    if len(heads) > 1:
        return "under-review"
    return "ended" if now >= expires else heads[0].alert.kind


@given(data=st.data(), minutes=st.integers(-5, 260))
def test_the_state_is_the_table_s_whatever_has_arrived_in_whatever_order(data: st.DataObject, minutes: int) -> None:
    world, messages = chain()
    some = data.draw(st.lists(st.sampled_from(messages), min_size=1, max_size=12))
    if not any(isinstance(one, Release) for one in some):
        some.append(messages[0])
    shuffled = data.draw(st.permutations(some))
    found = [world.state(order, NOW + minutes * MINUTE) for order in (some, shuffled)]

    assert found[0].word == by_the_table(some, NOW + minutes * MINUTE)
    assert [(one.word, one.cause, one.since, one.head.alert.name) for one in found] == [
        (found[0].word, found[0].cause, found[0].since, found[0].head.alert.name)
    ] * 2


RANK = {"retracted": 0, "withdrawn": 1, "ended": 2, "under-review": 2, "confirmed": 3, "checked": 3}


@given(data=st.data(), minutes=st.integers(-5, 260))
def test_one_more_stop_never_makes_an_alert_stronger(data: st.DataObject, minutes: int) -> None:
    world, messages = chain()
    stops = [one for one in messages if isinstance(one, Stop)]
    releases = [one for one in messages if isinstance(one, Release)]
    some: list[Message] = [*data.draw(st.lists(st.sampled_from(releases), min_size=1))]
    some += data.draw(st.lists(st.sampled_from(stops)))
    more = [*some, data.draw(st.sampled_from(stops))]

    assert RANK[world.state(more, NOW + minutes * MINUTE).word] <= RANK[world.state(some, NOW + minutes * MINUTE).word]


def test_the_same_message_twice_is_one_message(world: World) -> None:
    first = world.release()
    again = world.check(first.bundle)

    assert says(world, [first, again]) == "confirmed, signed"


def test_the_clock_may_go_back(world: World) -> None:
    first = world.release()
    assert says(world, [first], 120) == "ended, time"
    assert says(world, [first], -1) == "confirmed, signed"
