"""The closed vocabulary of alerts.  SPEC 7.2.  Readers' text is rendered from these words by code, the same everywhere.

Pure: constants only.
"""

from __future__ import annotations

from typing import Final

# What happened, by class.  R is a rumour that was checked; F (another emergency) is never ours to alert.
TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "A": ("detention", "workplace"),
    "B": ("checkpoint", "presence"),
    "C": ("clinic", "court", "school", "shelter", "worship"),
    "D": ("residence",),
    "E": ("impersonation",),
    "R": ("rumour",),
}
BASES: Final = ("media", "network", "observer", "official", "person")
OFFICERS: Final = ("1-2", "10+", "3-5", "6-10", "none", "unknown")
VEHICLES: Final = ("0", "1", "2", "3+", "unknown")
MARKINGS: Final = ("federal", "immigration", "local", "none", "unclear")
INSTRUCTIONS: Final = ("avoid-rumours", "know-your-rights", "observe-only")

SUSPEND_REASONS: Final = ("doubt", "new-evidence", "privacy", "wrong-details")
RETRACT_REASONS: Final = ("fabricated", "misidentified", "past-event", "privacy", "wrong-details")
END_REASONS: Final = ("gone",)

# The six public words and no more.
CONFIRMED: Final = "confirmed"
CHECKED: Final = "checked"
UNDER_REVIEW: Final = "under-review"
WITHDRAWN: Final = "withdrawn"
RETRACTED: Final = "retracted"
ENDED: Final = "ended"
WORDS: Final = (CONFIRMED, CHECKED, UNDER_REVIEW, WITHDRAWN, RETRACTED, ENDED)
