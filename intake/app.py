"""The intake's web application: doors and form behind one set of headers."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from intake.byhand import byhand
from intake.doors import Intake, doors
from intake.dropped import Dropped
from intake.form import build_pages, form
from intake.keeper import Keeper
from intake.load import Load
from intake.settings import Settings
from intake.uploads import uploads
from intake.work import Work
from look.face import Face
from protocol import age
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import open_engine

BY_HAND: Final = 8  # What comes without work may fill this part of an hour's bytes, and no more.


def create_app(settings: Settings) -> Flask:
    """Return the application.  Raises what is wrong with a file that the settings name."""
    age.self_test()
    policy = Policy.decode(settings.policy.read_bytes())
    face = Face.read(settings.face)
    app = Flask("intake", static_folder=None)
    engine = open_engine(settings.database)
    app.extensions["sereno"] = Intake(
        engine=engine,
        policy=policy,
        face=face,
        work=Work(settings.work_key),
        pages=build_pages(face, policy),
        load=Load(settings.hourly_bytes),
        byhand=Load(max(settings.hourly_bytes // BY_HAND, 1)),
        keeper=Keeper(engine),
        drop=Dropped(engine),
        onion=settings.onion,
    )
    app.register_blueprint(doors)
    app.register_blueprint(uploads)
    app.register_blueprint(byhand)
    app.register_blueprint(form)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return app


def _refused(error: Refused) -> tuple[dict[str, str], int]:
    return error.value(), error.status


def _http_error(error: HTTPException) -> tuple[dict[str, str], int]:
    if error.code == 404:
        return _refused(Refused("not_found", "There is nothing at this address."))
    sentence = error.description or error.name
    return {"kind": "http", "rule": "HTTP", "sentence": sentence}, error.code or 500


def _headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
    return response
