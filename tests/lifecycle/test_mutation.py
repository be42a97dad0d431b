"""The recorded histories hold every duty and question, and notice nearly every thing that could be wrong in one."""

from __future__ import annotations

import pytest

from admission.review.judged import read_judged
from tests.lifecycle.mutation import JUDGED, every_rule, outcome, recorded, situated, survivors

LEAST = 0.95


def test_every_rule_makes_of_its_histories_what_is_recorded() -> None:
    held = recorded()
    assert list(held) == [rule.id for rule in every_rule()]
    wrong = [
        (rule.id, history, outcome(rule, situated(history, rule)), gives)
        for rule in every_rule()
        for history, gives in held[rule.id]
        if outcome(rule, situated(history, rule)) != gives
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def found() -> tuple[int, list[tuple[str, str, str]]]:
    held, killed, living = recorded(), 0, []
    for rule in every_rule():
        some, left = survivors(rule, held[rule.id])
        killed += some
        living += [(mutant.of, mutant.part, mutant.change) for mutant in left]
    return killed, living


def test_nearly_every_change_of_a_rule_is_noticed(found: tuple[int, list[tuple[str, str, str]]]) -> None:
    killed, living = found
    assert killed / (killed + len(living)) >= LEAST


def test_somebody_has_looked_at_each_change_that_is_not(found: tuple[int, list[tuple[str, str, str]]]) -> None:
    judged = {(one.rule, one.part, one.change) for one in read_judged(JUDGED)}
    assert judged == set(found[1])
