"""What to ask next: unknown facts that can still change something, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from admission.rulebook import Ruleset, Stage
from admission.screening.classes import Classifications, still_open
from admission.screening.decision import DutyResult, Question, Score
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts
from admission.screening.lists import Assessment
from admission.screening.verdict import Verdict, severity

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


@dataclass(frozen=True, slots=True)
class _Stake:
    """One thing that hangs on one fact of one component (None: of the whole project)."""

    fact: str
    component: ComponentFacts | None
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

    def add(self, stake: _Stake) -> None:
        if stake.target is not None:
            self.targets.add(stake.target)
        if stake.rule is not None:
            self.rules[stake.rule] = None
        self.weight = max(self.weight, stake.weight)
        self.leading = self.leading or stake.leading


def questions(
    undecided: Undecided, components: tuple[ComponentFacts, ...], ruleset: Ruleset, lang: str
) -> tuple[Question, ...]:
    """The questions, most decisive first.

    What a component is comes before everything that depends on it; questions that another answer
    may make needless come after the others (`leading` false); then by the worst verdict at stake,
    whether it decides the EIA or the permit class, and the number of rules.
    """
    stakes = tuple(_stakes(undecided, ruleset))
    whole = {stake.fact for stake in stakes if len(components) == 1 or _is_whole(stake, ruleset)}
    asked: dict[tuple[str, str | None], _Asked] = {}
    for stake in stakes:
        component = None if stake.component is None or stake.fact in whole else stake.component.name
        asked.setdefault((stake.fact, component), _Asked()).add(stake)
    return tuple(_question(*key, asked[key], ruleset, lang) for key in sorted(asked, key=lambda k: _rank(k, asked[k])))


def _is_whole(stake: _Stake, ruleset: Ruleset) -> bool:
    """Is the fact asked for the whole project? Then it need not be asked for a component."""
    return stake.component is None or ruleset.vocabulary.facts[stake.fact].scope == "project"


def _rank(key: tuple[str, str | None], slot: _Asked) -> tuple[object, ...]:
    name, component = key
    decides = not slot.targets.isdisjoint(_TARGETS)
    identity = _IDENTITY.index(name) if name in _IDENTITY and decides else len(_IDENTITY)
    missed = tuple(target not in slot.targets for target in _TARGETS)
    return (identity, not slot.leading, -slot.weight, missed, -len(slot.rules), name, component or "")


def _stakes(undecided: Undecided, ruleset: Ruleset) -> Iterator[_Stake]:
    for assessment in undecided.assessments:
        names = assessment.answer.needs
        component = None if assessment.shared else assessment.component
        if not names:
            continue
        worst, first = _at_stake(assessment, undecided.possible_verdicts), assessment.answer.needs_first
        for name in names:
            target = _VERDICT if worst else None
            yield _Stake(name, component, target, assessment.item.id, worst, name in first)
    for kind, found in undecided.classes.items():
        for name, result in still_open(found, ruleset):
            yield _Stake(name, result.component, kind.value, result.entry.rule.id)
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
