"""What to ask next: unknown facts that can still change something, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from admission.rulebook import Ruleset, Stage
from admission.screening.answers import make_room
from admission.screening.classes import Classifications, still_open
from admission.screening.decision import DutyResult, Question, Score
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts
from admission.screening.lists import Assessment
from admission.screening.verdict import Outcome, Verdict, severity

__all__ = ["Undecided", "questions"]

_IDENTITY = (INDUSTRY, ACTIVITY)
_VERDICT, _SCORE = "verdict", "score"
_TARGETS = (_VERDICT, "eia", "permit")
_QUESTIONS = "questions"
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Undecided:
    """Everything a question could settle."""

    assessments: tuple[Assessment, ...]
    classes: Classifications
    duties: tuple[DutyResult, ...]
    score: Score
    possible_verdicts: tuple[Verdict, ...]


_Stake = tuple[str, str | None, str | None, str | None, int, bool]
"""One thing that hangs on a fact of a component (None: of the whole project): target, rule, worst verdict, leading."""


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
    whole = {stake[0] for stake in stakes if stake[1] is None or len(components) == 1}
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
        if weight > slot.weight:
            slot.weight = weight
        slot.leading = slot.leading or leading
    ranked = sorted(asked.items(), key=_rank)
    kept = ruleset.kept.setdefault(_QUESTIONS, {})
    return tuple(_question(name, component, slot, kept, ruleset, lang) for (name, component), slot in ranked)


def _rank(asked: tuple[tuple[str, str | None], _Asked]) -> tuple[object, ...]:
    (name, component), slot = asked
    targets = slot.targets
    missed = (_VERDICT not in targets, "eia" not in targets, "permit" not in targets)
    identity = _IDENTITY.index(name) if name in _IDENTITY and not all(missed) else len(_IDENTITY)
    return (identity, not slot.leading, -slot.weight, missed, -len(slot.rules), name, component or "")


def _stakes(undecided: Undecided, ruleset: Ruleset) -> Iterator[_Stake]:
    """A fact of the project as a whole (`scope`) is asked once, whatever component needs it."""
    facts = ruleset.vocabulary.facts
    for assessment in undecided.assessments:
        if assessment.outcome is not Outcome.UNKNOWN:
            continue
        component, rule = assessment.component, assessment.owned.rule.id
        worst = _at_stake(assessment, undecided.possible_verdicts)
        target = _VERDICT if worst else None
        for name, leading in assessment.answer.asks:
            place = None if component is None or facts[name].scope == "project" else component
            yield name, place, target, rule, worst, leading
    for kind, found in undecided.classes.items():
        for name, result in still_open(found, ruleset):
            place = None if facts[name].scope == "project" else result.component.name
            yield name, place, kind.value, result.entry.rule.id, 0, True
    for duty in undecided.duties:
        for name in duty.needs:
            yield name, None, None, duty.id, 0, True
    for criterion in undecided.score.criteria:
        for name in criterion.needs:
            yield name, None, _SCORE, None, 0, True


def _at_stake(assessment: Assessment, possible: tuple[Verdict, ...]) -> int:
    """The worst verdict that the clause can still bring about, 0 when it cannot change the verdict.

    A clause of a later stage weighs no more than a condition: it is not answered before admission.
    """
    worst = max(map(severity, assessment.reachable))
    if worst <= severity(possible[0]):
        return 0
    return worst if assessment.item.stage is Stage.ADMISSION else min(worst, severity(Verdict.CONDITIONAL))


def _question(
    name: str, component: str | None, slot: _Asked, kept: dict[Any, Question], ruleset: Ruleset, lang: str
) -> Question:
    """The question, taken from `kept` when it was asked before for the same reasons."""
    targets = slot.targets
    changes = (*(target for target in (*_TARGETS, _SCORE) if target in targets), *slot.rules)
    key = (name, component, slot.leading, changes, lang)
    found = kept.get(key)
    if found is None:
        make_room(kept, _KEPT)
        found = kept[key] = _asked(name, component, slot.leading, changes, ruleset, lang)
    return found


def _asked(
    name: str, component: str | None, leading: bool, changes: tuple[str, ...], ruleset: Ruleset, lang: str
) -> Question:
    fact = ruleset.vocabulary.facts[name]
    return Question(
        fact=name,
        label=fact.label.get(lang),
        ask=fact.ask.get(lang) if fact.ask else fact.label.get(lang),
        unit=fact.unit,
        proof=fact.proof.get(lang) if fact.proof else "",
        component=component,
        leading=leading,
        changes=changes,
    )
