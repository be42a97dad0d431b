"""What is known of each component: shared facts, its own, the park's, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admission._messages import ProblemCode
from admission.errors import InputError, Place, Problem
from admission.logic import derive
from admission.rulebook import Ruleset
from admission.screening.project import Component, Project
from admission.vocabulary import Fact, FactType, Value, Vocabulary

__all__ = ["ACTIVITY", "INDUSTRY", "ComponentFacts", "component_facts"]

INDUSTRY = "industry"
ACTIVITY = "activity"
_ABSENT: dict[FactType, Value] = {
    FactType.BOOL: False,
    FactType.NUMBER: 0.0,
    FactType.SET: frozenset(),
}


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """One component ready for rules.

    `values` maps fact names to known values, `None` where unknown; `own` are the facts this
    component states itself; `elsewhere` the activities that only other components declare.
    """

    name: str
    values: Mapping[str, Value | None]
    own: frozenset[str]
    elsewhere: frozenset[str]


def component_facts(project: Project, ruleset: Ruleset) -> tuple[ComponentFacts, ...]:
    """The facts of every component of `project`; park facts give way to shared ones, those to its own.

    Raises `InputError` when a stated fact contradicts what the other facts give.
    """
    problems: list[Problem] = []
    shared: dict[str, Value | None] = {**ruleset.park_facts, **project.facts}
    found = tuple(_facts_of(component, project, shared, ruleset, problems) for component in project.components)
    if problems:
        raise InputError({(p.place, p.field): p for p in problems}.values())
    return found


def _facts_of(
    component: Component,
    project: Project,
    shared: Mapping[str, Value | None],
    ruleset: Ruleset,
    problems: list[Problem],
) -> ComponentFacts:
    values = {**shared, **component.facts, **_identity(component)}
    rulebook = ruleset.rulebook
    refuted = derive(values, rulebook.derived, rulebook.conditions)
    for found in refuted:
        problems.append(_contradiction(found.fact, found.stated, found.derived, project, component, ruleset.vocabulary))
    elsewhere = _declared_elsewhere(component, project.components)
    if elsewhere and _presume_absent(values, elsewhere, ruleset.vocabulary):
        derive(values, rulebook.derived, rulebook.conditions)
    own = frozenset(component.facts) | {INDUSTRY, ACTIVITY}
    return ComponentFacts(component.name, values, own, elsewhere)


def _identity(component: Component) -> dict[str, Value | None]:
    """Industry and activity: the one not given is empty when the other is, else both are unknown."""
    if component.industry is None and component.activity is None:
        return {INDUSTRY: None, ACTIVITY: None}
    return {INDUSTRY: component.industry or frozenset(), ACTIVITY: component.activity or frozenset()}


def _declared_elsewhere(component: Component, components: Sequence[Component]) -> frozenset[str]:
    others: set[str] = set()
    for other in components:
        if other is not component:
            others |= other.activity or frozenset()
    return frozenset(others - (component.activity or frozenset()))


def _presume_absent(values: dict[str, Value | None], elsewhere: frozenset[str], vocabulary: Vocabulary) -> bool:
    """A work item that another component declares is not also in this one unless this one says so."""
    changed = False
    for fact in vocabulary.facts.values():
        if fact.work in elsewhere and values.get(fact.name) is None and fact.type in _ABSENT:
            values[fact.name] = _ABSENT[fact.type]
            changed = True
    return changed


def _contradiction(
    fact: Fact, stated: Value, derived: Value, project: Project, component: Component, vocabulary: Vocabulary
) -> Problem:
    from admission.logic.parse import parse
    from admission.logic.sentence import to_sentence

    values = {
        "stated": _shown(stated),
        "derived": _shown(derived),
        "rule": to_sentence(parse(fact.define or ""), vocabulary),
    }
    field = fact.label.zh if component.name == project.name else f"{component.name}.{fact.label.zh}"
    return Problem(ProblemCode.CONTRADICTION, Place(project.name), field, values)


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(sorted(value)) if isinstance(value, frozenset) else str(value)
