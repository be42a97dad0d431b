from __future__ import annotations

from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from admission import Rulebook, load_rulebook
from admission.logic import evaluate, facts_of
from admission.logic.nodes import Arithmetic, Compare, Constant, Expr, FactRef, In, IsUnknown, Not, Or
from admission.logic.rounding import limits_of, rounds_to
from admission.vocabulary import Value

X, Y = FactRef("x"), FactRef("y")
NONE: frozenset[float] = frozenset()


def compare(op: str, value: float) -> Expr:
    return Compare(op, X, Constant(value))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (compare(">=", 3.0), frozenset({3.0})),
        (Compare("<", Constant(4), X), frozenset({4.0})),
        (Or((compare(">", 1.0), Not(compare("<=", 2.0)))), frozenset({1.0, 2.0})),
        (In(X, (5.0, 6.0)), frozenset({5.0, 6.0})),
        (Or((compare(">", 1.0), Compare(">", X, Y))), None),
        (Compare(">", Arithmetic("*", X, Constant(2.0)), Constant(1.0)), None),
    ],
)
def test_the_limits_of_a_fact_are_what_it_is_compared_with(tree: Expr, expected: frozenset[float] | None) -> None:
    assert limits_of([tree])["x"] == expected


def test_asking_whether_a_fact_is_known_is_no_limit() -> None:
    assert "x" not in limits_of([IsUnknown(X)])


@pytest.mark.parametrize(
    ("derived", "stated", "limits", "same"),
    [
        (265.4867, 265.49, NONE, True),
        (265.4867, 265.5, NONE, True),
        (265.4867, 265.0, NONE, True),
        (265.4867, 266.0, NONE, False),
        (265.4867, 265.48, NONE, False),  # cut off, not rounded
        (265.5, 266.0, NONE, True),  # a half goes either way
        (265.5, 265.0, NONE, True),
        (298.0, 300.0, NONE, False),  # zeros before the point are exact to one
        (299.6, 300.0, NONE, True),
        (-1.26, -1.3, NONE, True),
        (0.1 + 0.2, 0.3, NONE, True),
        (0.3, 0.30000001, NONE, False),
        (249.8, 250.0, frozenset({250.0}), False),  # ≥ 250 would tell them apart
        (250.2, 250.0, frozenset({250.0}), False),  # > 250 would
        (249.6, 250.0, frozenset({249.7}), False),
        (249.6, 250.0, frozenset({249.5, 250.1}), True),
        (265.4867, 265.49, None, False),  # used in another way
        (True, True, NONE, False),
    ],
)
def test_what_rounds_to_what(derived: Value, stated: Value, limits: frozenset[float] | None, same: bool) -> None:
    assert rounds_to(derived, stated, limits) is same


@cache
def rules() -> Rulebook:
    return load_rulebook()


def calculated() -> list[str]:
    trees = {fact.name: rules().conditions.tree(fact.define or "") for fact in rules().vocabulary.derived}
    return sorted(name for name, tree in trees.items() if isinstance(tree, Arithmetic))


def conditions_on(name: str) -> list[Expr]:
    book = rules()
    texts = [text for item in book.items for text in (item.rule.when, item.rule.must) if text is not None]
    texts += [points.when for criterion in book.criteria for points in criterion.rule.points]
    return [tree for tree in map(book.conditions.tree, texts) if name in facts_of(tree)]


def test_there_are_calculated_facts_and_rules_that_read_them() -> None:
    assert "investment_intensity_wan_yuan_per_mu" in calculated()
    assert len(conditions_on("investment_intensity_wan_yuan_per_mu")) > 3


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(calculated()), st.integers(0, 4))
def test_a_rounded_statement_that_is_taken_changes_no_condition(data: st.DataObject, name: str, places: int) -> None:
    book = rules()
    inputs = sorted(facts_of(book.conditions.tree(book.vocabulary.facts[name].define or "")))
    numbers = st.floats(0.01, 50_000).map(lambda number: round(number, 3))
    parts: dict[str, Value | None] = {part: data.draw(numbers) for part in inputs}
    exact, rounded = dict(parts), dict(parts)
    assert book.derivations.derive(exact) == ()
    value = exact[name]
    assert isinstance(value, float)
    rounded[name] = round(value, places)
    assume(book.derivations.derive(rounded) == ())
    for tree in conditions_on(name):
        assert evaluate(tree, rounded) is evaluate(tree, exact)


def test_only_calculated_numbers_may_be_rounded() -> None:
    book = rules()
    facts: dict[str, Value | None] = {
        "is_new_build": True,
        "added_meat_processing_t_per_year": 999.6,
        "site_meat_processing_t_per_year": 1000.0,
    }
    assert [c.fact.name for c in book.derivations.derive(facts)] == ["site_meat_processing_t_per_year"]


def test_a_stated_rounded_number_stands() -> None:
    facts: dict[str, Value | None] = {
        "total_investment_wan_yuan": 12000.0,
        "land_area_mu": 45.2,
        "investment_intensity_wan_yuan_per_mu": 265.49,
    }
    assert rules().derivations.derive(facts) == ()
    assert facts["investment_intensity_wan_yuan_per_mu"] == 265.49
    facts["investment_intensity_wan_yuan_per_mu"] = 266.0
    assert len(rules().derivations.derive(facts)) == 1
    straddling: dict[str, Value | None] = {
        "total_investment_wan_yuan": 2498.0,
        "land_area_mu": 10.0,
        "investment_intensity_wan_yuan_per_mu": 250.0,
    }
    assert len(rules().derivations.derive(straddling)) == 1
