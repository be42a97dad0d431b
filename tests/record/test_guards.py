"""The triggers refuse what would change the past, for every account that does not own the database."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from admission.errors import StoreError
from admission.record import Store, verify
from tests.record.small import NOON, entry

BOTH = [
    "UPDATE entries SET actor = 'x'",
    "UPDATE entries SET seq = 9 WHERE seq = 1",
    "DELETE FROM entries",
    "DELETE FROM entries WHERE seq = 2",
    "UPDATE documents SET body = body",
    "DELETE FROM documents",
    "DELETE FROM chain",
    "UPDATE chain SET seq = 1",
    "UPDATE chain SET sha256 = 'x'",
    "INSERT INTO chain (id, seq, sha256) VALUES (2, 9, 'x')",
    "INSERT INTO entries SELECT * FROM entries WHERE seq = 1",
]
SQLITE = [
    "INSERT OR REPLACE INTO entries SELECT seq, at, 'x', kind, subject, body, previous_sha256, sha256 FROM entries",
    "REPLACE INTO documents SELECT sha256, x'00' FROM documents",
]
POSTGRES = [
    "TRUNCATE entries",
    "TRUNCATE documents",
    "TRUNCATE chain",
    "INSERT INTO documents SELECT * FROM documents ON CONFLICT (sha256) DO UPDATE SET body = excluded.body",
]


def attempts(store: Store) -> list[str]:
    return BOTH + (SQLITE if store.engine.dialect.name == "sqlite" else POSTGRES)


def test_nothing_recorded_can_be_changed(store: Store) -> None:
    store.put(b"proof", "text/plain", actor="a", at=NOON)
    store.append([entry(1), entry(2)], actor="a", at=NOON)
    before = store.entries()

    def attempt(statement: str) -> None:
        with store.transaction() as connection:
            connection.execute(text(statement))

    for statement in attempts(store):
        with pytest.raises(StoreError):
            attempt(statement)
        assert store.entries() == before, statement
    assert verify(store).ok


def test_a_guard_that_is_gone_is_told(store: Store) -> None:
    gone = {
        "sqlite": "DROP TRIGGER entries_no_update",
        "postgresql": "ALTER TABLE entries DISABLE TRIGGER entries_no_update",
    }
    with store.transaction() as connection:
        connection.execute(text(gone[store.engine.dialect.name]))
    found = verify(store)
    assert [flaw.place for flaw in found.problems] == ["trigger entries_no_update"]
    assert "switched off" in found.problems[0].text("en")
