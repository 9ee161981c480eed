"""Notices: what a lead has told witnesses of a desk, signed, as it came; of each desk the last one.  SPEC 5.9."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, delete, select

from protocol.errors import Refused
from protocol.limits import NOTICE_LIFE
from protocol.notice import NOTICE
from protocol.signed import Signed
from store.columns import CODE, big, data, metadata, text
from store.upsert import put

notices: Final = Table(
    "notices",
    metadata,
    text("desk", CODE, key=True),
    big("number"),
    big("until"),
    # Until then it is remembered, also where it was taken back: whatever came before it is over by then too.
    big("forget_at"),
    data("signed"),
)


def put_notice(conn: Connection, signed: bytes) -> None:
    """Store a notice that the caller has opened in the place of the desk's last one.

    Raises Refused("notice") unless its number is higher.
    """
    value = Signed.decode(signed).read(NOTICE)
    desk, number = value["desk"], value["number"]
    last = conn.execute(select(notices.c.number).where(notices.c.desk == desk)).scalar()
    if last is not None and number <= last:
        raise Refused(
            "notice",
            f"The last notice of desk {desk} has number {last}; this one has {number}. Load the network again.",
        )
    row = {"number": number, "until": value["until"], "forget_at": value["from"] + NOTICE_LIFE, "signed": signed}
    put(conn, notices, {"desk": desk}, row)


def last_notice(conn: Connection, desk: str) -> bytes | None:
    """Return a desk's last notice that is remembered, in force or not."""
    found = conn.execute(select(notices.c.signed).where(notices.c.desk == desk)).scalar()
    return None if found is None else bytes(found)


def list_notices(conn: Connection, now: int) -> list[bytes]:
    """Return the signed notices that are not over at `now` (Unix seconds), by desk."""
    query = select(notices.c.signed).where(notices.c.until > now).order_by(notices.c.desk)
    return [bytes(signed) for signed in conn.execute(query).scalars()]


def forget_notices(conn: Connection, now: int) -> int:
    """Delete what is over for good at `now`; return how many."""
    return conn.execute(delete(notices).where(notices.c.forget_at <= now)).rowcount
