from __future__ import annotations

from datetime import date

import pytest

from admission.errors import ProblemCode as C
from tests.review.benches import bench_of, problems_of

GOOD = """\
  - name: 十吨
    as_of: 2024-01-01
    given: {industry: ['3443'], 涂料用量: 10}
    expect: {EIA-1-001: report}
"""


def test_a_case_is_read() -> None:
    (case,) = bench_of(GOOD).cases
    assert (case.name, case.as_of, case.at) == ("十吨", date(2024, 1, 1), "base/x.cases.yaml:2")
    assert case.values == {"industry": frozenset({"3443"}), "coating_t_per_year": 10}
    assert [(e.rule, e.found, e.place.line) for e in case.expect] == [("EIA-1-001", ("report",), 5)]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("name:", "nmae:", C.UNKNOWN_KEY, 2),
        ("    as_of: 2024-01-01\n", "", C.MISSING_KEY, 2),
        ("2024-01-01", "2024-02-30", C.BAD_DATE, 3),
        ("涂料用量", "涂料用料量", C.UNKNOWN_KEY, 4),
        (": 10}", ": ten}", C.WRONG_TYPE, 4),
        (": 10}", ": 10, coating_t_per_year: 10}", C.STATED_TWICE, 4),
        ("EIA-1-001", "EIA-1-009", C.UNKNOWN_REFERENCE, 5),
        ("report}", "reprot}", C.UNKNOWN_MEMBER, 5),
        ("{EIA-1-001: report}", "{SCORE/a/size: 100}", C.UNKNOWN_REFERENCE, 5),
        ("{EIA-1-001: report}", "{SCORE/size: 101}", C.OUT_OF_RANGE, 5),
        ("{EIA-1-001: report}", "{SCORE/size: much}", C.OUT_OF_RANGE, 5),
        ("{EIA-1-001: report}", "{DUTY-1: hit}", C.UNKNOWN_MEMBER, 5),
        ("{EIA-1-001: report}", "{}", C.MISSING_KEY, 5),
        ("{EIA-1-001: report}", "report", C.NOT_A_MAPPING, 5),
        ("report}\n", "report}\n    needs: [coating]\n", C.UNKNOWN_KEY, 6),
        ("report}\n", "report}\n    needs: coating_t_per_year\n", C.NOT_A_LIST, 6),
        ("report}\n", "report}\n    done: [file]\n", C.UNKNOWN_EVENT, 6),
        ("name: 十吨", "name: [十吨]", C.WRONG_TYPE, 2),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, code: C, line: int) -> None:
    assert GOOD.count(old) >= 1
    found = problems_of(GOOD.replace(old, new))
    assert (code, line) in [(problem.code, problem.place.line) for problem in found]
    assert all("{" not in problem.text(lang) for problem in found for lang in ("zh", "en"))


def test_all_mistakes_come_at_once() -> None:
    text = GOOD.replace("2024-01-01", "soon").replace("涂料用量", "涂") + GOOD.replace("report", "no")
    assert [problem.code for problem in problems_of(text)] == [C.UNKNOWN_KEY, C.BAD_DATE, C.UNKNOWN_MEMBER]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kases: []", C.MISSING_KEY),
        ("cases: 1", C.NOT_A_LIST),
        ("cases: [1]", C.NOT_A_MAPPING),
        ("1", C.NOT_A_MAPPING),
        ("# nothing", C.FILE_EMPTY),
        ("cases: [", C.SYNTAX),
    ],
)
def test_a_file_that_is_not_made_of_cases(text: str, code: C) -> None:
    (problem,) = problems_of(text.encode())
    assert problem.code is code


CASES = """\
  - {name: a, as_of: 2024-01-01, given: {industry: ['3443'], coating_t_per_year: 9}, expect: {EIA-1-001: %s}}
  - {name: b, as_of: 2024-01-01, given: {industry: ['3391']}, expect: {EIA-1-001: %s}}
  - {name: c, as_of: 2019-12-31, given: {}, expect: {EIA-1-001: %s}}
  - {name: d, as_of: 2024-01-01, given: {bank_distance_m: 2000}, expect: {CITY-01: %s, NAT-01: %s}}
  - {name: e, as_of: 2024-01-01, given: {has_boiler: true, furnace: cupola}, expect: {PARK-A-01: %s}}
  - {name: f, as_of: 2024-01-01, given: {is_large: true, industry: ['33']}, expect: {SCORE/size: %s, SCORE/kind: %s}}
  - {name: g, as_of: 2024-01-01, given: {coating_t_per_year: 10}, expect: {DUTY-1: %s}}
  - {name: h, as_of: 2024-01-01, given: {coating_t_per_year: 10}, done: [filed], expect: {DUTY-1: %s}}
  - {name: i, as_of: 2024-01-01, given: {}, expect: {DUTY-1: %s}, needs: [coating_t_per_year]}
  - {name: j, as_of: 2023-01-01, given: {}, expect: {RIVER-01: %s}}
"""
RIGHT = ("[form, report]", "not_applicable", "not_in_force", "hit", "clear", "unmet", "100", "0", "pending", "met")
RIGHT += ("unknown", "not_in_force")


def test_every_kind_of_rule_has_cases() -> None:
    bench = bench_of(CASES % RIGHT)
    assert [difference for result in bench.results for difference in result.differences] == []
    assert all(result.passed for result in bench.results)


def test_every_kind_of_rule_tells_a_difference() -> None:
    wrong = ("none", "form", "form", "clear", "hit", "met", "[0, 100]", "100", "met", "pending", "pending", "hit")
    bench = bench_of(CASES % wrong)
    found = [d for result in bench.results for d in result.differences if not d.missing]
    assert [d.rule for d in found] == [e.rule for case in bench.cases for e in case.expect]
    assert all(d.place.line for d in found)


def test_a_fact_that_is_not_asked_for() -> None:
    text = GOOD.replace("涂料用量: 10", "in_entry_sensitive_area: false").replace("report}", "[report, form]}")
    bench = bench_of(text + "    needs: [coating_t_per_year, bank_distance_m]\n")
    (result,) = bench.results
    assert [d.missing for d in result.differences] == [("bank_distance_m",)]


def test_facts_that_contradict_each_other() -> None:
    (result,) = bench_of(GOOD.replace("涂料用量: 10", "涂料用量: 10, is_large: false")).results
    assert [(p.code, str(p.place)) for p in result.problems] == [(C.CONTRADICTION, result.case.at)]
    assert not result.passed


def test_a_duty_sees_the_class_that_the_case_states() -> None:
    from tests.rules.case_runner import bench

    cases = [case for case in bench().cases if "eia_class" in case.values]
    assert {case.values["eia_class"] for case in cases} == {"report", "form", "registration", "none"}
    assert all(bench().run(case).passed for case in cases)
