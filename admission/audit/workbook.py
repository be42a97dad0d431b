"""The audit as a workbook for people: figures, ledger, breaches, deadlines, verdicts, findings, questions, bad cells.

Nothing a table held can become a formula: texts are written as texts. A sheet that would have more rows than
Excel allows goes on in another; what does not fit there either is counted in 汇总.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from admission._messages import ProblemCode
from admission.audit.engine import TRIGGERED
from admission.audit.labels import COLUMNS, lines, word
from admission.audit.ledger import BREACH, LEDGER
from admission.audit.life_sheets import BREACH_SHEET, DUTY_SHEET, LifeSheets
from admission.audit.question_sheets import BY_ENTERPRISE, BY_FACT, REST, QuestionSheets
from admission.audit.summary_sheet import write_summary
from admission.errors import InputError, MissingExtraError, Place, Problem
from admission.rulebook import Rulebook
from admission.screening.verdict import VERDICTS

__all__ = ["MOST_ROWS", "read_ledger", "write_workbook"]

MOST_ROWS = (1 << 20) - 1
"""Rows of a sheet below its heading."""

_MOST_SHEETS = 3
_BATCH = 50_000
_A3, _MARGIN = 8, 0.4
_HEADING_LINES = 2
_TRANSLATED = frozenset(
    (
        *("verdict", "possible_verdicts", "outcome", "effect", "severity", "dimension", "status"),
        *("eia", "permit", "eia_possible", "permit_possible"),
    )
)
_WIDTHS = {
    **dict.fromkeys(("row", "components", "hit", "unmet", "review", "unknown", "contradicts"), 9),
    **dict.fromkeys(("overdue", "breaches", "unit", "disputed", "barred", "clauses", "cell"), 9),
    **dict.fromkeys(("component", "table", "law"), 18),
    **dict.fromkeys(("breach", "value", "fingerprint", "sector", "possible_verdicts"), 24),
    "rule": 26,
    **dict.fromkeys(("enterprise", "eia_possible", "permit_possible", "column", "proof", "duty"), 28),
    **dict.fromkeys(("fact", "changes", "duty_title"), 32),
    **dict.fromkeys(("title", "citation", "needs", "ask"), 44),
    "reason": 60,
}
_USUAL_WIDTH = 14
_LINE = 15.0
_CODES = frozenset(("rule", "duty", "fingerprint", "code"))
_CENTRED = frozenset(
    (
        *("row", "components", "hit", "unmet", "review", "unknown", "contradicts", "overdue", "breaches"),
        *("clauses", "enterprises", "first", "after", "later", "duties"),
    )
)
_LEDGER = (
    *("enterprise", "component", "title", "citation", "severity", "department", "deadline", "status"),
    *("since", "outcome", "found_on", "seen_on", "closed_on", "rule", "fingerprint"),
)
_FINDINGS = (
    *("row", "enterprise", "component", "rule", "title", "outcome", "effect", "severity", "dimension"),
    *("department", "citation", "needs"),
)
_ERRORS = ("table", "row", "column", "cell", "value", "reason", "code")
_EMITTERS = ("row", "enterprise", "sector", "nox_t_per_year", "voc_t_per_year")


def write_workbook(
    target: Path, folder: Path, figures: dict[str, Any], rulebook: Rulebook, park: str | None, on: date
) -> None:
    """The tables of an audit in `folder` (Parquet) and its figures as a workbook. Needs `admission[excel]`."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("admission audit", "excel") from error
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        summary = book.add_worksheet("汇总")
        writer = _SheetWriter(book)
        life, questions = LifeSheets(folder, rulebook), QuestionSheets(folder, rulebook)
        titles = {owned.rule.id: owned.rule.title.zh for owned in rulebook.items} | life.titles
        labels = {fact.name: fact.label.zh for fact in rulebook.vocabulary.facts.values()}
        writer.write("问题台账", _LEDGER, _titled(_ledger(folder / "ledger.parquet"), titles))
        writer.write("违法情形", BREACH_SHEET, life.breaches())
        writer.write("义务期限", DUTY_SHEET, life.duties())
        enterprises = folder / "enterprises.parquet"
        writer.write("企业结论", tuple(pl.scan_parquet(enterprises).collect_schema().names()), _rows(enterprises))
        writer.write("判定明细", _FINDINGS, _labelled(_titled(_findings(folder / "findings.parquet"), titles), labels))
        writer.write("待补充信息", BY_ENTERPRISE, questions.by_enterprise())
        writer.write("待补充指标", BY_FACT, questions.by_fact())
        writer.write("待补充汇总", REST, questions.rest())
        emitters = folder / "emitters.parquet"
        listed = _rows(emitters) if emitters.exists() else iter(figures["air"]["list"])
        writer.write("废气排放企业", _EMITTERS, listed)
        writer.write("数据质量", _ERRORS, _rows(folder / "errors.parquet"))
        park_name = rulebook.parks[park].name.zh if park else "（未指定园区）"
        breaches = {kind.id: kind.title.zh for kind in rulebook.life.breaches}
        write_summary(book, summary, figures, f"{park_name} 批量审计", on, writer.left_out, breaches)


class _SheetWriter:
    """Writes tables as sheets; `left_out` counts the rows that no sheet could take, by sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        base = {"valign": "top", "font_name": "等线", "font_size": 10}
        heading = {**base, "bold": True, "bg_color": "#1F4E78", "font_color": "white", "text_wrap": True}
        heading["valign"] = "vcenter"
        self._heading = book.add_format(heading)
        self._centred = book.add_format({**base, "align": "center"})
        self._plain = book.add_format(base)
        self._wrapped = book.add_format({**base, "text_wrap": True})
        self._day = book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"})
        self._red = book.add_format({"bg_color": "#F8CBAD"})
        self._amber = book.add_format({"bg_color": "#FFE699"})
        self.left_out: dict[str, int] = {}

    def write(self, name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
        """A table, on as many sheets as it needs."""
        sheet, at, number = self._sheet(name, columns), 0, 1
        for row in rows:
            if at == MOST_ROWS:
                if number == _MOST_SHEETS:
                    self.left_out[name] = self.left_out.get(name, 0) + 1
                    continue
                self._finish(sheet, columns, at)
                number += 1
                sheet, at = self._sheet(f"{name}{number}", columns), 0
            at += 1
            shown = [_shown(column, row.get(column)) for column in columns]
            height = max(map(_lines, columns, shown))
            if height > 1:
                sheet.set_row(at, _LINE * height)
            for position, column in enumerate(columns):
                self._cell(sheet, at, position, column, shown[position])
        self._finish(sheet, columns, at)

    def _sheet(self, name: str, columns: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.set_margins(_MARGIN, _MARGIN, _MARGIN, 2 * _MARGIN)
        sheet.set_footer("&L&A&R第 &P 页，共 &N 页")
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, _LINE * _HEADING_LINES)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, _WIDTHS.get(column, _USUAL_WIDTH))
            sheet.write_string(0, position, COLUMNS.get(column, column), self._heading)
        return sheet

    def _finish(self, sheet: Any, columns: Sequence[str], rows: int) -> None:
        sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
        sheet.print_area(0, 0, max(rows, 1), _printed(columns) - 1)
        for column, texts in (("severity", ("不予入园", "需人工研判")), ("status", ("反弹", "新增"))):
            if column in columns and rows:
                place = columns.index(column)
                for text, style in zip(texts, (self._red, self._amber), strict=True):
                    rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": style}
                    sheet.conditional_format(1, place, rows, place, rule)

    def _cell(self, sheet: Any, row: int, position: int, column: str, value: Any) -> None:
        style = self._centred if column in _CENTRED else self._plain if column in _CODES else self._wrapped
        if isinstance(value, int | float):
            sheet.write_number(row, position, value, style)
        elif isinstance(value, date):
            sheet.write_datetime(row, position, value, self._day)
        elif value:
            sheet.write_string(row, position, value, style)


def _printed(columns: Sequence[str]) -> int:
    """How many columns go on paper: codes at the end are for the screen."""
    count = len(columns)
    while columns[count - 1] in _CODES:
        count -= 1
    return count


def _shown(column: str, value: Any) -> Any:
    """What a cell shows: a text, a number, a day or nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | date):
        return value
    return _printable(word(value, column) if column in _TRANSLATED else str(value))


def _lines(column: str, shown: Any) -> int:
    """How many lines a text takes in its column."""
    if not isinstance(shown, str) or column in _CODES:
        return 1
    return lines(shown, _WIDTHS.get(column, _USUAL_WIDTH))


def _printable(text: str) -> str:
    """Within what a cell can hold; control characters, which break a workbook, shown as �."""
    clean = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
    return clean[:32_767]


# rows


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    for part in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        with parquet.ParquetFile(part) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()


def _sorted(path: Path, *keys: pl.Expr) -> Iterator[dict[str, Any]]:
    """Rows in order, as far as they can all be shown; else as they stand."""
    scanned = pl.scan_parquet(path / "*.parquet" if path.is_dir() else path)
    if scanned.select(pl.len()).collect().item() > MOST_ROWS * _MOST_SHEETS:
        yield from _rows(path)
        return
    yield from scanned.sort(*keys).collect(engine="streaming").iter_rows(named=True)


def _rank(column: str, words: Sequence[str]) -> pl.Expr:
    text = pl.col(column).cast(pl.String)
    return text.replace_strict(list(words), range(len(words)), default=len(words), return_dtype=pl.Int64)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


_SEVERITIES = [str(verdict) for verdict in reversed(VERDICTS)]


def _findings(path: Path) -> Iterator[dict[str, Any]]:
    """By enterprise, the most serious first."""
    outcomes = [str(outcome) for outcome in TRIGGERED]
    ranks = (_rank("severity", _SEVERITIES), _rank("outcome", outcomes))
    return _sorted(path, pl.col("row"), *ranks, _text("rule"), _text("component"))


def _ledger(path: Path) -> Iterator[dict[str, Any]]:
    """What is open before what is closed, the most serious first."""
    severities = (_SEVERITIES[0], BREACH, *_SEVERITIES[1:])
    ranks = (_rank("status", ("reopened", "new", "open", "closed")), _rank("severity", severities))
    return _sorted(path, *ranks, _text("enterprise"), _text("rule"), _text("component"))


def _titled(rows: Iterator[dict[str, Any]], titles: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {**row, "title": titles.get(row["rule"], row["rule"])}


def _labelled(rows: Iterator[dict[str, Any]], labels: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {**row, "needs": "、".join(labels.get(name, name) for name in filter(None, row["needs"].split(";")))}


def read_ledger(path: Path) -> pl.DataFrame:
    """The 问题台账 of a workbook that an audit wrote, deadlines and states as people have changed them.

    Raises `InputError` when the workbook has no such sheet.
    """
    from python_calamine import CalamineWorkbook

    from admission.audit.labels import VALUES

    with CalamineWorkbook.from_path(str(path)) as book:
        names = [name for name in book.sheet_names if name.startswith("问题台账")]
        if not names:
            values = {"detail": "没有工作表“问题台账” (no sheet 问题台账)"}
            raise InputError([Problem(ProblemCode.NOT_WORKBOOK, Place(str(path)), values=values)])
        sheets = [book.get_sheet_by_name(name).to_python() for name in names]
    back, columns = {text: key for key, text in VALUES.items()}, {text: key for key, text in COLUMNS.items()}
    rows = []
    for heading, *body in sheets:
        keys = [columns.get(str(text), str(text)) for text in heading]
        rows += [{key: _back(key, cell, back) for key, cell in zip(keys, row, strict=False)} for row in body]
    found = pl.DataFrame({name: [row.get(name) for row in rows] for name in LEDGER}, schema=LEDGER, strict=False)
    return found.filter(pl.col("fingerprint").is_not_null())


def _back(key: str, cell: Any, words: dict[str, str]) -> Any:
    if cell in ("", None):
        return None
    return words.get(cell, cell) if key in _TRANSLATED else cell
