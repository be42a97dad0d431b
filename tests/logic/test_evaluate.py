"""The plain reading of conditions: three-valued, form by form; and which facts stay open."""

from __future__ import annotations

from datetime import date

import pytest

from admission.logic.evaluate import Facts, evaluate, open_facts
from admission.logic.nodes import Constant, Expr, Or
from admission.logic.parse import parse
from admission.vocabulary import Value

DAY = date(2026, 8, 15)
FACTS: Facts = {
    "yes": True,
    "no": False,
    "unstated": None,
    "three": 3.0,
    "zero": 0.0,
    "day": DAY,
    "kind": "arc",
    "codes": frozenset({"3391"}),
    "short": frozenset({"339"}),
    "nothing": frozenset(),
    "natures": frozenset({"new", "relocation"}),
}

VALUES: dict[str, Value | None] = {
    # constants and facts
    "true": True,
    "'x'": "x",
    "2": 2.0,
    "yes": True,
    "unstated": None,
    "absent": None,
    "codes": frozenset({"3391"}),
    # not
    "not yes": False,
    "not no": True,
    "not unstated": None,
    # and, or with more than two parts
    "yes and yes and yes": True,
    "yes and unstated and no": False,
    "yes and unstated and yes": None,
    "no or no or no": False,
    "no or unstated or yes": True,
    "no or unstated or no": None,
    # comparisons
    "three = 3": True,
    "three != 3": False,
    "three > 3": False,
    "three >= 3": True,
    "3 < three": False,
    "3 <= three": True,
    "three > unstated": None,
    "unstated = unstated": None,
    "yes = true": True,
    "no = unstated": None,
    "day = DATE '2026-08-15'": True,
    "day < DATE '2026-08-16'": True,
    "kind = 'arc'": True,
    "kind != 'arc'": False,
    # in, between
    "three in (1, 3)": True,
    "three in (1, 2)": False,
    "unstated in (1, 2)": None,
    "three not in (1, 2)": True,
    "unstated not in (1, 2)": None,
    "kind in ('arc')": True,
    "three between 3 and 4": True,
    "three between 1 and 3": True,
    "three between 4 and 5": False,
    "three between 4 and unstated": False,  # too small whatever the upper bound
    "three between 1 and unstated": None,
    # is null
    "unstated is null": True,
    "three is null": False,
    "three is not null": True,
    "(three + unstated) is null": True,
    "codes is null": False,
    # arithmetic
    "three + 1": 4.0,
    "three - 1": 2.0,
    "three * 2": 6.0,
    "three / 2": 1.5,
    "-three": -3.0,
    "three / zero": None,
    "three / zero > 1": None,
    "three + unstated": None,
    "1e308 * 10": None,
    "greatest(three, 5, 4)": 5.0,
    "least(three, 5, 4)": 3.0,
    "greatest(three, unstated)": None,
    "greatest(day, DATE '2026-01-01')": DAY,
    "least(day, DATE '2026-01-01')": date(2026, 1, 1),
    # dates
    "add_days(day, 20)": date(2026, 9, 4),
    "add_months(day, -6)": date(2026, 2, 15),
    "add_years(day, 5)": date(2031, 8, 15),
    "add_years(day, 9999)": None,
    "add_days(unstated, 20)": None,
    # cases
    "case when yes then 1 else 2 end": 1.0,
    "case when no then 1 else 2 end": 2.0,
    "case when unstated then 1 else 1 end": None,
    "case when yes then unstated else 2 end": None,
    "case when no then 1 end": None,
    "case when no then 1 when yes then 2 end": 2.0,
    # codes and sets
    "under(codes, '33')": True,
    "under(codes, '34')": False,
    "under(short, '33')": True,
    "under(short, '3391')": None,
    "under(nothing, '33')": False,
    "under(unstated, '33')": None,
    "any_of(natures, 'new', 'expansion')": True,
    "any_of(natures, 'expansion')": False,
    "any_of(nothing, 'new')": False,
    "any_of(unstated, 'new')": None,
}


@pytest.mark.parametrize(("text", "value"), VALUES.items(), ids=VALUES)
def test_values(text: str, value: Value | None) -> None:
    found = evaluate(parse(text), FACTS)
    assert found == value
    assert type(found) is type(value)


OPEN: dict[str, tuple[str, ...]] = {
    "yes": (),
    "unstated": ("unstated",),
    "absent and unstated": ("absent", "unstated"),
    "unstated or absent or unstated": ("unstated", "absent"),
    # decided parts are passed over
    "no and unstated": (),
    "yes or unstated": (),
    "no or unstated": ("unstated",),
    "unstated and (absent or yes)": ("unstated",),
    "unstated and not (absent and no)": ("unstated",),
    # so are decided values
    "unstated > three": ("unstated",),
    "three / zero > 1": (),
    "greatest(three, absent) in (1)": ("absent",),
    "add_days(absent, 1) > day": ("absent",),
    # codes and sets, also one that is too short
    "under(unstated, '33') or any_of(absent, 'new')": ("unstated", "absent"),
    "under(short, '3391')": ("short",),
    "under(short, '33')": (),
    # a case hangs on its condition, and on what may follow from it
    "case when unstated then absent else other end": ("unstated", "absent", "other"),
    "case when unstated then absent end": ("unstated", "absent"),
    "case when yes then absent else other end": ("absent",),
    "case when no then absent else other end": ("other",),
    "case when no then absent end": (),
    "case when unstated then 1 else 1 end = 1": ("unstated",),
    # a request for evidence is always decided
    "unstated is null": (),
    "three is null or absent": ("absent",),
}


@pytest.mark.parametrize(("text", "names"), OPEN.items(), ids=OPEN)
def test_open_facts(text: str, names: tuple[str, ...]) -> None:
    assert open_facts(parse(text), FACTS) == names


def test_a_form_outside_the_list_is_a_programming_error() -> None:
    class Stranger:
        pass

    stranger: Expr = Stranger()  # type: ignore[assignment]
    with pytest.raises(AssertionError):
        evaluate(Or((Constant(False), stranger)), {})
