"""By hand: a page without script that takes sealed files, for whoever's browser runs none.  SPEC 13.6.

No work can be asked for here, so it has a small budget of bytes of its own.  What is not sealed may reach it by
mistake: it is looked at in memory and let go of, and no part of it is written anywhere.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, current_app, request
from jinja2 import Environment, StrictUndefined, Template
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from intake.doors import Intake
from intake.form import lead_to_onion
from look.icons import icon
from look.inline import inline, source
from look.style import house_css, squeeze
from look.words import Words, keys_of, translator
from protocol import limits
from protocol.encoding import fingerprint
from protocol.envelope import check_envelope
from protocol.epoch import epoch_grace_end
from protocol.errors import Refused
from protocol.sealedfile import MAX_SEALED_FILE, SealedFile
from store.envelopes import Arrival

FORM: Final = 2048  # Bytes that a browser puts round the file: boundaries, names, types.
FIELDS: Final = 256 * 1024  # Bytes that it may hold beside the file; werkzeug reads 64 KiB at a time, and needs room.
LARGEST: Final = MAX_SEALED_FILE + FORM
_FOLDER: Final = Path(__file__).parent
_TEMPLATES: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

byhand: Final = Blueprint("byhand", __name__)


@dataclass(frozen=True, slots=True)
class DeskKeys:
    """A desk's keys: its set's number and recipients, in its order, and the last day on which the door takes it."""

    desk: str
    number: int
    until: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a file: a sentence with its icon, and the rule that was broken, if any."""

    kind: str
    icon: str
    text: str
    rule: str = ""


@byhand.get("/age/<lang>")
def show_page(lang: str) -> Response:
    """Answer with the page in a language.  Raises Refused("not_found")."""
    if lang not in _intake().pages:
        raise Refused("not_found", "There is nothing at this address.")
    return lead_to_onion(_page(lang))


@byhand.get("/age/<desk>.txt")
def show_keys(desk: str) -> Response:
    """Answer with a desk's recipients, as other programs read them.  Raises Refused("desk_unknown" | "set_unknown")."""
    found = next((one for one in _keys(int(time.time())) if one.desk == desk), None)
    if found is None:
        raise Refused("desk_unknown", f"No desk {desk[:32]} has a set for this week.")
    head = f"# Desk {desk}, set {found.number}: in this order and all of them.  Taken until {found.until} (UTC).\n"
    return Response(head + "".join(f"{one}\n" for one in found.recipients), mimetype="text/plain")


@byhand.post("/age")
def take_file() -> tuple[Response, int]:
    """Take one sealed file; its envelope goes the way of all others."""
    intake, now = _intake(), int(time.time())
    for load in (intake.load, intake.byhand):
        load.require_room(request.content_length or 0, now)
    file = SealedFile.decode(_sent())
    to = intake.accepted(file.set, now)
    if to.desk != file.desk:
        raise Refused("desk_unknown", f"The set belongs to desk {to.desk}, not to the one that the file names.")
    outline = check_envelope(file.envelope, (to.members,))
    body = file.envelope
    if intake.keeper.keep(Arrival(to.desk, outline.bucket, to.name, to.number, to.epoch, outline.stanzas, body, now)):
        for load in (intake.load, intake.byhand):
            load.add(len(body), now)
    words = translator(_lang())
    done = words.gettext("We have it, sealed. Only trained verifiers can open it. You can delete the file.")
    return _page(_lang(), Answer("notice-yes", "check", done)), 201


@byhand.errorhandler(Refused)
def tell(refusal: Refused) -> tuple[Response | dict[str, str], int]:
    """Answer a refusal in words to whoever handed in a file, and as everywhere else to programs."""
    if request.method != "POST":
        return refusal.value(), refusal.status
    text = _sentence(translator(_lang()), refusal.kind)
    return _page(_lang(), Answer("notice-doubt", "warning", text, f"{refusal.rule} {refusal.kind}")), refusal.status


def _sentence(words: Words, kind: str) -> str:
    if kind in ("set_old", "set_unknown", "stanza_count", "desk_unknown", "burnt"):
        return words.gettext("This file was sealed to keys that we no longer take. Please seal it again.")
    if kind == "under_load":
        return words.gettext("So many tips came in this hour that we can’t take it. Please come back later, or call.")
    return words.gettext("This is not a sealed file. We kept nothing of it.")


def _intake() -> Intake:
    found: Intake = current_app.extensions["sereno"]
    return found


def _lang() -> str:
    pages, asked = _intake().pages, request.args.get("lang", "")
    return asked if asked in pages else next(iter(pages))


def _sent() -> bytes:
    """Return the file that a form brought, from memory alone.  Raises Refused("media_type" | "too_large")."""
    parser = FormDataParser(
        stream_factory=lambda *_, **__: BytesIO(),  # Its own would write what is longer than 500 kB to a disk.
        max_form_memory_size=FIELDS,
        max_content_length=LARGEST,
        max_form_parts=4,
        silent=False,
    )
    try:
        _, _, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge as error:
        raise Refused("too_large", f"The form brings more than one file of {MAX_SEALED_FILE} bytes.") from error
    except ValueError as error:
        raise Refused("media_type", "The form is not multipart/form-data as a browser makes it.") from error
    if "file" not in files:
        raise Refused("sealed_file", "The form brings no file. Choose the file that the saved form gave.")
    return bytes(files["file"].read())


def _keys(now: int) -> list[DeskKeys]:
    """Return each desk's keys, as the publication has them.  Raises Refused("set_unknown") where there are none."""
    sets = json.loads(_intake().published(now).body)["sets"]
    return sorted((_desk_keys(entry) for entry in sets), key=lambda one: one.desk)


def _desk_keys(entry: Mapping[str, Any]) -> DeskKeys:
    found = json.loads(entry["set"]["payload"])
    payloads = [one["payload"] for one in entry["keys"]]
    by_name = {fingerprint(one.encode("utf-8")): json.loads(one)["age"] for one in payloads}
    last = time.gmtime(epoch_grace_end(found["epoch"]) - limits.DAY)
    recipients = tuple(by_name[member["key"]] for member in found["members"])
    return DeskKeys(found["desk"], found["number"], time.strftime("%Y-%m-%d", last), recipients)


def _page(lang: str, answer: Answer | None = None) -> Response:
    intake, words = _intake(), translator(lang)
    face = intake.face
    try:
        desks = _keys(int(time.time()))
    except Refused:  # Nobody opened a desk yet: the page says everything else.
        desks = []
    style = _style()
    csp = f"default-src 'none'; style-src {source(style)}; form-action 'self'; base-uri 'none'"
    text = _template().render(
        words=words,
        face=face,
        here=lambda texts: face.in_language(texts, lang),
        tel="tel:" + re.sub(r"[^0-9+]", "", face.hotline),
        exercise=intake.policy.mode == "exercise",
        answer=answer,
        desks=desks,
        style=inline("style", style),
        csp=csp,
        icon=icon,
        unread=words.wants_reader(keys_of("intake/byhand")),
        _=words.gettext,
        gettext=words.plain,
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = f"{csp}; frame-ancestors 'none'"
    response.content_language.add(lang)
    return response


@cache
def _style() -> str:
    return house_css() + squeeze((_FOLDER / "byhand.css").read_text("utf-8"))


@cache
def _template() -> Template:
    return _TEMPLATES.from_string((_FOLDER / "byhand.html").read_text("utf-8"))
