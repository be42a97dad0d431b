"""New documents stand compressed with Zstandard: an earlier version, which cannot read them, leaves the store alone."""

from __future__ import annotations

__all__ = ["upgrade"]

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes, and what stands compressed with zlib stays as it is."""
