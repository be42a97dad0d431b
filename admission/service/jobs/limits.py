"""What the process of a job may take: time, memory, rows; and that it ends with the process that started it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal

__all__ = ["TooManyRowsError", "bounded"]

_PR_SET_PDEATHSIG = 1
_NICE = 5


class TooManyRowsError(Exception):
    """A table has more rows than are allowed: `rows` at least."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__(f"{rows} rows")


def bounded(seconds: int, memory: int) -> None:
    """Bounds this process: seconds of processor time and bytes of memory; less priority than the answers to people."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
