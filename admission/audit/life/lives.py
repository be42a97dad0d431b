"""Duties and breaches of a block of enterprises: `lifecycle.lifecycle` for many at once, to the same answer.

A duty hangs on the condition it has, on the days of the few milestones it names, and on nothing else. So each duty
is worked out for all enterprises together, as columns of days; nothing is done row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from admission.audit.block import Placed, Places
from admission.audit.life.breaches import BreachRows, BreachWriter, Known, first_day, last_day, undisputed
from admission.audit.life.cites import CiteTable
from admission.audit.life.conditions import LifeMasks, filed_input
from admission.audit.life.fines import DOCUMENTS, Penalties
from admission.audit.life.histories import NO_DAY, Days, Flags, Histories, covers
from admission.audit.life.instances import DutyWriter, Instances
from admission.audit.life.outcomes import Judgements
from admission.audit.machine import WORD, pack, unpack
from admission.audit.program import Truth
from admission.lifecycle.lines import Outcome
from admission.lifecycle.situation import DECIDED
from admission.rulebook import Catalogue, Ruleset
from admission.rulebook.life_model import LifeDuty, Order

__all__ = ["PERMIT_ENDS", "STATUSES", "DutyRows", "Lived", "Lives", "together"]

STATUSES = ("overdue", "pending", "unknown", "met")
"""The states of a duty, in the order in which `lifecycle` tells them."""

PERMIT_ENDS = ("permit_expiry", "registration_expiry")
"""The milestones that end a permit or a registration; stated, or counted from when it was given."""


@dataclass(frozen=True, slots=True)
class DutyRows:
    """Duties, one per row: numbers of enterprise, duty, its key, state and citation; `due` 0 where no period runs."""

    owners: Days
    rules: Days
    keys: Days
    due: Days
    statuses: Days
    cites: Days

    @classmethod
    def of(cls, parts: Sequence[DutyRows]) -> DutyRows:
        """Several together."""
        none = np.zeros(0, np.int64)
        return cls(*(np.concatenate([none, *(getattr(part, f.name) for part in parts)]) for f in fields(cls)))


@dataclass(frozen=True, slots=True)
class Lived:
    """The life cycle of the enterprises of a block: `seen` are those of which milestones are recorded.

    `permit_ends` is the last day of a permit or registration, 0 where none is known; `contradicting` are pairs of days
    that cannot both be right, with the enterprises they are recorded of.
    """

    seen: Flags
    duties: DutyRows
    breaches: BreachRows
    permit_ends: Days
    contradicting: tuple[tuple[Order, Places], ...]


def together(parts: Sequence[tuple[Lived, Places]], size: int) -> Lived:
    """Parts of a block put together; each says at which positions its enterprises stand."""
    seen, ends = np.zeros(size, np.bool_), np.zeros(size, np.int64)
    for part, positions in parts:
        seen[positions], ends[positions] = part.seen, part.permit_ends
    return Lived(
        seen,
        DutyRows.of([replace(part.duties, owners=at[part.duties.owners]) for part, at in parts]),
        BreachRows.of([replace(part.breaches, owners=at[part.breaches.owners]) for part, at in parts]),
        ends,
        tuple((order, at[rows]) for part, at in parts for order, rows in part.contradicting),
    )


class Lives:
    """The life-cycle rules of a ruleset, for block after block; `keys` are the ids of duties in order of appearance."""

    def __init__(self, ruleset: Ruleset, masks: LifeMasks) -> None:
        rules = ruleset.rulebook.life
        self.ruleset, self._masks, self._on = ruleset, masks, ruleset.on
        self.penalties = Penalties(rules, ruleset.on)
        judgements = Judgements(rules.chaining, ruleset.on)
        self._duties = [
            _Duty(rule, number, ruleset, self.penalties, judgements) for number, rule in enumerate(rules.duties)
        ]
        parks = {event for duty in rules.duties if duty.subject == "park" for event in duty.events}
        projects = {event for duty in rules.duties if duty.subject == "project" for event in duty.events}
        self._of_parks = parks - projects
        self.keys: dict[str, int] = {}

    def histories(self, placed: Placed) -> Histories:
        """What is recorded of the enterprises."""
        block = placed.block
        return Histories(block.milestones, block.enterprises.size, self._on, self.ruleset.rulebook.life)

    def inputs(self, placed: Placed, histories: Histories) -> dict[str, Any]:
        """What the program reads of the histories: registrations filed under the edition in force."""
        found = {}
        for kind, (_, filing) in DECIDED.items():
            filed = np.zeros(placed.layout.words[0] * WORD, np.bool_)
            catalogue = self.ruleset.catalogues.get(kind)
            if catalogue is not None:
                timeline = histories.of(filing)
                counts = covers(catalogue.edition.effective, timeline.days) & (timeline.days <= histories.on)
                filed[placed.place[timeline.owners[counts]]] = True
            found[filed_input(kind)] = pack(filed)
        return found

    def lived(self, placed: Placed, values: Sequence[Any], histories: Histories, refuted: Flags) -> Lived:
        """Duties and breaches of every enterprise of which milestones are recorded; none of those in `refuted`."""
        seen = histories.recorded & ~refuted
        parks = histories.only(self._of_parks)
        owners = {"park": np.flatnonzero(seen & parks), "project": np.flatnonzero(seen & ~parks)}
        known = self._known(placed, values)
        duties: list[DutyRows] = []
        breaches: list[BreachRows] = []
        for duty in self._duties:
            mine = owners[duty.rule.subject]
            if mine.size:
                when, void = self._conditions(duty.rule, placed, values)
                for item in duty.writer.instances(histories, mine, when, void):
                    duty.add(item, self._keys(item), histories, known, duties, breaches)
        ends = histories.of(*PERMIT_ENDS).last(np.arange(histories.size))
        wrong = tuple((order, rows[~refuted[rows]]) for order, rows in histories.contradicting)
        return Lived(seen, DutyRows.of(duties), undisputed(BreachRows.of(breaches)), ends, wrong)

    def _conditions(
        self, rule: LifeDuty, placed: Placed, values: Sequence[Any]
    ) -> tuple[NDArray[np.int8], Flags | None]:
        """Of every enterprise whether the condition holds, and whether what was done does not count."""
        truths = self._masks.conditions
        when = _ranks(truths[rule.when], placed, values)
        return when, None if rule.void_when is None else _ranks(truths[rule.void_when], placed, values) == 2

    def _known(self, placed: Placed, values: Sequence[Any]) -> Known:
        masks, count = self._masks, len(placed.order)
        documents = np.zeros(count, np.int64)
        for bit, level in enumerate(DOCUMENTS):
            possible = masks.possible[Catalogue.EIA].get(level, 0)
            documents |= unpack(values[possible])[placed.place].astype(np.int64) << bit
        numbers = masks.investment
        investment = np.full(count, np.nan) if numbers is None else values[numbers][placed.place]
        return Known(documents, investment, _ranks(masks.harm, placed, values).astype(np.int64))

    def _keys(self, item: Instances) -> Days:
        """The number of each duty's key: its id, with the number of the occasion or the day where there are several."""
        parts = item.limit.day if item.yearly else item.number
        distinct, back = np.unique(parts, return_inverse=True)
        found = []
        for part in distinct.tolist():
            mark = date.fromordinal(part).isoformat() if item.yearly else part
            key = f"{item.rule.id}#{mark}" if part else item.rule.id
            found.append(self.keys.setdefault(key, len(self.keys)))
        return np.array(found, np.int64)[back.reshape(-1)] if found else parts


class _Duty:
    """One duty of the rulebook and everything that is kept of it."""

    def __init__(
        self, rule: LifeDuty, number: int, ruleset: Ruleset, penalties: Penalties, judgements: Judgements
    ) -> None:
        self.rule, self._number, self._on = rule, number, ruleset.on.toordinal()
        self.writer = DutyWriter(rule, ruleset.on)
        self._judge = judgements.of(rule)
        self._cites = CiteTable(rule.cite)
        self._breaches = BreachWriter(rule, number, ruleset.rulebook.life.breaches, penalties)

    def add(
        self,
        item: Instances,
        keys: Days,
        histories: Histories,
        known: Known,
        duties: list[DutyRows],
        breaches: list[BreachRows],
    ) -> None:
        """The lines of the duty and of its breaches."""
        judged = self._judge.judged(item)
        count = len(item.owners)
        statuses = np.array([STATUSES.index(outcome.status) for outcome in judged.outcomes], np.int64)
        days = np.where(item.act == NO_DAY, self._on, item.act)
        later = days.copy()
        for code, outcome in self._broken(judged.outcomes):
            rows = judged.codes == code
            if not rows.any():
                continue
            mine = item.only(rows)
            if outcome.broken is not None:
                since = first_day(mine, outcome.broken)
                until = last_day(mine, outcome.broken, since, histories)
                days[rows], later[rows] = since, np.where(until == NO_DAY, self._on, until)
            breaches += (
                self._breaches.rows(mine, keys[rows], found, histories, known, self._on) for found in outcome.breaches
            )
        cites = self._cites.of(days, later)
        duties.append(
            DutyRows(
                item.owners, np.full(count, self._number, np.int64), keys, item.limit.day, statuses[judged.codes], cites
            )
        )

    @staticmethod
    def _broken(outcomes: Sequence[Outcome]) -> Iterator[tuple[int, Outcome]]:
        for code, outcome in enumerate(outcomes):
            if outcome.broken is not None or outcome.breaches:
                yield code, outcome


def _ranks(truth: Truth, placed: Placed, values: Sequence[Any]) -> NDArray[np.int8]:
    """2 true, 1 unknown, 0 false, for every enterprise."""
    true, false = (unpack(values[mask])[placed.place].view(np.int8) for mask in truth)
    return 1 + true - false
