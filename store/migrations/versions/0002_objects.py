"""What an auditor of the log asks for: the objects behind its entries.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""

    op.add_column("log_entries", sa.Column("name", sa.String(length=64), nullable=True))
    op.add_column("log_entries", sa.Column("signed", sa.LargeBinary(), nullable=True))
