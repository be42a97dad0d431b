from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from admission import Rulebook, load_rulebook
from admission.rulebook import shipped_paths

from .conftest import VALVE

Cli = Callable[..., Any]
POSITIONING = "PARK-SHIZHU-POS"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def done(result: Any) -> str:
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return str(result.stdout)


def wrong(result: Any, status: int = 1) -> str:
    assert result.exit_code == status
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return str(result.stderr)


def edit(name: str, cells: dict[str, object], sheet: str = "条目") -> None:
    book = load_workbook(name)
    for cell, value in cells.items():
        book[sheet][cell] = value
    book.save(name)


def decision(cli: Cli, *rules: str | Path) -> dict[str, Any]:
    options = [part for path in rules for part in ("--rules", path)]
    return dict(json.loads(done(cli("screen", VALVE, "--format", "json", *options))))


def test_export_change_import_and_screen(cli: Cli, folder: Path) -> None:
    """The park changes a row of its list in Excel; the decision follows."""
    assert done(cli("rules", "export", "xlsx", POSITIONING, "-o", "清单.xlsx")) == "已写入 清单.xlsx，6 条。\n"
    edit("清单.xlsx", {"D2": "禁止", "H2": "under(industry, '344', '401', '402', '409', '3443')", "Q2": "已核实"})
    output = done(cli("rules", "import", "xlsx", "清单.xlsx", "-o", "清单.yaml"))
    assert output.startswith("已写入 清单.yaml，6 条，全部通过检查。\n")
    assert f"规则库中已有 {POSITIONING}" in output
    for path in shipped_paths():
        shutil.copytree(path, folder / path.name)
    shutil.copy("清单.yaml", folder / "rules/positioning/shizhu.yaml")
    before = decision(cli)
    after = decision(cli, "rules", "negative_list")
    assert before["verdict"] != "reject"
    assert after["verdict"] == "reject"
    assert (f"{POSITIONING}-01", "hit") in {(finding["rule"], finding["outcome"]) for finding in after["findings"]}


def test_a_new_list_of_the_park_beside_the_shipped_rules(cli: Cli, folder: Path) -> None:
    output = done(cli("rules", "export", "xlsx", "--template", "--park", "shizhu", "-o", "清单.xlsx"))
    assert output == "已写入 清单.xlsx：空表，请从“文件”表填起。\n"
    errors = wrong(cli("rules", "import", "xlsx", "清单.xlsx", "-o", "清单.yaml"))
    assert [line.split(":")[0] for line in errors.splitlines()] == ["清单.xlsx 文件!B11", "清单.xlsx 文件!B14"]
    assert not Path("清单.yaml").exists()
    edit("清单.xlsx", {"B11": "2026-01-01", "B14": "园区管委会"}, sheet="文件")
    row = {"B": "不得使用涂料", "C": "第一条", "D": "禁止", "F": "生态环境", "H": "true", "Q": "已核实"}
    row |= {"R": "高", "S": "第1页"}
    edit("清单.xlsx", {f"{column}2": value for column, value in row.items()})
    output = done(cli("rules", "import", "xlsx", "清单.xlsx", "-o", "清单.yaml"))
    assert output.splitlines() == [
        "已写入 清单.yaml，1 条，全部通过检查。",
        "跳过只有编号和维度的第 3、4、5、6、7、8、9、10、11、12、13 行。",
        "1 处没有英文，英文输出用中文。",
        "使用：admission screen 项目.yaml --rules shipped --rules 清单.yaml",
    ]
    found = decision(cli, "shipped", "清单.yaml")
    assert found["verdict"] == "reject"
    assert "PARK-SHIZHU-SL-01" in {finding["rule"] for finding in found["findings"]}


def test_shipped_alone_is_the_shipped_rulebook(cli: Cli, rulebook: Rulebook) -> None:
    listed = [done(cli("rules", "list", "--format", "json", *rules)) for rules in ((), ("--rules", "shipped"))]
    assert listed[0] == listed[1]
    assert rulebook.sha256 in cli("rules", "check", "--rules", "shipped").stdout


def test_lists_of_every_layer_go_round_through_the_command_line(cli: Cli, rulebook: Rulebook, folder: Path) -> None:
    for path in shipped_paths():
        shutil.copytree(path, folder / path.name)
    folders = ("rules/positioning", "negative_list/parks", "negative_list/yangtze")
    found = [*(file for name in folders for file in (folder / name).rglob("*.yaml"))]
    found += [folder / "negative_list" / "national" / "environmental-code.yaml"]
    lists = [file for file in found if not file.name.endswith(".cases.yaml")]
    assert {yaml.safe_load(file.read_text(encoding="utf-8"))["layer"] for file in lists} == {"national", "city", "park"}
    for file in lists:
        name = yaml.safe_load(file.read_text(encoding="utf-8"))["edition"]
        done(cli("rules", "export", "xlsx", name, "-o", "a.xlsx"))
        done(cli("rules", "import", "xlsx", "a.xlsx", "-o", file))
    assert load_rulebook(folder / "rules", folder / "negative_list", cache=False).sha256 == rulebook.sha256


def test_pipes(cli: Cli, rulebook: Rulebook, folder: Path) -> None:
    result = cli("rules", "export", "xlsx", POSITIONING, "-o", "-")
    assert result.exit_code == 0
    assert load_workbook(io.BytesIO(result.stdout_bytes)).sheetnames[:2] == ["文件", "条目"]
    text = done(cli("rules", "import", "xlsx", "-", input=result.stdout_bytes))
    assert yaml.safe_load(text)["edition"] == POSITIONING
    edited = result.stdout_bytes[:1000]
    assert wrong(cli("rules", "import", "xlsx", "-", input=edited)).startswith("<stdin>: 读不出 Excel 工作簿：")


def test_all_errors_at_once_and_nothing_written(cli: Cli, folder: Path) -> None:
    done(cli("rules", "export", "xlsx", POSITIONING, "-o", "清单.xlsx"))
    edit("清单.xlsx", {"D2": "禁", "H3": "under(industry, 'x')", "A4": f"{POSITIONING}-01", "I7": "=A1", "S7": None})
    Path("清单.yaml").write_text("原来的内容", encoding="utf-8")
    errors = wrong(cli("rules", "import", "xlsx", "清单.xlsx", "-o", "清单.yaml"))
    places = [line.split(":")[0] for line in errors.splitlines()]
    assert places == [f"清单.xlsx 条目!{cell}" for cell in ("D2", "H3", "A4", "I7", "S7")]
    assert Path("清单.yaml").read_text(encoding="utf-8") == "原来的内容"
    english = wrong(cli("rules", "import", "xlsx", "清单.xlsx", "--lang", "en"))
    assert "清单.xlsx 条目!I7: 应满足的条件: it is a formula; expected plain content" in english


def test_ids_that_went_are_named(cli: Cli, folder: Path) -> None:
    done(cli("rules", "export", "xlsx", POSITIONING, "-o", "a.xlsx"))
    book = load_workbook("a.xlsx")
    book["条目"].delete_rows(2)
    book.save("a.xlsx")
    output = done(cli("rules", "import", "xlsx", "a.xlsx", "-o", "a.yaml", "--lang", "en"))
    assert f"{POSITIONING}-01 are gone" in output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("NO-SUCH", "-o", "a.xlsx"), 1, "没有编号为“NO-SUCH”的清单；应为 "),
        (("CN-EIA-2021", "-o", "a.xlsx"), 1, "没有编号为“CN-EIA-2021”的清单"),
        ((POSITIONING,), 2, "--output"),
        (("-o", "a.xlsx"), 2, "--template"),
        ((POSITIONING, "--template", "--park", "shizhu", "-o", "a.xlsx"), 2, "--template"),
        ((POSITIONING, "--park", "shizhu", "-o", "a.xlsx"), 2, "--park"),
        (("--template", "-o", "a.xlsx"), 2, "--park"),
        (("--template", "--park", "天上", "-o", "a.xlsx"), 2, "天上"),
        ((POSITIONING, "-o", "nosuch/a.xlsx"), 1, "nosuch/a.xlsx: 无法写入"),
    ],
)
def test_wrong_usage_of_export(cli: Cli, folder: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    assert words in wrong(cli("rules", "export", "xlsx", *arguments), status)
    assert not Path("a.xlsx").exists()


def test_a_list_with_duties_is_not_exported(cli: Cli, folder: Path) -> None:
    for path in shipped_paths():
        shutil.copytree(path, folder / path.name)
    file = folder / "rules/positioning/shizhu.yaml"
    duty = """duties:
  - id: X-DUTY
    title: {zh: 甲, en: A}
    when: 'true'
    before: {zh: 乙, en: B}
    department: 经信
    cite: [{document: 丙, effective: {from: 2021-03-01}}]
    status: verified
    confidence: high
"""
    file.write_text(file.read_text(encoding="utf-8") + duty, encoding="utf-8")
    rules = ("--rules", "rules", "--rules", "negative_list")
    errors = wrong(cli("rules", "export", "xlsx", POSITIONING, "-o", "a.xlsx", *rules))
    assert f"版本 {POSITIONING} 里不只有清单条目" in errors


def test_what_a_cell_cannot_hold_is_told(cli: Cli, folder: Path) -> None:
    for path in shipped_paths():
        shutil.copytree(path, folder / path.name)
    file = folder / "rules/positioning/shizhu.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("article: 首位产业", f"article: {'长' * 33_000}"), encoding="utf-8")
    rules = ("--rules", "rules", "--rules", "negative_list")
    errors = wrong(cli("rules", "export", "xlsx", POSITIONING, "-o", "a.xlsx", *rules))
    assert errors.startswith(f"{POSITIONING}: {POSITIONING}-01.article: Excel 单元格存不下：")


@pytest.mark.parametrize("name", ["nosuch.xlsx", "."])
def test_a_workbook_that_cannot_be_read(cli: Cli, folder: Path, name: str) -> None:
    assert wrong(cli("rules", "import", "xlsx", name)).startswith(f"{name}: ")


@pytest.mark.parametrize("command", ["export", "import"])
def test_without_openpyxl(cli: Cli, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done(cli("rules", "export", "xlsx", POSITIONING, "-o", "a.xlsx"))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    target = (POSITIONING, "-o", "b.xlsx") if command == "export" else ("a.xlsx", "-o", "b.xlsx")
    assert "pip install 'admission[excel]'" in wrong(cli("rules", command, "xlsx", *target))
    assert not Path("b.xlsx").exists()
