"""What is known of each component: shared facts, its own, the park's, and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from admission._messages import Phrase, ProblemCode, listed
from admission.errors import InputError, Place, Problem
from admission.logic import Contradiction, evaluate, open_facts
from admission.logic._wording import Speaker
from admission.logic.nodes import Case, Constant
from admission.logic.sentence import to_sentence
from admission.rulebook import Ruleset
from admission.screening.project import Component, Project
from admission.screening.wastes import unlisted_codes
from admission.vocabulary import Fact, FactType, Value, Vocabulary

__all__ = ["ABSENT", "ACTIVITY", "INDUSTRY", "ComponentFacts", "component_facts"]

INDUSTRY = "industry"
ACTIVITY = "activity"
ABSENT: dict[FactType, Value] = {
    FactType.BOOL: False,
    FactType.NUMBER: 0.0,
    FactType.SET: frozenset(),
}
"""What the facts of a work that only other components declare are, by type."""
_Values = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """One component ready for rules: `values` maps every fact to its known value, `None` where unknown."""

    name: str
    values: Mapping[str, Value | None]
    _asked: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict, compare=False, repr=False)

    def asked(self, key: str, ruleset: Ruleset) -> tuple[str, ...]:
        """The facts to ask for while the condition `key` is undecided, in order; worked out once."""
        if key not in self._asked:
            names = open_facts(ruleset.conditions.tree(key), self.values)
            self._asked[key] = ruleset.askable(names, self.values)
        return self._asked[key]

    @property
    def codes(self) -> frozenset[str] | None:
        """Its industry codes; empty when it has only activities, None when unknown."""
        return cast("frozenset[str] | None", self.values[INDUSTRY])

    @property
    def works(self) -> frozenset[str] | None:
        """Its activities; empty when it has only industry codes, None when unknown."""
        return cast("frozenset[str] | None", self.values[ACTIVITY])

    @property
    def unidentified(self) -> bool:
        """Neither industry nor activity is known: any catalogue entry may concern the component."""
        return self.codes is None and self.works is None


def component_facts(project: Project, ruleset: Ruleset) -> tuple[ComponentFacts, ...]:
    """The facts of every component of `project`; park facts give way to shared ones, those to its own.

    A work (boiler, surface treatment, …) that some component declares as its activity belongs to
    the components that declare it: in the others its facts are absent (no, 0). A component that
    states otherwise of itself must declare the work too.

    Raises `InputError` when a stated fact contradicts what the other facts give, or where the
    work was declared, and when the waste list of the day has no such code.
    """
    problems = list(unlisted_codes(project, ruleset.vocabulary, ruleset.on))
    shared: _Values = {**ruleset.park_facts, **project.facts}
    found = tuple(_facts_of(component, project, shared, ruleset, problems) for component in project.components)
    if problems:
        raise InputError(problems)
    return found


def _facts_of(
    component: Component, project: Project, shared: _Values, ruleset: Ruleset, problems: list[Problem]
) -> ComponentFacts:
    works = _works_elsewhere(component, project)
    values: _Values = {**shared, **component.facts, **_identity(component)}
    absent = _absent_facts(component, works, ruleset.vocabulary)
    values.update({name: None if ruleset.vocabulary.facts[name].define else value for name, value in absent.items()})
    refuted = _fill_in(values, absent, ruleset)
    misplaced = _misplaced(component, works, values, ruleset)
    problems.extend(_work_elsewhere(fact, project, component, ruleset.vocabulary) for fact in misplaced)
    problems.extend(_contradiction(c, project, component, ruleset) for c in refuted if c.fact not in misplaced)
    return ComponentFacts(component.name, {**ruleset.terms.nothing_known, **values})


def _fill_in(values: _Values, absent: Mapping[str, Value], ruleset: Ruleset) -> Iterable[Contradiction]:
    """Compute the derived facts; one that is `absent` and nothing makes present is so."""

    def presume(fact: Fact) -> Value | None:
        return None if _may_be_present(fact, values, ruleset) else absent[fact.name]

    return ruleset.terms.derivations.derive(values, absent, presume)


def _identity(component: Component) -> _Values:
    """Industry and activity: the one not given is empty when the other is, else both are unknown."""
    if component.industry is None and component.activity is None:
        return {INDUSTRY: None, ACTIVITY: None}
    return {INDUSTRY: component.industry or frozenset(), ACTIVITY: component.activity or frozenset()}


def _works_elsewhere(component: Component, project: Project) -> frozenset[str]:
    """The activities that only other components declare; none while this one may be anything."""
    if component.industry is None and component.activity is None:
        return frozenset()
    declared = frozenset(work for other in project.components for work in other.activity or ())
    return declared - (component.activity or frozenset())


def _absent_facts(component: Component, works: frozenset[str], vocabulary: Vocabulary) -> dict[str, Value]:
    """The facts of works that only other components declare, where this one says nothing itself."""
    return {
        fact.name: ABSENT[fact.type]
        for work in works
        for fact in vocabulary.by_work.get(work, ())
        if fact.name not in component.facts and fact.type in ABSENT
    }


def _may_be_present(fact: Fact, values: _Values, ruleset: Ruleset) -> bool:
    """Can the formula of a fact still make it something else than absent?

    `CASE WHEN a THEN TRUE END` can while `a` is not false; `CASE WHEN a THEN FALSE END` cannot.
    """
    if fact.define is None:
        return False
    tree = ruleset.conditions.tree(fact.define)
    if not isinstance(tree, Case) or tree.otherwise is not None:
        return True
    gives_absent = isinstance(tree.then, Constant) and tree.then.value == ABSENT[fact.type]
    return not gives_absent and evaluate(tree.when, values) is not False


def _misplaced(component: Component, works: frozenset[str], values: _Values, ruleset: Ruleset) -> Collection[Fact]:
    """What the component states of a work that only others declare, where it would be absent unstated."""
    facts = ((ruleset.vocabulary.facts[name], value) for name, value in component.facts.items())
    return [
        fact
        for fact, value in facts
        if fact.work in works and value != ABSENT.get(fact.type, value) and not _may_be_present(fact, values, ruleset)
    ]


def _work_elsewhere(fact: Fact, project: Project, component: Component, vocabulary: Vocabulary) -> Problem:
    work = vocabulary.facts[ACTIVITY].members[fact.work or ""]
    others = listed(other.name for other in project.components if fact.work in (other.activity or ()))
    values = {"work": Phrase(work.zh, work.en), "others": others, "id": fact.work}
    return _problem(ProblemCode.WORK_ELSEWHERE, fact, project, component, values)


def _contradiction(found: Contradiction, project: Project, component: Component, ruleset: Ruleset) -> Problem:
    fact, vocabulary, tree = found.fact, ruleset.vocabulary, ruleset.conditions.tree(found.fact.define or "")
    chinese, english = Speaker(vocabulary, "zh"), Speaker(vocabulary, "en")

    def shown(value: Value) -> str:
        return Phrase(chinese.value(value, fact.unit, fact), english.value(value, fact.unit, fact))

    rule = Phrase(to_sentence(tree, vocabulary, "zh"), to_sentence(tree, vocabulary, "en"))
    values = {"stated": shown(found.stated), "derived": shown(found.derived), "rule": rule}
    return _problem(ProblemCode.CONTRADICTION, fact, project, component, values)


def _problem(
    code: ProblemCode, fact: Fact, project: Project, component: Component, values: Mapping[str, object]
) -> Problem:
    field = fact.label.zh if component.name == project.name else f"{component.name}.{fact.label.zh}"
    return Problem(code, Place(project.name), field, values)
