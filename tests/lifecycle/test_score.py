"""Readiness for the three simultaneities in the fit score: what the milestones show, and the plan for the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission import Project, read_projects, screen
from admission.screening.decision import CriterionResult, PhaseCount
from admission.screening.facts import component_facts
from admission.screening.score import score
from tests.lifecycle.histories import FORM, follow, project, rules

PLAN = {"three_simultaneous_plan": True, "env_investment_percent": 4}
DESIGNED = (("eia_approval_date", "2025-01-10"), ("prelim_design_env_chapter", "2025-02-10"))


def criterion(given: Project, on: str = "2026-07-01") -> CriterionResult:
    decision = screen(given, rules().in_force("shizhu", on=date.fromisoformat(on)))
    (found,) = [item for item in decision.score.criteria if item.id == "three_simultaneities"]
    return found


def points(counts: dict[str, int], facts: dict[str, Any] | None = None) -> tuple[float, float, tuple[str, ...]]:
    """The criterion for a project with these facts when its duties stand so."""
    ruleset = rules().in_force("shizhu", on=date(2026, 7, 1))
    none = {"met": 0, "pending": 0, "overdue": 0, "unknown": 0}
    phase = PhaseCount(phase="design", title="同时设计", **{**none, **counts})
    components = component_facts(project(facts={**FORM, **(facts or {})}), ruleset)
    found = next(item for item in score(ruleset, components, "zh", (phase,)).criteria if item.phases)
    return found.low, found.high, found.needs


@pytest.mark.parametrize(
    ("counts", "facts", "expected"),
    [
        ({"met": 3}, {}, (100, 100, ())),
        ({"overdue": 3}, PLAN, (0, 0, ())),
        ({"met": 1, "overdue": 1}, {}, (50, 50, ())),
        ({"unknown": 2, "met": 2}, {}, (50, 100, ())),
        ({"pending": 1}, PLAN, (100, 100, ())),
        ({"pending": 1, "overdue": 3}, PLAN, (25, 25, ())),
        ({"pending": 2, "met": 1, "overdue": 1}, {"three_simultaneous_plan": False}, (25, 25, ())),
        ({"pending": 1, "met": 1}, {}, (50, 100, ("three_simultaneous_plan",))),
        ({"pending": 1, "unknown": 1, "overdue": 2}, {}, (0, 50, ("three_simultaneous_plan",))),
    ],
)
def test_duties_count_alike_and_what_is_not_due_is_worth_its_plan(
    counts: dict[str, int], facts: dict[str, Any], expected: tuple[float, float, tuple[str, ...]]
) -> None:
    low, high, needs = points(counts, facts)
    assert (low, high) == expected[:2]
    assert needs[:1] == expected[2]


def test_without_milestones_the_plan_alone_counts() -> None:
    found = criterion(project(facts={**FORM, **PLAN}))
    assert (found.low, found.high, found.phases) == (100, 100, ())


def test_the_contributions_are_those_of_the_life_cycle() -> None:
    given = project(*DESIGNED, ("construction_start", "2025-03-01"), facts={**FORM, **PLAN})
    found = criterion(given)
    phases = follow(*DESIGNED, ("construction_start", "2025-03-01")).readiness.phases
    for shown, phase in zip(found.phases, phases, strict=True):
        counts = (shown.met, shown.pending, shown.overdue, shown.unknown)
        assert counts == (phase.met, phase.pending, phase.overdue, phase.unknown)
        assert shown.title == phase.title
    assert sum(phase.met for phase in found.phases) >= 1


def test_an_unknown_day_widens_the_interval_and_never_narrows_it() -> None:
    known = criterion(project(*DESIGNED, ("construction_start", "2025-03-01"), facts={**FORM, **PLAN}))
    unknown = (DESIGNED[0], ("prelim_design_env_chapter", None))
    open_ = criterion(project(*unknown, ("construction_start", "2025-03-01"), facts={**FORM, **PLAN}))
    assert open_.low < known.low
    assert open_.low < open_.high
    assert sum(phase.unknown for phase in open_.phases) == 1 + sum(phase.unknown for phase in known.phases)


def test_a_missed_duty_lowers_the_whole_score() -> None:
    ruleset = rules().in_force("shizhu", on=date(2026, 7, 1))
    before = screen(project(facts={**FORM, **PLAN}), ruleset).score
    given = project(("eia_approval_date", "2025-06-01"), ("construction_start", "2025-03-01"), facts={**FORM, **PLAN})
    after = screen(given, ruleset).score
    assert after.low < before.low


def test_only_the_criterion_that_counts_duties_changes() -> None:
    head = "name: 试验\npark: shizhu\nindustry: ['3443']\n"
    text = head + "milestones:\n  - {event: construction_start, date: 2025-03-01}\n"
    (with_day,) = read_projects(text.encode(), "t.yaml", rules())
    ruleset = rules().in_force("shizhu", on=date(2026, 7, 1))
    plain = screen(with_day.model_copy(update={"milestones": ()}), ruleset).score.criteria
    changed = {a.id for a, b in zip(screen(with_day, ruleset).score.criteria, plain, strict=True) if a != b}
    assert changed == {"three_simultaneities"}
