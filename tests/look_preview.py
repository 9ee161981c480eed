"""The look on one page: every part of house.css with real words, to be looked at.

`python -m tests.look_preview FOLDER` writes it in each language and as a drill; `--shots` also takes pictures with
Chromium, on a small phone, a phone and a desk, in light and in dark.  Test-only: no face shows it.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import Final

from look.icons import icon, names
from look.render import TEXTS, Rendered, alert_text
from look.style import house_css
from look.words import languages, translator
from protocol.vocabulary import WORDS
from tests import browsers
from tests.test_render import FIELDS, NOW, PLACES, STANDINGS, about

TILES: Final = {
    "taking": "Someone is being taken",
    "at-door": "At a door or workplace",
    "stopped": "People stopped and questioned",
    "waiting": "Parked or waiting",
    "told": "Someone told me",
    "other": "Another emergency",
}
CHIPS: Final = ("Now", "Less than 30 minutes ago", "Today", "Earlier")
NOTICES: Final = (
    ("", "bell", "Your connection dropped. Nothing is lost; we will send it when it returns."),
    ("notice-yes", "check", "Sealed and sent."),
    ("notice-doubt", "warning", "Not yet reviewed by an attorney."),
    ("notice-stop", "retracted", "Not published: 1 of 2 keys. A second verifier has to sign."),
)
EVENTS: Final = (
    ("now", "4:20 pm", "Confirmed again by two keys."),
    ("then", "4:12 pm", "Under review: there is doubt about it."),
    ("over", "3:55 pm", "Confirmed."),
)
LAYOUT: Final = """
.two { display: grid; gap: 32px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 1100px) { .two { grid-template-columns: 1fr 1fr; } .page { max-width: 1240px; } }
"""


def _word(told: Rendered, short: str = "") -> str:
    return f'<p class="word{short} word-{told.state}">{icon(told.state)}{told.word}</p>'


def _alerts(lang: str) -> str:
    told = []
    for word in WORDS:
        standing = next(one for one in STANDINGS if one.word == word)
        told.append(alert_text(*about("rumour" if word == "checked" else "detention", standing), lang, NOW, PLACES))
    shorts = "".join(_word(one, " word-short") for one in told)
    return f'<h2>Alerts</h2><div class="buttons">{shorts}</div><br>' + "".join(_alert(one) for one in told)


def _alert(told: Rendered) -> str:
    first, *more = [line for line in (told.why, told.what, told.details, told.free) if line]
    facts = {"pin": told.where, "eye": told.when, "clock": told.until}
    rest = "".join(f"<p>{line}</p>" for line in more)
    return f"""<article class="card">{_word(told)}<p class="what">{first}</p>{rest}
<ul class="facts">{"".join(f"<li>{icon(one)}<span>{line}</span></li>" for one, line in facts.items())}</ul>
<h3>Do this</h3><ol>{"".join(f"<li>{line}</li>" for line in told.do)}</ol><p class="quiet">{told.how}</p></article>"""


def _choices(kind: str, name: str, texts: dict[str, str], chosen: str) -> str:
    return "".join(
        f'<label class="{kind}"><input type="radio" name="{name}"{" checked" if text == chosen else ""}>'
        f"<span>{drawn}{text}</span></label>"
        for text, drawn in texts.items()
    )


def _form(promise: str) -> str:
    tiles = _choices("tile", "what", {text: icon(one, "large") for one, text in TILES.items()}, TILES["at-door"])
    chips = _choices("chip", "when", dict.fromkeys(CHIPS, ""), CHIPS[0])
    return f"""<h1>Tell us what you saw</h1><p>{promise}</p><ol class="steps">
<li><h2>What is happening?</h2><div class="tiles">{tiles}</div></li>
<li><h2>When?</h2><div class="chips">{chips}</div></li>
<li><h2><label for="where">Where?</label></h2><div class="field"><input id="where" aria-describedby="hint">
<p class="hint" id="hint">Cross streets or a landmark.</p></div></li></ol>
<div class="field"><label for="code">Your code</label><input id="code" aria-invalid="true" value="hosue">
<p class="fault">That word is not in the list: hosue. Did you mean house?</p></div>
<p><button class="button button-main button-wide">{icon("sealed")}Seal and send</button></p>
<div class="buttons"><button class="button">{icon("copy")}Copy</button>
<button class="button button-stop">{icon("hand")}Stop this alert</button>
<button class="button" disabled>Not yet</button></div>"""


def _rest() -> str:
    notices = "".join(f'<div class="notice {kind}">{icon(one)}<p>{text}</p></div>' for kind, one, text in NOTICES)
    events = "".join(f'<li class="{kind}"><time>{at}</time>{text}</li>' for kind, at, text in EVENTS)
    icons = " ".join(icon(one) for one in names())
    return f"""<h2>Notices</h2>{notices}<h2>History</h2><ol class="timeline">{events}</ol><p>{icons}</p>
<p class="quiet">Quiet words with <a href="#top">a link</a>.</p>"""


def page(lang: str, exercise: bool = False) -> str:
    """Return the whole preview in a language."""
    words = translator(lang)
    face = {key: escape(words.gettext(text, hotline=FIELDS["hotline"])) for key, text in TEXTS["face"].items()}
    kind, text = ("exercise", face["drill"]) if exercise else ("demo", face["demo"])
    return f"""<!doctype html><html lang="{lang}" dir="{words.direction}"><head>
<title>Look</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><style>{house_css()}{LAYOUT}</style></head>
<body id="top"{' class="exercise"' if exercise else ""}><header><div class="strip">
<a href="tel:911">{icon("phone")}{face["danger"]}</a><a href="tel:+14085550100">{face["hotline"]}</a>
<button class="button">{icon("exit")}{face["leave"]}</button></div>
<p class="banner banner-{kind}">{icon("lantern")}{text}</p></header>
<main class="page two"><section>{_form(face["promise"])}</section><section>{_alerts(lang)}{_rest()}</section></main>
</body></html>"""


def pages() -> dict[str, str]:
    """Return every preview, by name."""
    return {lang: page(lang) for lang in languages()} | {"drill": page("en", exercise=True)}


def shoot(folder: Path) -> None:
    """Write each preview's pictures into `folder`, where the previews are."""
    with browsers.chromium_running(browsers.chromium()) as browser:
        for width in (320, 390, 1280):
            for dark in (False, True):
                scheme = "dark" if dark else "light"
                tab = browser.new_page(
                    viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light"
                )
                for name in pages():
                    tab.goto((folder / f"{name}.html").as_uri())
                    tab.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                tab.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for written, text in pages().items():
        (target / f"{written}.html").write_text(text, "utf-8")
    if "--shots" in sys.argv:
        shoot(target)
