"""What the life cycles of a block add to the figures of the yearly report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from admission.audit.life.breaches import BreachRows
from admission.audit.life.histories import NO_DAY, Flags
from admission.audit.life.lives import STATUSES, Lived
from admission.rulebook.life_rules import LifeRules

__all__ = ["LifeCounts", "going_on", "overdue_for"]

_OVERDUE = STATUSES.index("overdue")
Counts = Mapping[str, Mapping[str, int]]


def overdue_for(lived: Lived | None, rules: LifeRules, events: Collection[str], size: int) -> Flags:
    """Enterprises with an overdue duty that only some of `events` would fulfil."""
    found = np.zeros(size, np.bool_)
    if lived is not None:
        wanted = [number for number, rule in enumerate(rules.duties) if set(rule.do) <= set(events)]
        late = lived.duties.statuses == _OVERDUE
        found[lived.duties.owners[late][np.isin(lived.duties.rules[late], wanted)]] = True
    return found


class LifeCounts:
    """Adds up duties and breaches, block by block."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self.duties: Counter[str] = Counter()
        self.phases: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.breaches: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, lived: Lived, rules: LifeRules) -> None:
        """One block."""
        rows = lived.duties
        codes = rows.rules * len(STATUSES) + rows.statuses
        counts = np.bincount(codes, minlength=len(rules.duties) * len(STATUSES)).reshape(-1, len(STATUSES))
        for rule, counted in zip(rules.duties, counts.tolist(), strict=True):
            for status, count in zip(STATUSES, counted, strict=True):
                self.duties[status] += count
                if rule.phase is not None:
                    self.phases[rule.phase][status] += count
        for number, kind in enumerate(rules.breaches):
            mine = lived.breaches.kinds == number
            going = mine & (lived.breaches.until == NO_DAY)
            if mine.any():
                self.breaches[kind.id] += Counter(
                    going_on=int(going.sum()),
                    ended=int((mine & ~going).sum()),
                    enterprises=len(np.unique(lived.breaches.owners[mine])),
                )
        self.totals["enterprises"] += int(lived.seen.sum())
        self.totals["with_breaches"] += len(np.unique(lived.breaches.owners))
        self.totals["contradictions"] += sum(len(rows) for _, rows in lived.contradicting)

    def parts(self) -> dict[str, Any]:
        """What has been added up."""
        return vars(self)

    def result(self) -> dict[str, Any]:
        """Plain values: enterprises with milestones, duties by state, the three simultaneities, breaches by kind."""
        names = ("enterprises", "with_breaches", "contradictions")
        return {
            **{name: self.totals[name] for name in names},
            "duties": {status: self.duties[status] for status in STATUSES},
            "phases": {name: {word: count[word] for word in STATUSES} for name, count in sorted(self.phases.items())},
            "breaches": {name: dict(count) for name, count in sorted(self.breaches.items())},
        }


def going_on(rows: BreachRows) -> BreachRows:
    """The breaches that have not come to an end."""
    return rows.only(rows.until == NO_DAY)
