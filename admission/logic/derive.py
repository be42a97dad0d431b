"""Facts that follow from others: order, cycles, computing, contradictions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import Any, NamedTuple

from admission.errors import Place, Problem, ProblemCode
from admission.logic.conditions import Conditions
from admission.logic.nodes import Expr, facts_of
from admission.logic.python import Compiled
from admission.vocabulary import Fact, Value, Vocabulary

__all__ = ["Contradiction", "Derivations", "derive", "derived_order"]

Presume = Callable[[Fact], Value | None]
"""What a fact is taken to be when its formula gives nothing; None: unknown."""

_KEPT = 256


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


class _Step(NamedTuple):
    """One derived fact to compute."""

    name: str
    function: Compiled
    fact: Fact


def derive(facts: dict[str, Value | None], order: Iterable[Fact], conditions: Conditions) -> tuple[Contradiction, ...]:
    """Fill in the derived facts of `order` that `facts` does not state; a stated value stands.

    Returns the stated values that the other facts refute (`has_boiler: false` beside a boiler of
    2 t/h); the caller decides what to do with a document that contradicts itself. A calculated
    number may be stated rounded (`admission.logic.rounding`).
    """
    return _run(facts, (_step(fact, conditions) for fact in order), conditions, {}, _not_presumed)


def _step(fact: Fact, conditions: Conditions) -> _Step:
    return _Step(fact.name, conditions.function(fact.define or ""), fact)


def _not_presumed(fact: Fact) -> None:
    """Nothing is presumed of any fact."""


def _run(
    facts: dict[str, Value | None],
    steps: Iterable[_Step],
    conditions: Conditions,
    open_to: Collection[str],
    presume: Presume,
) -> tuple[Contradiction, ...]:
    found = []
    get = facts.get
    for name, function, fact in steps:
        value = function(get)
        stated = get(name)
        if stated is None:
            facts[name] = presume(fact) if value is None and name in open_to else value
        elif value is not None and value != stated and not conditions.is_rounded(fact, stated, value):
            found.append(Contradiction(fact, stated, value))
    return tuple(found)


class Derivations:
    """The derived facts of a rulebook in order, found by what they read; immutable, picklable.

    Only those that something known can bear on are computed: the others stay unknown, except the
    few that have a value with nothing known (`x is null`), which are always computed. Sets of
    derived facts are numbers here, one bit for each in its place of the order.
    """

    def __init__(self, order: tuple[Fact, ...], conditions: Conditions) -> None:
        self._order = order
        self._conditions = conditions
        self._own = {fact.name: 1 << position for position, fact in enumerate(order)}
        self._bearing = self._index()
        self._concerning = {
            name: self._bearing.get(name, 0) | self._own.get(name, 0) for name in self._bearing.keys() | self._own
        }
        self._always = self._constants()
        self._steps: dict[int, tuple[_Step, ...]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_steps": {}}

    def _index(self) -> Mapping[str, int]:
        """Fact → the derived facts that it bears on, directly or through others."""
        index: dict[str, int] = {}
        for fact in reversed(self._order):
            reached = index.get(fact.name, 0) | self._own[fact.name]
            for name in facts_of(self._conditions.tree(fact.define or "")):
                index[name] = index.get(name, 0) | reached
        return index

    def _constants(self) -> int:
        nothing: dict[str, Value | None] = {}
        derive(nothing, self._order, self._conditions)
        found = 0
        for name, value in nothing.items():
            if value is not None:
                found |= self._concerning[name]
        return found

    def following(self, names: Iterable[str]) -> frozenset[str]:
        """The derived facts that the facts `names` bear on."""
        found = 0
        for name in names:
            found |= self._bearing.get(name, 0)
        return frozenset(fact.name for fact in self._facts(found))

    def concerned(self, names: Iterable[str]) -> tuple[Fact, ...]:
        """In order: the derived facts among `names`, those they bear on, and those with a value in any case."""
        return self._facts(self._concerned(names))

    def derive(
        self,
        facts: dict[str, Value | None],
        open_to: Collection[str] = (),
        presume: Presume = _not_presumed,
    ) -> tuple[Contradiction, ...]:
        """As `derive` with every derived fact, but only those are computed that can have a value.

        A fact in `open_to` whose formula gives nothing is what `presume` says in its turn, before the
        facts that follow from it.
        """
        known = (name for name, value in facts.items() if value is not None)
        mask = self._concerned(chain(known, open_to))
        steps = self._steps.get(mask)
        if steps is None:
            if len(self._steps) >= _KEPT:
                self._steps = {}
            steps = self._steps[mask] = tuple(_step(fact, self._conditions) for fact in self._facts(mask))
        return _run(facts, steps, self._conditions, open_to, presume)

    def _concerned(self, names: Iterable[str]) -> int:
        found, concerning = self._always, self._concerning
        for name in names:
            if name in concerning:
                found |= concerning[name]
        return found

    def _facts(self, mask: int) -> tuple[Fact, ...]:
        return tuple(fact for fact in self._order if mask & self._own[fact.name])
