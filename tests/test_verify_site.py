"""`sereno verify-site` and hostile servers: what is swapped shows, what the roots did not sign is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from protocol.encoding import canonical
from protocol.manifest import Manifest, read_manifest
from protocol.roster import ROSTER
from protocol.signed import Signed, key_id, public_key, sign
from protocol.trail import Trail
from sereno import browse
from sereno.__main__ import main
from sereno.demonet import found_demo
from sereno.sitecheck import EXTRA, check_face
from store.engine import writing
from store.manifests import put_manifest
from tests.site import Answer, Site, Twist, site
from tests.world_network import together

Visit = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give one network for all tests of this file."""
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def visit(network: Site, capsys: pytest.CaptureFixture[str]) -> Iterator[Visit]:
    """Give the command: its exit status, and what it says."""

    def run(*more: str, faces: tuple[str, ...] = ("form", "desk", "check")) -> tuple[int, str]:
        urls = [network.urls[one] for one in faces]
        status = main(["verify-site", "--policy", str(network.folder / "policy.json"), *more, *urls])
        said = capsys.readouterr()
        return status, said.out + said.err

    yield run
    network.calm()


def at(path: str, change: Callable[[Answer], Answer]) -> Twist:
    """Return a twist of one path."""
    return lambda environ, answer: change(answer) if environ["PATH_INFO"] == path else answer


def replacing(old: bytes, new: bytes) -> Callable[[Answer], Answer]:
    def change(answer: Answer) -> Answer:
        assert old in answer[2]
        return answer[0], answer[1], answer[2].replace(old, new)

    return change


def with_headers(**headers: str) -> Callable[[Answer], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: (answer[0], {**answer[1], **named}, answer[2])


def handing_out(data: bytes) -> Callable[[Answer], Answer]:
    return lambda answer: ("200 OK", {"Content-Type": "application/json"}, data)


def test_an_honest_network_is_the_same_page_for_page_and_what_can_t_be_shown_is_said(
    network: Site, visit: Visit
) -> None:
    asked: list[dict[str, Any]] = []

    def noting(environ: dict[str, Any], answer: Answer) -> Answer:
        asked.append(dict(environ))
        return answer

    network.faces["form"].twist = noting
    status, said = visit()

    assert status == 0, said
    lines = [line.split() for line in said.splitlines()]
    listed = read_manifest(network.manifest.payload)["pages"]
    assert sorted(line[1] for line in lines if line[:1] == ["same"]) == sorted(one["path"] for one in listed)
    assert (
        len(listed) == 3 * len({one["path"].split("/")[1] for one in listed if one["face"] == "check"}) + 1
    )  # A page of each face in each language, and the worker.
    assert "Every page that was looked at" in said
    assert "Not shown: a page made for one visitor" in said
    assert {one["HTTP_USER_AGENT"].split("/")[0] for one in asked} == {"Mozilla"}
    assert {one["HTTP_SEC_FETCH_MODE"] for one in asked} == {"navigate"}


def test_what_was_not_looked_at_is_said_and_one_address_is_enough(network: Site, visit: Visit) -> None:
    status, said = visit(faces=("check",))

    assert status == 0
    assert "desk: NOT looked at" in said
    assert "form: NOT looked at" in said
    status, said = visit(faces=("form",))
    assert status == 1
    assert "Name the alerts' address too, or --manifest FILE" in said


def test_a_manifest_from_elsewhere_needs_no_site_of_alerts(network: Site, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(network.manifest.encode() + b"\n")

    status, said = visit("--manifest", str(tmp_path / "manifest.json"), faces=("desk",))
    assert status == 0, said
    assert "desk at" in said


SWAPPED = [
    ("form", "/en", replacing(b"<h1", b"<h1 "), "its name is"),
    ("form", "/es", replacing(b'id="recipients"></script>', b'id="recipients">{}</script>'), "only a saved copy"),
    ("form", "/en", lambda one: (one[0], one[1], one[2].replace(b'id="page-hash">"', b'id="page-hash">"0')), "another"),
    ("form", "/en", lambda one: (one[0], one[1], b"<p>We moved.</p>"), "one element recipients"),
    ("desk", "/es", replacing(b"<main", b"<main "), "its name is"),
    ("desk", "/desk-worker.js", lambda one: (one[0], one[1], one[2] + b"\n"), "its name is"),
    ("desk", "/desk-worker.js", with_headers(Content_Security_Policy="default-src *"), "Content-Security-Policy"),
    ("check", "/en/check", replacing(b"<h1", b"<h1 "), "its name is"),
    ("check", "/es/check", with_headers(Content_Security_Policy="default-src *"), "Content-Security-Policy"),
    ("form", "/en", with_headers(Content_Security_Policy=""), "Content-Security-Policy"),
    ("form", "/en", with_headers(Link="</x.css>; rel=stylesheet"), "a header link"),
    ("form", "/en", with_headers(Set_Cookie="who=you"), "a header set-cookie"),
    ("desk", "/en", with_headers(Content_Type="text/html; charset=utf-7"), "not served as text/html"),
]


@pytest.mark.parametrize(("face", "path", "change", "why"), SWAPPED)
def test_a_swapped_page_or_policy_shows(
    network: Site, visit: Visit, face: str, path: str, change: Callable[[Answer], Answer], why: str
) -> None:
    network.faces[face].twist = at(path, change)
    status, said = visit(faces=tuple(dict.fromkeys((face, "check"))))

    assert status == 1
    (line,) = [line for line in said.splitlines() if line.startswith(f"  changed  {path} ")]
    assert why in line
    assert "1 page is not what the custodians signed" in said


def test_a_page_that_is_gone_shows(network: Site, visit: Visit) -> None:
    gone = at("/es", lambda answer: ("302 Found", {**answer[1], "Location": "/en"}, b""))
    network.faces["form"].twist = gone
    status, said = visit()

    assert status == 1
    assert "  missing  /es  the answer is 302" in said


@pytest.mark.parametrize(("face", "suffix"), [("form", ""), ("desk", ""), ("check", "/check")])
def test_a_page_in_a_language_that_nobody_signed_shows(face: str, suffix: str) -> None:
    manifest = Manifest("ab" * 32, 1, "0" * 64, 0, {(face, f"/en{suffix}"): "cd" * 32})

    def get(path: str, _: str) -> browse.Answer:
        return browse.Answer(200 if path in (f"/en{suffix}", f"/vi{suffix}") else 404, b"<p>Not ours.</p>", {})

    found = [one for one in check_face(manifest, face, get, ["en", "fr", "vi"]) if one.word == EXTRA]

    assert [(one.face, one.path) for one in found] == [(face, f"/vi{suffix}")]


def test_a_page_for_visitors_who_come_by_the_front_door_shows(network: Site, visit: Visit) -> None:
    def for_spanish(environ: dict[str, Any], answer: Answer) -> Answer:
        if environ["PATH_INFO"] == "/" and environ["HTTP_ACCEPT_LANGUAGE"].startswith("es"):
            return replacing(b"</body>", b"<!-- for you --></body>")(answer)
        return answer

    network.faces["form"].twist = for_spanish
    status, said = visit()

    assert status == 1
    assert "  changed  / (asked for in es)  its name is" in said


def refused(said: tuple[int, str]) -> str:
    """Return the kind that a visit was refused with."""
    assert said[0] == 1
    assert said[1].startswith("REFUSED: ")
    return said[1].rsplit(", ", 1)[1].strip()


def test_a_manifest_that_the_roots_in_force_did_not_sign_is_refused(network: Site, visit: Visit) -> None:
    def says(data: bytes) -> str:
        network.faces["check"].twist = at("/manifest.json", handing_out(data))
        return refused(visit())

    other = found_demo(network.network.roster.issued)
    seeds = other.roots[:2]
    payload = network.manifest.payload
    strangers = together(*(sign("manifest", payload, key_id(public_key(seed)), seed) for seed in seeds))

    assert says(network.sign(0).encode()) == "manifest_signers"
    assert says(strangers.encode()) == "signer"
    assert says(network.sign(network=other.policy.network).encode()) == "manifest_network"
    assert says(network.sign(mode="actual").encode()) == "manifest_network"
    assert says(Signed("manifest", payload + b" ", network.manifest.signatures).encode()) == "signature"
    assert says(b"{}") == "shape"


def test_a_manifest_of_revoked_roots_is_refused_by_the_roster_and_by_a_chain_in_hand(
    network: Site, visit: Visit, tmp_path: Path
) -> None:
    value = {**network.network.signed.read(ROSTER), "number": 2, "previous": network.network.signed.message()}
    fresh = [bytes([number]) * 32 for number in (1, 2)]
    keys = sorted([*_b64(fresh), value["roots"]["keys"][0]])
    value |= {"roots": {"threshold": 2, "keys": keys}, "expires": value["expires"]}
    payload = canonical(value)
    seeds = [*network.network.roots, *fresh]
    turned = together(*(sign("roster", payload, key_id(public_key(seed)), seed) for seed in seeds))
    ids = {key_id(public_key(seed)) for seed in network.network.roots}
    (tmp_path / "turned.json").write_bytes(turned.encode())

    kept_out = visit("--chain", str(tmp_path / "turned.json"))
    assert refused(kept_out) == "roster_chain"  # The site still hands out the roster before.
    network.faces["check"].twist = at("/roster.json", handing_out(Trail(turned).encode()))
    assert ids >= {one.keyid for one in network.manifest.signatures}
    assert refused(visit()) == "signer"
    assert refused(visit("--chain", str(tmp_path / "turned.json"))) == "signer"


def _b64(seeds: list[bytes]) -> list[str]:
    from protocol.encoding import b64

    return [b64(public_key(seed)) for seed in seeds]


def test_an_older_manifest_and_a_twin_are_refused_once_a_newer_one_was_seen(
    network: Site, visit: Visit, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "site.state"))
    first = network.manifest
    second = network.sign(number=2, previous=first.message())
    twin = network.sign(1, 2, number=2, previous=first.message(), issued=network.network.roster.issued - 1)

    def hand_out(signed: Signed) -> tuple[int, str]:
        network.faces["check"].twist = at("/manifest.json", handing_out(signed.encode()))
        return visit(*state, faces=("check",))

    assert hand_out(first)[0] == 0
    assert hand_out(second)[0] == 0
    kept = (tmp_path / "site.state").read_bytes()
    assert refused(hand_out(first)) == "manifest_chain"
    assert refused(hand_out(twin)) == "manifest_chain"
    assert (tmp_path / "site.state").read_bytes() == kept
    assert hand_out(second)[0] == 0
    (tmp_path / "site.state").write_bytes(canonical({**json.loads(kept), "roster": 9}))
    assert refused(hand_out(second)) == "roster_chain"


def test_the_newest_manifest_is_handed_out_and_its_number_is_never_another_s(network: Site) -> None:
    client = network.faces["check"].application.test_client()  # type: ignore[attr-defined]

    assert client.get("/manifest.json").data == network.manifest.encode()
    with writing(network.engine) as conn:
        assert not put_manifest(conn, network.manifest)
        with pytest.raises(ValueError, match="Another manifest has number 1"):
            put_manifest(conn, network.sign(issued=network.network.roster.issued + 5))
