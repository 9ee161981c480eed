"""A witness comes back in a real browser: asked, answered, told how it ended; and no visit leads to another.

Everything that the servers have is read before and after each visit: rows, Redis, files and logs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import redis
import sqlalchemy as sa

from protocol.codename import Thread, decode_code, derive_thread
from protocol.encoding import b64
from protocol.policy import Policy
from protocol.question import thread_name
from sereno.run import database
from store.columns import metadata
from store.engine import open_engine
from tests.browser.cast import Verifier, Witness
from tests.browser.windows import Driver, Window, driving
from tests.running import Running, running
from tests.seizure import on_disk, spellings
from worker.dropping import build_drop

ANSWER: Final = "I stood at the corner and read POLICE on three vests."
ASKED: Final = "How do you know?"
WORDS: Final = "[...document.querySelectorAll('#code-words li')].map((one) => one.textContent).join(' ')"
Rows = set[tuple[str, tuple[Any, ...]]]
SHORT: Final = 12  # Shorter texts are words of a closed list; shorter bytes stand in no row.


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    """Give a driver of browsers; what they show last is kept in the test's folder."""
    with driving(tmp_path) as found:
        yield found
        found.keep_shots()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Running]:
    """Give a whole demo network that runs."""
    with running(tmp_path / "n") as found:
        yield found


@dataclass
class Servers:
    """Everything that the servers of a network have."""

    network: Running
    drops: int = 0

    def rows(self) -> Rows:
        """Return every row of every table, by table."""
        engine = open_engine(database(self.network.folder))
        with engine.connect() as conn:
            found = {
                (one.name, tuple(map(flat, row)))
                for one in metadata.sorted_tables
                for row in conn.execute(sa.select(one))
            }
        engine.dispose()
        return found

    def redis(self) -> bytes:
        """Return everything that stands in Redis."""
        connection = redis.Redis(unix_socket_path=str(self.network.folder / "redis" / "redis.sock"))
        return b"".join(key + (connection.dump(key) or b"") for key in connection.scan_iter())

    def build(self) -> None:
        """Build the next drop now, and not with the minute."""
        self.drops += 1
        engine = open_engine(database(self.network.folder))
        assert build_drop(engine, int(time.time()) + 60 * self.drops)
        engine.dispose()
        time.sleep(1.1)  # The door reads the store once a second.

    def find(self, *marks: bytes) -> list[Any]:
        """Search files, logs and Redis for marks."""
        held = self.redis()
        return [*on_disk(self.network.folder, marks), *(mark for mark in marks if mark in held)]


def flat(value: Any) -> Any:
    """Return a value as it can stand in a set: a column of JSON as its text."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def named(rows: Rows) -> set[Any]:
    """Return whatever in these rows could name something: texts and bytes that are long enough."""
    return {one for _, row in rows for one in row if isinstance(one, (str, bytes)) and len(one) >= SHORT}


def marks_of(code: str, thread: Thread) -> tuple[bytes, ...]:
    """Return everything that could name a thread, in every spelling."""
    value, words = thread.value(), code.split()
    texts = (code, " ".join(words[:3]), words[0] + words[1], value["age"][:60], value["ed25519"], thread_name(value))
    keys = (decode_code(code), thread.seed, thread.age.seed)
    more = (
        *keys,
        bytes.fromhex(thread_name(value)),
        *(key.hex().encode() for key in keys),
        *(b64(k).encode() for k in keys),
    )
    return (*(mark for text in texts for mark in spellings(text)), *more)


def give_code(window: Window, origin: str, code: str) -> None:
    """Open the form and give the code, all eight words into the first field."""
    window.open(f"{origin}/en")
    window.tap("#have-code")
    window.type("#back-words li:first-child input", code)
    window.button("Look what is there for me")


def put_reply(desk: Verifier, label: str) -> None:
    """Open the reply in the queue and put it to its case."""
    desk.go("queue")
    desk.window.tap('[id^="tip-"]:has(.row-name)')
    desk.window.says(".card.reply", label)
    desk.window.tap("#put-reply")
    desk.window.says(".case-head h1")


@dataclass
class Visits:
    """A witness's visits, and the rows that each left."""

    tab: Window
    origin: str
    servers: Servers
    code: str = ""
    left: list[Rows] = field(default_factory=list)

    def tell(self) -> None:
        """Tell something and ask for a code."""
        before = self.servers.rows()
        self.tab.open(f"{self.origin}/en")
        Witness(self.tab, self.origin).answer()
        self.tab.tap("#may-ask summary")
        self.tab.tap("label:has(#ask)")
        self.tab.button("Seal and send")
        self.tab.says("#sent-title", "Sealed and sent")
        self.code = self.tab.run(WORDS)
        self.left.append(self.servers.rows() - before)

    def answer(self) -> None:
        """Come back, read the question, answer it."""
        before = self.servers.rows()
        give_code(self.tab, self.origin, self.code)
        assert ASKED in self.tab.says("#back-list .question")
        assert named(self.servers.rows() - before) == set()  # To look leaves nothing at all.
        self.tab.type("#back-text", ANSWER)
        self.tab.tap("#back-answer")
        self.tab.says("#sent-answer", "Your answer goes to the verifiers")
        self.left.append(self.servers.rows() - before)

    def take_back(self) -> None:
        """Come back, and take back what was told."""
        before = self.servers.rows()
        give_code(self.tab, self.origin, self.code)
        self.tab.says("#back-list .question")
        self.tab.button("Take back what I told")
        self.tab.button("Yes, take it back")
        self.tab.says("#sent-withdrawal", "took it back")
        self.left.append(self.servers.rows() - before)


def ask_the_witness(ana: Verifier) -> str:
    """Open the tip, and ask its witness; return the case's name."""
    ana.unlock()
    case = ana.open_case()
    ana.triage()
    ana.next("Start a check")
    ana.window.tap("label:has(#ways-question)")
    ana.window.says("#question-hint", "It goes to 1 witness")
    ana.window.button("Start it")
    ana.window.says("#witnesses", "no answer yet")
    return case


def rest_on_the_answer(ana: Verifier, bo: Verifier, case: str) -> None:
    """Put the answer to its case, write down what rests on it, and let the second verifier see it."""
    put_reply(ana, ANSWER)
    assert ANSWER in ana.window.says(".card.reply", ASKED)
    ana.next("Write down a finding")
    ana.window.tap("label:has(#basis-D4)")
    ana.window.says("#answer")
    ana.window.type("#words", "They read the vests themselves.")
    ana.window.button("Write it down")
    ana.window.says(".timeline", "They read the vests themselves.")
    bo.unlock()
    bo.go("queue")
    bo.window.tap('[id^="case-"]', "")
    bo.window.says(".case-head h1", case)
    assert ANSWER in bo.window.says(".card.reply", ASKED)


def close_and_tell(ana: Verifier) -> None:
    """Close the case whose only tip was taken back, and tell the witness so."""
    ana.window.says(".card.reply", "A witness took a tip back")  # The other desk has put it here: nobody moves it now.
    ana.window.says("#witnesses", "the only tip of this case")
    ana.next("Close the case")
    ana.window.tap("label:has(#outcome-not-confirmed)")
    ana.window.pick("#ending", "taken-back")
    ana.window.button("Close it")
    ana.window.says("#work", "This case is closed.")


def test_question_answer_withdrawal_and_ending_travel_and_no_visit_leads_to_another(
    driver: Driver, network: Running
) -> None:
    origins, servers = network.origins, Servers(network)
    tab, *windows = driver.windows("engine", "witness", "ana", "bo")
    ana, bo = (Verifier(one, origins["desk"], network.people) for one in windows)
    visits, public = Visits(tab, origins["intake"], servers), named(servers.rows())

    visits.tell()
    case = ask_the_witness(ana)
    servers.build()
    visits.answer()
    rest_on_the_answer(ana, bo, case)
    visits.take_back()
    put_reply(bo, "A witness took a tip back")
    assert "the only tip of this case" in bo.window.says("#witnesses")
    bo.window.says(".card.tip:not(.reply)", "No finding may rest on it")
    close_and_tell(ana)
    servers.build()
    give_code(tab, origins["intake"], visits.code)
    tab.says("#back-list .ending", "You took back what you told us")

    told, answered, withdrawn = (named(rows) - public for rows in visits.left)
    assert min(map(len, (told, answered, withdrawn))) > 0
    assert told & answered == told & withdrawn == answered & withdrawn == set()
    policy = Policy.decode((network.folder / "policy.json").read_bytes())
    thread = derive_thread(decode_code(visits.code), policy.network)
    assert servers.find(*marks_of(visits.code, thread), *spellings(ANSWER), *spellings(ASKED)) == []
    assert servers.find(policy.network.encode()) != []  # A search that does not find this finds nothing.
    assert tab.kept() == []
    assert [one.problems() for one in (tab, *windows)] == [[], [], []]
