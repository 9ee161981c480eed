"""Checking a site: every page of a manifest asked for, and held against what the custodians signed.  SPEC 5.8.

A page is the same only if every byte is, if nothing stands where a saved copy carries something, and if it is served
under the policy that its own bytes ask for: with a looser one a browser would run what the page does not hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from protocol.errors import Refused
from protocol.manifest import CARRIED, Manifest, page_name
from sereno.browse import Answer
from sereno.sitepages import WORKER, WORKER_POLICY

SAME, CHANGED, MISSING, EXTRA = "same", "changed", "missing", "extra"
META: Final = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"<>]*)">')
# What changes whose page it is or what it may do, and none of our pages is served with.
FOREIGN: Final = ("link", "refresh", "location", "content-security-policy-report-only", "reporting-endpoints")

Get = Callable[[str, str], Answer]  # A path and an Accept-Language.


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a face: same, changed, missing or extra, and why."""

    face: str
    path: str
    word: str
    why: str = ""


def check_face(manifest: Manifest, face: str, get: Get, languages: Iterable[str]) -> Iterator[Found]:
    """Give what is found of each page of a face, of its front page, and of pages in further `languages`."""
    listed = {path: name for (of, path), name in manifest.pages.items() if of == face}
    for path, name in listed.items():
        yield _page(face, path, name, get(path, _language(path)))
    suffix = "/check" if face == "check" else ""
    for lang in languages:
        path = f"/{lang}{suffix}"
        if path not in listed and get(path, lang).status == 200:
            yield Found(face, path, EXTRA, "it is served, and the custodians have not signed it")
    if face != "check":  # What stands at the public face's own address is made anew each time.
        for path in [one for one in listed if one != WORKER]:
            found = _page(face, path, listed[path], get("/", _language(path)))
            if found.word != SAME:
                yield Found(face, f"/ (asked for in {_language(path)})", found.word, found.why)


def _language(path: str) -> str:
    return "en" if path == WORKER else path.split("/")[1]


def _page(face: str, path: str, name: str, answer: Answer) -> Found:
    if answer.status != 200:
        return Found(face, path, MISSING, f"the answer is {answer.status}")
    faults = list(_faults(face, path, name, answer))
    return Found(face, path, CHANGED if faults else SAME, "; ".join(faults))


def _faults(face: str, path: str, name: str, answer: Answer) -> Iterator[str]:
    try:
        found = page_name(face, answer.body)
    except Refused as refusal:
        yield refusal.sentence
        return
    if found != name:
        yield f"its name is {found[:16]}; the custodians signed {name[:16]}"
    elif CARRIED[face] is not None:
        yield from _carried(face, name, answer.body)
    yield from _headers(path, answer)


def _carried(face: str, name: str, body: bytes) -> Iterator[str]:
    """Give what is wrong inside the two elements that the name leaves out."""
    if f'id="{CARRIED[face]}"></script>'.encode() not in body:
        yield f"something stands in its element {CARRIED[face]}, which only a saved copy fills in"
    if f'id="page-hash">{json.dumps(name)}</script>'.encode() not in body:
        yield "it gives another name than its own, which would stand in every tip"


def _headers(path: str, answer: Answer) -> Iterator[str]:
    wanted_type = "text/javascript" if path == WORKER else "text/html"
    if answer.headers.get("content-type", ()) != (f"{wanted_type}; charset=utf-8",):
        yield f"it is not served as {wanted_type}; charset=utf-8"
    if path == WORKER:
        wanted = WORKER_POLICY
    else:
        metas = META.findall(answer.body)
        if len(metas) != 1:
            yield f"it has {len(metas)} policies of its own; one is needed"
            return
        wanted = metas[0].decode("utf-8", "replace").replace("&#39;", "'") + "; frame-ancestors 'none'"
    if answer.headers.get("content-security-policy", ()) != (wanted,):
        yield "its Content-Security-Policy header is not the one that its bytes ask for"
    if answer.headers.get("x-content-type-options", ()) != ("nosniff",):
        yield "its X-Content-Type-Options header is not nosniff"
    for one in answer.headers:
        if one in FOREIGN or one.startswith("set-"):  # What a browser would keep of the visit.
            yield f"it comes with a header {one}, which none of our pages has"
