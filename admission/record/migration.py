"""Bringing a database to the shape this version needs, with the Alembic revisions in the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

__all__ = ["migrate", "newest", "script", "standing"]

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('admission store'))")


def migrate(connection: Connection) -> None:
    """Apply what is missing inside the transaction of `connection`; two processes take turns.

    Raises `LookupError` when the database is of a later version than this package.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    revisions = script()
    known = {revision.revision for revision in revisions.walk_revisions()}
    now = standing(connection)
    if now is not None and now not in known:
        raise LookupError(now)
    if now == revisions.get_current_head():
        return

    def steps(current: Any, context: MigrationContext) -> Any:
        return revisions._upgrade_revs("head", current)

    context = MigrationContext.configure(connection, opts={"fn": steps})
    with Operations.context(context):
        context.run_migrations()


def script() -> ScriptDirectory:
    """The revisions that this package ships."""
    return ScriptDirectory(str(Path(__file__).parent / "migrations"))


def newest() -> str:
    """The revision this package needs."""
    return script().get_current_head() or ""


def standing(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
