"""A block of enterprises as columns, and how they are laid out for the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from admission.audit.facts import Columns, input_name
from admission.audit.machine import WORD, Coded, Layout, pack

__all__ = ["UNDATED", "UNDONE", "Block", "Column", "Events", "Level", "Placed", "Places", "Truths", "part_of"]

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Truths:
    """A bool column: per row 2 true, 1 unknown, 0 false."""

    cells: NDArray[np.int8]


Column = Truths | Coded | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """Some rows: how many, and their columns by fact; a number is NaN where unknown, dates are day numbers."""

    size: int
    columns: Mapping[str, Column] = field(default_factory=dict)


UNDONE, UNDATED = np.inf, -np.inf
"""In place of a day: the event is known not to have happened; it may have happened, on a day nobody has stated."""


@dataclass(frozen=True, slots=True)
class Events:
    """What is recorded of milestones, one per row: position of the enterprise, number of the event in `names`, day.

    A day is a day number, `UNDONE` or `UNDATED`.
    """

    owners: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    codes: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    days: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    names: tuple[str, ...] = ()

    def day(self, event: str, enterprises: int, *, last: bool = False) -> NDArray[np.float64]:
        """The first (or last) day of an event for each enterprise, NaN where none is stated."""
        found = np.full(enterprises, np.nan)
        if event in self.names:
            chosen = (self.codes == self.names.index(event)) & (self.days != UNDATED)
            function = np.fmax if last else np.fmin
            function.at(found, self.owners[chosen], self.days[chosen])
        return found

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, float]]) -> Events:
        """From position, event and day of each row."""
        names: dict[str, int] = {}
        found = [(at, names.setdefault(event, len(names)), day) for at, event, day in rows]
        owners, codes, days = zip(*found, strict=True) if found else ((), (), ())
        return cls(np.array(owners, np.int64), np.array(codes, np.int32), np.array(days, np.float64), tuple(names))


@dataclass(frozen=True, slots=True)
class Block:
    """Enterprises and their components.

    `owners` gives the position of the enterprise of every component row; an enterprise without one
    is its own only component. `first_row` is the number of the first enterprise in its table.
    """

    enterprises: Level
    names: tuple[str | None, ...]
    first_row: int = 1
    components: Level = Level(0)
    owners: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    component_names: tuple[str | None, ...] = ()
    milestones: Events = field(default_factory=Events)


def part_of(block: Block, positions: Places) -> Block:
    """Some enterprises of a block, with what belongs to them."""
    place = np.full(block.enterprises.size, -1, np.int64)
    place[positions] = np.arange(len(positions))
    rows = np.flatnonzero(place[block.owners] >= 0) if block.owners.size else block.owners
    events = block.milestones
    dated = np.flatnonzero(place[events.owners] >= 0)
    return Block(
        enterprises=_rows_of(block.enterprises, positions),
        names=tuple(block.names[at] for at in positions.tolist()),
        first_row=block.first_row,
        components=_rows_of(block.components, rows),
        owners=place[block.owners[rows]],
        component_names=tuple(block.component_names[at] for at in rows.tolist()),
        milestones=Events(place[events.owners[dated]], events.codes[dated], events.days[dated], events.names),
    )


def _rows_of(level: Level, rows: Places) -> Level:
    return Level(len(rows), {name: _cells_of(column, rows) for name, column in level.columns.items()})


def _cells_of(column: Column, rows: Places) -> Column:
    if isinstance(column, Truths):
        return Truths(column.cells[rows])
    return Coded(column.codes[rows], column.choices) if isinstance(column, Coded) else column[rows]


class Placed:
    """A block in the order of the machine: see `admission.audit.machine`.

    `order` are enterprises, most components first; `enterprise_of` and `component_of` give for every
    row of the machine its enterprise and its component row (-1 where there is none).
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        count = block.enterprises.size
        own = np.bincount(block.owners, minlength=count) if count else np.zeros(0, np.int64)
        self.counts = np.maximum(own, 1)
        self.order: Places = np.argsort(-self.counts, kind="stable")
        self.place = np.empty(count, np.int64)
        self.place[self.order] = np.arange(count)
        most = int(self.counts.max()) if count else 1
        self.layout = Layout(tuple(int((self.counts > nth).sum()) for nth in range(most)))
        self.enterprise_of = np.zeros(self.layout.size, np.int64)
        self.component_of = np.full(self.layout.size, -1, np.int64)
        self._place_rows(own)

    def _place_rows(self, own: Places) -> None:
        layout, block = self.layout, self.block
        for start, count in zip(layout.starts, layout.counts, strict=True):
            self.enterprise_of[start * WORD : start * WORD + count] = self.order[:count]
        if block.owners.size:
            by_owner = np.argsort(block.owners, kind="stable")
            begins = np.cumsum(own) - own
            owners = block.owners[by_owner]
            nth = np.arange(len(owners)) - begins[owners]
            rows = np.array(layout.starts, np.int64)[nth] * WORD + self.place[owners]
            self.component_of[rows] = by_owner

    def inputs(self, columns: Columns) -> dict[str, Any]:
        """The columns as the program reads them."""
        found: dict[str, Any] = {}
        padded = np.full(self.layout.words[0] * WORD, -1, np.int64)
        padded[: len(self.order)] = self.order
        for level, names, rows, source in (
            ("enterprise", columns.enterprise, padded, self.block.enterprises),
            ("component", columns.component, self.component_of, self.block.components),
        ):
            for name in names:
                self._add(found, level, name, rows, source)
        return found

    @staticmethod
    def _add(found: dict[str, Any], level: str, name: str, rows: Places, source: Level) -> None:
        """One column in the order of `rows`; -1 is unknown."""
        column = source.columns.get(name)
        if isinstance(column, Truths):
            cells = np.append(column.cells, np.int8(1))[rows]
            found[input_name(level, name, "true")] = pack(cells == 2)
            found[input_name(level, name, "false")] = pack(cells == 0)
        elif isinstance(column, Coded):
            found[input_name(level, name)] = Coded(np.append(column.codes, np.int32(-1))[rows], column.choices)
        elif column is not None:
            found[input_name(level, name)] = np.append(column, np.nan)[rows]
        else:
            raise KeyError(name)
