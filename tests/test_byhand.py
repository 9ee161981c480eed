"""By hand, without script: a sealed file is kept as any envelope is, and what is not sealed is kept nowhere."""

from __future__ import annotations

import os
import re
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.byhand import LARGEST
from intake.load import Load
from look.words import translator
from protocol import age, limits
from protocol.envelope import envelope_size, open_envelope
from protocol.errors import KINDS
from protocol.sealedfile import SealedFile
from protocol.tip import Attachment
from sereno import demonet
from store.engine import reading
from store.envelopes import bodies
from tests.browser.intake_site import serve
from tests.door import ADDRESS, AGENT, NOW, Door, opened
from tests.pictures import photographed

WORDS: Final = b"They took my neighbor at 12 Oak Street."


@pytest.fixture(scope="module")
def network() -> demonet.DemoNetwork:
    """Give one demo network for all doors of this file."""
    return demonet.found_demo(NOW)


@pytest.fixture
def door(tmp_path: Path, network: demonet.DemoNetwork) -> Iterator[Door]:
    """Give an open door over a new store."""
    with opened(tmp_path, network) as one:
        yield one


def sealed(door: Door, **changes: Any) -> SealedFile:
    return replace(SealedFile(door.to.desk, door.to.name, door.seal("Two vans.")), **changes)


def hand_in(door: Door, data: bytes, lang: str = "en", field: str = "file") -> TestResponse:
    """Hand a file in as a browser's form does."""
    return door.client.post(
        f"/age?lang={lang}",
        data={field: (BytesIO(data), "tip.sealed")},
        headers={"User-Agent": AGENT},
        environ_base={"REMOTE_ADDR": ADDRESS},
    )


def said(answer: TestResponse) -> str:
    """Return the sentence that a page's answer gives."""
    return str(re.findall(r'role="status">.*?<strong>(?:<[^>]*>)?([^<]*)', answer.text, re.DOTALL)[0])


# --- What is taken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_sealed_file_is_kept_as_any_envelope_is(door: Door, lang: str) -> None:
    file = sealed(door)
    answers = [hand_in(door, file.encode(), lang) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    done = translator(lang).gettext("We have it, sealed. Only trained verifiers can open it. You can delete the file.")
    assert said(answers[0]) == done
    with reading(door.engine) as conn:
        (body,) = conn.execute(select(bodies.c.body)).scalars()
    member = door.network.members[0]
    tip = open_envelope(body, member.epochs[door.to.epoch], door.to, member.id)
    assert (body, tip.header["tip"]["words"]) == (file.envelope, "Two vans.")


def test_a_file_with_photos_is_kept_too(door: Door) -> None:
    photo = Attachment("image/jpeg", photographed(turn=1) * 4, 1)
    file = sealed(door, envelope=door.seal(files=[photo]))

    assert hand_in(door, file.encode()).status_code == 201
    assert len(file.envelope) > envelope_size(len(door.to.members), limits.CHUNK)


# --- What is refused --------------------------------------------------------------------------------------------------

BAD: Final[dict[str, Callable[[Door], bytes]]] = {
    "sealed_file": lambda door: WORDS,
    "envelope_plain": lambda door: sealed(door, envelope=WORDS).encode(),
    "bucket": lambda door: sealed(door).encode() + WORDS,
    "stanza_count": lambda door: sealed(door, envelope=age.seal(bytes(limits.CHUNK), door.to.recipients[:3])).encode(),
    "set_unknown": lambda door: sealed(door, set="7d" * 32).encode(),
    "desk_unknown": lambda door: sealed(door, desk="elsewhere").encode(),
    "too_large": lambda door: bytes(LARGEST + 1),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_sealed_file_of_this_week_is_kept_nowhere_and_said_in_words(
    door: Door, kind: str, tmp_path: Path
) -> None:
    answer = hand_in(door, BAD[kind](door), "es")
    rule, status = KINDS[kind]

    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert f"{rule} {kind}" in answer.text
    assert "Oak Street" not in answer.text
    assert said(answer).startswith("Este ")
    assert door.count() == 0
    assert WORDS not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_a_bare_age_file_is_refused(door: Door) -> None:
    answer = hand_in(door, age.seal(WORDS, door.to.recipients))

    assert "sealed_file" in answer.text
    assert door.count() == 0


def test_a_form_without_the_file_or_of_another_kind_is_refused(door: Door) -> None:
    plain = door.client.post("/age", data=WORDS, content_type="text/plain")
    torn = door.client.post("/age", data=b"--x\r\nContent", content_type="multipart/form-data; boundary=x")

    assert [hand_in(door, b"", field="other").status_code, plain.status_code, torn.status_code] == [400, 400, 415]


def test_it_has_an_hours_budget_of_its_own_that_the_form_does_not_feel(door: Door) -> None:
    door.app.extensions["sereno"].byhand = Load(100_000)
    first = sealed(door)
    answers = [hand_in(door, one.encode()).status_code for one in (first, first, first, sealed(door))]
    assert answers == [201] * 4  # The first, which came again and again, took room once.
    answer = hand_in(door, sealed(door).encode())

    assert (answer.status_code, said(answer)[:12]) == (503, "So many tips")
    assert door.post(door.seal()).status_code == 201


def test_an_hour_of_a_few_bytes_leaves_it_one(tmp_path: Path, network: demonet.DemoNetwork) -> None:
    with opened(tmp_path, network, hourly_bytes=1) as door:
        assert hand_in(door, WORDS).status_code == 400


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_runs_nothing_fetches_nothing_and_says_which_keys_hold(door: Door) -> None:
    for lang in door.app.extensions["sereno"].face.languages:
        answer = door.client.get(f"/age/{lang}")
        policy = answer.headers["Content-Security-Policy"]
        rest = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        assert re.fullmatch(rf"default-src 'none'; style-src 'sha256-[^']+'; {rest}", policy)
        assert re.findall(r"<(script|iframe|object|embed|base|img)\b|\s(?:src|style|on[a-z]+)=", answer.text) == []
        assert f'action="/age?lang={lang}"' in answer.text
        assert f'href="/age/{door.to.desk}.txt"' in answer.text
        assert 'href="tel:911"' in answer.text.split("<form")[0]
        assert "(408) 555-0100" in answer.text
    assert door.client.get("/age/xx").status_code == door.client.get("/age/xx.txt").status_code == 404


def test_a_desks_keys_are_those_of_its_set_in_its_order(door: Door) -> None:
    lines = door.client.get(f"/age/{door.to.desk}.txt").text.splitlines()

    assert tuple(lines[1:]) == door.to.recipients
    assert f"set {door.to.number}" in lines[0]
    assert re.search(r"until \d{4}-\d\d-\d\d \(UTC\)", lines[0])


# --- Nothing on a disk ------------------------------------------------------------------------------------------------


def test_a_long_form_is_read_without_a_file(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no folder for temporary files, whoever needs one fails."""
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%b\r\n--b--\r\n' % (WORDS * 50_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    answer = door.client.post("/age", data=form, content_type="multipart/form-data; boundary=b")

    assert (answer.status_code, said(answer)) == (400, "This is not a sealed file. We kept nothing of it.")


def test_a_long_body_waits_in_memory_and_in_no_file(tmp_path: Path) -> None:
    """A form of two megabytes that is not sealed, half of which has come: no file holds it, deleted or not."""
    folder = tmp_path / "spool"
    folder.mkdir()
    with serve(tmp_path / "intake", TMPDIR=str(folder)) as site:
        port = int(site.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as line:
            head = "POST /age HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + WORDS * 50_000
            line.sendall(f"{head}Content-Length: {len(form) + 9}\r\n\r\n".encode() + form[: 1 << 20])
            time.sleep(0.5)
            held = {pid: open_files(pid) for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}
            mine = [name for names in held.values() for name in names if name.startswith(str(tmp_path))]
            assert any("store.db" in name for name in mine)
            assert [name for name in mine if str(folder) in name] == []
            line.sendall(form[1 << 20 :] + b"\r\n--b--\r\n")
            assert b"400" in line.recv(64)
        assert site.count() == 0


def open_files(pid: int) -> list[str]:
    """Return what files a process holds open, deleted ones too; none for one that is gone or not ours."""
    try:
        return [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return []
