"""The view of facts: `screening.facts` as a chain of steps over the table, each on top of the last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from admission.audit.sql.writer import EMPTY, Step, Writer
from admission.logic.nodes import AnyOf, Case, Constant, Expr, FactRef, Not, facts_of
from admission.rulebook import Ruleset
from admission.screening.facts import ABSENT, ACTIVITY, INDUSTRY
from admission.vocabulary import Fact, FactType

__all__ = ["FactsView", "facts_behind"]


def facts_behind(ruleset: Ruleset, keys: Iterable[str]) -> tuple[Fact, ...]:
    """The facts that the conditions `keys` hang on and that are asked for them, internal ones included."""
    facts, left, names = ruleset.vocabulary.facts, list(keys), {INDUSTRY, ACTIVITY}
    while left:
        found = ruleset.reads(left.pop()) - names
        umbrellas = {facts[name].umbrella for name in found} - names - found
        names |= found
        names |= (new := {name for name in umbrellas if name is not None})
        left += [define for name in new if (define := facts[name].define) is not None]
    return tuple(fact for fact in facts.values() if fact.name in names)


class FactsView:
    """Every fact of every component, what is derived or absent filled in.

    Besides the facts: `refuted`, 1 where a component contradicts itself, and `unusable`, 1 on all of its enterprise.
    """

    def __init__(self, ruleset: Ruleset, writer: Writer, facts: Sequence[Fact], present: Collection[str]) -> None:
        self._ruleset, self._writer, self._facts = ruleset, writer, facts
        self._present = {fact.name for fact in facts if fact.name in present and not fact.internal}
        mine = {fact.name for fact in facts}
        self._derived = [fact for fact in ruleset.terms.derived if fact.name in mine]
        self._works = sorted({fact.work for fact in facts if fact.work is not None})
        self._layers = list(self._by_depth())

    def text(self) -> str:
        """The statement."""
        steps: list[Step] = [("stated_facts", self._base()), ("works", self._elsewhere()), ("layer0", self._stated())]
        for number, facts in enumerate(self._layers, 1):
            steps.append((f"layer{number}", self._layer(facts, number)))
        refuted = " + ".join(f"r{number}" for number in range(len(steps) - len(("stated_facts", "works"))))
        names = ["enterprise", "component", *(self._quoted(fact.name) for fact in self._facts)]
        test = f"CASE WHEN {refuted} > 0 THEN 1 ELSE 0 END"
        marks = f"{test} AS refuted, MAX({test}) OVER (PARTITION BY enterprise) AS unusable"
        steps.append(("facts", f"SELECT {', '.join(names)}, {marks} FROM {steps[-1][0]}"))
        return self._writer.create("facts", steps, "SELECT * FROM facts")

    def _quoted(self, name: str) -> str:
        return self._writer.quoted(name)

    def _tree(self, fact: Fact) -> Expr:
        return self._ruleset.conditions.tree(fact.define or "")

    def _own(self, fact: Fact) -> str | None:
        """The column that states `fact`, if the table has it."""
        return self._quoted("s_" + fact.name) if fact.name in self._present else None

    # steps

    def _base(self) -> str:
        """The columns of the table that are facts."""
        lines = ["enterprise", "component"]
        for fact in self._facts:
            if fact.name in self._present:
                lines.append(f"{self._writer.sql(FactRef(fact.name))} AS {self._quoted('s_' + fact.name)}")
            elif fact.name in (INDUSTRY, ACTIVITY):
                lines.append(f"{self._writer.null(fact)} AS {self._quoted('s_' + fact.name)}")
        return f"SELECT {', '.join(lines)} FROM {self._writer.table}"

    def _elsewhere(self) -> str:
        """What a component is, and for each work whether only other components of the enterprise declare it."""
        own, other = (self._quoted("s_" + name) for name in (INDUSTRY, ACTIVITY))
        lines = ["stated_facts.*"]
        for mine, theirs, name in ((own, other, INDUSTRY), (other, own, ACTIVITY)):
            empty = f"CASE WHEN {theirs} IS NOT NULL THEN '{EMPTY}' END"
            lines.append(f"COALESCE({mine}, {empty}) AS {self._quoted(name)}")
        for work in self._works:
            declares = self._writer.sql(AnyOf("s_" + ACTIVITY, (work,)))
            anywhere = f"MAX(CASE WHEN {declares} THEN 1 ELSE 0 END) OVER (PARTITION BY enterprise)"
            known = f"({own} IS NOT NULL OR {other} IS NOT NULL)"
            lines.append(
                f"({known} AND NOT COALESCE({declares}, FALSE) AND {anywhere} = 1) AS {self._quoted('w_' + work)}"
            )
        return f"SELECT {', '.join(lines)} FROM stated_facts"

    def _stated(self) -> str:
        """The facts that do not follow from others: stated, absent or the park's; what is stated of others too."""
        lines = ["enterprise", "component", *(self._quoted("w_" + work) for work in self._works)]
        for fact in self._facts:
            if fact.name in (INDUSTRY, ACTIVITY):
                lines.append(self._quoted(fact.name))
            elif fact.define is None:
                lines.append(f"{self._given(fact)} AS {self._quoted(fact.name)}")
            elif (own := self._own(fact)) is not None:
                lines.append(own)
        said = (self._misplaced(fact) for fact in self._facts if fact.define is None)
        return f"SELECT {', '.join(lines)}, {_marked(said, 0)} FROM works"

    def _given(self, fact: Fact) -> str:
        own, writer = self._own(fact), self._writer
        park = self._ruleset.park_facts.get(fact.name)
        rest = writer.null(fact) if park is None else writer.literal(park)
        if fact.work is not None and fact.type in ABSENT:
            absent = writer.null(fact) if fact.define is not None else writer.literal(ABSENT[fact.type])
            rest = f"CASE WHEN {self._quoted('w_' + fact.work)} THEN {absent} ELSE {rest} END"
        elif park is None:
            return own or rest
        return rest if own is None else f"COALESCE({own}, {rest})"

    def _by_depth(self) -> Iterator[list[Fact]]:
        """Derived facts, each layer reading only what stands below it."""
        depth: dict[str, int] = {}
        for fact in self._derived:
            depth[fact.name] = 1 + max((depth.get(name, 0) for name in facts_of(self._tree(fact))), default=0)
        for level in range(1, max(depth.values(), default=0) + 1):
            yield [fact for fact in self._derived if depth[fact.name] == level]

    def _layer(self, facts: Sequence[Fact], number: int) -> str:
        below = f"layer{number - 1}"
        lines = [f"{below}.*"]
        for fact in facts:
            parts = [self._writer.sql(self._tree(fact))]
            if fact.name in self._present or fact.name in self._ruleset.park_facts:
                parts.insert(0, self._given(fact))
            if (absent := self._absent(fact)) is not None:
                parts.append(absent)
            computed = f"COALESCE({', '.join(parts)})" if len(parts) > 1 else parts[0]
            lines.append(f"{computed} AS {self._quoted(fact.name)}")
        said = (test for fact in facts for test in (self._unequal(fact), self._misplaced(fact)))
        return f"SELECT {', '.join(lines)}, {_marked(said, number)} FROM {below}"

    def _absent(self, fact: Fact) -> str | None:
        """A derived fact of a work done elsewhere is absent, unless its formula can still make it present."""
        tree = self._tree(fact)
        if fact.work is None or fact.type not in ABSENT or not isinstance(tree, Case) or tree.otherwise is not None:
            return None
        value = self._writer.literal(ABSENT[fact.type])
        test = self._quoted("w_" + fact.work)
        if not (isinstance(tree.then, Constant) and tree.then.value == ABSENT[fact.type]):
            test = f"{test} AND {self._writer.sql(Not(tree.when))}"
        return f"CASE WHEN {test} THEN {value} END"

    # contradictions

    def _unequal(self, fact: Fact) -> str | None:
        """A derived fact is stated, and is not what follows from the others."""
        if fact.name not in self._present and fact.name not in self._ruleset.park_facts:
            return None
        given = self._given(fact) if fact.name in self._ruleset.park_facts else self._own(fact)
        return f"{given} IS NOT NULL AND {given} <> ({self._writer.sql(self._tree(fact))})"

    def _misplaced(self, fact: Fact) -> str | None:
        """A component says of a work what only those can that declare it."""
        own = self._own(fact)
        if own is None or fact.work is None or fact.type not in ABSENT or fact.type is FactType.SET:
            return None
        said = f"{self._quoted('w_' + fact.work)} AND {own} <> {self._writer.literal(ABSENT[fact.type])}"
        if fact.define is None:
            return said
        absent = self._absent(fact)
        return None if absent is None else f"{said} AND ({absent}) IS NOT NULL"


def _marked(tests: Iterable[str | None], number: int) -> str:
    """1 where one of `tests` holds."""
    found = " OR ".join(f"({test})" for test in tests if test is not None)
    return f"CASE WHEN {found or 'FALSE'} THEN 1 ELSE 0 END AS r{number}"
