"""Periods counted as the law counts them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.lifecycle.clocks import Day, add, is_working_day, working_days_between
from admission.rulebook.life_model import Unit

DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("start", "number", "unit", "expected"),
    [
        ("2025-01-31", 1, "month", "2025-02-28"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2024-02-29", 5, "year", "2029-02-28"),
        ("2020-03-10", 5, "year", "2025-03-10"),
        ("2024-11-20", 3, "month", "2025-02-20"),
        ("2024-11-20", 12, "month", "2025-11-20"),
        ("2026-05-01", 60, "calendar_day", "2026-06-30"),
        ("2026-06-30", -60, "calendar_day", "2026-05-01"),
        ("2025-01-01", -1, "month", "2024-12-01"),
        # spring festival 2025: 26 January and 8 February are worked, 28 January to 4 February are not
        ("2025-01-20", 20, "working_day", "2025-02-21"),
        ("2025-01-24", 1, "working_day", "2025-01-26"),
        ("2025-01-27", 1, "working_day", "2025-02-05"),
        ("2025-02-05", -1, "working_day", "2025-01-27"),
        # national day 2024
        ("2024-09-30", 1, "working_day", "2024-10-08"),
        ("2024-10-11", 1, "working_day", "2024-10-12"),
        ("2024-10-11", 0, "working_day", "2024-10-11"),
    ],
)
def test_a_period_ends_on_its_last_day(start: str, number: int, unit: Unit, expected: str) -> None:
    assert add(date.fromisoformat(start), number, unit) == Day(date.fromisoformat(expected))


def test_years_without_published_holidays_are_estimates() -> None:
    friday = date(2031, 1, 3)
    assert add(friday, 5, "working_day") == Day(date(2031, 1, 10), estimated=True)
    assert is_working_day(date(2031, 1, 4)) is None
    assert working_days_between(friday, date(2031, 1, 10)) == (5, True)


def test_the_ends_of_the_calendar() -> None:
    assert add(date.max, 1, "year") == Day(date.max)
    assert add(date.max, 5, "working_day") == Day(date.max)
    assert add(date.min, -1, "calendar_day") == Day(date.min)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_what_was_counted(start: date, number: int) -> None:
    end = add(start, number, "working_day")
    assert working_days_between(start, end.day) == (number, end.estimated)
    assert is_working_day(end.day) is not None


@given(DAYS, st.integers(0, 40), st.sampled_from(["calendar_day", "working_day", "month", "year"]))
def test_a_longer_period_never_ends_earlier(start: date, number: int, unit: Unit) -> None:
    assert start <= add(start, number, unit).day <= add(start, number + 1, unit).day
