"""Remedies: the smallest change of what an investor can change, tried on the whole project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from admission.screening import Judgement, Project
from tests.screening.small import Rule, component, decide, flat, item, judged, project, rulebook

Changes = list[list[tuple[str, Any, Any]]]


def remedies(about: Project, *rules: Rule) -> Changes:
    found = decide(rulebook(*rules), about)
    assert found.verdict == "reject"
    return [[(change.fact, change.before, change.after) for change in remedy.changes] for remedy in found.remedies]


def test_nothing_rejected_needs_no_remedy() -> None:
    rules = rulebook(
        item("R", "prohibit", "a"), item("S", "restrict", "b"), item("T", "prohibit", "b", status="unverified")
    )
    assert decide(rules, flat(a=False, b=True)).remedies == ()
    assert decide(rules, flat()).remedies == ()


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ("a", {"a": True}, [[("a", True, False)]]),
        ("not a", {"a": False}, [[("a", False, True)]]),
        ("c", {"c": True}, []),  # nobody can change it
        ("a and c", {"a": True, "c": True}, [[("a", True, False)]]),
        ("amount >= 10", {"amount": 30}, [[("amount", 30, 9)]]),
        ("amount > 10", {"amount": 30}, [[("amount", 30, 10)]]),
        ("amount <= 10", {"amount": 3}, [[("amount", 3, 11)]]),
        ("10 < amount", {"amount": 30}, [[("amount", 30, 10)]]),
        ("amount > 0", {"amount": 1}, [[("amount", 1, 0)]]),
        ("amount >= 0", {"amount": 1}, []),  # below its range
        ("amount < 1000", {"amount": 1}, [[("amount", 1, 1000)]]),
        ("amount <= 1000", {"amount": 1}, []),  # beyond its range
        ("height < 5", {"height": 1}, [[("height", 1, 5)]]),
        ("amount + amount > 10", {"amount": 30}, []),  # no threshold of its own
        ("is_large", {"amount": 500}, [[("amount", 500, 99)]]),
        ("distance < 1000 or distance < 3000", {"distance": 400}, [[("distance", 400, 3000)]]),
        ("furnace = 'cupola'", {"furnace": "cupola"}, [[("furnace", "cupola", "electric")]]),
        ("any_of(fuel, 'coal')", {"fuel": ["coal", "gas"]}, [[("fuel", ["coal", "gas"], ["gas"])]]),
        ("any_of(fuel, 'coal')", {"fuel": ["coal"]}, [[("fuel", ["coal"], [])]]),
        ("any_of(fuel, 'coal') or any_of(fuel, 'oil')", {"fuel": ["coal", "oil"]}, [[("fuel", ["coal", "oil"], [])]]),
        (
            "any_of(fuel, 'oil') or any_of(fuel, 'coal')",
            {"fuel": ["gas", "oil"]},
            [[("fuel", ["gas", "oil"], ["gas"])]],
        ),
        ("is_coal", {"fuel": ["coal", "gas"]}, [[("fuel", ["coal", "gas"], ["gas"])]]),
        ("opened > DATE '2020-01-01'", {"opened": date(2021, 1, 1)}, []),  # no other day is better than another
        ("amount > 10 and a", {"amount": 30, "a": True}, [[("a", True, False)], [("amount", 30, 10)]]),
        ("a or b", {"a": True, "b": True}, [[("a", True, False), ("b", True, False)]]),
        ("a or c", {"a": True, "c": True}, []),
        ("a or b", {"a": True}, [[("a", True, False), ("b", None, False)]]),
    ],
)  # fmt: skip
def test_the_nearest_change_that_lifts_the_rejection(
    when: str, facts: dict[str, Any], expected: Changes | None
) -> None:
    if expected is None:
        from datetime import date

        assert remedies(flat(opened=date(2021, 1, 1)), item("R", "prohibit", when)) == []
    else:
        assert remedies(flat(**facts), item("R", "prohibit", when)) == expected


def test_a_duty_is_met_or_its_trigger_avoided() -> None:
    rule = item("R", "require", "a", must="b", unmet="reject")
    assert remedies(flat(a=True, b=False), rule) == [[("a", True, False)], [("b", False, True)]]


def test_a_remedy_that_only_makes_the_clause_unknown_is_none() -> None:
    assert remedies(flat(a=True, b=True), item("R", "prohibit", "b and (a or c)")) == [[("b", True, False)]]


def test_a_remedy_that_runs_into_another_clause_is_none() -> None:
    rules = [item("R", "prohibit", "a"), item("S", "prohibit", "not a and b"), item("T", "prohibit", "not a and c")]
    assert remedies(flat(a=True, b=False, c=False), *rules) == [[("a", True, False)]]
    assert remedies(flat(a=True, b=True, c=False), *rules) == []
    assert remedies(flat(a=True, b=False), *rules) == []  # S is clear, but T comes to be in doubt


def test_a_clause_that_was_in_doubt_before_may_stay_so() -> None:
    rules = [item("R", "prohibit", "a"), item("T", "prohibit", "c")]
    assert remedies(flat(a=True), *rules) == [[("a", True, False)]]


def test_a_change_that_contradicts_what_is_computed_is_refused() -> None:
    assert remedies(flat(fuel=["coal"]), item("R", "prohibit", "is_coal")) == [[("fuel", ["coal"], [])]]


def test_what_follows_from_the_change_is_computed_anew() -> None:
    rules = [item("R", "prohibit", "is_large"), item("S", "prohibit", "not is_large and a")]
    assert remedies(flat(amount=500, is_large=True, a=False), *rules) == [[("amount", 500, 99)]]


def test_all_rejecting_clauses_are_lifted_and_cited() -> None:
    found = decide(rulebook(item("R", "prohibit", "a"), item("S", "prohibit", "b")), flat(a=True, b=True))
    (remedy,) = found.remedies
    assert [change.fact for change in remedy.changes] == ["a", "b"]
    assert [cite.article for cite in remedy.cites] == ["第R条", "第S条"]
    assert remedy.changes[0].label == "A"


def test_at_most_five_remedies_are_named() -> None:
    when = "a and b and amount > 1 and height > 1 and distance > 1 and furnace = 'cupola'"
    facts = {"a": True, "b": True, "amount": 5, "height": 5, "distance": 5, "furnace": "cupola"}
    assert len(remedies(flat(**facts), item("R", "prohibit", when))) == 5


def _judgements(answer: str) -> Iterable[Judgement]:
    return [judged("R", answer)]


def test_what_a_person_rejected_is_lifted_only_by_avoiding_the_clause() -> None:
    judgement = {"zh": "是否？", "en": "Is it?"}
    rules = rulebook(
        item("R", "prohibit", "a and amount > 10", judgement=judgement), item("S", "prohibit", "height > 1 and b")
    )
    found = decide(rules, project(a=True, amount=30, b=False, judgements=_judgements("hit")))
    assert [[change.fact for change in remedy.changes] for remedy in found.remedies] == [["a"], ["amount"]]


def _changed(*components: Any, **shared: Any) -> list[tuple[str, str | None, Any, Any]]:
    rules = rulebook(item("R", "prohibit", "a and distance < 1000"))
    (*_, remedy) = decide(rules, project(*components, **shared)).remedies
    first = decide(rules, project(*components, **shared)).remedies[0]
    return [(c.fact, c.component, c.before, c.after) for r in (first, remedy) for c in r.changes]


def test_a_change_names_the_components_it_concerns() -> None:
    one, two, three = component("甲", a=True), component("乙", a=False), component("丙", a=True)
    project_wide = ("distance", None, 400, 1000)
    assert _changed(one, two, three, distance=400) == [("a", "甲", True, False), ("a", "丙", True, False), project_wide]
    assert _changed(one, three, distance=400) == [("a", None, True, False), project_wide]
    assert _changed(component("甲"), component("乙"), a=True, distance=400) == [("a", None, True, False), project_wide]
