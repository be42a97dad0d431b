"""Columns of a table → columns of a block; every cell that cannot be read is told, and read as unknown.

A cell may hold what a document may: 是, 12 t/a, member ids or labels, 3391、3460. Columns that
already have the right type (bool, numbers, dates, lists) are taken as they are. Each distinct text is
read once in a run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from admission._reading import Scalar
from admission.audit.block import UNDATED, UNDONE, Column, Truths
from admission.audit.lowering import kind_of
from admission.audit.machine import Choices, Coded
from admission.errors import Place, Problem
from admission.vocabulary import Fact, FactType, Label, Value, Vocabulary, is_unknown, normalise_key, parse_value

__all__ = ["BadCell", "CellReader", "texts_of"]

_PLACE = Place("")
_COLLECTIONS = (FactType.SET, FactType.CODE)
_EMPTY_SET = frozenset({"无", "none", "[]", ";"})
_NOT_DONE = frozenset({"无", "否", "未办", "未办理", "没有", "未", "no", "none", "never"})
_LOOSE_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?", re.ASCII)
_UNIX_DAY = date(1970, 1, 1).toordinal()
_DAY = Fact(name="date", type=FactType.DATE, label=Label(zh="日期", en="date"), internal=True)


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that could not be read: position of its row in the block, what it holds, and why."""

    row: int
    text: str
    problem: Problem


class CellReader:
    """Reads columns of facts; keeps what it has read, so that a text is understood once in a run."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.choices: dict[str, Choices] = {}
        self._read: dict[str, dict[str, Value | Problem | None]] = {}

    def column(self, fact: Fact, cells: pa.Array, bad: list[BadCell]) -> Column:
        """The column of `fact`; cells that cannot be read are added to `bad`."""
        cells = _whole(cells)
        kind = kind_of(fact.type)
        if kind == "truth":
            return self._truths(fact, cells, bad)
        if kind == "choice":
            return self._choices(fact, cells, bad)
        return self._days(fact, cells, bad) if fact.type is FactType.DATE else self._numbers(fact, cells, bad)

    # by kind

    def _truths(self, fact: Fact, cells: pa.Array, bad: list[BadCell]) -> Truths:
        if pa.types.is_boolean(cells.type):
            found = pc.fill_null(pc.if_else(cells, pa.scalar(2, pa.int8()), pa.scalar(0, pa.int8())), 1)
            return Truths(found.to_numpy(zero_copy_only=False))
        codes, values = self._distinct(fact, cells, bad)
        ranks = np.array([*(1 if value is None else 2 if value else 0 for value in values), 1], np.int8)
        return Truths(ranks[codes])

    def _numbers(self, fact: Fact, cells: pa.Array, bad: list[BadCell]) -> NDArray[np.float64]:
        numbers, left = _as_numbers(cells)
        low, high = fact.range or (None, None)
        with np.errstate(invalid="ignore"):
            wrong = np.isinf(numbers)
            if low is not None:
                wrong |= numbers < low
            if high is not None:
                wrong |= numbers > high
        rows = np.flatnonzero(wrong | left)
        if rows.size:
            numbers[rows] = self._one_by_one(fact, cells, rows, bad)
        return numbers

    def _days(self, fact: Fact, cells: pa.Array, bad: list[BadCell]) -> NDArray[np.float64]:
        if pa.types.is_date(cells.type) or pa.types.is_timestamp(cells.type):
            days = pc.cast(pc.cast(cells, pa.date32(), safe=False), pa.int32())
            return _floats(days) + _UNIX_DAY
        codes, values = self._distinct(fact, cells, bad)
        numbers = [float(value.toordinal()) if isinstance(value, date) else np.nan for value in values]
        found: NDArray[np.float64] = np.array([*numbers, np.nan])[codes]
        return found

    def _choices(self, fact: Fact, cells: pa.Array, bad: list[BadCell]) -> Coded:
        choices = self.choices.setdefault(fact.name, Choices())
        codes, values = self._distinct(fact, cells, bad)
        known = [-1 if value is None else choices.code(value) for value in values]
        return Coded(np.array([*known, -1], np.int32)[codes], choices)

    # texts

    def _distinct(
        self, fact: Fact, cells: pa.Array, bad: list[BadCell]
    ) -> tuple[NDArray[np.int64], list[Value | None]]:
        """Per row the position of its value in the list; -1, the place after the last, where the cell is null."""
        encoded = texts_of(cells)
        if not pa.types.is_dictionary(encoded.type):
            encoded = pc.dictionary_encode(encoded)
        codes = pc.fill_null(pc.cast(encoded.indices, pa.int64()), -1).to_numpy(zero_copy_only=False)
        texts = encoded.dictionary.to_pylist()
        found = [None if text is None else self._value(fact, text) for text in texts]
        for position, value in enumerate(found):
            if isinstance(value, Problem):
                bad.extend(BadCell(int(row), str(texts[position]), value) for row in np.flatnonzero(codes == position))
        return codes, [None if isinstance(value, Problem) else value for value in found]

    def _one_by_one(
        self, fact: Fact, cells: pa.Array, rows: NDArray[np.int64], bad: list[BadCell]
    ) -> NDArray[np.float64]:
        """Numbers that are written with a unit, or wrong."""
        texts = texts_of(cells).take(pa.array(rows)).to_pylist()
        found = np.full(len(rows), np.nan)
        for position, text in enumerate(texts):
            value = None if text is None else self._value(fact, text)
            if isinstance(value, Problem):
                bad.append(BadCell(int(rows[position]), text, value))
            elif value is not None:
                found[position] = value
        return found

    def _value(self, fact: Fact, text: str) -> Value | Problem | None:
        known = self._read.setdefault(fact.name, {})
        if text not in known:
            known[text] = self._parsed(fact, text)
        return known[text]

    def _parsed(self, fact: Fact, text: str) -> Value | Problem | None:
        key = normalise_key(text)
        if fact.type in _COLLECTIONS and key in _EMPTY_SET and key not in fact.member_names:
            return frozenset()
        if fact.type is FactType.DATE and (loose := _LOOSE_DATE.fullmatch(text.strip())):
            text = "-".join((loose[1], loose[2].zfill(2), loose[3].zfill(2)))
        problems: list[Problem] = []
        value = parse_value(fact, Scalar(text, False, _PLACE), self._vocabulary, problems)
        return problems[0] if problems else value

    def dates(self, cells: pa.Array, bad: list[BadCell]) -> NDArray[np.float64]:
        """Days of events: day numbers, NaN where nothing is recorded, `UNDONE` where it says that nothing was done.

        `UNDATED` where it says that it was done or may have been, without a day that can be read.
        """
        cells = _whole(cells)
        if pa.types.is_date(cells.type) or pa.types.is_timestamp(cells.type):
            return self._days(_DAY, cells, bad)
        texts = pc.cast(texts_of(cells), pa.string())
        distinct = [text for text in pc.unique(texts).to_pylist() if text is not None]
        undone = [text for text in distinct if normalise_key(text) in _NOT_DONE]
        undated = [text for text in distinct if text.strip() and is_unknown(Scalar(text, False, _PLACE))]
        marked = {UNDONE: _among(texts, undone), UNDATED: _among(texts, undated)}
        said = np.logical_or.reduce(list(marked.values()))
        found: list[BadCell] = []
        days = self._days(_DAY, pc.if_else(pa.array(said), pa.scalar(None, pa.string()), texts), found)
        for day, rows in marked.items():
            days[rows] = day
        days[[item.row for item in found]] = UNDATED
        bad += found
        return days


def _among(texts: pa.Array, words: list[str]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(texts, pa.array(words, pa.string())).to_numpy(zero_copy_only=False)
    return found


def _whole(cells: pa.Array) -> pa.Array:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def texts_of(cells: pa.Array) -> pa.Array:
    """Every cell as a text (or a dictionary of texts), lists joined by 、; null stays null."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return (
            cells
            if pa.types.is_string(kind.value_type)
            else pc.cast(cells, pa.dictionary(kind.index_type, pa.string()))
        )
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = pa.array(cells.to_pylist(), pa.list_(pa.string()))
        joined = pc.binary_join(inner, "、")
        return pc.if_else(pc.equal(pc.list_value_length(inner), 0), ";", joined)
    if pa.types.is_floating(kind):
        return pa.array([_number_text(number) for number in cells.to_pylist()], pa.string())
    return pc.cast(cells, pa.string())


def _number_text(number: float | None) -> str | None:
    """3391.0 as a spreadsheet shows it: 3391; NaN is no value."""
    if number is None or number != number:
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def _floats(cells: pa.Array) -> NDArray[np.float64]:
    found: NDArray[np.float64] = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _as_numbers(cells: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The cells as numbers, NaN where there is none, and the rows that hold something else."""
    kind = cells.type
    if pa.types.is_null(kind):
        return np.full(len(cells), np.nan), np.zeros(len(cells), np.bool_)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return _floats(cells), np.zeros(len(cells), np.bool_)
    import polars as pl

    series = pl.Series(values=pl.from_arrow(texts_of(cells))).cast(pl.String)
    numbers = series.cast(pl.Float64, strict=False)
    left = (series.is_not_null() & ~numbers.is_finite().fill_null(False)).to_numpy()
    return numbers.to_numpy().astype(np.float64, copy=True), left
