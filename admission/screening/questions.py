"""What to ask next: unknown facts that can still change something, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.rulebook import Ruleset, Stage
from admission.screening.classes import Classifications, still_open
from admission.screening.decision import DutyResult, Question, Score
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts
from admission.screening.lists import Assessment
from admission.screening.verdict import Outcome, Verdict, severity

__all__ = ["Undecided", "questions"]

_IDENTITY = (INDUSTRY, ACTIVITY)
_VERDICT, _SCORE = "verdict", "score"
_TARGETS = (_VERDICT, "eia", "permit")


@dataclass(frozen=True, slots=True)
class Undecided:
    """Everything a question could settle."""

    assessments: tuple[Assessment, ...]
    classes: Classifications
    duties: tuple[DutyResult, ...]
    score: Score
    possible_verdicts: tuple[Verdict, ...]


class _Stake(NamedTuple):
    """One thing that hangs on one fact of one component (None: of the whole project)."""

    fact: str
    component: str | None
    target: str | None = None
    rule: str | None = None
    weight: int = 0
    leading: bool = True


@dataclass(slots=True)
class _Asked:
    """Everything that hangs on one fact; `weight` is the worst verdict at stake, `leading`: nothing is asked before."""

    targets: set[str] = field(default_factory=set)
    rules: dict[str, None] = field(default_factory=dict)
    weight: int = 0
    leading: bool = False


def questions(
    undecided: Undecided, components: tuple[ComponentFacts, ...], ruleset: Ruleset, lang: str
) -> tuple[Question, ...]:
    """The questions, most decisive first.

    What a component is comes before everything that depends on it; questions that another answer
    may make needless come after the others (`leading` false); then by the worst verdict at stake,
    whether it decides the EIA or the permit class, and the number of rules.
    """
    stakes = list(_stakes(undecided, ruleset))
    whole = {stake.fact for stake in stakes if stake.component is None}
    if len(components) == 1:
        whole.update(stake.fact for stake in stakes)
    asked: dict[tuple[str, str | None], _Asked] = {}
    for fact, component, target, rule, weight, leading in stakes:
        key = (fact, None if fact in whole else component)
        slot = asked.get(key)
        if slot is None:
            slot = asked[key] = _Asked()
        if target is not None:
            slot.targets.add(target)
        if rule is not None:
            slot.rules[rule] = None
        slot.weight = max(slot.weight, weight)
        slot.leading = slot.leading or leading
    ranked = sorted(asked.items(), key=_rank)
    return tuple(_question(name, component, slot, ruleset, lang) for (name, component), slot in ranked)


def _rank(asked: tuple[tuple[str, str | None], _Asked]) -> tuple[object, ...]:
    (name, component), slot = asked
    decides = not slot.targets.isdisjoint(_TARGETS)
    identity = _IDENTITY.index(name) if name in _IDENTITY and decides else len(_IDENTITY)
    missed = tuple(target not in slot.targets for target in _TARGETS)
    return (identity, not slot.leading, -slot.weight, missed, -len(slot.rules), name, component or "")


def _stakes(undecided: Undecided, ruleset: Ruleset) -> Iterator[_Stake]:
    """A fact of the project as a whole (`scope`) is asked once, whatever component needs it."""
    facts = ruleset.vocabulary.facts
    for assessment in undecided.assessments:
        if assessment.outcome is not Outcome.UNKNOWN:
            continue
        component = None if assessment.shared else assessment.component.name
        worst = _at_stake(assessment, undecided.possible_verdicts)
        target, rule, answer = _VERDICT if worst else None, assessment.item.id, assessment.answer
        for name in answer.needs:
            place = None if facts[name].scope == "project" else component
            yield _Stake(name, place, target, rule, worst, name in answer.needs_first)
    for kind, found in undecided.classes.items():
        for name, result in still_open(found, ruleset):
            place = None if facts[name].scope == "project" else result.component.name
            yield _Stake(name, place, kind.value, result.entry.rule.id)
    for duty in undecided.duties:
        for name in duty.needs:
            yield _Stake(name, None, rule=duty.id)
    for criterion in undecided.score.criteria:
        for name in criterion.needs:
            yield _Stake(name, None, _SCORE)


def _at_stake(assessment: Assessment, possible: tuple[Verdict, ...]) -> int:
    """The worst verdict that the clause can still bring about, 0 when it cannot change the verdict.

    A clause of a later stage weighs no more than a condition: it is not answered before admission.
    """
    worst = max(map(severity, assessment.reachable))
    if worst <= severity(possible[0]):
        return 0
    return worst if assessment.item.stage is Stage.ADMISSION else min(worst, severity(Verdict.CONDITIONAL))


def _question(name: str, component: str | None, slot: _Asked, ruleset: Ruleset, lang: str) -> Question:
    fact = ruleset.vocabulary.facts[name]
    targets = tuple(target for target in (*_TARGETS, _SCORE) if target in slot.targets)
    return Question(
        fact=name,
        label=fact.label.get(lang),
        ask=fact.ask.get(lang) if fact.ask else fact.label.get(lang),
        unit=fact.unit,
        proof=fact.proof.get(lang) if fact.proof else "",
        component=component,
        leading=slot.leading,
        changes=(*targets, *slot.rules),
    )
