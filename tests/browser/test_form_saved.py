"""The form saved for a place without a network: it seals from disk, and any door takes the file that it gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from intake.form.assemble import manifest_hash
from protocol.sealedfile import SealedFile
from store.engine import reading
from store.envelopes import bodies
from tests.browser.form_states import answer, give_photos, open_form, send
from tests.browser.form_visit import Visit
from tests.pictures import photographed

LATE: Final = 30_000  # Milliseconds for what a page fetches once it can be used.
CARD: Final = "#save-card > summary"


def saved(visit: Visit, folder: Path) -> Path:
    """Save the form as its own button does, and return the copy."""
    visit.tab.locator(CARD).click(timeout=LATE)
    with visit.tab.expect_download() as download:
        visit.tab.locator("#save").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def opened(visit: Visit, copy: Path) -> Page:
    """Open a copy from disk, without a network."""
    tab = visit.tab
    tab.context.set_offline(True)
    visit.asked.clear()
    tab.goto(copy.as_uri())
    tab.wait_for_selector("#kept-note:visible")
    return tab


def given(tab: Page, folder: Path) -> Path:
    """Send what is filled in, and take the file that comes of it."""
    send(tab)
    tab.wait_for_selector("#sent:visible", timeout=LATE)
    with tab.expect_download() as download:
        tab.locator("#file-link").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def hand_in(tab: Page, file: Path) -> None:
    """Choose a sealed file on a page that has a network."""
    tab.locator(CARD).click(timeout=LATE)
    tab.locator("#hand-file").set_input_files(file)


def test_a_saved_copy_seals_from_disk_and_the_door_takes_its_file(visit: Visit, tmp_path: Path) -> None:
    copy = saved(visit, tmp_path)
    name = json.loads(visit.tab.locator("#page-hash").text_content() or "")
    assert manifest_hash(copy.read_bytes()) == name  # As the manifest lists it, though it carries more.

    tab = opened(visit, copy)
    answer(tab)
    tab.locator("#details summary").click()
    tab.locator("#words").fill("Two white vans at the ferry.")
    give_photos(tab, ("a.jpg", photographed()))
    tab.locator("#may-ask summary").click()
    tab.locator("label:has(#ask)").click()
    file = given(tab, tmp_path)
    assert tab.locator("#sent-title").inner_text() == "Sealed, but not sent yet"
    expect(tab.locator("#code-words li")).to_have_count(8)
    assert [one.url for one in visit.asked if not one.url.startswith(("file:", "blob:", "data:"))] == []
    assert b"ferry" not in file.read_bytes()
    assert tab.evaluate("violations") == []

    tab.context.set_offline(False)
    before = visit.site.count()
    open_form(tab, visit.site.url)
    tab.locator("#may-ask summary").click(timeout=LATE)
    tab.locator("label:has(#ask)").click()
    for _ in range(2):  # The same file twice is kept once.
        hand_in(tab, file)
        tab.wait_for_selector("#sent:visible")
        assert tab.locator("#sent-title").inner_text() == "Sealed and sent"
        assert not tab.locator("#code").is_visible()  # It would belong to a tip that was not told yet.
        tab.locator("#again").click()
        tab.locator(CARD).click()
    assert visit.site.count() == before + 1
    carried = SealedFile.decode(file.read_bytes())
    tip = visit.site.open(carried.envelope, carried.set)
    assert (tip.header["tip"]["words"], tip.header["form"], len(tip.files)) == ("Two white vans at the ferry.", name, 1)
    assert "thread" in tip.header


@pytest.mark.soak
def test_a_saved_copy_never_says_that_somebody_opens_what_is_only_in_a_file(visit: Visit, tmp_path: Path) -> None:
    tab = opened(visit, saved(visit, tmp_path))
    for _ in range(2):
        answer(tab)
        send(tab)
        tab.wait_for_selector("#sent:visible", timeout=LATE)
        assert tab.locator("#sent-title").inner_text() == "Sealed, but not sent yet"
        assert tab.locator("#sent-told").is_hidden()
        tab.locator("#again").click()


def test_an_old_copy_seals_nothing_and_keeps_what_was_typed(visit: Visit, tmp_path: Path) -> None:
    copy = saved(visit, tmp_path)
    visit.tab.context.add_init_script("Date.now = ((now) => () => now() + 13 * 86400e3)(Date.now.bind(Date));")
    visit.tab.context.set_offline(True)
    visit.tab.goto(copy.as_uri())

    expect(visit.tab.locator("#closed-old")).to_be_visible()
    expect(visit.tab.locator("#closed a[href^='tel:']")).to_be_visible()


@pytest.mark.parametrize("part", ["publication", "later"])
def test_a_changed_copy_seals_to_nobody(visit: Visit, tmp_path: Path, part: str) -> None:
    copy = saved(visit, tmp_path)
    whole = copy.read_text("utf-8")
    start = whole.index('id="recipients">') + len('id="recipients">')
    end = whole.index("</script>", start)
    carried = json.loads(whole[start:end])
    before, sig, after = carried["publication"].partition('"sig":"')
    changed = {"publication": before + sig + after.swapcase(), "later": carried["later"] + " "}
    text = json.dumps({**carried, part: changed[part]}).replace("<", "\\u003c")
    copy.write_text(whole[:start] + text + whole[end:], "utf-8")

    visit.tab.context.set_offline(True)
    visit.tab.goto(copy.as_uri())
    if part == "later":  # The form is whole, but nothing gives its file.
        answer(visit.tab)
        send(visit.tab)
    expect(visit.tab.locator("#closed-old")).to_be_visible(timeout=LATE)
    assert not visit.tab.locator("#sent").is_visible()


@pytest.mark.soak
def test_what_is_no_sealed_file_or_too_old_is_told_so_and_nothing_is_kept(visit: Visit, tmp_path: Path) -> None:
    copy = saved(visit, tmp_path)
    tab = opened(visit, copy)
    answer(tab)
    data = given(tab, tmp_path).read_bytes()
    tab.context.set_offline(False)
    open_form(tab, visit.site.url)
    before = visit.site.count()
    first, envelope = data.split(b"\n", 1)
    foreign = first[:-64] + b"0" * 64 + b"\n" + envelope
    for name, body, said in (
        ("cut", data[:-1], "not a sealed file"),
        ("bare", envelope, "not a sealed file"),
        ("plain", b"I saw two white vans", "not a sealed file"),
        ("foreign", foreign, "too old"),
    ):
        file = tmp_path / name
        file.write_bytes(body)
        tab.reload()
        hand_in(tab, file)
        expect(tab.locator("#hand-fault")).to_contain_text(said, timeout=LATE)
        assert tab.locator("#tell").is_visible()
    assert visit.site.count() == before
    with reading(visit.site.engine) as conn:
        assert all(b"white vans" not in row.body for row in conn.execute(bodies.select()))
