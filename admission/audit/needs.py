"""Which unknown facts an undecided condition hangs on, as masks.

`logic.open_facts` and `Rulebook.askable` walk one tree for one component. Here the same walk is
made once for all rows: every place where a fact is read becomes a pair of the fact to ask for and
the rows in which that place is open.
"""

from __future__ import annotations

from collections.abc import Iterable

from admission.audit.lowering import Lowering
from admission.audit.program import NO_ROWS, Builder
from admission.logic.nodes import And, AnyOf, Case, Constant, Expr, FactRef, IsUnknown, Or, Under, children
from admission.rulebook import Ruleset

__all__ = ["NeedsWriter"]

Place = tuple[str, int]
"""A fact to ask for, and the rows in which it is to be asked."""


class NeedsWriter:
    """Writes the open places of conditions; facts must all be defined in `lowering` before.

    With `first` only where to begin (`logic.next_facts`): the first open part of an `and`, the gate of a CASE.
    """

    def __init__(self, ruleset: Ruleset, builder: Builder, lowering: Lowering, *, first: bool = False) -> None:
        self._ruleset, self._builder, self._lowering, self._first = ruleset, builder, lowering, first
        self._asked: dict[tuple[str, int], tuple[Place, ...]] = {}

    def places(self, key: str, rows: int) -> tuple[Place, ...]:
        """What to ask for while the condition `key` is undecided, in order; a fact may stand several times."""
        return self._askable(self._open(self._ruleset.conditions.tree(key), rows))

    def _unknown(self, node: Expr) -> int:
        builder, lowering = self._builder, self._lowering
        if isinstance(node, FactRef):
            return builder.without(builder.rows, lowering.known(node.name))
        if lowering.kind(node) == "truth":
            return builder.unknown(lowering.truth(node))
        value = lowering.value(node)
        return builder.rows if value is None else builder.without(builder.rows, builder.emit("known", value))

    def _open(self, node: Expr, rows: int) -> list[Place]:
        """The facts that `node` hangs on in those of `rows` where it is undecided."""
        if rows == NO_ROWS or isinstance(node, Constant | IsUnknown):
            return []
        rows = self._builder.both(rows, self._unknown(node))
        match node:
            case FactRef(name=name) | Under(name=name) | AnyOf(name=name):
                return [(name, rows)] if rows != NO_ROWS else []
            case And(parts=parts) if self._first:
                found = []
                for part in parts:
                    found += self._open(part, rows)
                    rows = self._builder.without(rows, self._unknown(part))
                return found
            case And(parts=parts) | Or(parts=parts):
                return [place for part in parts for place in self._open(part, rows)]
            case Case(when=when, then=then, otherwise=otherwise):
                test = self._lowering.truth(when)
                found = self._open(when, rows)
                if self._first:
                    rows = self._builder.without(rows, self._builder.unknown(test))
                found += self._open(then, self._builder.without(rows, test.false))
                if otherwise is not None:
                    found += self._open(otherwise, self._builder.without(rows, test.true))
                return found
            case _:
                return [place for part in children(node) for place in self._open(part, rows)]

    def _askable(self, places: Iterable[Place]) -> tuple[Place, ...]:
        return tuple(found for name, rows in places for found in self._expanded(name, rows))

    def _expanded(self, name: str, rows: int) -> tuple[Place, ...]:
        """A fact that follows from others is asked through those, unless its formula can only confirm it."""
        if (name, rows) not in self._asked:
            self._asked[name, rows] = self._expand(name, rows)
        return self._asked[name, rows]

    def _expand(self, name: str, rows: int) -> tuple[Place, ...]:
        """The umbrella comes first, in the rows where it is unknown, and the fact itself after it."""
        fact, builder = self._ruleset.vocabulary.facts[name], self._builder
        if fact.umbrella is None:
            return self._without_umbrella(name, rows)
        covered = builder.both(rows, builder.without(builder.rows, self._lowering.known(fact.umbrella)))
        first = self._askable([(fact.umbrella, covered)]) if covered != NO_ROWS else ()
        own = ((name, covered),) if covered != NO_ROWS and not self._first else ()
        rest = builder.without(rows, covered)
        return (*first, *own, *(self._without_umbrella(name, rest) if rest != NO_ROWS else ()))

    def _without_umbrella(self, name: str, rows: int) -> tuple[Place, ...]:
        fact, builder = self._ruleset.vocabulary.facts[name], self._builder
        parts: tuple[Place, ...] = ()
        if fact.define is not None:
            tree = self._ruleset.conditions.tree(fact.define)
            if fact.internal or not isinstance(tree, Case):
                parts = self._askable(self._open(tree, rows))
        if fact.internal:
            return parts
        rest = rows
        for _, asked in parts:
            rest = builder.without(rest, asked)
        return parts if rest == NO_ROWS else (*parts, (name, rest))
