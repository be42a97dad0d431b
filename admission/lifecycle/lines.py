"""From conclusions of the engine to the lines a person reads: duties, breaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from admission.lifecycle.instances import Instance
from admission.lifecycle.penalties import Act, penalty_of
from admission.lifecycle.results import DutyLine, PenaltyResult, StepLine, built
from admission.lifecycle.situation import Situation
from admission.lifecycle.words import why
from admission.rulebook import Cite
from admission.rulebook.life_model import BreachKind, LifeDuty, Step
from admission.rulebook.model import DutyCite
from admission.screening.decision import Breach

__all__ = [
    "DECIDED_ON",
    "FOUND",
    "HARM",
    "INVESTMENT",
    "ORDERED",
    "Outcome",
    "act_of",
    "breach_line",
    "cites_for",
    "duty_line",
    "merged",
]

_ONE = timedelta(days=1)
_BROKEN = ("late", "overdue", "early")
FOUND, DECIDED_ON, ORDERED = "violation_found", "penalty_decision", "correction_ordered"
_COLON = {"zh": "：", "en": ": "}
INVESTMENT, HARM = "total_investment_wan_yuan", "caused_pollution_or_damage"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine concluded of one instance: states, breaches by id with how, steps it waits for."""

    states: frozenset[str]
    breaches: tuple[tuple[str, str], ...]
    waits: bool

    @property
    def broken(self) -> str | None:
        """late, overdue or early, where the duty was not kept."""
        return next((state for state in _BROKEN if state in self.states), None)

    @property
    def status(self) -> str:
        """As the contract names it; a duty done late is met, its lateness stands in the breach."""
        if "overdue" in self.states:
            return "overdue"
        if "late" in self.states:
            return "met"
        for state in ("unknown", "pending"):
            if state in self.states:
                return state
        return "met" if self.states else "unknown"


def cites_for(cites: Sequence[DutyCite], days: Iterable[date]) -> tuple[Cite, ...]:
    """The citations in force on any of `days`; before all of them the earliest."""
    if len(cites) == 1:
        return (cites[0].plain,)
    found = [cite for day in days for cite in cites if cite.effective.state(day) == "in_force"]
    if not found:
        first = min(cite.effective.start for cite in cites)
        found = [cite for cite in cites if cite.effective.start == first]
    return (found[0].plain,) if len(found) == 1 else tuple(dict.fromkeys(cite.plain for cite in found))


def duty_line(item: Instance, outcome: Outcome, at: Situation) -> DutyLine:
    """The line of one duty."""
    rule, broken = item.rule, outcome.broken
    days = _days(item, outcome, at)
    cites = cites_for(rule.cite, days)
    unknown = outcome.status == "unknown"
    needs = at.views.needs(rule.when) if unknown and item.applies is None else ()
    return built(
        DutyLine,
        {
            **_fixed(rule, at),
            "notes": (),
            "id": item.key,
            "due": item.limit.day,
            "status": outcome.status,
            "cite": cites[0],
            "cites": cites,
            "needs": needs,
            "done": item.act,
            "late": broken == "late",
            "estimated": item.limit.estimated,
            "next_step": outcome.status in ("pending", "overdue") and not outcome.waits,
            "why": why(item, outcome.states, at),
            "needs_dates": item.asks if unknown else (),
            "penalty": _penalty(rule.penalty, item, outcome, at) if broken and rule.penalty else None,
        },
    )


def _fixed(rule: LifeDuty, at: Situation) -> Mapping[str, object]:
    """What the line of a duty says whatever the project."""
    key, kept, lang = ("duty", rule.id, at.lang), at.rules.kept, at.lang
    if key not in kept:
        kept[key] = {
            "rule": rule.id,
            "title": rule.title.get(lang),
            "before": rule.before.get(lang),
            "department": rule.department,
            "owner": rule.owner,
            "phase": rule.phase,
            "step": _step(rule.step, lang) if rule.step else None,
            "evidence": rule.evidence.get(lang),
            "rule_status": rule.status,
        }
    return cast(Mapping[str, object], kept[key])


def _step(step: Step, lang: str) -> StepLine:
    documents, fee = step.documents.get(lang), step.fee.get(lang)
    return StepLine(order=step.order, stage=step.stage, documents=documents, fee=fee)


def _days(item: Instance, outcome: Outcome, at: Situation) -> tuple[date, ...]:
    """The days whose law is cited: of the act, of the breach from its first day to its last."""
    if outcome.broken is not None:
        since, until = _since(item, outcome.broken), _until(item, outcome.broken, (), at)
        return since, until or at.as_of
    return (item.act or at.as_of,)


def _since(item: Instance, broken: str) -> date:
    """The first day of the breach."""
    if broken == "early" or item.rule.voluntary:
        return item.act or item.limit.day or date.min
    limit = item.limit.day or date.min
    form = item.rule.limit
    return limit if form is not None and form.before else limit + _ONE


def _until(item: Instance, broken: str, ended_by: Sequence[str], at: Situation) -> date | None:
    """The last day of the breach; None while it goes on."""
    since = _since(item, broken)
    ends = [found.day for found in at.history.past(*ended_by) if found.day >= since]
    if broken == "early":
        ends.append(since)
    elif broken == "late" and not item.rule.voluntary and item.act is not None:
        ends.append(item.act)
    return min(ends, default=None)


def act_of(since: date, until: date | None, at: Situation) -> Act:
    """The act as penalties see it, with what is recorded of its prosecution."""

    def first(event: str) -> date | None:
        return next((found.day for found in at.history.past(event) if found.day >= since), None)

    investment, harm = at.facts.get(INVESTMENT), at.facts.get(HARM)
    return Act(
        since=since,
        until=until,
        documents=[level for level in at.possible["eia_class"] if level != "none"],
        investment=float(investment) if isinstance(investment, int | float) else None,
        harm=harm if isinstance(harm, bool) else None,
        found=first(FOUND),
        decided=first(DECIDED_ON),
        ordered=first(ORDERED),
    )


def _penalty(
    penalty: str | None, item: Instance, outcome: Outcome, at: Situation, ended_by: Sequence[str] = ()
) -> PenaltyResult:
    broken = outcome.broken or _BROKEN[0]
    since, until = _since(item, broken), _until(item, broken, ended_by, at)
    key = (penalty, since, until)
    if key not in at.fined:
        at.fined[key] = penalty_of(penalty, act_of(since, until, at), at.as_of, at.rules, at.lang)
    return at.fined[key]


def breach_line(kind: BreachKind, item: Instance, outcome: Outcome, at: Situation) -> Breach:
    """The line of one breach."""
    broken = outcome.broken or _BROKEN[0]
    since, until = _since(item, broken), _until(item, broken, kind.ended_by, at)
    cites = cites_for(item.rule.cite, (since, until or at.as_of))
    penalty = _penalty(item.rule.penalty, item, outcome, at, kind.ended_by)
    return Breach(
        id=kind.id,
        title=kind.title.get(at.lang),
        since=since,
        until=until,
        duty=item.key,
        why=f"{item.rule.title.get(at.lang)}{_COLON[at.lang]}{why(item, outcome.states, at)}",
        disputed=item.rule.disputed.get(at.lang) if item.rule.disputed else None,
        status=item.rule.status,
        cite=cites[0],
        cites=cites,
        penalty=penalty.model_dump(mode="json"),
    )


def merged(breaches: Iterable[Breach], kinds: Mapping[str, BreachKind]) -> tuple[Breach, ...]:
    """Most serious first; a disputed reading is left out where an undisputed one says the same of that day."""
    found = list(breaches)
    sure = {(breach.id, breach.since) for breach in found if breach.disputed is None}
    kept = [breach for breach in found if breach.disputed is None or (breach.id, breach.since) not in sure]
    return tuple(sorted(kept, key=lambda item: (kinds[item.id].rank, item.since or date.min, item.duty)))
