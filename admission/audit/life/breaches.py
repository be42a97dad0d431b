"""Breaches of a duty as columns: `lifecycle.lines.breach_line` for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from admission.audit.life.cites import CiteTable
from admission.audit.life.fines import Acts, Fines, Penalties
from admission.audit.life.histories import NO_DAY, Days, Flags, Histories
from admission.audit.life.instances import Instances
from admission.lifecycle.lines import DECIDED_ON, FOUND, ORDERED
from admission.rulebook.life_model import BreachKind, LifeDuty

__all__ = ["BreachRows", "BreachWriter", "Known", "first_day", "first_from", "last_day", "undisputed"]

_FIRST_DAY = 1


@dataclass(frozen=True, slots=True)
class Known:
    """What fines depend on beside the days, of every enterprise of the block: see `fines.Acts`."""

    documents: Days
    investment: NDArray[np.float64]
    harm: Days


@dataclass(frozen=True, slots=True)
class BreachRows:
    """Breaches, one per row: numbers of enterprise, kind, duty, key of the duty and citation; days 0 for none."""

    owners: Days
    kinds: Days
    rules: Days
    keys: Days
    since: Days
    until: Days
    cites: Days
    disputed: Flags
    fines: Days
    lighter: Days
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    barred: Days
    barred_after: Days
    daily_from: Days

    @classmethod
    def of(cls, parts: Sequence[BreachRows]) -> BreachRows:
        """Several together."""
        kinds = {"disputed": np.bool_, "low": np.float64, "high": np.float64}
        return cls(
            *(
                np.concatenate([np.zeros(0, kinds.get(f.name, np.int64)), *(getattr(part, f.name) for part in parts)])
                for f in fields(cls)
            )
        )

    def only(self, chosen: Flags) -> BreachRows:
        """Some of the rows."""
        return BreachRows(*(getattr(self, f.name)[chosen] for f in fields(self)))


def first_day(item: Instances, how: str) -> Days:
    """The first day of each breach (as `lifecycle.lines`)."""
    rule, limit = item.rule, item.limit.day
    if how == "early" or rule.voluntary:
        found = np.where(item.act != NO_DAY, item.act, limit)
    else:
        found = limit if rule.limit is not None and rule.limit.before else limit + 1
    return np.maximum(found, _FIRST_DAY)


def last_day(item: Instances, how: str, since: Days, histories: Histories, ended_by: Iterable[str] = ()) -> Days:
    """The last day of each breach; 0 while it goes on."""
    found = first_from(histories, ended_by, item.owners, since)
    own = since if how == "early" else item.act if how == "late" and not item.rule.voluntary else None
    if own is None:
        return found
    return np.where(found == NO_DAY, own, np.where(own == NO_DAY, found, np.minimum(found, own)))


def first_from(histories: Histories, events: Iterable[str], owners: Days, days: Days) -> Days:
    """The first day up to that of the audit, and not before `days`, on which one of `events` happened."""
    timeline = histories.of(*events)
    if timeline.empty:
        return np.zeros(len(owners), np.int64)
    place = timeline.place_from(owners, days)
    return timeline.day_at(place, place < timeline.starts[owners] + timeline.past[owners])


class BreachWriter:
    """The breaches of one duty, kept for a whole audit."""

    def __init__(self, rule: LifeDuty, number: int, kinds: Sequence[BreachKind], penalties: Penalties) -> None:
        self._rule, self._number, self._penalties = rule, number, penalties
        self._kinds = {kind.id: (place, kind) for place, kind in enumerate(kinds)}
        self._cites = CiteTable(rule.cite)

    def rows(
        self, item: Instances, keys: Days, found: tuple[str, str], histories: Histories, known: Known, on: int
    ) -> BreachRows:
        """One kind of breach for every row of `item`, all of which have it; `found` names it and how it came about."""
        breach, how = found
        place, kind = self._kinds[breach]
        owners, since = item.owners, first_day(item, how)
        until = last_day(item, how, since, histories, kind.ended_by)
        acts = Acts(
            since=since,
            until=until,
            documents=known.documents[owners],
            investment=known.investment[owners],
            harm=known.harm[owners],
            found=first_from(histories, (FOUND,), owners, since),
            decided=first_from(histories, (DECIDED_ON,), owners, since),
            ordered=first_from(histories, (ORDERED,), owners, since),
        )
        fines = self._penalties.of(self._rule.penalty, acts)
        return self._put_together(owners, place, keys, since, until, fines, on)

    def _put_together(
        self, owners: Days, kind: int, keys: Days, since: Days, until: Days, fines: Fines, on: int
    ) -> BreachRows:
        count = len(owners)
        return BreachRows(
            owners=owners,
            kinds=np.full(count, kind, np.int64),
            rules=np.full(count, self._number, np.int64),
            keys=keys,
            since=since,
            until=until,
            cites=self._cites.of(since, np.where(until == NO_DAY, on, until)),
            disputed=np.full(count, self._rule.disputed is not None),
            fines=fines.sets,
            lighter=fines.lighter,
            low=fines.low,
            high=fines.high,
            barred=fines.barred,
            barred_after=fines.barred_after,
            daily_from=fines.daily_from,
        )


def undisputed(rows: BreachRows) -> BreachRows:
    """Without disputed readings where an undisputed one says the same of that day."""
    if not rows.disputed.any():
        return rows
    same = np.stack([rows.owners, rows.kinds, rows.since])
    _, codes = np.unique(same, axis=1, return_inverse=True)
    codes = codes.reshape(-1)
    sure = np.zeros(int(codes.max()) + 1, np.bool_)
    sure[codes[~rows.disputed]] = True
    return rows.only(~(rows.disputed & sure[codes]))
