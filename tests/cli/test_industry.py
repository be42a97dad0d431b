from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from admission import Rulebook

Cli = Callable[..., Any]


def test_words_give_a_table(cli: Cli) -> None:
    result = cli("industry", "阀门")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].split() == ["代码", "名称", "上级"]
    assert lines[1].startswith("3443  阀门和旋塞制造")
    assert all(cell_len(line) <= 80 for line in lines)
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("code", ["344", "C344", " c344 "])
def test_a_code_gives_itself_and_what_is_below(cli: Cli, code: str) -> None:
    rows = json.loads(cli("industry", code, "--format", "json").stdout)
    assert rows[0] == {"code": "344", "name": "泵、阀门、压缩机及类似机械制造", "path": ["制造业", "通用设备制造业"]}
    assert [row["code"] for row in rows[1:]] == ["3441", "3442", "3443", "3444", "3445", "3446"]


def test_a_section_letter_gives_its_divisions(cli: Cli) -> None:
    rows = json.loads(cli("industry", "c", "--format", "json").stdout)
    assert (rows[0]["code"], rows[0]["path"], rows[1]["code"]) == ("C", [], "13")


def test_several_words_narrow(cli: Cli) -> None:
    rows = json.loads(cli("industry", "金属", "铸造", "--format", "json").stdout)
    assert {"3391", "3392"} <= {row["code"] for row in rows}


def test_long_names_take_a_line_of_their_own(cli: Cli, rulebook: Rulebook) -> None:
    codes = rulebook.vocabulary.codes
    code = max(codes.table, key=lambda code: cell_len(codes.name(code)))
    assert cell_len(codes.name(code)) > 40
    lines = cli("industry", code, "--lang", "en").stdout.splitlines()
    assert lines[0].split() == ["Code", "Name", "Above"]
    assert lines[1].startswith(f"{code}   {codes.name(code)[:10]}")
    assert any(line.startswith(" " * 40) for line in lines[2:])
    assert all(cell_len(line) <= 80 for line in lines)


@pytest.mark.parametrize("words", ["qqqq", "9999", " "])
def test_nothing_found(cli: Cli, words: str) -> None:
    result = cli("industry", words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"admission industry: GB/T 4754-2017 中没有与“{words}”相符的行业")
