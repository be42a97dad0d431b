"""What the industry alone decides is what everything together decides."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.rulebook import Ruleset
from admission.screening.answers import QUIET
from admission.screening.facts import component_facts
from admission.screening.gates import Clauses
from admission.screening.lists import assess
from tests.screening.documents import DEMO, DIVISIONS, NATIONAL, SHIZHU, codes_below, projects

some = settings(
    max_examples=25, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large)
)
ALL_CODES = [code for division in DIVISIONS for code in codes_below(division)]


@pytest.mark.parametrize("ruleset", [SHIZHU, DEMO, NATIONAL], ids=["shizhu", "demo", "national"])
@some
@given(draw=st.data())
def test_a_clause_says_the_same_with_and_without_the_gate(draw: st.DataObject, ruleset: Ruleset) -> None:
    project = draw.draw(projects(ALL_CODES, ruleset=ruleset))
    components = component_facts(project, ruleset)
    gated, plain = (assess(ruleset, components, items=items) for items in (None, ruleset.items))
    assert [(a.item.id, a.component, a.outcome, a.contribution, a.reachable) for a in gated] == [
        (a.item.id, a.component, a.outcome, a.contribution, a.reachable) for a in plain
    ]
    assert [a.answer.needs for a in gated] == [a.answer.needs for a in plain]


def test_the_industry_alone_settles_much_and_only_what_stays_settled() -> None:
    clauses = Clauses(SHIZHU.items, SHIZHU)
    gate = {**SHIZHU.terms.nothing_known, "industry": frozenset({"3091"}), "activity": frozenset()}
    settled = [answers for answers in clauses.every if answers.only_gains and answers.of(gate).outcome in QUIET]
    assert len(settled) > len(clauses.every) // 3


def test_an_answer_by_the_gate_is_explained_by_the_gate() -> None:
    """Whatever else is stated, and in whatever order projects come."""
    clauses = Clauses(SHIZHU.items, SHIZHU)
    bare = {**SHIZHU.terms.nothing_known, "industry": frozenset({"3091"}), "activity": frozenset()}
    stated = {**bare, "nature": "new", "total_investment_wan_yuan": 5000.0}
    first, second = clauses.answers_of(stated), clauses.answers_of(bare)
    for one, other in zip(first, second, strict=True):
        if other.outcome in QUIET and one is other:
            assert one.reasons("zh") == other.reasons("zh")
    assert sum(one is other for one, other in zip(first, second, strict=True)) > len(first) // 3
