"""Periods counted for columns of days: `lifecycle.limits` for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from admission.audit.life.histories import NO_DAY, Days, moved
from admission.lifecycle.events import History, Occurrence
from admission.lifecycle.limits import bound_of, cycles
from admission.rulebook.life_model import Limit
from admission.rulebook.life_rules import LifeRules

__all__ = ["Cycles", "DayTable", "counted_by"]

_WINDOW = (date(1950, 1, 1).toordinal(), date(2150, 1, 1).toordinal())
"""The days whose results are kept in a table; others are computed each time."""
_UNASKED = -1


class DayTable:
    """A function of a day, asked once for each day and kept for the whole audit; no day stays none."""

    def __init__(self, function: Callable[[date], date]) -> None:
        self._function = function
        self._known = np.full(_WINDOW[1] - _WINDOW[0], _UNASKED, np.int64)

    def __call__(self, days: Days) -> Days:
        """The result for every day."""
        outside = (days < _WINDOW[0]) | (days >= _WINDOW[1])
        places = np.where(outside, 0, days - _WINDOW[0])
        found = self._known[places]
        missing = (found == _UNASKED) & ~outside
        if missing.any():
            asked = np.unique(places[missing])
            self._known[asked] = moved(asked + _WINDOW[0], self._function)
            found = self._known[places]
        return (
            np.where(outside, moved(np.where(outside, days, NO_DAY), self._function), found) if outside.any() else found
        )


def counted_by(limit: Limit) -> Callable[[Days], Days]:
    """From the days a limit is counted from to its last lawful (or, of a floor, first lawful) days."""
    if limit.unit is None and not limit.exclusive and not limit.first_day_counts:
        return lambda days: days
    nothing = History((), date.max, LifeRules())
    event = limit.events[0]

    def counted(day: date) -> date:
        bound = bound_of(limit, nothing, Occurrence(day, event, day), event, None)
        assert bound.day is not None
        return bound.day

    return DayTable(counted)


class Cycles:
    """The yearly days of a limit: the last one that has passed and the first to come, by the day it starts from.

    Whatever the start, they are the same two days, as far as they lie after it; for what starts on the very day of the
    audit the first to come is the next one.
    """

    def __init__(self, limit: Limit, on: date) -> None:
        self._pairs = [_numbers(pair) for pair in cycles(limit.yearly, _two_years_before(on), on)]
        self._next = [_numbers(pair) for pair in cycles(limit.yearly, on, on)]

    def __call__(self, starts: Days) -> Iterator[tuple[Days, Days]]:
        """For each cycle the due day before it, and its due day: 0 where there is none."""
        for place, (previous, due) in enumerate(self._pairs, 1):
            later, fallback = due > starts, (NO_DAY, NO_DAY)
            if place == len(self._pairs) and self._next:
                fallback = self._next[-1]
            yield np.where(later, previous, fallback[0]), np.where(later, due, fallback[1])


def _numbers(pair: tuple[date, date]) -> tuple[int, int]:
    return pair[0].toordinal(), pair[1].toordinal()


def _two_years_before(day: date) -> date:
    return date(max(day.year - 2, 1), 1, 1)
