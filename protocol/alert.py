"""Alerts: the words a release lets out, and the one-key messages that can only lower them.  SPEC 7.

`read_alert` checks what one message says by itself; who signed it is `quorum`, what may be sent is `release`.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from protocol import limits
from protocol.errors import Refused
from protocol.policy import MODE
from protocol.shape import (
    CODE,
    LANGUAGE,
    SHA256,
    TIME,
    base64,
    exactly,
    hexadecimal,
    integer,
    mapping,
    matching,
    one_of,
    record,
    sorted_set_of,
    words,
)
from protocol.signed import Signed
from protocol.vocabulary import (
    BASES,
    END_REASONS,
    INSTRUCTIONS,
    MARKINGS,
    OFFICERS,
    RETRACT_REASONS,
    SUSPEND_REASONS,
    TEMPLATES,
    VEHICLES,
)

RELEASE_KINDS: Final = ("confirmed", "checked")
STOP_KINDS: Final = ("suspended", "retracted", "ended")
AUDIENCE: Final = one_of("public", "responders")

_COMMON: Final = {
    "v": exactly(1),
    "network": SHA256,
    "mode": MODE,
    "id": hexadecimal(16),
    "revision": integer(1, 10_000),
    "audience": AUDIENCE,
    "issued": TIME,
    "roster": SHA256,
    "salt": base64(16),
}

ALERT: Final = record(
    {
        **_COMMON,
        "kind": one_of(*RELEASE_KINDS),
        "class": one_of(*TEMPLATES),
        "template": one_of(*(one for every in TEMPLATES.values() for one in every)),
        "place": record({"zone": CODE, "cell": matching(r"-?\d{1,5},-?\d{1,5}", "the column and row of a grid cell")}),
        "seen": TIME,
        "first": TIME,
        "expires": TIME,
        "basis": sorted_set_of(one_of(*BASES), len(BASES), 1),
        "officers": one_of(*OFFICERS),
        "vehicles": one_of(*VEHICLES),
        "marking": one_of(*MARKINGS),
        "free": mapping(LANGUAGE, words(limits.MAX_FREE), 16),
        "instruction": one_of(*INSTRUCTIONS),
        "rights": CODE,
        "hotline": matching(r"[0-9+() -]{3,24}", "a telephone number"),
        "supersedes": sorted_set_of(SHA256, limits.MAX_SUPERSEDES),
    },
    {"detail": record({"sha256": SHA256, "len": integer(1, 1 << 20)})},
)

_STOP: Final = {**_COMMON, "supersedes": sorted_set_of(SHA256, limits.MAX_SUPERSEDES, 1)}
STOPS: Final = {
    "suspended": record(
        {**_STOP, "kind": exactly("suspended"), "reason": one_of(*SUSPEND_REASONS), "lapses": TIME},
    ),
    "retracted": record({**_STOP, "kind": exactly("retracted"), "reason": one_of(*RETRACT_REASONS)}),
    "ended": record({**_STOP, "kind": exactly("ended"), "reason": one_of(*END_REASONS)}),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One message of a chain, its own rules checked, its signatures not.  `name` is the SHA-256 of its payload.

    Fields that a kind lacks are None: `first`, `expires`, `class_` of stops; `lapses` of all but suspensions.
    """

    name: str
    network: str
    mode: str
    id: str
    revision: int
    kind: str
    audience: str
    issued: int
    roster: str
    supersedes: tuple[str, ...]
    class_: str | None
    first: int | None
    expires: int | None
    lapses: int | None
    fields: Mapping[str, Any]

    @property
    def is_stop(self) -> bool:
        """True for the kinds that one key may sign and that can only lower."""
        return self.kind in STOP_KINDS


def _any_alert(value: Any, path: str) -> None:
    kind = value.get("kind") if isinstance(value, dict) else None
    (STOPS[kind] if isinstance(kind, str) and kind in STOPS else ALERT)(value, path)


def read_alert(signed: Signed) -> Alert:
    """Return the message that a signed alert's bytes say.

    Raises Refused: payload_type, alert_times, alert_class, alert_chain, alert_vocabulary, text, and as `Signed.read`.
    """
    if signed.noun != "alert":
        raise Refused("payload_type", f"A signed alert is needed; this is a signed {signed.noun}.")
    value = signed.read(_any_alert, limits.MAX_ALERT)
    alert = Alert(
        name=signed.message(),
        network=value["network"],
        mode=value["mode"],
        id=value["id"],
        revision=value["revision"],
        kind=value["kind"],
        audience=value["audience"],
        issued=value["issued"],
        roster=value["roster"],
        supersedes=tuple(value["supersedes"]),
        class_=value.get("class"),
        first=value.get("first"),
        expires=value.get("expires"),
        lapses=value.get("lapses"),
        fields=MappingProxyType(value),
    )
    if alert.is_stop:
        _check_stop(alert)
    else:
        _check_times(alert)
        _check_class(alert)
    return alert


def _check_stop(alert: Alert) -> None:
    if alert.kind == "suspended" and alert.lapses != alert.issued + limits.LAPSE:
        raise Refused(
            "alert_times", f"A suspension lapses {limits.LAPSE} seconds after its issue, neither sooner nor later."
        )
    if alert.revision < 2:
        raise Refused("alert_chain", "A stop answers an earlier message, so its revision is at least 2.")


def _check_times(alert: Alert) -> None:
    first, expires, seen = alert.first or 0, alert.expires or 0, alert.fields["seen"]
    if (alert.revision == 1) != (not alert.supersedes):
        raise Refused("alert_chain", "The first revision supersedes nothing, and every later one names what it does.")
    if alert.kind == "checked" and alert.supersedes:
        raise Refused("alert_chain", "A rumour is told as checked once; what is to be told later is a new alert.")
    if alert.revision == 1 and first != alert.issued:
        raise Refused("alert_times", f"The first revision's `first` is its own issue, {alert.issued}; it says {first}.")
    if not seen <= alert.issued or not first <= alert.issued:
        raise Refused("alert_times", "An alert is issued after what it tells was seen, and not before its chain began.")
    if not alert.issued < expires <= first + limits.EXPIRY_CAP:
        raise Refused(
            "alert_times",
            f"An alert expires after its issue and at most {limits.EXPIRY_CAP // 60} minutes after its chain began; "
            f"this one {(expires - first) // 60} minutes after.",
        )


def _check_class(alert: Alert) -> None:
    class_, template = alert.class_ or "", alert.fields["template"]
    if template not in TEMPLATES[class_]:
        raise Refused(
            "alert_vocabulary", f"Class {class_} has the templates {', '.join(TEMPLATES[class_])}, not {template}."
        )
    if (alert.kind == "checked") != (class_ == "R"):
        raise Refused(
            "alert_class", f"Class R, and only class R, is told as checked; this is {alert.kind} of class {class_}."
        )
    if class_ == "D" and alert.audience == "public":
        raise Refused("alert_class", "Class D, a private residence, is never public.")
