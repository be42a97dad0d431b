"""The last lawful day of a duty, as far as the days it is counted from are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from admission.lifecycle.clocks import Day, add
from admission.lifecycle.events import History, Occurrence
from admission.rulebook.life_model import Limit

__all__ = ["Bound", "bound_of", "cycles"]

_ONE = timedelta(days=1)


class Bound(NamedTuple):
    """A limit, or the lack of one.

    `open`: some day it may be counted from is unknown, so that it may lie earlier, or exist at all.
    `reference` is the day it is counted from, `estimated` that holidays of a later year are not yet
    published, `asks` the milestones whose day is missing.
    """

    day: date | None = None
    open: bool = False
    reference: date | None = None
    estimated: bool = False
    asks: tuple[str, ...] = ()


def bound_of(
    limit: Limit, history: History, occasion: Occurrence | None, each: str | None, act: Occurrence | None
) -> Bound:
    """The bound that `limit` sets on this occasion.

    Where the occasion is itself what the limit is counted from, no other occurrence is looked at.
    """
    if occasion is not None and each in limit.events:
        return _counted(limit, occasion, ())
    doubtful = history.uncertain(*limit.events)
    reference = _reference(limit, history, occasion, act)
    later = limit.pick in ("last", "last_before_act") or limit.every is not None
    if reference is None or (doubtful and later):  # an unknown day may put the limit off
        return Bound(open=bool(doubtful), asks=doubtful)
    return _counted(limit, reference, doubtful)


def _reference(
    limit: Limit, history: History, occasion: Occurrence | None, act: Occurrence | None
) -> Occurrence | None:
    found = history.all(*limit.events)
    if limit.pick == "next" and occasion is not None:
        found = [item for item in found if item.day >= occasion.day]
    latest = limit.pick in ("last", "last_before_act") or limit.every is not None
    if latest:
        until = act.day if act is not None and limit.pick == "last_before_act" else history.as_of
        found = [item for item in found if item.day <= until] or found[:1]
    if not found:
        return None
    return found[-1] if latest else found[0]


def _counted(limit: Limit, reference: Occurrence, doubtful: tuple[str, ...]) -> Bound:
    number = (
        limit.within if limit.within is not None else limit.every if limit.every is not None else -(limit.ahead or 0)
    )
    start = reference.day - _ONE if limit.first_day_counts and reference.day > date.min else reference.day
    counted = add(start, number, limit.unit) if limit.unit is not None else Day(reference.day)
    day = counted.day - _ONE if limit.exclusive and counted.day > date.min else counted.day
    return Bound(day, bool(doubtful), reference.day, counted.estimated, doubtful)


def cycles(days: Sequence[str], start: date, as_of: date) -> Iterator[tuple[date, date]]:
    """(previous, due): the last yearly day after `start` that has passed, and the first one to come.

    `days` are months and days (`03-31`); the first due day is the first after `start`.
    """
    years = range(max(start.year, as_of.year - 1) - 1, as_of.year + 2)
    every = [date.fromisoformat(f"{year:04d}-{day}") for year in years for day in sorted(days)]
    pairs = [(previous, due) for previous, due in pairwise(every) if due > start]
    passed = [pair for pair in pairs if pair[1] < as_of][-1:]
    coming = [pair for pair in pairs if pair[1] >= as_of][:1]
    yield from (*passed, *coming)
