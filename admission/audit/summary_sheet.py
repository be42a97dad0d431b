"""The first sheet of the workbook: figures and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from admission.audit.labels import LEVELS, word

__all__ = ["write_summary"]

_SHEET = "汇总"
_CHART_COLUMN, _COLUMNS = 7, 9
_CHART_ROWS = 16
_A3, _MARGIN, _SCALE = 8, 0.4, 55
_ROW, _MOST_UPRIGHT = 16, 6
"""More categories than these stand beside lying bars, where their names can be read."""
_FIRST_CHART = 2


def write_summary(
    book: Any,
    sheet: Any,
    figures: Mapping[str, Any],
    title: str,
    on: date,
    left_out: Mapping[str, int],
    breaches: Mapping[str, str],
) -> None:
    """Figures one below the other on the left, charts beside them; `breaches` names the kinds of breach."""
    page = _Page(book, sheet)
    page.title(
        title, f"审计日期 {on.isoformat()}，企业 {figures['enterprises']} 家，规则库 {figures['rules_sha256'][:12]}"
    )
    for name, count in left_out.items():
        page.note(f"“{name}”另有 {count} 行超出 Excel 的行数，见 Parquet 或 CSV 文件。")
    if figures["errors"]:
        page.note(f"有 {figures['errors']} 处填写问题，按未知处理，见“数据质量”。")
    page.table("结论", ("结论", "企业数"), [(word(name), n) for name, n in figures["verdicts"].items()], "pie")
    page.table("环评执行", _RATE, [("环评审批与备案", *_rate(figures["eia_execution"]))], None)
    stages = [(word(name), *_rate(rate)) for name, rate in figures["three_simultaneities"].items()]
    page.table("三同时（按企业）", _RATE, stages, "stacked", (2, 3, 4))
    states = ("held", "expired", "missing", "unknown")
    permits = [
        (_level("permit", level), *(counts[state] for state in states))
        for level, counts in _in_order("permit", figures["permits"])
    ]
    page.table("排污许可", ("管理类别", "持证", "过期", "无证", "未知"), permits, "stacked", (1, 2, 3, 4))
    for kind, name in (("eia", "环评类别"), ("permit", "排污许可类别")):
        levels = [(_level(kind, level), n) for level, n in _in_order(kind, figures["classes"][kind])]
        page.table(name, ("类别", "企业数"), levels, None)
    page.table("污染物与固体废物", ("项目", "合计", "已填报家数", "未知家数"), _amounts(figures), None)
    ledger = [(word(state), figures["problems"].get(state, 0)) for state in _STATES]
    page.table("问题台账", ("状态", "问题数"), ledger, "column", (1,))
    _life(page, figures["life_cycle"], breaches)
    departments = _counted(figures["by_department"], ("problem", "breach", "review", "unknown"))
    page.table("按部门", ("部门", "问题", "违法情形", "需研判", "待补充"), departments, "stacked", (1, 2))
    verdicts = (*figures["verdicts"], "problem_findings", "breach")
    heads = ("行业", *(word(name) for name in verdicts))
    page.new_sheet_of_paper()
    page.table("按行业", heads, _counted(figures["by_sector"], verdicts), None)


def _life(page: _Page, life: Mapping[str, Any], breaches: Mapping[str, str]) -> None:
    """Duties and breaches of the enterprises of which milestones are recorded."""
    if not life["enterprises"]:
        return
    page.table(
        "全过程义务",
        ("项目", "数量"),
        [
            ("有节点记录的企业", life["enterprises"]),
            ("其中有违法情形的企业", life["with_breaches"]),
            *((f"义务：{word(name)}", count) for name, count in life["duties"].items()),
        ],
        None,
    )
    states = ("met", "pending", "overdue", "unknown")
    phases = [(word(name), *(life["phases"].get(name, {}).get(s, 0) for s in states)) for name in _PHASES]
    page.table("三同时义务（按节点）", ("阶段", "已满足", "未到期", "逾期", "待定"), phases, "stacked", (1, 2, 3, 4))
    kinds = [
        (title, *(life["breaches"].get(id, {}).get(s, 0) for s in ("going_on", "ended", "enterprises")))
        for id, title in breaches.items()
        if id in life["breaches"]
    ]
    if kinds:
        page.table("违法情形", ("情形", "持续", "已终止", "涉及企业数"), kinds, "stacked", (1, 2))


_STATES = ("new", "open", "reopened", "closed")
_PHASES = ("design", "construction", "operation")
_RATE = ("事项", "应办", "已办", "未办", "未知", "执行率（不含未知）")


def _level(kind: str, level: str) -> str:
    return LEVELS[kind].get(level, word(level))


def _in_order(kind: str, counts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Classes strictest first, then what is undecided, then what contradicts itself."""
    order = [*LEVELS[kind], "undecided", "contradicts"]
    return sorted(counts.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _rate(rate: Mapping[str, Any]) -> tuple[Any, ...]:
    share = "不能计算" if rate["rate"] is None else rate["rate"]
    return (rate["due"], rate["done"], rate["not_done"], rate["unknown"], share)


def _amounts(figures: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    air = figures["air"]
    named = {
        "氮氧化物（t/a）": air["nox"],
        "挥发性有机物（t/a）": air["vocs"],
        "一般工业固体废物（t/a）": figures["solid_waste"],
        "危险废物（t/a）": figures["hazardous_waste"],
    }
    rows: list[tuple[Any, ...]] = [
        (
            name,
            amount["t_per_year"] if amount.get("stated") else "未知",
            amount.get("stated", 0),
            amount.get("unknown", 0),
        )
        for name, amount in named.items()
    ]
    counts = air["enterprises"]
    known = counts.get("yes", 0) + counts.get("no", 0)
    return [*rows, ("排放废气的企业（家）", counts.get("yes", 0), known, counts.get("unknown", 0))]


def _counted(groups: Mapping[str, Mapping[str, int]], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    rows = [(word(name), *(counts.get(column, 0) for column in columns)) for name, counts in groups.items()]
    return sorted(rows, key=lambda row: (-sum(row[1:]), row[0]))


class _Page:
    """Writes tables downwards and remembers where the next one and the next chart stand."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._book, self._sheet = book, sheet
        font = {"font_name": "等线", "font_size": 10}
        self._title = book.add_format({**font, "bold": True, "font_size": 16})
        self._head = book.add_format({**font, "bold": True, "font_size": 12, "font_color": "#1F4E78"})
        self._column = book.add_format({**font, "bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        self._cell = book.add_format({**font, "border": 1, "num_format": "#,##0.##"})
        self._count = book.add_format({**font, "border": 1, "num_format": "#,##0"})
        self._share = book.add_format({**font, "border": 1, "num_format": "0.0%"})
        self._plain = book.add_format({**font, "font_color": "#C00000"})
        self._row, self._charts = 0, _FIRST_CHART
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, _COLUMNS - 1, 13)
        sheet.set_default_row(_ROW)
        sheet.hide_gridlines(2)
        sheet.set_portrait()
        sheet.set_paper(_A3)
        sheet.set_margins(_MARGIN, _MARGIN, _MARGIN, 2 * _MARGIN)
        sheet.set_footer("&L&A&R第 &P 页，共 &N 页")
        sheet.set_print_scale(_SCALE)

    def title(self, text: str, below: str) -> None:
        self._sheet.set_row(0, 2 * _ROW)
        self._sheet.write_string(0, 0, text, self._title)
        self._sheet.write_string(1, 0, below)
        self._row = 2

    def new_sheet_of_paper(self) -> None:
        """What follows stands below the charts, as it may be as wide, and is printed on another sheet."""
        self._row = max(self._row, self._charts)
        self._sheet.set_h_pagebreaks([self._row + 1])

    def note(self, text: str) -> None:
        self._sheet.write_string(self._row, 0, text, self._plain)
        self._row += 1

    def table(
        self,
        title: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[Any]],
        chart: str | None,
        series: Sequence[int] = (1,),
    ) -> None:
        """A table; with `chart` (pie, column, stacked) a picture of the columns `series` beside it."""
        self._row += 1
        self._sheet.write_string(self._row, 0, title, self._head)
        self._row += 1
        for position, head in enumerate(heads):
            self._sheet.write_string(self._row, position, head, self._column)
        first = self._row + 1
        for row in rows:
            self._row += 1
            for position, value in enumerate(row):
                self._write(position, value, heads[position])
        if chart is not None and rows:
            self._chart(title, chart, first, self._row, series)
        self._row += 1

    def _write(self, position: int, value: Any, head: str) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._row, position, value, self._cell)
            return
        style = self._share if "率" in head else self._count if isinstance(value, int) else self._cell
        self._sheet.write_number(self._row, position, value, style)

    def _chart(self, title: str, kind: str, first: int, last: int, series: Sequence[int]) -> None:
        lying = last - first >= _MOST_UPRIGHT
        options = {"type": "pie" if kind == "pie" else "bar" if lying else "column"}
        chart = self._book.add_chart(options | ({"subtype": "stacked"} if kind == "stacked" else {}))
        for column in series:
            told: dict[str, Any] = {
                "name": [_SHEET, first - 1, column],
                "categories": [_SHEET, first, 0, last, 0],
                "values": [_SHEET, first, column, last, column],
            }
            if kind != "stacked":  # in a stack the numbers of thin parts would lie on each other; the table has them
                told["data_labels"] = {"percentage": True} if kind == "pie" else {"value": True}
            chart.add_series(told)
        if lying:
            chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"size": 8}})
            chart.set_x_axis({"label_position": "high", "num_format": "#,##0"})
        chart.set_title({"name": title})
        chart.set_size({"width": 520, "height": 320})
        if len(series) == 1 and kind != "pie":
            chart.set_legend({"none": True})
        self._sheet.insert_chart(self._charts, _CHART_COLUMN, chart)
        self._charts += _CHART_ROWS
