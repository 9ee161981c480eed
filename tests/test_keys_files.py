"""The locksmith's files: drafts that people edit, keys under words, the log's key, the record of a ceremony."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keys import dates, disk
from keys.ceremony import transcript
from keys.custodian import open_custody, seal_custody
from keys.draft import decode_draft, encode_draft
from keys.enrol import revoke
from keys.request import (
    open_request,
)
from protocol.encoding import b64, canonical
from protocol.logkey import LogKey
from protocol.signed import sign
from protocol.sixwords import fingerprint_words, words_of
from tests.locksmith import (
    NOW,
    POLICY,
    ROOTS,
    UNTIL,
    Table,
    peopled,
    person,
    refusal,
)


def test_a_draft_is_read_as_it_was_written_even_after_an_editor_had_it() -> None:
    draft = revoke(peopled(), person("cy").id, 4)
    file = encode_draft(draft)

    assert dates.spell(UNTIL).encode() in file
    assert decode_draft(file) == draft
    assert decode_draft(json.dumps(json.loads(file)).encode()) == draft


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("not_utf8", b"\xff"),
        ("not_json", b"{"),
        ("not_json", b'{"draft":1,"draft":1}'),
        ("shape", b"[]"),
        ("shape", encode_draft(peopled()).replace(b'"mode"', b'"made"')),
        ("shape", encode_draft(peopled()).replace(b"00Z", b"00")),
        ("shape", encode_draft(peopled()).replace(b'"lead"', b'"chief"')),
    ],
)
def test_a_spoiled_draft_is_refused(kind: str, file: bytes) -> None:
    assert refusal(lambda: decode_draft(file)).kind == kind


def test_a_custodian_file_opens_with_its_words_and_only_whole() -> None:
    root, other = ROOTS[0], ROOTS[1]
    file = seal_custody(root.request, root.seed, None, "one two three four five six")
    swapped = json.loads(file)
    swapped["request"] = other.request.value()

    assert open_custody(file, " One two  three four five SIX ").seed == root.seed
    assert root.seed not in file
    assert b64(root.seed).encode() not in file
    assert refusal(lambda: open_custody(file, "one two three four five seven")).kind == "passphrase"
    assert refusal(lambda: open_custody(canonical(swapped), "one two three four five six")).kind == "passphrase"
    assert refusal(lambda: open_custody(file[:-9], "one two three four five six")).kind == "vault"


def test_a_custodian_file_of_another_key_is_never_made() -> None:
    act = lambda: seal_custody(ROOTS[0].request, ROOTS[1].seed, None, "words")  # noqa: E731

    assert refusal(act).kind == "vault"


def test_the_logs_key_file_is_the_one_that_other_log_software_reads() -> None:
    # The example of Go's golang.org/x/mod/sumdb/note.
    line = b"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
    key = LogKey.decode(line)

    assert key.encode() == line
    assert key.public.encode() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    for spoiled in (line.replace(b"c74f", b"c74e"), line.replace(b"AYEK", b"BIEK"), line + line, b""):
        assert refusal(lambda spoiled=spoiled: LogKey.decode(spoiled)).kind == "log_key"  # type: ignore[misc]


def test_words_are_the_first_66_bits() -> None:
    assert words_of(bytes(32)) == " ".join(["abandon"] * 6)
    assert words_of(b"\xff" * 32) == " ".join(["zoo"] * 6)
    assert words_of(bytes([0, 0x3F, 0xFC]) + bytes(29)) == "ability zoo abandon abandon abandon abandon"
    assert fingerprint_words(b"a") != fingerprint_words(b"b")


def test_until_includes_the_day() -> None:
    assert dates.spell(dates.end_of_day("2026-12-31")) == "2027-01-01T00:00:00Z"
    assert dates.say(dates.end_of_day("2026-12-31")) == "the end of 2026-12-31 (UTC)"
    assert dates.read(dates.spell(NOW), "time") == NOW
    for text in ("2026-2-3", "31.12.2026", "2026-02-30", "", "2026-12-31T00:00:00Z"):
        assert refusal(lambda text=text: dates.end_of_day(text)).kind == "shape"  # type: ignore[misc]


def test_the_transcript_names_every_key_and_holds_no_secret() -> None:
    record = transcript(POLICY, [open_request(root.request, "root") for root in ROOTS], NOW)

    for root in ROOTS:
        assert root.id in record
        assert fingerprint_words(root.public) in record
        assert b64(root.seed) not in record


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    for path in (tmp_path / "link", tmp_path):
        with pytest.raises(FileExistsError):
            disk.create(path, b"key")
    with pytest.raises(FileNotFoundError):
        disk.create(tmp_path / "no" / "folder", b"key")
    long = tmp_path / ("k" * 250)  # The name beside it, where the content is first written, would be too long.
    with pytest.raises(OSError, match="too long"):
        disk.create(long, b"key")
    disk.create(tmp_path / "key", b"key")
    disk.rewrite(tmp_path / "key", b"another")
    assert (tmp_path / "key").read_bytes() == b"another"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "link"]


def test_what_a_file_is_not_is_said_without_repeating_it(tmp_path: Path) -> None:
    desk = Table(tmp_path)
    (desk.folder / "words").write_text("one two three four five six\n")
    (desk.folder / "list").write_text("[]")

    for name in ("words", "list", "absent"):
        assert desk.run(f"show {name}") == 1
    assert "three" not in desk.said


def test_a_file_that_was_sent_to_us_does_not_write_on_our_screen(tmp_path: Path) -> None:
    desk = Table(tmp_path)
    (tmp_path / "sent.json").write_text('{"strict":"\\u009b2JAll is well.","v":1}')

    assert desk.run("show sent.json") == 1
    hostile = canonical({"v": 1, "kind": "\x9b2J\u202eAll is well.", "ed25519": b64(ROOTS[0].public)})
    (tmp_path / "sent.request").write_bytes(sign("request", hostile, ROOTS[0].id, ROOTS[0].seed).encode())
    assert desk.run("network --root sent.request --mode exercise --out policy.json") == 1
    assert "2J\N{REPLACEMENT CHARACTER}All is well." in desk.err
    assert not {"\x9b", "\u202e"} & set(desk.said)
