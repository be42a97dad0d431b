"""Lists that are folds over the chain, kept in memory and brought up to date with what was appended since.

Nothing of it is stored: the chain alone says what is, and a process that starts reads it from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sqlalchemy import select

from admission.record import tables
from admission.record.chain import Entry
from admission.record.reading import Reader

if TYPE_CHECKING:
    from admission.record.store import Store

__all__ = ["Fold", "folded"]


class _Told(Protocol):
    """What entries of one subject tell; `trail` are those entries."""

    @property
    def trail(self) -> tuple[Entry, ...]: ...


Record = TypeVar("Record", bound=_Told)


class Fold(Generic[Record]):
    """Every subject of some kinds of entries, folded; for many threads."""

    def __init__(self, kinds: tuple[str, ...], fold: Callable[[Iterable[Entry]], Record]) -> None:
        self._kinds = kinds
        self._fold = fold
        self._lock = Lock()
        self._found: dict[str, Record] = {}
        self._last: Entry | None = None

    def of(self, store: Store) -> list[Record]:
        """As the store is now, the subjects that began last first."""
        with self._lock, store.reading() as reader:
            if not self._still_there(reader):
                self._found, self._last = {}, None
            self._take(reader.entries(kind=self._kinds, after_seq=self._last.seq if self._last else 0))
            return list(reversed(self._found.values()))

    def _still_there(self, reader: Reader) -> bool:
        """Is the last entry taken still the one of that number? Not so when another store was put in its place."""
        if self._last is None:
            return True
        columns = tables.entries.c
        found = reader.connection.execute(select(columns.sha256).where(columns.seq == self._last.seq)).scalar()
        return bool(found == self._last.sha256)

    def _take(self, new: list[Entry]) -> None:
        fresh: dict[str, list[Entry]] = {}
        for entry in new:
            fresh.setdefault(entry.subject, []).append(entry)
        for subject, entries in fresh.items():
            before = self._found[subject].trail if subject in self._found else ()
            self._found[subject] = self._fold((*before, *entries))
        if new:
            self._last = new[-1]


def folded(store: Store, kinds: tuple[str, ...], fold: Callable[[Iterable[Entry]], Record]) -> list[Record]:
    """Every subject of these kinds, newest first, by `fold`; only what was appended since the last time is read."""
    kept: Fold[Record] = store.folds.setdefault(kinds, Fold(kinds, fold))
    return kept.of(store)
