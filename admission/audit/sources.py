"""Where tables come from: CSV in any usual encoding, Excel workbooks, Parquet, Arrow; read block by block."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from admission._messages import Phrase, ProblemCode
from admission.audit.headers import ENTERPRISE, KEYS
from admission.errors import InputError, MissingExtraError, Place, Problem
from admission.vocabulary import normalise_key

__all__ = ["SHEETS", "Source", "arrow_source", "column_letters", "open_source", "open_workbook"]

SHEETS = {
    "enterprises": ("企业", "企业清单", "项目", "enterprises", "projects"),
    "components": ("建设内容", "components"),
    "milestones": ("节点", "时间节点", "milestones"),
}
"""Names a sheet of a workbook may have, by what it holds."""

_ENCODINGS = ("utf-8-sig", "gb18030")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEADING_WITHIN = 20
_CHUNK = 1 << 20
_ENTERPRISE_NAMES = frozenset(normalise_key(text) for text in (ENTERPRISE, *KEYS[ENTERPRISE]))


class Source:
    """A table: `headers`, and its rows as Arrow tables whose columns are named by position.

    `blocks(size)` can be called more than once. `rows` is the number of rows where it is known
    without reading them. `first_line` is the line or sheet row of the first data row, `encoding` that of a text.
    """

    def __init__(
        self,
        name: str,
        headers: Sequence[str],
        blocks: Callable[[int], Iterable[pa.Table]],
        *,
        rows: int | None = None,
        first_line: int = 2,
        schema: pa.Schema | None = None,
        encoding: str = "",
    ) -> None:
        self.name = name
        self.headers = tuple(headers)
        self.rows = rows
        self.first_line = first_line
        self._blocks = blocks
        self._schema = schema
        self.encoding = encoding

    def schema(self) -> pa.Schema:
        """The types of the columns, from the first rows where they are not known otherwise."""
        if self._schema is None:
            self._schema = next(iter(self.blocks(1))).schema
        return self._schema

    def blocks(self, size: int) -> Iterator[pa.Table]:
        """The rows, at most `size` at a time; at least one block, which may be empty."""
        given = False
        for table in self._blocks(size):
            given = True
            names = [str(position) for position in range(len(self.headers))]
            yield table.rename_columns(names)
        if not given:
            yield pa.table({str(position): pa.nulls(0) for position in range(len(self.headers))})

    def cell(self, row: int, column: int) -> str:
        """The name of a cell, as `C5`: `row` counts data rows from 0, `column` from 0."""
        return f"{column_letters(column)}{self.first_line + row}"


def column_letters(column: int) -> str:
    """A, B, … Z, AA: the letters of a column, counted from 0."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, len(_LETTERS))
        found = _LETTERS[rest] + found
    return found


def arrow_source(table: pa.Table, name: str) -> Source:
    """A table that is in memory."""

    def blocks(size: int) -> Iterator[pa.Table]:
        for start in range(0, table.num_rows, size):
            yield table.slice(start, size)

    return Source(name, table.column_names, blocks, rows=table.num_rows, schema=table.schema)


def open_source(path: Path) -> Source:
    """The table of a CSV or Parquet file, by its ending; raises `InputError` when it cannot be read."""
    try:
        return _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _csv(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, detail: str) -> InputError:
    values = {"detail": detail, "format": path.suffix.lstrip(".")}
    return InputError([Problem(ProblemCode.SYNTAX, Place(str(path)), values=values)])


def _parquet(path: Path) -> Source:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]

    def blocks(size: int) -> Iterator[pa.Table]:
        with parquet.ParquetFile(path, read_dictionary=texts, pre_buffer=False, buffer_size=_CHUNK) as file:
            for batch in file.iter_batches(batch_size=size):
                yield pa.Table.from_batches([batch])

    return Source(path.name, schema.names, blocks, rows=rows, schema=schema)


# CSV


def _csv(path: Path) -> Source:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        dialect = _delimiter(stream.readline())
        stream.seek(0)
        headers = next(csv.reader(stream, delimiter=dialect), [])
    if not any(headers):
        raise InputError([Problem(ProblemCode.FILE_EMPTY, Place(str(path)))])

    def blocks(size: int) -> Iterator[pa.Table]:
        with path.open(encoding=encoding, newline="") as stream:
            rows = csv.reader(stream, delimiter=dialect)
            next(rows)
            while chunk := list(islice(rows, size)):
                yield _texts(chunk, len(headers))

    return Source(path.name, headers, blocks, encoding=encoding)


def _encoding(path: Path) -> str:
    """The first encoding in which the whole file can be read; raises `InputError` when none can."""
    for name in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    if "\0" in decoder.decode(chunk):
                        break
                else:
                    decoder.decode(b"", final=True)
                    return name
        except UnicodeDecodeError:
            continue
    guess = Phrase("UTF-16 或二进制文件", "UTF-16 or a binary file")
    raise InputError([Problem(ProblemCode.ENCODING, Place(str(path)), values={"guess": guess})])


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _texts(rows: Sequence[Sequence[str]], width: int) -> pa.Table:
    """Rows of texts as columns; a short row ends in unknown cells, empty cells are unknown."""
    if any(len(row) != width for row in rows):
        rows = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    empty = pa.scalar(None, pa.string())
    columns = (pa.array(column, pa.string()) for column in zip(*rows, strict=True))
    cells = [pc.if_else(pc.equal(column, ""), empty, column) for column in columns]
    return pa.table(cells, names=[str(position) for position in range(width)])


# Excel


def open_workbook(path: Path) -> dict[str, Source]:
    """The sheets of a workbook by what they hold (`SHEETS`); without such names the first is the enterprises.

    Raises `InputError` when the file is no workbook.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise MissingExtraError("admission audit", "excel") from error
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = {kind: _sheet_name(book.sheet_names, kind) for kind in SHEETS}
            names["enterprises"] = names["enterprises"] or book.sheet_names[0]
            found = {}
            for kind, name in names.items():
                if name is not None:
                    found[kind] = _sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            return found
    except CalamineError as error:
        values = {"detail": str(error)}
        raise InputError([Problem(ProblemCode.NOT_WORKBOOK, Place(str(path)), values=values)]) from error


def _sheet_name(names: Sequence[str], kind: str) -> str | None:
    wanted = {normalise_key(text) for text in SHEETS[kind]}
    return next((name for name in names if normalise_key(name) in wanted), None)


def _sheet(name: str, rows: list[list[Any]]) -> Source:
    heading = next((at for at, row in enumerate(rows[:_HEADING_WITHIN]) if _has_enterprise(row)), 0)
    headers = [_cell_text(cell) or "" for cell in rows[heading]] if rows else []
    body = rows[heading + 1 :]
    while body and not any(_cell_text(cell) for cell in body[-1]):
        body.pop()

    def blocks(size: int) -> Iterator[pa.Table]:
        for start in range(0, len(body), size):
            yield _texts([[_cell_text(cell) or "" for cell in row] for row in body[start : start + size]], len(headers))

    return Source(name, headers, blocks, rows=len(body), first_line=heading + 2)


def _has_enterprise(row: Sequence[Any]) -> bool:
    return any(normalise_key(str(cell)) in _ENTERPRISE_NAMES for cell in row)


def _cell_text(cell: Any) -> str | None:
    """What a cell says, as text: numbers without needless decimals, dates as year-month-day."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip() or None
