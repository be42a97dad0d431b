"""Every duty of the rule files, each held against histories made from its own limit."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

from admission.errors import InputError
from admission.lifecycle.results import DutyLine, Life
from admission.rulebook.life_model import LifeDuty
from admission.vocabulary import FactType
from tests.lifecycle.histories import follow, rules

DUTIES = rules().life.duties
ONE = timedelta(days=1)
CLASSES = (
    {"decided_eia_document": "report", "decided_permit_class": "key"},
    {"decided_eia_document": "form", "decided_permit_class": "simplified"},
    {"decided_eia_document": "registration", "decided_permit_class": "registration"},
    {"decided_eia_document": "form", "decided_permit_class": "registration"},
)
NUMBERS = (
    {},
    {"hazardous_waste_t_per_year": 20, "has_own_hazardous_waste_facility": "false", "has_hazwaste_licence": "false"},
)
# days, and the unit, as the law counts them; read off the reference list, not off the rule files
FIGURES = {
    "CN-LIFE-EIA-DECISION-REPORT": (60, "calendar_day"),
    "CN-LIFE-EIA-DECISION-FORM": (30, "calendar_day"),
    "CN-LIFE-EIA-VALIDITY": (5, "year"),
    "CN-LIFE-EIA-VALIDITY-682": (5, "year"),
    "CN-LIFE-EIA-REREVIEW": (10, "calendar_day"),
    "CN-LIFE-ACCEPTANCE-DISCLOSURE": (5, "working_day"),
    "CN-LIFE-ACCEPTANCE-PLATFORM": (5, "working_day"),
    "CN-LIFE-ACCEPTANCE-3-MONTHS": (3, "month"),
    "CN-LIFE-ACCEPTANCE-12-MONTHS": (12, "month"),
    "CN-LIFE-PERMIT-DECISION-SIMPLIFIED": (20, "calendar_day"),
    "CN-LIFE-PERMIT-DECISION-KEY": (30, "calendar_day"),
    "CN-LIFE-PERMIT-RENEWAL": (60, "calendar_day"),
    "CN-LIFE-PERMIT-VALID": (0, "calendar_day"),
    "CN-LIFE-PERMIT-CHANGE": (30, "calendar_day"),
    "CN-LIFE-REGISTRATION-UPDATE": (20, "calendar_day"),
    "CN-LIFE-REGISTRATION-RENEWAL": (0, "calendar_day"),
    "CN-LIFE-POST-EVALUATION": (5, "year"),
    "CN-LIFE-HW-MANIFEST": (5, "working_day"),
    "CN-LIFE-EMERGENCY-FILING": (20, "working_day"),
    "CN-LIFE-EMERGENCY-REVISION": (20, "working_day"),
    "CN-LIFE-EMERGENCY-REVIEW": (3, "year"),
    "CN-LIFE-LDAR": (6, "month"),
    "CN-LIFE-LEAK": (15, "calendar_day"),
    "CN-LIFE-DRAINAGE-RENEWAL": (30, "calendar_day"),
    "CN-LIFE-SOIL-CHECK": (1, "year"),
    "CN-LIFE-ENERGY-VALIDITY": (2, "year"),
    "CN-LIFE-WATER-SOIL-VALIDITY": (3, "year"),
    "CN-LIFE-WATER-SOIL-REPORT": (3, "month"),
    "CN-LIFE-PLAN-FOLLOWUP": (5, "year"),
}
FLOORS = {
    "CN-LIFE-PARTICIPATION-PERIOD": (10, "working_day"),
    "CN-LIFE-PARTICIPATION-PERIOD-PARK": (5, "working_day"),
    "CN-LIFE-ACCEPTANCE-PUBLICITY": (20, "working_day"),
    "CN-LIFE-POST-EVALUATION": (3, "year"),
}
YEARLY = {
    "CN-LIFE-HW-PLAN": ("03-31",),
    "CN-LIFE-HW-DECLARATION-YEAR": ("03-31",),
    "CN-LIFE-HW-DECLARATION-QUARTER": ("01-15", "04-15", "07-15", "10-15"),
    "CN-LIFE-HW-DECLARATION-MONTH": tuple(f"{month:02d}-15" for month in range(1, 13)),
    "CN-LIFE-DISCLOSURE-YEAR": ("03-15",),
    "CN-LIFE-PERMIT-ANNUAL-REPORT": ("01-31",),
}


def test_the_figures_are_those_of_the_law() -> None:
    counted = {}
    for duty in DUTIES:
        limit = duty.limit
        if limit is not None and limit.unit is not None:
            numbers = [n for n in (limit.within, limit.ahead, limit.every) if n is not None]
            counted[duty.id] = (numbers[0], limit.unit)
    assert counted == FIGURES
    assert {d.id: (d.floor.within, d.floor.unit) for d in DUTIES if d.floor} == FLOORS
    assert {d.id: d.limit.yearly for d in DUTIES if d.limit and d.limit.yearly} == YEARLY
    assert {d.id for d in DUTIES if d.limit and d.limit.exclusive} == {
        "CN-LIFE-EIA-VALIDITY-682",
        "CN-LIFE-WATER-SOIL-VALIDITY",
    }


@cache
def facts_for(when: str) -> dict[str, Any]:
    """Facts under which the condition holds: every claim of it true, or a figure above or below its threshold."""
    for classes, numbers, true, derived in product(CLASSES, NUMBERS, (True, False), (False, True)):
        facts: dict[str, Any] = {**classes, **numbers}
        for name in rules().reads(when):
            fact = rules().vocabulary.facts[name]
            if name in facts or fact.internal or (fact.define and not derived):
                continue
            if fact.type is FactType.BOOL:
                facts[name] = str(true).lower()
            elif fact.type is FactType.NUMBER:
                facts[name] = 900_000
        try:
            if _applies(when, follow(facts=facts), facts):
                return facts
        except InputError:  # what is derived contradicts what it is derived from
            continue
    raise AssertionError(f"no facts make this hold: {when}")


def _applies(when: str, life: Life, facts: dict[str, Any]) -> bool:
    from admission.lifecycle.situation import situation
    from admission.screening.classes import classifications
    from admission.screening.facts import component_facts
    from tests.lifecycle.histories import project

    given = project(facts=facts)
    ruleset = rules().in_force(None, on=life.as_of)
    components = component_facts(given, ruleset)
    return situation(given, ruleset, components, classifications(ruleset, components), "zh").views.holds(when) is True


def base_day(duty: LifeDuty) -> date:
    """A day on which the duty is law: near the end of its period, so that the day of the check is too."""
    start = duty.effective.start if duty.effective else date(2024, 6, 3)
    return max(start, date(2024, 6, 3))


def base(duty: LifeDuty) -> dict[str, str]:
    """What gives rise to the duty, all on one day."""
    names: list[str] = [*(duty.trigger.any[:1] if duty.trigger else ())]
    names += [duty.each] if duty.each else []
    for limit in (duty.limit, duty.floor):
        names += limit.events[:1] if limit else []
    day = base_day(duty).isoformat()
    return {name: day for name in names if name not in duty.do}


def run(duty: LifeDuty, act: str | None, *, as_of: date | None = None, drop_act: bool = True) -> tuple[DutyLine, Life]:
    """The first line of `duty` with its act on that day (None: not recorded; 不清楚, 未办: as said)."""
    events = [*base(duty).items()]
    if duty.counts_after:
        events.append((duty.counts_after[0], (base_day(duty) - timedelta(days=900)).isoformat()))
    for derivation in rules().life.derivations:
        if derivation.event == duty.each:
            events.append((derivation.after[0], (base_day(duty) - timedelta(days=1826)).isoformat()))
    if act is not None:
        events.append((duty.do[0], act))
    day = as_of or base_day(duty) + timedelta(days=4000)
    if duty.effective is not None and duty.effective.end is not None:
        day = as_of or duty.effective.end
    life = follow(*events, facts=facts_for(duty.when), as_of=day.isoformat(), subject=duty.subject)
    found = [line for line in life.duties if line.rule == duty.id]
    assert found, f"{duty.id} does not arise from {events}"
    return sorted(found, key=lambda line: line.due or date.max)[0], life


SIMPLE = [
    duty
    for duty in DUTIES
    if (limit := duty.limit) is not None and not limit.yearly and limit.every is None and not duty.voluntary
    if not set(limit.events) & set(duty.do)
]


@pytest.mark.parametrize("duty", SIMPLE, ids=lambda duty: duty.id)
def test_in_time_late_and_not_done(duty: LifeDuty) -> None:
    due = run(duty, "未办")[0].due
    assert due is not None
    last, _ = run(duty, due.isoformat())
    assert (last.status, last.late) == ("met", False) or duty.floor is not None
    late, life = run(duty, (due + ONE).isoformat())
    assert (late.status, late.late) == ("met", True)
    on = {broken.breach for broken in duty.breaches if "late" in broken.on}
    assert on == {breach.id for breach in life.breaches if breach.duty.split("#")[0] == duty.id}
    undone, life = run(duty, "未办")
    assert undone.status == "overdue"
    on = {broken.breach for broken in duty.breaches if "overdue" in broken.on}
    assert on == {breach.id for breach in life.breaches if breach.duty.split("#")[0] == duty.id}


@pytest.mark.parametrize("duty", SIMPLE, ids=lambda duty: duty.id)
def test_an_unknown_day_is_asked_for_and_no_breach(duty: LifeDuty) -> None:
    line, life = run(duty, "不清楚")
    assert line.status == "unknown"
    assert duty.do[0] in {question.fact for question in life.questions}
    assert not [breach for breach in life.breaches if breach.duty.split("#")[0] == duty.id]


@pytest.mark.parametrize("duty", SIMPLE, ids=lambda duty: duty.id)
def test_what_is_not_recorded(duty: LifeDuty) -> None:
    """Approvals are on public record; of the enterprise's own files one asks first."""
    line, life = run(duty, None)
    assert line.status == ("overdue" if duty.unrecorded == "undone" else "unknown")
    if line.status == "unknown":
        assert duty.do[0] in {question.fact for question in life.questions}


@pytest.mark.parametrize("duty", [d for d in DUTIES if d.voluntary], ids=lambda duty: duty.id)
def test_what_need_not_be_done_must_not_be_done_late(duty: LifeDuty) -> None:
    line, life = run(duty, None)
    assert line.due is not None
    assert line.status == "pending"
    assert not life.breaches
    assert not run(duty, line.due.isoformat())[0].late
    assert run(duty, (line.due + ONE).isoformat())[0].late


@pytest.mark.parametrize("duty", [d for d in DUTIES if d.limit and d.limit.every], ids=lambda duty: duty.id)
def test_what_recurs_is_due_after_the_last_time(duty: LifeDuty) -> None:
    line, _ = run(duty, "未办")
    assert line.status == "overdue"
    again, _ = run(duty, line.due.isoformat() if line.due else None)
    if set(duty.do) & set(duty.limit.events if duty.limit else ()):
        assert again.due is not None
        assert line.due is not None
        assert again.due > line.due


@pytest.mark.parametrize("duty", [d for d in DUTIES if d.limit and d.limit.yearly], ids=lambda duty: duty.id)
def test_what_is_due_every_year(duty: LifeDuty) -> None:
    assert duty.limit is not None
    first = base_day(duty)
    due = min(
        day
        for year in (first.year, first.year + 1)
        for text in duty.limit.yearly
        if (day := date.fromisoformat(f"{year}-{text}")) > first
    )
    before, _ = run(duty, None, as_of=due)
    assert (before.status, before.due) == ("pending", due)
    done, life = run(duty, due.isoformat(), as_of=due + ONE)
    assert (done.status, done.due, done.late) == ("met", due, False)
    assert [line.status for line in life.duties if line.rule == duty.id and line.due != due] == ["pending"]
    late, _ = run(duty, (due + ONE).isoformat(), as_of=due + 2 * ONE)
    assert late.late
    assert run(duty, "未办", as_of=due + ONE)[0].status == "overdue"
    assert run(duty, None, as_of=due + ONE)[0].status == "unknown"


@pytest.mark.parametrize("duty", [d for d in DUTIES if d.floor], ids=lambda duty: duty.id)
def test_what_must_not_be_done_too_early(duty: LifeDuty) -> None:
    assert duty.floor is not None
    day = base_day(duty)
    while "早" in run(duty, day.isoformat())[0].why:
        day += 5 * ONE
        assert day < base_day(duty) + timedelta(days=1500)
    assert "早" in run(duty, (day - 5 * ONE).isoformat())[0].why
    open_, _ = run(duty, "不清楚")
    assert open_.status == "unknown"


@pytest.mark.parametrize("duty", [d for d in DUTIES if d.when != "true"], ids=lambda duty: duty.id)
def test_a_duty_whose_condition_is_false_is_not_there(duty: LifeDuty) -> None:
    facts = {"decided_eia_document": "none", "decided_permit_class": "none"}
    for name in rules().reads(duty.when):
        fact = rules().vocabulary.facts[name]
        if not fact.internal and fact.type in (FactType.BOOL, FactType.NUMBER):
            facts[name] = "false" if fact.type is FactType.BOOL else "0"
    life = follow(*base(duty).items(), facts=facts, as_of="2026-12-01", subject=duty.subject)
    assert duty.id not in {line.rule for line in life.duties}


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_every_duty_is_told_whole(duty: LifeDuty) -> None:
    for label in (duty.title, duty.before, duty.evidence):
        assert label.zh.strip()
        assert label.en.strip()
        assert not any("\u4e00" <= character <= "\u9fff" for character in label.en)
    assert duty.cites_on(date(2026, 11, 24)) or (duty.effective and duty.effective.end)
    assert duty.cites_on(base_day(duty))
