"""Work that takes the processor: in a few threads, never on the event loop, and not more waiting than can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError

__all__ = ["Computing"]

Given = ParamSpec("Given")
Result = TypeVar("Result")

_THREADS = 2
"""One computes while the other waits for the store: Python computes in one thread at a time."""


class Computing:
    """Threads that compute; a request too many is refused with 503 and told to come again."""

    def __init__(self, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, "computing")
        self._most = waiting
        self.waiting = 0

    async def run(self, work: Callable[Given, Result], *args: Given.args, **named: Given.kwargs) -> Result:
        """What `work(*args, **named)` gives or raises."""
        if self.waiting >= self._most:
            raise ProblemError(Kind.OVERLOADED, headers={"Retry-After": "1"})
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **named))
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Ends the threads when they have done what they are at."""
        self._pool.shutdown(wait=True, cancel_futures=True)
