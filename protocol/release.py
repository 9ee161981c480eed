"""The gate: bytes in, a `Release` or a `Stop` out, and no other way to make one.  SPEC 7.4.

A release is the proven leave to send an alert: enough different, certified people signed these very bytes, and the log
holds them.  A stop is one person's word that lowers an alert.  Nothing else can be sent.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from protocol import limits
from protocol.alert import Alert, read_alert
from protocol.encoding import canonical, parse
from protocol.errors import Refused
from protocol.log import Logged, Proof, entry
from protocol.policy import Policy
from protocol.quorum import Voices, count, require
from protocol.roster import Roster, open_roster
from protocol.shape import Shape, exactly, list_of, record, refuse
from protocol.signed import SIGNED, Signed
from protocol.stay import Stay


def _proof_text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise refuse(path, "a tlog-proof as text", value)


BUNDLE: Final[Shape] = record(
    {
        "v": exactly(1),
        "alert": SIGNED,
        "roster": SIGNED,
        "chain": list_of(SIGNED, limits.ROOT_LINKS),
        "suspensions": list_of(SIGNED, limits.MAX_SUPERSEDES),
    },
    {"proof": _proof_text},
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a checker knows besides the bundle: stays it has seen, revocations of later rosters by verifier id."""

    stays: tuple[Stay, ...] = ()
    revoked: Mapping[str, int] | None = None


NOTHING: Final = Knowledge()


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle's parts, shaped but NOT yet checked."""

    alert: Signed
    roster: Signed
    chain: tuple[Signed, ...]
    suspensions: tuple[Signed, ...] = ()
    proof: Proof | None = None

    @classmethod
    def decode(cls, data: bytes) -> Bundle:
        """Return the parts of a bundle file.  Raises as `parse`, the shapes and `Proof.decode`."""
        value = parse(data, limits.MAX_BUNDLE)
        BUNDLE(value, "bundle")
        return cls(
            alert=Signed.of(value["alert"], "bundle.alert"),
            roster=Signed.of(value["roster"], "bundle.roster"),
            chain=tuple(Signed.of(link, "bundle.chain") for link in value["chain"]),
            suspensions=tuple(Signed.of(one, "bundle.suspensions") for one in value["suspensions"]),
            proof=Proof.decode(value["proof"]) if "proof" in value else None,
        )

    def encode(self) -> bytes:
        """Return the bundle file: canonical JSON."""
        value: dict[str, Any] = {
            "v": 1,
            "alert": self.alert.value(),
            "roster": self.roster.value(),
            "chain": [link.value() for link in self.chain],
            "suspensions": [one.value() for one in self.suspensions],
        }
        if self.proof is not None:
            value["proof"] = self.proof.encode()
        return canonical(value)


class _Checked:
    """What a check yields; `__init__` takes this module's own key, so that nothing else can make one.

    It keeps honest code honest: no call, copy, pickle or subclass gives one.  Python has no wall against code that
    means to forge (`object.__new__`, this module's own names), so processes with other duties stand apart besides.
    """

    __slots__ = ("alert", "answers", "bundle", "logged", "roster", "voices")

    def __init__(
        self,
        key: object,
        alert: Alert,
        voices: Voices,
        roster: Roster,
        logged: Logged | None,
        bundle: bytes,
        answers: frozenset[str] = frozenset(),
    ) -> None:
        if key is not _KEY:
            raise TypeError(f"A {type(self).__name__} is made by protocol.release.check and by nothing else.")
        for name, value in (
            ("alert", alert),
            ("voices", voices),
            ("roster", roster),
            ("logged", logged),
            ("bundle", bundle),
            ("answers", answers),
        ):
            object.__setattr__(self, name, value)

    alert: Alert
    voices: Voices
    roster: Roster
    logged: Logged | None
    bundle: bytes
    answers: frozenset[str]

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            raise TypeError("A Release or Stop has no other kinds than protocol.release's own.")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A {type(self).__name__} does not change.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} does not change.")

    def __reduce__(self) -> str:
        raise TypeError(f"A {type(self).__name__} can't be pickled or copied; check its bundle again.")


class Release(_Checked):
    """The proven leave to send a confirmed or checked alert.  `answers` names the suspensions it restores from."""

    __slots__ = ()


class Stop(_Checked):
    """A suspension, retraction or end: obeyed from any carrier, logged or not."""

    __slots__ = ()


_KEY: Final = object()


def admit(alert: Signed, roster: Roster, policy: Policy, now: int, known: Knowledge = NOTHING) -> Alert:
    """Return the alert that signed bytes say if all but the log proof is in order; it is no leave to send.

    The desk uses it to refuse at once, the gate before it logs.  Raises as `check`, log kinds apart.
    """
    return _count(alert, roster, policy, now, known, None)[0]


def check(data: bytes, policy: Policy, now: int, known: Knowledge = NOTHING) -> Release | Stop:
    """Return the release or stop that a bundle's bytes prove under a policy at `now` (Unix seconds).

    Whether it still stands is for `state`: an expired or retracted alert is genuine too.  Raises Refused with the rule
    that is broken: release_bundle, alert_*, quorum_*, attestation_*, roster_*, log_*, signature and shape kinds.
    """
    bundle = Bundle.decode(data)
    roster = open_roster(bundle.roster, bundle.chain, policy)
    logged = None
    if bundle.proof is not None:
        kind = "stop" if read_alert(bundle.alert).is_stop else "release"
        logged = bundle.proof.check(entry(kind, bundle.alert), roster.log_origin, roster.log_key, roster.cosigners)
    alert, voices = _count(bundle.alert, roster, policy, now, known, logged)
    if alert.is_stop:
        if bundle.suspensions:
            raise Refused("release_bundle", "A stop answers no suspension; this bundle carries some.")
        return Stop(_KEY, alert, voices, roster, logged, data)
    if logged is None:
        raise Refused("log_proof", "A release needs a proof that the log holds it; this bundle has none.")
    _require_witnesses(alert, logged, policy, now)
    answers = [_answered(one, alert, voices, roster) for one in bundle.suspensions]
    if any(one >= other for one, other in pairwise(answers)):
        raise Refused("release_bundle", "A bundle's suspensions ascend by name, none twice: it has one spelling.")
    return Release(_KEY, alert, voices, roster, logged, data, frozenset(answers))


def _count(
    signed: Signed, roster: Roster, policy: Policy, now: int, known: Knowledge, logged: Logged | None
) -> tuple[Alert, Voices]:
    ids = signed.check("alert", roster.verifier_keys())
    alert = read_alert(signed)
    for name, found, wanted in (
        ("network", alert.network, policy.network),
        ("mode", alert.mode, policy.mode),
        ("roster", alert.roster, roster.name),
    ):
        if found != wanted:
            raise Refused("alert_network", f"The alert's {name} is {found[:16]}; here it is {wanted[:16]}.")
    if not roster.issued <= alert.issued < roster.expires:
        raise Refused(
            "roster_dates",
            f"The alert was issued at {alert.issued}; its roster holds from {roster.issued} to {roster.expires}.",
        )
    if alert.issued > now + limits.CLOCK_SKEW:
        raise Refused("alert_times", f"The alert is issued at {alert.issued}, more than 5 minutes after now, {now}.")
    voices = count(ids, alert, roster, known.stays, logged.index if logged else None, known.revoked)
    require(voices, alert, roster, policy)
    return alert, voices


def _require_witnesses(alert: Alert, logged: Logged, policy: Policy, now: int) -> None:
    """Refuse what the policy wants cosigned and isn't: at once if strict, else once it is an hour old."""
    times = sorted(time for _, time in logged.witnessed)
    if len(times) >= policy.cosigners:
        if policy.cosigners and times[policy.cosigners - 1] > alert.issued + limits.FIRST_SEND:
            raise Refused("log_witness", "The cosigners saw the log more than 15 minutes after the alert was issued.")
        return
    if policy.strict or now > alert.issued + limits.HOUR:
        raise Refused("log_witness", f"{len(times)} cosigners saw the log; the policy asks for {policy.cosigners}.")


def _answered(signed: Signed, restore: Alert, voices: Voices, roster: Roster) -> str:
    """Return the name of a suspension that a restore carries, if the restore may answer it.

    Only who signed it matters here, not whether their word still counts: a suspender who is revoked later must not take
    the restored alert along.
    """
    suspenders = signed.check("alert", roster.verifier_keys())
    alert = read_alert(signed)
    if alert.kind != "suspended" or alert.id != restore.id or alert.name not in restore.supersedes:
        raise Refused("release_bundle", f"The bundle carries message {alert.name[:16]}, no suspension it supersedes.")
    if restore.issued >= (alert.lapses or 0):
        raise Refused("alert_times", f"The suspension lapsed at {alert.lapses}; the restore is of {restore.issued}.")
    same = voices.ids & frozenset(suspenders)
    if same:
        raise Refused(
            "attestation_suspender", f"{', '.join(sorted(same))} suspended the alert and so can't restore it."
        )
    return alert.name


def require_timely(alert: Alert, now: int) -> None:
    """Raise unless the gate may take this message now: what is back-dated or stale is refused.

    Raises Refused: alert_times (a stop more than 2 minutes off), release_late (a release over 15 minutes old).
    """
    if alert.is_stop and abs(now - alert.issued) > limits.STOP_SKEW:
        raise Refused(
            "alert_times", f"A stop's time is the gate's within 2 minutes; it says {alert.issued}, the gate {now}."
        )
    if not alert.is_stop and now - alert.issued > limits.FIRST_SEND:
        raise Refused(
            "release_late", f"The alert was issued {(now - alert.issued) // 60} minutes ago; at most 15 are taken."
        )
