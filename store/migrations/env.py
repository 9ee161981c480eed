"""How Alembic runs here: on the connection, and in the transaction, that `store.engine.migrate` gives.

It imports nothing of the app: a migration must do in ten years what it does today.
"""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
