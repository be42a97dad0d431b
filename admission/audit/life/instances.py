"""The duties of the rulebook held against a block of histories: `lifecycle.instances` for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from admission.audit.life.histories import NO_DAY, Days, Flags, Histories, Timeline, covers
from admission.audit.life.limits import Cycles, counted_by
from admission.rulebook.life_model import LifeDuty, Limit

__all__ = ["FALSE", "MAYBE", "TRUE", "Bounds", "DutyWriter", "Instances"]

Truths = NDArray[np.int8]
FALSE, MAYBE, TRUE = 0, 1, 2
_FIRST_DAY = date.min.toordinal()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits, or the lack of one: `day` 0 for none, `open` where the day counted from may be another."""

    day: Days
    open: Flags
    reference: Days


@dataclass(frozen=True, slots=True)
class Instances:
    """One duty on its occasions, one row each.

    `owners` are enterprises, `applies` is `TRUE` or `MAYBE`, `number` tells the occasions of one enterprise apart
    (0: it is the only one), `yearly`: each is told apart by its due day instead. `occasion` and `act` are days.
    """

    rule: LifeDuty
    owners: Days
    applies: Truths
    number: Days
    occasion: Days
    act: Days
    act_open: Flags
    limit: Bounds
    floor: Bounds | None
    yearly: bool = False

    def only(self, chosen: Flags) -> Instances:
        """Some of the rows."""
        if chosen.all():
            return self
        names = ("owners", "applies", "number", "occasion", "act", "act_open")
        floor = None if self.floor is None else _only(self.floor, chosen)
        parts = {name: getattr(self, name)[chosen] for name in names}
        return replace(self, **parts, limit=_only(self.limit, chosen), floor=floor)


def _only(bounds: Bounds, chosen: Flags) -> Bounds:
    return Bounds(bounds.day[chosen], bounds.open[chosen], bounds.reference[chosen])


class DutyWriter:
    """One duty: kept for a whole audit, asked block by block."""

    def __init__(self, rule: LifeDuty, on: date) -> None:
        self.rule, self._on = rule, on.toordinal()
        limit = rule.limit
        self._limit = None if limit is None or limit.yearly else counted_by(limit)
        self._floor = None if rule.floor is None else counted_by(rule.floor)
        self._cycles = None if limit is None or not limit.yearly else Cycles(limit, on)

    def instances(self, histories: Histories, owners: Days, when: Truths, void: Flags | None) -> Iterator[Instances]:
        """The occasions of the duty for some enterprises.

        `when` and `void` say of every enterprise of the block whether the condition holds, and whether what was done
        does not count.
        """
        applies = self._applies(histories, owners, when)
        owners, applies = owners[applies != FALSE], applies[applies != FALSE]
        if not owners.size:
            return
        parts = self._yearly if self._cycles is not None else self._occasions
        for item in parts(histories, owners, applies, void):
            found = self._unless_recorded(item, histories)
            yield found.only(self._in_force(found)) if self.rule.effective is not None else found

    # does it apply

    def _applies(self, histories: Histories, owners: Days, when: Truths) -> Truths:
        """Kleene's conjunction of the condition, the trigger and what excludes the duty."""
        rule = self.rule
        found = when[owners]
        if rule.trigger is not None:
            begun = histories.of(*rule.trigger.any).counts[owners] > 0
            other = np.full(len(owners), MAYBE if rule.trigger.absent == "unknown" else FALSE, np.int8)
            doubtful = histories.uncertain(*rule.trigger.any)
            if doubtful is not None:
                other[doubtful[owners]] = MAYBE
            found = np.minimum(found, np.where(begun, np.int8(TRUE), other))
        if rule.unless:
            doubtful = histories.uncertain(*rule.unless)
            if doubtful is not None:
                found = np.where(doubtful[owners], np.minimum(found, np.int8(MAYBE)), found)
            found = np.where(histories.of(*rule.unless).past[owners] > 0, np.int8(FALSE), found)
        return found

    def _unless_recorded(self, item: Instances, histories: Histories) -> Instances:
        """Past its limit, an act that only the enterprise's own files would show is unknown, not undone."""
        rule = self.rule
        if rule.unrecorded == "undone" or rule.voluntary:
            return item
        asked = (item.act == NO_DAY) & (item.limit.day != NO_DAY) & (item.limit.day < self._on) & (item.applies == TRUE)
        undone = histories.undone(*rule.do)
        if undone is not None:
            asked &= ~undone[item.owners]
        return replace(item, act_open=item.act_open | asked) if asked.any() else item

    def _in_force(self, item: Instances) -> Flags:
        """Is the duty the law on the first day that is known of it?"""
        assert self.rule.effective is not None
        day = np.full(len(item.owners), self._on, np.int64)
        for known in (item.act, item.limit.reference, item.occasion):
            day = np.where((known != NO_DAY) & (known <= self._on), known, day)
        return covers(self.rule.effective, day)

    # occasions

    def _occasions(
        self, histories: Histories, owners: Days, applies: Truths, void: Flags | None
    ) -> Iterator[Instances]:
        each = self.rule.each
        none = np.zeros(len(owners), np.int64)
        if each is None:
            yield self._instances(histories, _Occasions(owners, applies, none, none, none, None), void)
            return
        timeline, doubtful = histories.of(each), histories.uncertain(each)
        counts = timeline.counts[owners]
        nth = _nth(counts)
        rows = np.repeat(np.arange(len(owners)), counts)
        place = timeline.starts[owners][rows] + nth
        without = doubtful[owners] if doubtful is not None else np.zeros(len(owners), np.bool_)
        unplaced = without
        if self.rule.limit is not None and each in self.rule.limit.before:
            without = without | (counts == 0)
        total = counts + without
        number = np.where(total[rows] > 1, nth + 1, 0)
        if place.size:
            known = _Occasions(owners[rows], applies[rows], number, timeline.days[place], timeline.since[place], None)
            yield self._instances(histories, known, void)
        if without.any():
            last = np.where(total > 1, total, 0)[without]
            empty = none[without]
            open_ones = _Occasions(owners[without], applies[without], last, empty, empty, unplaced[without])
            yield self._instances(histories, open_ones, void)

    def _instances(self, histories: Histories, at: _Occasions, void: Flags | None) -> Instances:
        rule, owners = self.rule, at.owners
        act = self._act(histories, at)
        dead = at.unplaced
        if void is not None:
            dead = void[owners] if dead is None else dead | void[owners]
        if dead is not None:
            act = np.where(dead, NO_DAY, act)
        act_open = _flags(histories.uncertain(*rule.do, *rule.counts_after), owners)
        if rule.implied_by:
            implied = self._implied(histories, at) & (act == NO_DAY)
            act_open = act_open | (implied if void is None else implied & ~void[owners])
        applies = at.applies if at.unplaced is None else np.where(at.unplaced, np.int8(MAYBE), at.applies)
        nothing = np.zeros(len(owners), np.int64)
        limit = Bounds(nothing, np.zeros(len(owners), np.bool_), nothing)
        if self._limit is not None and rule.limit is not None:
            limit = self._bounds(rule.limit, self._limit, histories, at, act)
        floor = None
        if self._floor is not None and rule.floor is not None:
            floor = self._bounds(rule.floor, self._floor, histories, at, act)
        return Instances(rule, owners, applies, at.number, at.days, act, act_open, limit, floor)

    def _implied(self, histories: Histories, at: _Occasions) -> Flags:
        """Something is recorded that could not have come about without the act."""
        timeline = histories.of(*self.rule.implied_by)
        place = timeline.place_from(at.owners, np.maximum(at.since, _FIRST_DAY))
        found = place < timeline.starts[at.owners] + timeline.past[at.owners]
        return found | _flags(histories.uncertain(*self.rule.implied_by), at.owners)

    # what was done

    def _act(self, histories: Histories, at: _Occasions) -> Days:
        """The day on which the duty was fulfilled, as far as one is recorded up to the day of the audit."""
        rule, owners = self.rule, at.owners
        done = histories.of(*rule.do)
        if done.empty:
            return np.zeros(len(owners), np.int64)
        first, ends = done.starts[owners], done.starts[owners] + done.past[owners]
        since = self._since(histories, at)
        if since is not None:
            first = done.place_from(owners, since)
        if rule.match == "nth":
            place = first + np.maximum(at.number, 1) - 1
        elif rule.match == "last":
            place = np.where(ends > first, ends - 1, first)
        else:
            place = first
        there = place < ends
        if rule.counts_after:
            there &= histories.of(*rule.counts_after).past[owners] > 0
        return done.day_at(place, there)

    def _since(self, histories: Histories, at: _Occasions) -> Days | None:
        """The day from which an act counts; None: any day."""
        rule, found = self.rule, None
        if rule.counts_after:
            found = histories.of(*rule.counts_after).first_past(at.owners) + 1
        if rule.match == "nth":
            return found
        other = None
        if rule.limit is not None and rule.limit.every is not None:
            last = histories.of(*rule.limit.after).last_past(at.owners)
            other = np.where(last != NO_DAY, last + 1, _FIRST_DAY)
        elif rule.match == "next":
            other = at.since
            if rule.each is None or (at.since == NO_DAY).any():
                counted = rule.limit or rule.floor
                events = counted.events if counted else ()
                other = np.where(at.days != NO_DAY, at.since, histories.of(*events).first(at.owners))
        return other if found is None else found if other is None else np.maximum(found, other)

    # limits

    def _bounds(
        self, limit: Limit, counted: Callable[[Days], Days], histories: Histories, at: _Occasions, act: Days
    ) -> Bounds:
        """As `lifecycle.limits.bound_of`: an occasion that is itself what is counted from is the only one looked at."""
        owners, whole = at.owners, self.rule.each in limit.events and bool(at.days.all())
        if whole:
            return Bounds(counted(at.days), np.zeros(len(owners), np.bool_), at.days)
        doubtful = histories.uncertain(*limit.events)
        unsure = _flags(doubtful, owners)
        later = limit.pick in ("last", "last_before_act") or limit.every is not None
        reference = self._reference(limit, histories, at, act)
        if later and doubtful is not None:
            reference = np.where(unsure, NO_DAY, reference)
        if self.rule.each in limit.events:
            own = at.days != NO_DAY
            reference = np.where(own, at.days, reference)
            unsure = unsure & ~own
        return Bounds(np.where(reference == NO_DAY, NO_DAY, counted(reference)), unsure, reference)

    def _reference(self, limit: Limit, histories: Histories, at: _Occasions, act: Days) -> Days:
        timeline, owners = histories.of(*limit.events), at.owners
        if timeline.empty:
            return np.zeros(len(owners), np.int64)
        first, ends = timeline.starts[owners], timeline.starts[owners] + timeline.counts[owners]
        if limit.pick == "next":
            first = timeline.place_from(owners, at.days)
        if limit.pick in ("last", "last_before_act") or limit.every is not None:
            until = np.full(len(owners), self._on, np.int64)
            if limit.pick == "last_before_act":
                until = np.where(act != NO_DAY, act, until)
            after = timeline.place_from(owners, until + 1)
            first = np.where(after > first, after - 1, first)
        return timeline.day_at(first, first < ends)

    # yearly

    def _yearly(self, histories: Histories, owners: Days, applies: Truths, void: Flags | None) -> Iterator[Instances]:
        """The last day of the year that has passed, and the next one."""
        rule = self.rule
        assert rule.limit is not None
        assert self._cycles is not None
        started = histories.of(*rule.limit.after).first_past(owners)
        act_open = _flags(histories.uncertain(*rule.do), owners)
        waiting = started == NO_DAY
        if waiting.any():
            mine = owners[waiting]
            none = np.zeros(len(mine), np.int64)
            limit = Bounds(none, _flags(histories.uncertain(*rule.limit.after), mine), none)
            yield Instances(rule, mine, applies[waiting], none, none, none, act_open[waiting], limit, None)
        mine, starts, done = owners[~waiting], started[~waiting], histories.of(*rule.do)
        used = np.zeros(len(mine), np.int64)
        nothing, never = np.zeros(len(mine), np.int64), np.zeros(len(mine), np.bool_)
        for previous, due in self._cycles(starts):
            act = self._done_after(done, mine, previous, used)
            if void is not None:
                act = np.where(void[mine], NO_DAY, act)
            there = due != NO_DAY
            used = np.where(there, act, used)
            limit = Bounds(due, never, nothing)
            found = Instances(
                rule, mine, applies[~waiting], nothing, nothing, act, act_open[~waiting], limit, None, yearly=True
            )
            yield found.only(there)

    @staticmethod
    def _done_after(done: Timeline, owners: Days, previous: Days, used: Days) -> Days:
        """The first day after `previous` on which it was done, other than that used before."""
        if done.empty:
            return np.zeros(len(owners), np.int64)
        ends = done.starts[owners] + done.past[owners]
        place = done.place_from(owners, previous + 1)
        found = done.day_at(place, place < ends)
        again = (found == used) & (found != NO_DAY)
        if again.any():  # days of several events may fall together
            place = np.where(again, done.place_from(owners, found + 1), place)
            found = done.day_at(place, place < ends)
        return found


@dataclass(frozen=True, slots=True)
class _Occasions:
    """What a duty arises from: days and `since` 0 for the duty as such, `unplaced` for an unknown day."""

    owners: Days
    applies: Truths
    number: Days
    days: Days
    since: Days
    unplaced: Flags | None


def _flags(found: Flags | None, owners: Days) -> Flags:
    return np.zeros(len(owners), np.bool_) if found is None else found[owners]


def _nth(counts: Days) -> Days:
    """0, 1, … within each of some groups of these sizes."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)
