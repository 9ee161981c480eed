"""The proofs: bundles exactly as the gate checked them, for whoever wants to check them alone."""

from __future__ import annotations

import time
from hashlib import sha256

from flask import Blueprint, Response

from alerts.ground import ground
from alerts.told import Chain, read_chain
from protocol.errors import Refused
from protocol.limits import STAY_LIFE
from protocol.signed import Signed
from protocol.trail import Trail
from store.engine import reading
from store.knowledge import stay_bundles
from store.manifests import current_manifest
from store.rosters import current_roster

proofs = Blueprint("proofs", __name__)


@proofs.get("/alerts/<id>/release.json")
def show_release(id: str) -> Response:
    """Answer with the newest release's bundle."""
    return _json(_chain(id).state.head.bundle)


@proofs.get("/alerts/<id>/messages.json")
def show_messages(id: str) -> Response:
    """Answer with every bundle of the chain, as one canonical JSON list: updates, suspensions, retractions, ends."""
    return _json(b"[" + b",".join(one.bundle for one in _chain(id).messages) + b"]")


@proofs.get("/alerts/<id>/<name>.json")
def show_message(id: str, name: str) -> Response:
    """Answer with one message's bundle."""
    for one in _chain(id).messages:
        if one.alert.name == name:
            return _json(one.bundle)
    raise Refused("not_found", f"The alert has no message {name[:16]}.")


@proofs.get("/roster.json")
def show_roster() -> Response:
    """Answer with the roster in force and the root changes before it: what a slip leaves out."""
    with reading(ground().engine) as conn:
        found = current_roster(conn, int(time.time()))
    if found is None:
        raise Refused("not_found", "There is no roster here yet.")
    return _json(Trail(Signed.decode(found.signed), tuple(map(Signed.decode, found.chain))).encode())


@proofs.get("/manifest.json")
def show_manifest() -> Response:
    """Answer with the custodians' newest list of pages: what `sereno verify-site` holds the network's sites against."""
    with reading(ground().engine) as conn:
        found = current_manifest(conn)
    if found is None:
        raise Refused("not_found", "The custodians have signed no list of pages yet.")
    return _json(found.encode())


@proofs.get("/stays.json")
def show_stays() -> Response:
    """Answer with the bundles of the last seven days' stays, as one canonical JSON list: for whoever checks alone."""
    here, now = ground(), int(time.time())
    with reading(here.engine) as conn:
        return _json(b"[" + b",".join(stay_bundles(conn, here.policy, now - STAY_LIFE)) + b"]")


@proofs.get("/policy.json")
def show_policy() -> Response:
    """Answer with the policy, for comparing: the one to trust was handed over in person."""
    return _json(ground().policy.encode())


def _chain(id: str) -> Chain:
    with reading(ground().engine) as conn:
        return read_chain(conn, id, ground().policy, int(time.time()))


def _json(data: bytes) -> Response:
    response = Response(data, mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"  # A partner's check page reads it from elsewhere.
    response.set_etag(sha256(data).hexdigest()[:32])
    return response
