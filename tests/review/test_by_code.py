"""Points that no code of the industry table leads to are proved so, and nothing else is."""

from __future__ import annotations

from functools import cache

import pytest

from admission.logic import evaluate
from admission.logic.nodes import And
from admission.review import Bench, open_bench
from admission.review.by_code import Codes
from admission.review.coverage import Point, coverage
from admission.review.reach import conditions_before
from admission.review.sampling import Sampler
from tests.review.benches import bench_of, changed

LEVELS = """report: {when: coating_t_per_year >= 10 or in_entry_sensitive_area, text: 10吨及以上}
      form: {when: 'true', text: 其他}"""
ROWS = 60


def unreachable(when_report: str, when_form: str, industries: str = "['339']", more: str = "") -> set[tuple[str, str]]:
    """Part and truth of what is out of reach in an entry of these two cells."""
    levels = f'report: {{when: "{when_report}", text: 甲}}\n      form: {{when: "{when_form}", text: 乙}}'
    files = dict(changed("eia.yaml", LEVELS, levels))
    text = files["base/eia.yaml"].decode().replace("industries: ['34', '-3391']", f"industries: {industries}{more}", 1)
    codes = files["base/vocabulary/codes.csv"].decode().replace("34,通用", "3392,有色金属铸造,4,339\n34,通用", 1)
    files |= {"base/eia.yaml": text.encode(), "base/vocabulary/codes.csv": codes.encode()}
    bench = bench_of("", tuple(files.items()))
    return {
        (point.value, point.words(bench.rulebook, "en"))
        for point in coverage(bench).unreachable
        if point.rule == "EIA-1-001"
    }


def values(found: set[tuple[str, str]]) -> set[str]:
    return {value for value, _ in found}


def test_cells_that_divide_the_codes_between_them() -> None:
    found = unreachable("under(industry, '3391')", "under(industry, '3392')")
    assert values(found) == {"none", "false"}
    assert len(found) == 2
    assert all("3392" in words for value, words in found if value == "false")


def test_an_open_code_leaves_room() -> None:
    assert unreachable("under(industry, '3391')", "has_boiler") == set()


def test_works_leave_room_for_what_codes_do_not() -> None:
    more = "\n    activities: [boiler]"
    assert unreachable("under(industry, '3391')", "under(industry, '3392')", more=more) == set()


def test_another_cell_of_two_codes_holds_for_a_component_with_both() -> None:
    found = unreachable("under(industry, '3391') and under(industry, '3392')", "true")
    assert found == set()


def test_excluded_codes_do_not_lead_there() -> None:
    found = unreachable("has_boiler", "under(industry, '3392')", "['339', '-3391']")
    assert values(found) == {"none", "false"}


def test_only_catalogue_entries_are_proved() -> None:
    bench = bench_of("")
    assert Codes.of(bench.rules["NAT-01"], bench.rulebook) is None
    assert all(point.rule.startswith(("EIA", "PERMIT")) for point in coverage(bench).unreachable)


@cache
def shipped() -> Bench:
    return open_bench()


@cache
def proved() -> tuple[Point, ...]:
    return coverage(shipped()).unreachable


def test_every_point_of_the_shipped_rules_that_facts_can_reach_has_a_case() -> None:
    found = coverage(shipped())
    assert [(point.rule, point.field, point.value) for point in found.missing] == []
    assert found.reached == found.total > 5000


def test_what_is_out_of_reach_are_branches_of_entries_found_by_code_alone() -> None:
    assert len(proved()) == 40
    entries = {point.rule: shipped().rules[point.rule].owned.rule for point in proved()}
    assert all(entry.industries and not entry.activities and entry.implied_by is None for entry in entries.values())


@pytest.mark.parametrize("number", range(40))
def test_facts_drawn_for_a_point_out_of_reach_never_reach_it(number: int) -> None:
    """The other way round: search for facts as the mutation does, and find none."""
    point = proved()[number]
    subject = shipped().rules[point.rule]
    rulebook = shipped().rulebook
    spot = next(s for s in subject.asked if s.field == (point.field or subject.asked[-1].field))
    part = point.part if point.part is not None else rulebook.conditions.tree(spot.key)
    wanted = {"true": True, "false": False, "unknown": None, "none": False}[point.value]
    before = conditions_before(subject, spot, rulebook)
    whole = And((*before, part))
    rows = [row for row in Sampler(rulebook, (whole,)).rows(whole, ROWS) if evaluate(And(before), row) is True]
    assert rows
    assert all(evaluate(part, row) is not wanted for row in rows)
