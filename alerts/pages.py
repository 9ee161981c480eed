"""The public pages: current alerts, one alert with its history and its proof.  No script is needed to read them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy import Engine
from werkzeug.wrappers import Response as AnyResponse

from alerts.told import Chain, current_chains, read_chain, words_of
from look.face import Face
from look.icons import icon
from look.words import Words, translator
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import reading

REFRESH: Final = 20  # Seconds after which a page that lies open looks again, by itself and without a script.

pages = Blueprint("pages", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Alerts:
    """What the public face stands on."""

    engine: Engine
    policy: Policy
    face: Face
    style: str
    style_hash: str


def alerts() -> Alerts:
    """Return the running public face."""
    found: Alerts = current_app.extensions["sereno"]
    return found


def _language(code: str) -> Words:
    if code not in alerts().face.languages:
        raise Refused("not_found", f"This network does not speak {code[:12]}.")
    return translator(code)


@pages.get("/")
def show_start() -> AnyResponse:
    """Go to the current alerts in the reader's language."""
    languages = alerts().face.languages
    chosen = request.accept_languages.best_match(languages) or languages[0]
    response = redirect(f"/{chosen}/", 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@pages.get("/<code>/")
def show_current(code: str) -> str:
    """Show the alerts of the last day."""
    words, now = _language(code), int(time.time())
    with reading(alerts().engine) as conn:
        chains = current_chains(conn, alerts().policy, now)
    told = [(chain, words_of(chain, alerts().face, code, now)) for chain in chains]
    standing = [one for one in told if one[0].state.is_current]
    others = [one for one in told if not one[0].state.is_current]
    return _render("current.html", words, now, standing=standing, others=others, refresh=_refresh(chains, now))


@pages.get("/<code>/alerts/<id>")
def show_alert(code: str, id: str) -> str:
    """Show one alert: its word, what to do, how we know, its history."""
    words, now = _language(code), int(time.time())
    with reading(alerts().engine) as conn:
        chain = read_chain(conn, id, alerts().policy, now)
    told = words_of(chain, alerts().face, code, now)
    return _render(
        "alert.html",
        words,
        now,
        chain=chain,
        told=told,
        history=[_line(one, words) for one in reversed(chain.messages)],
        head=chain.state.head,
        refresh=_refresh([chain], now),
    )


@pages.get("/alerts/<id>/release.json")
def show_release(id: str) -> Response:
    """Answer with the newest release's bundle, exactly as the gate checked it."""
    with reading(alerts().engine) as conn:
        chain = read_chain(conn, id, alerts().policy, int(time.time()))
    return _bundle(chain.state.head.bundle)


@pages.get("/alerts/<id>/<name>.json")
def show_message(id: str, name: str) -> Response:
    """Answer with one message's bundle: an update, a suspension, a retraction, an end."""
    with reading(alerts().engine) as conn:
        chain = read_chain(conn, id, alerts().policy, int(time.time()))
    for one in chain.messages:
        if one.alert.name == name:
            return _bundle(one.bundle)
    raise Refused("not_found", f"The alert has no message {name[:16]}.")


@pages.get("/policy.json")
def show_policy() -> Response:
    """Answer with the policy, for comparing: the one to trust was handed over in person."""
    return Response(alerts().policy.encode(), mimetype="application/json")


@pages.get("/health")
def show_health() -> dict[str, bool]:
    """Say that the pages are up and the store answers; nothing else."""
    with reading(alerts().engine) as conn:
        conn.exec_driver_sql("SELECT 1")
    return {"ready": True}


def _bundle(data: bytes) -> Response:
    response = Response(data, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"  # A partner's check page reads it from elsewhere.
    return response


def _refresh(chains: list[Chain], now: int) -> int:
    """Return after how many seconds an open page looks again: at the latest when a clock changes what it says."""
    changes = [chain.until - now + 1 for chain in chains if chain.until > now]
    return min([REFRESH, *changes])


def _line(one: Any, words: Words) -> dict[str, str]:
    """Return a line of history."""
    sentences = {
        "confirmed": words.gettext("Confirmed by verifiers who checked it."),
        "checked": words.gettext("Checked. It was not confirmed."),
        "suspended": words.gettext("A verifier asked to look again. It was under review."),
        "retracted": words.gettext("Taken back: it was wrong."),
        "ended": words.gettext("A verifier reported that it is over."),
    }
    kind = one.alert.kind
    sentence = (
        words.gettext("Confirmed again, with news.")
        if kind == "confirmed" and one.alert.revision > 1
        else sentences[kind]
    )
    zone = ZoneInfo(alerts().face.timezone)
    at = datetime.fromtimestamp(one.alert.issued, zone)
    return {"kind": kind, "text": sentence, "time": at.strftime("%H:%M"), "iso": at.isoformat(), "name": one.alert.name}


def _render(template: str, words: Words, now: int, **values: Any) -> str:
    face = alerts().face
    return render_template(
        template,
        t=words.gettext,
        n=words.ngettext,
        icon=icon,
        lang=words.lang,
        direction=words.direction,
        languages=face.languages,
        path=request.path,
        name=face.in_language(face.name, words.lang),
        hotline=face.hotline,
        addresses=face.addresses,
        demo=face.demo,
        exercise=alerts().policy.mode == "exercise",
        style=Markup(alerts().style),  # noqa: S704 - our own file, and hashed in the policy
        now=now,
        **values,
    )
