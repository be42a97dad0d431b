from __future__ import annotations

import io
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, text

from admission.errors import StoreError
from admission.record import Store, open_store, verify
from admission.record.guards import missing_guards
from admission.record.migration import newest, script, standing
from admission.record.tables import METADATA
from tests.record.small import NOON, entry


def test_the_migrated_database_is_what_the_tables_say(store: Store) -> None:
    with store.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert standing(connection) == newest()
        assert missing_guards(connection) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_there_is_one_line_of_revisions() -> None:
    assert [script().get_current_head()] == list(script().get_heads())
    assert newest() == "v0002"


def test_opening_again_changes_nothing(url: str) -> None:
    with open_store(url) as store:
        store.append([entry()], actor="a", at=NOON)
        head = store.head()
    with open_store(url) as store:
        assert store.head() == head


def test_many_open_an_empty_database_at_once(url: str) -> None:
    failures: list[BaseException] = []

    def use() -> None:
        try:
            with open_store(url) as store:
                store.append([entry()], actor="a", at=NOON)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with open_store(url) as store:
        assert store.head().seq == 4
        assert verify(store).ok


def test_a_store_of_a_later_version_is_left_alone(url: str) -> None:
    with open_store(url) as store, store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v9999'"))
    with pytest.raises(StoreError, match="v9999") as refused:
        open_store(url)
    assert "升级" in refused.value.reason
    assert "upgrade" in refused.value.reason.en  # type: ignore[attr-defined]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_statements_can_be_written_out_for_an_administrator(dialect: str, tmp_path: Path) -> None:
    written = io.StringIO()
    revisions = script()
    options = {"as_sql": True, "output_buffer": written, "fn": lambda now, _: revisions._upgrade_revs("head", now)}
    context = MigrationContext.configure(dialect_name=dialect, opts=options)
    with Operations.context(context):
        context.run_migrations()
    text_ = written.getvalue()
    assert "CREATE TABLE entries" in text_
    assert "chain_forward" in text_
    if dialect == "sqlite":
        with sqlite3.connect(tmp_path / "by-hand.db") as connection:
            connection.executescript(text_)
        connection.close()
        with open_store(f"sqlite:///{tmp_path / 'by-hand.db'}") as store:
            store.append([entry()], actor="a", at=NOON)
            assert verify(store).ok
