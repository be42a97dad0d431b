"""The operations on single values: codes, sets, dates, numbers."""

from __future__ import annotations

from datetime import date

import pytest

from admission.logic import values
from admission.logic.nodes import ArithmeticOp, CompareOp, ShiftUnit


@pytest.mark.parametrize(
    ("codes", "prefixes", "expected"),
    [
        (None, ("33",), None),
        (frozenset(), ("33",), False),
        ({"3391"}, ("33",), True),
        ({"33"}, ("33",), True),
        ({"3443"}, ("33",), False),
        ({"339"}, ("3391",), None),
        ({"339"}, ("3443",), False),
        ({"33", "3443"}, ("3391", "344"), True),  # one certain code is enough
        ({"33", "2614"}, ("3391",), None),
        ({"04"}, ("0411",), None),
    ],
)
def test_under(codes: frozenset[str] | None, prefixes: tuple[str, ...], expected: bool | None) -> None:
    assert values.under(codes, prefixes) is expected


@pytest.mark.parametrize("prefixes", [("33",), ("3391", "34"), ("3", "3391"), ("0411",)])
def test_shorter_codes_are_those_under_cannot_decide(prefixes: tuple[str, ...]) -> None:
    starts = {prefix[:length] for prefix in ("3391", "3443", "0411") for length in range(1, 5)}
    undecided = {code for code in starts if values.under({code}, prefixes) is None}
    assert undecided <= set(values.shorter_codes(prefixes))
    assert all(values.under({code}, prefixes) is None for code in values.shorter_codes(prefixes))


@pytest.mark.parametrize(
    ("members", "wanted", "expected"),
    [
        (None, ("new",), None),
        (frozenset(), ("new",), False),
        ({"new"}, ("new", "expansion"), True),
        ({"alteration"}, ("new", "expansion"), False),
        ({"alteration", "expansion"}, ("new", "expansion"), True),
    ],
)
def test_any_of(members: frozenset[str] | None, wanted: tuple[str, ...], expected: bool | None) -> None:
    assert values.any_of(members, wanted) is expected


@pytest.mark.parametrize(
    ("day", "unit", "amount", "expected"),
    [
        ("2026-01-31", "days", 1, "2026-02-01"),
        ("2026-03-01", "days", -1, "2026-02-28"),
        ("2026-01-31", "months", 1, "2026-02-28"),
        ("2024-01-31", "months", 1, "2024-02-29"),
        ("2026-12-15", "months", 1, "2027-01-15"),
        ("2026-01-15", "months", -1, "2025-12-15"),
        ("2026-08-15", "months", 60, "2031-08-15"),
        ("2024-02-29", "years", 1, "2025-02-28"),
        ("2024-02-29", "years", 4, "2028-02-29"),
        ("2026-05-05", "years", 0, "2026-05-05"),
        # outside the years 1 to 9999
        ("9999-12-31", "days", 1, None),
        ("0001-01-01", "days", -1, None),
        ("9999-12-31", "months", 1, None),
        ("0001-01-31", "months", -1, None),
        ("2026-01-01", "years", 10**12, None),
        ("2026-01-01", "days", 10**300, None),
        ("0001-01-01", "days", 0, "0001-01-01"),
        ("9999-11-30", "months", 1, "9999-12-30"),
    ],
)
def test_shift(day: str, unit: ShiftUnit, amount: int, expected: str | None) -> None:
    moved = values.shift(date.fromisoformat(day), unit, amount)
    assert moved == (None if expected is None else date.fromisoformat(expected))


def test_an_unknown_day_stays_unknown() -> None:
    assert values.shift(None, "days", 1) is None


@pytest.mark.parametrize("unit", ["days", "months", "years"])
@pytest.mark.parametrize("amount", [0, 1, -1, 400, -400])
def test_shiftable_is_the_span_that_shift_can_move(unit: ShiftUnit, amount: int) -> None:
    span = values.shiftable(unit, amount)
    assert span is not None
    first, last = span
    assert values.shift(first, unit, amount) is not None
    assert values.shift(last, unit, amount) is not None
    assert first == date.min or values.shift(values.shift(first, "days", -1), unit, amount) is None
    assert last == date.max or values.shift(values.shift(last, "days", 1), unit, amount) is None


@pytest.mark.parametrize("amount", [10**7, -(10**7)])
def test_nothing_can_move_too_far(amount: int) -> None:
    assert values.shiftable("days", amount) is None


@pytest.mark.parametrize(
    ("op", "less", "equal", "greater"),
    [
        ("=", False, True, False),
        ("!=", True, False, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
    ],
)
@pytest.mark.parametrize(("low", "high"), [(1.0, 2.0), (date(2026, 1, 1), date(2026, 1, 2)), (False, True), ("a", "b")])
def test_compare(op: CompareOp, less: bool, equal: bool, greater: bool, low: object, high: object) -> None:
    assert values.compare(op, low, high) is less
    assert values.compare(op, low, low) is equal
    assert values.compare(op, high, low) is greater
    assert values.compare(op, None, low) is None
    assert values.compare(op, low, None) is None


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("+", 1.5, 2.0, 3.5),
        ("-", 1.5, 2.0, -0.5),
        ("*", 1.5, 2.0, 3.0),
        ("/", 3.0, 2.0, 1.5),
        ("/", 0.0, 2.0, 0.0),
        ("/", 1.0, 0.0, None),
        ("/", 0.0, 0.0, None),
        ("/", 1.0, -0.0, None),
        ("+", 1e308, 1e308, None),
        ("*", 1e200, -1e200, None),
        ("/", 1e308, 1e-308, None),
        ("*", 10**400, 1.5, None),  # an integer beyond the floats
        ("+", None, 1.0, None),
        ("*", 0.0, None, None),
    ],
)
def test_arithmetic(op: ArithmeticOp, left: float | None, right: float | None, expected: float | None) -> None:
    assert values.arithmetic(op, left, right) == expected
