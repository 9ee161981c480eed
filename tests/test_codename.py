"""Return codes: eight words that bring a witness back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.codename import decode_code, derive_thread, encode_code, generate_code
from protocol.signed import public_key
from protocol.wordlist import WORDS
from tests.refusals import refused
from tests.world import World


@given(st.binary(min_size=11, max_size=11))
def test_a_code_comes_back_from_its_words(code: bytes) -> None:
    words = encode_code(code)

    assert len(words.split()) == 8
    assert decode_code(words) == code


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=8))
def test_any_eight_words_of_the_list_are_a_code(words: list[str]) -> None:
    assert encode_code(decode_code(" ".join(words))) == " ".join(words)


def test_the_first_and_the_last_code_are_the_first_and_the_last_word() -> None:
    assert encode_code(bytes(11)) == " ".join(["abandon"] * 8)
    assert encode_code(b"\xff" * 11) == " ".join(["zoo"] * 8)


def test_capitals_accents_and_spaces_do_not_matter() -> None:
    assert decode_code("  ZOO zóo\tzoo zoo zoo zoo\nzoo Zoö ") == b"\xff" * 11


def test_a_word_that_is_not_in_the_list_is_named_with_the_nearest_that_is() -> None:
    with refused("code_word", "zooo. Did you mean zoo?"):
        decode_code("zoo zoo zoo zooo zoo zoo zoo zoo")


@pytest.mark.parametrize("count", [0, 7, 9])
def test_a_code_has_eight_words(count: int) -> None:
    with refused("code_word", f"this has {count}"):
        decode_code(" ".join(["zoo"] * count))


def test_new_codes_are_never_the_same() -> None:
    assert len({generate_code() for _ in range(200)}) == 200


def test_a_code_gives_the_same_thread_in_the_same_network_only() -> None:
    code, here, there = bytes(range(11)), World().network, World(name="birch").network
    thread = derive_thread(code, here)

    assert thread == derive_thread(code, here)
    assert thread.seed != thread.age.seed
    assert {thread.seed, thread.age.seed}.isdisjoint(
        {derive_thread(code, there).seed, derive_thread(bytes(11), here).seed}
    )


def test_a_tip_carries_a_thread_s_public_halves_only() -> None:
    world = World()
    thread = derive_thread(bytes(range(11)), world.network)
    tip = world.open(world.seal(world.tip(thread=thread.value())), "bo")

    assert tip.header["thread"] == thread.value()
    assert thread.seed not in repr(tip.header).encode()
    assert public_key(thread.seed) != thread.seed
