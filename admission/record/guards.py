"""Triggers that refuse to change or delete what was recorded, and the look whether they are all there.

They stop mistakes and ordinary accounts. Whoever owns the database can drop them: then the chain
tells (`verify`).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

__all__ = ["guard", "missing_guards"]

_KEYS = {"entries": "seq", "documents": "sha256"}
_REFUSED = "what was recorded stays: no UPDATE, DELETE or TRUNCATE"
_CHAIN = "the head of the chain only moves forward"


def guard(dialect: str) -> list[str]:
    """The statements that put the triggers up."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> list[str]:
    made = []
    for table, key in _KEYS.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        made += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            # INSERT OR REPLACE deletes without the delete trigger
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_CHAIN}'); END"
    return [
        *made,
        f"CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain {refuse}",
        f"CREATE TRIGGER chain_forward BEFORE UPDATE ON chain WHEN NEW.seq <= OLD.seq {refuse}",
    ]


def _postgresql() -> list[str]:
    made = [_function("admission_refuse", f"RAISE EXCEPTION '{_REFUSED}';")]
    for table in _KEYS:
        made += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION admission_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION admission_refuse()",
        ]
    forward = f"IF TG_OP = 'UPDATE' AND NEW.seq > OLD.seq THEN RETURN NEW; END IF; RAISE EXCEPTION '{_CHAIN}';"
    return [
        *made,
        _function("admission_forward", forward),
        "CREATE TRIGGER chain_forward BEFORE UPDATE OR DELETE ON chain "
        "FOR EACH ROW EXECUTE FUNCTION admission_forward()",
        "CREATE TRIGGER chain_no_truncate BEFORE TRUNCATE ON chain "
        "FOR EACH STATEMENT EXECUTE FUNCTION admission_forward()",
    ]


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


_ACTIVE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def missing_guards(connection: Connection) -> list[str]:
    """Names of the triggers that are not there or switched off."""
    dialect = connection.dialect.name
    wanted = [line.split()[2] for line in guard(dialect) if line.startswith("CREATE TRIGGER")]
    active = set(connection.execute(text(_ACTIVE[dialect])).scalars())
    return sorted(name for name in wanted if name not in active)
