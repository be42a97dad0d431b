"""Unknown never becomes a breach; nothing depends on the order in which milestones are written."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission import Life, lifecycle
from tests.lifecycle.histories import FORM, follow, project, rules, statuses

EVENTS = (
    "eia_approval_date", "eia_rereview_opinion", "construction_start", "construction_end", "main_works_completion",
    "env_facility_construction_start", "env_facility_completion", "prelim_design_env_chapter",
    "env_facility_in_contract", "permit_issued", "permit_renewal_applied", "permit_renewed", "permit_expiry",
    "commissioning_disclosed", "commissioning_start", "first_discharge", "acceptance_report_completed",
    "acceptance_disclosed", "acceptance_publicity_end", "acceptance_platform_filed", "production_start",
    "emergency_plan_signed", "emergency_plan_filed", "material_change_date", "eia_reapproval_date", "shutdown_date",
    "discharge_registration", "eia_registration_filed", "hw_management_plan_filed",
)  # fmt: skip
FACTS = {**FORM, "has_environmental_risk_substances": True, "acceptance_needs_tuning": False}
CLASSES = st.sampled_from(
    [
        ("form", "simplified"),
        ("form", "registration"),
        ("report", "key"),
        ("registration", "registration"),
        ("none", "none"),
    ]
)
START = date(2019, 1, 1)


def history(seed: int) -> list[tuple[str, str | None]]:
    draw = random.Random(seed)
    count = draw.randint(1, 14)
    days = [START + timedelta(days=draw.randrange(0, 3100, 31)) for _ in range(count)]
    return [(draw.choice(EVENTS), day.isoformat()) for day in days]


def broken(life: Life) -> set[tuple[str, str]]:
    return {(breach.id, breach.duty.split("#")[0]) for breach in life.breaches}


def lived(milestones: list[tuple[str, str | None]], classes: tuple[str, str]) -> Life:
    facts = {**FACTS, "decided_eia_document": classes[0], "decided_permit_class": classes[1]}
    return follow(*milestones, facts=facts, as_of="2026-11-24")


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32), classes=CLASSES)
def test_forgetting_a_day_never_adds_a_breach(seed: int, classes: tuple[str, str]) -> None:
    milestones = history(seed)
    known = lived(milestones, classes)
    if known.contradictions:
        return
    event = random.Random(seed).choice(milestones)[0]
    less = [(name, None if name == event else day) for name, day in milestones]
    assert broken(lived(less, classes)) <= broken(known)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), classes=CLASSES)
def test_the_order_of_the_document_does_not_matter(seed: int, classes: tuple[str, str]) -> None:
    milestones = history(seed)
    shuffled = random.Random(seed).sample(milestones, len(milestones))
    one, other = lived(milestones, classes), lived(shuffled, classes)
    assert one.duties == other.duties
    assert one.breaches == other.breaches


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), classes=CLASSES)
def test_both_engines_give_the_same_life(seed: int, classes: tuple[str, str]) -> None:
    pytest.importorskip("durable", reason="durable_rules cannot be had on this machine")
    given_ = project(*history(seed), facts={**FACTS, "decided_eia_document": classes[0]})
    ruleset = rules().in_force(None, on=date(2026, 11, 24))
    fast, plain = (lifecycle(given_, ruleset, inference=name) for name in ("durable_rules", "fixpoint"))
    assert fast.model_copy(update={"engine": ""}) == plain.model_copy(update={"engine": ""})


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_with_every_day_unknown_there_is_no_breach(seed: int) -> None:
    life = follow(*[(event, None) for event, _ in history(seed)], facts={}, as_of="2026-11-24")
    assert life.breaches == ()
    assert "overdue" not in statuses(life).values()


def test_nothing_at_all_is_no_trouble() -> None:
    life = follow(facts={})
    assert life.breaches == ()
    assert life.events == ()


@pytest.mark.parametrize("document", ["form", "report"])
def test_a_class_not_known_leaves_the_duty_open(document: str) -> None:
    life = follow(("construction_start", "2025-03-01"), facts={})
    assert statuses(life)["CN-LIFE-EIA-APPROVAL"] == "unknown"
    assert life.breaches == ()
    decided = follow(("construction_start", "2025-03-01"), facts={"decided_eia_document": document})
    assert [breach.id for breach in decided.breaches] == ["build_before_approval"]


def test_a_plan_is_not_yet_a_breach() -> None:
    life = follow(("construction_start", "2027-03-01"))
    line = {duty.id: duty for duty in life.duties}["CN-LIFE-EIA-APPROVAL"]
    assert (line.status, line.due) == ("pending", date(2027, 3, 1))
    assert [event.planned for event in life.events] == [True]
    assert life.breaches == ()


def test_the_day_itself_is_still_in_time() -> None:
    assert follow(("construction_start", "2026-07-01")).breaches == ()
    assert len(follow(("construction_start", "2026-06-30")).breaches) == 1


def test_several_of_a_kind_pair_up() -> None:
    """A second phase needs an acceptance of its own."""
    first = (("production_start", "2025-03-01"), ("acceptance_disclosed", "2025-02-01"))
    both = follow(*first, ("production_start", "2025-09-01"))
    assert [(breach.id, breach.duty) for breach in both.breaches if "ACCEPTANCE" in breach.duty] == [
        ("production_before_acceptance", "CN-LIFE-ACCEPTANCE#2")
    ]
    accepted = follow(*first, ("production_start", "2025-09-01"), ("acceptance_disclosed", "2025-08-20"))
    assert not [breach for breach in accepted.breaches if "ACCEPTANCE" in breach.duty]


def test_an_expiry_follows_from_the_permit() -> None:
    life = follow(("permit_issued", "2022-05-01"), ("permit_renewed", "2026-04-20"), ("production_start", "2022-06-01"))
    lines = [(duty.due, duty.status) for duty in life.duties if duty.rule == "CN-LIFE-PERMIT-VALID"]
    assert sorted(lines) == [(date(2027, 5, 1), "met"), (date(2031, 4, 20), "pending")]


def test_a_stated_expiry_wins() -> None:
    life = follow(("permit_issued", "2022-05-01"), ("permit_expiry", "2025-04-30"), ("production_start", "2022-06-01"))
    assert ("permit_expired", date(2025, 5, 1)) in [(breach.id, breach.since) for breach in life.breaches]


def test_a_permit_older_than_the_order_has_no_known_end() -> None:
    life = follow(("permit_issued", "2019-12-01"), ("production_start", "2020-01-01"))
    assert statuses(life)["CN-LIFE-PERMIT-VALID"] == "unknown"
    assert "permit_expiry" in {question.fact for question in life.questions}
    assert not [breach for breach in life.breaches if breach.id == "permit_expired"]


def test_an_expired_permit_without_a_sign_of_operation_is_open() -> None:
    life = follow(("permit_issued", "2021-04-01"))
    assert statuses(life)["CN-LIFE-PERMIT-VALID"] == "unknown"


def test_a_renewal_granted_must_have_been_applied_for() -> None:
    life = follow(("permit_issued", "2021-04-01"), ("permit_renewed", "2026-03-20"), ("production_start", "2021-05-01"))
    assert statuses(life)["CN-LIFE-PERMIT-RENEWAL#1"] == "unknown"
    assert not [breach for breach in life.breaches if breach.id == "permit_renewal_late"]


def test_failed_acceptance_is_none() -> None:
    events = (("acceptance_disclosed", "2025-02-01"), ("production_start", "2025-03-01"))
    failed = follow(*events, facts={**FORM, "acceptance_conclusion_failed": True})
    assert "production_before_acceptance" in {breach.id for breach in failed.breaches}
    assert "production_before_acceptance" not in {breach.id for breach in follow(*events).breaches}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"acceptance_needs_tuning": False}, {"acceptance_overdue"}),
        ({"acceptance_needs_tuning": True}, set()),
        ({}, {"acceptance_overdue"}),
    ],
)
def test_three_or_twelve_months(facts: dict[str, object], expected: set[str]) -> None:
    base = {"decided_eia_document": "form", "decided_permit_class": "registration"}
    life = follow(("env_facility_completion", "2025-09-01"), facts={**base, **facts}, as_of="2026-03-01")
    assert {breach.id for breach in life.breaches} == expected
    tuned = follow(
        ("env_facility_completion", "2025-09-01"),
        ("commissioning_start", None),
        facts={**base, **facts},
        as_of="2026-03-01",
    )
    assert tuned.breaches == ()


@pytest.mark.parametrize(("permit", "other", "expected"), [
    ("key", False, set()),
    ("key", None, set()),
    ("key", True, {"acceptance_overdue", "acceptance_stalled"}),
    ("simplified", False, set()),
    ("registration", None, {"acceptance_overdue", "acceptance_stalled"}),
    ("none", None, {"acceptance_overdue", "acceptance_stalled"}),
])  # fmt: skip
def test_the_clock_stands_still_for_permitted_water_and_air(
    permit: str, other: bool | None, expected: set[str]
) -> None:
    facts: dict[str, object] = {"decided_eia_document": "form", "decided_permit_class": permit}
    if other is not None:
        facts["has_noise_or_solid_waste_facilities"] = other
    life = follow(("env_facility_completion", "2024-09-01"), facts=facts)
    assert {breach.id for breach in life.breaches} == expected
