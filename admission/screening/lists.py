"""Negative, admission and positioning lists: one finding per clause and component."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from admission.rulebook import Item, Owned, Ruleset
from admission.screening.answers import Answer, Answers, conditions, make_room
from admission.screening.facts import ComponentFacts
from admission.screening.gates import Clauses
from admission.screening.project import Judgement
from admission.screening.verdict import Outcome, contribution, reachable, severity

__all__ = ["Assessment", "assess", "conditions"]

_CLAUSES = "clauses"
_KEPT = 16


class Assessment:
    """One clause against one component, or against all (`component` None) when they are alike in what it reads.

    `outcome` accounts for unverified rules and recorded judgements, `contribution` is what it asks
    of the verdict now and `weight` its rank, `reachable` what it can still ask once everything
    unknown is answered. `judgement` is the recorded judgement where it decided the outcome.
    """

    __slots__ = ("answer", "component", "contribution", "judgement", "outcome", "owned", "reachable", "told", "weight")

    def __init__(
        self, owned: Owned[Item], component: str | None, answer: Answer, recorded: Judgement | None = None
    ) -> None:
        self.owned = owned
        self.component = component
        self.answer = answer
        self.outcome, self.contribution, self.reachable = answer.outcome, answer.contribution, answer.reachable
        self.judgement: Judgement | None = None
        if recorded is not None:
            self._judge(recorded)
        self.weight = severity(self.contribution)
        self.told: dict[str, Any] = {}  # the finding made of it, by language

    @property
    def item(self) -> Item:
        """The clause."""
        return self.owned.rule

    def _judge(self, recorded: Judgement) -> None:
        """A person's judgement is on file; it counts where the clause needs one, now or later."""
        judged = Outcome(recorded.answer)
        if self.answer.outcome is Outcome.REVIEW:
            self.outcome, self.judgement = judged, recorded
        self.contribution = contribution(self.item, self.outcome)
        self.reachable = reachable(self.item, self.outcome, judged)


def assess(
    ruleset: Ruleset,
    components: Sequence[ComponentFacts],
    judgements: Iterable[Judgement] = (),
    items: Iterable[Owned[Item]] | None = None,
) -> tuple[Assessment, ...]:
    """Hold every clause in force, or only `items`, against every component; by rule, then by component.

    A clause for which all components are alike is held against the first only: alike in the facts
    it names, and while it is undecided also in the facts that would have to be asked.
    """
    clauses = _clauses(ruleset) if items is None else Clauses(items, ruleset, gated=False)
    first = clauses.answers_of(components[0].values)
    differing = _differing(components)
    if differing:
        found = _several(clauses, first, components, differing)
    else:
        pairs = zip(clauses.every, first, strict=True)
        found = [answer.kept.get(None) or _assessment(answers, None, answer) for answers, answer in pairs]
    recorded = {judgement.rule: judgement for judgement in judgements}
    if recorded:
        found = [_judged(item, recorded.get(item.owned.rule.id)) for item in found]
    return tuple(found)


def _clauses(ruleset: Ruleset) -> Clauses:
    """The clauses in force, with the answers kept for them."""
    if _CLAUSES not in ruleset.kept:
        ruleset.kept[_CLAUSES] = Clauses(ruleset.items, ruleset)
    return cast(Clauses, ruleset.kept[_CLAUSES])


def _several(
    clauses: Clauses, first: Sequence[Answer], components: Sequence[ComponentFacts], differing: frozenset[str]
) -> list[Assessment]:
    """Components that are not alike: only the clauses that can tell them apart are held against the others."""
    found: list[Assessment] = []
    name = components[0].name
    others = [(other.name, other.values, clauses.settled(other.values)) for other in components[1:]]
    rows = zip(clauses.every, clauses.sharing(differing), first, strict=True)
    for position, (answers, sharing, answer) in enumerate(rows):
        if sharing or (sharing is None and answer.outcome is not Outcome.UNKNOWN):
            found.append(answer.kept.get(None) or _assessment(answers, None, answer))
            continue
        found.append(answer.kept.get(name) or _assessment(answers, name, answer))
        for other, values, settled in others:
            one = settled[position] or answers.of(values)
            found.append(one.kept.get(other) or _assessment(answers, other, one))
    return found


def _assessment(answers: Answers, component: str | None, answer: Answer) -> Assessment:
    """A new assessment, kept with the answer: the next project often gets the same."""
    make_room(answer.kept, _KEPT)
    found = answer.kept[component] = Assessment(answers.owned, component, answer)
    return found


def _judged(found: Assessment, recorded: Judgement | None) -> Assessment:
    return found if recorded is None else Assessment(found.owned, found.component, found.answer, recorded)


def _differing(components: Sequence[ComponentFacts]) -> frozenset[str]:
    """The facts in which the components are not all alike."""
    first, *others = (component.values for component in components)
    found: set[str] = set()
    for other in others:
        get = other.get
        found.update([name for name, value in first.items() if get(name) != value])
        found.update(name for name in other.keys() - first.keys() if other[name] is not None)
    return frozenset(found)
