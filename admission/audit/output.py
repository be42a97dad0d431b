"""Results to files, block by block, for tables of any size: whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Format", "TableFile", "ahead", "in_background", "staged"]

Format = Literal["parquet", "csv"]
_ROW_GROUP = 1 << 20
_AHEAD = 2
_LOOKED_UP = ("row",)
"""The columns whose least and greatest values are kept in a file, so that rows are found without reading it all."""


@contextmanager
def staged(target: Path, *, folder: bool) -> Iterator[Path]:
    """A temporary place beside `target`, which takes its place when the block ends well.

    Whatever ends the block otherwise leaves `target` as it was; a killed process leaves only the
    temporary place, whose name begins with a dot.
    """
    target = Path(os.path.realpath(target))
    place = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}")
    if folder:
        place.mkdir()
    try:
        yield place
        _move(place, target, folder=folder)
    except BaseException:
        _remove(place)
        raise


def _move(place: Path, target: Path, *, folder: bool) -> None:
    if not folder or not target.exists():
        os.replace(place, target)
        return
    if not target.is_dir():
        raise NotADirectoryError(None, "not a folder", str(target))
    old = place.with_name(f"{place.name}.old")
    os.replace(target, old)
    os.replace(place, target)
    _remove(old)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


class _Writer(Protocol):
    """What Arrow's Parquet and CSV writers have in common."""

    def write_table(self, table: pa.Table) -> None:
        """Appends rows."""

    def close(self) -> None:
        """Ends the file."""


class TableFile:
    """One table as a file that grows; made when its first rows come, which tell the columns."""

    def __init__(self, path: Path, form: Format) -> None:
        self._path, self._form = path, form
        self._writer: _Writer | None = None
        self.rows = 0

    def write(self, table: pa.Table) -> None:
        """Appends the rows of `table`, in row groups of at most a million."""
        self.rows += table.num_rows
        if self._form == "csv":
            table = _plain(table)
        if self._writer is None:
            self._writer = self._open(table.schema)
        for start in range(0, max(table.num_rows, 1), _ROW_GROUP):
            self._writer.write_table(table.slice(start, _ROW_GROUP))

    def _open(self, schema: pa.Schema) -> _Writer:
        writer: _Writer
        if self._form == "csv":
            from pyarrow import csv

            writer = csv.CSVWriter(self._path, schema)
        else:
            from pyarrow import parquet

            options: Any = {"compression": "zstd", "compression_level": 1}
            told = [name for name in _LOOKED_UP if name in schema.names]  # statistics of texts take most of the time
            writer = parquet.ParquetWriter(self._path, schema, write_statistics=told or False, **options)
        return writer

    @classmethod
    def save(cls, path: Path, form: Format, table: pa.Table) -> None:
        """A file with the rows of `table`."""
        file = cls(path, form)
        file.write(table)
        file.close()

    def close(self) -> None:
        """Ends the file."""
        if self._writer is not None:
            self._writer.close()


def _plain(table: pa.Table) -> pa.Table:
    """Without dictionaries, which CSV does not have."""
    columns = [pc.cast(c, pa.string()) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names)


@contextmanager
def in_background() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Does work in another thread while the next block is computed; at most two pieces wait."""
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(max_workers=1) as pool:

        def later(work: Callable[[], Any]) -> None:
            while len(waiting) >= _AHEAD:
                waiting.popleft().result()
            waiting.append(pool.submit(work))

        yield later
        while waiting:
            waiting.popleft().result()


def ahead(items: Iterable[Any]) -> Iterator[Any]:
    """The items, the next one made in another thread while the last is used."""
    source = iter(items)
    end = object()
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(next, source, end)
        while (item := future.result()) is not end:
            future = pool.submit(next, source, end)
            yield item
