"""The few operations on values that conditions need beyond Python's own: codes, sets, dates.

Each is three-valued: `None` in, `None` out.
"""

from __future__ import annotations

import math
import operator
from calendar import monthrange
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from admission.logic.nodes import ArithmeticOp, CompareOp, ShiftUnit

__all__ = ["any_of", "arithmetic", "compare", "shift", "shiftable", "shorter_codes", "under"]


def under(codes: Collection[str] | None, prefixes: tuple[str, ...], longest: int | None = None) -> bool | None:
    """Does some code start with one of `prefixes`? A shorter code that still could is unknown.

    `under({'3391'}, ('33',))` is true, `under({'339'}, ('3391',))` unknown, `under(set(), …)` false.
    `longest` is the length of the longest prefix where the caller knows it: a code as long is decided.
    """
    if codes is None:
        return None
    undecided = False
    for code in codes:
        if code.startswith(prefixes):
            return True
        if longest is None or len(code) < longest:
            undecided = undecided or any(prefix.startswith(code) for prefix in prefixes)
    return None if undecided else False


def shorter_codes(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes for which `under` is undecided: they begin one of `prefixes` and fall under none.

    >>> shorter_codes(("33", "3452"))
    ('3', '34', '345')
    """
    codes = {prefix[:length] for prefix in prefixes for length in range(1, len(prefix))}
    return tuple(sorted(code for code in codes if not code.startswith(prefixes)))


def any_of(members: Collection[str] | None, wanted: tuple[str, ...]) -> bool | None:
    """Is at least one of `wanted` among `members`?"""
    if members is None:
        return None
    return not frozenset(members).isdisjoint(wanted)


def shift(day: date | None, unit: ShiftUnit, amount: int) -> date | None:
    """`day` moved by days, months or years; the day of the month clips to the month's end.

    A day outside the years 1 to 9999 is unknown.
    """
    if day is None:
        return None
    if unit == "days":
        moved = day.toordinal() + amount
        return date.fromordinal(moved) if 1 <= moved <= date.max.toordinal() else None
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shiftable(unit: ShiftUnit, amount: int) -> tuple[date, date] | None:
    """First and last day that `shift` can move by `amount`; None when it can move no day."""
    edge = shift(date.min if amount < 0 else date.max, unit, -amount)
    if edge is None:
        return None
    return (edge, date.max) if amount < 0 else (date.min, edge)


_COMPARISONS: dict[CompareOp, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(op: CompareOp, left: object, right: object) -> bool | None:
    """`left op right`, unknown when either side is."""
    if left is None or right is None:
        return None
    return _COMPARISONS[op](left, right)


def arithmetic(op: ArithmeticOp, left: float | None, right: float | None) -> float | None:
    """`left op right`; division by zero and results outside the finite numbers are unknown."""
    if left is None or right is None or (op == "/" and right == 0):
        return None
    try:
        result = {"+": left + right, "-": left - right, "*": left * right}[op] if op != "/" else left / right
    except OverflowError:
        return None
    return result if math.isfinite(result) else None
