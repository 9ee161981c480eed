"""The seizure test: a whole journey with marked words, place, lawyer's note and finding, then everything is taken.

What was told may be in the memory of the people's own devices, which is this test's process, and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from http.client import HTTPConnection

import altcha
import pytest
import redis

from keys.custodian import open_custody
from protocol import limits
from protocol.encoding import b64
from protocol.envelope import seal_envelope
from protocol.legal import open_legal
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.publication import open_publication
from sereno import clock
from sereno.http import Client
from sereno.journey import Journey, until
from sereno.legal import enter, fetched, require_attorney
from sereno.run import database
from sereno.supervise import FORK_SERVER
from tests.running import Running, running
from tests.seizure import Find, in_memory, on_disk, spellings

WORDS, PLACE, LAWYER, NOTE = (f"{kind}-{secrets.token_hex(12)}" for kind in ("words", "place", "lawyer", "note"))
AGENT, FORWARDED = (f"{kind}-{secrets.token_hex(12)}" for kind in ("agent", "forwarded"))
ADDRESS = "127." + ".".join(str(100 + secrets.randbelow(155)) for _ in range(3))  # Of this machine, and of nobody else.
CONTROL = "Near the ferry landing."  # Public once released: a search that does not find this finds nothing.


def taken(network: Running, marks: tuple[bytes, ...]) -> list[Find]:
    """Return every mark found in what the servers have: their folder, Redis included, and their memory."""
    found = list(on_disk(network.folder, marks))
    for pid in network.pids().values():
        found += in_memory(pid, marks)
    return found


def marked_envelope(network: Running, policy: Policy) -> tuple[bytes, str]:
    """Seal a tip in which everything that can be is marked."""
    published = open_publication(Client(network.origins["intake"]).get("/recipients"), policy, clock.now())
    to = published.set_for_zone("harbor")
    tip = {
        "what": "taking",
        "where": {"zone": "harbor", "words": PLACE},
        "when": {"choice": "now"},
        "seen": "now",
        "words": WORDS,
    }
    header = {
        "v": 1,
        "kind": "tip",
        "id": secrets.token_hex(16),
        "day": clock.now() // limits.DAY,
        "network": policy.network,
        "form": "0" * 64,
        "tip": tip,
    }
    return seal_envelope(header, to, published.attorneys, legal=LAWYER), f"desk={to.desk}&set={to.name}"


def leave(network: Running, envelope: bytes, place: str) -> None:
    """Leave an envelope at the door from a marked address, with a marked agent and a marked forwarded address."""
    door = Client(network.origins["intake"])
    challenge = altcha.Challenge.from_dict(door.get_json("/work"))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    work = altcha.Payload(challenge, solution).to_base64()
    connection = HTTPConnection("127.0.0.1", network.port, source_address=(ADDRESS, 0))
    sender = {"User-Agent": AGENT, "X-Forwarded-For": FORWARDED}
    headers = {"Content-Type": "application/octet-stream", "Sereno-Work": work, **sender}
    connection.request("POST", f"/envelopes?{place}", envelope, headers)
    assert connection.getresponse().status == 201
    connection.close()


def attorneys_read(network: Running, policy: Policy) -> None:
    """Let the attorneys fetch what was passed on, and read what was marked; the server has it, and can't."""
    file, words = (network.people / f"attorney-luz.{end}" for end in ("json", "words"))
    key = open_custody(file.read_bytes(), words.read_text("ascii").strip())
    client = enter(network.origins["desk"], policy, key)
    (one,) = client.get_json("/api/legal")["parts"]
    part = fetched(client, one["name"])
    assert open_legal(part, require_attorney(key, policy)) == LAWYER
    runs = [part[start : start + 32] for start in (1000, 5000, 9000)]  # One may lie across two of a database's pages.
    assert any("sereno.db" in find.where for find in on_disk(network.folder, runs))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a running network that was walked through once, everything that people told or wrote being marked."""
    with running(tmp_path_factory.mktemp("seizure")) as found:
        policy = Policy.decode((found.folder / "policy.json").read_bytes())
        envelope, place = marked_envelope(found, policy)
        leave(found, envelope, place)
        journey = Journey(found.folder, found.port, found.people, note=NOTE)
        journey.subscribe()
        first, second = journey.desk("ana", policy), journey.desk("bo", policy)
        assert until("the tip", lambda: first.preview(first.queue()["envelopes"][0])).header["tip"]["words"] == WORDS
        case, payload = journey.work(first, envelope)
        journey.attest(second, case, payload)
        journey.receive(policy, payload)
        attorneys_read(found, policy)
        yield found


def test_who_takes_every_server_finds_no_word_that_was_told(network: Running) -> None:
    marks = tuple(mark for text in (WORDS, PLACE, LAWYER, NOTE) for mark in spellings(text))

    assert taken(network, marks) == []


def test_the_search_finds_what_was_made_public(network: Running) -> None:
    where = {find.where for find in taken(network, spellings(CONTROL))}

    assert any("sereno.db" in one for one in where)
    assert any("worker" in one for one in where)


def test_who_sent_it_is_on_no_disk_and_leaves_memory_with_the_next_thousand_requests(network: Running) -> None:
    marks = tuple(mark for text in (AGENT, FORWARDED, ADDRESS) for mark in spellings(text))
    assert list(on_disk(network.folder, marks)) == []

    door = Client(network.origins["intake"])
    for _ in range(1000):
        door.get("/health")

    assert taken(network, marks) == []


def test_no_process_but_the_log_holds_the_log_key(network: Running) -> None:
    seed = LogKey.decode((network.folder / "log.key").read_bytes()).seed
    marks = (seed, b64(seed)[:40].encode("ascii"))

    holders = {name for name, pid in network.pids().items() if list(in_memory(pid, marks))}

    assert holders <= {"log"}


def test_the_fork_server_holds_no_setting_of_what_it_began(network: Running) -> None:
    marks = (f"SERENO_DATABASE={database(network.folder)}"[:60].encode(), database(network.folder).encode())

    holders = {name for name, pid in network.pids().items() if list(in_memory(pid, marks))}

    assert {"desk", "alerts", "worker"} <= holders
    assert FORK_SERVER not in holders


def test_redis_keeps_nothing_on_disk_and_holds_no_words(network: Running) -> None:
    connection = redis.Redis(unix_socket_path=str(network.folder / "redis" / "redis.sock"))
    assert not list((network.folder / "redis").glob("*.rdb"))
    for key in connection.scan_iter():
        assert not any(mark in connection.dump(key) for mark in spellings(NOTE))  # type: ignore[operator]
