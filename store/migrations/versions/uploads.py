"""Uploads: envelopes on their way in, part by part.

Revision: uploads, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "uploads"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("set_name", sa.String(length=64), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_minute"), "uploads", ["minute"], unique=False)
    op.create_table(
        "parts",
        sa.Column("upload", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload"], ["uploads.id"], name=op.f("fk_parts_upload_uploads"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("upload", "place", name=op.f("pk_parts")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # As for whole envelopes: sealed bytes don't compress.
        op.execute("ALTER TABLE parts ALTER COLUMN part SET STORAGE EXTERNAL")
