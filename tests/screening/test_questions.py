"""Questions: only what can change something, what it can change, the most decisive first."""

from __future__ import annotations

from typing import Any

from admission.screening import Decision
from tests.screening.small import (
    component,
    criterion,
    decide,
    duty,
    entry,
    flat,
    item,
    project,
    rulebook,
)

VALVE = {"industry": ["3443"]}


def asked(found: Decision) -> list[tuple[str, str | None]]:
    return [(question.fact, question.component) for question in found.questions]


def changes(found: Decision) -> dict[str, list[str]]:
    return {question.fact: list(question.changes) for question in found.questions}


def test_each_question_says_what_it_can_change() -> None:
    rules = rulebook(
        item("R", "prohibit", "a"),
        item("S", "encourage", "a and b"),
        eia=[entry("E1", {"report": "a"}, industries=["344"])],
        permit=[entry("P1", {"key": "a", "simplified": "c"}, industries=["344"])],
        duties=[duty("D", "d")],
        criteria=[criterion("K", 100, [("e", 100)])],
    )
    assert changes(decide(rules, flat(**VALVE))) == {
        "a": ["verdict", "eia", "permit", "R", "S", "E1", "P1"],
        "c": ["permit", "P1"],
        "b": ["S"],
        "d": ["D"],
        "e": ["score"],
    }


def test_nothing_is_asked_when_nothing_is_open() -> None:
    rules = rulebook(item("R", "prohibit", "a or b"), criteria=[criterion("K", 100, [("a", 100), ("c", 50)])])
    assert decide(rules, flat(**VALVE, a=True)).questions == ()


def test_what_cannot_change_the_verdict_does_not_claim_to() -> None:
    rules = rulebook(item("R", "prohibit", "a"), item("S", "restrict", "b"), item("T", "prohibit", "c"))
    assert changes(decide(rules, flat(**VALVE, a=True))) == {"b": ["S"], "c": ["T"]}
    assert changes(decide(rules, flat(**VALVE, a=False))) == {"c": ["verdict", "T"], "b": ["verdict", "S"]}


def test_the_worst_verdict_at_stake_comes_first_then_classes_then_the_number_of_rules() -> None:
    rules = rulebook(
        item("R1", "prohibit", "f"),
        item("R2", "restrict", "e"),
        item("R3", "require", "true", must="d"),
        item("R4", "encourage", "c"),
        item("R5", "encourage", "c"),
        item("R6", "encourage", "b"),
        eia=[entry("E1", {"report": "a"}, industries=["344"])],
        permit=[entry("P1", {"key": "planned"}, industries=["344"])],
    )
    order = ["f", "e", "d", "a", "planned", "c", "b"]
    assert [question.fact for question in decide(rules, flat(**VALVE)).questions] == order


def test_among_equals_the_classes_decide() -> None:
    rules = rulebook(
        item("R1", "prohibit", "a or b or c"),
        eia=[entry("E1", {"report": "b"}, industries=["344"])],
        permit=[entry("P1", {"key": "c"}, industries=["344"])],
    )
    assert [question.fact for question in decide(rules, flat(**VALVE)).questions] == ["b", "c", "a"]


def test_what_a_component_is_comes_before_all_that_depends_on_it() -> None:
    entries = [
        entry("E1", {"report": "a"}, industries=["344"]),
        entry("E2", {"report": "b"}, activities=["boiler"]),
    ]
    rules = rulebook(item("R", "prohibit", "d"), eia=entries)
    assert [question.fact for question in decide(rules, flat()).questions] == ["industry", "activity", "d"]
    coarse = decide(
        rulebook(item("R", "prohibit", "d"), item("S", "encourage", "under(industry, '3443')")), flat(industry=["34"])
    )
    assert [question.fact for question in coarse.questions] == ["d", "industry"]


def test_a_fact_is_asked_of_the_component_that_lacks_it() -> None:
    rules = rulebook(item("R", "prohibit", "a"), eia=[entry("E1", {"report": "b"}, industries=["344"])])
    about = project(component("甲", a=True, **VALVE), component("乙", **VALVE))
    assert asked(decide(rules, about)) == [("b", "乙"), ("b", "甲"), ("a", "乙")]


def test_a_fact_asked_for_the_whole_project_is_not_asked_again_for_a_component() -> None:
    rules = rulebook(
        item("R", "prohibit", "b"),
        eia=[entry("E1", {"report": "b or planned"}, industries=["344"])],
    )
    about = project(component("甲", **VALVE), component("乙", **VALVE))
    found = decide(rules, about)
    assert asked(found) == [("b", None), ("planned", None)]
    assert changes(found)["b"] == ["verdict", "eia", "R", "E1"]


def test_a_derived_fact_is_asked_through_its_parts_unless_they_can_only_confirm_it() -> None:
    rules = rulebook(item("R", "prohibit", "is_large"), item("S", "prohibit", "is_confirmed"))
    assert [question.fact for question in decide(rules, flat(**VALVE)).questions] == ["amount", "is_confirmed"]


def test_an_internal_fact_is_never_asked() -> None:
    found = decide(rulebook(item("R", "prohibit", "is_other")), flat(**VALVE))
    assert (found.verdict, found.questions) == ("incomplete", ())


def test_a_question_carries_the_words_of_its_fact() -> None:
    rules = rulebook(item("R", "prohibit", "amount > 1"))
    (question,) = decide(rules, flat(**VALVE)).questions
    assert question.model_dump() == {
        "fact": "amount",
        "label": "用量",
        "ask": "用量？",
        "unit": "t/a",
        "proof": "可研",
        "component": None,
        "leading": True,
        "changes": ("verdict", "R"),
    }
    assert decide(rules, flat(**VALVE), "en").questions[0].ask == "用量?"


def _undecided(**facts: Any) -> list[str]:
    rules = rulebook(duties=[duty("D", "a", done_by=["filed"])])
    return [question.fact for question in decide(rules, flat(**VALVE, **facts)).questions]


def test_a_duty_asks_only_while_it_is_undecided() -> None:
    assert (_undecided(), _undecided(a=True), _undecided(a=False)) == (["a"], [], [])
