"""Which citation holds for an act, for columns of days: `lifecycle.lines.cites_for` for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from admission.audit.life.histories import Days
from admission.rulebook.model import DutyCite, Period

__all__ = ["CiteTable", "Stretches"]


class Stretches:
    """Time cut at every day on which some period begins or has ended: between two cuts nothing changes."""

    def __init__(self, periods: Iterable[Period]) -> None:
        cuts = set()
        for period in periods:
            cuts.add(period.start.toordinal())
            if period.end is not None:
                cuts.add(period.end.toordinal() + 1)
        self._cuts = np.array(sorted(cuts), np.int64)

    def __len__(self) -> int:
        return len(self._cuts) + 1

    def of(self, days: Days) -> Days:
        """The number of the stretch each day lies in."""
        return np.searchsorted(self._cuts, days, side="right")


class CiteTable:
    """The citations of a duty; the first in force on the first day, else on the second, else the earliest."""

    def __init__(self, cites: Sequence[DutyCite]) -> None:
        self._stretches = Stretches(cite.effective for cite in cites)
        first = min(cite.effective.start for cite in cites)
        self._otherwise = next(at for at, cite in enumerate(cites) if cite.effective.start == first)
        days = sorted({day for cite in cites for day in _ends(cite.effective)})
        self._first = np.full(len(self._stretches), -1, np.int64)
        for number in days:
            in_force = [at for at, cite in enumerate(cites) if _holds(cite.effective, number)]
            self._first[self._stretches.of(np.array([number]))] = in_force[0] if in_force else -1

    def of(self, days: Days, later: Days) -> Days:
        """The position of the citation for an act that began on `days` and ended on `later`."""
        found = self._first[self._stretches.of(days)]
        found = np.where(found < 0, self._first[self._stretches.of(later)], found)
        return np.where(found < 0, self._otherwise, found)


def _ends(period: Period) -> tuple[int, ...]:
    """A day of each stretch that a period begins."""
    start = period.start.toordinal()
    return (start,) if period.end is None else (start, period.end.toordinal() + 1)


def _holds(period: Period, day: int) -> bool:
    return period.start.toordinal() <= day and (period.end is None or day <= period.end.toordinal())
