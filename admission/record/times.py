"""Days and ids from the time that was given: nothing here reads the clock."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta, timezone

__all__ = ["CHINA", "local_day", "new_id"]

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time of every Chinese office; without summer time, whatever data of time zones the machine has."""


def local_day(at: datetime) -> date:
    """The day of `at` in China."""
    return at.astimezone(CHINA).date()


def new_id(letter: str, at: datetime) -> str:
    """An id such as `D20261124-3f9ac1b2d4`: the day in China, then random."""
    return f"{letter}{local_day(at):%Y%m%d}-{secrets.token_hex(5)}"
