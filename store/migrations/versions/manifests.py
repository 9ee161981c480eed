"""Manifests of pages.

Revision: manifests, after uploads.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "manifests"
down_revision = "uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""

    op.create_table(
        "manifests",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_manifests")),
        sa.UniqueConstraint("name", name=op.f("uq_manifests_name")),
    )
