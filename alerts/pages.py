"""The public pages: current alerts, one alert, how we verify, what we hold.  They need no script to be read."""

from __future__ import annotations

import re
import time
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from alerts.code import code_of
from alerts.ground import ground
from alerts.history import history
from alerts.told import current_chains, read_chain, words_of
from look.icons import favicon, icon
from look.inline import inline
from look.render import TEXTS, time_text
from look.words import Words, choose_language, endonym, keys_of
from store.engine import reading, require_answer

FOLDER: Final = "alerts/templates/"

pages = Blueprint("pages", __name__, template_folder="templates")


@pages.get("/")
def show_start() -> AnyResponse:
    """Go to the current alerts in the reader's language."""
    response = redirect(f"/{reader_language()}/", 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/check")
def show_check_start() -> AnyResponse:
    """Go to "Is this real?" in the reader's language; browsers take what stands after the # along."""
    response = redirect(f"/{reader_language()}/check", 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/<code>/")
def show_current(code: str) -> str:
    """Show the alerts of the last day."""
    words, now = ground().words(code), int(time.time())
    with reading(ground().engine) as conn:
        chains = current_chains(conn, ground().policy, now)
    told = [(chain, words_of(chain, ground().face, words, now)) for chain in chains]
    return render(
        "current.html",
        words,
        now,
        standing=[one for one in told if one[0].is_open],
        others=[one for one in told if not one[0].is_open],
        until=min((at for chain in chains if (at := chain.until(now))), default=0),
    )


@pages.get("/<code>/alerts/<id>")
def show_alert(code: str, id: str) -> str:
    """Show one alert: its word, what to do, how we know, its history."""
    words, now = ground().words(code), int(time.time())
    with reading(ground().engine) as conn:
        chain = read_chain(conn, id, ground().policy, now)
    head = chain.state.head
    return render(
        "alert.html",
        words,
        now,
        chain=chain,
        told=words_of(chain, ground().face, words, now),
        history=history(chain, words, ground().face.timezone, now),
        head=head,
        # A code speaks of one message only: what is doubted or over must not be carried on as if it stood.
        code=code_of(head.bundle, ground().face.addresses["alerts"]) if chain.state.is_current else None,
        until=chain.until(now),
    )


@pages.get("/<code>/how-we-verify")
def show_how(code: str) -> str:
    """Show what happens between a tip and an alert."""
    return render("how.html", ground().words(code), int(time.time()), public=TEXTS["word"])


@pages.get("/<code>/what-we-hold")
def show_held(code: str) -> str:
    """Show what is kept, for how long, and what a court order would yield."""
    words = ground().words(code)
    pending = any(words.wants_attorney(text) for text in keys_of(f"{FOLDER}held.html"))
    return render("held.html", words, int(time.time()), pending=pending)


@pages.get("/health")
def show_health() -> dict[str, bool]:
    """Say that the pages are up and the store answers; nothing else."""
    require_answer(ground().engine)
    return {"ready": True}


def show_error(status: int) -> Response:
    """Return a page that says what can be done where there is nothing to show."""
    first = request.path.split("/")[1]
    words = ground().words(first if first in ground().languages else reader_language())
    page = render("error.html", words, int(time.time()), status=status, here=f"/{words.lang}/")
    return Response(page, status, mimetype="text/html")


def reader_language() -> str:
    """Return the language among the network's that the reader's browser asks for first."""
    asked = [tag for tag, quality in request.accept_languages if quality > 0]
    return choose_language(asked, ground().languages)


def tel(number: str) -> str:
    """Return the address that dials a number."""
    return "tel:" + re.sub(r"[^0-9+]", "", number)


def render(template: str, words: Words, now: int, **values: Any) -> str:
    """Return a page in a language."""
    face = ground().face
    given = {
        "_": words.gettext,
        "gettext": words.plain,
        "ngettext": words.ngettext,
        "legal": words.legal,
        "icon": icon,
        "favicon": favicon(),
        "endonym": endonym,
        "unread": words.wants_reader(keys_of(FOLDER, "look/templates.json")),
        "tel": tel,
        "lang": words.lang,
        "direction": words.direction,
        "languages": ground().languages,
        "here": request.path,
        "name": face.in_language(face.name, words.lang),
        "face": face,
        "policy": ground().policy,
        "exercise": ground().policy.mode == "exercise",
        "style": inline("style", ground().style),
        "script": inline("script", ground().script),
        "as_of": time_text(now, words, now, face.timezone),
        "until": 0,
    }
    return render_template(template, **{**given, **values})
