"""Projects with milestones for audits, and what `lifecycle` says of them in the shape of an audit."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from admission import Project, Rulebook, Ruleset, lifecycle
from admission.audit.labels import cited
from admission.audit.life.fines import fine_of
from admission.errors import InputError
from admission.lifecycle.results import DutyLine, PenaltyResult
from admission.screening.decision import Breach
from admission.screening.project import Milestone
from tests.audit.tables import Drawer

DECIDED = {
    "decided_eia_document": ("report", "form", "registration", "none"),
    "decided_permit_class": ("key", "simplified", "registration", "none"),
}
COURSE = (
    *("project_filing", "eia_draft_notice_start", "eia_draft_notice_end", "eia_submitted", "eia_accepted"),
    *("eia_approval_date", "construction_start", "env_facility_construction_start", "construction_end"),
    *("env_facility_completion", "permit_applied", "permit_issued", "commissioning_start", "first_discharge"),
    *("production_start", "acceptance_report_completed", "acceptance_disclosed", "acceptance_publicity_end"),
    *("acceptance_platform_filed", "emergency_plan_filed", "permit_renewal_applied", "permit_renewed", "permit_expiry"),
)
"""Milestones in the order in which most projects come to them."""

TURNS = (date(2026, 8, 15), date(2021, 3, 1), date(2025, 9, 1), date(2023, 6, 1), date(2017, 10, 1))
"""Days on which some law began."""


class LifeDrawer:
    """Draws projects with orderly and wild histories; days unknown, not done, contradicting, the same twice."""

    def __init__(self, rulebook: Rulebook, seed: int, on: date) -> None:
        self._random, self._on = random.Random(seed), on
        self._facts = Drawer(rulebook, seed)
        self._events = sorted(rulebook.milestones)

    def project(self) -> Project:
        """One, of which most facts that duties hang on are known in half of the cases."""
        draw, found = self._random, self._facts.project()
        stated = {name: draw.choice(words) for name, words in DECIDED.items() if draw.random() < 0.6}
        if draw.random() < 0.6:
            stated["total_investment_wan_yuan"] = draw.choice((0.0, 100.0, 3000.0, 12345.6))
            stated["caused_pollution_or_damage"] = draw.random() < 0.5
        wild = draw.random() < 0.4
        milestones = self._wild() if wild else self._orderly()
        return found.model_copy(update={"facts": {**found.facts, **stated}, "milestones": tuple(milestones)})

    def _wild(self) -> Iterable[Milestone]:
        draw = self._random
        for _ in range(draw.choice((0, 1, 4, 12, 30))):
            base = draw.choice((self._on, *TURNS))
            day = base + timedelta(days=draw.randint(-(span := draw.choice((2, 40, 400, 3000))), span))
            yield self._recorded(draw.choice(self._events), day, 0.15)

    def _orderly(self) -> Iterable[Milestone]:
        draw = self._random
        day = self._on - timedelta(days=draw.choice((60, 500, 1500, 3500)))
        for event in COURSE:
            day += timedelta(days=draw.choice((0, 3, 5, 6, 20, 30, 90, 200)))
            if draw.random() < 0.6:
                yield self._recorded(event, day, 0.06)
        for event in draw.sample(self._events, draw.choice((0, 1, 3))):
            yield self._recorded(event, self._on + timedelta(days=draw.randint(-900, 100)), 0.1)

    def _recorded(self, event: str, day: date, share: float) -> Milestone:
        chance = self._random.random()
        known = chance >= 2 * share
        return Milestone(event=event, date=day if known else None, undone=chance < share)


def milestone_rows(projects: Sequence[Project]) -> list[dict[str, Any]]:
    """Rows of a table of milestones, as a person writes them."""
    return [
        {"enterprise": project.name, "event": item.event, "date": _cell(item)}
        for project in projects
        for item in project.milestones
    ]


def _cell(item: Milestone) -> str:
    if item.undone:
        return "未办"
    return "不清楚" if item.date is None else item.date.isoformat()


def lived(project: Project, ruleset: Ruleset) -> tuple[list[Any], list[Any]] | None:
    """Duties and breaches by `lifecycle`; None when the project contradicts itself; nothing without milestones."""
    try:
        life = lifecycle(project, ruleset, inference="fixpoint")
    except InputError:
        return None
    if not project.milestones:
        return [], []
    return sorted(map(_duty, life.duties), key=str), sorted(map(_breach, life.breaches), key=str)


def _duty(duty: DutyLine) -> tuple[Any, ...]:
    return (duty.id, duty.due, duty.status, duty.department, cited(duty.cite))


def _breach(breach: Breach) -> tuple[Any, ...]:
    penalty = PenaltyResult.model_validate(breach.penalty)
    ranges = ";".join(line.id for line in penalty.ranges)
    laws = (penalty.penalty, penalty.act_law, penalty.decision_law, penalty.lighter, ranges)
    barred = (penalty.barred, penalty.barred_after, penalty.daily_fine_from)
    days = (breach.since, breach.until, breach.disputed is not None)
    return (breach.id, breach.duty, *days, cited(breach.cite), *laws, *fine_of(penalty), *barred)


DUTY = ("duty", "due", "status", "department", "citation")
BREACH = (
    *("breach", "duty", "since", "until", "disputed", "citation", "penalty", "act_law", "decision_law", "lighter"),
    *("ranges", "low_wan_yuan", "high_wan_yuan", "barred", "barred_after", "daily_fine_from"),
)


def told(
    count: int, duties: Iterable[Mapping[str, Any]], breaches: Iterable[Mapping[str, Any]], refuted: Sequence[int] = ()
) -> list[tuple[list[Any], list[Any]] | None]:
    """The same of an audit, one per row."""
    found: list[list[list[Any]]] = []
    for rows, names in ((duties, DUTY), (breaches, BREACH)):
        by_row: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows:
            by_row[row["row"]].append(tuple(row[name] for name in names))
        found.append([sorted(by_row[at], key=str) for at in range(1, count + 1)])
    return [None if at in refuted else (found[0][at], found[1][at]) for at in range(count)]
