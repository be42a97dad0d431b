"""The smallest change of facts that lifts a rejection (整改路径).

Only facts that an investor can change are touched (`changeable` in the vocabulary). Values tried
are those at and just beyond the thresholds the rejecting clauses name; one change is tried before
two. A remedy is offered only when no verified clause rejects the changed project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice, product

from admission.logic import derive, facts_of, walk
from admission.logic.nodes import Compare, Constant, FactRef, In
from admission.rulebook import Ruleset
from admission.screening.decision import FactChange, Remedy
from admission.screening.facts import ComponentFacts
from admission.screening.lists import Assessment, assess
from admission.screening.verdict import Verdict, contribution
from admission.vocabulary import Fact, FactType, Value

__all__ = ["remedies"]

_AT_MOST = 5
_TRIES = 400
Change = tuple[str, Value]


def remedies(
    assessments: Sequence[Assessment], components: tuple[ComponentFacts, ...], ruleset: Ruleset, lang: str
) -> tuple[Remedy, ...]:
    """Up to five remedies for the clauses that reject, fewest changes first; none when nothing rejects."""
    rejecting = [item for item in assessments if contribution(item.item, item.outcome) is Verdict.REJECT]
    if not rejecting:
        return ()
    cites = tuple(dict.fromkeys(item.owned.edition.cite(item.item.article) for item in rejecting))
    options = list(_options(rejecting, ruleset))
    found: list[Remedy] = []
    for size in (1, 2):
        for changes in islice(_choices(options, size), _TRIES):
            if _lifts(changes, rejecting, components, ruleset):
                shown = tuple(_shown(change, rejecting, components, ruleset, lang) for change in changes)
                found.append(Remedy(changes=shown, cites=cites))
        if found:
            break
    return tuple(found[:_AT_MOST])


def _choices(options: Sequence[tuple[str, tuple[Value, ...]]], size: int) -> Iterator[tuple[Change, ...]]:
    for chosen in combinations(options, size):
        names = [name for name, _ in chosen]
        for values in product(*(values for _, values in chosen)):
            yield tuple(zip(names, values, strict=True))


def _options(rejecting: Sequence[Assessment], ruleset: Ruleset) -> Iterable[tuple[str, tuple[Value, ...]]]:
    """Facts that may be changed and the values worth trying, in reading order."""
    names: dict[str, None] = {}
    for assessment in rejecting:
        for key in filter(None, (assessment.item.when, assessment.item.must)):
            names.update(dict.fromkeys(sorted(ruleset.reads(key))))
    for name in names:
        fact = ruleset.vocabulary.facts[name]
        if fact.changeable:
            current = {item.component.values.get(name) for item in rejecting}
            values = [value for value in _values(fact, rejecting, ruleset) if value not in current]
            yield name, tuple(values)


def _values(fact: Fact, rejecting: Sequence[Assessment], ruleset: Ruleset) -> Iterable[Value]:
    if fact.type is FactType.BOOL:
        return (True, False)
    if fact.type is FactType.ENUM:
        return tuple(fact.members)
    if fact.type is FactType.NUMBER:
        limits = sorted(_limits(fact.name, rejecting, ruleset))
        return [value for limit in limits for value in (limit, limit + 1, limit - 1) if _possible(fact, value)]
    return ()


def _possible(fact: Fact, value: float) -> bool:
    low, high = fact.range or (None, None)
    return (low is None or value >= low) and (high is None or value <= high)


def _limits(name: str, rejecting: Sequence[Assessment], ruleset: Ruleset) -> set[float]:
    """The numbers that the clauses compare a fact with."""
    found: set[float] = set()
    for assessment in rejecting:
        for key in filter(None, (assessment.item.when, assessment.item.must)):
            for node in walk(ruleset.conditions.tree(key)):
                if isinstance(node, Compare) and name in facts_of(node):
                    sides = (node.left, node.right)
                    found |= {side.value for side in sides if isinstance(side, Constant) and type(side.value) is float}
                elif isinstance(node, In) and node.item == FactRef(name):
                    found |= {option for option in node.options if type(option) is float}
    return found


def _lifts(
    changes: Sequence[Change],
    rejecting: Sequence[Assessment],
    components: tuple[ComponentFacts, ...],
    ruleset: Ruleset,
) -> bool:
    touched = {item.component.name for item in rejecting}
    changed = tuple(
        _changed(component, dict(changes), ruleset) if component.name in touched else component
        for component in components
    )
    if None in changed:
        return False
    views = tuple(component for component in changed if component is not None)
    return all(contribution(item.item, item.outcome) is not Verdict.REJECT for item in assess(ruleset, views))


def _changed(component: ComponentFacts, changes: Mapping[str, Value], ruleset: Ruleset) -> ComponentFacts | None:
    """The component with the changes, what follows from them computed anew; None if that contradicts."""
    rulebook = ruleset.rulebook
    derived = {fact.name for fact in rulebook.derived}
    touched = {name for name in derived if changes.keys() & ruleset.reads(ruleset.vocabulary.facts[name].define or "")}
    values: dict[str, Value | None] = {**component.values, **dict.fromkeys(touched - changes.keys()), **changes}
    refuted = derive(values, rulebook.derived, rulebook.conditions)
    return None if refuted else replace(component, values=values)


def _shown(
    change: Change,
    rejecting: Sequence[Assessment],
    components: tuple[ComponentFacts, ...],
    ruleset: Ruleset,
    lang: str,
) -> FactChange:
    name, value = change
    fact = ruleset.vocabulary.facts[name]
    shared = fact.scope == "project" or len(components) == 1
    component = rejecting[0].component
    before = component.values.get(name)
    return FactChange(
        fact=name,
        label=fact.label.get(lang),
        component=None if shared else component.name,
        before=sorted(before) if isinstance(before, frozenset) else before,
        after=value,
    )
