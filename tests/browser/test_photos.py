"""Photos in the form: upright and without a byte of their maker, or refused with a sentence."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import Page

from protocol import age
from protocol.jpeg import read_jpeg, require_bare
from protocol.limits import MAX_SIDE
from protocol.tip import ORIGINAL
from tests import vectors
from tests.browser.cast import Witness
from tests.browser.form_states import FORM_STATES, answer, give_photos, send
from tests.browser.form_visit import Visit
from tests.browser.intake_site import IntakeSite
from tests.browser.photo_tips import ids, sent, told
from tests.browser.windows import driving
from tests.pictures import HEIC, MARK, SVG, jpeg, photographed, png, told_apart

# Grey at the four corners of a JPEG, as the browser shows it.
CORNERS: Final = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const shown = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = new OffscreenCanvas(shown.width, shown.height);
  const context = canvas.getContext("2d");
  context.drawImage(shown, 0, 0);
  const at = (x, y) => context.getImageData(x * (shown.width - 5) + 2, y * (shown.height - 5) + 2, 1, 1).data[0];
  return [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
}"""


def corners(tab: Page, data: bytes) -> list[str]:
    """Return what is at the corners: top left, top right, bottom left, bottom right."""
    found = tab.evaluate(CORNERS, base64.b64encode(data).decode())
    return ["dark" if one < 64 else "grey" if one < 192 else "light" for one in found]


@pytest.mark.parametrize(
    ("turn", "upright"),
    [
        (6, ["light", "dark", "light", "grey"]),
        pytest.param(1, ["dark", "grey", "light", "light"], marks=pytest.mark.soak),
        pytest.param(3, ["light", "light", "grey", "dark"], marks=pytest.mark.soak),
        pytest.param(7, ["light", "grey", "light", "dark"], marks=pytest.mark.soak),
    ],
)
def test_a_phones_photo_comes_upright_and_says_nothing_of_the_phone(
    visit: Visit, turn: int, upright: list[str]
) -> None:
    tip = sent(visit, ("IMG_1.jpg", photographed(turn, scale=20)))

    (photo,) = tip.files
    assert (photo.type, photo.turn) == ("image/jpeg", 1)
    assert require_bare(photo.data).width in (480, 640)
    assert corners(visit.tab, photo.data) == upright
    assert MARK[:12] not in photo.data


def test_other_formats_become_small_jpegs_and_the_original_is_for_attorneys_alone(visit: Visit) -> None:
    tab, large = visit.tab, png(4000, 1000)
    webp = tab.evaluate("""async () => {
      const canvas = new OffscreenCanvas(60, 40);
      canvas.getContext("2d").fillRect(0, 0, 30, 40);
      const blob = await canvas.convertToBlob({ type: "image/webp" });
      return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
    }""")
    before = ids(visit.site)
    answer(tab)
    give_photos(tab, ("a PNG named.jpg", large), ("b.webp", base64.b64decode(webp)))
    tab.locator("label:has(#keep-originals)").click()
    send(tab)
    tab.wait_for_selector("#sent:visible")
    tip = told(visit.site, before)

    sizes = [(one.width, one.height) for one in (require_bare(file.data) for file in tip.files[:2])]
    assert sizes == [(MAX_SIDE, 400), (60, 40)]
    seen = Image.open(io.BytesIO(tip.files[1].data)).convert("L").tobytes()  # A byte for each pixel, row by row.
    assert (seen[10], seen[20 * 60 + 10]) == (0, 0)
    assert min(seen[50::60]) > 240  # Where a picture is transparent it becomes white.
    assert [file.type for file in tip.files[2:]] == [ORIGINAL, ORIGINAL]
    assert age.open(tip.files[2].data, [visit.site.network.attorney]) == large
    assert tab.locator("#photo-list > li").count() == 0


REFUSED: Final = {
    "SVG": SVG,
    "a text": b"My name is",
    "nothing": b"",
    "one pixel": png(1, 1),
    "cut off": photographed(scale=20)[:-3000],
    "HEIC": HEIC,
    "too many pixels": png(20, 20).replace(b"\0\0\0\x14\0\0\0\x14", b"\xff\xff\0\0\xff\xff\0\0"),
}


def test_what_is_no_photo_is_refused_with_a_sentence_and_nothing_is_lost(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["lawyer"](tab)
    give_photos(tab, ("good.jpg", photographed(scale=20)))
    sentences = set()
    for data in REFUSED.values():
        give_photos(tab, ("photo.jpg", data))
        sentences.add(tab.locator("#photo-fault").inner_text())
    give_photos(tab, *[(f"{number}.jpg", photographed(scale=3)) for number in range(50)])
    sentences.add(tab.locator("#photo-fault").inner_text())

    assert "" not in sentences
    assert len(sentences) == 5
    assert tab.locator("#photo-list > li").count() == 3
    assert tab.locator("#legal").input_value() == "My cousin was taken. Call me."
    assert visit.said == []


@pytest.mark.soak
def test_the_frame_that_keys_move_stays_on_the_photo_when_the_screen_turns(visit: Visit) -> None:
    tab = visit.tab
    tab.set_viewport_size({"width": 1280, "height": 844})
    FORM_STATES["brush"](tab)
    tab.set_viewport_size({"width": 320, "height": 844})

    frame, photo = (tab.locator(one).bounding_box() for one in (".frame", ".edited canvas"))
    assert frame is not None
    assert photo is not None
    assert photo["x"] <= frame["x"] + frame["width"] / 2 <= photo["x"] + photo["width"]


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(visit: Visit, tmp_path: Path) -> None:
    tab = visit.tab
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(200_000_000)
    tab.locator("#photos summary").click()
    tab.locator("#photo-files").set_input_files(tmp_path / "huge.jpg")
    tab.wait_for_selector("#photo-fault:not(:empty)")

    assert "too large" in tab.locator("#photo-fault").inner_text()


def test_what_is_painted_over_is_gone_and_can_be_taken_back_before(visit: Visit) -> None:
    tab, before = visit.tab, ids(visit.site)
    FORM_STATES["brush"](tab)
    for _ in range(9):
        tab.keyboard.press("ArrowLeft")
        tab.keyboard.press("Space")
    tab.locator(".undo").click()
    tab.wait_for_selector(".size:has-text('9 spots')")
    tab.locator(".cover-all").click()
    tab.locator(".done").click()
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert corners(tab, told(visit.site, before).files[0].data) == ["dark"] * 4


def public() -> list[bytes]:
    """Return the public JPEGs.  They show real places: nothing of them is printed or kept."""
    return [path.read_bytes() for path in sorted(vectors.folder("photos").rglob("*.jpg"))]


def test_every_public_photo_comes_upright_and_clean(visit: Visit) -> None:
    for start in range(0, len(public()), 3):
        some = public()[start : start + 3]
        visit.tab.reload()
        files = sent(visit, *((f"{place}.jpg", data) for place, data in enumerate(some))).files
        assert len(files) == len(some)
        for data, file in zip(some, files, strict=True):
            found, walked = require_bare(file.data), read_jpeg(data)
            size = (walked.width, walked.height) if walked.turn < 5 else (walked.height, walked.width)
            assert (found.width, found.height) == size
            assert not [one for one in told_apart(data) if one in file.data]


def test_in_a_firefox_that_lies_about_its_canvas_photos_are_cleaned_byte_by_byte(
    intake_site: IntakeSite, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, data in (
        ("one.jpg", photographed(6, scale=20)),
        ("two.jpg", photographed(3)),
        ("three.png", png(90, 90)),
    ):
        (photos / name).write_bytes(data)
    real = sorted((vectors.folder("photos") / "jpg" / "orientation").iterdir())
    contents = [one.read_bytes() for one in real]
    before = ids(intake_site)
    with driving(tmp_path) as driver:
        (tab,) = driver.windows("firefox", "witness", prefs={"privacy.resistFingerprinting": True})
        tab.open(f"{intake_site.url}/en")
        Witness(tab, intake_site.url).answer()
        tab.tap("#photos summary")
        tab.give("#photo-files", *sorted(photos.iterdir()))
        tab.says("#photo-fault", "only JPEG")
        tab.says("#photo-shield")
        assert tab.run("document.querySelectorAll('#photo-list > li').length") == 2
        assert tab.run("[...document.querySelectorAll('.cover')].every((one) => one.hidden)")
        tab.tap("#send")
        tab.says("#sent-title")
        first, before = told(intake_site, before).files, ids(intake_site)
        tab.tap("#again")
        Witness(tab, intake_site.url).answer()
        tab.give("#photo-files", *real)
        tab.tap("#send")
        tab.says("#sent-title")
        assert tab.problems() == []
    second = told(intake_site, before).files

    assert [(one.turn, one.data) for one in first] == [(6, jpeg(scale=20)), (3, jpeg())]
    assert [(one.turn, one.data) for one in second] == [(one.turn, one.bare) for one in map(read_jpeg, contents)]


@pytest.mark.soak
def test_a_photo_that_fails_as_nobody_expected_is_said_and_the_next_one_is_taken(visit: Visit) -> None:
    tab = visit.tab
    tab.evaluate("""() => {
      const drawn = CanvasRenderingContext2D.prototype;
      const honest = drawn.getImageData;
      drawn.getImageData = function () {
        drawn.getImageData = honest;
        throw new RangeError("Out of memory");
      };
    }""")
    give_photos(tab, ("a.jpg", photographed(scale=20)))
    assert "damaged or cut off" in (tab.locator("#photo-fault").text_content() or "")
    give_photos(tab, ("b.jpg", photographed(scale=20)))

    assert tab.locator("#photo-list > li").count() == 1
    assert visit.said == ["Out of memory"]
