"""A workbook somebody sent → the filled cells of the sheets that matter; nothing else is looked at."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zipfile import BadZipFile, ZipFile

from admission._messages import Phrase
from admission.errors import MissingExtraError, Place, Problem, ProblemCode

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["UNPRINTABLE", "Filled", "Sheet", "escape", "missing_extra", "read_sheets"]

_LIMIT = 10_000_000
_UNPACKED_LIMIT = 20_000_000
_ROW_LIMIT = 5_000
_DIGITS = 15
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Filled:
    """What one cell says, and what kind of value Excel takes it for; a date reads year-month-day."""

    text: str
    kind: Literal["text", "number", "date", "formula", "fault"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet that hold something: row → column → cell, both counted from 1."""

    name: str
    rows: Mapping[int, Mapping[int, Filled]]

    @property
    def whole(self) -> Place:
        """The sheet as a place."""
        return Place(self.name)

    def place(self, row: int, column: int) -> Place:
        """One cell as a place, told as `清单.xlsx 条目!H5`."""
        from openpyxl.utils import get_column_letter

        return Place(self.name, row, column, f"{get_column_letter(column)}{row}")


def missing_extra() -> MissingExtraError:
    """The error of a machine without openpyxl."""
    return MissingExtraError("Excel", "excel")


def escape(text: str) -> str:
    """`text` as a cell stores it: what Excel would read as an escape, or drop, is escaped."""
    return _TO_ESCAPE.sub("_x005F_", text).replace("\r", "_x000D_")


def read_sheets(data: bytes, name: str, titles: Sequence[str], problems: list[Problem]) -> dict[str, Sheet] | None:
    """The sheets called `titles`, or None with a problem added; other sheets are not looked at."""
    detail = _refusal(data)
    book = _open(data) if detail is None else detail
    if isinstance(book, str):
        problems.append(Problem(ProblemCode.NOT_WORKBOOK, Place(name), values={"detail": book}))
        return None
    by_title = {sheet.title.strip(): sheet for sheet in book.worksheets}
    for title in titles:
        if title not in by_title:
            key = Phrase(f"工作表“{title}”", f"sheet {title}")
            advice = Phrase(
                "请用 admission rules export xlsx 导出的工作簿，不改工作表名",
                "use a workbook made by admission rules export xlsx and keep the names of its sheets",
            )
            problems.append(Problem(ProblemCode.MISSING_KEY, Place(name), values={"key": key, "advice": advice}))
    if any(title not in by_title for title in titles):
        return None
    found = {title: Sheet(f"{name} {title}", _rows(by_title[title])) for title in titles}
    long = [sheet for sheet in found.values() if len(sheet.rows) > _ROW_LIMIT]
    problems += [_too_long(sheet) for sheet in long]
    return None if long else found


def _too_long(sheet: Sheet) -> Problem:
    values = {
        "detail": Phrase(f"有 {len(sheet.rows)} 行内容", f"{len(sheet.rows)} rows are filled"),
        "expected": Phrase(f"至多 {_ROW_LIMIT} 行", f"at most {_ROW_LIMIT}"),
        "advice": Phrase("请分成几份清单", "split the list"),
    }
    return Problem(ProblemCode.WORKBOOK_CELL, sheet.whole, values=values)


def _refusal(data: bytes) -> str | None:
    """Why `data` is not opened at all, None when it may be."""
    if len(data) > _LIMIT:
        return Phrase(f"文件有 {len(data)} 字节，上限 {_LIMIT}", f"it has {len(data)} bytes, the limit is {_LIMIT}")
    if not data:
        return Phrase("文件是空的", "the file is empty")
    if data.startswith(_OLE):
        return Phrase("像是旧版 .xls，或加了密码", "it looks like an old .xls, or has a password")
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
    except Exception as error:  # a damaged archive fails in many ways
        if isinstance(error, BadZipFile) and not data.startswith(b"PK"):
            return Phrase("像是文字、CSV 或其他文件", "it looks like text, CSV or something else")
        return Phrase("文件已损坏", "it is damaged")
    if size > _UNPACKED_LIMIT:
        return Phrase(
            f"解压后有 {size} 字节，上限 {_UNPACKED_LIMIT}",
            f"it unpacks to {size} bytes, the limit is {_UNPACKED_LIMIT}",
        )
    if _WORKBOOK not in names:
        return Phrase("像是 Word、WPS、ODS 或压缩文件", "it looks like a Word, ODS or zip file")
    return None


def _open(data: bytes) -> Workbook | str:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise missing_extra() from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of the workbook that are not read
            return load_workbook(io.BytesIO(data), keep_links=False)
    except Exception as error:  # a damaged workbook fails in many ways
        return Phrase(f"文件已损坏（{type(error).__name__}）", f"it is damaged ({type(error).__name__})")


def _rows(sheet: Worksheet) -> dict[int, dict[int, Filled]]:
    """Only what is filled: a format that reaches to the last row of the sheet costs nothing."""
    rows: dict[int, dict[int, Filled]] = {}
    for (row, column), cell in sorted(sheet._cells.items()):
        filled = _filled(cell.value, cell.data_type)
        if filled is not None:
            rows.setdefault(row, {})[column] = filled
    for merged in sheet.merged_cells.ranges:  # one value over several rows holds for each of them
        first = rows.get(merged.min_row, {}).get(merged.min_col)
        if first is not None:
            for row in [row for row in rows if merged.min_row < row <= merged.max_row]:
                rows[row][merged.min_col] = first
    return rows


def _filled(value: object, data_type: str) -> Filled | None:
    if value is None:
        return None
    if data_type == "f":
        return Filled(str(value), "formula")
    if data_type == "e":
        return Filled(str(value), "fault")
    if isinstance(value, datetime | date):
        return Filled(value.isoformat()[: len("2026-11-24")], "date")
    if isinstance(value, time | timedelta):
        return Filled(str(value), "date")
    if isinstance(value, bool):
        return Filled(str(value).lower(), "text")
    if isinstance(value, int | float):
        return Filled(f"{value:.{_DIGITS}g}", "number")
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return Filled(text, "text") if text.strip() else None
