"""The public face's web application."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from alerts.check import build_pages, check
from alerts.ground import Ground, ground
from alerts.log import log
from alerts.pages import pages, show_error
from alerts.proofs import proofs
from alerts.settings import Settings
from look.face import Face
from look.style import house_css, squeeze
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import open_engine

FOLDER: Final = Path(__file__).parent
NOTHING: Final = "camera=(), microphone=(), geolocation=()"


def create_app(settings: Settings) -> Flask:
    """Return the application.  Raises what is wrong with a file that the settings name."""
    app = Flask("alerts", static_folder=None)
    face, policy = Face.read(settings.face), Policy.decode(settings.policy.read_bytes())
    app.extensions["sereno"] = Ground(
        engine=open_engine(settings.database),
        policy=policy,
        face=face,
        style=house_css() + squeeze((FOLDER / "alerts.css").read_text("utf-8")),
        script=(FOLDER / "live.js").read_text("utf-8"),
    )
    app.extensions["sereno.check"] = build_pages(face, policy)
    for one in (log, proofs, check, pages):
        app.register_blueprint(one)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def _refused(error: Refused) -> Response | tuple[dict[str, str], int]:
    if _is_read():
        return show_error(error.status)
    return error.value(), error.status


def _http_error(error: HTTPException) -> Response | tuple[dict[str, str], int]:
    if error.code == 404:
        return _refused(Refused("not_found", "There is nothing at this address."))
    if _is_read() and error.code is not None and error.code >= 400:
        return show_error(error.code)
    return {"sentence": error.description or error.name}, error.code or 500


def _is_read() -> bool:
    """Whether a person reads the answer, and not a program."""
    return request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", ground().content_policy)
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = NOTHING
    return response
