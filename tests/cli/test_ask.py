"""`admission ask`: one answer per line in a pipe, a conversation on a terminal, every answer saved."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from admission import Project, Rulebook, screen
from admission.screening.facts import component_facts
from admission.screening.interview import Phase, interview
from admission.vocabulary import Value
from tests.cli.conftest import BRIEF, EXAMPLES, VALVE
from tests.screening.interviewee import Knowing

Run = Callable[..., Any]
COMMAND = ("-c", "from admission.cli import main; main()")
CASTING = EXAMPLES / "precision-casting.yaml"
pytestmark = pytest.mark.usefixtures("today")


def conversation(cli: Run, file: Path, *answers: str, options: Sequence[str] = ()) -> str:
    found = cli("ask", file, *options, input="".join(f"{answer}\n" for answer in answers))
    assert found.exit_code == 0, found.output
    assert "Traceback" not in found.output
    text: str = found.output
    return text


def _written(value: Value | None) -> str:
    if value is None:
        return "不清楚"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(sorted(value)) or "无" if isinstance(value, frozenset) else str(value)


def test_a_new_file_from_the_name_to_the_decision(cli: Run, tmp_path: Path, rulebook: Rulebook) -> None:
    full = Project.from_yaml(CASTING, rulebook)
    ruleset = rulebook.in_force("shizhu", on=full.as_of or pytest.fail("no day"))
    user = Knowing(full, ruleset)
    (known,) = (part.values for part in component_facts(full, ruleset))
    lines = [_written(known[ask.key.fact]) for _, ask in user.interview(until=Phase.ADMISSION)]
    file = tmp_path / "new.yaml"
    shown = conversation(cli, file, full.name, "shizhu", "黑色金属铸造", "1", *lines, "否", "否")
    there, here = screen(full, ruleset), screen(Project.from_yaml(file, rulebook), ruleset)
    assert (here.verdict, here.eia.level, here.permit.level) == (there.verdict, there.eia.level, there.permit.level)
    assert "→ 已排除：不予入园" in shown
    assert "有条件入园" in shown[shown.index("----") :]
    assert "为什么问：可改变结论" in shown
    assert "已保存到" in shown


def test_the_end_of_the_input_saves_and_says_how_to_go_on(cli: Run, tmp_path: Path, rulebook: Rulebook) -> None:
    file = tmp_path / "new.yaml"
    shown = conversation(cli, file, "某阀门项目", "1", "3443", "否")
    assert f"admission ask{file}" in shown.replace("\n", "").replace(" ", "").replace("admissionask", "admission ask")
    assert "----" not in shown
    saved = Project.from_yaml(file, rulebook)
    assert (saved.name, saved.park, saved.components[0].industry) == ("某阀门项目", "demo", frozenset({"3443"}))
    again = conversation(cli, file)
    assert "已有 2 项答案" in again
    assert file.read_text().count("industry") == 1


def test_nothing_said_leaves_no_file(cli: Run, tmp_path: Path) -> None:
    conversation(cli, tmp_path / "new.yaml")
    conversation(cli, tmp_path / "new.yaml", "", "返回", "结束")
    assert not list(tmp_path.iterdir())


def test_back_not_known_skip_help_and_bad_answers(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    answers = [
        "某项目",
        "返回",
        "某阀门项目",
        "九",
        "不清楚",
        "阀门",
        "没有的",
        "阀门和旋塞",
        "1",
        "也许",
        "",
        "帮助",
        "跳过",
    ]
    shown = conversation(cli, file, *answers, "不清楚", "返回", "99", "新建", "结束")
    text = file.read_text()
    assert "name: 某阀门项目" in text
    assert "park" not in text
    assert "3443" in text
    for said in (
        "没有这个园区",
        "没有听懂“也许”",
        "没有收到回答",
        "怎么算：",
        "退回上一问",
        "没有选项“99”",
        "跳过了 1 项",
    ):
        assert said in shown


def test_what_is_not_known_is_kept_and_told_with_who_can_tell(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "brief.yaml"
    file.write_bytes(BRIEF.read_bytes())
    shown = conversation(cli, file, "不清楚", "结束")
    assert re.search("uses_high_pollution_fuel: 不清楚 +# 使用高污染燃料", file.read_text())
    assert "答“不清楚”、仍可能改变结果的 1 项" in shown
    assert "查能源消耗清单；可问生态环境部门" in shown
    second = conversation(cli, file, "结束")
    assert "第 1 问  是否使用《高污染燃料目录》" not in second


def test_comments_and_order_of_the_file_stay(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "brief.yaml"
    before = BRIEF.read_text()
    file.write_text(before)
    conversation(cli, file, "否")
    after = file.read_text().splitlines()
    (added,) = (line for line in after if line not in before.splitlines())
    assert added.split() == ["uses_high_pollution_fuel:", "false", "#", "使用高污染燃料"]
    assert [line for line in after if line in before.splitlines()] == before.splitlines()


def test_json_stays_json(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "brief.json"
    file.write_text('{"name": "某项目", "park": "shizhu", "components": [{"name": "车间"}]}')
    conversation(cli, file, "C3443", "否")
    assert '"industry": [\n        "3443"\n      ]' in file.read_text()
    assert '"uses_high_pollution_fuel": false' in file.read_text()


def test_an_answer_that_contradicts_another_is_refused_and_not_saved(
    cli: Run, tmp_path: Path, rulebook: Rulebook
) -> None:
    file = tmp_path / "brief.yaml"
    file.write_text("name: 某项目\npark: shizhu\nindustry: ['3443']\nfacts: {requires_gw_protection: false}\n")
    asks = interview(Project.from_yaml(file, rulebook), rulebook.in_force("shizhu", on=date(2026, 11, 24))).asks
    before = next(number for number, ask in enumerate(asks) if ask.key.fact == "has_tailings_pond")
    shown = conversation(cli, file, *["跳过"] * before, "是", "否")
    assert "和前面的回答矛盾" in shown
    assert "has_tailings_pond: false" in file.read_text()


def test_a_code_that_stays_coarse_is_not_asked_for_again(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    shown = conversation(cli, file, "某项目", "shizhu", "34", "34", "否")
    assert "这个代码还不够细" in shown
    again = conversation(cli, file, "不清楚", "否")
    assert "这个代码还不够细" in again
    assert "'34'" in file.read_text()


def test_a_finished_project_is_not_asked_about(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "valve.yaml"
    file.write_bytes(VALVE.read_bytes())
    shown = conversation(cli, file, "嗯", "否", "否")
    assert "入园时能定的都问完了：有条件入园" in shown
    assert "没有听懂“嗯”" in shown


def test_english(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    shown = conversation(cli, file, "A valve plant", "2", "3443", "no", "unknown", "stop", options=["--lang", "en"])
    assert "Why: it can change the verdict" in shown
    assert "Admit on conditions" in shown


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("two.yaml", "name: a\n---\nname: b\n", "有 2 个项目"),
        ("bad.yaml", "name: a\nfacts: {nonsense: 1}\n", "nonsense"),
        ("list.json", "[]", ""),
    ],
)
def test_a_file_that_cannot_be_asked_about(cli: Run, tmp_path: Path, name: str, content: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(content)
    found = cli("ask", file)
    assert (found.exit_code, file.read_text()) == (1, content)
    assert said in found.output
    assert "Traceback" not in found.output


def test_standard_input_and_places_that_cannot_be_written(cli: Run, tmp_path: Path) -> None:
    assert cli("ask", "-").exit_code == 1
    found = cli("ask", tmp_path / "no" / "such" / "folder.yaml", input="某项目\n")
    assert found.exit_code == 1
    assert "Traceback" not in found.output


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal needs POSIX")
def test_on_a_terminal(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    file = tmp_path / "new.yaml"
    environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
    child = pexpect.spawn(sys.executable, [*COMMAND, "ask", str(file)], env=environment, encoding="utf-8", timeout=60)
    for expected, typed in (
        ("项目名称是什么", "某阀门项目"),
        ("项目在哪个园区", "2"),
        ("国民经济行业", "阀门"),
        ("3443 阀门和旋塞制造", "1"),
        ("高污染燃料目录", "否"),
        ("新建、扩建", "1"),
        ("环境敏感区", "结束"),
    ):
        child.expect(expected)
        child.expect("›")
        child.sendline(typed)
    child.expect("资料不足")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "- new" in file.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal needs POSIX")
def test_control_c_on_a_terminal_keeps_what_was_answered(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    file = tmp_path / "new.yaml"
    child = pexpect.spawn(
        sys.executable, [*COMMAND, "ask", str(file)], env={**os.environ, "LC_ALL": "C.UTF-8"}, encoding="utf-8"
    )
    child.expect("项目名称是什么", timeout=60)
    child.sendline("某阀门项目")
    child.expect("项目在哪个园区")
    child.expect("›")
    child.sendintr()
    child.expect("已保存到")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert file.read_text() == "name: 某阀门项目\n"
