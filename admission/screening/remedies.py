"""The smallest change of facts that lifts a rejection (整改路径).

Only facts that an investor can change are touched (`changeable` in the vocabulary). Values tried
are those at and just beyond the thresholds the rejecting clauses name, the nearest first; one
change is tried before two. A remedy is offered only when the rejecting clauses are clear or met
(not merely unknown) and no verified clause rejects the changed project or comes to be in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, product

from admission.logic import walk
from admission.logic.nodes import AnyOf, Compare, Constant, Expr, FactRef
from admission.rulebook import Ruleset
from admission.screening.decision import FactChange, Remedy
from admission.screening.facts import ComponentFacts
from admission.screening.lists import Assessment, assess, conditions
from admission.screening.project import Judgement
from admission.screening.verdict import Verdict
from admission.vocabulary import Fact, FactType, Value

__all__ = ["remedies"]

_AT_MOST = 5
_TRIES = 400
_Change = tuple[str, Value]


def remedies(
    assessments: Sequence[Assessment],
    components: tuple[ComponentFacts, ...],
    judgements: Sequence[Judgement],
    ruleset: Ruleset,
    lang: str,
) -> tuple[Remedy, ...]:
    """Up to five remedies for the clauses that reject, fewest changes first; none when nothing rejects."""
    rejecting = [item for item in assessments if item.contribution is Verdict.REJECT]
    search = _Search(assessments, rejecting, components, judgements, ruleset)
    cites = tuple(dict.fromkeys(item.owned.edition.cite(item.item.article) for item in rejecting))
    for size in (1, 2):
        found = tuple(islice(search.lifting(size), _AT_MOST))
        if found:
            return tuple(Remedy(changes=tuple(search.shown(changes, lang)), cites=cites) for changes in found)
    return ()


@dataclass(frozen=True, slots=True)
class _Search:
    """What rejects, and what may be changed about it."""

    assessments: Sequence[Assessment]
    rejecting: Sequence[Assessment]
    components: tuple[ComponentFacts, ...]
    judgements: Sequence[Judgement]
    ruleset: Ruleset

    def lifting(self, size: int) -> Iterator[tuple[_Change, ...]]:
        """Changes of `size` facts that lift the rejection: for each choice of facts the nearest values."""
        tries = _TRIES
        for chosen in combinations(self._options(), size):
            for values in islice(product(*(values for _, values in chosen)), tries):
                tries -= 1
                changes = tuple((fact.name, value) for (fact, _), value in zip(chosen, values, strict=True))
                if self._lifts(dict(changes)):
                    yield changes
                    break

    def shown(self, changes: Iterable[_Change], lang: str) -> Iterator[FactChange]:
        """Each change, once per component that is affected unless it holds for the whole project."""
        for name, after in changes:
            fact = self.ruleset.vocabulary.facts[name]
            touched = [component for component in self.components if self._touches(fact, component)]
            whole = len(touched) == len(self.components)
            for component in touched[:1] if whole else touched:
                before = component.values.get(name)
                yield FactChange(
                    fact=name,
                    label=fact.label.get(lang),
                    component=None if whole else component.name,
                    before=_plain(before),
                    after=_plain(after),
                )

    def _options(self) -> Sequence[tuple[Fact, tuple[Value, ...]]]:
        """Facts that may be changed and the values worth trying, in reading order."""
        keys = dict.fromkeys(key for item in self.rejecting for key in conditions(item.item))
        names = dict.fromkeys(name for key in keys for name in sorted(self.ruleset.reads(key)))
        facts = [self.ruleset.vocabulary.facts[name] for name in names]
        definitions = [fact.define for fact in facts if fact.define is not None]
        nodes = [node for key in (*keys, *definitions) for node in walk(self.ruleset.conditions.tree(key))]
        options = ((fact, self._values(fact, nodes)) for fact in facts if fact.changeable)
        return [(fact, values) for fact, values in options if values]

    def _values(self, fact: Fact, nodes: Iterable[Expr]) -> tuple[Value, ...]:
        current = self._current(fact)
        match fact.type:
            case FactType.BOOL:
                values: Iterable[Value] = (True, False)
            case FactType.ENUM:
                values = fact.members
            case FactType.NUMBER:
                values = _around(fact, current if isinstance(current, float) else 0.0, nodes)
            case FactType.SET if isinstance(current, frozenset):
                values = _without(fact, current, nodes)
            case _:
                values = ()
        return tuple(value for value in values if value != current)

    def _current(self, fact: Fact) -> Value | None:
        touched = (component for component in self.components if self._touches(fact, component))
        return next(touched).values.get(fact.name)

    def _touches(self, fact: Fact, component: ComponentFacts) -> bool:
        """Is the component rejected, or changed with one that is?"""
        if fact.scope == "project":
            return True
        return any(item.component in (None, component.name) for item in self.rejecting)

    def _lifts(self, changes: Mapping[str, Value]) -> bool:
        views = [self._changed(component, changes) for component in self.components]
        known = [view for view in views if view is not None]
        if len(known) < len(views):
            return False
        clauses = {item.item.id: item.owned for item in self.rejecting}.values()
        if any(Verdict.REJECT in item.reachable for item in assess(self.ruleset, known, self.judgements, clauses)):
            return False
        doubtful = {item.item.id for item in self.assessments if Verdict.REJECT in item.reachable}
        return not any(
            item.contribution is Verdict.REJECT or (Verdict.REJECT in item.reachable and item.item.id not in doubtful)
            for item in assess(self.ruleset, known, self.judgements)
        )

    def _changed(self, component: ComponentFacts, changes: Mapping[str, Value]) -> ComponentFacts | None:
        """The component with its changes, what follows from them computed anew; None if that contradicts."""
        facts = self.ruleset.vocabulary.facts
        mine = {name: value for name, value in changes.items() if self._touches(facts[name], component)}
        derivations = self.ruleset.terms.derivations
        unknown = dict.fromkeys(derivations.following(mine) - mine.keys())
        values: dict[str, Value | None] = {**component.values, **unknown, **mine}
        return None if derivations.derive(values) else replace(component, values=values)


def _around(fact: Fact, current: float, nodes: Iterable[Expr]) -> Sequence[Value]:
    """The numbers that the clauses compare a fact with and those next to them, the nearest first."""
    limits: set[float] = set()
    for node in nodes:
        match node:
            case Compare(left=FactRef(name=name), right=Constant(value=float(limit))) if name == fact.name:
                limits |= {limit, limit + 1, limit - 1}
            case Compare(left=Constant(value=float(limit)), right=FactRef(name=name)) if name == fact.name:
                limits |= {limit, limit + 1, limit - 1}
    low, high = fact.range or (None, None)
    possible = (value for value in limits if (low is None or value >= low) and (high is None or value <= high))
    return sorted(possible, key=lambda value: (abs(value - current), value))


def _without(fact: Fact, current: frozenset[str], nodes: Iterable[Expr]) -> Sequence[Value]:
    """The set without the members that the clauses ask for, all of them or one clause's."""
    asked = [frozenset(node.members) for node in nodes if isinstance(node, AnyOf) and node.name == fact.name]
    smaller = dict.fromkeys((*(current - members for members in asked), current.difference(*asked)))
    return sorted(smaller, key=lambda value: (-len(value), sorted(value)))


def _plain(value: Value | None) -> object:
    return sorted(value) if isinstance(value, frozenset) else value
