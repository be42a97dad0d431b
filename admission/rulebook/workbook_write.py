"""Rows of a list → the `.xlsx` file a clerk edits: drop-downs, hints, frozen headings, no formula."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from admission.rulebook.workbook_cells import escape, missing_extra
from admission.rulebook.workbook_layout import (
    CHOICES,
    CONTENT,
    DEPARTMENTS,
    DOCUMENT_FIELDS,
    DOCUMENT_SHEET,
    ENGLISH,
    FACT_HEADINGS,
    FACTS_SHEET,
    HELP,
    HELP_SHEET,
    HINT,
    ITEM_FIELDS,
    ITEMS_SHEET,
    SKELETON,
    SUBJECT,
    Field,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

    from admission.vocabulary import Fact

__all__ = ["Value", "write_workbook"]

Value = str | date | None
_SPARE_ROWS = 500
_FIRST_DAY = date.fromisoformat("1901-01-01")
_RISKY = ("=", "+", "-", "@")
_REQUIRED, _OPTIONAL, _LINE = "1F4E79", "7F8FA9", "D0D7E2"
_LINE_HEIGHT, _HIGHEST, _PAGE_WIDTH = 15, 405, 300
_DOCUMENT_WIDTHS = (14, 70, 50, 50)
_HELP_WIDTHS = (16, 100)
_FACT_WIDTHS = (40, 36, 10, 12, 50, 70)


def write_workbook(
    document: Sequence[tuple[str, Value, Value]],
    items: Sequence[Mapping[str, Value]],
    facts: Iterable[Fact],
) -> bytes:
    """The content of the file.

    `document` is (heading, content, English) in order, each item maps paths of `ITEM_FIELDS` to
    what the cell says; `facts` are listed on a sheet of their own, to write conditions with.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        raise missing_extra() from None
    book = Workbook()
    first = book.active
    assert first is not None  # a new workbook has one sheet
    book.remove(first)
    _add_document(book, document)
    _add_items(book, items)
    belongs = [(CHOICES["dimension"][dimension], content) for _, dimension, content in SKELETON]
    _add_table(book, HELP_SHEET, (SUBJECT, CONTENT), (*HELP, *belongs), _HELP_WIDTHS)
    _add_table(book, FACTS_SHEET, FACT_HEADINGS, map(_fact_row, facts), _FACT_WIDTHS)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _add_document(book: Workbook, document: Sequence[tuple[str, Value, Value]]) -> None:
    fields = {field.heading: field for field in DOCUMENT_FIELDS}
    rows = ((heading, content, english, fields[heading].hint) for heading, content, english in document)
    sheet = _add_table(book, DOCUMENT_SHEET, (SUBJECT, CONTENT, ENGLISH, HINT), rows, _DOCUMENT_WIDTHS)
    for row, (heading, _, _) in enumerate(document, 2):
        _fill(sheet.cell(row, 1), required=fields[heading].required)
        rule = _validation(fields[heading])
        rule.add(f"B{row}")
        sheet.add_data_validation(rule)


def _add_items(book: Workbook, items: Sequence[Mapping[str, Value]]) -> None:
    from openpyxl.utils import get_column_letter

    headings = [field.heading for field in ITEM_FIELDS]
    rows = ([item.get(field.path) for field in ITEM_FIELDS] for item in items)
    sheet = _add_table(book, ITEMS_SHEET, headings, rows, [field.width for field in ITEM_FIELDS], freeze="C2")
    sheet.print_title_cols = "A:B"
    last = len(items) + _SPARE_ROWS
    for column, field in enumerate(ITEM_FIELDS, 1):
        letter = get_column_letter(column)
        _fill(sheet.cell(1, column), required=field.required)
        if field.kind in {"key", "lines"}:
            sheet.column_dimensions[letter].number_format = "@"  # what is typed stays as typed: 1-2 is no date
        rule = _validation(field)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(ITEM_FIELDS))}{len(items) + 1}"


def _add_table(
    book: Workbook,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int],
    freeze: str = "A2",
) -> Worksheet:
    """A sheet with a heading row that stays in view, wrapped cells, ready to print."""
    from openpyxl.styles import Alignment, Border, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet: Worksheet = book.create_sheet(title)
    top = Alignment(wrap_text=True, vertical="top", horizontal="left")
    line = Border(bottom=Side("thin", color=_LINE))
    for number, row in enumerate((headings, *rows), 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                _set(sheet.cell(number, column), value)
            sheet.cell(number, column).alignment, sheet.cell(number, column).border = top, line
        lines = max((_lines(value, width) for value, width in zip(row, widths, strict=True)), default=1)
        sheet.row_dimensions[number].height = min(lines * _LINE_HEIGHT, _HIGHEST)
    for column, width in enumerate(widths, 1):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.alignment = width, top
        _fill(sheet.cell(1, column), required=True)
    sheet.freeze_panes = freeze
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = int(sheet.PAPERSIZE_A3)
    sheet.page_setup.fitToWidth = 1 + sum(widths) // _PAGE_WIDTH
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _lines(value: Value, width: int) -> int:
    """How many lines a cell needs; a Chinese character is as wide as two digits."""
    if not isinstance(value, str):
        return 1
    wide = [len(line) + sum(unicodedata.east_asian_width(char) in "WFA" for char in line) for line in value.split("\n")]
    return sum(max(1, -(-length // width)) for length in wide)


def _set(cell: Cell | MergedCell, value: str | date) -> None:
    """Text is text, whatever it starts with; a day is a day where Excel has it."""
    if isinstance(value, date):
        if value >= _FIRST_DAY:
            cell.value, cell.number_format = value, "yyyy-mm-dd"
            return
        value = value.isoformat()
    cell.value = escape(value)
    cell.data_type = "s"
    if value.startswith(_RISKY):
        cell.quotePrefix = True


def _fill(cell: Cell | MergedCell, *, required: bool) -> None:
    from openpyxl.styles import Font, PatternFill

    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=_REQUIRED if required else _OPTIONAL)


def _validation(field: Field) -> DataValidation:
    """The drop-down of a choice, and the hint that shows when a cell is selected."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = DEPARTMENTS if field.path == "department" else tuple(CHOICES.get(field.path, {}).values())
    rule = DataValidation(
        type="list" if choices else None,
        formula1='"' + ",".join(choices) + '"' if choices else None,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=field.heading,
        prompt=field.hint,
    )
    if field.kind == "choice":
        rule.showErrorMessage, rule.errorTitle, rule.error = True, field.heading, f"请选：{'、'.join(choices)}"
    return rule


def _fact_row(fact: Fact) -> tuple[str | None, ...]:
    members = "\n".join(f"{member} = {words.zh}" for member, words in fact.members.items())
    meaning = fact.meaning.zh if fact.meaning else None
    return (fact.name, fact.label.zh, _TYPES[fact.type], fact.unit, members or None, meaning)


_TYPES: Mapping[str, str] = {
    "bool": "是或否",
    "number": "数字",
    "enum": "单选",
    "set": "多选",
    "date": "日期",
    "code": "行业代码",
    "text": "文字",
}
