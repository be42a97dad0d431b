"""Tables → blocks of enterprises, with every cell that could not be read.

The table of enterprises has one row per enterprise. Components stand in a table of their own, one
row each, keyed by the enterprise's name, or in a column `components` of the enterprises, as a list
of structures. Milestones stand in a table (enterprise, event, date), in columns of the enterprises, or in a column
`milestones` as a list of structures (event, date).
No row is ever dropped: what is wrong in it is told and read as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from admission._messages import Phrase, ProblemCode, listed, shortened
from admission.audit.block import UNDATED, Block, Events, Level
from admission.audit.cells import BadCell, CellReader, texts_of
from admission.audit.facts import Columns
from admission.audit.headers import (
    COMPONENT,
    COMPONENTS,
    DATE,
    ENTERPRISE,
    EVENT,
    MILESTONES,
    PARK,
    Headers,
    read_headers,
)
from admission.audit.sources import Source, column_letters
from admission.errors import Place, Problem
from admission.rulebook import Rulebook
from admission.vocabulary import normalise_key

__all__ = ["Notes", "TableReader"]

_ENTERPRISE_KIND = Phrase("企业", "enterprise")
_REMEMBERED = 5_000_000


@dataclass(frozen=True, slots=True)
class Notes:
    """What is wrong with a table: one entry per cell, heading or row (数据质量).

    `row` counts data rows from 1, 0 for a heading.
    """

    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, row: int, column: str, cell: str, value: str, problem: Problem) -> None:
        """One thing that is wrong."""
        reason = replace(problem, place=Place("")).text().removeprefix(": ").removeprefix(f"{problem.field}: ")
        entry = {"table": table, "row": row, "column": column, "cell": cell, "value": value}
        self.entries.append({**entry, "code": problem.code.value, "reason": reason})

    def table(self) -> pa.Table:
        """The entries so far as a table."""
        texts = [(name, pa.string()) for name in ("table", "column", "cell", "value", "code", "reason")]
        schema = pa.schema([texts[0], ("row", pa.int64()), *texts[1:]])
        return pa.Table.from_pylist(self.entries, schema=schema)


class TableReader:
    """Reads the tables of one audit; `columns` are the facts they have columns for."""

    def __init__(
        self,
        rulebook: Rulebook,
        enterprises: Source,
        components: Source | None = None,
        milestones: Source | None = None,
        notes: Notes | None = None,
    ) -> None:
        self.notes = Notes() if notes is None else notes
        self.source = enterprises
        self.cells = CellReader(rulebook.vocabulary)
        self._rulebook = rulebook
        self._seen: dict[int, int] = {}
        self._main = self._headers(enterprises, (ENTERPRISE, COMPONENTS, MILESTONES, PARK), milestones=True)
        self._parts = None if components is None else _Keyed(components, self, (ENTERPRISE, COMPONENT))
        self._dated = None if milestones is None else _Keyed(milestones, self, (ENTERPRISE, EVENT, DATE))
        self._events = {normalise_key(text): id for id, event in rulebook.milestones.items() for text in (event.zh, id)}
        self._nested = None if components is not None else self._structures(COMPONENTS, (COMPONENT, ENTERPRISE))
        self._nested_dates = self._structures(MILESTONES, (EVENT, DATE, ENTERPRISE))
        own = self._parts.headers.facts if self._parts is not None else {}
        own = {**own, **(self._nested.facts if self._nested is not None else {})}
        self.columns = Columns(frozenset(self._main.facts), frozenset(own))

    @property
    def has_milestones(self) -> bool:
        """Can the tables tell milestones?"""
        return bool(self._main.events) or self._dated is not None or self._nested_dates is not None

    @property
    def has_parks(self) -> bool:
        """Is there a column that names the park of each enterprise?"""
        return PARK in self._main.keys

    def _headers(self, source: Source, keys: tuple[str, ...], *, milestones: bool) -> Headers:
        found = read_headers(source.headers, self._rulebook, keys, milestones=milestones)
        for position, problem in found.wrong.items():
            self.notes.add(source.name, 0, source.headers[position], column_letters(position), "", problem)
        if ENTERPRISE not in found.keys and source.name not in (COMPONENTS, MILESTONES):
            advice = Phrase("请增加一列“企业名称”", "add a column 'enterprise'")
            missing = Problem(ProblemCode.MISSING_KEY, Place(""), "", {"key": ENTERPRISE, "advice": advice})
            self.notes.add(source.name, 0, ENTERPRISE, "", "", missing)
        return found

    def _structures(self, key: str, keys: tuple[str, ...]) -> Headers | None:
        """The fields of the structures in the column `key`, if there is one."""
        position = self._main.keys.get(key)
        if position is None:
            return None
        kind = self.source.schema().field(position).type
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not pa.types.is_struct(kind.value_type):
            return None
        names = [kind.value_type.field(at).name for at in range(kind.value_type.num_fields)]
        found = self._headers(Source(key, names, lambda size: ()), keys, milestones=False)
        return found if key == COMPONENTS or {EVENT, DATE} <= found.keys.keys() else None

    # blocks

    def blocks(self, size: int) -> Iterator[tuple[Block, list[str | None]]]:
        """The enterprises, at most `size` at a time, each block with the parks it names (or nothing)."""
        start = 0
        for table in self.source.blocks(size):
            yield self._block(table, start)
            start += table.num_rows
        for keyed in (self._parts, self._dated):
            if keyed is not None:
                keyed.report_unused()

    def _block(self, table: pa.Table, start: int) -> tuple[Block, list[str | None]]:
        names = self._names(table, start)
        enterprises = self.level(self.source, self._main, table, start)
        components, owners, titles = self._components(table, names, start)
        parks = texts_of(table.column(self._main.keys[PARK])).to_pylist() if self.has_parks else []
        block = Block(
            enterprises=enterprises,
            names=tuple(names),
            first_row=start + 1,
            components=components,
            owners=owners,
            component_names=tuple(titles),
            milestones=self._milestones(table, names, start),
        )
        return block, parks

    def level(self, source: Source, headers: Headers, table: pa.Table, start: int) -> Level:
        """The facts of some rows of a table."""
        columns = {}
        for name, position in headers.facts.items():
            bad: list[BadCell] = []
            fact = self._rulebook.vocabulary.facts[name]
            columns[name] = self.cells.column(fact, table.column(position), bad)
            self._tell(source, position, start, bad)
        return Level(table.num_rows, columns)

    def _tell(self, source: Source, position: int, start: int, bad: list[BadCell]) -> None:
        for item in sorted(bad, key=lambda item: item.row):
            row = start + item.row
            cell = source.cell(row, position)
            self.notes.add(source.name, row + 1, source.headers[position], cell, item.text, item.problem)

    def _names(self, table: pa.Table, start: int) -> list[str | None]:
        position = self._main.keys.get(ENTERPRISE)
        if position is None:
            return [None] * table.num_rows
        names: list[str | None] = texts_of(_whole(table.column(position))).to_pylist()
        for at, name in enumerate(names):
            if name is None or not name.strip():
                values = {"key": ENTERPRISE, "advice": Phrase("请填写企业名称", "write the name of the enterprise")}
                self._tell_name(start + at, position, "", Problem(ProblemCode.MISSING_KEY, Place(""), "", values))
            elif len(self._seen) < _REMEMBERED:
                first = self._seen.setdefault(hash(name), start + at)
                if first != start + at:
                    values = {
                        "detail": Phrase(
                            f"企业“{name}”已在第 {first + 1} 行出现", f"'{name}' stands in row {first + 1}"
                        ),
                        "expected": Phrase("每家企业一行", "one row per enterprise"),
                        "advice": Phrase("请改名或合并", "rename or merge them"),
                    }
                    self._tell_name(
                        start + at, position, name, Problem(ProblemCode.WORKBOOK_CELL, Place(""), "", values)
                    )
        return names

    def _tell_name(self, row: int, position: int, value: str, problem: Problem) -> None:
        cell = self.source.cell(row, position)
        self.notes.add(self.source.name, row + 1, self.source.headers[position], cell, value, problem)

    def _components(
        self, table: pa.Table, names: list[str | None], start: int
    ) -> tuple[Level, NDArray[np.int64], list[str | None]]:
        if self._parts is not None:
            rows, owners = self._parts.rows_of(names)
            level = self._parts.level_of(rows)
            titles = self._parts.texts(COMPONENT, rows)
        elif self._nested is not None:
            cells = _whole(table.column(self._main.keys[COMPONENTS]))
            owners = pc.list_parent_indices(cells).to_numpy().astype(np.int64)
            parts = pa.Table.from_struct_array(pc.list_flatten(cells))
            parts = parts.rename_columns([str(position) for position in range(parts.num_columns)])
            source = Source(COMPONENTS, [f.name for f in cells.type.value_type], lambda size: ())
            level = self._nested_level(source, parts, owners, start)
            title = self._nested.keys.get(COMPONENT)
            titles = [None] * len(owners) if title is None else texts_of(_whole(parts.column(title))).to_pylist()
        else:
            return Level(0), np.zeros(0, np.int64), []
        return level, owners, _numbered(titles, owners)

    def _nested_level(self, source: Source, parts: pa.Table, owners: NDArray[np.int64], start: int) -> Level:
        """Facts of nested components; a bad cell is told with the row of its enterprise."""
        assert self._nested is not None
        columns = {}
        for name, position in self._nested.facts.items():
            bad: list[BadCell] = []
            columns[name] = self.cells.column(self._rulebook.vocabulary.facts[name], parts.column(position), bad)
            for item in bad:
                row, header = start + int(owners[item.row]) + 1, source.headers[position]
                self.notes.add(f"{self.source.name}.{COMPONENTS}", row, header, "", item.text, item.problem)
        return Level(len(owners), columns)

    # milestones

    def _milestones(self, table: pa.Table, names: list[str | None], start: int) -> Events:
        """From columns, from the column of structures, and from the table of milestones."""
        parts = [self._in_column(table, event, position, start) for event, position in self._main.events.items()]
        if self._dated is not None and {EVENT, DATE} <= self._dated.headers.keys.keys():
            rows, whose = self._dated.rows_of(names)
            source, heads = self._dated.source, self._dated.headers.keys
            texts, cells = self._dated.texts(EVENT, rows), self._dated.cells(DATE, rows)

            def tell(key: str, bad: list[BadCell]) -> None:
                self._tell(source, heads[key], 0, [BadCell(int(rows[b.row]), b.text, b.problem) for b in bad])

            parts.append(self._listed(whose, texts, cells, tell))
        if self._nested_dates is not None:
            parts.append(self._in_structures(table, self._nested_dates, start))
        return _together(parts)

    def _in_column(self, table: pa.Table, event: str, position: int, start: int) -> Events:
        bad: list[BadCell] = []
        found = self.cells.dates(table.column(position), bad)
        self._tell(self.source, position, start, bad)
        rows = np.flatnonzero(found == found)
        return Events(rows, np.zeros(len(rows), np.int32), found[rows], (event,))

    def _in_structures(self, table: pa.Table, heads: Headers, start: int) -> Events:
        cells = _whole(table.column(self._main.keys[MILESTONES]))
        owners = pc.list_parent_indices(cells).to_numpy().astype(np.int64)
        fields = pc.list_flatten(cells).flatten()
        place = f"{self.source.name}.{MILESTONES}"

        def tell(key: str, bad: list[BadCell]) -> None:
            for item in bad:
                self.notes.add(place, start + int(owners[item.row]) + 1, key, "", item.text, item.problem)

        texts = texts_of(fields[heads.keys[EVENT]]).to_pylist()
        return self._listed(owners, texts, fields[heads.keys[DATE]], tell)

    def _listed(
        self,
        owners: NDArray[np.int64],
        texts: list[str | None],
        cells: pa.Array,
        tell: Callable[[str, list[BadCell]], None],
    ) -> Events:
        """Milestones of which each stands in a row of its own; one without a day may have happened on any."""
        bad: list[BadCell] = []
        days = self.cells.dates(cells, bad)
        tell(DATE, bad)
        days[days != days] = UNDATED
        names: dict[str, int] = {}
        codes = np.full(len(texts), -1, np.int32)
        unknown: list[BadCell] = []
        for row, text in enumerate(texts):
            event = self._events.get(normalise_key(text or ""))
            if event is None:
                values = {"actual": shortened(text or ""), "nearest": listed(())}
                problem = Problem(ProblemCode.UNKNOWN_EVENT, Place(""), "", values)
                unknown.append(BadCell(row, text or "", problem))
            else:
                codes[row] = names.setdefault(event, len(names))
        tell(EVENT, unknown)
        kept = codes >= 0
        return Events(owners[kept], codes[kept], days[kept], tuple(names))


def _together(parts: list[Events]) -> Events:
    """Milestones from several places, each event under one number."""
    names: dict[str, int] = {}
    codes = [
        np.array([names.setdefault(name, len(names)) for name in part.names], np.int32)[part.codes] for part in parts
    ]
    return Events(
        np.concatenate([np.zeros(0, np.int64), *(part.owners for part in parts)]),
        np.concatenate([np.zeros(0, np.int32), *codes]),
        np.concatenate([np.zeros(0), *(part.days for part in parts)]),
        tuple(names),
    )


class _Keyed:
    """A table that is held in memory, its rows found by the name of the enterprise."""

    def __init__(self, source: Source, reader: TableReader, keys: tuple[str, ...]) -> None:
        self.source, self._reader = source, reader
        self.headers = reader._headers(source, keys, milestones=False)
        self._table = pa.concat_tables(source.blocks(1 << 16), promote_options="permissive").combine_chunks()
        self._used = np.zeros(self._table.num_rows, np.bool_)
        names = self.texts(ENTERPRISE, np.arange(self._table.num_rows))
        self._codes: dict[str, int] = {}
        codes = np.array([self._codes.setdefault(name or "", len(self._codes)) for name in names], np.int64)
        self._by_name = np.argsort(codes, kind="stable")
        self._ends = np.cumsum(np.bincount(codes, minlength=len(self._codes) or 1))
        self._names = names

    def rows_of(self, names: list[str | None]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of some enterprises, and the position in `names` that each belongs to."""
        found: list[NDArray[np.int64]] = []
        owners: list[NDArray[np.int64]] = []
        for position, name in enumerate(names):
            code = self._codes.get(name) if name else None
            if code is not None:
                start = self._ends[code - 1] if code else 0
                rows = self._by_name[start : self._ends[code]]
                found.append(rows)
                owners.append(np.full(len(rows), position, np.int64))
        none = np.zeros(0, np.int64)
        rows = np.concatenate([none, *found])
        self._used[rows] = True
        return rows, np.concatenate([none, *owners])

    def cells(self, key: str, rows: NDArray[np.int64]) -> pa.Array:
        """The cells of a key column in some rows."""
        return _whole(self._table.column(self.headers.keys[key])).take(pa.array(rows))

    def texts(self, key: str, rows: NDArray[np.int64]) -> list[str | None]:
        """The same as texts; nothing where the table has no such column."""
        if key not in self.headers.keys:
            return [None] * len(rows)
        found: list[str | None] = texts_of(self.cells(key, rows)).to_pylist()
        return found

    def level_of(self, rows: NDArray[np.int64]) -> Level:
        """The facts of some rows."""
        reader, columns = self._reader, {}
        for name, position in self.headers.facts.items():
            bad: list[BadCell] = []
            cells = _whole(self._table.column(position)).take(pa.array(rows))
            columns[name] = reader.cells.column(reader._rulebook.vocabulary.facts[name], cells, bad)
            reader._tell(self.source, position, 0, [BadCell(int(rows[b.row]), b.text, b.problem) for b in bad])
        return Level(len(rows), columns)

    def report_unused(self) -> None:
        """Rows that name an enterprise which is not in the table of enterprises."""
        if ENTERPRISE not in self.headers.keys:
            return
        position = self.headers.keys[ENTERPRISE]
        for row in np.flatnonzero(~self._used).tolist():
            name = self._names[row] or ""
            values = {"kind": _ENTERPRISE_KIND, "id": shortened(name), "nearest": listed(())}
            problem = Problem(ProblemCode.UNKNOWN_REFERENCE, Place(""), "", values)
            self._reader._tell(self.source, position, 0, [BadCell(row, name, problem)])


def _numbered(titles: list[str | None], owners: NDArray[np.int64]) -> list[str | None]:
    """Names of components; one without a name is called by its number."""
    found: list[str | None] = []
    seen: dict[int, int] = {}
    for title, owner in zip(titles, owners.tolist(), strict=True):
        seen[owner] = seen.get(owner, 0) + 1
        found.append(title or f"建设内容{seen[owner]}")
    return found


def _whole(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
