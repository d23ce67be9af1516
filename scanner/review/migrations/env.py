"""Runs migrations on the connection that `scanner.review.database` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from scanner.review.database import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
