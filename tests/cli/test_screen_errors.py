from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admission.cli import streams

from .conftest import EXAMPLES, VALVE

Cli = Callable[..., Any]
CONTRADICTION = "name: 甲\nindustry: ['3443']\nfacts: {has_chromium_passivation: true, has_passivation: false}\n"
FEW = """\
edition: X-SCORE
kind: score
layer: national
title: {zh: 评分, en: Score}
document: 评分
effective: {from: 2021-03-01, to: null}
provenance: 虚构
criteria:
  - {id: a, title: {zh: 甲, en: A}, weight: 100, basis: {zh: 乙, en: B}, points: [], otherwise: 0}
"""


def wrong(result: Any, status: int = 1) -> str:
    """The errors of a run that must fail in order: nothing on stdout, no traceback."""
    assert result.exit_code == status
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return str(result.stderr)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", r"in\.yaml: .*空"),
        (b"# only a remark\n", r"in\.yaml: .*空"),
        (b"name: [\n", r"in\.yaml:\d+: 语法错误"),
        (b"- 1\n", r"in\.yaml:1: "),
        (b"facts: {}\n", r"in\.yaml:1: .*name"),
        ("name: 甲\nfacts: {natur: new}\n".encode(), r"in\.yaml:2: .*natur.*nature"),
        ("name: 甲\nfacts: {land_area_mu: 三十}\n".encode(), r"in\.yaml:2: .*三十"),
        ("name: 甲\nindustry: ['9999']\n".encode(), r"in\.yaml:2: .*9999"),
        ("name: 甲\npark: 天上\n".encode(), r"in\.yaml:2: .*天上.*shizhu"),
        ("name: 甲\nas_of: 2026-02-30\n".encode(), r"in\.yaml:2: .*2026-02-30"),
        ("name: 阀门项目\n".encode("gbk"), r"in\.yaml: .*GBK"),
        ("name: 阀门项目\n".encode("utf-16"), r"in\.yaml: .*UTF-16"),
        (b"PK\x03\x04\xff\xfe\x00", r"in\.yaml: .*UTF-8"),
        (CONTRADICTION.encode(), r"in\.yaml: 甲\.有钝化工艺: 填报为"),
    ],
)
@pytest.mark.parametrize("by_pipe", [False, True])
def test_bad_content(cli: Cli, folder: Path, content: bytes, expected: str, by_pipe: bool) -> None:
    if by_pipe:
        errors = wrong(cli("screen", "-", input=content))
        assert re.search(expected.replace(r"in\.yaml", "<stdin>"), errors), errors
    else:
        (folder / "in.yaml").write_bytes(content)
        errors = wrong(cli("screen", "in.yaml"))
        assert re.search(expected, errors), errors


def test_all_errors_of_all_files_at_once(cli: Cli, folder: Path) -> None:
    (folder / "a.yaml").write_text("name: 甲\nfacts: {natur: new, land_area_mu: x}\n", encoding="utf-8")
    (folder / "b.yaml").write_text("---\nname: 乙\n---\nfacts: {}\n", encoding="utf-8")
    (folder / "c.yaml").write_text(CONTRADICTION, encoding="utf-8")
    errors = wrong(cli("screen", "a.yaml", VALVE, "nosuch.yaml", "b.yaml", folder, "c.yaml", "-o", "out.txt"))
    places = [line.split(": ")[0] for line in errors.splitlines()]
    assert places == ["a.yaml:2", "a.yaml:2", "nosuch.yaml", "b.yaml:4", str(folder), "c.yaml"]
    assert not (folder / "out.txt").exists()


def test_errors_in_english(cli: Cli, folder: Path) -> None:
    errors = wrong(cli("screen", "nosuch.yaml", folder, "--lang", "en")).splitlines()
    assert errors[0] == "nosuch.yaml: file not found; expected a readable file; check the path"
    assert errors[1].startswith(f"{folder}: is a folder; expected a file")


def test_below_a_file_there_is_nothing(cli: Cli, folder: Path) -> None:
    assert "读取失败" in wrong(cli("screen", f"{VALVE}/x"))


def test_a_file_without_permission(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert "没有读取权限" in wrong(cli("screen", "some.yaml"))


def test_a_name_that_no_file_can_have(cli: Cli) -> None:
    assert "找不到文件" in wrong(cli("screen", "a\0b"))


def test_a_strange_file_name_stays_on_its_line(cli: Cli) -> None:
    assert len(wrong(cli("screen", "a\nb\x1b[2J")).splitlines()) == 1


def test_a_closed_standard_input() -> None:
    failures = streams.Failures("zh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.sys, "stdin", None)
        assert streams.read("-", failures) is None
    assert failures._lines == ["<stdin>: 标准输入已关闭；应有内容；请用管道传入或写文件名"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [("nosuch/out.txt", "No such file or directory"), (".", "是文件夹"), (f"{VALVE}/x", "Not a directory")],
)
def test_an_output_that_cannot_be_written(cli: Cli, folder: Path, target: str, reason: str) -> None:
    errors = wrong(cli("screen", VALVE, "-o", target))
    assert errors == f"{target}: 无法写入：{reason}；应为可写的位置；请换一个\n"
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is a Linux device")
def test_a_full_device(cli: Cli) -> None:
    assert "No space left" in wrong(cli("screen", VALVE, "-o", "/dev/full"))
    assert cli("screen", VALVE, "-o", os.devnull).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing command"),
        (("nosuch",), "nosuch"),
        (("serve", "x.csv"), "serve"),
        (("serve", "--port", "x"), "--port"),
        (("ask",), "FILE"),
        (("screen",), "FILE"),
        (("screen", VALVE, "--format", "pdf"), "没有“pdf”这个选择；应为 text、json、docx、html 之一"),
        (("screen", VALVE, "--lang", "fr"), "应为 zh、en 之一"),
        (("screen", VALVE, "--as-of", "2026-02-30"), "日期“2026-02-30”不存在或写法不对"),
        (("screen", VALVE, "--as-of", "今天"), "2026-11-24"),
        (("screen", VALVE, "--park", "nosuch"), "没有园区“nosuch”；应为 demo、shizhu 之一"),
        (("screen", VALVE, "--nosuch"), "--nosuch"),
        (("screen", VALVE, "-o"), "-o"),
        (("screen", "-", "-"), "标准输入只能读一次"),
        (("industry",), "WORDS"),
        (("rules",), "Missing command"),
        (("rules", "list", "--kind", "law"), "没有“law”这个选择"),
        (("rules", "list", "--park", "nosuch"), "没有园区"),
        (("rules", "show"), "ID"),
        (("schema", "table"), "没有“table”这个选择"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str | Path, ...], words: str) -> None:
    assert words in wrong(cli(*arguments), 2)


@pytest.mark.parametrize(
    "command",
    [("screen", str(VALVE)), ("industry", "阀门"), ("rules", "list"), ("rules", "check"), ("schema", "project")],
)
def test_broken_rules_stop_every_command(cli: Cli, folder: Path, command: tuple[str, ...]) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "a.yaml").write_text("edition: X\nkind: list\n", encoding="utf-8")
    (folder / "rules" / "b.yaml").write_text("nonsense: true\n", encoding="utf-8")
    errors = wrong(cli(*command, "--rules", "rules"))
    assert "rules/a.yaml:" in errors
    assert "rules/b.yaml:" in errors


def test_rules_that_are_not_there(cli: Cli, folder: Path) -> None:
    assert "找不到" in wrong(cli("rules", "check", "--rules", "nosuch"))
    (folder / "empty").mkdir()
    assert wrong(cli("rules", "check", "--rules", "empty")).startswith("empty: ")


def test_a_vocabulary_alone_is_no_rulebook(cli: Cli) -> None:
    words = EXAMPLES.parents[1] / "rules" / "vocabulary"
    assert wrong(cli("rules", "check", "--rules", words)) == (
        f"{words}: 没有规则文件；应有版本说明和指标字典；请检查 --rules\n"
    )


def test_rules_without_the_facts_screening_needs(cli: Cli, folder: Path) -> None:
    (folder / "few.yaml").write_text(FEW, encoding="utf-8")
    assert wrong(cli("screen", VALVE, "--rules", "few.yaml")).splitlines() == [
        "few.yaml: 指标字典缺少 industry；研判离不开它；请把 rules/vocabulary 一并给出",
        "few.yaml: 指标字典缺少 activity；研判离不开它；请把 rules/vocabulary 一并给出",
    ]


def test_rules_that_cannot_be_read(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "rules/x.yaml")

    monkeypatch.setattr("admission.rulebook.load_rulebook", refuse)
    assert wrong(cli("screen", VALVE)).startswith("rules/x.yaml: 没有读取权限")
