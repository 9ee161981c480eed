"""The auditor: what changed is told in words, what is hidden is seen, and a log with another past is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from protocol.encoding import canonical
from protocol.limits import DAY, HOUR
from protocol.log import TYPES, entry
from protocol.note import LOG, Key, sign
from protocol.tiles import write_entries
from sereno.logsite import LogSite
from sereno.visit import Visit
from store import logbook
from store.engine import writing
from store.rosters import put_roster
from tests.front import RESPONDERS
from tests.outpost import confirm
from tests.refusals import refused
from tests.watched import Watched, watched
from tests.world import World


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path / "network", World(now=int(time.time()))) as opened:
        yield opened


@pytest.fixture
def twin(tmp_path: Path, network: Watched) -> Iterator[Watched]:
    """Give a second log of the same network under the same key: what a hostile operator shows to somebody else."""
    with watched(tmp_path / "twin", World(now=network.world.now)) as opened:
        yield opened


def test_a_first_visit_tells_everything_and_the_next_one_what_is_new(network: Watched) -> None:
    released = confirm(network.post)
    first = network.audit()

    assert first.concerns == ()
    key = Key(network.world.log.origin, LOG, network.world.roster.log_key).encode()
    assert first.says[0] == f"The log {key} has 2 entries. This is the first visit."
    assert any("It is the network's first roster." in text for text in first.says)
    assert "1 release: 1 confirmed." in first.says

    network.stay("cy")
    network.world.change("dee", roles=("lead",))
    network.renew()
    row = network.post.send(network.world.attest(network.world.stop("retracted", released), "ana"))
    assert row.state == "released", row.refused
    network.post.prove()
    second = network.audit(Visit.decode(first.visit.encode()))

    assert second.concerns == ()
    assert second.says[0].startswith("The log log.example/sereno grew by 3 to 5 entries since ")
    ana, cy, dee = (network.world.id(name) for name in ("ana", "cy", "dee"))
    assert any(text.startswith(f"Lead {ana} suspended {cy} from ") for text in second.says)
    assert f"Verifier {dee} becomes lead." in second.says
    assert "1 stop: 1 retracted." in second.says
    assert "1 release: 1 confirmed." not in second.says
    assert network.audit(second.visit).says[1:] == ()


def test_sets_are_told_with_who_came_and_who_went(network: Watched) -> None:
    def log(*names: str, number: int) -> None:
        members = [{"verifier": network.world.id(name), "key": "00" * 32} for name in names]
        value = {
            "v": 1,
            "network": network.world.network,
            "desk": "north",
            "epoch": 2900,
            "number": number,
            "previous": "0" * 64,
            "roster": network.world.roster.name,
            "members": sorted(members, key=lambda one: one["verifier"]),
        }
        with writing(network.post.engine) as conn:
            logbook.queue_signed(conn, "set", network.world.sign("set", canonical(value), "ana", "bo"))
        network.post.log()

    log("ana", "bo", "cy", number=1)
    log("ana", "bo", "dee", number=2)
    report = network.audit()

    assert report.concerns == ()
    (first, second) = (text for text in report.says if text.startswith("Set "))
    assert first.startswith("Set 1 of desk north, for week 2900, signed by ")
    assert "3 members" in first
    assert f"adds {network.world.id('dee')} and leaves out {network.world.id('cy')}." in second


def test_what_is_for_responders_only_is_a_hash_and_nothing_else(network: Watched) -> None:
    secret, known = confirm(network.post, **RESPONDERS), confirm(network.post)
    doubt = network.post.send(network.world.attest(network.world.stop("suspended", secret), "cy"))
    assert doubt.state == "released", doubt.refused
    network.post.prove()
    report = network.audit()

    assert "2 releases: 1 confirmed; 1 not shown (for responders only, or never sent)." in report.says
    assert "1 stop: none shown; 1 not shown (for responders only, or never sent)." in report.says
    client = network.liar.application.test_client()  # type: ignore[attr-defined]
    statuses: dict[int, list[int]] = {data[0]: [] for data in network.entries()}
    for data in network.entries():
        answer = client.get(f"/log/object/{data.hex()}")
        statuses[data[0]].append(answer.status_code)
        assert secret.alert.id.encode() not in answer.data
        assert doubt.chain.encode() not in answer.data
    assert (sorted(statuses[1]), statuses[2], statuses[3]) == ([200, 404], [404], [200])
    assert known.alert.id != secret.alert.id


def test_a_stop_that_the_site_keeps_to_itself_is_counted_by_the_log(network: Watched) -> None:
    released = confirm(network.post)
    network.post.send(network.world.attest(network.world.stop("retracted", released), "ana"))
    network.post.prove()
    for data in network.entries():
        if data[0] == TYPES["stop"]:
            network.liar.lies[f"/log/object/{data.hex()}"] = None

    assert "1 stop: none shown; 1 not shown (for responders only, or never sent)." in network.audit().says


@pytest.mark.parametrize("visited", [False, True])
def test_a_log_that_was_rolled_back_or_forked_is_refused_with_both_sides(
    network: Watched, twin: Watched, visited: bool
) -> None:
    network.stay("cy")
    last = network.audit().visit
    assert last.checkpoint.size == 2
    with refused("log_fork", "rolled back: it has 1 leaves, and had 2"):
        twin.audit(last)
    twin.stay("dee")
    with refused("log_fork", last.checkpoint.root.hex()[:16]):  # As long, and another.
        twin.audit(last)
    for name in ("bo", "tim", "lou"):
        twin.stay(name)
    if visited:  # Who saw the twin only finds nothing wrong with it.
        assert twin.audit().concerns == ()
    with refused("log_fork", "forked: its first 2 leaves have root"):
        twin.audit(last)


def test_a_checkpoint_of_another_log_or_with_two_lines_of_it_is_refused(network: Watched) -> None:
    found, seed = network.checkpoint(), network.world.log.seed
    text = replace(found, origin="log.other.example/x").encode()
    stranger = sign(found.origin, found.encode(), World(name="birch").log.seed)
    for note in (sign("log.other.example/x", text, seed), stranger):
        network.swap_note(note)
        with refused("log_key"):
            network.audit()
    network.swap_note(sign(found.origin, text, seed))
    with refused("checkpoint", "log.other.example/x"):
        network.audit()
    note = sign(found.origin, found.encode(), seed)
    network.swap_note(replace(note, lines=note.lines * 2))
    with refused("log_key", "signs 2 times"):
        network.audit()


def test_a_log_that_the_last_visit_did_not_see_is_another_one(network: Watched) -> None:
    last = network.audit().visit
    text = replace(last.checkpoint, origin="log.other.example/x").encode()
    moved = replace(last, note=sign("log.other.example/x", text, network.world.log.seed))

    with refused("log_fork", "log.other.example/x"):
        network.audit(moved)


def test_tiles_that_are_cut_short_or_changed_are_refused(network: Watched) -> None:
    for name in ("bo", "cy", "dee"):
        network.stay(name)
    entries = network.entries()
    tile, bundle = "/log/tile/0/000.p/4", "/log/tile/entries/000.p/4"
    assert network.audit().visit.checkpoint.size == 4
    hashes = LogSite(network.url)._get(tile)
    lies = {
        tile: (hashes[:-1], hashes[:-32], hashes + b"!" * 32, hashes[32:] + hashes[:32]),
        bundle: (
            write_entries(entries)[:-1],
            write_entries(entries[:3]),
            write_entries([*entries[:2], entries[3], entries[2]]),
            write_entries([*entries[:3], b"\x05" + b"!" * 32]),
        ),
    }
    for path, answers in lies.items():
        for data in answers:
            network.liar.lies = {path: data}
            with refused("log_tile"):
                network.audit()
    # Both changed alike: then they don't lead to what the log signed.
    swapped = [entries[0], entries[2], entries[1], entries[3]]
    order = [hashes[at : at + 32] for at in (0, 64, 32, 96)]
    network.liar.lies = {tile: b"".join(order), bundle: write_entries(swapped)}
    with refused("log_tile", "the log signed"):
        network.audit()


def test_a_stay_or_a_roster_that_is_logged_and_hidden_is_seen_until_it_is_shown(network: Watched) -> None:
    signed = network.stay("cy")
    path = f"/log/object/{entry('stay', signed).hex()}"
    network.liar.lies[path] = None
    first = network.audit()
    (concern,) = first.concerns
    assert concern.startswith("Entry 1 of the log is a stay, and the site does not show it.")
    again = network.audit(Visit.decode(first.visit.encode()))
    assert again.concerns == (concern,)

    network.liar.lies[path] = network.world.sign_stay("dee", "ana").encode()
    (concern,) = network.audit(first.visit).concerns
    assert "not what the log holds the hash of" in concern

    network.liar.lies.clear()
    shown = network.audit(again.visit)
    assert shown.concerns == ()
    assert any("suspended" in text for text in shown.says)
    assert shown.visit.missing == ()


def test_a_roster_that_the_log_does_not_hold_is_seen_and_an_older_one_is_refused(network: Watched) -> None:
    old = LogSite(network.url)._get("/roster.json")
    network.world.publish()
    with writing(network.post.engine) as conn:  # Handed out, and not logged.
        put_roster(conn, network.world.signed_roster.encode(), [], {})
    (concern,) = network.audit().concerns
    assert concern == "Roster 2, which the site hands out, is not in the log. It may be one for you alone."

    network.post.publish()
    network.post.log()
    last = network.audit()
    assert last.concerns == ()
    network.liar.lies["/roster.json"] = old
    network.world.now += HOUR
    with refused("roster_chain", "hands out roster 1; roster 2 has begun"):
        network.audit(last.visit)


def test_a_roster_that_is_signed_ahead_is_told_and_takes_no_place_yet(network: Watched) -> None:
    begins = network.world.now + 5 * DAY
    network.world.publish(issued=begins, expires=begins + 20 * DAY)
    network.post.publish()
    network.post.log()
    first = network.audit()
    network.stay("cy")

    assert first.concerns == network.audit(first.visit).concerns == ()
    assert any(text.startswith("Roster 2 of the network ") for text in first.says)
    network.world.now = begins + HOUR  # The site's own clock is not there yet.
    with refused("roster_chain", "roster 2 has begun"):
        network.audit(first.visit)


def test_a_roster_that_has_run_out_and_an_entry_of_a_new_kind_are_looked_into(network: Watched) -> None:
    with writing(network.post.engine) as conn:
        conn.execute(logbook.log_entries.insert().values(entry=b"\x63" + b"!" * 32, kind="release"))
    network.post.log()
    network.world.now += 40 * DAY
    concerns = network.audit().concerns

    assert len(concerns) == 2
    assert "type 99" in concerns[0]
    assert "and not now" in concerns[1]


def test_what_the_policy_wants_witnessed_is_looked_into(tmp_path: Path) -> None:
    world = World(cosigners=("wit.example/one",), now=int(time.time()))
    with watched(tmp_path, world) as network:
        plain = network.audit()
        assert plain.concerns == ("0 cosigners have signed the newest checkpoint; the policy asks for 1.",)
        note = plain.visit.note
        network.swap_note(note.joined(world.log.checkpoint(["wit.example/one"], 7, 0).lines[1]))
        assert "is not over this checkpoint" in network.audit().concerns[0]
