"""Leaving something out never makes a decision milder or narrower than is justified."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.errors import InputError
from admission.rulebook import Ruleset
from admission.screening import Component, Decision, Project, Verdict, screen
from admission.screening.facts import ACTIVITY, INDUSTRY, component_facts
from admission.screening.verdict import severity
from tests.screening.documents import (
    DEMO,
    DIVISIONS,
    NATIONAL,
    PARK_SECTORS,
    SHIZHU,
    VOCABULARY,
    coarser,
    codes_below,
    judged,
    projects,
    statements,
    unidentified,
    values,
    without,
)

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
few = settings(max_examples=4, deadline=None, suppress_health_check=_QUIET)
many = settings(max_examples=12, deadline=None, suppress_health_check=_QUIET)
PARK_CODES = codes_below(PARK_SECTORS)


def assert_wider(less: Decision, full: Decision) -> None:
    """`less` knows less than `full`: everything `full` finds possible, it does too."""
    assert set(less.eia.possible) >= set(full.eia.possible)
    assert set(less.permit.possible) >= set(full.permit.possible)
    assert set(less.possible_verdicts) >= set(full.possible_verdicts)
    assert less.score.low <= full.score.low <= full.score.high <= less.score.high
    if severity(less.verdict) < severity(full.verdict):
        assert less.verdict in (Verdict.CONDITIONAL, Verdict.INCOMPLETE, Verdict.REVIEW)
    if len(full.possible_verdicts) == 1:
        assert full.possible_verdicts[0] in less.possible_verdicts
    for result in (less.eia, less.permit):
        assert (result.level is None) == (len(result.possible) > 1)
        assert result.level is None or result.possible == (result.level,)


def _reduced(draw: st.DataObject, project: Project) -> Project:
    stated = statements(project)
    share = draw.draw(st.integers(1, 9), label="share")
    return without(project, [item for item in stated if draw.draw(st.integers(0, 9)) < share])


def _check_removal(draw: st.DataObject, project: Project, ruleset: Ruleset) -> None:
    full, reduced = judged(project, ruleset), _reduced(draw, project)
    less = judged(reduced, ruleset)
    assert_wider(less, full)
    nothing = judged(without(project, statements(project)), ruleset)
    assert_wider(nothing, less)


@pytest.mark.parametrize("division", DIVISIONS)
@few
@given(draw=st.data())
def test_removing_facts_only_widens_in_every_manufacturing_division(draw: st.DataObject, division: str) -> None:
    _check_removal(draw, draw.draw(projects(codes_below([division]))), SHIZHU)


@many
@given(draw=st.data())
def test_removing_facts_only_widens_in_the_sectors_of_the_park(draw: st.DataObject) -> None:
    _check_removal(draw, draw.draw(projects(PARK_CODES)), SHIZHU)


@pytest.mark.parametrize("ruleset", [DEMO, NATIONAL], ids=["demo", "national"])
@few
@given(draw=st.data())
def test_removing_facts_only_widens_elsewhere(draw: st.DataObject, ruleset: Ruleset) -> None:
    _check_removal(draw, draw.draw(projects(codes_below(["2", "3"]), ruleset=ruleset)), ruleset)


@many
@given(draw=st.data())
def test_coarser_codes_only_widen(draw: st.DataObject) -> None:
    project = draw.draw(projects(draw.draw(st.sampled_from((PARK_CODES, codes_below(["2", "3"]))))))
    full = judged(project, SHIZHU)
    for digits in (3, 2):
        less = judged(coarser(project, digits), SHIZHU)
        assert_wider(less, full)
        full = less


@many
@given(draw=st.data())
def test_a_component_that_may_be_anything_only_widens(draw: st.DataObject) -> None:
    """What a document says of a work for all components holds until one declares the work; so none here."""
    project = draw.draw(projects(PARK_CODES, shared_works=False))
    numbers = draw.draw(st.sets(st.sampled_from(range(len(project.components))), min_size=1))
    full = judged(project, SHIZHU)
    try:
        less = judged(unidentified(project, numbers), SHIZHU)
    except InputError:  # without the work the shared facts may contradict a component
        return
    assert_wider(less, full)
    assert_wider(judged(without(unidentified(project, numbers), statements(project)), SHIZHU), less)


def _answered(project: Project, decision: Decision, full: Project) -> Project:
    """`project` with every question answered as far as `full` knows the answer."""
    known = {component.name: component.values for component in component_facts(full, SHIZHU)}
    components = []
    for component, complete in zip(project.components, full.components, strict=True):
        facts, identity = dict(component.facts), {INDUSTRY: component.industry, ACTIVITY: component.activity}
        for question in decision.questions:
            name = question.fact
            if name == "sensitive_areas" and known[component.name].get(name) is None:
                name = "in_entry_sensitive_area"  # said of the entry as such instead
            value = known[component.name].get(name)
            if question.component not in (None, component.name) or value is None:
                continue
            if name in identity:
                identity = {INDUSTRY: complete.industry, ACTIVITY: complete.activity}
            else:
                facts[name] = value
        components.append(Component(name=component.name, facts=facts, **identity))
    return project.model_copy(update={"components": tuple(components)})


@many
@given(draw=st.data())
def test_answering_every_question_leads_to_the_full_answer(draw: st.DataObject) -> None:
    full = draw.draw(projects(PARK_CODES, two_way=False))
    project = _reduced(draw, full)
    if draw.draw(st.booleans()):
        project = coarser(project, 2)
    decision = screen(project, SHIZHU)
    while (answered := _answered(project, decision, full)) != project:
        project, decision = answered, screen(answered, SHIZHU)
    wanted = judged(full, SHIZHU)
    assert decision.eia.possible == wanted.eia.possible
    assert decision.permit.possible == wanted.permit.possible
    assert (decision.verdict, decision.possible_verdicts) == (wanted.verdict, wanted.possible_verdicts)
    assert (decision.score.low, decision.score.high) == (wanted.score.low, wanted.score.high)
    assert [duty.status for duty in decision.duties] == [duty.status for duty in wanted.duties]


@many
@given(draw=st.data())
def test_what_is_not_asked_changes_nothing(draw: st.DataObject) -> None:
    project = _reduced(draw, draw.draw(projects(PARK_CODES)))
    decision = screen(project, SHIZHU)
    asked = {question.fact for question in decision.questions}
    derivations = SHIZHU.terms.derivations
    views = component_facts(project, SHIZHU)
    for component, view in zip(project.components, views, strict=True):
        unasked = [
            fact.name
            for fact in VOCABULARY.facts.values()
            if view.values.get(fact.name) is None
            and not fact.internal
            and fact.define is None
            and fact.work is None
            and fact.name not in asked | {INDUSTRY, ACTIVITY}
            and asked.isdisjoint(derivations.following([fact.name]))
        ]
        chosen = draw.draw(st.lists(st.sampled_from(unasked), max_size=30, unique=True))
        component_facts_now = {**component.facts, **{name: draw.draw(values(name)) for name in chosen}}
        more = component.model_copy(update={"facts": component_facts_now})
        others = tuple(more if other is component else other for other in project.components)
        try:
            found = screen(project.model_copy(update={"components": others}), SHIZHU)
        except InputError:
            continue
        assert found.eia.possible == decision.eia.possible
        assert found.permit.possible == decision.permit.possible
        assert found.possible_verdicts == decision.possible_verdicts
        assert (found.score.low, found.score.high) == (decision.score.low, decision.score.high)


@many
@given(draw=st.data())
def test_every_question_says_what_it_can_change(draw: st.DataObject) -> None:
    decision = screen(_reduced(draw, draw.draw(projects(PARK_CODES))), SHIZHU)
    needed: dict[str, set[str]] = {}
    for rule in (*decision.findings, *decision.eia.entries, *decision.permit.entries):
        for name in rule.needs:
            needed.setdefault(name, set()).add(rule.rule)
    for duty in decision.duties:
        for name in duty.needs:
            needed.setdefault(name, set()).add(duty.id)
    for criterion in decision.score.criteria:
        for name in criterion.needs:
            needed.setdefault(name, set()).add("score")
    for question in decision.questions:
        rules = set(question.changes) - {"verdict", "eia", "permit"}
        assert rules
        assert rules <= needed[question.fact]
    if decision.eia.level is None:
        assert any("eia" in question.changes for question in decision.questions)
    if len(decision.possible_verdicts) > 1:
        assert "verdict" in decision.questions[0].changes or decision.questions[0].fact == INDUSTRY
