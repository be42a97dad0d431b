from __future__ import annotations

from collections.abc import Sequence

import pytest

from admission.errors import ProblemCode as C
from admission.review.checks import check_rules
from admission.review.reach import unreachable
from admission.rulebook import SourceFile
from tests.review.benches import bench_of, changed


def found(files: Sequence[SourceFile] | None = None) -> list[tuple[C, str]]:
    return [(p.code, str(p.place)) for p in check_rules(bench_of("", files)).problems]


def test_the_small_rulebook_has_one_gap() -> None:
    review = check_rules(bench_of(""))
    assert [(p.code, str(p.values["start"])) for p in review.problems] == [(C.EDITION_GAP, "2027-01-01")]
    assert {p.code for p in review.notices} == {C.NO_CASES}
    assert all("{" not in p.text(lang) for p in (*review.problems, *review.notices) for lang in ("zh", "en"))


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("lists.yaml", "article: 第三条", "article: ' '", C.CITATION),
        ("eia.yaml", "form: {when: 'true',", "form: {when: coating_t_per_year > 10,", C.UNREACHABLE),
        ("eia.yaml", "scope: is_large", "scope: is_large and not is_large", C.UNREACHABLE),
        ("lists.yaml", "when: bank_distance_m <= 2000", "when: is_large and coating_t_per_year < 10", C.UNREACHABLE),
        ("lists.yaml", "when: bank_distance_m <= 2000", "when: under(industry, '34') = false", None),
        ("lists.yaml", "when: bank_distance_m <= 2000", "when: not under(industry, '34', '33')", None),
    ],
)
def test_what_does_not_hold_is_told(file: str, old: str, new: str, code: C | None) -> None:
    files = changed(file, old, new)
    line = dict(files)[f"base/{file}"].decode().partition(new)[0].count("\n") + 1
    places = {at: code for code, at in found(files)}
    assert places.get(f"base/{file}:{line}") is code


def test_days_on_which_a_duty_has_nothing_to_cite() -> None:
    (problem,) = (
        p for p in check_rules(bench_of("", changed("duties.yaml", "08-14", "08-10"))).problems if p.field == "cite"
    )
    assert (problem.code, str(problem.values["day"])) == (C.UNCITED_DAYS, "2026-08-11")


def test_editions_that_follow_each_other_leave_no_gap() -> None:
    assert found(changed("eia.yaml", "from: 2027-01-01", "from: 2026-01-01")) == []


DOUBLE = """
  - id: NAT-02
    title: {zh: 又一条, en: Another}
    article: 第二条
    effect: restrict
    dimension: spatial_layout
    department: 生态环境
    when: 1000 >= bank_distance_m or is_large
    status: verified
    confidence: high
    provenance: 测试
  - id: NAT-03
    title: {zh: 再一条, en: One more}
    article: 第三条
    effect: %s
    dimension: spatial_layout
    department: 生态环境
    when: is_large or 1000 >= bank_distance_m
    status: verified
    confidence: high
    provenance: 测试
---
edition: RIVER
"""


@pytest.mark.parametrize(("effect", "count"), [("restrict", 1), ("prohibit", 0)])
def test_the_same_condition_with_the_same_effect(effect: str, count: int) -> None:
    files = changed("lists.yaml", "\n---\nedition: RIVER\n", DOUBLE % effect)
    assert [code for code, _ in found(files)].count(C.DUPLICATE_RULE) == count


def test_two_documents_may_say_the_same() -> None:
    files = changed("lists.yaml", "applies_to: {river_basin: yangtze}\n", "")
    text = dict(files)["base/lists.yaml"].decode()
    text = text.replace("when: bank_distance_m <= 100\n", "when: bank_distance_m <= 1000\n")
    text = text.replace("effect: prohibit", "effect: restrict", 1)
    review = check_rules(bench_of("", tuple({**dict(files), "base/lists.yaml": text.encode()}.items())))
    assert [p.code for p in review.notices if p.code is not C.NO_CASES] == [C.DUPLICATE_RULE]


def test_the_shipped_rules_hold() -> None:
    from tests.rules.case_runner import bench

    assert [problem.text() for problem in check_rules(bench()).problems] == []


def test_what_cases_reach_is_reachable() -> None:
    from tests.rules.case_runner import bench

    whole = bench()
    reached = {
        rule for case in whole.cases for rule in (e.rule for e in case.expect if e.found in (("hit",), ("met",)))
    }
    assert [rule for rule in sorted(reached) if list(unreachable(whole.rules[rule], whole.rulebook))] == []
