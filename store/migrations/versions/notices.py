"""Notices of desks.

Revision: notices, after legal.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "notices"
down_revision = "legal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""
    op.create_table(
        "notices",
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("forget_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("desk", name=op.f("pk_notices")),
    )
