from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

Cli = Callable[..., Any]


def test_words_give_a_table(cli: Cli) -> None:
    result = cli("waste", "废切削液")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].split() == ["代码", "危险特性", "名称"]
    assert lines[1].startswith("HW09 ")
    assert lines[2].startswith("HW09 900-006-09  T ")
    assert all(cell_len(line) <= 80 for line in lines)
    assert "2024-12-31" in result.stdout


def test_english_words_find_too(cli: Cli) -> None:
    result = cli("waste", "cutting", "fluid", "--lang", "en")
    assert "Oil/water" in result.stdout
    assert "in force 2021-01-01" in result.stdout


@pytest.mark.parametrize("text", ["900-039-49", "HW49 900-039-49"])
def test_a_code_gives_itself_under_its_category(cli: Cli, text: str) -> None:
    rows = json.loads(cli("waste", text, "--format", "json").stdout)
    assert [(row["code"], row["category"]) for row in rows] == [("HW49", "HW49"), ("900-039-49", "HW49")]
    assert (rows[0]["english"], rows[0]["hazard"], rows[1]["hazard"]) == ("Other waste", None, "T")


def test_a_category_gives_its_codes(cli: Cli) -> None:
    rows = json.loads(cli("waste", "hw", "09", "--format", "json").stdout)
    assert [row["code"] for row in rows] == ["HW09", "900-005-09", "900-006-09", "900-007-09"]


@pytest.mark.parametrize("words", ["qqqq", "900-048-49", " "])
def test_nothing_found(cli: Cli, words: str) -> None:
    result = cli("waste", words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"admission waste: 国家危险废物名录（2021年版）中没有与“{words}”相符的废物")
