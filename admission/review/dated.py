"""Dates of the rules moved by a day: does a case on the day before and on the day itself notice?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from admission.review.bench import Bench
from admission.review.mutants import Mutant
from admission.review.subjects import Subject
from admission.rulebook import Item, Period

__all__ = ["date_mutants", "own_period"]


def date_mutants(bench: Bench) -> Iterator[Mutant]:
    """First and last day of every edition, and of every item with a period of its own, one day off."""
    for name, edition in bench.rulebook.editions.items():
        subjects = [subject for subject in bench.rules.values() if subject.owned.edition is edition]
        days = {day for subject in subjects for day in _days(bench, subject)}
        place = bench.places.editions[name].place("effective")
        for field, words, moved in _moved(edition.effective):
            killed = any(_state(edition.effective, day) is not _state(moved, day) for day in days)
            yield Mutant(name, field, words, place, "killed" if killed else "survived")
    for subject in bench.rules.values():
        period = own_period(subject)
        if period is not None:
            days = set(_days(bench, subject))
            place = bench.places.rules[subject.id].place("effective")
            for field, words, moved in _moved(period):
                killed = any(_state(period, day) is not _state(moved, day) for day in days)
                yield Mutant(subject.id, field, words, place, "killed" if killed else "survived")


def own_period(subject: Subject) -> Period | None:
    """The period by which a rule narrows that of its edition."""
    return subject.owned.rule.effective if isinstance(subject.owned.rule, Item) else None


def _days(bench: Bench, subject: Subject) -> Iterator[date]:
    """The days on which cases look at the rule while nothing but the period in question decides."""
    return (case.as_of for case in bench.cases_of.get(subject.id, ()) if case.at in bench.passed)


def _state(period: Period, day: date) -> bool:
    return period.state(day) == "in_force"


def _moved(period: Period) -> Iterator[tuple[str, str, Period]]:
    for field, day in (("from", period.start), ("to", period.end)):
        for step in (-1, 1):
            if day is not None:
                changed = day + timedelta(days=step)
                start, end = (changed, period.end) if field == "from" else (period.start, changed)
                yield f"effective.{field}", f"{day} → {changed}", Period.model_construct(start=start, end=end)
