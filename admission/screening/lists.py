"""Negative, admission and positioning lists: one finding per clause and component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from admission.rulebook import Effect, Item, Owned, Ruleset
from admission.screening.facts import ComponentFacts
from admission.screening.project import Judgement
from admission.screening.verdict import Outcome, Verdict, contribution, reachable, settled
from admission.vocabulary import Value

__all__ = ["Assessment", "assess", "conditions", "needs", "outcome_of"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One clause against one component; `shared` when all components are alike in what it reads.

    `outcome` already accounts for unverified rules and recorded judgements; `recorded` is the
    judgement on file, `judgement` the same where it decided the outcome.
    """

    owned: Owned[Item]
    component: ComponentFacts
    shared: bool
    outcome: Outcome
    recorded: Judgement | None = None
    judgement: Judgement | None = None

    @property
    def item(self) -> Item:
        """The clause."""
        return self.owned.rule

    @property
    def contribution(self) -> Verdict:
        """What the clause asks of the verdict now."""
        return contribution(self.item, self.outcome)

    @property
    def reachable(self) -> frozenset[Verdict]:
        """What it can still ask of the verdict once everything unknown is answered."""
        answer = Outcome(self.recorded.answer) if self.recorded is not None else None
        return reachable(self.item, self.outcome, answer)


def assess(
    ruleset: Ruleset,
    components: Sequence[ComponentFacts],
    judgements: Iterable[Judgement] = (),
    items: Iterable[Owned[Item]] | None = None,
) -> tuple[Assessment, ...]:
    """Hold every clause in force, or only `items`, against every component.

    A clause for which all components are alike is held against the first only.
    """
    recorded = {judgement.rule: judgement for judgement in judgements}
    differing = _differing(components)
    return tuple(
        _assess(owned, component, shared, recorded.get(owned.rule.id), ruleset)
        for owned in (ruleset.items if items is None else items)
        for shared in (_reads(owned.rule, ruleset).isdisjoint(differing),)
        for component in (components[:1] if shared else components)
    )


def _differing(components: Sequence[ComponentFacts]) -> frozenset[str]:
    """The facts in which the components are not all alike."""
    first, *others = (component.values for component in components)
    return frozenset(
        name for other in others for name in first.keys() | other.keys() if first.get(name) != other.get(name)
    )


def _reads(item: Item, ruleset: Ruleset) -> frozenset[str]:
    return frozenset[str]().union(*(ruleset.reads(key) for key in conditions(item)))


def conditions(item: Item) -> tuple[str, ...]:
    """The conditions that decide the clause: its trigger, and the duty itself where it has one."""
    return (item.when,) if item.must is None else (item.when, item.must)


def _assess(
    owned: Owned[Item], component: ComponentFacts, shared: bool, recorded: Judgement | None, ruleset: Ruleset
) -> Assessment:
    outcome = settled(owned.rule, _outcome(owned.rule, component.values, ruleset))
    if outcome is Outcome.REVIEW and recorded is not None:
        return Assessment(owned, component, shared, Outcome(recorded.answer), recorded, recorded)
    return Assessment(owned, component, shared, outcome, recorded)


def _outcome(item: Item, values: Mapping[str, Value | None], ruleset: Ruleset) -> Outcome:
    function = ruleset.conditions.function
    triggered: bool | None = function(item.when)(values.get)
    fulfilled: bool | None = None
    if item.must is not None and triggered is not False:
        fulfilled = function(item.must)(values.get)
    return outcome_of(item, triggered, fulfilled)


def outcome_of(item: Item, triggered: bool | None, fulfilled: bool | None) -> Outcome:
    """What the clause says when its `when` is `triggered` and its `must`, if it has one, `fulfilled`."""
    untouched = Outcome.NOT_APPLICABLE if item.effect is Effect.REQUIRE else Outcome.CLEAR
    if item.must is None:
        return _choose(triggered, Outcome.HIT if item.judgement is None else Outcome.REVIEW, untouched)
    if triggered is False:
        return untouched
    if fulfilled is False:
        return _choose(triggered, Outcome.UNMET, untouched)
    return _choose(fulfilled, Outcome.MET, Outcome.UNMET)


def _choose(value: bool | None, when_true: Outcome, when_false: Outcome) -> Outcome:
    return Outcome.UNKNOWN if value is None else when_true if value else when_false


def needs(assessment: Assessment, ruleset: Ruleset) -> tuple[str, ...]:
    """The unknown facts an undecided clause still hangs on."""
    if assessment.outcome is not Outcome.UNKNOWN:
        return ()
    names = (assessment.component.asked(key, ruleset) for key in conditions(assessment.item))
    return tuple(dict.fromkeys(name for found in names for name in found))
