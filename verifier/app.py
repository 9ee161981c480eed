"""The desk's web application: a JSON interface, and the static bundle that uses it."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from look.face import Face
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import open_engine, require_answer
from verifier.alerting import alerting
from verifier.casefile import casefile
from verifier.challenge import Challenges
from verifier.desk import Desk, desk
from verifier.dropping import dropping
from verifier.entrance import entrance
from verifier.legal import legal
from verifier.network import network
from verifier.pages import build_pages, pages
from verifier.queue import queue
from verifier.settings import Settings


def create_app(settings: Settings) -> Flask:
    """Return the application.  Raises what is wrong with a file that the settings name."""
    app = Flask("verifier", static_folder=None)
    policy, face = Policy.decode(settings.policy.read_bytes()), Face.read(settings.face)
    app.extensions["sereno"] = Desk(
        engine=open_engine(settings.database),
        policy=policy,
        face=face,
        origins=settings.origins,
        pages=build_pages(face, policy),
        challenges=Challenges(settings.challenge_key),
    )
    for blueprint in (pages, entrance, network, queue, casefile, alerting, dropping, legal):
        app.register_blueprint(blueprint)
    app.add_url_rule("/health", view_func=_health)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return app


def _health() -> dict[str, bool]:
    """Say that the desk is open and the store answers; nothing else."""
    require_answer(desk().engine)
    return {"ready": True}


def _refused(error: Refused) -> tuple[dict[str, str], int]:
    return error.value(), error.status


def _http_error(error: HTTPException) -> tuple[dict[str, str], int]:
    if error.code == 404:
        return _refused(Refused("not_found", "There is nothing at this address."))
    return {"kind": "http", "rule": "HTTP", "sentence": error.description or error.name}, error.code or 500


def _headers(response: Response) -> Response:
    origins = desk().origins
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # A desk that a verifier serves from their own machine talks to this interface across origins, with its token only.
    if request.headers.get("Origin", "") in origins[1:]:
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Vary"] = "Origin"
    return response
