"""What a rule makes of a case, by the engine itself, with or without a change to the rule.

A `Situation` is a case made ready for one kind of ruleset: its facts are computed once and serve
every rule and every mutant. A `Trial` is a ruleset that looks as if it held one rule only, whose
changed condition stands in for the rulebook's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from admission.errors import InputError, Problem, ProblemsError
from admission.logic import Conditions, Expr, evaluate, facts_of
from admission.logic.python import Compiled
from admission.review.cases import NOT_APPLICABLE, NOT_IN_FORCE, Case, number_text
from admission.review.subjects import Subject
from admission.rulebook import Catalogue, CatalogueInForce, Edition, Entry, Layer, Owned, Park, Rulebook, Ruleset
from admission.screening.catalogue import Classification, classify
from admission.screening.classes import classifications, entry_needs
from admission.screening.duties import CLASS_FACTS, duties
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts, component_facts
from admission.screening.lists import assess
from admission.screening.project import Component, Milestone, Project
from admission.screening.score import score
from admission.vocabulary import Label, Value

__all__ = ["CHANGED", "Changed", "Found", "Rulings", "Situation"]

CHANGED = "\0changed"
"""The key under which a rule's changed condition is found."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule made of a case: the outcome or the levels still possible, and what it asks for."""

    found: tuple[str, ...]
    needs: tuple[str, ...] = ()


class Changed(Conditions):
    """The conditions of a rulebook, with `tree` under the key `CHANGED`."""

    def __init__(self, base: Conditions, tree: Expr) -> None:
        self._base = base
        self._tree = tree

    def tree(self, key: str) -> Expr:
        """The condition tree of `key`."""
        return self._tree if key == CHANGED else self._base.tree(key)

    def function(self, key: str) -> Compiled:
        """The compiled condition of `key`; the changed one is read plainly."""
        return self._evaluate if key == CHANGED else self._base.function(key)

    def _evaluate(self, get: Any) -> Any:
        return evaluate(self._tree, _Facts(get))


class _Facts(Mapping[str, Value | None]):
    """Facts known only by a function that gives them: nothing can be listed."""

    def __init__(self, get: Callable[[str], Value | None]) -> None:
        self._get = get

    def __getitem__(self, name: str) -> Value | None:
        return self._get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _Trial(Ruleset):
    """A ruleset as if it held only `owned`; `conditions` replace those of the rulebook."""

    def __init__(self, base: Ruleset, owned: Owned[Any], conditions: Conditions) -> None:
        self.__dict__.update(base.__dict__)
        self.duties = self.criteria = (owned,)
        self._conditions = conditions
        self.kept = {}

    @property
    def conditions(self) -> Conditions:
        """The rulebook's conditions and the changed one."""
        return self._conditions

    def reads(self, key: str) -> frozenset[str]:
        """Every fact that can bear on a condition."""
        names = facts_of(self._conditions.tree(key))
        defined = (self.vocabulary.facts[name].define for name in names)
        return names.union(*(self.rulebook.reads(text) for text in defined if text is not None))


class _OneEntry(CatalogueInForce):
    """A catalogue of one entry; which industries stand under no entry the whole catalogue says."""

    def __init__(self, whole: CatalogueInForce, owned: Owned[Entry]) -> None:
        super().__init__(whole.edition, (owned,))
        self._whole = whole

    def is_other(self, codes: Any) -> bool | None:
        """Is some code under no entry of the edition?"""
        return self._whole.is_other(codes)


@dataclass(frozen=True, slots=True)
class Situation:
    """A case ready for rules; `views` are its facts, once for each pair of classes a duty may see."""

    case: Case
    ruleset: Ruleset
    project: Project
    components: tuple[ComponentFacts, ...]
    in_force: frozenset[str]
    classes: dict[str, Mapping[Catalogue, Classification | None]] = field(default_factory=dict, compare=False)

    @property
    def values(self) -> Mapping[str, Value | None]:
        """The facts of the one component."""
        return self.components[0].values

    def with_values(self, values: Mapping[str, Value | None]) -> Situation:
        """The same case with other facts."""
        return replace(self, components=(ComponentFacts(self.components[0].name, values),), classes={})

    def classified(self) -> Mapping[Catalogue, Classification | None]:
        """The classes of the project: those the case states, else what the catalogues make of it."""
        if not self.classes:
            found = dict(classifications(self.ruleset, self.components))
            for kind, name in CLASS_FACTS.items():
                level = self.case.values.get(name)
                if isinstance(level, str):
                    found[kind] = Classification((level,), (level,), ())
            self.classes[""] = found
        return self.classes[""]


class Rulings:
    """Puts cases before rules; situations and rulesets are kept."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._rulesets: dict[tuple[object, date], Ruleset] = {}
        self._ids: dict[int, frozenset[str]] = {}
        self._situations: dict[tuple[int, int], Situation] = {}

    def situation(self, case: Case, edition: Edition) -> Situation:
        """`case` before the ruleset in which `edition` stands.

        Raises `ProblemsError` when the facts of the case contradict each other.
        """
        ruleset = self._ruleset(edition, case.as_of)
        key = (id(case), id(ruleset))
        if key not in self._situations:
            self._situations[key] = self._situate(case, ruleset)
        return self._situations[key]

    def _situate(self, case: Case, ruleset: Ruleset) -> Situation:
        project = _project(case)
        try:
            components = component_facts(project, ruleset)
        except InputError as error:
            raise ProblemsError(Problem(p.code, case.place, p.field, p.values) for p in error.problems) from error
        return Situation(case, ruleset, project, components, self._ids[id(ruleset)])

    def _ruleset(self, edition: Edition, on: date) -> Ruleset:
        """The rules of the day: for a park's own rules that park, else a park of which nothing else is known."""
        place = tuple(sorted(edition.applies_to.items()))
        if (place, on) not in self._rulesets:
            own = edition.layer is Layer.PARK
            park = self.rulebook.parks[edition.applies_to["park"]] if own else _somewhere(edition)
            ruleset = self._rulesets[place, on] = Ruleset(self.rulebook, park, on)
            self._ids[id(ruleset)] = _in_force(ruleset)
        return self._rulesets[place, on]

    def outcome(
        self, subject: Subject, situation: Situation, owned: Owned[Any] | None = None, tree: Expr | None = None
    ) -> Found:
        """What the rule makes of the case; with `owned` and `tree` a changed rule and its changed condition."""
        if subject.id not in situation.in_force:
            return Found((NOT_IN_FORCE,))
        owned = subject.owned if owned is None else owned
        conditions = self.rulebook.conditions if tree is None else Changed(self.rulebook.conditions, tree)
        trial = _Trial(situation.ruleset, owned, conditions)
        if tree is not None:
            situation = situation.with_values(situation.values) if situation.case.needs else situation
        return _JUDGES[subject.kind](owned, situation, trial)


def _somewhere(edition: Edition) -> Park:
    """A park to which `edition` applies and of which nothing else is known."""
    name = Label(zh="某园区", en="a park")
    return Park.model_validate({"name": name, "park": "-", **edition.applies_to})


def _in_force(ruleset: Ruleset) -> frozenset[str]:
    names = {owned.rule.id for catalogue in ruleset.catalogues.values() for owned in catalogue.entries}
    names |= {owned.rule.id for owned in ruleset.items} | {owned.rule.id for owned in ruleset.duties}
    return frozenset(names | {f"{owned.edition.edition}/{owned.rule.id}" for owned in ruleset.criteria})


def _project(case: Case) -> Project:
    facts = dict(case.values)
    for name in CLASS_FACTS.values():
        facts.pop(name, None)
    industry, activity = facts.pop(INDUSTRY, None), facts.pop(ACTIVITY, None)
    component = Component(name=case.name, industry=industry, activity=activity, facts=facts)
    milestones = tuple(Milestone(event=event, date=case.as_of) for event in case.done)
    return Project(name=case.name, components=(component,), milestones=milestones)


def _judge_item(owned: Owned[Any], situation: Situation, trial: Ruleset) -> Found:
    (assessment,) = assess(trial, situation.components, items=(owned,))
    asked = assessment.answer.needs if situation.case.needs else ()
    return Found((str(assessment.outcome),), asked)


def _judge_entry(owned: Owned[Any], situation: Situation, trial: Ruleset) -> Found:
    whole = next(kind for kind in situation.ruleset.catalogues.values() if kind.edition is owned.edition)
    results = classify(_OneEntry(whole, owned), situation.components, trial).results
    if not results or results[0].applies is False:
        return Found((NOT_APPLICABLE,))
    return Found(results[0].possible, entry_needs(results[0], trial) if situation.case.needs else ())


def _judge_duty(owned: Owned[Any], situation: Situation, trial: Ruleset) -> Found:
    found: Sequence[Any] = duties(situation.project, trial, situation.components, situation.classified(), "zh")
    return Found((found[0].status,), found[0].needs) if found else Found((NOT_APPLICABLE,))


def _judge_criterion(owned: Owned[Any], situation: Situation, trial: Ruleset) -> Found:
    (result,) = score(trial, situation.components, "zh").criteria
    return Found(tuple(dict.fromkeys(map(number_text, (result.low, result.high)))), result.needs)


_JUDGES = {"item": _judge_item, "entry": _judge_entry, "duty": _judge_duty, "criterion": _judge_criterion}
