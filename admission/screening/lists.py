"""Negative, admission and positioning lists: one finding per clause and component."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from admission.rulebook import Item, Owned, Ruleset
from admission.screening.answers import Answer, Answers, conditions
from admission.screening.facts import ComponentFacts
from admission.screening.project import Judgement
from admission.screening.verdict import Outcome, Verdict, contribution, reachable

__all__ = ["Assessment", "assess", "conditions"]

_EVERY = "every clause"


class Assessment(NamedTuple):
    """One clause against one component; `shared` when all components are alike in what it reads.

    `outcome` accounts for unverified rules and recorded judgements, `contribution` is what it asks
    of the verdict now, `reachable` what it can still ask once everything unknown is answered.
    `judgement` is the recorded judgement where it decided the outcome.
    """

    owned: Owned[Item]
    component: ComponentFacts
    shared: bool
    answer: Answer
    outcome: Outcome
    contribution: Verdict
    reachable: frozenset[Verdict]
    judgement: Judgement | None = None

    @property
    def item(self) -> Item:
        """The clause."""
        return self.owned.rule


def assess(
    ruleset: Ruleset,
    components: Sequence[ComponentFacts],
    judgements: Iterable[Judgement] = (),
    items: Iterable[Owned[Item]] | None = None,
) -> tuple[Assessment, ...]:
    """Hold every clause in force, or only `items`, against every component.

    A clause for which all components are alike is held against the first only: alike in the facts
    it names, and while it is undecided also in the facts that would have to be asked.
    """
    recorded = {judgement.rule: judgement for judgement in judgements}
    differing = _differing(components)
    found: list[Assessment] = []
    for owned, answers in _with_answers(ruleset, items):
        shared = _is_shared(answers, differing, components)
        judged = recorded.get(owned.rule.id) if recorded else None
        for component in components[:1] if shared else components:
            answer = answers.of(component.values)
            if judged is None:
                now, later = answer.contribution, answer.reachable
                found.append(Assessment(owned, component, shared, answer, answer.outcome, now, later))
            else:
                found.append(_judged(owned, component, shared, answer, judged))
    return tuple(found)


def _is_shared(answers: Answers, differing: frozenset[str], components: Sequence[ComponentFacts]) -> bool:
    if not differing or answers.reads.isdisjoint(differing):
        return True
    return answers.names.isdisjoint(differing) and answers.of(components[0].values).outcome is not Outcome.UNKNOWN


def _judged(
    owned: Owned[Item], component: ComponentFacts, shared: bool, answer: Answer, recorded: Judgement
) -> Assessment:
    """A clause on which a person's judgement is on file; it counts where the clause needs one, now or later."""
    item, judged = owned.rule, Outcome(recorded.answer)
    decides = answer.outcome is Outcome.REVIEW
    outcome = judged if decides else answer.outcome
    later = reachable(item, outcome, judged)
    used = recorded if decides else None
    return Assessment(owned, component, shared, answer, outcome, contribution(item, outcome), later, used)


def _with_answers(ruleset: Ruleset, items: Iterable[Owned[Item]] | None) -> Iterable[tuple[Owned[Item], Answers]]:
    """Each clause with the answers kept for it, by what the clause says."""
    if items is not None:
        return [(owned, _answers(owned, ruleset)) for owned in items]
    if _EVERY not in ruleset.kept:
        ruleset.kept[_EVERY] = [(owned, _answers(owned, ruleset)) for owned in ruleset.items]
    return cast("list[tuple[Owned[Item], Answers]]", ruleset.kept[_EVERY])


def _answers(owned: Owned[Item], ruleset: Ruleset) -> Answers:
    kept = ruleset.kept.get(owned.sha256)
    if kept is None:
        kept = ruleset.kept[owned.sha256] = Answers(owned, ruleset)
    return cast(Answers, kept)


def _differing(components: Sequence[ComponentFacts]) -> frozenset[str]:
    """The facts in which the components are not all alike."""
    first, *others = (component.values for component in components)
    names = set(first).union(*others) if others else set()
    return frozenset(name for other in others for name in names if first.get(name) != other.get(name))
