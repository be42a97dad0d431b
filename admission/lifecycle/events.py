"""What is recorded of a project's life: occurrences of milestones, days unknown, days that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from admission.lifecycle.clocks import add
from admission.rulebook.life_model import Derivation, Order
from admission.rulebook.life_rules import LifeRules
from admission.screening.project import Milestone

__all__ = ["Contradicting", "History", "Occurrence"]

_ONE = timedelta(days=1)


class Occurrence(NamedTuple):
    """One dated event. An act that answers it counts from `since` on (for an expiry: from the day after the grant)."""

    day: date
    event: str
    since: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Contradicting:
    """Two recorded days that cannot both be right."""

    order: Order
    earlier: date
    later: date


class History:
    """Milestones by event, seen from `as_of`; a later day is a plan.

    Not recorded means not done, as far as public record goes. Recorded without a day means unknown:
    done on any day, or never. Recorded as not done (`undone`) means what it says.
    The days of events that contradict each other count as unknown until somebody corrects them.
    `recorded` are the events with a day, known or not.
    """

    def __init__(self, milestones: Iterable[Milestone], as_of: date, rules: LifeRules) -> None:
        self.as_of = as_of
        self._days: dict[str, list[Occurrence]] = defaultdict(list)
        self._all: dict[tuple[str, ...], Sequence[Occurrence]] = {}
        self._past: dict[tuple[str, ...], Sequence[Occurrence]] = {}
        self.unknown: set[str] = set()
        self.undone: set[str] = set()
        for milestone in milestones:
            if milestone.undone:
                self.undone.add(milestone.event)
            elif milestone.date is None:
                self.unknown.add(milestone.event)
            else:
                day, event = milestone.date, milestone.event
                self._days[event].append(Occurrence(day, event, day, milestone.document))
        for event, found in self._days.items():
            self._days[event] = sorted({(item.day, item.event): item for item in found}.values())
        self.contradictions = tuple(_contradictions(rules.orders, self._days))
        for pair in self.contradictions:
            for event in (pair.order.earlier, pair.order.later):
                self._days.pop(event, None)
                self.unknown.add(event)
        for derivation in rules.derivations:
            self._derive(derivation)
        self.recorded = frozenset(self._days) | self.unknown

    def all(self, *events: str) -> Sequence[Occurrence]:
        """Every occurrence of `events`, planned ones included, by day."""
        if self.recorded.isdisjoint(events):
            return ()
        if events not in self._all:
            self._all[events] = self._gather(events)
        return self._all[events]

    def past(self, *events: str) -> Sequence[Occurrence]:
        """The occurrences of `events` up to and including `as_of`, by day."""
        if self.recorded.isdisjoint(events):
            return ()
        if events not in self._past:
            self._past[events] = [item for item in self.all(*events) if item.day <= self.as_of]
        return self._past[events]

    def uncertain(self, *events: str) -> tuple[str, ...]:
        """Those of `events` that may have happened on a day that is not known."""
        if not self.unknown or self.unknown.isdisjoint(events):
            return ()
        return tuple(event for event in dict.fromkeys(events) if event in self.unknown)

    def _gather(self, events: Iterable[str]) -> Sequence[Occurrence]:
        recorded = [event for event in dict.fromkeys(events) if event in self._days]
        if len(recorded) == 1:
            return self._days[recorded[0]]
        return sorted(item for event in recorded for item in self._days[event])

    def _derive(self, rule: Derivation) -> None:
        """Add the days that follow from others; a stated day stands for the one it comes closest to."""
        stated = self._days.pop(rule.event, [])
        sources = self._gather(rule.after)
        counted = [add(source.day, rule.add, rule.unit).day for source in sources]
        given: dict[int, Occurrence] = {}
        found: list[Occurrence] = []
        for item in stated:
            before = [number for number, source in enumerate(sources) if source.day < item.day]
            if before:
                given[min(before, key=lambda number: abs(counted[number] - item.day))] = item
            else:
                found.append(Occurrence(item.day, rule.event, date.min, item.document))
        for number, (source, day) in enumerate(zip(sources, counted, strict=True)):
            own = given.get(number)
            if own is not None:
                found.append(Occurrence(own.day, rule.event, source.day + _ONE, own.document))
            elif rule.effective.state(source.day) == "in_force":
                found.append(Occurrence(day, rule.event, source.day + _ONE, source.document))
            elif number + 1 == len(sources):
                self.unknown.add(rule.event)
        if self.uncertain(*rule.after) and not found:
            self.unknown.add(rule.event)
        if found:
            self._days[rule.event] = sorted(found)


def _contradictions(orders: Iterable[Order], days: Mapping[str, Sequence[Occurrence]]) -> Iterable[Contradicting]:
    """Pairs whose first days stand the wrong way round."""
    for order in orders:
        earlier, later = days.get(order.earlier), days.get(order.later)
        if earlier and later and later[0].day < earlier[0].day:
            yield Contradicting(order, earlier[0].day, later[0].day)
