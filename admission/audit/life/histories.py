"""What is recorded of the lives of a block of enterprises, as columns: `lifecycle.events.History` for many at once.

Days are day numbers, 0 where there is none. Occurrences of some events stand in a `Timeline`, by enterprise and
day; what is unknown or known not to be done is a column of flags for each event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from admission.audit.block import UNDATED, UNDONE, Events
from admission.lifecycle.clocks import add
from admission.rulebook.life_model import Derivation, Order
from admission.rulebook.life_rules import LifeRules
from admission.rulebook.model import Period

__all__ = ["NO_DAY", "Days", "Flags", "Histories", "Timeline", "covers", "moved"]

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
NO_DAY = 0
_FIRST_DAY = date.min.toordinal()
_SHIFT = 22
"""Bits of a day number: an enterprise and a day are one number that sorts as they do."""


class Timeline:
    """Occurrences by enterprise, then day; `since` is the day from which an act answers each.

    `starts` and `counts` give the occurrences of each enterprise, `past` how many of them are not after the day
    of the audit.
    """

    def __init__(self, owners: Days, days: Days, since: Days, size: int, on: int) -> None:
        self.owners, self.days, self.since = owners, days, since
        self.counts: Days = np.bincount(owners, minlength=size)
        self.starts: Days = np.cumsum(self.counts) - self.counts
        self.past: Days = np.bincount(owners[days <= on], minlength=size)

    @cached_property
    def keys(self) -> Days:
        """Enterprise and day as one number."""
        return self.owners << _SHIFT | self.days

    @property
    def empty(self) -> bool:
        """Is nothing recorded of anybody?"""
        return not self.owners.size

    def first(self, owners: Days) -> Days:
        """The first day, plans included."""
        return self.day_at(self.starts[owners], self.counts[owners] > 0)

    def first_past(self, owners: Days) -> Days:
        """The first day up to the day of the audit."""
        return self.day_at(self.starts[owners], self.past[owners] > 0)

    def last_past(self, owners: Days) -> Days:
        """The last day up to the day of the audit."""
        return self.day_at(self.starts[owners] + self.past[owners] - 1, self.past[owners] > 0)

    def last(self, owners: Days) -> Days:
        """The last day, plans included."""
        return self.day_at(self.starts[owners] + self.counts[owners] - 1, self.counts[owners] > 0)

    def place_from(self, owners: Days, days: Days) -> Days:
        """The place of the first occurrence of each enterprise on or after a day."""
        if self.empty:
            return np.zeros(len(owners), np.int64)
        return np.searchsorted(self.keys, owners << _SHIFT | days)

    def day_at(self, places: Days, there: Flags) -> Days:
        """The days at some places, none where it is not `there`."""
        if self.empty:
            return np.zeros(len(places), np.int64)
        return np.where(there, self.days[np.where(there, places, 0)], NO_DAY)


class Histories:
    """The histories of a block of `size` enterprises, seen from the day `on`.

    `contradicting` tells pairs of days of which one must be wrong, with the enterprises; those days count as unknown.
    """

    def __init__(self, events: Events, size: int, on: date, rules: LifeRules) -> None:
        self.size, self.on = size, on.toordinal()
        self._single: dict[str, Timeline] = {}
        self._several: dict[tuple[str, ...], Timeline] = {}
        self._unknown: dict[str, Flags] = {}
        self._undone: dict[str, Flags] = {}
        self.recorded = self._flags(events.owners)
        none = np.zeros(0, np.int64)
        self._nothing = self._timeline(none, none, none)
        self._read(events)
        self.contradicting: list[tuple[Order, Days]] = []
        self._contradict(rules.orders)
        for derivation in rules.derivations:
            self._derive(derivation)

    def of(self, *events: str) -> Timeline:
        """Every occurrence of some events, planned ones included."""
        names = tuple(dict.fromkeys(event for event in events if event in self._single))
        if not names:
            return self._nothing
        if len(names) == 1:
            return self._single[names[0]]
        if names not in self._several:
            self._several[names] = self._merged([self._single[name] for name in names])
        return self._several[names]

    def uncertain(self, *events: str) -> Flags | None:
        """Enterprises for which some of `events` may have happened on an unknown day; None: nowhere."""
        return _either([self._unknown[event] for event in dict.fromkeys(events) if event in self._unknown])

    def undone(self, *events: str) -> Flags | None:
        """Enterprises for which some of `events` is known not to have happened; None: nowhere."""
        return _either([self._undone[event] for event in events if event in self._undone])

    def only(self, events: Iterable[str]) -> Flags:
        """Enterprises of which something is recorded, and nothing but `events`."""
        chosen = frozenset(events)
        some, others = np.zeros(self.size, np.bool_), np.zeros(self.size, np.bool_)
        for event, timeline in self._single.items():
            target = some if event in chosen else others
            target |= timeline.counts > 0
        for event, flags in self._unknown.items():
            target = some if event in chosen else others
            target |= flags
        return some & ~others

    # from the table

    def _flags(self, owners: Days) -> Flags:
        found = np.zeros(self.size, np.bool_)
        found[owners] = True
        return found

    def _timeline(self, owners: Days, days: Days, since: Days) -> Timeline:
        return Timeline(owners, days, since, self.size, self.on)

    def _merged(self, parts: Sequence[Timeline]) -> Timeline:
        owners, days, since = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("owners", "days", "since")
        )
        order = np.lexsort((since, days, owners))
        return self._timeline(owners[order], days[order], since[order])

    def _read(self, events: Events) -> None:
        dated = np.isfinite(events.days)
        days = np.where(dated, events.days, NO_DAY).astype(np.int64)
        for code, name in enumerate(events.names):
            mine = events.codes == code
            keys = np.unique(events.owners[mine & dated] << _SHIFT | days[mine & dated])
            if keys.size:
                when = keys & ((1 << _SHIFT) - 1)
                self._single[name] = self._timeline(keys >> _SHIFT, when, when)
            for flags, word in ((self._unknown, UNDATED), (self._undone, UNDONE)):
                marked = events.owners[mine & (events.days == word)]
                if marked.size:
                    flags[name] = self._flags(marked)

    def _contradict(self, orders: Iterable[Order]) -> None:
        """Both events of a pair whose first days stand the wrong way round count as unknown."""
        everyone = np.arange(self.size)
        wrong: dict[str, list[Flags]] = {}
        for order in orders:
            if order.earlier not in self._single or order.later not in self._single:
                continue
            earlier, later = (self._single[name].first(everyone) for name in (order.earlier, order.later))
            found = (earlier != NO_DAY) & (later != NO_DAY) & (later < earlier)
            if found.any():
                self.contradicting.append((order, np.flatnonzero(found)))
                for event in (order.earlier, order.later):
                    wrong.setdefault(event, []).append(found)
        for event, marks in wrong.items():
            flags = _either(marks)
            assert flags is not None
            self._doubt(event, flags)
            self._keep(event, ~flags[self._single[event].owners])

    def _doubt(self, event: str, flags: Flags) -> None:
        self._unknown[event] = flags | self._unknown[event] if event in self._unknown else flags

    def _keep(self, event: str, chosen: Flags) -> None:
        given = self._single.pop(event)
        if chosen.any():
            self._single[event] = self._timeline(given.owners[chosen], given.days[chosen], given.since[chosen])

    # days that follow from others

    def _derive(self, rule: Derivation) -> None:
        """Adds the days that follow from others; a stated day stands for the one it comes closest to."""
        sources = self.of(*rule.after)
        stated = self._single.pop(rule.event, self._nothing)
        counted = moved(sources.days, lambda day: add(day, rule.add, rule.unit).day)
        given, free = self._assigned(stated, sources, counted)
        own = given != NO_DAY
        holds = covers(rule.effective, sources.days)
        last = np.arange(len(sources.owners)) == (sources.starts + sources.counts - 1)[sources.owners]
        unsure = self._flags(sources.owners[~own & ~holds & last])
        kept = own | holds
        found = self._merged(
            [
                self._timeline(sources.owners[kept], np.where(own, given, counted)[kept], sources.days[kept] + 1),
                self._timeline(stated.owners[free], stated.days[free], np.full(int(free.sum()), _FIRST_DAY)),
            ]
        )
        doubtful = self.uncertain(*rule.after)
        if doubtful is not None:
            unsure |= doubtful & (found.counts == 0)
        if unsure.any():
            self._doubt(rule.event, unsure)
        if not found.empty:
            self._single[rule.event] = found

    def _assigned(self, stated: Timeline, sources: Timeline, counted: Days) -> tuple[Days, Flags]:
        """For each source the stated day that stands for what follows from it, and the stated days that stand alone.

        A stated day belongs to an earlier source, to that whose counted day is nearest, the first of equals; where
        two belong to one source the later one counts.
        """
        given = np.zeros(len(sources.owners), np.int64)
        before = sources.place_from(stated.owners, stated.days) - sources.starts[stated.owners]
        free = before == 0
        item = np.repeat(np.arange(len(stated.owners)), before)
        if item.size:
            begin = np.cumsum(before) - before
            place = sources.starts[stated.owners][item] + np.arange(len(item)) - begin[item]
            distance = np.abs(counted[place] - stated.days[item])
            order = np.lexsort((place, distance, item))
            _, firsts = np.unique(item[order], return_index=True)
            chosen = order[firsts]
            given[place[chosen]] = stated.days[item[chosen]]
        return given, free


def _either(flags: Sequence[Flags]) -> Flags | None:
    return np.logical_or.reduce(flags) if flags else None


def covers(period: Period, days: Days) -> Flags:
    """Which days lie in a period."""
    found: Flags = days >= period.start.toordinal()
    return found if period.end is None else found & (days <= period.end.toordinal())


def moved(days: Days, function: Callable[[date], date]) -> Days:
    """`function` of every day, asked once for each distinct one; no day stays none."""
    distinct, back = np.unique(days, return_inverse=True)
    found = [NO_DAY if day == NO_DAY else function(date.fromordinal(day)).toordinal() for day in distinct.tolist()]
    return np.array(found, np.int64)[back.reshape(-1)] if found else days
