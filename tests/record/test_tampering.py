"""Somebody with every right on the database changes the past: `verify` finds it.

Each attempt runs in a transaction that is undone, with the triggers out of the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from admission.record import Flaw, Head, NewEntry, Store, open_store, verify
from admission.record.chain import digest
from admission.record.verifying import _read_bytes_as_they_are, verify_on
from tests.record import small
from tests.record.conftest import KINDS
from tests.record.small import NOON, later

TEXTS = ("at", "actor", "kind", "subject", "body", "previous_sha256", "sha256")


@pytest.fixture(scope="module", params=KINDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with a decision, its rules, a document and other entries."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('tampering') / 'store.db'}"
    else:
        url = request.getfixturevalue("_postgres")()
    with open_store(url) as store:
        small.recorded(store, small.rules())
        sha256 = store.put(b"proof " * 50, "text/plain", actor="李四", at=NOON)
        for number in range(4):
            body = {"note": f"第{number}条", "documents": {"f": sha256}}
            store.append([NewEntry("access", f"s{number}", body)], actor="王五", at=later(number))
        yield store


@contextmanager
def attack(store: Store) -> Iterator[Connection]:
    """A transaction of somebody whom no trigger stops; nothing of it stays."""
    with store.engine.connect().execution_options(admission_writes=True) as connection:
        _read_bytes_as_they_are(connection)
        transaction = connection.begin()
        if connection.dialect.name == "sqlite":
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        transaction.rollback()
        connection.invalidate()


def flaws(connection: Connection, head: Head | None = None) -> list[Flaw]:
    """What is found besides the triggers that the attacker took down."""
    return [flaw for flaw in verify_on(connection, head).problems if not flaw.place.startswith("trigger")]


def test_the_untouched_store_is_fine(written: Store) -> None:
    found = verify(written, written.head())
    assert found.ok
    assert found.head == written.head()
    assert (found.entries, found.documents) == (written.head().seq, len(written.entries(kind="document")))
    with attack(written) as connection:
        assert flaws(connection) == [], "what follows would be found without any change"


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def _set(connection: Connection, table: str, key: str, row: dict[str, Any], column: str, value: Any) -> None:
    statement = text(f"UPDATE {table} SET {column} = :value WHERE {key} = :key")
    connection.execute(statement, {"value": value, "key": row[key]})


def _other_byte(data: bytes, at: int, by: int) -> bytes:
    place = at % len(data)
    return data[:place] + bytes([(data[place] + by) % 256]) + data[place + 1 :]


@settings(max_examples=150, deadline=None)
@given(row=st.integers(0), column=st.sampled_from(TEXTS), at=st.integers(0), by=st.integers(1, 255))
def test_any_byte_of_any_text_of_an_entry(written: Store, row: int, column: str, at: int, by: int) -> None:
    with attack(written) as connection:
        rows = _rows(connection, "entries")
        chosen = rows[row % len(rows)]
        changed = _other_byte(chosen[column].encode(), at, by)
        if connection.dialect.name == "sqlite":
            statement = f"UPDATE entries SET {column} = CAST(:value AS TEXT) WHERE seq = :seq"
            connection.execute(text(statement), {"value": changed, "seq": chosen["seq"]})
        else:
            shown = changed.decode("utf-8", "replace").replace("\0", "\x01")
            _set(connection, "entries", "seq", chosen, column, shown[:64] if column.endswith("sha256") else shown)
        assert flaws(connection)


@settings(max_examples=150, deadline=None)
@given(row=st.integers(0), at=st.integers(0), by=st.integers(1, 255))
def test_any_byte_of_any_document(written: Store, row: int, at: int, by: int) -> None:
    with attack(written) as connection:
        rows = _rows(connection, "documents")
        chosen = rows[row % len(rows)]
        _set(connection, "documents", "sha256", chosen, "body", _other_byte(bytes(chosen["body"]), at, by))
        assert [flaw.place for flaw in flaws(connection)] == [f"document {chosen['sha256']}"]


@settings(max_examples=60, deadline=None)
@given(row=st.integers(0), seq=st.integers(-5, 500))
def test_any_number_of_an_entry(written: Store, row: int, seq: int) -> None:
    with attack(written) as connection:
        rows = _rows(connection, "entries")
        chosen = rows[row % len(rows)]
        if seq in {other["seq"] for other in rows}:
            seq += 1000
        _set(connection, "entries", "seq", chosen, "seq", seq)
        assert flaws(connection)


@settings(max_examples=60, deadline=None)
@given(table=st.sampled_from(["entries", "documents", "chain"]), row=st.integers(0))
def test_any_row_gone(written: Store, table: str, row: int) -> None:
    with attack(written) as connection:
        rows = _rows(connection, table)
        key = {"entries": "seq", "documents": "sha256", "chain": "id"}[table]
        connection.execute(text(f"DELETE FROM {table} WHERE {key} = :key"), {"key": rows[row % len(rows)][key]})
        assert flaws(connection)


@settings(max_examples=60, deadline=None)
@given(one=st.integers(0), other=st.integers(0), columns=st.sets(st.sampled_from(TEXTS), min_size=1))
def test_any_two_rows_swapped(written: Store, one: int, other: int, columns: set[str]) -> None:
    with attack(written) as connection:
        rows = _rows(connection, "entries")
        first, second = rows[one % len(rows)], rows[other % len(rows)]
        different = {column for column in columns if first[column] != second[column]}
        for column in different - {"sha256"}:
            _set(connection, "entries", "seq", first, column, second[column])
            _set(connection, "entries", "seq", second, column, first[column])
        if "sha256" in different:
            for row, value in ((first, "swapping"), (second, first["sha256"]), (first, second["sha256"])):
                _set(connection, "entries", "seq", row, "sha256", value)
        assert bool(flaws(connection)) == bool(different)


def test_documents_swapped(written: Store) -> None:
    with attack(written) as connection:
        first, second, *_ = _rows(connection, "documents")
        _set(connection, "documents", "sha256", first, "body", second["body"])
        _set(connection, "documents", "sha256", second, "body", first["body"])
        places = {flaw.place for flaw in flaws(connection)}
        assert places == {f"document {first['sha256']}", f"document {second['sha256']}"}


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO entries ({names}) VALUES ({values})"), row)


def _sealed(row: dict[str, Any]) -> dict[str, Any]:
    parts = [row[name] for name in ("at", "actor", "kind", "subject", "body", "previous_sha256")]
    return {**row, "sha256": digest(row["seq"], *parts)}


@pytest.mark.parametrize("seq", [0, -3, 7000])
def test_an_inserted_row_however_well_made(written: Store, seq: int) -> None:
    with attack(written) as connection:
        last = _rows(connection, "entries")[-1]
        _insert(connection, _sealed({**last, "seq": seq, "previous_sha256": last["sha256"]}))
        assert flaws(connection)


def test_a_row_appended_behind_the_head(written: Store) -> None:
    with attack(written) as connection:
        last = max(_rows(connection, "entries"), key=lambda row: row["seq"])
        _insert(connection, _sealed({**last, "seq": last["seq"] + 1, "previous_sha256": last["sha256"]}))
        assert [flaw.place for flaw in flaws(connection)] == ["chain"]


def test_an_inserted_document(written: Store) -> None:
    with attack(written) as connection:
        connection.execute(text("INSERT INTO documents VALUES (:name, :body)"), {"name": "f" * 64, "body": b"x"})
        assert [flaw.place for flaw in flaws(connection)] == [f"document {'f' * 64}"]


def _rewrite(connection: Connection, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """The whole chain made again after a change, head included: the perfect forgery."""
    rows = sorted(_rows(connection, "entries"), key=lambda row: row["seq"])
    connection.execute(text("DELETE FROM entries"))
    last, seq = "0" * 64, 0
    for row in filter(None, map(change, rows)):
        seq += 1
        made = _sealed({**row, "seq": seq, "previous_sha256": last})
        last = made["sha256"]
        _insert(connection, made)
    connection.execute(text("UPDATE chain SET seq = :seq, sha256 = :sha256"), {"seq": seq, "sha256": last})


def test_a_perfect_forgery_is_found_by_the_head_written_down_elsewhere(written: Store) -> None:
    known = written.head()

    def forged(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "actor": "伪造"} if row["subject"] == "s1" else row

    with attack(written) as connection:
        _rewrite(connection, forged)
        assert flaws(connection) == [], "nobody can tell without the head"
        assert [flaw.place for flaw in flaws(connection, known)] == [f"entry {known.seq}"]
        earlier = next(entry for entry in written.entries(subject="s0"))
        assert flaws(connection, Head(earlier.seq, earlier.sha256)) == [], "before the forged one nothing changed"


def test_an_end_cut_off_with_its_head_is_found_by_the_head_written_down_elsewhere(written: Store) -> None:
    with attack(written) as connection:
        _rewrite(connection, lambda row: None if row["subject"] == "s3" else row)
        assert flaws(connection) == []
        assert flaws(connection, written.head())


def test_a_reference_to_nothing(written: Store) -> None:
    """Even a complete forgery must not refer to a decision, rules or a document that are not there."""
    with attack(written) as connection:
        _rewrite(connection, lambda row: None if row["kind"] == "rulebook" else row)
        assert len(flaws(connection)) == 2, "the ruleset and the decision lead nowhere"


@pytest.mark.parametrize("written", ["sqlite"], indirect=True)  # PostgreSQL has types
@pytest.mark.parametrize("value", [b"bytes", 7, 1.5])
def test_another_type_in_a_text_column(written: Store, value: object) -> None:
    with attack(written) as connection:
        first = _rows(connection, "entries")[0]
        _set(connection, "entries", "seq", first, "actor", value)
        assert flaws(connection)


def test_a_body_that_is_no_object(written: Store) -> None:
    for body in ("[]", "nonsense", ""):
        with attack(written) as connection:
            first = _rows(connection, "entries")[0]
            _set(connection, "entries", "seq", first, "body", body)
            assert len(flaws(connection)) >= 2


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(f"sqlite:///{path}") as store:
        for number in range(50):
            store.append([small.entry(number, note="x" * 500)], actor="a", at=NOON)
    data = bytearray(path.read_bytes())
    last = len(data) - 4096  # a page of entries
    data[last : last + 64] = b"\xff" * 64
    path.write_bytes(bytes(data))
    with open_store(f"sqlite:///{path}") as store:
        assert not verify(store).ok


def test_a_flaw_tells_itself_in_both_languages(written: Store) -> None:
    with attack(written) as connection:
        _set(connection, "entries", "seq", {"seq": 1}, "actor", "x")
        (flaw,) = flaws(connection)
    assert flaw.text() == "entry 1: 内容与哈希不符，已被改动"
    assert flaw.text("en") == "entry 1: content and hash differ: it was changed"
    assert replace(flaw, place="entry 2").text("en").startswith("entry 2")
