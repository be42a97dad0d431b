"""Facts that follow from others: order, cycles, computing, contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from admission.errors import Place, Problem, ProblemCode
from admission.logic.conditions import Conditions
from admission.logic.nodes import Expr, facts_of
from admission.vocabulary import Fact, Value, Vocabulary

__all__ = ["Contradiction", "Derivations", "derive", "derived_order"]


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
    """Fill in the derived facts of `order` that `facts` does not state; a stated value stands.

    Returns the stated values that the other facts refute (`has_boiler: false` beside a boiler of
    2 t/h); the caller decides what to do with a document that contradicts itself. A calculated
    number may be stated rounded (`admission.logic.rounding`).
    """
    found = []
    get, function = facts.get, conditions.function
    for fact in order:
        value, name = function(fact.define or "")(get), fact.name
        stated = get(name)
        if stated is None:
            facts[name] = value
        elif value is not None and value != stated and not conditions.is_rounded(fact, stated, value):
            found.append(Contradiction(fact, stated, value))
    return tuple(found)


class Derivations:
    """The derived facts of a rulebook in order, found by what they read; immutable, picklable.

    Only those that something known can bear on are computed: the others stay unknown, except the
    few that have a value with nothing known (`x is null`), which are always computed.
    """

    def __init__(self, order: tuple[Fact, ...], conditions: Conditions) -> None:
        self._order = order
        self._conditions = conditions
        self._positions = {fact.name: position for position, fact in enumerate(order)}
        self._bearing = self._index()
        self._always = self._constants()

    def _index(self) -> Mapping[str, frozenset[int]]:
        """Fact → positions of the derived facts that it bears on, directly or through others."""
        index: dict[str, frozenset[int]] = {}
        for position in range(len(self._order) - 1, -1, -1):
            fact = self._order[position]
            reached = index.get(fact.name, frozenset()) | {position}
            for name in facts_of(self._conditions.tree(fact.define or "")):
                index[name] = index.get(name, frozenset()) | reached
        return index

    def _constants(self) -> frozenset[int]:
        nothing: dict[str, Value | None] = {}
        derive(nothing, self._order, self._conditions)
        known = [name for name, value in nothing.items() if value is not None]
        return frozenset(self._positions[name] for name in known).union(*(self._bearing.get(n, ()) for n in known))

    def following(self, names: Iterable[str]) -> frozenset[str]:
        """The derived facts that the facts `names` bear on."""
        bearing = self._bearing
        positions = frozenset[int]().union(*(bearing[name] for name in names if name in bearing))
        return frozenset(self._order[position].name for position in positions)

    def concerned(self, names: Iterable[str]) -> tuple[Fact, ...]:
        """In order: the derived facts among `names`, those they bear on, and those with a value in any case."""
        bearing, own = self._bearing, self._positions
        found = set(self._always)
        for name in names:
            if name in bearing:
                found |= bearing[name]
            if name in own:
                found.add(own[name])
        return tuple(self._order[position] for position in sorted(found))

    def derive(self, facts: dict[str, Value | None]) -> tuple[Contradiction, ...]:
        """As `derive` with every derived fact, but only those are computed that can have a value."""
        known = [name for name, value in facts.items() if value is not None]
        return derive(facts, self.concerned(known), self._conditions)
