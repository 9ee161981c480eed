"""Which files one process of `make test` takes together: those that share a page, which each would start anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# By what their names begin with; the largest first.
SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "form": ("test_form", "test_photos", "test_upload", "test_disk", "test_byhand", "test_notice", "test_flyer"),
    "desk": ("test_desk", "test_journey", "test_return"),
    "alerts": ("test_check", "test_code", "test_fit", "test_languages"),
}
WAITING: Final = ("test_faults.py", "test_seizure.py", "test_worker_crew.py", "test_forked.py", "test_supervise.py")
FOLDER: Final = "tests/browser/"


def together(nodeid: str) -> str:
    """Return what a test is taken together with: its page, else its file."""
    file = nodeid.split("::", 1)[0]
    pages = (page for page, names in SHARED.items() if file.startswith(tuple(FOLDER + name for name in names)))
    return next(pages, file)
