"""Writers of one SQLite file come to turn one after another.

SQLite lets whoever tries at the right moment write next: a process that waits looks again after a
pause that grows to a tenth of a second, and one that writes all the time is always there first.
Here whoever waits for the write lock holds a place in front of it, and everybody else waits behind;
it is given back when the lock is had. Nothing depends on it but the order: the lock is SQLite's own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
except ImportError:  # not on Windows: there SQLite's own way has to do
    flock = None  # type: ignore[assignment]  # asked before it is used

__all__ = ["Turns"]

_PAUSE = 0.001


class Turns:
    """The place in front of the write lock of the database at `path`; `seconds` is the longest wait for it."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path.with_name(f"{path.name}-turn")
        self._seconds = seconds
        self._threads = threading.Lock()
        self._file: int | None = None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The place is held inside; who waited too long for it tries without."""
        if not self._threads.acquire(timeout=self._seconds):
            yield
            return
        try:
            held = flock is not None and self._taken()
            try:
                yield
            finally:
                if held and self._file is not None:
                    flock(self._file, LOCK_UN)
        finally:
            self._threads.release()

    def _taken(self) -> bool:
        """Has this process come to its turn in time?"""
        if self._file is None:
            with suppress(OSError):
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if self._file is None:
            return False
        for _ in range(int(self._seconds / _PAUSE)):
            try:
                flock(self._file, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
            except OSError:  # a file system without such locks
                return False
            else:
                return True
        return False

    def close(self) -> None:
        """Gives the file back; it stays where it is."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None
