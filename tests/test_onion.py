"""The form as an onion service: pages say where it is, and nothing that comes through it leads out of it."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha3_256
from pathlib import Path
from typing import Final

import pytest
from werkzeug.test import TestResponse

from intake.settings import Settings
from protocol.encoding import fingerprint
from sereno import demonet
from tests.door import NOW, Door, opened
from worker.dropping import build_drop

KEY: Final = bytes(range(32))


def address_of(key: bytes, version: bytes = b"\3") -> str:
    checksum = sha3_256(b".onion checksum" + key + version).digest()[:2]
    return b32encode(key + checksum + version).decode().lower()


HOST: Final = f"{address_of(KEY)}.onion"
ONION: Final = f"http://{HOST}"
# An address with a host in it: with a scheme, or without and then with a dot, which no base64 has.  The names of XML's
# own vocabularies are nobody's host.
ELSEWHERE: Final = re.compile(r"""[a-z][a-z0-9+.-]*://[^\s"'<>]*|//[a-z0-9-]+\.[^\s"'<>]+""", re.IGNORECASE)
NAMES: Final = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml")
NEEDED: Final = {
    "SERENO_DATABASE": "sqlite://",
    "SERENO_POLICY": "p",
    "SERENO_FACE": "f",
    "SERENO_INTAKE_LISTEN": "127.0.0.1:1",
    "SERENO_WORK_KEY": "00" * 32,
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Give an open door that an onion service leads to."""
    with opened(tmp_path_factory.mktemp("door"), demonet.found_demo(NOW), onion=ONION) as one:
        build_drop(one.engine, NOW)
        yield one


def through(door: Door, path: str, method: str = "GET") -> TestResponse:
    """Return the answer to a request that came through the onion service."""
    return door.client.open(path, method=method, base_url=ONION, headers={"Accept-Language": "es"})


def pages_of(door: Door) -> list[str]:
    return ["/", *(f"{start}/{lang}" for start in ("", "/age") for lang in demonet.face({})["languages"])]


def test_pages_say_where_the_onion_service_is_and_answers_do_not(door: Door) -> None:
    said = {path: through(door, path).headers.get("Onion-Location") for path in pages_of(door)}
    held = door.client.get("/es", headers={"If-None-Match": door.client.get("/es").headers["ETag"]})

    assert said == {path: ONION + path for path in pages_of(door)}
    assert (held.status_code, held.headers["Onion-Location"]) == (304, f"{ONION}/es")
    for path in ("/recipients", "/work", "/drop", "/health", "/de", f"/age/{door.to.desk}.txt"):
        assert "Onion-Location" not in through(door, path).headers


def test_without_the_setting_nothing_is_said(tmp_path: Path) -> None:
    with opened(tmp_path, demonet.found_demo(NOW)) as door:
        assert "Onion-Location" not in door.client.get("/en").headers


def test_nothing_that_comes_through_the_onion_service_names_another_host(door: Door) -> None:
    rules = [rule for rule in door.app.url_map.iter_rules() if "<" not in rule.rule]
    asked = [(path, "GET") for path in (*pages_of(door), "/de", "/en/", f"/age/{door.to.desk}.txt")]
    asked += [(rule.rule, method) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    answers = {one: through(door, *one) for one in asked}
    for page in door.app.extensions["sereno"].pages.values():
        answers[page.later_path, "GET"] = through(door, page.later_path)

    for one, answer in answers.items():
        said = [f"{name}: {value}" for name, value in answer.headers.items()]
        text = "\n".join([*said, answer.data.decode("utf-8", "replace")])
        if one[0] == "/drop":  # Sealed bytes: chance spells anything.
            text = "\n".join(said)
        for name in NAMES:
            text = text.replace(name, "")
        assert [found for found in ELSEWHERE.findall(text) if not found.startswith(ONION)] == [], one
        assert "intake.localhost" not in text, one  # As the network's face has it.
    assert len(answers) > 20
    assert answers["/drop", "GET"].status_code == 200


def test_an_address_with_a_wrong_letter_is_refused_at_the_start() -> None:
    assert Settings.read({**NEEDED, "SERENO_INTAKE_ONION": ONION}).onion == ONION
    assert Settings.read(NEEDED).onion == ""
    other = HOST.replace("a", "b", 1)
    for bad in (
        ONION + "/",
        ONION.replace("http", "https"),
        HOST,
        f"http://{other}",
        f"http://{address_of(KEY, bytes([2]))}.onion",
        f"http://{fingerprint(KEY)[:56]}.onion",
        f"http://tips.{HOST}",
        ONION.upper(),
        ONION + "\n",
    ):
        with pytest.raises(SystemExit, match="SERENO_INTAKE_ONION"):
            Settings.read({**NEEDED, "SERENO_INTAKE_ONION": bad})
