"""Alembic revisions, oldest first by name."""
