"""Duties that follow from what the project is; deadlines and breaches come with the life-cycle rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from admission.logic import open_facts
from admission.rulebook import Catalogue, Cite, Duty, Ruleset
from admission.screening.catalogue import Classification
from admission.screening.decision import DutyResult
from admission.screening.facts import ComponentFacts
from admission.screening.project import Project

__all__ = ["duties"]

_CLASS_FACTS = {Catalogue.EIA: "eia_class", Catalogue.PERMIT: "permit_class"}


def duties(
    project: Project,
    ruleset: Ruleset,
    components: tuple[ComponentFacts, ...],
    classes: Mapping[Catalogue, Classification | None],
    lang: str,
) -> tuple[DutyResult, ...]:
    """Every duty that applies or may apply, with its state: met when a milestone shows it was done.

    A duty whose trigger is undecided has status `unknown` and names the facts it needs.
    """
    levels = {_CLASS_FACTS[kind]: found.level for kind, found in classes.items() if found is not None}
    done = {milestone.event for milestone in project.milestones}
    found = (_duty(owned.rule, ruleset, components, levels, done, lang) for owned in ruleset.duties)
    order = {"overdue": 0, "pending": 1, "unknown": 2, "met": 3}
    return tuple(sorted((item for item in found if item is not None), key=lambda item: order[item.status]))


def _duty(
    duty: Duty,
    ruleset: Ruleset,
    components: tuple[ComponentFacts, ...],
    levels: Mapping[str, str | None],
    done: set[str],
    lang: str,
) -> DutyResult | None:
    function, tree = ruleset.conditions.function(duty.when), ruleset.conditions.tree(duty.when)
    views = [{**component.values, **levels} for component in components]
    found = {function(view.get) for view in views}
    cites = duty.cites_on(ruleset.on)
    if found == {False} or not cites:
        return None
    status: Literal["met", "pending", "unknown"] = "pending" if True in found else "unknown"
    names: dict[str, None] = {}
    if status == "unknown":
        for view in views:
            names.update(dict.fromkeys(ruleset.askable(open_facts(tree, view), view)))
    if done.intersection(duty.done_by):
        status = "met"
    return DutyResult(
        id=duty.id,
        title=duty.title.get(lang),
        due=None,
        before=duty.before.get(lang),
        status=status,
        department=duty.department,
        cite=_plain(cites[0]),
        cites=tuple(_plain(cite) for cite in cites),
        needs=tuple(names),
    )


def _plain(cite: Cite) -> Cite:
    return Cite(document=cite.document, number=cite.number, article=cite.article, url=cite.url)
