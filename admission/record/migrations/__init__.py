"""The shape of the store as it grew, one Alembic revision a file."""
