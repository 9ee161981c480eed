"""Legal parts.

Revision: legal, after manifests.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "legal"
down_revision = "manifests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""

    op.create_table(
        "legal",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_legal")),
    )
    op.create_index(op.f("ix_legal_day"), "legal", ["day"], unique=False)
    op.create_index(op.f("ix_legal_desk_day"), "legal", ["desk", "day"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # As for envelopes: sealed bytes don't compress.
        op.execute("ALTER TABLE legal ALTER COLUMN part SET STORAGE EXTERNAL")
