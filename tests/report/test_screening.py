"""The screening report: everything an office needs on paper, in Word and as a page that prints."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from typer.testing import CliRunner

from admission import Project, Rulebook, load_rulebook, screen
from admission.cli.app import app
from admission.report import Sheet, docx, html, screening_sheet

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


def sheet_of(stem: str, rulebook: Rulebook, lang: str = "zh", **changes: Any) -> Sheet:
    project = Project.from_yaml(EXAMPLES / f"{stem}.yaml", rulebook).model_copy(update=changes)
    ruleset = rulebook.in_force(project.park, on=date(2026, 11, 24))
    return screening_sheet(screen(project, ruleset, lang=lang), project, ruleset, lang=lang)


def titles(sheet: Sheet) -> list[str]:
    return [section.title for section in sheet.sections]


def words(sheet: Sheet) -> str:
    """All the text of the Word document, in tables too."""
    document = Document(BytesIO(docx(sheet)))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_an_admitted_project_has_conditions_in_an_annex(rulebook: Rulebook) -> None:
    sheet = sheet_of("valve-plant", rulebook)
    assert sheet.headline == ("研判结论", "有条件入园")
    assert titles(sheet) == [
        "一、主要依据",
        "二、环评和排污许可类别",
        "三、入园后各阶段须落实的条件",
        "四、须办理的环保手续",
        "五、契合度评分",
        "六、说明",
        "附表　各阶段须落实的条件",
    ]
    annex = sheet.sections[-1].table
    assert annex is not None
    assert f"下列 {len(annex.rows)} 条" in sheet.sections[2].text[0]
    text = words(sheet)
    assert text.index("研判单位：重庆石柱工业园区") < text.rindex("《生态环境法典》第一百二十三条第二款")
    for expected in (
        "3443 阀门和旋塞制造",
        "环境影响报告表",
        "登记管理",
        "2026年11月24日",
        "未发现触及禁止",
        "审核意见",
    ):
        assert expected in text


def test_a_rejected_project_has_remedies_and_no_conditions(rulebook: Rulebook) -> None:
    sheet = sheet_of("chemical-blender", rulebook)
    assert sheet.headline == ("研判结论", "不予入园")
    assert "若调整后获准入园，须办理的环保手续" in "".join(titles(sheet))
    assert not [title for title in titles(sheet) if "条件" in title]
    page = html(sheet).decode()
    for expected in (
        "《长江保护法》第二十六条第二款",
        "由“400 米”改为“1001 米”",
        "〔未核实〕",
        "整改：",
        "标有“未核实”的条款",
    ):
        assert expected in page
    assert "annex" not in page.split("</style>")[1]


def test_a_brief_says_what_is_missing_and_what_to_ask(rulebook: Rulebook) -> None:
    sheet = sheet_of("valve-plant-brief", rulebook)
    named = titles(sheet)
    assert "二、资料不足、尚不能判定的条款" in named
    asked = next(section for section in sheet.sections if "需补充的资料" in section.title)
    assert asked.text[0].startswith("1. 是否使用《高污染燃料目录》所列的燃料？（可查：能源消耗清单）")
    assert asked.text[-1].startswith("另有 ")
    text = words(sheet)
    assert "待定（环境影响报告书或环境影响报告表或不需环评）" in text
    assert "尚有事项未填" in text


def test_without_park_and_industry(rulebook: Rulebook) -> None:
    project = Project.model_validate({"name": "某项目", "components": ({"name": "某项目"},)})
    ruleset = rulebook.in_force(on=date(2026, 11, 24))
    sheet = screening_sheet(screen(project, ruleset), project, ruleset)
    facts = dict(sheet.particulars)
    assert facts["建设内容"] == "行业未填"
    assert facts["拟入园区"].startswith("未指定")
    assert facts["契合度"] == "没有适用的评分规则"
    assert "名录中没有对应的项目类别" in html(sheet).decode()


def test_breaches_stand_in_the_report(rulebook: Rulebook) -> None:
    from admission.lifecycle import screen as screen_with_life

    path = EXAMPLES.parent / "lifecycle" / "02-built-before-approval.yaml"
    project = Project.from_yaml(path, rulebook)
    assert project.as_of is not None
    ruleset = rulebook.in_force(project.park, on=project.as_of)
    sheet = screening_sheet(screen_with_life(project, ruleset), project, ruleset)
    (section,) = (section for section in sheet.sections if "涉嫌违法" in section.title)
    assert section.text[0].startswith("未批先建（自")


def test_english(rulebook: Rulebook) -> None:
    sheet = sheet_of("chemical-blender", rulebook, "en")
    assert sheet.headline == ("Verdict", "Reject")
    assert titles(sheet)[0] == "1. Why"
    assert words(sheet)


def test_what_a_user_writes_is_text(rulebook: Rulebook) -> None:
    page = html(sheet_of("valve-plant", rulebook, name="<script>alert(1)</script>")).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_the_command_writes_the_report(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"report.{suffix}"
    arguments = ["screen", str(EXAMPLES / "valve-plant.yaml"), "--format", suffix]
    found = CliRunner().invoke(app, [*arguments, "-o", str(out)])
    assert found.exit_code == 0, found.output
    assert out.read_bytes()[:4] == (b"PK\x03\x04" if suffix == "docx" else b"<!DO")
    assert CliRunner().invoke(app, arguments).exit_code == (2 if suffix == "docx" else 0)
    two = CliRunner().invoke(app, [*arguments, str(EXAMPLES / "auto-parts.yaml"), "-o", str(out)])
    assert two.exit_code == 2
    assert "报告一次只写一个项目" in two.output.replace("\n", "").replace(" ", "") or "报告" in two.output
