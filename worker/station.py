"""What a worker's process stands on: the engine, the policy, and the newest roster opened against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Engine

from look.face import Face
from protocol import age
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.release import Knowledge
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from protocol.stay import Stay, open_stay
from store.engine import open_engine
from store.rosters import StoredRoster, current_roster, roster_by_name
from store.stays import list_stays
from worker.settings import Settings


@dataclass(frozen=True, slots=True)
class Station:
    """What jobs and sweeps share.  Signed bytes are read from the store and opened afresh each time."""

    engine: Engine
    policy: Policy
    face: Face
    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> Station:
        """Return the station.  Raises SystemExit where private addresses are allowed on an actual network."""
        age.self_test()
        policy = Policy.decode(settings.policy.read_bytes())
        if settings.allow_private and policy.mode != "exercise":
            raise SystemExit("SERENO_ALLOW_PRIVATE is for exercise networks; this one is actual.")
        return cls(open_engine(settings.database), policy, Face.read(settings.face), settings)

    def newest(self, conn: Connection) -> Roster:
        """Return the newest roster.  Raises Refused("not_found") before the first."""
        stored = current_roster(conn)
        if stored is None:
            raise Refused("not_found", "This network has published no roster yet.")
        return self.opened(stored)

    def named(self, conn: Connection, name: str) -> tuple[StoredRoster, Roster]:
        """Return the roster of that name, as stored and opened.  Raises Refused("not_found" | roster kinds)."""
        stored = roster_by_name(conn, name)
        return stored, self.opened(stored)

    def opened(self, stored: StoredRoster) -> Roster:
        """Return a stored roster, checked from the policy's roots."""
        chain = [Signed.decode(link) for link in stored.chain]
        return open_roster(Signed.decode(stored.signed), chain, self.policy)

    def knowledge(self, conn: Connection) -> Knowledge:
        """Return what later signed objects say of people: stays, and revocations of the newest roster."""
        roster = self.newest(conn)
        stays = tuple(self._stays(conn, roster))
        revoked = {one.id: one.revoked_at for one in roster.verifiers.values() if one.revoked_at is not None}
        return Knowledge(stays, revoked)

    def _stays(self, conn: Connection, roster: Roster) -> list[Stay]:
        found = []
        for signed in list_stays(conn):
            try:
                found.append(open_stay(Signed.decode(signed), roster))
            except Refused:
                continue  # A stay whose lead or person has left the roster says nothing any more.
        return found


@cache
def station() -> Station:
    """Return this process's station, opened from its environment at the first call.  For jobs."""
    return Station.open(Settings.read())
