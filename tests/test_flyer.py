"""`sereno flyer`: one file for paper, in the languages asked for, that needs nothing else and runs nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from look.face import Face
from look.words import translator
from protocol.sixwords import fingerprint_words
from sereno import demonet
from sereno.__main__ import main
from sereno.flyer import draw
from tests.door import NOW

NETWORK: Final = demonet.found_demo(NOW)
ADDRESSES: Final = {face: f"https://{face}.example.org" for face in ("intake", "desk", "alerts")}
FACE: Final = Face.decode(json.dumps(demonet.face(ADDRESSES)).encode())
DRILL: Final = "DRILL. This is an exercise."


def sheets(page: bytes) -> list[str]:
    return re.findall(r"<article.*?</article>", page.decode(), re.DOTALL)


def test_the_command_writes_the_languages_asked_for_and_never_over_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demonet.write_files(tmp_path, NETWORK, ADDRESSES)
    out = tmp_path / "flyer.html"
    asked = ["flyer", "--policy", str(tmp_path / "policy.json"), "--face", str(tmp_path / "face.json")]
    some = [*asked, "--out", str(out), "--language", "ar", "es"]
    assert main([*asked, "--out", str(out), "--language", "es", "xx"]) == 1
    assert "not in xx" in capsys.readouterr().err
    assert not out.exists()

    assert main(some) == 0
    assert fingerprint_words(NETWORK.policy.encode()) in capsys.readouterr().out
    assert out.read_bytes() == draw(FACE, NETWORK.policy, ["es", "ar"]) == draw(FACE, NETWORK.policy, ["es", "ar"])
    assert main(some) == 1
    assert main([*asked, "--out", str(tmp_path / "all.html")]) == 0
    assert len(sheets((tmp_path / "all.html").read_bytes())) == len(FACE.languages) == 7


def test_a_flyer_runs_nothing_and_fetches_nothing() -> None:
    page = draw(FACE, NETWORK.policy, FACE.languages).decode()

    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in page
    assert re.findall(r"<(script|iframe|object|embed|base|img|form|a)\b", page) == []
    assert re.findall(r"\s(?:src|srcset|action|style|on[a-z]+)=|url\(|@import", page) == []
    assert re.findall(r'href="([^"]*)"', page) == ["data:,"]


@pytest.mark.parametrize("lang", FACE.languages)
def test_a_page_says_911_first_then_who_where_and_what_is_promised(lang: str) -> None:
    (sheet,) = sheets(draw(FACE, NETWORK.policy, [lang]))
    said = translator(lang).gettext
    order = [
        said("In danger now? Call 911"),
        FACE.name[lang],
        said("Tell us what you saw"),
        f"{ADDRESSES['intake']}/{lang}",
        FACE.hotline,
        said("Sealed on your phone. Nobody at our servers can read it."),
        said("We do not ask who you are."),
        *(f"<li>{word}</li>" for word in fingerprint_words(NETWORK.policy.encode()).split()),
        f"{ADDRESSES['alerts']}/check",
        said("The words find mistakes and false copies. They can’t find a server that lies: it can show any words."),
    ]

    # Each after the one before: the same word may come twice in a fingerprint.
    assert re.search(".*?".join(map(re.escape, order)), sheet, re.DOTALL)


def test_an_exercise_says_so_first_and_last_and_an_actual_network_nowhere() -> None:
    (sheet,) = sheets(draw(FACE, NETWORK.policy, ["en"]))
    (actual,) = sheets(draw(replace(FACE, demo=False), replace(NETWORK.policy, mode="actual"), ["en"]))
    lines = [line for line in re.sub(r"<[^>]*>", "", sheet).splitlines() if line.strip()]

    assert lines[0].startswith(DRILL)
    assert lines[-1].startswith(DRILL)
    assert "keys of this network were made on this machine" in lines[1]
    assert "DRILL" not in actual
    assert "made on this machine" not in actual
