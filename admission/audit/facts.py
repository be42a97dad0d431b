"""Columns → the facts of every component: the presumptions of `screening.facts`, written as a program.

Shared facts give way to a component's own, the park's to both; a work that only other components
declare is absent; derived facts are filled in; what contradicts itself is marked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from admission.audit.lowering import Lowering, kind_of
from admission.audit.program import NO_ROWS, UNKNOWN, Builder, Truth
from admission.logic.nodes import AnyOf, Case, Constant
from admission.rulebook import Ruleset
from admission.screening.facts import ABSENT, ACTIVITY, INDUSTRY
from admission.vocabulary import Fact, Value

__all__ = ["Columns", "FactWriter", "input_name"]

_Column = Truth | int | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The facts that a table has columns for: of the enterprises, and of their components."""

    enterprise: frozenset[str]
    component: frozenset[str]


def input_name(level: str, fact: str, side: str = "") -> str:
    """The name by which a program reads a column: `level` is `enterprise` or `component`."""
    return f"{level}:{fact}:{side}" if side else f"{level}:{fact}"


class FactWriter:
    """Defines every fact of the vocabulary in `lowering`.

    `refuted` are the rows whose stated facts contradict each other, `varied` the facts in which
    components of an enterprise can differ at all.
    """

    def __init__(self, ruleset: Ruleset, columns: Columns, builder: Builder, lowering: Lowering) -> None:
        self._ruleset, self._columns = ruleset, columns
        self._builder, self._lowering = builder, lowering
        self._own: dict[str, _Column] = {}
        self.refuted = NO_ROWS
        self.varied: frozenset[str] = frozenset()

    def write(self) -> None:
        """All facts, derived ones after those they follow from."""
        self._identity()
        elsewhere = self._works_elsewhere()
        absent = {
            fact.name: elsewhere[work]
            for work, facts in self._ruleset.vocabulary.by_work.items()
            for fact in facts
            if work in elsewhere and fact.type in ABSENT
        }
        derived = {fact.name for fact in self._ruleset.terms.derived}
        for fact in self._ruleset.vocabulary.facts.values():
            if fact.name not in (INDUSTRY, ACTIVITY):
                self._stated(fact, absent.get(fact.name, NO_ROWS), fact.name in derived)
        for fact in self._ruleset.terms.derived:
            self._derived(fact, absent.get(fact.name, NO_ROWS))
        for work, facts in self._ruleset.vocabulary.by_work.items():
            for fact in facts:
                self._misplaced(fact, elsewhere.get(work, NO_ROWS))
        self.varied = self._can_vary(absent)

    # columns

    def _column(self, level: str, fact: Fact, present: Collection[str]) -> _Column:
        if fact.name not in present:
            return None
        if kind_of(fact.type) == "truth":
            true, false = (self._input(level, fact.name, side) for side in ("true", "false"))
            return Truth(true, false)
        return self._input(level, fact.name, "")

    def _input(self, level: str, name: str, side: str) -> int:
        found = self._builder.emit("input", extra=input_name(level, name, side))
        return self._builder.emit("spread", found) if level == "enterprise" else found

    def _first(self, one: _Column, other: _Column) -> _Column:
        """`one` where it is known, else `other`."""
        if one is None or other is None:
            return other if one is None else one
        if isinstance(one, Truth) and isinstance(other, Truth):
            return self._builder.first(one, other)
        assert isinstance(one, int)
        assert isinstance(other, int)
        known = self._builder.emit("known", one)
        return self._lowering.merged((known, one), (self._builder.without(self._builder.rows, known), other))

    def _keep(self, column: _Column, rows: int) -> _Column:
        """`column` on some rows, unknown on the others."""
        if column is None or rows == self._builder.rows:
            return column
        if isinstance(column, Truth):
            return Truth(self._builder.both(column.true, rows), self._builder.both(column.false, rows))
        return self._lowering.merged((rows, column))

    def _known(self, column: _Column) -> int:
        if column is None:
            return NO_ROWS
        return self._builder.known(column) if isinstance(column, Truth) else self._builder.emit("known", column)

    def _constant(self, value: Value) -> Truth | int:
        if isinstance(value, bool):
            return self._builder.always(value)
        if isinstance(value, frozenset | str):
            return self._builder.emit("text", extra=value)
        number = value.toordinal() if isinstance(value, date) else value
        return self._builder.emit("constant", extra=float(number))

    def _define(self, name: str, column: _Column) -> None:
        if column is not None:
            self._lowering.define(name, column)

    # what a component is

    def _identity(self) -> None:
        """Industry and activity: the one not given is empty when the other is."""
        given = {name: self._both_levels(self._ruleset.vocabulary.facts[name]) for name in (INDUSTRY, ACTIVITY)}
        known = {name: self._known(column) for name, column in given.items()}
        for name, other in ((INDUSTRY, ACTIVITY), (ACTIVITY, INDUSTRY)):
            empty = self._keep(self._constant(frozenset()), known[other])
            self._define(name, self._first(given[name], empty))

    def _both_levels(self, fact: Fact) -> _Column:
        own = self._column("component", fact, self._columns.component)
        return self._first(own, self._column("enterprise", fact, self._columns.enterprise))

    def _works_elsewhere(self) -> dict[str, int]:
        """Work → the rows of components in which it is done elsewhere only."""
        identified, found = self._lowering.known(ACTIVITY), {}
        for work in self._ruleset.vocabulary.by_work if self._columns.component else ():
            own = self._lowering.truth(AnyOf(ACTIVITY, (work,))).true
            declared = self._builder.spread(self._builder.some_row(own))
            rows = self._builder.both(identified, self._builder.without(declared, own))
            if rows != NO_ROWS:
                found[work] = rows
        return found

    # facts

    def _stated(self, fact: Fact, absent: int, derived: bool) -> None:
        own = self._column("component", fact, self._columns.component)
        self._own[fact.name] = own
        shared = self._column("enterprise", fact, self._columns.enterprise)
        park = self._ruleset.park_facts.get(fact.name)
        column = self._first(own, self._first(shared, None if park is None else self._constant(park)))
        if absent != NO_ROWS:
            gone = self._builder.without(absent, self._known(own))
            kept = self._keep(column, self._builder.without(self._builder.rows, gone))
            nothing = None if derived else self._keep(self._constant(ABSENT[fact.type]), gone)
            column = self._first(kept, nothing)
        self._define(fact.name, column)

    def _derived(self, fact: Fact, absent: int) -> None:
        tree = self._ruleset.conditions.tree(fact.define or "")
        truth = kind_of(fact.type) == "truth"
        computed: _Column = self._lowering.truth(tree) if truth else self._lowering.value(tree)
        stated = self._lowering.fact(fact.name)
        if computed is None or computed == UNKNOWN:
            computed = None
        if stated is not None and computed is not None:
            self._refute(self._unequal(stated, computed))
        column = self._first(stated, computed)
        if absent != NO_ROWS:
            gone = self._builder.without(absent, self._known(self._own[fact.name]))
            gone = self._builder.without(gone, self._may_be_present(fact))
            column = self._first(column, self._keep(self._constant(ABSENT[fact.type]), gone))
        self._define(fact.name, column)

    def _unequal(self, stated: Truth | int, computed: Truth | int) -> int:
        builder = self._builder
        if isinstance(stated, Truth) and isinstance(computed, Truth):
            return builder.either(builder.both(stated.true, computed.false), builder.both(stated.false, computed.true))
        assert isinstance(stated, int)
        assert isinstance(computed, int)
        known = builder.both(builder.emit("known", stated), builder.emit("known", computed))
        return builder.both(known, builder.emit("compare", stated, computed, extra="!="))

    def _refute(self, rows: int) -> None:
        self.refuted = self._builder.either(self.refuted, rows)

    def _may_be_present(self, fact: Fact) -> int:
        """Rows where the formula of a fact can still make it something else than absent."""
        if fact.define is None:
            return NO_ROWS
        tree = self._ruleset.conditions.tree(fact.define)
        if not isinstance(tree, Case) or tree.otherwise is not None:
            return self._builder.rows
        if isinstance(tree.then, Constant) and tree.then.value == ABSENT[fact.type]:
            return NO_ROWS
        return self._builder.without(self._builder.rows, self._lowering.truth(tree.when).false)

    def _misplaced(self, fact: Fact, elsewhere: int) -> None:
        """A component says of a work what only those can that declare it."""
        own = self._own.get(fact.name)
        if own is None or elsewhere == NO_ROWS or fact.type not in ABSENT:
            return
        said = self._builder.without(elsewhere, self._may_be_present(fact))
        self._refute(self._builder.both(said, self._unequal(own, self._constant(ABSENT[fact.type]))))

    def _can_vary(self, absent: Collection[str]) -> frozenset[str]:
        """The facts in which two components of one enterprise can differ."""
        if not self._columns.component:
            return frozenset()
        start = {*self._columns.component, INDUSTRY, ACTIVITY, *absent}
        return frozenset(start | self._ruleset.terms.derivations.following(start))

    def unlike(self, names: Collection[str]) -> int:
        """Enterprises whose components are not all alike in the facts `names`."""
        masks = []
        for name in sorted(self.varied.intersection(names)):
            column = self._lowering.fact(name)
            if isinstance(column, Truth):
                masks += [self._builder.differs(mask) for mask in column]
            elif column is not None:
                masks.append(self._builder.emit("differs", column))
        return self._builder.either(*masks)
