"""Subscribers: who takes alerts, over which channel, and which."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Index, Row, Table, delete, select, update

from protocol.errors import Refused
from store.columns import ID, WORD, data, flag, metadata, one_of, text

WEBHOOK: Final = "webhook"  # Gets alerts.
PAGER: Final = "pager"  # Is told that somebody has to look.

subscribers: Final = Table(
    "subscribers",
    metadata,
    text("id", ID, key=True),
    text("channel", WORD),
    text("url", None),
    data("secret"),
    data("old_secret", null=True),
    Column("zones", JSON, nullable=False),
    Column("classes", JSON, nullable=False),
    Column("kinds", JSON, nullable=False),
    text("audience", WORD),
    text("language", WORD),
    flag("active"),
    flag("slow"),
    one_of("audience", "public", "responders"),
    Index(None, "active"),
)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscriber.  Empty `zones`, `classes`, `kinds` mean all; `slow` ones are served apart from the others.

    `old_secret` signs beside `secret` while a rotation is under way.
    """

    id: str
    channel: str
    url: str
    secret: bytes
    old_secret: bytes | None
    zones: tuple[str, ...]
    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    audience: str
    language: str
    active: bool
    slow: bool

    def takes(self, kind: str, class_: str | None, zone: str | None, audience: str) -> bool:
        """Say whether this subscriber chose messages of this kind, class, zone and audience."""
        return (
            (audience == "public" or self.audience == "responders")
            and (not self.kinds or kind in self.kinds)
            and (not self.classes or class_ in self.classes)
            and (not self.zones or zone in self.zones)
        )


def put_subscriber(
    conn: Connection,
    *,
    channel: str,
    url: str,
    secret: bytes,
    zones: Sequence[str] = (),
    classes: Sequence[str] = (),
    kinds: Sequence[str] = (),
    audience: str = "public",
    language: str = "en",
    active: bool = False,
) -> str:
    """Store a subscriber and return its random id; it gets nothing before it is active."""
    id = secrets.token_hex(16)
    conn.execute(
        subscribers.insert().values(
            id=id,
            channel=channel,
            url=url,
            secret=secret,
            zones=list(zones),
            classes=list(classes),
            kinds=list(kinds),
            audience=audience,
            language=language,
            active=active,
            slow=False,
        )
    )
    return id


def get_subscriber(conn: Connection, id: str) -> Subscriber:
    """Return a subscriber.  Raises Refused("not_found")."""
    row = conn.execute(select(subscribers).where(subscribers.c.id == id)).first()
    if row is None:
        raise Refused("not_found", f"There is no subscriber {id[:16]}.")
    return _subscriber(row)


def subscribers_by_id(conn: Connection, ids: Collection[str]) -> dict[str, Subscriber]:
    """Return those of `ids` that are here: what one lot of deliveries needs."""
    rows = conn.execute(select(subscribers).where(subscribers.c.id.in_(ids)))
    return {row.id: _subscriber(row) for row in rows}


def active_subscribers(conn: Connection, channel: str) -> list[Subscriber]:
    """Return all who are to be reached over a channel now."""
    mine = subscribers.c.active.is_(True), subscribers.c.channel == channel
    return [_subscriber(row) for row in conn.execute(select(subscribers).where(*mine).order_by(subscribers.c.id))]


def pagers(conn: Connection, desk: str) -> list[Subscriber]:
    """Return who is paged for a desk: the `zones` of a pager are desks, and none means all."""
    return [one for one in active_subscribers(conn, PAGER) if not one.zones or desk in one.zones]


def set_active(conn: Connection, id: str, active: bool) -> None:
    """Begin a subscription that was confirmed by a round trip, or end one."""
    conn.execute(update(subscribers).where(subscribers.c.id == id).values(active=active))


def choose(
    conn: Connection, id: str, *, zones: Sequence[str], classes: Sequence[str], kinds: Sequence[str], language: str
) -> None:
    """Change what a subscriber gets."""
    values = {"zones": list(zones), "classes": list(classes), "kinds": list(kinds), "language": language}
    conn.execute(update(subscribers).where(subscribers.c.id == id).values(**values))


def rotate_secret(conn: Connection, id: str, secret: bytes) -> None:
    """Give a subscriber a new secret; the old one signs beside it until `drop_old_secret`."""
    mine = update(subscribers).where(subscribers.c.id == id)
    conn.execute(mine.values(old_secret=subscribers.c.secret, secret=secret))


def drop_old_secret(conn: Connection, id: str) -> None:
    """End a rotation."""
    conn.execute(update(subscribers).where(subscribers.c.id == id).values(old_secret=None))


def set_slow(conn: Connection, ids: Collection[str], slow: bool) -> None:
    """Move subscribers to the slow lane or back, for the deliveries to come."""
    conn.execute(update(subscribers).where(subscribers.c.id.in_(ids), subscribers.c.slow != slow).values(slow=slow))


def forget_subscriber(conn: Connection, id: str) -> bool:
    """Delete a subscriber with all deliveries; say whether there was one."""
    return conn.execute(delete(subscribers).where(subscribers.c.id == id)).rowcount == 1


def _subscriber(row: Row[Any]) -> Subscriber:
    values = dict(row._mapping)
    for name in ("zones", "classes", "kinds"):
        values[name] = tuple(values[name])
    values["secret"] = bytes(row.secret)
    values["old_secret"] = None if row.old_secret is None else bytes(row.old_secret)
    return Subscriber(**values)
