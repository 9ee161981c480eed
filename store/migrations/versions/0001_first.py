"""The first tables.

Revision: 0001, after nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; there is no way down: a backup is."""

    op.create_table(
        "actor_heads",
        sa.Column("actor", sa.String(length=8), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_actor_heads")),
    )
    op.create_table(
        "burnt",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_burnt")),
    )
    op.create_index(op.f("ix_burnt_epoch"), "burnt", ["epoch"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("opened_day", sa.Integer(), nullable=False),
        sa.Column("closed_day", sa.Integer(), nullable=True),
        sa.Column("stand", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_closed_day"), "cases", ["closed_day"], unique=False)
    op.create_index(op.f("ix_cases_desk_state"), "cases", ["desk", "state"], unique=False)
    op.create_table(
        "cells",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("cell", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cells")),
        sa.UniqueConstraint("digest", name=op.f("uq_cells_digest")),
    )
    op.create_index(op.f("ix_cells_hour"), "cells", ["hour"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_challenges")),
    )
    op.create_index(op.f("ix_challenges_expires"), "challenges", ["expires"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "counters",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "drops",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_drops")),
    )
    op.create_table(
        "envelopes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("set_name", sa.String(length=64), nullable=False),
        sa.Column("set_number", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("stanzas", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=True),
        sa.Column("burn_day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelopes")),
        sa.UniqueConstraint("digest", name=op.f("uq_envelopes_digest")),
    )
    op.create_index(op.f("ix_envelopes_burn_day"), "envelopes", ["burn_day"], unique=False)
    op.create_index(
        "ix_envelopes_opened",
        "envelopes",
        ["desk", "day", "id"],
        unique=False,
        sqlite_where=sa.text("minute IS NULL"),
        postgresql_where=sa.text("minute IS NULL"),
    )
    op.create_index(
        "ix_envelopes_waiting",
        "envelopes",
        ["desk", "minute", "id", "bucket", "set_number", "epoch", "stanzas", "size"],
        unique=False,
        sqlite_where=sa.text("minute IS NOT NULL"),
        postgresql_where=sa.text("minute IS NOT NULL"),
    )
    op.create_table(
        "epoch_keys",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("verifier", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_epoch_keys")),
    )
    op.create_index(
        op.f("ix_epoch_keys_desk_epoch_verifier"), "epoch_keys", ["desk", "epoch", "verifier"], unique=False
    )
    op.create_table(
        "log_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("entry", name=op.f("uq_log_entries_entry")),
        sa.UniqueConstraint("position", name=op.f("uq_log_entries_position")),
    )
    op.create_index(
        "ix_log_entries_queue",
        "log_entries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_nodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_writer",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_log_writer")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("class_", sa.String(length=1), nullable=True),
        sa.Column("zone", sa.String(length=32), nullable=True),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("lapses", sa.BigInteger(), nullable=True),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=True),
        sa.Column("bundle", sa.LargeBinary(), nullable=True),
        sa.Column("refused_kind", sa.String(length=32), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("notice_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.CheckConstraint("(due_at IS NULL) = (state IN ('released', 'refused'))", name=op.f("ck_messages_open")),
        sa.CheckConstraint("state IN ('posted', 'logged', 'released', 'refused')", name=op.f("ck_messages_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("name", name=op.f("uq_messages_name")),
    )
    op.create_index(op.f("ix_messages_audience_released_at"), "messages", ["audience", "released_at"], unique=False)
    op.create_index(op.f("ix_messages_chain_revision"), "messages", ["chain", "revision"], unique=False)
    op.create_index(
        "ix_messages_due",
        "messages",
        ["rank", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_unlogged",
        "messages",
        ["released_at"],
        unique=False,
        sqlite_where=sa.text("log_index IS NULL"),
        postgresql_where=sa.text("log_index IS NULL"),
    )
    op.create_index(
        "ix_messages_notice",
        "messages",
        ["notice_at"],
        unique=False,
        sqlite_where=sa.text("notice_at IS NOT NULL"),
        postgresql_where=sa.text("notice_at IS NOT NULL"),
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("desk", "minute", name=op.f("uq_pages_desk_minute")),
    )
    op.create_index(
        "ix_pages_due",
        "pages",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_pages_minute"), "pages", ["minute"], unique=False)
    op.create_table(
        "published",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_published")),
    )
    op.create_table(
        "rosters",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rosters")),
        sa.UniqueConstraint("name", name=op.f("uq_rosters_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.String(length=8), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"], unique=False)
    op.create_index(op.f("ix_sessions_verifier"), "sessions", ["verifier"], unique=False)
    op.create_table(
        "sets",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sets")),
    )
    op.create_index(op.f("ix_sets_desk_epoch_number"), "sets", ["desk", "epoch", "number"], unique=False)
    op.create_index(op.f("ix_sets_epoch"), "sets", ["epoch"], unique=False)
    op.create_table(
        "shifts",
        sa.Column("verifier", sa.String(length=8), nullable=False),
        sa.Column("desk", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("verifier", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_desk_until"), "shifts", ["desk", "until"], unique=False)
    op.create_table(
        "stays",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=8), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stays")),
    )
    op.create_index(op.f("ix_stays_until"), "stays", ["until"], unique=False)
    op.create_table(
        "subscribers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.CheckConstraint("audience IN ('public', 'responders')", name=op.f("ck_subscribers_audience")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
    )
    op.create_index(op.f("ix_subscribers_active"), "subscribers", ["active"], unique=False)
    op.create_table(
        "bodies",
        sa.Column("envelope", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["envelope"], ["envelopes.id"], name=op.f("fk_bodies_envelope_envelopes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("envelope", name=op.f("pk_bodies")),
    )
    op.create_table(
        "case_envelopes",
        sa.Column("case", sa.String(length=32), nullable=False),
        sa.Column("envelope", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_envelopes_case_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["envelope"], ["envelopes.id"], name=op.f("fk_case_envelopes_envelope_envelopes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case", "envelope", name=op.f("pk_case_envelopes")),
    )
    op.create_index(op.f("ix_case_envelopes_envelope"), "case_envelopes", ["envelope"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("subscriber", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.CheckConstraint("(due_at IS NOT NULL) = (state = 'due')", name=op.f("ck_deliveries_open")),
        sa.CheckConstraint("state IN ('due', 'done', 'gave-up')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["message"], ["messages.id"], name=op.f("fk_deliveries_message_messages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_deliveries_subscriber_subscribers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message", "subscriber", "cause", name=op.f("uq_deliveries_message_subscriber_cause")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["slow", "rank", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_lot",
        "deliveries",
        ["message", "cause", "slow", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_owner",
        "deliveries",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_over",
        "deliveries",
        ["expires"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_deliveries_subscriber"), "deliveries", ["subscriber"], unique=False)
    op.create_table(
        "events",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=8), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_events_case_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_events")),
        sa.UniqueConstraint("case", "number", name=op.f("uq_events_case_number")),
    )
    op.create_table(
        "roster_links",
        sa.Column("roster", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roster"], ["rosters.number"], name=op.f("fk_roster_links_roster_rosters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("roster", "place", name=op.f("pk_roster_links")),
    )
    op.create_table(
        "roster_recipients",
        sa.Column("roster", sa.BigInteger(), nullable=False),
        sa.Column("org", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roster"], ["rosters.number"], name=op.f("fk_roster_recipients_roster_rosters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("roster", "org", name=op.f("pk_roster_recipients")),
    )
    op.create_table(
        "working",
        sa.Column("case", sa.String(length=32), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=True),
        sa.Column("class_", sa.String(length=1), nullable=True),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_working_case_cases"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_working")),
    )
    op.create_table(
        "attempts",
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.Column("claim", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'again', 'gave-up', 'gone')", name=op.f("ck_attempts_outcome")),
        sa.ForeignKeyConstraint(
            ["delivery"], ["deliveries.id"], name=op.f("fk_attempts_delivery_deliveries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery", "claim", name=op.f("pk_attempts")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Sealed bytes don't compress; stored as they are, a preview's first chunk is read without the rest.
        op.execute("ALTER TABLE bodies ALTER COLUMN body SET STORAGE EXTERNAL")
