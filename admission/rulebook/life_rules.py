"""Every life-cycle rule of a rulebook together, with what follows from them whatever the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from admission.rulebook.life_model import (
    BreachKind,
    ChainRule,
    Covered,
    Derivation,
    LifeDuty,
    LifeFile,
    LifeJudgement,
    MaterialItem,
    Order,
    PenaltyRange,
    Regime,
)
from admission.rulebook.model import Strict

__all__ = ["LifeRules"]

Rule = TypeVar("Rule")


class LifeRules(Strict):
    """Every life-cycle rule of a rulebook, in file order."""

    regimes: tuple[Regime, ...] = ()
    breaches: tuple[BreachKind, ...] = ()
    duties: tuple[LifeDuty, ...] = ()
    judgements: tuple[LifeJudgement, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    orders: tuple[Order, ...] = ()
    penalties: tuple[PenaltyRange, ...] = ()
    material_change: tuple[MaterialItem, ...] = ()
    chaining: tuple[ChainRule, ...] = ()
    coverage: tuple[Covered, ...] = ()

    @classmethod
    def of(cls, files: tuple[LifeFile, ...]) -> LifeRules:
        """The rules of several files together; regimes and breaches in their own order."""
        parts = {name: tuple(rule for file in files for rule in getattr(file, name)) for name in cls.model_fields}
        parts["regimes"] = tuple(sorted(parts["regimes"], key=lambda regime: regime.effective.start))
        parts["breaches"] = tuple(sorted(parts["breaches"], key=lambda kind: kind.rank))
        return cls.model_validate(parts)

    @cached_property
    def duties_of(self) -> Mapping[str, tuple[LifeDuty, ...]]:
        """The duties by their subject."""
        return _grouped((duty.subject, duty) for duty in self.duties)

    @cached_property
    def judgements_of(self) -> Mapping[str, tuple[LifeJudgement, ...]]:
        """The judgements by their subject."""
        return _grouped((judgement.subject, judgement) for judgement in self.judgements)

    @cached_property
    def ranges_of(self) -> Mapping[str, tuple[PenaltyRange, ...]]:
        """The penalty ranges by the penalty they belong to."""
        return _grouped((item.penalty, item) for item in self.penalties)

    @cached_property
    def breach_kinds(self) -> Mapping[str, BreachKind]:
        """The kinds of breach by id."""
        return {kind.id: kind for kind in self.breaches}

    @cached_property
    def park_events(self) -> frozenset[str]:
        """Milestones that only duties of a park name."""
        named = {key: {event for duty in found for event in duty.events} for key, found in self.duties_of.items()}
        return frozenset(named.get("park", set()) - named.get("project", set()))

    @cached_property
    def kept(self) -> dict[tuple[object, ...], Any]:
        """What the life cycle worked out from these rules alone, to be used again for the next project."""
        return {}

    def regime_on(self, day: date) -> Regime | None:
        """The period of the law that covers `day`."""
        return next((regime for regime in self.regimes if regime.effective.state(day) == "in_force"), None)


def _grouped(pairs: Iterable[tuple[str, Rule]]) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for key, rule in pairs:
        found[key].append(rule)
    return {key: tuple(rules) for key, rules in found.items()}
