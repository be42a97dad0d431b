"""What is known of each component: precedence, derived facts, works declared elsewhere, contradictions."""

from __future__ import annotations

from typing import Any

import pytest

from admission.errors import InputError, ProblemCode
from admission.screening import Component, Project
from admission.screening.facts import ComponentFacts, component_facts
from tests.screening.small import component, flat, project, rulebook, ruleset

RULES = rulebook()
BOILER = component("锅炉房", activity=["boiler"])


def views(about: Project, park: str | None = None) -> tuple[ComponentFacts, ...]:
    return component_facts(about, RULES.in_force(park, on=ruleset(RULES).on))


def facts(*components: Component, **shared: Any) -> list[dict[str, object]]:
    return [dict(view.values) for view in views(project(*components, **shared))]


def test_own_facts_come_before_shared_ones_and_those_before_the_park() -> None:
    shared = {"a": True, "b": True}
    one, two = views(project(component("甲", b=False), component("乙"), planned=False, **shared), "p")
    assert (one.values["a"], one.values["b"], one.values["planned"]) == (True, False, False)
    assert two.values["b"] is True
    assert views(project(), "p")[0].values["planned"] is True
    assert views(project())[0].values.get("planned") is None


@pytest.mark.parametrize(
    ("given", "codes", "works", "unidentified"),
    [
        ({}, None, None, True),
        ({"industry": ["3443"]}, {"3443"}, set(), False),
        ({"activity": ["boiler"]}, set(), {"boiler"}, False),
        ({"industry": ["3443"], "activity": ["boiler"]}, {"3443"}, {"boiler"}, False),
        ({"activity": []}, set(), set(), False),
    ],
)
def test_the_identity_not_given_is_empty_when_the_other_is(
    given: dict[str, Any], codes: object, works: object, unidentified: bool
) -> None:
    (view,) = views(flat(**given))
    assert (view.codes, view.works, view.unidentified) == (codes, works, unidentified)


def test_derived_facts_are_computed_and_a_stated_one_stands() -> None:
    (found,) = facts(amount=100, a=False, is_confirmed=True)
    assert (found["is_large"], found["is_confirmed"]) == (True, True)
    (found,) = facts(a=False)
    assert found.get("is_confirmed") is None


def test_a_work_declared_by_one_component_is_absent_from_the_others() -> None:
    workshop, boiler = facts(component("车间", industry=["3443"]), BOILER)
    assert (workshop["boiler_t_per_h"], workshop["has_boiler"], workshop["has_coal_boiler"]) == (0.0, False, False)
    assert boiler["has_boiler"] is True
    assert boiler.get("boiler_t_per_h") is None
    assert boiler.get("has_coal_boiler") is None
    assert workshop.get("boiler_fuel") is None  # an enumeration has no "absent"


def test_what_is_said_of_a_work_for_all_belongs_to_the_component_that_declares_it() -> None:
    workshop, boiler = facts(component("车间", industry=["3443"]), BOILER, boiler_t_per_h=4, has_boiler=True)
    assert (workshop["boiler_t_per_h"], workshop["has_boiler"]) == (0.0, False)
    assert (boiler["boiler_t_per_h"], boiler["has_boiler"]) == (4.0, True)


def test_a_work_of_which_something_is_known_or_open_is_not_taken_for_absent() -> None:
    plating = component("电镀", activity=["plating"])
    workshop, _ = facts(component("车间", industry=["3443"], c=True), plating)
    assert workshop["has_plating"] is True
    workshop, _ = facts(component("车间", industry=["3443"]), plating, has_plating=True)
    assert workshop["has_plating"] is None
    assert workshop["plating_known"] is None
    workshop, _ = facts(component("车间", industry=["3443"], c=False), plating)
    assert workshop["has_plating"] is False


def test_nothing_is_taken_for_absent_in_a_component_that_may_be_anything() -> None:
    nameless, _ = facts(component("不明"), BOILER)
    assert nameless.get("has_boiler") is None


def test_both_components_may_declare_the_work() -> None:
    one, two = facts(component("甲", activity=["boiler"], boiler_t_per_h=2), component("乙", activity=["boiler"]))
    assert (one["boiler_t_per_h"], two.get("boiler_t_per_h")) == (2.0, None)


def test_stating_the_absence_of_a_work_declared_elsewhere_is_fine() -> None:
    workshop, _ = facts(component("车间", industry=["3443"], has_boiler=False, boiler_t_per_h=0), BOILER)
    assert workshop["has_boiler"] is False


def test_a_work_stated_in_one_component_and_declared_in_another_is_an_error() -> None:
    with pytest.raises(InputError) as caught:
        facts(component("车间", industry=["3443"], boiler_t_per_h=2, has_coal_boiler=True), BOILER)
    assert [(p.code, p.field) for p in caught.value.problems] == [
        (ProblemCode.WORK_ELSEWHERE, "车间.燃煤锅炉"),
        (ProblemCode.WORK_ELSEWHERE, "车间.锅炉出力"),
    ]
    assert "锅炉房" in caught.value.text()
    assert "add boiler to the activity" in caught.value.text("en")


def test_what_would_stay_unknown_of_a_work_declared_elsewhere_may_be_stated() -> None:
    plating = component("电镀", activity=["plating"])
    workshop, _ = facts(component("车间", industry=["3443"], boiler_fuel="gas"), BOILER)
    assert workshop["boiler_fuel"] == "gas"
    workshop, _ = facts(component("车间", industry=["3443"], has_plating=True, plating_known=True), plating)
    assert (workshop["has_plating"], workshop["plating_known"]) == (True, True)
    with pytest.raises(InputError):
        facts(component("车间", industry=["3443"], has_plating=True, c=False), plating)


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (
            {"amount": 100, "is_large": False},
            "填报为“否”，但由其他填报项得出“是”",
            "stated 'no', but other facts give 'yes'",
        ),
        ({"fuel": ["gas"], "is_coal": True}, "填报为“是”，但由其他填报项得出“否”", "stated 'yes'"),
    ],
)
def test_a_contradiction_says_what_was_stated_and_what_follows(given: dict[str, Any], zh: str, en: str) -> None:
    with pytest.raises(InputError) as caught:
        facts(**given)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file) == (ProblemCode.CONTRADICTION, "项目")
    assert zh in problem.text()
    assert en in problem.text("en")


def test_contradictions_of_all_components_are_collected() -> None:
    with pytest.raises(InputError) as caught:
        facts(component("甲", amount=1, is_large=True), component("乙", amount=200), is_large=False)
    assert [problem.field for problem in caught.value.problems] == ["乙.规模大", "甲.规模大"]
