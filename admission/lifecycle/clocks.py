"""Counting periods as the law counts them: calendar days, PRC working days, months, years.

The day a period starts from does not count; its last day does. A month or year ends on the day of
the same number, or on the last of a shorter month.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from admission.rulebook.life_model import Unit

__all__ = ["Day", "add", "is_working_day", "working_days_between"]

_MONTHS = 12
_WEEKEND = 5
_ONE = timedelta(days=1)


class Day(NamedTuple):
    """A computed day; `estimated` where working days were counted beyond the published holidays."""

    day: date
    estimated: bool = False


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> Day | None:
    """`day` if it is a PRC working day (法定工作日, with the days swapped for holidays), else None.

    For years whose holidays are not yet published Monday to Friday count, flagged as estimated.
    """
    import chinese_calendar

    try:
        return Day(day) if chinese_calendar.is_workday(day) else None
    except NotImplementedError:
        return Day(day, estimated=True) if day.weekday() < _WEEKEND else None


@lru_cache(maxsize=8192)
def add(day: date, number: int, unit: Unit) -> Day:
    """`number` units after `day`, or before it when negative; the calendar's end is the latest day there is."""
    try:
        if unit == "working_day":
            return _add_working_days(day, number)
        if unit == "calendar_day":
            return Day(day + timedelta(days=number))
        return Day(_add_months(day, number if unit == "month" else number * _MONTHS))
    except (OverflowError, ValueError):
        return Day(date.max if number > 0 else date.min)


def _add_working_days(day: date, number: int) -> Day:
    step, left, estimated = (_ONE if number > 0 else -_ONE), abs(number), False
    while left:
        day += step
        found = is_working_day(day)
        if found is not None:
            left -= 1
            estimated = estimated or found.estimated
    return Day(day, estimated)


def _add_months(day: date, number: int) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + number, _MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_days_between(start: date, end: date) -> tuple[int, bool]:
    """Working days after `start` up to and including `end`, and whether some were estimated."""
    count, estimated, day = 0, False, start
    while day < end:
        day += _ONE
        found = is_working_day(day)
        count += found is not None
        estimated = estimated or (found is not None and found.estimated)
    return count, estimated
