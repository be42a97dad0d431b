"""The laws of three-valued logic, on the reference evaluator."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.logic.evaluate import evaluate, open_facts
from admission.logic.nodes import And, Case, Constant, Expr, FactRef, IsUnknown, Not, Or, facts_of, walk
from admission.logic.types import check
from admission.vocabulary import FactType
from tests.logic.strategies import CODES, VOCABULARY, Row, any_trees, booleans, rows

Truth = bool | None

RANK: dict[Truth, int] = {False: 0, None: 1, True: 2}
TRUTHS: tuple[Truth, ...] = (False, None, True)
P, Q, R = FactRef("p"), FactRef("q"), FactRef("r")

QUICK = settings(max_examples=80, deadline=None)


def _truth(node: Expr, facts: Row) -> Truth:
    value = evaluate(node, facts)
    assert value is None or isinstance(value, bool)
    return value


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TRUTHS, repeat=2)))
def test_and_is_the_lesser_and_or_the_greater(left: Truth, right: Truth) -> None:
    facts: Row = {"p": left, "q": right}
    assert _truth(And((P, Q)), facts) is min(left, right, key=RANK.__getitem__)
    assert _truth(Or((P, Q)), facts) is max(left, right, key=RANK.__getitem__)


@pytest.mark.parametrize(("value", "negated"), [(True, False), (None, None), (False, True)])
def test_not_keeps_unknown(value: Truth, negated: Truth) -> None:
    assert _truth(Not(P), {"p": value}) is negated
    assert _truth(IsUnknown(P), {"p": value}) is (value is None)


@pytest.mark.parametrize(("p", "q", "r"), list(itertools.product(TRUTHS, repeat=3)))
def test_a_case_takes_its_branch_or_stays_unknown(p: Truth, q: Truth, r: Truth) -> None:
    facts: Row = {"p": p, "q": q, "r": r}
    assert _truth(Case(P, Q, R), facts) is (None if p is None else q if p else r)
    assert _truth(Case(P, Q, None), facts) is (q if p else None)


def _laws(a: Expr, b: Expr, c: Expr) -> list[tuple[str, Expr, Expr]]:
    """Pairs that must be equal, for each of the two connectives and its dual."""
    true, false = Constant(True), Constant(False)
    found: list[tuple[str, Expr, Expr]] = [("double negation", Not(Not(a)), a)]
    pairs: tuple[tuple[type[And | Or], type[And | Or], Expr, Expr], ...] = (
        (And, Or, true, false),
        (Or, And, false, true),
    )
    for one, other, neutral, absorbing in pairs:
        found += [
            ("associativity", one((a, one((b, c)))), one((one((a, b)), c))),
            ("flattening", one((a, one((b, c)))), one((a, b, c))),
            ("commutativity", one((a, b)), one((b, a))),
            ("idempotence", one((a, a)), a),
            ("neutral", one((a, neutral)), a),
            ("absorbing", one((a, absorbing)), absorbing),
            ("absorption", one((a, other((a, b)))), a),
            ("distributivity", one((a, other((b, c)))), other((one((a, b)), one((a, c))))),
            ("De Morgan", Not(one((a, b))), other((Not(a), Not(b)))),
        ]
    return found


@QUICK
@given(st.data())
def test_kleene_laws(data: st.DataObject) -> None:
    a, b, c = (data.draw(booleans(2)) for _ in range(3))
    for facts in data.draw(st.lists(rows((a, b, c)), min_size=3, max_size=6)):
        for law, left, right in _laws(a, b, c):
            assert _truth(left, facts) is _truth(right, facts), law


@QUICK
@given(st.data())
def test_filling_an_unknown_never_changes_a_decided_value(data: st.DataObject) -> None:
    tree = data.draw(booleans(unknown_tests=False))
    for facts in data.draw(st.lists(rows((tree,)), min_size=4, max_size=8)):
        before = evaluate(tree, facts)
        filling = data.draw(rows((tree,), unknown=False))
        filled: Row = {name: filling[name] if value is None else value for name, value in facts.items()}
        assert before is None or evaluate(tree, filled) == before


@QUICK
@given(st.data())
def test_a_longer_code_never_changes_a_decided_value(data: st.DataObject) -> None:
    tree = data.draw(booleans(unknown_tests=False))
    facts = data.draw(rows((tree,)))
    codes = facts.get("industry")
    if not isinstance(codes, frozenset):
        return
    longer = {code: data.draw(st.sampled_from([other for other in CODES if other.startswith(code)])) for code in codes}
    before = evaluate(tree, facts)
    assert before is None or evaluate(tree, {**facts, "industry": frozenset(longer.values())}) == before


@QUICK
@given(st.data())
def test_only_open_facts_can_decide_an_undecided_value(data: st.DataObject) -> None:
    tree = data.draw(booleans(unknown_tests=False))
    facts = data.draw(rows((tree,)))
    opened, value = open_facts(tree, facts), evaluate(tree, facts)
    assert facts_of(tree).issuperset(opened)
    filling = data.draw(rows((tree,), unknown=False))
    others: Row = {
        name: filling[name] if known is None and name not in opened else known for name, known in facts.items()
    }
    if value is None:
        assert evaluate(tree, others) is None
    elif not any(isinstance(node, Case) for node in walk(tree)):
        assert opened == ()


@QUICK
@given(any_trees())
def test_generated_trees_are_well_typed(tree: Expr) -> None:
    assert check(tree, VOCABULARY).kind in (FactType.BOOL, FactType.NUMBER, FactType.DATE, FactType.TEXT, FactType.ENUM)
