"""Runs programs of bit planes over a block of rows.

Rows of a block stand in *segments*: first the first component of every enterprise, then the second
of those that have two, and so on, enterprises with most components first. Each segment begins on a
new word of 64 rows. So the k-th rows of enterprises and the enterprises themselves lie bit over bit,
and "some component of the enterprise" is an `or` of slices.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from admission.audit.program import Instruction, Program
from admission.logic.values import shift

__all__ = ["WORD", "Choices", "Coded", "Layout", "Machine", "pack", "positions", "unpack"]

Words = NDArray[np.uint64]
Numbers = NDArray[np.float64]
Codes = NDArray[np.int32]

WORD = 64
_TRUE, _UNKNOWN, _FALSE = 2, 1, 0
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


class Choices:
    """The distinct values of a column, in order of first appearance, and what tests say of them.

    Kept over the blocks of a run, so that a test is asked once per distinct value.
    """

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self.values: list[Any] = []
        self._index: dict[Any, int] = {}
        self._tables: dict[Any, NDArray[np.int8]] = {}
        self._singles: dict[Any, dict[str, int]] = {}
        for value in values:
            self.code(value)

    def code(self, value: Any) -> int:
        """The number of `value`, a new one if it has not been seen."""
        if value not in self._index:
            self._index[value] = len(self.values)
            self.values.append(value)
        return self._index[value]

    def table(self, test: Any) -> NDArray[np.int8]:
        """2 true, 1 unknown, 0 false for every value; one more for the unknown cell, whose code is -1."""
        found = self._tables.get(test)
        if found is None or len(found) <= len(self.values):
            known = 0 if found is None else len(found) - 1
            singles = self._singles.setdefault(test, {})
            fresh = [_answer(test.function, value, singles) for value in self.values[known:]]
            start = np.zeros(0, np.int8) if found is None else found[:-1]
            found = np.concatenate([start, np.array([*fresh, _UNKNOWN], np.int8)])
            self._tables[test] = found
        return found


def _answer(function: Callable[[Any], bool | None], value: Any, singles: dict[str, int]) -> int:
    """What a test says of a value; of a set the most that it says of a member, which `singles` remembers."""
    if not isinstance(value, frozenset):
        return _rank(function(value))
    most = _FALSE
    for member in value:
        rank = singles.get(member)
        if rank is None:
            rank = singles[member] = _rank(function(member))
        most = max(most, rank)
    return most


def _rank(answer: bool | None) -> int:
    return _UNKNOWN if answer is None else _TRUE if answer else _FALSE


@dataclass(frozen=True, slots=True)
class Coded:
    """A choice column: a code per row, -1 where unknown."""

    codes: Codes
    choices: Choices


@dataclass(frozen=True, slots=True)
class Layout:
    """How many enterprises a block has with at least one, two, … components: `counts`, falling."""

    counts: tuple[int, ...]
    starts: tuple[int, ...] = field(init=False)
    words: tuple[int, ...] = field(init=False)
    full: Words = field(init=False)

    def __post_init__(self) -> None:
        words = tuple(-(-count // WORD) for count in self.counts)
        set_ = object.__setattr__
        set_(self, "words", words)
        set_(self, "starts", tuple(sum(words[:position]) for position in range(len(words))))
        rows = np.zeros(sum(words) * WORD, np.bool_)
        for start, count in zip(self.starts, self.counts, strict=True):
            rows[start * WORD : start * WORD + count] = True
        set_(self, "full", pack(rows))

    @property
    def size(self) -> int:
        """Rows of the block, those that only fill up words among them."""
        return sum(self.words) * WORD

    @property
    def enterprises(self) -> Words:
        """The mask of every enterprise."""
        return self.full[: self.words[0]]

    def owners(self) -> NDArray[np.int64]:
        """Position of the enterprise of every row."""
        return np.concatenate([np.arange(words * WORD) for words in self.words])

    def spread(self, column: Any, unit: int) -> Any:
        """A column of enterprises as a column of rows; `unit` is 1 for words, 64 for cells."""
        return np.concatenate([column[: words * unit] for words in self.words])


def pack(rows: NDArray[np.bool_]) -> Words:
    """One bit per row; the number of rows is a multiple of 64."""
    return np.packbits(rows, bitorder="little").view(np.uint64)


def unpack(mask: Words) -> NDArray[np.uint8]:
    """One byte per row, 0 or 1."""
    return np.unpackbits(mask.view(np.uint8), bitorder="little")


def positions(mask: Words) -> NDArray[np.int64]:
    """The rows of a mask, in order."""
    return np.flatnonzero(unpack(mask).view(np.bool_)) if mask.any() else np.zeros(0, np.int64)


class Machine:
    """Runs one program on block after block."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._texts: dict[str, Choices] = {}
        self._unions: dict[tuple[int, ...], Choices] = {}
        self._steps = [(getattr(self, f"_{step.operation}"), step) for step in program.code]

    def run(self, layout: Layout, inputs: dict[str, Any]) -> Sequence[Any]:
        """Every wanted result by number: words for a mask, numbers or `Coded` for a value.

        `inputs` are the columns by the name that the program reads them by.
        """
        self._layout, self._inputs = layout, inputs
        values: list[Any] = [None] * self._program.size
        values[0], values[1], values[2] = np.zeros_like(layout.full), layout.full, layout.enterprises
        with np.errstate(all="ignore"):
            for operation, step in self._steps:
                values[step.out] = operation(step, *[values[name] for name in step.inputs])
                for name in step.dead:
                    values[name] = None
        return values

    def _input(self, step: Instruction) -> Any:
        return self._inputs[step.extra]

    def _and(self, step: Instruction, one: Words, other: Words) -> Words:
        return one & other

    def _or(self, step: Instruction, one: Words, other: Words) -> Words:
        return one | other

    def _minus(self, step: Instruction, one: Words, other: Words) -> Words:
        return one & ~other

    def _some_row(self, step: Instruction, mask: Words) -> Words:
        layout = self._layout
        found = mask[: layout.words[0]].copy()
        for start, words in zip(layout.starts[1:], layout.words[1:], strict=True):
            found[:words] |= mask[start : start + words]
        return found

    def _last_mask(self, step: Instruction, mask: Words, known: Words) -> Words:
        """Enterprises whose last row among `known` is in `mask`."""
        layout = self._layout
        found = mask[: layout.words[0]] & known[: layout.words[0]]
        for start, words in zip(layout.starts[1:], layout.words[1:], strict=True):
            mine, theirs = known[start : start + words], mask[start : start + words]
            found[:words] = (found[:words] & ~mine) | (theirs & mine)
        return found

    def _last_number(self, step: Instruction, cells: Numbers) -> Numbers:
        """The last known number among the rows of each enterprise."""
        layout = self._layout
        found = cells[: layout.words[0] * WORD].copy()
        for start, words in zip(layout.starts[1:], layout.words[1:], strict=True):
            later = cells[start * WORD : (start + words) * WORD]
            np.copyto(found[: words * WORD], later, where=later == later)
        return found

    def _first_rows(self, step: Instruction) -> Words:
        layout = self._layout
        found = np.zeros_like(layout.full)
        found[: layout.words[0]] = layout.enterprises
        return found

    def _spread(self, step: Instruction, column: Any) -> Any:
        layout = self._layout
        if isinstance(column, Coded):
            return Coded(layout.spread(column.codes, WORD), column.choices)
        if column.dtype == np.uint64:
            return layout.spread(column, 1) & layout.full
        return layout.spread(column, WORD)

    def _differs(self, step: Instruction, column: Any) -> Words:
        layout = self._layout
        found = np.zeros(layout.words[0], np.uint64)
        cells = column.codes if isinstance(column, Coded) else column
        for position in range(1, len(layout.words)):
            start, words = layout.starts[position], layout.words[position]
            if cells.dtype == np.uint64:
                unlike = cells[start : start + words] ^ cells[:words]
            else:
                one, other = cells[start * WORD : (start + words) * WORD], cells[: words * WORD]
                unlike = pack((one != other) & ((one == one) | (other == other)))
            found[:words] |= unlike & layout.full[start : start + words]
        return found

    # cells → masks

    def _known(self, step: Instruction, cells: Any) -> Words:
        known = cells.codes >= 0 if isinstance(cells, Coded) else cells == cells
        return pack(known) & self._layout.full

    def _look_up(self, step: Instruction, cells: Coded) -> NDArray[np.int8]:
        return np.take(cells.choices.table(step.extra), cells.codes, mode="wrap")

    def _is_true(self, step: Instruction, found: NDArray[np.int8]) -> Words:
        return pack(found == _TRUE) & self._layout.full

    def _is_false(self, step: Instruction, found: NDArray[np.int8]) -> Words:
        return pack(found == _FALSE) & self._layout.full

    def _among(self, step: Instruction, cells: Numbers) -> Words:
        return pack(np.isin(cells, step.extra)) & self._layout.full

    def _compare_constant(self, step: Instruction, cells: Numbers) -> Words:
        op, constant = step.extra
        return pack(_COMPARE[op](cells, constant))

    def _compare(self, step: Instruction, one: Any, other: Any) -> Words:
        if isinstance(one, Coded):
            one, other = (self._renumbered(item, self._union((one, other))) for item in (one, other))
        return pack(_COMPARE[step.extra](one, other))

    # cells → cells

    def _constant(self, step: Instruction) -> Numbers:
        return np.full(self._layout.size, step.extra)

    def _text(self, step: Instruction) -> Coded:
        choices = self._texts.setdefault(step.extra, Choices((step.extra,)))
        return Coded(np.zeros(self._layout.size, np.int32), choices)

    def _arithmetic(self, step: Instruction, one: Numbers, other: Numbers) -> Numbers:
        result: Numbers = _ARITHMETIC[step.extra](one, other)
        return np.where(np.isfinite(result), result, np.nan)

    def _extremum(self, step: Instruction, *cells: Numbers) -> Numbers:
        function = np.maximum if step.extra == "greatest" else np.minimum
        result: Numbers = function.reduce(cells)
        return result

    def _shift(self, step: Instruction, days: Numbers) -> Numbers:
        unit, amount = step.extra
        distinct, back = np.unique(days, return_inverse=True)
        moved = [shift(None if day != day else date.fromordinal(int(day)), unit, amount) for day in distinct]
        found: Numbers = np.array([np.nan if day is None else float(day.toordinal()) for day in moved])[back]
        return found

    def _merge(self, step: Instruction, *branches: Any) -> Any:
        masks = [unpack(mask).view(np.bool_) for mask in branches[::2]]
        cells = branches[1::2]
        if isinstance(cells[0], Coded):
            choices = self._union(cells)
            found = np.full(self._layout.size, -1, np.int32)
            for mask, column in zip(masks, cells, strict=True):
                np.copyto(found, self._renumbered(column, choices), where=mask)
            return Coded(found, choices)
        numbers = np.full(self._layout.size, np.nan)
        for mask, column in zip(masks, cells, strict=True):
            np.copyto(numbers, column, where=mask)
        return numbers

    def _union(self, columns: Sequence[Coded]) -> Choices:
        """One numbering for several choice columns."""
        return self._unions.setdefault(tuple(id(column.choices) for column in columns), Choices())

    def _renumbered(self, column: Coded, choices: Choices) -> Codes:
        table = np.array([*map(choices.code, column.choices.values), -1], np.int32)
        return np.take(table, column.codes, mode="wrap")
