from __future__ import annotations

import os
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text

from admission.errors import MissingExtraError, NotRecordedError, StepError, StoreError
from admission.record import Head, NewDocument, NewEntry, Store, open_store, verify
from admission.record.chain import GENESIS, digest, utc
from tests.record.small import NOON, entry, later


def test_an_empty_store(store: Store) -> None:
    assert store.head() == Head(0, GENESIS)
    assert store.entries() == []
    assert verify(store).ok


def test_what_is_appended_comes_back_chained(store: Store) -> None:
    first, second = store.append([entry(1, b=2.5, a="中\n\t“"), entry(2)], actor="张三", at=NOON)
    (third,) = store.append([entry(1, c=None)], actor="李四", at=later(1))
    assert store.entries() == [first, second, third]
    assert [one.seq for one in store.entries()] == [1, 2, 3]
    assert (first.previous_sha256, second.previous_sha256) == (GENESIS, first.sha256)
    assert first.text == '{"a":"中\\n\\t“","b":2.5}'
    assert first.body == {"a": "中\n\t“", "b": 2.5}
    assert first.sha256 == digest(1, first.at, "张三", "access", "s1", first.text, GENESIS)
    assert (first.at, first.time) == ("2026-11-24T04:00:00.000000Z", NOON)
    assert store.head() == Head(3, third.sha256)


def test_times_are_written_in_utc_whatever_their_zone() -> None:
    china = timezone(timedelta(hours=8))
    assert utc(datetime(2026, 1, 1, 7, 30, tzinfo=china)) == "2025-12-31T23:30:00.000000Z"
    with pytest.raises(ValueError, match="zone"):
        utc(datetime(2026, 1, 1))


def test_entries_are_found_by_kind_subject_and_place(store: Store) -> None:
    for number in range(6):
        kind = "key.issued" if number % 2 else "access"
        store.append([NewEntry(kind, f"s{number % 3}")], actor="a", at=NOON)

    def seqs(**wanted: object) -> list[int]:
        return [one.seq for one in store.entries(**wanted)]  # type: ignore[arg-type]

    assert seqs(kind="access") == [1, 3, 5]
    assert seqs(kind=("access", "key.issued"), subject="s0") == [1, 4]
    assert seqs(subject="s1", after_seq=2) == [5]
    assert seqs(newest=True, limit=2) == [6, 5]
    assert seqs(newest=True, limit=2, before_seq=5) == [4, 3]
    assert seqs(kind=()) == []


def test_a_document_is_kept_once_with_an_entry_that_knows_it(store: Store) -> None:
    content = os.urandom(2000) + b"x" * 5000
    sha256 = store.put(content, "application/pdf", actor="张三", at=NOON)
    assert store.put(content, "text/plain", actor="李四", at=later(1)) == sha256
    found = store.document(sha256)
    assert (found.content, found.size, found.media_type, found.actor) == (content, 7000, "application/pdf", "张三")
    assert store.get(sha256) == content
    assert [one.kind for one in store.entries()] == ["document"]
    with pytest.raises(NotRecordedError) as missing:
        store.get("0" * 64)
    assert (missing.value.kind, missing.value.id) == ("document", "0" * 64)
    with pytest.raises(NotRecordedError):
        store.document("0" * 64)


def test_equal_documents_put_together_are_one(store: Store) -> None:
    twice = [NewDocument(b"same", "text/plain"), NewDocument(b"same", "text/plain"), NewDocument(b"", "text/plain")]
    first, second, empty = store.put_all(twice, actor="a", at=NOON)
    assert first == second != empty
    assert store.get(empty) == b""
    assert store.head().seq == 2


def test_an_entry_refers_only_to_documents_that_are_kept(store: Store) -> None:
    sha256 = store.put(b"proof", "text/plain", actor="a", at=NOON)
    store.append([entry(documents={"照片.jpg": sha256})], actor="a", at=NOON)
    with pytest.raises(StepError) as refused:
        store.append([entry(documents={"x": "1" * 64, "y": sha256, "z": "2" * 64})], actor="a", at=NOON)
    assert [(p.code, p.field) for p in refused.value.problems] == [
        ("not-recorded", "documents.x"),
        ("not-recorded", "documents.z"),
    ]
    assert store.head().seq == 2


@pytest.mark.parametrize(
    ("kind", "subject", "body", "actor", "field"),
    [
        ("Access", "s", {}, "a", "kind"),
        ("access", "", {}, "a", "subject"),
        ("access", "s", {}, "a\x00b", "actor"),
        ("access", "x" * 201, {}, "a", "subject"),
        ("access", "\ud800", {}, "a", "subject"),
        ("access", "s", {"x": float("nan")}, "a", "body"),
        ("access", "s", {"x": "\ud800"}, "a", "body"),
        ("access", "s", {"x": "a\x00"}, "a", "body"),
        ("access", "s", {"x": {1, 2}}, "a", "body"),
        ("access", "s", {"documents": {"x": "nonsense"}}, "a", "documents.x"),
    ],
)
def test_what_cannot_be_written_is_refused(
    sqlite: Store, kind: str, subject: str, body: dict[str, object], actor: str, field: str
) -> None:
    with pytest.raises(StepError) as refused:
        sqlite.append([NewEntry(kind, subject, body)], actor=actor, at=NOON)
    assert [(p.code, p.field) for p in refused.value.problems] == [("entry-text", field)]
    assert sqlite.head().seq == 0


def test_everything_that_cannot_be_written_is_told_at_once(sqlite: Store) -> None:
    with pytest.raises(StepError) as refused:
        sqlite.append([NewEntry("", "", {"x": float("inf")}), NewEntry("ok", "")], actor="", at=NOON)
    assert len(refused.value.problems) == 5


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing() as writer:
            writer.put(b"gone", "text/plain", actor="a", at=NOON)
            writer.append([entry()], actor="a", at=NOON)
            assert writer.head().seq == 2
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert store.head() == Head(0, GENESIS)
    assert verify(store).ok
    sha256 = store.put(b"gone", "text/plain", actor="a", at=NOON)
    assert store.get(sha256) == b"gone", "what was undone is not remembered as kept"


def test_what_was_written_is_there_when_the_store_is_opened_again(url: str) -> None:
    with open_store(url) as store:
        written = store.append([entry(number) for number in range(3)], actor="a", at=NOON)
    with open_store(url, create=False) as store:
        assert store.entries() == written
        store.append([entry()], actor="a", at=NOON)
        assert verify(store).ok


def test_many_threads_write_at_once(store: Store) -> None:
    def write(name: str) -> None:
        for number in range(10):
            store.append([entry(number), entry(number)], actor=name, at=NOON)

    threads = [threading.Thread(target=write, args=(f"t{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.entries()
    assert [one.seq for one in found] == list(range(1, 81))
    pairs = zip(found[::2], found[1::2], strict=True)
    assert all((one.actor, one.subject) == (other.actor, other.subject) for one, other in pairs)
    assert verify(store).ok


def test_verifying_while_others_write_sees_one_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admission.record.verifying._ROWS", 3)
    for number in range(10):
        store.append([entry(number)], actor="a", at=NOON)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            store.put(os.urandom(20), "text/plain", actor="b", at=NOON)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [verify(store) for _ in range(15)]
    finally:
        stop.set()
        writer.join()
    assert [one.problems for one in found] == [()] * 15
    assert found[0].head.seq < store.head().seq


def test_reading_writes_nothing(store: Store) -> None:
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(StoreError, match="read-only"), store.connection() as connection:
            connection.execute(text("INSERT INTO jobs SELECT * FROM jobs"))


def test_postgres_without_its_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match="store"):
        open_store("postgresql://host/x")


@pytest.mark.parametrize("given", ["mysql://x/y", "nonsense", "", "sqlite://", "sqlite:///:memory:", "sqlite:///"])
def test_another_kind_of_url_is_refused(given: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///"):
        open_store(given)


def test_no_password_is_told() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("mysql://me:secret@host/x")
    assert "secret" not in str(refused.value)
    with pytest.raises(StoreError) as unreachable:
        open_store("postgresql://me:secret@/x?host=/nonexistent")
    assert "secret" not in str(unreachable.value)


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="没有存储"):
        open_store(f"sqlite:///{tmp_path / 'x.db'}", create=False)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'no' / 'x.db'}")


def test_an_empty_database_is_no_store_yet(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    with pytest.raises(StoreError, match="没有存储"):
        open_store(url, create=False)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'x.db'}")


def test_a_new_file_is_its_owners_alone(sqlite: Store) -> None:
    path = Path(sqlite.engine.url.database or "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_commit_on_sqlite_is_on_disk(sqlite: Store) -> None:
    with sqlite.transaction() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_what_the_database_refuses_is_a_store_error(store: Store) -> None:
    def ask() -> None:
        with store.connection() as connection:
            connection.execute(text("SELECT nonsense FROM nowhere"))

    with pytest.raises(StoreError, match="nowhere"):
        ask()


def test_the_memory_of_what_is_kept_is_bounded(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("admission.record.store._REMEMBERED", 5)
    for number in range(20):
        sqlite.put(b"%d" % number, "text/plain", actor="a", at=NOON)
        assert len(sqlite.kept) <= 7
    assert sqlite.put(b"0", "text/plain", actor="a", at=NOON)
    assert sqlite.head().seq == 20


def test_what_is_appended_can_be_read_in_the_same_transaction(store: Store) -> None:
    with store.writing() as writer:
        sha256 = writer.put(b"a text", "text/plain", actor="a", at=NOON)
        first = writer.append([NewEntry("access", "x", {"n": 1})], actor="a", at=NOON)[0]
        assert writer.get(sha256) == b"a text"
        assert writer.entries(kind="access") == [first]
        second = writer.append([NewEntry("access", "x", {"n": 2})], actor="a", at=NOON)[0]
        assert writer.head().sha256 == second.sha256
    assert store.entries(kind="access") == [first, second]
    assert verify(store).ok


def test_many_entries_cost_no_more_statements_than_one(store: Store) -> None:
    def statements(count: int) -> int:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        with store.writing() as writer:
            for number in range(count):
                writer.append([NewEntry("access", "x", {"n": number})], actor="a", at=NOON)
        event.remove(store.engine, "before_cursor_execute", note)
        return len(seen)

    assert statements(1) == statements(30)


def test_a_transaction_that_fails_leaves_nothing_of_what_was_appended(store: Store) -> None:
    def fail() -> None:
        with store.writing() as writer:
            writer.put(b"lost", "text/plain", actor="a", at=NOON)
            writer.append([NewEntry("access", "x", {})], actor="a", at=NOON)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert store.head().seq == 0
    sha256 = store.put(b"lost", "text/plain", actor="a", at=NOON)
    assert store.get(sha256) == b"lost", "it is not taken for kept"


def test_the_moment_is_a_moment_of_utc() -> None:
    assert NOON.tzinfo is UTC
