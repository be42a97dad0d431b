"""The park itself, questions for a person, readiness, downgraded registrations."""

from __future__ import annotations

from datetime import date

import pytest

from admission import Life, Milestone, lifecycle, screen
from tests.lifecycle.histories import FORM, follow, rules, statuses
from tests.screening.small import duty, flat, rulebook

PLAN = ("planning_approval", "2019-05-10")
REVIEW = ("planning_eia_review_opinion", "2019-03-01")


def park(*milestones: tuple[str, str | None], **options: object) -> Life:
    return follow(*milestones, facts={}, **options)  # type: ignore[arg-type]


def test_milestones_of_a_plan_make_the_park_the_subject() -> None:
    life = park(REVIEW, PLAN)
    assert life.subject == "park"
    assert all(rule.startswith("CN-LIFE-PLAN") for rule in statuses(life))
    assert follow(PLAN, ("construction_start", "2025-01-01")).subject == "project"
    assert follow(PLAN, subject="project").subject == "project"
    assert follow().subject == "project"


def test_a_plan_five_years_old_needs_a_follow_up() -> None:
    assert statuses(park(REVIEW, PLAN))["CN-LIFE-PLAN-FOLLOWUP"] == "overdue"
    assert statuses(park(REVIEW, PLAN, as_of="2024-05-10"))["CN-LIFE-PLAN-FOLLOWUP"] == "pending"
    assert statuses(park(REVIEW, PLAN, as_of="2024-05-11"))["CN-LIFE-PLAN-FOLLOWUP"] == "overdue"
    done = park(REVIEW, PLAN, ("planning_eia_followup", "2024-02-01"))
    assert statuses(done)["CN-LIFE-PLAN-FOLLOWUP"] == "pending"


def test_an_adjusted_plan_needs_a_new_review() -> None:
    change = ("planning_major_adjustment", "2023-01-10")
    assert statuses(park(REVIEW, PLAN, change))["CN-LIFE-PLAN-ADJUSTMENT"] == "overdue"
    new = park(REVIEW, PLAN, change, ("planning_eia_review_opinion", "2022-11-01"))
    assert statuses(new)["CN-LIFE-PLAN-ADJUSTMENT"] == "met"


def test_a_plan_without_an_eia() -> None:
    assert statuses(park(PLAN))["CN-LIFE-PLAN-EIA"] == "overdue"
    assert statuses(park(PLAN, ("planning_eia_review_opinion", None)))["CN-LIFE-PLAN-EIA"] == "unknown"


def test_whether_a_new_planning_eia_is_due_is_asked() -> None:
    ids = {line.id for line in park(REVIEW, PLAN).judgements}
    assert ids == {"CN-LIFE-J-PLAN-NEW", "CN-LIFE-J-PLAN-QUOTA"}


# --- questions for a person -------------------------------------------------------------------------------------------

ANSWER = """judgements:
  - {rule: CN-LIFE-J-OVER-PERMIT, answer: %s, who: 李四, when: %s, why: 监督性监测}
"""


@pytest.mark.parametrize(
    ("answer", "outcome"), [("hit", "hit"), ("unmet", "hit"), ("clear", "clear"), ("met", "clear")]
)
def test_an_answer_is_recorded(answer: str, outcome: str) -> None:
    life = follow(("permit_issued", "2025-01-01"), more=ANSWER % (answer, "2026-06-01"))
    (line,) = [line for line in life.judgements if line.id == "CN-LIFE-J-OVER-PERMIT"]
    assert (line.outcome, line.who) == (outcome, "李四")
    assert (line.penalty is not None) == (outcome == "hit")


def test_what_is_not_answered_is_for_review() -> None:
    life = follow(("permit_issued", "2025-01-01"))
    assert {line.outcome for line in life.judgements} == {"review"}
    assert all(line.question and line.entails for line in life.judgements)


def test_two_norms_for_exceeding_the_permit() -> None:
    life = follow(("permit_issued", "2025-01-01"), more=ANSWER % ("hit", "2026-10-01"), as_of="2026-10-02")
    (line,) = [line for line in life.judgements if line.outcome == "hit"]
    assert line.penalty is not None
    assert len(line.penalty.conflicts) == 1


def test_a_question_of_one_period_is_not_asked_in_the_other() -> None:
    before = {line.id for line in follow(("construction_start", "2025-01-01")).judgements}
    after = {line.id for line in follow(("construction_start", "2025-01-01"), as_of="2026-09-01").judgements}
    assert "CN-LIFE-J-MEASURES" not in before
    assert "CN-LIFE-J-MEASURES" in after


def test_a_question_whose_occasion_is_unknown_may_apply() -> None:
    life = follow(("permit_issued", None))
    (line,) = [line for line in life.judgements if line.id == "CN-LIFE-J-OVER-PERMIT"]
    assert line.applies is None


@pytest.mark.parametrize("rule", rules().life.judgements, ids=lambda rule: rule.id)
def test_every_question_is_told_whole(rule: object) -> None:
    for part in ("title", "question", "entails"):
        label = getattr(rule, part)
        assert label.zh
        assert not any("\u4e00" <= character <= "\u9fff" for character in label.en)
    assert rule.question.zh.endswith(("？", "。", "）"))  # type: ignore[attr-defined]


# --- readiness --------------------------------------------------------------------------------------------------------


def test_readiness_counts_the_duties_of_each_phase() -> None:
    none = follow(facts=FORM).readiness
    assert none.low == 0.0
    assert {phase.phase: phase.low for phase in none.phases}["design"] == 0.0
    half = follow(("prelim_design_env_chapter", "2026-01-05"), facts=FORM).readiness
    assert half.phases[0].low == 50.0
    assert (half.phases[0].met, half.phases[0].pending) == (1, 1)


def test_an_undecided_duty_makes_an_interval() -> None:
    life = follow(("prelim_design_env_chapter", None), facts=FORM)
    design = life.readiness.phases[0]
    assert (design.low, design.high, design.unknown) == (0.0, 50.0, 1)


def test_without_duties_a_phase_is_ready() -> None:
    facts = {"decided_eia_document": "none", "decided_permit_class": "none"}
    assert follow(facts=facts).readiness.phases[0].high == 100.0


# --- downgraded -------------------------------------------------------------------------------------------------------

PAINT = {
    "decided_permit_class": "simplified",
    "in_industrial_building": True,
    "has_electroplating": False,
    "solvent_coating_t_per_year": 20,
}


@pytest.mark.parametrize(
    ("filed", "expected"), [("2025-02-01", ("report",)), ("2020-02-01", ("registration",)), (None, ("registration",))]
)
def test_a_registration_under_an_edition_that_asks_for_more_does_not_count(
    filed: str | None, expected: tuple[str, ...]
) -> None:
    events = [("eia_registration_filed", filed)] if filed else []
    assert follow(*events, facts={**PAINT, "decided_eia_document": "registration"}).eia == expected


def test_a_stricter_class_than_the_catalogue_stands() -> None:
    assert follow(facts={"decided_eia_document": "report"}).eia == ("report",)


def test_a_mere_registration_where_a_permit_is_due_is_none() -> None:
    life = follow(("discharge_registration", "2025-01-01"), ("production_start", "2025-03-01"))
    assert "discharge_without_permit" in {breach.id for breach in life.breaches}


# --- rulebooks of one's own, acts of long ago ------------------------------------------------------------------------


def test_a_rulebook_without_a_life_cycle_keeps_the_duties_of_its_classes() -> None:
    own = rulebook(duties=[duty("D", "true")])
    given = flat(industry=["3443"]).model_copy(
        update={"milestones": (Milestone(event="construction_start", date=date(2025, 1, 1)),)}
    )
    ruleset = own.in_force(None, on=date(2026, 7, 1))
    assert [found.id for found in screen(given, ruleset).duties] == ["D"]
    life = lifecycle(given, ruleset)
    assert (life.duties, life.breaches, life.engine) == ((), (), "fixpoint")


def test_an_act_before_all_that_is_cited_cites_the_earliest() -> None:
    life = follow(("construction_start", "2009-05-01"), facts={"decided_eia_document": "report"})
    (breach,) = [breach for breach in life.breaches if breach.id == "build_before_approval"]
    assert "中华人民共和国生态环境法典" not in [cite.document for cite in breach.cites]


def test_a_met_duty_of_long_ago_cites_the_earliest() -> None:
    events = (("eia_approval_date", "2009-02-10"), ("construction_start", "2009-05-01"))
    life = follow(*events, facts={"decided_eia_document": "report"})
    (line,) = [line for line in life.duties if line.id == "CN-LIFE-EIA-APPROVAL"]
    assert [cite.document for cite in line.cites] == ["中华人民共和国环境保护法"]
