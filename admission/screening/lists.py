"""Negative, admission and positioning lists: one finding per clause and component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from admission.logic import open_facts
from admission.rulebook import Effect, Item, Owned, Ruleset
from admission.screening.facts import ComponentFacts
from admission.screening.project import Judgement
from admission.screening.verdict import Outcome, settled

__all__ = ["Assessment", "assess", "needs", "reads"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One clause against one component; `shared` when the result does not depend on the component.

    `outcome` already accounts for unverified rules and recorded judgements.
    """

    owned: Owned[Item]
    component: ComponentFacts
    shared: bool
    outcome: Outcome
    judgement: Judgement | None = None

    @property
    def item(self) -> Item:
        """The clause."""
        return self.owned.rule


def assess(
    ruleset: Ruleset, components: Sequence[ComponentFacts], judgements: Iterable[Judgement] = ()
) -> tuple[Assessment, ...]:
    """Hold every clause in force against every component; equal results are given once."""
    recorded = {judgement.rule: judgement for judgement in judgements}
    found: list[Assessment] = []
    for owned in ruleset.items:
        found.extend(_assess_item(owned, ruleset, components, recorded))
    return tuple(found)


def _assess_item(
    owned: Owned[Item], ruleset: Ruleset, components: Sequence[ComponentFacts], recorded: Mapping[str, Judgement]
) -> Iterable[Assessment]:
    names = reads(owned.rule, ruleset)
    concerned = [component for component in components if not names.isdisjoint(component.own)]
    shared = not concerned
    for component in concerned or components[:1]:
        outcome = settled(owned.rule, _outcome(owned.rule, component, ruleset))
        judgement = recorded.get(owned.rule.id) if outcome is Outcome.REVIEW else None
        if judgement is not None:
            outcome = Outcome(judgement.answer)
        yield Assessment(owned, component, shared, outcome, judgement)


def reads(item: Item, ruleset: Ruleset) -> frozenset[str]:
    """Every fact that can bear on `item`, those behind derived facts included."""
    return ruleset.reads(item.when) | (ruleset.reads(item.must) if item.must is not None else frozenset())


def _outcome(item: Item, component: ComponentFacts, ruleset: Ruleset) -> Outcome:
    get, function = component.values.get, ruleset.conditions.function
    triggered: bool | None = function(item.when)(get)
    if item.judgement is not None:
        return _choose(triggered, Outcome.REVIEW, Outcome.NOT_APPLICABLE)
    if item.effect is not Effect.REQUIRE or item.must is None:
        return _choose(triggered, Outcome.HIT, Outcome.CLEAR)
    if triggered is False:
        return Outcome.NOT_APPLICABLE
    fulfilled: bool | None = function(item.must)(get)
    if fulfilled is False:
        return _choose(triggered, Outcome.UNMET, Outcome.NOT_APPLICABLE)
    return _choose(fulfilled, Outcome.MET, Outcome.UNMET)


def _choose(value: bool | None, when_true: Outcome, when_false: Outcome) -> Outcome:
    return Outcome.UNKNOWN if value is None else when_true if value else when_false


def needs(assessment: Assessment, ruleset: Ruleset) -> tuple[str, ...]:
    """The unknown facts an undecided clause still hangs on."""
    item, values, tree = assessment.item, assessment.component.values, ruleset.conditions.tree
    if assessment.outcome is not Outcome.UNKNOWN:
        return ()
    found = open_facts(tree(item.when), values)
    if item.must is not None:
        found += open_facts(tree(item.must), values)
    return ruleset.askable(found, values)
