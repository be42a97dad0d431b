"""A handout as a Word document laid out like an official paper: A4, 小标宋 title, 仿宋 text, 黑体 headings."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from admission.errors import MissingExtraError
from admission.lifecycle.results import DutyLine
from admission.report.flow import lanes
from admission.report.sheets import Section, Sheet, Table, dated, say_department
from admission.report.words import say

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

__all__ = ["docx"]

_TITLE, _HEADING, _BODY, _CELL, _SMALL = "方正小标宋简体", "黑体", "仿宋", "仿宋", "仿宋"
_LATIN = "Times New Roman"
_ACROSS = 4
_WITH_STAMP = 3
_FILL = {"met": "DFE7EC", "overdue": "FBE3E4", "pending": "FFFFFF", "unknown": "F7F7F7"}
_BORDER = {"met": "single", "overdue": "thick", "pending": "single", "unknown": "dashed"}
_HEAD = "E8EEF3"
_EDGES = ("top", "left", "bottom", "right")


def docx(sheet: Sheet) -> bytes:
    """The document; raises `MissingExtraError` without python-docx.

    The same sheet gives the same content; the file carries no time of its making.
    """
    try:
        import docx as library
    except ImportError as error:
        raise MissingExtraError("Word (docx)", "docx") from error
    document = library.Document()
    _set_up(document, sheet)
    _paragraph(document, sheet.title, font=_TITLE, size=22, align="center", after=10)
    _particulars(document, sheet)
    if sheet.headline is not None:
        _headline(document, *sheet.headline)
    for text in sheet.opening:
        _paragraph(document, text, size=12, indent=24, before=8, spacing=1.5)
    stamped = [section for section in sheet.sections if not section.annex]
    for section in sheet.sections:
        if not section.annex:
            _section(document, section, sheet, last=section is stamped[-1])
    _signatures(document, sheet)
    _paragraph(document, sheet.footer, size=9, before=8)
    for section in sheet.sections:
        if section.annex:
            _paragraph(document, "", size=1, spacing=1).paragraph_format.page_break_before = True
            _section(document, section, sheet, last=False)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Document, sheet: Sheet) -> None:
    from datetime import datetime

    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    page = document.sections[0]
    page.page_width, page.page_height = (Mm(297), Mm(210)) if sheet.wide else (Mm(210), Mm(297))
    page.orientation = WD_ORIENT.LANDSCAPE if sheet.wide else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin, page.bottom_margin = Mm(20), Mm(18)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = sheet.title, "", ""
    properties.created = properties.modified = datetime(2000, 1, 1)
    style: Any = document.styles["Normal"]
    style.font.name = _LATIN
    style.element.rPr.rFonts.set(_name("w:eastAsia"), _BODY)
    _page_numbers(page)


def _page_numbers(page: Any) -> None:
    """— 1 —, in the middle of the foot."""
    paragraph = page.footer.paragraphs[0]
    paragraph.alignment = 1
    for kind, text in (("text", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("text", " —")):
        run = paragraph.add_run(text if kind == "text" else "")
        _dress(run, _BODY, 9)
        if kind == "instr":
            element = _element("w:instrText")
            element.text = text
            run._r.append(element)
        elif kind in ("begin", "end"):
            run._r.append(_element("w:fldChar", {"w:fldCharType": kind}))


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return qn(tag)


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for key, value in (attributes or {}).items():
        element.set(_name(key), value)
    return element


def _dress(run: Any, font: str, size: float, bold: bool = False) -> None:
    from docx.shared import Pt

    run.font.size, run.font.name, run.font.bold = Pt(size), _LATIN, bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(_name("w:eastAsia"), font)


def _paragraph(
    holder: Any,
    text: str,
    *,
    font: str = _BODY,
    size: float = 12,
    align: str = "left",
    before: float = 0,
    after: float = 0,
    indent: float = 0,
    spacing: float = 1.15,
    new: bool = True,
    keep: bool = False,
) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = holder.add_paragraph() if new else holder.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if align == "center" else WD_ALIGN_PARAGRAPH.LEFT
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), spacing
    form.keep_with_next = keep
    if indent:
        form.first_line_indent = Pt(indent)
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break()
        run.add_text(line)
        _dress(run, font, size)
    return paragraph


def _grid(document: Document, rows: int, shares: Sequence[float], borders: bool = True) -> Any:
    """A table of fixed column widths over the whole line."""
    from docx.enum.table import WD_TABLE_ALIGNMENT

    page = document.sections[0]
    width = int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0)
    table: Any = document.add_table(rows=rows, cols=len(shares))
    table.style = "Table Grid" if borders else "Normal Table"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(width * share)
        for cell in column.cells:
            cell.width = int(width * share)
    return table


def _cell(cell: _Cell, text: str, *, size: float = 10, align: str = "left", font: str = _CELL, fill: str = "") -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _paragraph(cell, text, size=size, align=align, font=font, before=1.5, after=1.5, spacing=1.05, new=False)
    if fill:
        cell._tc.get_or_add_tcPr().append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}))


def _particulars(document: Document, sheet: Sheet) -> None:
    table = _grid(document, len(sheet.particulars), (0.18, 0.82))
    for row, (name, text) in zip(table.rows, sheet.particulars, strict=True):
        _cell(row.cells[0], name, font=_HEADING, size=11, align="center", fill=_HEAD)
        _cell(row.cells[1], text, size=11)


def _headline(document: Document, name: str, text: str) -> None:
    """What the sheet comes to, large, in a frame of its own."""
    _paragraph(document, "", size=4, spacing=1)
    table = _grid(document, 1, (0.18, 0.82))
    left, right = table.rows[0].cells
    _cell(left, name, font=_HEADING, size=12, align="center", fill=_HEAD)
    _cell(right, text, font=_TITLE, size=20, align="center")


def _section(document: Document, section: Section, sheet: Sheet, *, last: bool) -> None:
    """The end of the `last` one goes on the page of the stamp, which no page without text may bear."""
    _paragraph(document, section.title, font=_HEADING, size=13, before=10, after=4, keep=True)
    kept = section.text[-_WITH_STAMP:] if last and section.table is None else ()
    for position, text in enumerate(section.text):
        _paragraph(document, text, size=11, spacing=1.3, keep=position >= len(section.text) - len(kept))
    if section.flow:
        _flow(document, section.flow, sheet.lang)
    if section.table is not None:
        _table(document, section.table, keep=last)


def _table(document: Document, content: Table, *, keep: bool) -> None:
    table = _grid(document, 1 + len(content.rows), [column.share for column in content.columns])
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    for cell, column in zip(head.cells, content.columns, strict=True):
        _cell(cell, column.title, font=_HEADING, align="center", fill=_HEAD)
    for number, (row, texts) in enumerate(zip(table.rows[1:], content.rows, strict=True), 1):
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for position, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _cell(cell, text, align="center" if position == 0 else "left", size=9.5)
            cell.paragraphs[0].paragraph_format.keep_with_next = keep and number == len(content.rows)


def _flow(document: Document, steps: Sequence[DutyLine], lang: str) -> None:
    """The flow as a grid: a lane for each stage, boxes from left to right, arrows between and below."""
    box, arrow = 0.19, 0.03
    _paragraph(document, say("legend", lang), size=9, after=4, keep=True)
    shares = [0.15, *([box, arrow] * _ACROSS)[:-1]]
    groups = lanes(steps)
    for order, (stage, group) in enumerate(groups):
        rows = [group[start : start + _ACROSS] for start in range(0, len(group), _ACROSS)]
        table = _grid(document, 2 * len(rows) - 1, shares, borders=False)
        head = table.cell(0, 0).merge(table.cell(2 * len(rows) - 2, 0))
        _cell(head, say(f"stage {stage}", lang), font=_HEADING, size=11, align="center", fill=_HEAD)
        _frame_lane(table)
        for line, part in enumerate(rows):
            for place, (number, duty) in enumerate(part):
                _box(table.cell(2 * line, 1 + 2 * place), number, duty, lang)
                if place + 1 < len(part):
                    _cell(table.cell(2 * line, 2 + 2 * place), "→", align="center", size=12)
            if line + 1 < len(rows):
                _cell(table.cell(2 * line + 1, 1), "↓", align="center", size=10)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        last = order + 1 == len(groups)
        _paragraph(document, "" if last else "↓", align="center", size=5 if last else 11, spacing=1, keep=not last)


def _box(cell: _Cell, number: int, duty: DutyLine, lang: str) -> None:
    day = duty.done or duty.due
    below = say_department(duty.department, lang) + (f"\n{dated(str(day), lang)}" if day else "")
    _cell(cell, f"{number}. {duty.title}", size=9.5, align="center", fill=_FILL[duty.status])
    _paragraph(cell, below, size=8, align="center", spacing=1)
    _frame(cell, _BORDER[duty.status])


def _frame(cell: _Cell, kind: str) -> None:
    _edge(cell._tc, kind, _EDGES)


def _edge(element: Any, kind: str, edges: Sequence[str]) -> None:
    """Lines along `edges` of a cell's element."""
    borders = _element("w:tcBorders")
    for edge in edges:
        weight, value = ("18", "single") if kind == "thick" else ("8", kind)
        borders.append(_element(f"w:{edge}", {"w:val": value, "w:sz": weight, "w:space": "0", "w:color": "1F4E79"}))
    element.get_or_add_tcPr().append(borders)


def _frame_lane(table: Any) -> None:
    """A line around the head of a lane, over all rows it is merged from."""
    heads = [row._tr.tc_lst[0] for row in table.rows]
    for position, head in enumerate(heads):
        edges = ["left", "right"]
        edges += ["top"] if position == 0 else []
        edges += ["bottom"] if position + 1 == len(heads) else []
        _edge(head, "single", [edge for edge in _EDGES if edge in edges])


def _signatures(document: Document, sheet: Sheet) -> None:
    """A line for each thing to fill in, room for the stamp, the whole on one page."""
    from docx.shared import Mm

    _paragraph(document, "", size=6, spacing=1, keep=True)
    count = len(sheet.signatures)
    lines = list(zip(*sheet.signatures, strict=True))
    table = _grid(document, len(lines), [1 / count] * count)
    for row, texts in zip(table.rows, lines, strict=True):
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        last = texts is lines[-1]
        for cell, text in zip(row.cells, texts, strict=True):
            _paragraph(cell, text, size=11, before=4, after=4, new=False, spacing=1.3, keep=not last)
        if texts is lines[1]:
            row.height = Mm(26)
