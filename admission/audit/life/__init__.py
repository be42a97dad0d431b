"""The life cycle of many enterprises at once: milestones in a table → duties, deadlines, breaches, fines.

`Lives` works for a block of enterprises; `tables` makes of it what an audit gives. The answers are those of
`admission.lifecycle`, whose rules, calendar, inference engine and penalties are used; a property test compares both.
"""

from __future__ import annotations

from admission.audit.life.conditions import LifeMasks, life_masks
from admission.audit.life.counts import LifeCounts, going_on, overdue_for
from admission.audit.life.lives import PERMIT_ENDS, STATUSES, Lived, Lives, together
from admission.audit.life.tables import BREACHES, DUTIES, LifeTables, life_in_order, life_tables, no_life

__all__ = [
    "BREACHES",
    "DUTIES",
    "PERMIT_ENDS",
    "STATUSES",
    "LifeCounts",
    "LifeMasks",
    "LifeTables",
    "Lived",
    "Lives",
    "going_on",
    "life_in_order",
    "life_masks",
    "life_tables",
    "no_life",
    "overdue_for",
    "together",
]
