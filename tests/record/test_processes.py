"""Several processes write at once, and processes are killed while they write."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

import pytest

from admission.record import Entry, Store, open_store, verify
from tests.record.writers import BATCH, write

KILLS = 100


@pytest.fixture(scope="module")
def start() -> Callable[..., tuple[Any, Connection]]:
    """Start a writer; forked from a server that has everything imported, so that it takes no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.record.writers"])

    def begin(url: str, name: str, batches: int, pause: float = 0) -> tuple[Any, Connection]:
        ours, theirs = context.Pipe()
        process = context.Process(target=write, args=(url, name, batches, pause, theirs), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    return begin


def told(answers: Connection) -> list[Any]:
    """Everything a writer acknowledged before it ended or was killed."""
    found = []
    try:
        while True:
            found.append(answers.recv())
    except (EOFError, ConnectionResetError):
        return found


def batches_are_whole(entries: list[Entry]) -> bool:
    """Every batch has all of its entries, one after the other."""
    written = [entry for entry in entries if entry.kind == "access"]
    counted = Counter(entry.subject for entry in written)
    starts = [entry.seq for entry in written if entry.body["part"] == 0]
    return set(counted.values()) <= {BATCH} and len(starts) * BATCH == len(written)


def acknowledged_is_there(store: Store, answers: list[Any]) -> bool:
    by_seq = {entry.seq: (entry.subject, entry.sha256) for entry in store.entries(kind="access")}
    return all(by_seq.get(seq) == (subject, sha256) for subject, seq, sha256 in answers)


def test_two_processes_write_at_once(url: str, start: Callable[..., tuple[Any, Connection]]) -> None:
    open_store(url).close()
    running = [start(url, name, 60, 0.001) for name in ("甲", "乙")]
    found = [told(answers) for _, answers in running]
    for process, _ in running:
        process.join(30)
    assert [answers[-1] for answers in found] == ["done", "done"]
    with open_store(url) as store:
        entries = store.entries()
        assert [entry.seq for entry in entries] == list(range(1, 2 * 60 * (BATCH + 1) + 1)), "no gap, nothing twice"
        assert batches_are_whole(entries)
        assert acknowledged_is_there(store, [one for answers in found for one in answers[1:-1]])
        assert verify(store).ok
        changes = sum(one.actor != other.actor for one, other in pairwise(entries))
        assert changes > 2, "they did write at the same time"


def test_a_writer_killed_a_hundred_times_loses_nothing(url: str, start: Callable[..., tuple[Any, Connection]]) -> None:
    chance = random.Random(42)
    open_store(url).close()
    acknowledged: list[Any] = []
    for number in range(KILLS):
        process, answers = start(url, f"w{number}", 10_000)
        assert answers.recv() == "ready"
        before = [answers.recv() for _ in range(chance.randrange(4))]
        time.sleep(chance.uniform(0, 0.004))
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
        known = before + told(answers)
        acknowledged += known
        with open_store(url) as store:
            head = store.head()
            assert not known or head.seq >= known[-1][1]
    with open_store(url) as store:
        assert len(acknowledged) > KILLS, "they did write"
        assert acknowledged_is_there(store, acknowledged)
        assert batches_are_whole(store.entries())
        found = verify(store)
        assert found.ok, found.problems
        whole = {entry.subject for entry in store.entries(kind="access")}
        assert len(whole) - len(acknowledged) <= KILLS, "at most the one that was under way when it was killed"
