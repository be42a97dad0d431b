"""Writers of one SQLite file come to turn one after another."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from admission.errors import StoreError
from admission.record import NewEntry, Store, open_store
from admission.record.turns import Turns
from tests.record.small import NOON


def test_who_waits_keeps_the_others_behind(tmp_path: Path) -> None:
    first, second = Turns(tmp_path / "x.db", 5), Turns(tmp_path / "x.db", 0.05)
    with first.waiting():
        assert not second._taken()
    assert second._taken()


def test_threads_of_one_process_wait_too(tmp_path: Path) -> None:
    turns, order = Turns(tmp_path / "x.db", 5), []

    def other() -> None:
        with turns.waiting():
            order.append("second")

    with turns.waiting():
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_who_waits_too_long_tries_without(tmp_path: Path) -> None:
    holder, late = Turns(tmp_path / "x.db", 5), Turns(tmp_path / "x.db", 0.02)
    with holder.waiting(), late.waiting():
        pass
    with late.waiting(), late.waiting():
        pass


def test_without_a_place_for_the_file_nothing_is_lost(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "nowhere" / "x.db", 1)
    with turns.waiting():
        pass
    turns.close()


def test_a_busy_writer_does_not_keep_another_from_writing(tmp_path: Path) -> None:
    """The busy one writes again at once, every time; the other is late by one transaction, not by many."""
    url, ended = f"sqlite:///{tmp_path / 'one.db'}", threading.Event()
    with open_store(url) as busy, open_store(url) as other:

        def write_on() -> None:
            while not ended.is_set():
                with busy.writing() as writer:
                    writer.append([NewEntry("access", "busy", {})], actor="busy", at=NOON)
                    time.sleep(0.005)

        thread = threading.Thread(target=write_on)
        thread.start()
        waits = []
        for _ in range(30):
            before = other.head().seq
            number = other.append([NewEntry("access", "other", {})], actor="other", at=NOON)[0].seq
            waits.append(number - before)
        ended.set()
        thread.join()
    assert max(waits) <= 4, f"transactions of the busy one that went before: {waits}"


def test_a_lock_that_is_never_given_back_is_told(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(str(sqlite.engine.url)) as other, sqlite.transaction():
        with other.connection() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=20")
        with pytest.raises(StoreError, match="locked"):
            other.append([NewEntry("access", "x", {})], actor="x", at=NOON)
    sqlite.append([NewEntry("access", "x", {})], actor="x", at=NOON)
