"""A network as its locksmith sees it: the same roots, people and first roster in every test of `keys`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

import pytest

from keys.__main__ import main
from keys.ceremony import Root, found_network
from keys.draft import Draft, draft_roster
from keys.enrol import admit, enrol
from keys.publish import publish
from keys.request import Request, open_request, request_log, request_organisation, request_verifier
from protocol.age import Identity
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.limits import DAY
from protocol.policy import Policy
from protocol.signed import Signed

NOW: Final = 1_795_417_200
UNTIL: Final = NOW + 180 * DAY
ROOTS: Final = [Root(sha256(b"root %d" % number)) for number in range(3)]
NEW_ROOTS: Final = [Root(sha256(b"new root %d" % number)) for number in range(3)]
POLICY: Final = found_network([root.public for root in ROOTS], "exercise")
DESKS: Final = [{"id": "north", "minimum": 2, "zones": ["old-town", "harbor"]}]
LOG: Final = open_request(request_log(sha256(b"log"), "log.example/sereno"), "log")


def organisation(code: str, policy: Policy = POLICY) -> Request:
    seed = sha256(code.encode())
    return open_request(request_organisation(seed, policy, code, "network", Identity(seed).recipient), "organisation")


def person(name: str, policy: Policy = POLICY, desk: str = "north", org: str | None = None) -> Request:
    return open_request(request_verifier(sha256(name.encode()), policy, desk, org), "verifier")


def add(draft: Draft, name: str, org: str = "faro", **other: Any) -> Draft:
    return enrol(draft, person(name), **{"org": org, "desk": "north", "until": UNTIL, "now": NOW, **other})


def first_draft(policy: Policy = POLICY) -> Draft:
    draft = draft_roster(policy, LOG, DESKS)
    return admit(admit(draft, organisation("faro", policy)), organisation("puente", policy))


def peopled() -> Draft:
    return add(add(add(first_draft(), "ana", roles=["lead"]), "bo", "puente"), "cy")


def first() -> Signed:
    return publish(peopled(), None, POLICY, [ROOTS[0].seed, ROOTS[2].seed], NOW)


def refusal(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


class Table:
    """A table with a computer on it: runs commands in one folder, and remembers what was typed and what was said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.typed: list[str] = []
        self.said = self.out = self.err = ""

    def run(self, line: str, answers: str = "") -> int:
        """Run one command line and return its exit code; `answers` is what standard input gives."""
        self.typed.append(line)
        out, err = io.StringIO(), io.StringIO()
        before, stdin = Path.cwd(), sys.stdin
        os.chdir(self.folder)
        sys.stdin = io.StringIO(answers)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main(line.split())
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            os.chdir(before)
            sys.stdin = stdin
        self.out, self.err = out.getvalue(), err.getvalue()
        self.said += self.out + self.err
        return code

    def do(self, line: str, answers: str = "") -> str:
        """Run one command line that must succeed; return what it said."""
        assert self.run(line, answers) == 0, self.err
        return self.out

    def words(self, *names: str) -> str:
        """Return the pass-phrases of these files, one to a line."""
        return "".join((self.folder / "words" / name).read_text() for name in names)

    def files(self) -> dict[str, bytes]:
        """Return every file by its path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*.*") if path.is_file()
        }
