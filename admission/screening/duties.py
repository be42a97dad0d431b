"""Duties that follow from what the project is; deadlines and breaches come with the life-cycle rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from admission.logic import open_facts
from admission.rulebook import Catalogue, Duty, Ruleset
from admission.screening.classes import Classifications, possible_classes
from admission.screening.decision import DutyResult
from admission.screening.facts import ComponentFacts
from admission.screening.project import Project
from admission.screening.wastes import notes
from admission.vocabulary import Value

__all__ = ["CLASS_FACTS", "duties"]

CLASS_FACTS = {Catalogue.EIA: "eia_class", Catalogue.PERMIT: "permit_class"}
_ORDER = ("overdue", "pending", "unknown", "met")
_View = Mapping[str, Value | None]


def duties(
    project: Project,
    ruleset: Ruleset,
    components: tuple[ComponentFacts, ...],
    classes: Classifications,
    lang: str,
) -> tuple[DutyResult, ...]:
    """Every duty that applies or may apply, with its state: met when a milestone or a fact shows it was done.

    A duty that every class still possible brings applies; one whose trigger is undecided has
    status `unknown` and names the facts it needs, as does one that a fact not yet stated would meet.
    """
    possible = [possible_classes(classes[kind], kind) for kind in CLASS_FACTS]
    cases = [dict(zip(CLASS_FACTS.values(), levels, strict=True)) for levels in product(*possible)]
    views = [[{**component.values, **levels} for component in components] for levels in cases]
    done = {milestone.event for milestone in project.milestones if milestone.date is not None}
    found = (_duty(owned.rule, ruleset, views, done, lang) for owned in ruleset.duties)
    return tuple(sorted(filter(None, found), key=lambda item: _ORDER.index(item.status)))


def _duty(
    duty: Duty, ruleset: Ruleset, views: Sequence[Sequence[_View]], done: set[str], lang: str
) -> DutyResult | None:
    """`views` holds, for each combination of classes still possible, the facts of every component."""
    function = ruleset.conditions.function(duty.when)
    views = views if len(views) == 1 else _differing(views, ruleset.reads(duty.when))
    found = {_any(function(view.get) for view in case) for case in views}
    cites = ruleset.duty_cites[duty.id]
    if found == {False} or not cites:
        return None
    certain = found == {True}
    met = not done.isdisjoint(duty.done_by) or (certain and _done(duty, ruleset, views))
    return DutyResult(
        id=duty.id,
        title=duty.title.get(lang),
        due=None,
        before=duty.before.get(lang),
        status="met" if met else "pending" if certain else "unknown",
        department=duty.department,
        cite=cites[0],
        cites=cites,
        needs=() if met else _needs(duty.done_when if certain else duty.when, ruleset, views),
        notes=notes(duty, ruleset, views, lang),
    )


def _done(duty: Duty, ruleset: Ruleset, views: Sequence[Sequence[_View]]) -> bool:
    """Whether `done_when` holds of every component that brings the duty about."""
    if duty.done_when is None:
        return False
    concerns, done = ruleset.conditions.function(duty.when), ruleset.conditions.function(duty.done_when)
    return all(done(view.get) is True for case in views for view in case if concerns(view.get) is not False)


def _differing(views: Sequence[Sequence[_View]], reads: frozenset[str]) -> Sequence[Sequence[_View]]:
    """Only one of the views that are alike in everything that a duty reads."""
    classes = [name for name in CLASS_FACTS.values() if name in reads]
    return list({tuple(case[0][name] for name in classes): case for case in reversed(views)}.values())[::-1]


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False


def _needs(condition: str | None, ruleset: Ruleset, views: Sequence[Sequence[_View]]) -> tuple[str, ...]:
    if condition is None:
        return ()
    tree = ruleset.conditions.tree(condition)
    names = (ruleset.askable(open_facts(tree, view), view) for case in views for view in case)
    return tuple(dict.fromkeys(name for found in names for name in found))
