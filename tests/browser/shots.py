"""`make shots`: every state of every page, at each width, in each language, light and dark, on sheets to look at.

Pictures lie in the folder by face, state, language, width and scheme; `index.html` shows all of them, and the sheets
(sheet-*.png) show a face's states side by side, as far down as a few screens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from itertools import product
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, BrowserContext, Page

from look.words import languages
from tests import browsers
from tests.browser import alerts_site, alerts_states, beside_states, desk_site, desk_states, form_states, intake_site

Scheme = Literal["light", "dark"]
WIDTHS: Final = {390: 844, 1280: 900}
LANGUAGES: Final = languages()
STAFF: Final = ("en", "es")  # What the desk is finished in.
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
PATIENCE: Final = 120_000  # Milliseconds: it takes long, and ends with the first page that does not come.
LONGEST: Final = 8000  # Pixels of a page that are looked at.
# On a sheet: how wide a picture is shown, how much of its length, how many in a row, and how many at all.
SHEET: Final = {390: (260, 900, 7, 14), 1280: (600, 620, 3, 9)}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a face's state in a language, so wide, light or dark."""

    face: str
    state: str
    lang: str
    width: int
    scheme: Scheme

    @property
    def name(self) -> str:
        """The picture's file."""
        return f"{self.face}/{self.state}-{self.lang}-{self.width}-{self.scheme}.png"

    @property
    def sheet(self) -> str:
        """The sheet on which it stands."""
        return f"sheet-{self.face}-{self.lang}-{self.width}-{self.scheme}"


@dataclass(slots=True)
class Camera:
    """Takes pictures into a folder and knows what it took, and what could not be reached."""

    browser: Browser
    folder: Path
    faces: tuple[str, ...]
    taken: list[Shot] = field(default_factory=list)

    def take(self, tab: Page, face: str, state: str, lang: str) -> None:
        """Take a tab's state at every width, light and dark."""
        for (width, height), scheme in product(WIDTHS.items(), SCHEMES):
            shot = Shot(face, state, lang, width, scheme)
            file = self.folder / shot.name
            file.parent.mkdir(parents=True, exist_ok=True)
            tab.set_viewport_size({"width": width, "height": height})
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            # So high that nothing is scrolled: what sticks to an edge of the screen covers nothing in the picture.
            long = min(LONGEST, tab.evaluate("document.documentElement.scrollHeight"))
            tab.set_viewport_size({"width": width, "height": max(height, long)})
            tab.screenshot(path=file, animations="disabled")
            self.taken.append(shot)
        tab.set_viewport_size({"width": 390, "height": 844})
        print(f"  {face}: {state}, {lang}", flush=True)

    @contextmanager
    def phone(self, lang: str) -> Iterator[BrowserContext]:
        """Give a phone that never saw anything."""
        context = self.browser.new_context(viewport={"width": 390, "height": 844}, locale=lang)
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


def shoot_form(camera: Camera, folder: Path) -> None:
    """Take the form."""
    with intake_site.serve(folder / "intake") as site:
        for lang, (state, step) in product(LANGUAGES, form_states.FORM_STATES.items()):
            with camera.phone(lang) as phone:
                tab = phone.new_page()
                form_states.open_form(tab, site.url, lang)
                step(tab)
                camera.take(tab, "form", state, lang)


def shoot_beside(camera: Camera, folder: Path) -> None:
    """Take what stands beside the form."""
    with intake_site.serve(folder / "beside") as site:
        for lang, (state, step) in product(LANGUAGES, beside_states.BESIDE_STATES.items()):
            with camera.phone(lang) as phone:
                tab = phone.new_page()
                step(tab, site, lang)
                camera.take(tab, "beside", state, lang)


def shoot_alerts(camera: Camera, folder: Path) -> None:
    """Take the public pages, "Is this real?" among them."""
    (folder / "quiet").mkdir()
    with alerts_site.serve(folder / "quiet") as site:
        _states(camera, alerts_states.Stand(site, {}), alerts_states.QUIET)
    (folder / "alerts").mkdir()
    with alerts_site.serve(folder / "alerts") as site:
        _states(camera, alerts_states.tell(site), alerts_states.STATES)


def _states(camera: Camera, stand: alerts_states.Stand, states: Mapping[str, alerts_states.Step]) -> None:
    for lang, (state, step) in product(LANGUAGES, states.items()):
        with camera.phone(lang) as phone:
            tab = phone.new_page()
            step(tab, stand, lang)
            camera.take(tab, "alerts", state, lang)


def shoot_desk(camera: Camera, folder: Path) -> None:
    """Take the desk, as two people work a tip, in each language."""
    for lang in STAFF:
        desk = desk_site.serve(folder / f"desk-{lang}")
        with desk as site, camera.phone(lang) as first, camera.phone(lang) as second:
            envelope = site.seal()
            site.seal(what="waiting", where={"zone": "old-town"}, seen="post", when={"choice": "today"})
            ana = desk_states.open_desk(first, site, lang)
            camera.take(ana, "desk", "locked", lang)
            for state, step in NEWCOMER.items():
                step(ana)
                camera.take(ana, "desk", state, lang)
            ana.close()
            ana = desk_states.open_desk(first, site, lang)
            desk_states.unlock(ana, site, "ana")
            ana.wait_for_selector(f"#tip-{envelope} .row-zone", state="attached")
            camera.take(ana, "desk", "queue", lang)
            desk_states.show_tab(ana, "shift")
            camera.take(ana, "desk", "shift", lang)
            desk_states.copy_week(ana)
            for state, step in VAULT.items():
                step(ana)
                camera.take(ana, "desk", state, lang)
            desk_states.open_tip(ana, envelope)
            camera.take(ana, "desk", "tip", lang)
            _work(camera, ana, lang)
            bo = desk_states.open_desk(second, site, lang)
            desk_states.unlock(bo, site, "bo")
            bo.wait_for_selector("#queue [id^=case-] .row-zone", state="attached")
            camera.take(bo, "desk", "needs-second-key", lang)
            for state, step in SECOND.items():
                step(bo)
                camera.take(bo, "desk", state, lang)


def _work(camera: Camera, tab: Page, lang: str) -> None:
    for state, step in FIRST.items():
        step(tab)
        camera.take(tab, "desk", state, lang)


def _sorted(tab: Page) -> None:
    tab.click("#back")
    tab.wait_for_selector("#next")
    desk_states.triage(tab)


def _second_finding(tab: Page) -> None:
    tab.click("details.others summary")
    tab.click("#do-finding")
    tab.wait_for_selector("#back")
    desk_states.choose(tab, "basis", "C1")


def _no_second_finding(tab: Page) -> None:
    tab.click("#back")
    tab.wait_for_selector("#next")


def _refusal(tab: Page) -> None:
    tab.click("#refuse")
    tab.wait_for_selector("#make")


NEWCOMER: Final[dict[str, Callable[[Page], None]]] = {
    "newcomer": desk_states.newcomer,
    "newcomer-refused": desk_states.newcomer_refused,
    "newcomer-made": desk_states.newcomer_made,
}
VAULT: Final[dict[str, Callable[[Page], None]]] = {
    "vault-renewed": desk_states.renew_vault,
    "vault-old": desk_states.use_vault,
}
FIRST: Final[dict[str, Callable[[Page], None]]] = {
    "case-new": desk_states.new_case,
    "triage-form": desk_states.next_form,
    "case-sorted": _sorted,
    "case-checking": desk_states.check,
    "finding-form": desk_states.next_form,
    "case-found": desk_states.finding,
    "finding-again": _second_finding,
    "case-ready": _no_second_finding,
    "draft": desk_states.draft,
    "draft-blocked": desk_states.blocked_draft,
    "draft-mended": desk_states.draft_again,
    "proposed": desk_states.propose,
}
SECOND: Final[dict[str, Callable[[Page], None]]] = {
    "second-evidence": desk_states.second_evidence,
    "second-compare": desk_states.second_compare,
    "second-signed": desk_states.sign,
}
FACES: Final[dict[str, Callable[[Camera, Path], None]]] = {
    "form": shoot_form,
    "beside": shoot_beside,
    "alerts": shoot_alerts,
    "desk": shoot_desk,
}


def sheet_page(shots: list[Shot], pictures: str) -> str:
    """Return a page of pictures side by side, each with its state's name."""
    wide, long, row, _ = SHEET[shots[0].width]
    style = (
        f"body{{margin:12px;background:#777;display:grid;grid-template-columns:repeat({row},{wide}px);gap:12px;"
        f"font:14px sans-serif;color:#fff;width:max-content}}figure{{margin:0}}"
        f"div{{height:{long}px;overflow:hidden;background:#555}}img{{width:{wide}px;display:block}}"
    )
    figures = "".join(
        f'<figure><figcaption>{escape(one.state)}</figcaption><div><img src="{pictures}{one.name}"></div></figure>'
        for one in shots
    )
    return f"<!doctype html><meta charset=utf-8><title>{shots[0].sheet}</title><style>{style}</style>{figures}"


def sheets_of(taken: list[Shot]) -> dict[str, list[Shot]]:
    """Return the pictures of each sheet by its name; a state stands on one sheet of its face, language and look."""
    looks: dict[str, list[Shot]] = {}
    for one in taken:
        looks.setdefault(one.sheet, []).append(one)
    sheets = {}
    for name, shots in looks.items():
        most = SHEET[shots[0].width][3]
        for first in range(0, len(shots), most):
            sheets[f"{name}-{first // most + 1}"] = shots[first : first + most]
    return sheets


def lay_out(camera: Camera) -> None:
    """Write the index of everything, and sheets for each face, language, width and scheme."""
    tab = camera.browser.new_page()
    sheets = sheets_of(camera.taken)
    for name, shots in sheets.items():
        page = camera.folder / f"{name}.html"
        page.write_text(sheet_page(shots, ""), "utf-8")
        tab.goto(page.resolve().as_uri())
        tab.wait_for_function("[...document.images].every((one) => one.complete)")
        tab.screenshot(path=camera.folder / f"{name}.png", full_page=True)
    links = "".join(f'<li><a href="{name}.html">{name}</a> · <a href="{name}.png">picture</a>' for name in sheets)
    index = f"<!doctype html><meta charset=utf-8><title>Every page</title><h1>Every page</h1><ul>{links}</ul>"
    (camera.folder / "index.html").write_text(index, "utf-8")


def main() -> int:
    """Take everything that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.shots", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("shots"), help="where the pictures go (default: shots)")
    parser.add_argument("--face", choices=FACES, action="append", help="only this face; may be given several times")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="sereno-shots-") as temporary,
        browsers.chromium_running(browsers.chromium()) as browser,
    ):
        camera = Camera(browser, asked.out, tuple(asked.face or FACES))
        for face in camera.faces:
            FACES[face](camera, Path(temporary))
        lay_out(camera)
    print(f"{len(camera.taken)} pictures: {asked.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
