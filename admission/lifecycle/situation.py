"""Everything a life-cycle rule may look at: the project's facts by class, its history, the rules of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from admission.lifecycle.events import History
from admission.lifecycle.results import PenaltyResult
from admission.rulebook import Catalogue, Ruleset
from admission.rulebook.life_rules import LifeRules
from admission.screening.classes import Classifications, possible_classes
from admission.screening.duties import CLASS_FACTS
from admission.screening.facts import ComponentFacts
from admission.screening.project import Project
from admission.screening.views import Views
from admission.vocabulary import Value

__all__ = ["DECIDED", "Situation", "situation"]

DECIDED = {
    Catalogue.EIA: ("decided_eia_document", "eia_registration_filed"),
    Catalogue.PERMIT: ("decided_permit_class", "discharge_registration"),
}
"""Catalogue → the fact that states the class an authority took, and the filing that a milder class rests on."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One project, or the park itself, on one day; `possible` are the levels of each class fact.

    `fined` keeps what a penalty comes to for an act of these days, once worked out.
    """

    project: Project
    ruleset: Ruleset
    history: History
    views: Views
    possible: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, Value | None]
    subject: str
    lang: str
    fined: dict[tuple[str | None, date, date | None], PenaltyResult] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The day of the check."""
        return self.ruleset.on

    @property
    def rules(self) -> LifeRules:
        """The life-cycle rules of the rulebook."""
        return self.ruleset.rulebook.life


def situation(
    project: Project,
    ruleset: Ruleset,
    components: tuple[ComponentFacts, ...],
    classes: Classifications,
    lang: str,
    subject: str | None = None,
) -> Situation:
    """Put together; the subject is the park when only milestones of a park are recorded."""
    rules = ruleset.rulebook.life
    history = History(project.milestones, ruleset.on, rules)
    facts: dict[str, Value | None] = {}
    for component in components:
        facts.update({name: value for name, value in component.values.items() if value is not None})
    possible = {CLASS_FACTS[kind]: _possible(kind, classes, facts, history, ruleset) for kind in CLASS_FACTS}
    return Situation(
        project=project,
        ruleset=ruleset,
        history=history,
        views=Views(components, possible, ruleset),
        possible=possible,
        facts=facts,
        subject=subject or _subject(history, rules),
        lang=lang,
    )


def _subject(history: History, rules: LifeRules) -> str:
    recorded = history.recorded
    return "park" if recorded and recorded <= rules.park_events else "project"


def _possible(
    kind: Catalogue, classes: Classifications, facts: Mapping[str, Value | None], history: History, ruleset: Ruleset
) -> tuple[str, ...]:
    """The class the authority decided, where it is stated; else what the catalogue leaves possible.

    A registration filed under an edition that asks for more does not count (降级备案无效).
    """
    fact, filing = DECIDED[kind]
    computed, decided = possible_classes(classes[kind], kind), facts.get(fact)
    if not isinstance(decided, str):
        return computed
    order, catalogue = possible_classes(None, kind), ruleset.catalogues.get(kind)
    stricter = all(order.index(level) < order.index(decided) for level in computed)
    filed = history.past(filing)
    under_this_edition = catalogue is not None and any(
        catalogue.edition.effective.state(item.day) == "in_force" for item in filed
    )
    return computed if stricter and under_this_edition else (decided,)
