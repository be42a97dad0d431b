"""What to ask next: unknown facts that can still change something, the most decisive first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from admission.rulebook import Catalogue, Ruleset
from admission.screening.catalogue import Classification
from admission.screening.classes import still_open
from admission.screening.decision import DutyResult, Question, Score
from admission.screening.facts import INDUSTRY, ComponentFacts
from admission.screening.lists import Assessment, needs
from admission.screening.verdict import Outcome, Verdict, reachable, severity

__all__ = ["Undecided", "questions"]

_TARGETS = ("verdict", "eia", "permit")


@dataclass(frozen=True, slots=True)
class Undecided:
    """Everything a question could settle."""

    assessments: tuple[Assessment, ...]
    classes: Mapping[Catalogue, Classification | None]
    duties: tuple[DutyResult, ...]
    score: Score
    possible_verdicts: tuple[Verdict, ...]


@dataclass(slots=True)
class _Asked:
    """One fact of one component, and what hangs on it; `weight` is the worst verdict at stake."""

    changes: dict[str, None] = field(default_factory=dict)
    rules: dict[str, None] = field(default_factory=dict)
    weight: int = 0


def questions(
    undecided: Undecided, components: tuple[ComponentFacts, ...], ruleset: Ruleset, lang: str
) -> tuple[Question, ...]:
    """The questions, most decisive first: worst verdict at stake, then EIA, permit, number of rules."""
    asked: dict[tuple[str, str | None], _Asked] = {}

    def entry(name: str, component: ComponentFacts | None) -> _Asked:
        whole = component is None or len(components) == 1 or _is_shared(name, ruleset)
        return asked.setdefault((name, None if whole or component is None else component.name), _Asked())

    for assessment in undecided.assessments:
        for name in needs(assessment, ruleset):
            owner = None if assessment.shared else assessment.component
            _add_finding(entry(name, owner), assessment, undecided.possible_verdicts)
    for kind, found in undecided.classes.items():
        for name, result in still_open(found, ruleset):
            slot = entry(name, result.component)
            slot.changes[kind.value] = None
            slot.rules[result.entry.rule.id] = None
    for duty in undecided.duties:
        for name in duty.needs:
            entry(name, None).rules[duty.id] = None
    for criterion in undecided.score.criteria:
        for name in criterion.needs:
            entry(name, None).changes["score"] = None
    return _ranked(asked, ruleset, lang)


def _is_shared(name: str, ruleset: Ruleset) -> bool:
    return ruleset.vocabulary.facts[name].scope == "project"


def _add_finding(slot: _Asked, assessment: Assessment, possible: tuple[Verdict, ...]) -> None:
    slot.rules[assessment.item.id] = None
    worst = max(map(severity, reachable(assessment.item, Outcome.UNKNOWN)))
    if len(possible) > 1 and worst > severity(possible[0]):
        slot.changes["verdict"] = None
        slot.weight = max(slot.weight, worst)


def _ranked(asked: dict[tuple[str, str | None], _Asked], ruleset: Ruleset, lang: str) -> tuple[Question, ...]:
    def rank(item: tuple[tuple[str, str | None], _Asked]) -> tuple[object, ...]:
        (name, component), slot = item
        first = 0 if name == INDUSTRY else 1
        targets = tuple(target not in slot.changes for target in _TARGETS)
        return (first, -slot.weight, targets, -len(slot.rules), name, component or "")

    return tuple(_question(*key, slot, ruleset, lang) for key, slot in sorted(asked.items(), key=rank))


def _question(name: str, component: str | None, slot: _Asked, ruleset: Ruleset, lang: str) -> Question:
    fact = ruleset.vocabulary.facts[name]
    targets = tuple(target for target in (*_TARGETS, "score") if target in slot.changes)
    return Question(
        fact=name,
        label=fact.label.get(lang),
        ask=fact.ask.get(lang) if fact.ask else fact.label.get(lang),
        unit=fact.unit,
        proof=fact.proof.get(lang) if fact.proof else "",
        component=component,
        changes=(*targets, *slot.rules),
    )
