"""The fit score: weights, the best component, intervals while something is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screening.small import component, criterion, decide, flat, project, rulebook

SIZE = criterion("size", 60, [("amount >= 100", 100), ("amount >= 50", 40)], otherwise=10)
KIND = criterion("kind", 40, [("a", 100), ("b", 50)])
RULES = rulebook(criteria=[SIZE, KIND])


@pytest.mark.parametrize(
    ("facts", "low", "high", "needs"),
    [
        ({"amount": 100, "a": True}, 100, 100, [[], []]),
        ({"amount": 50, "a": False, "b": True}, 44, 44, [[], []]),
        ({"amount": 0, "a": False, "b": False}, 6, 6, [[], []]),
        ({"amount": 50}, 24, 64, [[], ["a", "b"]]),
        ({"amount": 50, "b": True}, 44, 64, [[], ["a"]]),
        ({"amount": 50, "a": False}, 24, 44, [[], ["b"]]),
        ({"a": True}, 46, 100, [["amount"], []]),
        ({}, 6, 100, [["amount"], ["a", "b"]]),
    ],
)
def test_unknown_facts_give_an_interval(facts: dict[str, Any], low: float, high: float, needs: list[list[str]]) -> None:
    found = decide(RULES, flat(**facts)).score
    assert (found.low, found.high) == (low, high)
    assert [list(item.needs) for item in found.criteria] == needs
    assert [(item.id, item.weight, item.basis) for item in found.criteria] == [
        ("size", 60, "政策"),
        ("kind", 40, "政策"),
    ]


@pytest.mark.parametrize(
    ("one", "two", "low", "high", "needs"),
    [
        ({"a": True}, {"a": False, "b": False}, 40, 40, []),
        ({"a": False, "b": True}, {}, 20, 40, ["a"]),
        ({"a": True}, {}, 40, 40, []),
        ({"a": False}, {"a": False, "b": False}, 0, 20, ["b"]),
    ],
)
def test_each_criterion_takes_its_best_component(
    one: dict[str, Any], two: dict[str, Any], low: float, high: float, needs: list[str]
) -> None:
    rules = rulebook(criteria=[KIND, criterion("rest", 60, [("true", 0)])])
    found = decide(rules, project(component("甲", **one), component("乙", **two))).score
    assert (found.low, found.high) == (low, high)
    assert list(found.criteria[0].needs) == needs


def test_what_comes_after_a_line_that_holds_is_not_asked() -> None:
    rules = rulebook(criteria=[criterion("K", 100, [("a", 0), ("b", 50), ("c", 100)])])
    (found,) = decide(rules, flat(b=True)).score.criteria
    assert (found.low, found.high, found.needs) == (0, 50, ("a",))


def test_without_criteria_the_score_may_be_anything() -> None:
    assert decide(rulebook(), flat()).score.model_dump() == {"low": 0.0, "high": 100.0, "criteria": ()}


def test_a_score_never_changes_a_verdict() -> None:
    assert decide(RULES, flat(amount=0, a=False, b=False)).verdict == "admit"
