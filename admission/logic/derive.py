"""Facts that follow from others: order, cycles, computing, contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from admission.errors import Place, Problem, ProblemCode
from admission.logic.conditions import Conditions
from admission.logic.nodes import Expr, facts_of
from admission.vocabulary import Fact, Value, Vocabulary

__all__ = ["Contradiction", "derive", "derived_order"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A stated value that other stated facts refute."""

    fact: Fact
    stated: Value
    derived: Value


def derived_order(vocabulary: Vocabulary, trees: Mapping[str, Expr], problems: list[Problem]) -> tuple[Fact, ...]:
    """Derived facts so that each comes after those it reads; a cycle is added to `problems`."""
    derived = {fact.name: fact for fact in vocabulary.derived}
    graph = {
        name: facts_of(trees[fact.define]) & derived.keys()
        for name, fact in derived.items()
        if fact.define is not None and fact.define in trees
    }
    try:
        return tuple(derived[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        path = error.args[1]
        place = derived[path[0]].place or Place("vocabulary")
        problems.append(Problem(ProblemCode.CYCLE, place, path[0], {"path": " → ".join(path)}))
        return ()


def derive(
    facts: dict[str, Value | None], order: tuple[Fact, ...], conditions: Conditions
) -> tuple[Contradiction, ...]:
    """Fill in every derived fact that `facts` does not state; a stated value stands.

    Returns the stated values that the other facts refute (`has_boiler: false` beside a boiler of
    2 t/h); the caller decides what to do with a document that contradicts itself.
    """
    found = []
    get = facts.get
    for fact in order:
        value = conditions.function(fact.define or "")(get)
        stated = get(fact.name)
        if stated is None:
            facts[fact.name] = value
        elif value is not None and value != stated:
            found.append(Contradiction(fact, stated, value))
    return tuple(found)
