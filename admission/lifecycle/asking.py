"""What to ask: days that are unknown, days that contradict each other, facts that duties hang on."""

from __future__ import annotations

from collections.abc import Iterable

from admission.lifecycle.results import Contradiction, DutyLine
from admission.lifecycle.situation import Situation
from admission.lifecycle.words import event_label, phrase
from admission.rulebook import Ruleset
from admission.screening.decision import Question

__all__ = ["date_questions", "fact_questions"]


def date_questions(
    duties: Iterable[DutyLine], contradictions: Iterable[Contradiction], at: Situation
) -> tuple[Question, ...]:
    """One question for every milestone whose day is missing, and for both days of a contradiction."""
    changes: dict[str, dict[str, None]] = {}
    asks: dict[str, str] = {}
    for found in contradictions:
        text = phrase(
            "contradiction",
            at.lang,
            earlier=event_label(found.earlier, at),
            earlier_day=found.earlier_date,
            later=event_label(found.later, at),
            later_day=found.later_date,
            why=found.why,
        )
        for event in (found.earlier, found.later):
            asks.setdefault(event, text)
            changes.setdefault(event, {})
    for duty in duties:
        for event in duty.needs_dates:
            key = "ask" if event in at.history.unknown else "ask undone"
            asks.setdefault(event, phrase(key, at.lang, event=event_label(event, at)))
            changes.setdefault(event, {})[duty.id] = None
    order = sorted(asks, key=lambda event: (-len(changes[event]), event))
    return tuple(
        Question(
            fact=event,
            label=event_label(event, at),
            ask=asks[event],
            unit=None,
            proof="",
            component=None,
            leading=True,
            changes=tuple(changes[event]),
        )
        for event in order
    )


def fact_questions(duties: Iterable[DutyLine], ruleset: Ruleset, lang: str) -> tuple[Question, ...]:
    """One question for every fact that decides whether a duty applies, those of most duties first."""
    changes: dict[str, dict[str, None]] = {}
    for duty in duties:
        for name in duty.needs:
            changes.setdefault(name, {})[duty.id] = None
    facts = ruleset.vocabulary.facts
    return tuple(
        Question(
            fact=name,
            label=facts[name].label.get(lang),
            ask=(facts[name].ask or facts[name].label).get(lang),
            unit=facts[name].unit,
            proof=proof.get(lang) if (proof := facts[name].proof) else "",
            component=None,
            leading=True,
            changes=tuple(changes[name]),
        )
        for name in sorted(changes, key=lambda name: (-len(changes[name]), name))
    )
