from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from admission import Rulebook
from admission.cli import streams

from .conftest import BLENDER, BRIEF, EXAMPLES, PUMP, VALVE

Cli = Callable[..., Any]
CHINESE = re.compile("[\u4e00-\u9fff]")
KEYS = [
    *("project", "park", "as_of", "verdict", "possible_verdicts", "findings", "eia", "permit", "score"),
    *("duties", "breaches", "questions", "remedies", "receipt"),
]


def in_order(text: str, parts: Sequence[str]) -> bool:
    """Do `parts` stand in `text` one after another, each at the start of a line?"""
    position = 0
    for part in parts:
        position = ("\n" + text).find("\n" + part, position)
        if position < 0:
            return False
    return True


def test_a_rejected_project(cli: Cli) -> None:
    result = cli("screen", BLENDER)
    assert result.exit_code == 0
    assert result.stderr == ""
    sections = [
        "年产5000吨涂料及清洗剂复配项目",
        "重庆石柱工业园区 · 2026-11-24",
        "结论：不予入园",
        "为什么",
        "  【禁止】长江干支流岸线1公里范围内禁止新建、扩建化工项目",
        "    依据：《中华人民共和国长江保护法》第二十六条第二款",
        "    理由：",
        "    整改：",
        "环评类别：环境影响报告表",
        "  第44项",
        "    涂料复配车间：环境影响报告表",
        "排污许可类别：",
        "契合度：",
        "若获准入，接下来要办",
        "改什么可以入园",
        "  1. 厂界距最近长江支流岸线距离（支流不分级）：由 400 米 改为 1001 米",
        "凭证：shizhu@2026-11-24",
    ]
    assert in_order(result.stdout, sections), result.stdout


def test_an_admitted_project(cli: Cli) -> None:
    result = cli("screen", PUMP)
    assert result.exit_code == 0
    sections = [
        "结论：准予入园",
        "为什么",
        "  没有条款禁止、限制本项目",
        "  有利的",
        "  其余：不涉及",
        "入园研判没有还要问的。",
        "环评类别：环境影响报告表",
        "排污许可类别：排污登记",
        "契合度：",
        "接下来要办",
        "  1. 开展验收监测（生态环境、已逾期）",
        "     时间：调试期间工况稳定时",
        "     依据：《",
        "违法情形",
        "凭证：",
    ]
    assert in_order(result.stdout, sections), result.stdout
    assert "改什么可以入园" not in result.stdout
    assert "补齐资料后" not in result.stdout


def test_a_project_admitted_on_conditions_says_which(cli: Cli) -> None:
    output = cli("screen", VALVE).stdout
    sections = [
        "结论：有条件入园",
        "为什么",
        "  入园条件",
        "    【环评与设计】",
        "    ……以及另外",
        "入园研判没有还要问的。",
    ]
    assert in_order(output, sections), output
    assert "可在环评、设计阶段回答" in output
    assert "因资料不足而待定" not in output


def test_a_brief_says_what_to_ask(cli: Cli) -> None:
    result = cli("screen", BRIEF)
    sections = [
        "结论：资料不足",
        "  补齐资料后可能为：准予入园 / 有条件入园 / 需人工研判 / 不予入园",
        "为什么",
        "  因资料不足而待定",
        "    【禁止】",
        "    ……以及另外",
        "接下来要问（共",
        "  1. ",
        "     能改变：结论、",
        "  8. ",
        "  还有",
        "环评类别：待定，可能为：环境影响报告书 / 环境影响报告表",
        "    阀门车间可能为：",
        "契合度：",
        "接下来要办",
        "  视类别和待补信息而定：",
    ]
    assert in_order(result.stdout, sections), result.stdout


def test_in_english(cli: Cli) -> None:
    result = cli("screen", BRIEF, "--lang", "en")
    sections = [
        "Chongqing Shizhu Industrial Park · 2026-11-24",
        "Verdict: Incomplete information",
        "  Once the facts are in, possible: Admit / ",
        "Why",
        "Ask next (",
        "EIA class: undecided, possible: EIA report",
        "Permit class: undecided",
        "Fit score: ",
        "What follows",
        "Receipt: shizhu@2026-11-24",
    ]
    assert in_order(result.stdout, sections), result.stdout
    headings = [line for line in result.stdout.splitlines()[1:] if line and not line.startswith(" ")]
    assert [line for line in headings if CHINESE.search(line)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_line_fits_80_cells_and_has_no_colour_or_box(cli: Cli, path: Path, lang: str) -> None:
    result = cli("screen", path, "--lang", lang)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if cell_len(line) > 80 or line != line.rstrip()] == []
    assert not re.search("[\x1b\r\u2500-\u257f]", result.stdout)
    assert "\n\n\n" not in result.stdout


def test_json_of_one_project_is_one_document(cli: Cli) -> None:
    result = cli("screen", VALVE, "--format", "json")
    decision = json.loads(result.stdout)
    assert list(decision) == KEYS
    assert decision["verdict"] == "conditional"
    assert result.stdout.startswith('{\n  "project"')
    assert result.stdout.endswith("}\n")
    assert cli("screen", VALVE, "--format", "json").stdout == result.stdout


def test_json_of_several_projects_is_lines(cli: Cli) -> None:
    result = cli("screen", VALVE, BLENDER, "--format", "json")
    lines = result.stdout.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["conditional", "reject"]
    assert all(list(json.loads(line)) == KEYS for line in lines)


def test_several_documents_in_one_file_are_lines_too(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    file.write_text('[{"name": "甲"}, {"name": "乙"}]', encoding="utf-8")
    lines = cli("screen", file, "--format", "json").stdout.splitlines()
    assert [json.loads(line)["project"] for line in lines] == ["甲", "乙"]


def test_several_texts_are_parted_by_a_rule(cli: Cli) -> None:
    output = cli("screen", VALVE, BLENDER).stdout
    first, second = output.split("-" * 80)
    assert first.startswith("年产12万台工业阀门项目")
    assert second.lstrip().startswith("年产5000吨涂料及清洗剂复配项目")


def test_standard_input(cli: Cli) -> None:
    result = cli("screen", "-", "--format", "json", input=VALVE.read_bytes())
    assert result.stdout == cli("screen", VALVE, "--format", "json").stdout


def test_json_lines_on_standard_input(cli: Cli) -> None:
    result = cli("screen", "-", "--format", "json", input='{"name": "甲"}\n{"name": "乙"}\n')
    assert len(result.stdout.splitlines()) == 2


def test_park_and_day_of_the_command_line_win(cli: Cli) -> None:
    result = cli("screen", VALVE, "--park", "demo", "--as-of", "2025-01-02", "--format", "json")
    decision = json.loads(result.stdout)
    assert (decision["park"], decision["as_of"]) == ("demo", "2025-01-02")
    assert decision["receipt"]["ruleset"] == "demo@2025-01-02"


@pytest.mark.usefixtures("today")
def test_without_a_day_it_is_today(cli: Cli) -> None:
    assert json.loads(cli("screen", "-", "--format", "json", input="name: 甲").stdout)["as_of"] == "2026-11-24"


def test_without_a_park_the_text_says_so(cli: Cli) -> None:
    output = cli("screen", "-", "--as-of", "2026-11-24", input="name: 甲").stdout
    assert "未指定园区，只用了全国适用的规则；加 --park 指定园区（demo、shizhu）。" in output
    assert "契合度：没有适用的评分规则。" in output


def test_before_any_law_the_classes_need_a_person(cli: Cli) -> None:
    output = cli("screen", VALVE, "--as-of", "1990-01-01").stdout
    assert in_order(output, ["结论：需人工研判", "为什么", "  【需人工研判】", "环评类别：待定", "  没有名录条目"])
    assert "没有其他手续" in output


@pytest.mark.parametrize(
    ("file", "status"),
    [(PUMP, 0), (VALVE, 0), (BLENDER, 3), (BRIEF, 3)],
    ids=["admit", "conditional", "reject", "incomplete"],
)
def test_strict(cli: Cli, file: Path, status: int) -> None:
    result = cli("screen", file, "--strict")
    assert result.exit_code == status
    assert result.stdout.startswith(cli("screen", file).stdout)


def test_strict_looks_at_every_project(cli: Cli) -> None:
    assert cli("screen", VALVE, BLENDER, "--strict").exit_code == 3


@pytest.mark.parametrize("form", ["text", "json"])
def test_output_file(cli: Cli, tmp_path: Path, form: str) -> None:
    target = tmp_path / "结果.txt"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    result = cli("screen", VALVE, "--format", form, "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text(encoding="utf-8") == cli("screen", VALVE, "--format", form).stdout
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_output_through_a_link_keeps_the_link(cli: Cli, tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    cli("screen", VALVE, "--output", link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("年产12万台")


def test_output_dash_is_standard_output(cli: Cli) -> None:
    assert cli("screen", VALVE, "-o", "-").stdout == cli("screen", VALVE).stdout


def test_a_failed_write_leaves_the_old_file(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.json"
    target.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streams.os, "replace", fail)
    result = cli("screen", VALVE, "-o", target)
    assert result.exit_code == 1
    assert result.stderr == f"{target}: 无法写入：No space left on device；应为可写的位置；请换一个\n"
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_rules_of_ones_own(cli: Cli) -> None:
    root = EXAMPLES.parents[1]
    whole = cli("screen", BLENDER, "--rules", root / "rules", "--rules", root / "negative_list", "--format", "json")
    assert whole.stdout == cli("screen", BLENDER, "--format", "json").stdout
    part = cli("screen", BLENDER, "--rules", root / "rules", "--format", "json")
    assert json.loads(part.stdout)["verdict"] != "reject"


def test_a_name_cannot_steer_the_terminal(cli: Cli, rulebook: Rulebook) -> None:
    output = cli("screen", "-", input='name: "\\u202e甲\\nb"').stdout
    assert output.splitlines()[0] == "\ufffd甲 b"
