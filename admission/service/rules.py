"""The rulebook in use: loaded at the start, replaced when its files change, kept when the new one is broken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from anyio.to_thread import run_sync

from admission.errors import AdmissionError, Place, Problem, ProblemCode, RulebookError
from admission.rulebook import Rulebook, load_rulebook, shipped_paths
from admission.service.clock import Clock
from admission.service.settings import Settings

__all__ = ["RuleKeeper", "RulesState"]

_SHIPPED = "shipped"
_SUFFIXES = (".yaml", ".yml", ".csv")
_log = logging.getLogger("admission.service")
Fingerprint = frozenset[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rulebook that answers, since when, and what is wrong with the newer files if they are broken."""

    rulebook: Rulebook
    since: datetime
    error: RulebookError | None = None
    failed: datetime | None = None


class RuleKeeper:
    """Keeps the rulebook of the files in `settings.rules`, by default the shipped ones.

    Raises `RulebookError` when they are broken at the start: there is no last good one then.
    """

    def __init__(self, settings: Settings, clock: Clock, rulebook: Rulebook | None = None) -> None:
        self._paths = tuple(
            found for path in settings.rules for found in (shipped_paths() if str(path) == _SHIPPED else (path,))
        )
        self._clock = clock
        self._lock = Lock()
        self._seen = _fingerprint(self._paths or shipped_paths())
        self.state = RulesState(rulebook or _loaded(self._paths), clock.moment())
        self.reloads = 0
        self.failures = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The folders of rules; empty: the shipped ones."""
        return self._paths

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that answers now; take it once for a request."""
        return self.state.rulebook

    def look(self, *, force: bool = False) -> RulesState:
        """Loads the files if they have changed; a broken rulebook is told in the state and the old one stays."""
        with self._lock:
            seen = _fingerprint(self._paths or shipped_paths())
            if seen == self._seen and not force:
                return self.state
            self._seen = seen
            try:
                rulebook = _loaded(self._paths)
            except (AdmissionError, OSError) as error:
                self._keep_old(error)
            else:
                if rulebook.sha256 != self.state.rulebook.sha256 or self.state.error is not None:
                    self.state = RulesState(rulebook, self._clock.moment())
                    self.reloads += 1
                    _log.info("rules %s are in use", rulebook.sha256)
            return self.state

    def _keep_old(self, error: AdmissionError | OSError) -> None:
        told = error if isinstance(error, RulebookError) else _unreadable(error)
        self.state = RulesState(self.state.rulebook, self.state.since, told, self._clock.moment())
        self.failures += 1
        _log.error("new rules are broken, rules %s stay in use: %s", self.state.rulebook.sha256, told.text("en"))

    async def watch(self, seconds: float) -> None:
        """Looks at the files every so often, for ever."""
        look: Callable[[], RulesState] = self.look
        while True:
            await asyncio.sleep(seconds)
            await run_sync(look)


def _loaded(paths: tuple[Path, ...]) -> Rulebook:
    rulebook = load_rulebook(*paths)
    if not rulebook.editions:
        raise _unreadable(FileNotFoundError(None, "no rules", str(paths[0] if paths else "rules")))
    return rulebook


def _unreadable(error: AdmissionError | OSError) -> RulebookError:
    place = Place(str(getattr(error, "filename", None) or "rules"))
    return RulebookError([Problem(ProblemCode.FILE_MISSING, place, values={"detail": str(error)})])


def _fingerprint(paths: Iterable[Path]) -> Fingerprint:
    """Name, time and size of every rule file."""
    found = set()
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else (path,):
            if file.suffix in _SUFFIXES:
                try:
                    stat = file.stat()
                except OSError:
                    continue
                found.add((str(file), stat.st_mtime_ns, stat.st_size))
    return frozenset(found)
