"""Manifests: who may sign the list of pages, what it may hold, and what may follow it."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.encoding import canonical
from protocol.errors import KINDS, Refused
from protocol.manifest import (
    CARRIED,
    decode_listing,
    encode_listing,
    open_manifest,
    page_name,
    read_manifest,
)
from tests import vectors_of_manifests as told
from tests.make_vectors import laid_over
from tests.vectors_of_lists import network
from tests.world import World

VECTORS: Final = json.loads(told.FILE.read_text("utf-8"))
PAGE: Final = (
    b'<p>a</p><script type="application/json" id="recipients"></script>\n'
    b'<script type="application/json" id="page-hash">"x"</script>'
)


@pytest.fixture(scope="module")
def world() -> World:
    return network()


@pytest.mark.parametrize("vector", [pytest.param(one, id=one["name"]) for one in VECTORS["vectors"]])
def test_a_vector_has_its_outcome(vector: dict[str, Any]) -> None:
    asked = laid_over(VECTORS["shared"], vector["fields"])
    if vector["kind"] is None:
        assert told.answer(asked) == vector["found"]
        return
    with pytest.raises(Refused) as caught:
        told.answer(asked)
    assert caught.value.kind == vector["kind"]
    assert vector["rule"] == KINDS[vector["kind"]].rule


def test_the_vectors_are_what_the_stories_tell() -> None:
    shared, stories = told.stories()

    assert VECTORS["shared"] == shared
    assert [(one["name"], one["kind"], one["fields"]) for one in VECTORS["vectors"]] == stories


def test_a_manifest_that_is_remembered_is_never_followed_by_an_older_one_or_a_twin(world: World) -> None:
    def opened(**changes: Any) -> Any:
        return open_manifest(told.signed_by(world, **changes), world.policy.roots, world.policy)

    first = opened()
    second = opened(number=2, previous=first.name)
    first.require_follows(1, first.name)
    second.require_follows(1, first.name)
    opened(number=9, previous="ab" * 32).require_follows(1, first.name)
    for late, early in (
        (first, second),
        (opened(number=2, previous=first.name, issued=world.now + 1), second),
        (opened(number=2, previous="ab" * 32), first),
    ):
        with pytest.raises(Refused) as caught:
            late.require_follows(early.number, early.name)
        assert caught.value.kind == "manifest_chain"


def test_an_unsigned_list_is_the_same_on_every_machine_and_read_strictly(world: World) -> None:
    pages = {(one["face"], one["path"]): one["name"] for one in told.PAGES}
    listed = encode_listing(world.policy, pages)

    assert listed == encode_listing(world.policy, dict(reversed(pages.items())))
    assert decode_listing(listed, world.policy)["pages"] == told.PAGES
    for spoilt in (listed + b"\n", listed.replace(b":1", b": 1"), listed.replace(b"}\n", b',"w":1}\n')):
        with pytest.raises(Refused):
            decode_listing(spoilt, world.policy)
    with pytest.raises(Refused) as caught:
        decode_listing(listed, network(name="elsewhere").policy)
    assert caught.value.kind == "manifest_network"


def test_a_page_s_name_leaves_out_what_a_copy_carries_and_nothing_else() -> None:
    name = page_name("form", PAGE)

    assert page_name("form", PAGE.replace(b'nts"><', b'nts">{"v":1}<').replace(b'"x"', b'"y"')) == name
    assert page_name("form", PAGE.replace(b"<p>", b"<p >")) != name
    assert page_name("desk", PAGE) != page_name("desk", PAGE.replace(b'"x"', b'"y"'))
    for spoilt in (PAGE * 2, b"", PAGE.replace(b"recipients", b"roster"), PAGE.replace(b'"x"', b"<b>")):
        with pytest.raises(Refused) as caught:
            page_name("form", spoilt)
        assert caught.value.kind == "page"


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2_000_000_000)
    | st.sampled_from([*CARRIED, "/en", "ab" * 32, "actual"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["v", "pages", "face", "path", "name", "network", "mode"]), inner)
    ),
    max_leaves=12,
)


@given(field=st.sampled_from(["v", "network", "mode", "number", "previous", "issued", "pages"]), value=_VALUES)
def test_whatever_stands_in_a_field_is_read_as_it_is_spelled_or_refused(field: str, value: Any) -> None:
    payload = canonical({**told.value_of(network()), field: value})
    try:
        found = read_manifest(payload)
    except Refused:
        return
    assert canonical(found) == payload


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        decode_listing(data, network().policy)
