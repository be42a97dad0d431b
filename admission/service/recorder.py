"""Writing to the store: one thread, which writes everything that waits in one transaction.

A commit waits for the disk; requests that come together share one. What fails in a shared
transaction is written again on its own, so that nobody pays for the mistake of another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from admission.record import NewEntry, Store, Writer

__all__ = ["Recorder", "entry"]

Result = TypeVar("Result")
_TOGETHER = 64


class _Task(Generic[Result]):
    """One piece of writing and where its result goes."""

    def __init__(self, work: Callable[[Writer], Result]) -> None:
        self.work = work
        self.future: Future[Result] = Future()


class Recorder:
    """The writer of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Writer], Result]) -> Future[Result]:
        """Has `work` done in a transaction; the future is done when it is on disk.

        `work` may be done twice, when a transaction it shared with others is undone.
        """
        task = _Task(work)
        self._tasks.put(task)
        return task.future

    def close(self) -> None:
        """Writes what waits, and ends."""
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            tasks, ended = self._waiting()
            if tasks and not self._together(tasks):
                for task in tasks:
                    self._alone(task)
            if ended:
                return

    def _waiting(self) -> tuple[list[_Task[Any]], bool]:
        found: list[_Task[Any]] = []
        task = self._tasks.get()
        while task is not None:
            found.append(task)
            if len(found) == _TOGETHER or self._tasks.empty():
                return found, False
            task = self._tasks.get()
        return found, True

    def _together(self, tasks: Sequence[_Task[Any]]) -> bool:
        """Everything in one transaction; False when it was undone."""
        try:
            with self._store.writing() as writer:
                results = [task.work(writer) for task in tasks]
        except Exception as error:
            if len(tasks) > 1:
                return False
            tasks[0].future.set_exception(error)
            return True
        for task, result in zip(tasks, results, strict=True):
            task.future.set_result(result)
        return True

    def _alone(self, task: _Task[Any]) -> None:
        self._together([task])


def entry(kind: str, subject: str, body: dict[str, Any], actor: str, at: datetime) -> Callable[[Writer], None]:
    """Work that appends one entry."""

    def work(writer: Writer) -> None:
        writer.append([NewEntry(kind, subject, body)], actor=actor, at=at)

    return work
