"""All rules of a rulebook as rows, those of the life cycle included, and those in force on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from admission.rulebook.life_rows import life_rows
from admission.rulebook.rows import Row, binding, rows
from admission.rulebook.rulebook import Rulebook

__all__ = ["every", "selected"]


def every(rulebook: Rulebook) -> Iterator[Row]:
    """Entries, list items, duties and criteria, then the rules of the life cycle, in the order of the files."""
    yield from rows(rulebook)
    yield from life_rows(rulebook)


def selected(rulebook: Rulebook, park: str | None, on: date | None, today: date) -> list[Row]:
    """All rules; with a park those that bind it on the day; with a day alone those in force then."""
    if park is not None:
        day = on or today
        names = binding(rulebook.in_force(park, on=day))
        in_force = [row for row in life_rows(rulebook) if row.effective.state(day) == "in_force"]
        return [*(row for row in rows(rulebook) if row.id in names), *in_force]
    if on is None:
        return list(every(rulebook))
    found = every(rulebook)
    return [row for row in found if {row.effective.state(on), row.edition.effective.state(on)} == {"in_force"}]
