"""What may follow breaches, for columns of acts: `lifecycle.penalties.penalty_of` for many at once.

Which ranges of which law concern an act hangs on the stretches of time in which it ended and was decided, and on the
EIA documents still possible: `penalty_of` is asked once for each. Amounts, lighter law and prescription are columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from admission.audit.life.cites import Stretches
from admission.audit.life.histories import NO_DAY, Days, Flags
from admission.audit.life.limits import DayTable
from admission.lifecycle.clocks import add
from admission.lifecycle.penalties import Act, penalty_of
from admission.lifecycle.results import PenaltyLine, PenaltyResult
from admission.rulebook.life_model import Regime
from admission.rulebook.life_rules import LifeRules

__all__ = ["DOCUMENTS", "Acts", "Fines", "Penalties", "fine_of"]

Amounts = NDArray[np.float64]
DOCUMENTS = ("report", "form", "registration")
"""The EIA documents that ranges tell apart; bit by bit in `Acts.documents`."""
_LATEST = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Acts:
    """What was done, one act per row: as `lifecycle.penalties.Act`, days 0 where there is none.

    `harm` is 2 true, 1 unknown, 0 false; `investment` NaN where unknown.
    """

    since: Days
    until: Days
    documents: Days
    investment: Amounts
    harm: Days
    found: Days
    decided: Days
    ordered: Days


@dataclass(frozen=True, slots=True)
class Fines:
    """What may follow each act: `sets` number the `Penalties.texts`.

    `lighter` numbers the regimes, -1 where that cannot be told; `low` and `high` in 10,000 yuan, NaN where they
    cannot be worked out; `barred` 2 true, 1 unknown or none, 0 false.
    """

    sets: Days
    lighter: Days
    low: Amounts
    high: Amounts
    barred: Days
    barred_after: Days
    daily_from: Days


def fine_of(penalty: PenaltyResult) -> tuple[float | None, float | None]:
    """The ordinary range for the unit, in 10,000 yuan: under the lighter law where that can be told, else under all."""
    lines = [line for line in penalty.ranges if _ordinary(line) and penalty.lighter in (None, line.regime)]
    lows = [line.low_wan_yuan for line in lines if line.low_wan_yuan is not None]
    highs = [line.high_wan_yuan for line in lines if line.high_wan_yuan is not None]
    if not lines or len(lows) < len(lines) or len(highs) < len(lines):
        return None, None
    return min(lows), max(highs)


def _ordinary(line: PenaltyLine) -> bool:
    return line.target == "unit" and line.gravity == "normal"


class Penalties:
    """The penalties of a rulebook on one day; what has been worked out is kept."""

    def __init__(self, rules: LifeRules, on: date) -> None:
        self._rules, self._on = rules, on
        periods = [item.cite.effective for item in rules.penalties] + [regime.effective for regime in rules.regimes]
        self._stretches = Stretches(periods)
        self.regimes = tuple(regime.id for regime in rules.regimes)
        self._sets: dict[tuple[str | None, int, int, int], int] = {}
        self._found: list[tuple[PenaltyResult, tuple[str, ...]]] = []
        self._years: dict[tuple[str, int], DayTable] = {}

    def of(self, penalty: str | None, acts: Acts) -> Fines:
        """What may follow acts that one duty's breach is."""
        ends = np.where(acts.until == NO_DAY, self._on.toordinal(), acts.until)
        decisions = np.where(acts.decided == NO_DAY, self._on.toordinal(), acts.decided)
        sets = self._sets_of(penalty, ends, decisions, acts.documents)
        count = len(ends)
        lighter = np.full(count, -1, np.int64)
        low, high = np.full(count, np.nan), np.full(count, np.nan)
        barred, barred_after = np.ones(count, np.int64), np.zeros(count, np.int64)
        for number in np.unique(sets).tolist():
            rows = np.flatnonzero(sets == number)
            result, laws = self._found[number]
            lighter[rows], low[rows], high[rows] = self._amounts(result, laws, acts.investment[rows])
            law = result.act_law or result.decision_law
            if law is not None:
                regime = self._rules.regimes[self.regimes.index(law)]
                barred[rows], barred_after[rows] = self._barred(regime, acts, rows)
        daily = any(item.daily for item in self._rules.penalties if item.penalty == penalty)
        return Fines(sets, lighter, low, high, barred, barred_after, _daily(acts, daily))

    def texts(self) -> tuple[tuple[str | None, ...], ...]:
        """Penalty, law of the act, law of the decision and ids of the ranges, by the numbers of `Fines.sets`."""
        return tuple(
            (found.penalty, found.act_law, found.decision_law, ";".join(line.id for line in found.ranges))
            for found, _ in self._found
        )

    # which ranges

    def _sets_of(self, penalty: str | None, ends: Days, decisions: Days, documents: Days) -> Days:
        stretches, kinds = len(self._stretches), 1 << len(DOCUMENTS)
        codes = (self._stretches.of(ends) * stretches + self._stretches.of(decisions)) * kinds + documents
        distinct, first, back = np.unique(codes, return_index=True, return_inverse=True)
        found = []
        for code, at in zip(distinct.tolist(), first.tolist(), strict=True):
            key = (penalty, *divmod(code // kinds, stretches), code % kinds)
            if key not in self._sets:
                self._sets[key] = len(self._found)
                self._found.append(self._asked(penalty, int(ends[at]), int(decisions[at]), int(documents[at])))
            found.append(self._sets[key])
        return np.array(found, np.int64)[back.reshape(-1)] if found else codes

    def _asked(
        self, penalty: str | None, end: int, decision: int, documents: int
    ) -> tuple[PenaltyResult, tuple[str, ...]]:
        """The answer for one act of these days, and the laws it looks at, in order."""
        act = Act(
            since=date.fromordinal(end),
            until=date.fromordinal(end),
            documents=[name for place, name in enumerate(DOCUMENTS) if documents >> place & 1],
            decided=date.fromordinal(decision),
        )
        found = penalty_of(penalty, act, self._on, self._rules, "zh")
        laws = dict.fromkeys(law for law in (found.act_law, found.decision_law) if law is not None)
        return found, tuple(laws)

    # amounts

    def _amounts(
        self, result: PenaltyResult, laws: Sequence[str], investment: Amounts
    ) -> tuple[Days, Amounts, Amounts]:
        """The lighter law, and the ordinary range under it (under every law where that cannot be told)."""
        ordinary = {law: [line for line in result.ranges if line.regime == law and _ordinary(line)] for law in laws}
        lighter = self._lighter(ordinary, investment)
        every = _span([line for lines in ordinary.values() for line in lines], investment)
        low, high = every
        for law, lines in ordinary.items():
            mine = lighter == self.regimes.index(law)
            if mine.any():
                span = _span(lines, investment)
                low, high = np.where(mine, span[0], low), np.where(mine, span[1], high)
        return lighter, low, high

    def _lighter(self, ordinary: dict[str, list[PenaltyLine]], investment: Amounts) -> Days:
        laws, count = list(ordinary), len(investment)
        if len(laws) < 2:
            return np.full(count, self.regimes.index(laws[0]) if laws else -1, np.int64)
        best, unsure = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
        lowest: tuple[Amounts, Amounts] = (np.full(count, np.inf), np.full(count, np.inf))
        for law in laws:
            lines = ordinary[law]
            if not lines or len({line.document for line in lines}) > 1:
                return np.full(count, -1, np.int64)
            top, distinct = _top(lines, investment)
            unsure |= distinct < len({(line.low, line.high, line.unit) for line in lines})
            less = (top[0] < lowest[0]) | ((top[0] == lowest[0]) & (top[1] < lowest[1]))
            best[less] = self.regimes.index(law)
            lowest = np.where(less, top[0], lowest[0]), np.where(less, top[1], lowest[1])
        return np.where(unsure, -1, best)

    # prescription

    def _barred(self, regime: Regime, acts: Acts, rows: Days) -> tuple[Days, Days]:
        """Whether it is fined no more, and after which day without harm."""
        rule, until = regime.prescription, acts.until[rows]
        short, long = (self._after(regime.id, years)(until) for years in (rule.years, rule.years_with_harm))
        found = np.where(acts.found[rows] == NO_DAY, self._on.toordinal(), acts.found[rows])
        by_harm = 2 - acts.harm[rows]
        barred = np.where(found > long, 2, np.where(found <= short, 0, by_harm))
        return np.where(until == NO_DAY, 1, barred), short

    def _after(self, law: str, years: int) -> DayTable:
        if (law, years) not in self._years:
            self._years[law, years] = DayTable(partial(_later, years))
        return self._years[law, years]


def _later(years: int, day: date) -> date:
    return add(day, years, "year").day


def _daily(acts: Acts, daily: bool) -> Days:
    """The first day of a fine by the day: the day after the order, while the act goes on."""
    ordered = acts.ordered
    goes_on = (acts.until == NO_DAY) | (acts.until > ordered)
    there: Flags = (ordered != NO_DAY) & (ordered >= acts.since) & goes_on & daily
    return np.where(there & (ordered < _LATEST), ordered + 1, NO_DAY)


def _range(line: PenaltyLine, investment: Amounts) -> tuple[Amounts, Amounts]:
    """The range in 10,000 yuan; NaN while the base is not known."""
    if line.unit == "wan_yuan":
        return np.full(len(investment), line.low), np.full(len(investment), line.high)
    if line.base == "total_investment":
        return line.low * investment, line.high * investment
    return np.full(len(investment), np.nan), np.full(len(investment), np.nan)


def _span(lines: Sequence[PenaltyLine], investment: Amounts) -> tuple[Amounts, Amounts]:
    """From the lowest to the highest amount; NaN where one is not known."""
    low, high = np.full(len(investment), np.inf), np.full(len(investment), -np.inf)
    for line in lines:
        one, other = _range(line, investment)
        low, high = np.minimum(low, one), np.maximum(high, other)
    nothing = ~np.isfinite(low) | ~np.isfinite(high)
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def _top(lines: Sequence[PenaltyLine], investment: Amounts) -> tuple[tuple[Amounts, Amounts], Days]:
    """The highest range (its end, then its begin), and how many different ones are known."""
    count = len(investment)
    best: tuple[Amounts, Amounts] = (np.full(count, -np.inf), np.full(count, -np.inf))
    seen: list[tuple[Amounts, Amounts]] = []
    distinct = np.zeros(count, np.int64)
    for line in lines:
        low, high = _range(line, investment)
        fresh = low == low
        for other_low, other_high in seen:
            fresh &= ~((low == other_low) & (high == other_high))
        distinct += fresh
        seen.append((low, high))
        more = (low == low) & ((high > best[0]) | ((high == best[0]) & (low > best[1])))
        best = np.where(more, high, best[0]), np.where(more, low, best[1])
    return best, distinct
