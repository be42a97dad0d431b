"""Handouts: what they say, in which form, and that nobody's text gets through as markup."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest

from admission import Life
from admission.report import calendar, docx, flow_svg, html, notice_sheet, process_sheet
from admission.report.sheets import Sheet, dated, steps_of
from tests.lifecycle.histories import FORM, follow

EVENTS = (
    ("project_filing", "2025-01-10"),
    ("construction_start", "2025-02-01"),
    ("eia_approval_date", "2025-03-01"),
    ("env_facility_completion", "2026-03-20"),
    ("permit_issued", "2026-03-01"),
    ("production_start", "2026-06-01"),
)
FACTS = {**FORM, "total_investment_wan_yuan": 3000, "has_environmental_risk_substances": True}
LANGS = ["zh", "en"]


def life(lang: str = "zh", as_of: str = "2026-11-24") -> Life:
    return follow(*EVENTS, facts=FACTS, as_of=as_of, lang=lang)


def sheets(lang: str) -> list[Sheet]:
    found = life(lang)
    return [make(found, park="试验园区", lang=lang) for make in (process_sheet, notice_sheet)]


def words(sheet: Sheet) -> str:
    parts = [sheet.title, *(f"{name} {text}" for name, text in sheet.particulars), *sheet.opening, sheet.footer]
    for section in sheet.sections:
        parts += [section.title, *section.text]
        if section.table:
            parts += [column.title for column in section.table.columns]
            parts += [cell for row in section.table.rows for cell in row]
    parts += [line for lines in sheet.signatures for line in lines]
    return "\n".join(parts)


def test_the_process_sheet_has_every_step_in_order() -> None:
    (sheet, _) = sheets("zh")
    table = next(section.table for section in sheet.sections if section.table)
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, len(table.rows) + 1)]
    titles = [row[1] for row in table.rows]
    order = [
        "办理项目立项（备案、核准或审批）",
        "取得环评文件批复",
        "环保设施纳入施工合同，保证进度和资金",
        "取得排污许可证",
        "验收合格并公开后方可投产",
    ]
    assert [title for title in titles if title in order] == order
    assert all(all(row[:7]) for row in table.rows)
    assert "不收费（行政许可法第五十八条）" in {row[5] for row in table.rows}


def test_the_steps_are_those_of_this_project() -> None:
    plain = {duty.rule for duty in steps_of(follow(facts={"decided_eia_document": "registration"}))}
    assert "CN-LIFE-EIA-REGISTRATION" in plain
    assert not {"CN-LIFE-EIA-APPROVAL", "CN-LIFE-ACCEPTANCE"} & plain


def test_the_notice_says_what_is_broken_and_due() -> None:
    text = words(sheets("zh")[1])
    for part in (
        "未批先建",
        "未验先投",
        "《环境影响评价法》第二十五条",
        "2025年2月1日",
        "（盖章）",
        "签收人：",
        "总投资额" if False else "万元",
    ):
        assert part in text
    assert "从旧兼从轻" in text


def test_a_notice_without_anything_says_so() -> None:
    sheet = notice_sheet(
        follow(facts={"decided_eia_document": "none", "decided_permit_class": "none"}), park="", lang="zh"
    )
    assert "截至核对日期未发现" in words(sheet)
    assert "（未填写）" in words(sheet)


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_speaks_for_itself(lang: str) -> None:
    for sheet in sheets(lang):
        text = words(sheet).replace("试验项目", "").replace("试验园区", "")
        text = (
            re.sub(r"[^\n]*(条例|法|办法|名录|标准|导则|通知|意见|指南|规范)[^\n]*", "", text) if lang == "en" else text
        )
        assert lang == "zh" or not re.findall("[\u4e00-\u9fff]", text)
        assert lang == "en" or not re.findall(r"\d{4}-\d\d-\d\d", text)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", [0, 1])
def test_html_is_one_well_formed_page(lang: str, number: int) -> None:
    page = html(sheets(lang)[number]).decode()
    assert page.startswith("<!DOCTYPE html>")
    body = page[page.index("<body>") : page.index("</html>")]
    body = body.replace("<br>", "<br/>").replace("<td class=n>", '<td class="n">')
    body = re.sub(r'<col style="([^"]*)">', r'<col style="\1"/>', body)
    ElementTree.fromstring(body)
    assert not re.findall(r'(?:src|href)="|@import|url\((?!#)', page)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", [0, 1])
def test_docx_opens_and_says_the_same(lang: str, number: int) -> None:
    library = pytest.importorskip("docx", reason="python-docx is not installed")
    sheet = sheets(lang)[number]
    data = docx(sheet)
    document = library.Document(BytesIO(data))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    text += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for section in sheet.sections:
        assert section.title in text
        for row in section.table.rows if section.table else ():
            for cell in row:
                assert cell in text
    assert document.core_properties.author == ""
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert "word/document.xml" in names
    assert (document.sections[0].page_width > document.sections[0].page_height) == sheet.wide


def test_the_flow_is_a_drawing_with_a_box_for_each_step() -> None:
    steps = steps_of(life())
    drawing = flow_svg(steps)
    root = ElementTree.fromstring(drawing)
    boxes = [node for node in root.iter() if "box" in node.get("class", "").split()]
    assert len(boxes) == len(steps)
    arrows = [node for node in root.iter() if node.get("class") == "arrow"]
    assert len(arrows) == len(steps) - 1
    width, height = map(float, root.get("viewBox", "").split()[2:])
    for box in boxes:
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height


def test_a_name_cannot_become_markup() -> None:
    found = life().model_copy(update={"project": "<script>alert(1)</script>&\"'"})
    page = html(notice_sheet(found, park="<b>", lang="zh")).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_days_as_an_office_writes_them() -> None:
    assert dated("自2026-03-01起至2026-12-31", "zh") == "自2026年3月1日起至2026年12月31日"
    assert dated("since 2026-03-01", "en") == "since 2026-03-01"


# --- calendar ---------------------------------------------------------------------------------------------------------


def test_the_calendar_keeps_to_the_standard() -> None:
    found = life()
    data = calendar(found)
    assert data == calendar(found)
    text = data.decode()
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    unfolded = text.replace("\r\n ", "")
    begins = [line for line in unfolded.split("\r\n") if line.startswith(("BEGIN:", "END:"))]
    stack: list[str] = []
    for line in begins:
        kind, name = line.split(":")
        if kind == "BEGIN":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == []
    uids = re.findall(r"UID:(\S+)", unfolded)
    assert len(uids) == len(set(uids)) > 0


def test_the_calendar_has_every_deadline_that_is_open() -> None:
    found = life()
    due = [duty for duty in found.duties if duty.due and duty.status != "met" and duty.owner != "authority"]
    text = calendar(found).decode().replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == len(due)
    for duty in due:
        assert duty.due is not None
        assert f"DTSTART;VALUE=DATE:{duty.due:%Y%m%d}" in text


def test_text_in_a_calendar_is_escaped() -> None:
    found = life().model_copy(update={"project": "甲;乙,丙\\丁\nEND:VCALENDAR"})
    text = calendar(found).decode().replace("\r\n ", "")
    assert "甲\\;乙\\,丙\\\\丁\\nEND:VCALENDAR" in text
    assert text.count("\r\nEND:VCALENDAR") == 1


def test_without_steps_the_process_sheet_says_so() -> None:
    nothing = follow(subject="park")
    sheet = process_sheet(nothing, park="示范园区")
    assert steps_of(nothing) == ()
    assert sheet.sections[0].text == ("由所填资料看，没有需要办理的环保手续。",)
    assert not any(section.table for section in sheet.sections)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("as_of", ["2025-01-20", "2026-11-24"])
def test_the_page_of_the_stamp_bears_text(number: int, as_of: str) -> None:
    library = pytest.importorskip("docx", reason="python-docx is not installed")
    found = life(as_of=as_of)
    sheet = (process_sheet, notice_sheet)[number](found, park="试验园区")
    body = list(library.Document(BytesIO(docx(sheet))).iter_inner_content())
    stamp = max(place for place, part in enumerate(body) if hasattr(part, "rows"))
    before = [part for part in body[:stamp] if hasattr(part, "rows") or part.text]
    last = before[-1]
    lines = [cell.paragraphs[0] for cell in last.rows[-1].cells] if hasattr(last, "rows") else [last]
    assert all(line.paragraph_format.keep_with_next for line in lines)
