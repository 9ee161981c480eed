"""The public face's web application."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from alerts.pages import Alerts, alerts, pages
from alerts.settings import Settings
from look.face import Face
from look.style import house_css, squeeze
from protocol.encoding import b64
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import open_engine

STYLE = Path(__file__).with_name("alerts.css")


def create_app(settings: Settings) -> Flask:
    """Return the application.  Raises what is wrong with a file that the settings name."""
    app = Flask("alerts", static_folder=None)
    style = house_css() + squeeze(STYLE.read_text("utf-8"))
    app.extensions["sereno"] = Alerts(
        engine=open_engine(settings.database),
        policy=Policy.decode(settings.policy.read_bytes()),
        face=Face.read(settings.face),
        style=style,
        style_hash=b64(sha256(style.encode("utf-8")).digest()),
    )
    app.register_blueprint(pages)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app


def _refused(error: Refused) -> tuple[Response | dict[str, str], int]:
    if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html":
        return _plain(error.sentence), error.status
    return error.value(), error.status


def _http_error(error: HTTPException) -> tuple[Response | dict[str, str], int]:
    if error.code == 404:
        return _refused(Refused("not_found", "There is nothing at this address."))
    return _plain(error.description or error.name), error.code or 500


def _plain(sentence: str) -> Response:
    return Response(f"{sentence}\n", mimetype="text/plain")


def _headers(response: Response) -> Response:
    policy = (
        f"default-src 'none'; style-src 'sha256-{alerts().style_hash}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    return response
