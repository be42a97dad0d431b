"""`admission lifecycle`: the page, JSON, calendar and handouts, and what it says of wrong input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

Cli = Callable[..., Any]
FOLDER = Path(__file__).resolve().parents[2] / "examples" / "lifecycle"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "expected")
BROKEN = str(FOLDER / "06-production-before-acceptance.yaml")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_history_fits_the_page(cli: Cli, name: str, lang: str) -> None:
    result = cli("lifecycle", str(FOLDER / f"{name}.yaml"), "--lang", lang)
    assert result.exit_code == 0, result.stderr
    assert all(cell_len(line) <= 80 for line in result.stdout.splitlines())
    assert "\x1b" not in result.stdout
    assert "None" not in result.stdout


def test_the_page_says_what_is_broken(cli: Cli) -> None:
    text = cli("lifecycle", BROKEN).stdout
    for part in ("未验先投", "2025-03-01", "第十九条", "20–100 万元", "处罚时效", "待办事项"):
        assert part in text.replace("\n", "")


def test_json_is_the_result(cli: Cli) -> None:
    found = json.loads(cli("lifecycle", BROKEN, "--format", "json").stdout)
    assert [breach["id"] for breach in found["breaches"]] == ["production_before_acceptance"]
    assert {"id", "title", "due", "status", "cite"} <= found["duties"][0].keys()


def test_as_of_decides(cli: Cli) -> None:
    early = json.loads(cli("lifecycle", BROKEN, "--format", "json", "--as-of", "2024-12-15").stdout)
    assert (early["as_of"], early["breaches"]) == ("2024-12-15", [])


def test_the_law_of_the_day_and_the_lighter_law(cli: Cli) -> None:
    text = cli("lifecycle", str(FOLDER / "15-across-the-code.yaml")).stdout
    assert "从旧兼从轻" in text
    assert "即 6–30 万元" in text.replace("\n", "").replace(" " * 7, "")


def test_contradictions_changes_and_the_park(cli: Cli) -> None:
    assert "日期矛盾" in cli("lifecycle", str(FOLDER / "17-contradictory-dates.yaml")).stdout
    assert "重大变动逐项判定" in cli("lifecycle", str(FOLDER / "14-material-change.yaml")).stdout
    assert "对象：园区本身" in cli("lifecycle", str(FOLDER / "20-park-planning-eia.yaml")).stdout
    assert "口径" in cli("lifecycle", str(FOLDER / "05-fifth-anniversary.yaml")).stdout


def test_a_calendar_instead_of_the_page(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    result = cli("lifecycle", BROKEN, "--calendar", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("kind", "name", "start"),
    [
        ("flow", "a.docx", b"PK"),
        ("flow", "a.html", b"<!DOCTYPE"),
        ("flow", "a.svg", b"<svg"),
        ("notice", "a.docx", b"PK"),
        ("notice", "a.html", b"<!DOCTYPE"),
    ],
)
def test_a_handout_is_written(cli: Cli, tmp_path: Path, kind: str, name: str, start: bytes) -> None:
    if name.endswith("docx"):
        pytest.importorskip("docx", reason="python-docx is not installed")
    result = cli("lifecycle", BROKEN, "--handout", kind, "-o", str(tmp_path / name))
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--handout", "flow"),
        ("--handout", "notice", "-o", "x.svg"),
        ("--handout", "poster", "-o", "x.docx"),
        ("--subject", "town"),
        ("--park", "nowhere"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("lifecycle", BROKEN, *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: 甲\nmilestones:\n  - {event: eia_aproval, date: 2025-01-01}\n", "没有节点"),
        ("name: 甲\nmilestones:\n  - {event: eia_approval_date, date: 2025-13-01}\n", "不存在或写法不对"),
        ("name: 甲\n---\nname: 乙\n", "2 个项目"),
    ],
)
def test_wrong_input_is_named(cli: Cli, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    result = cli("lifecycle", str(file))
    assert result.exit_code == 1
    assert words in result.stderr
    assert f"{file}" in result.stderr


def test_a_missing_file(cli: Cli, tmp_path: Path) -> None:
    assert cli("lifecycle", str(tmp_path / "none.yaml")).exit_code == 1


def test_without_python_docx_it_says_what_to_install(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    result = cli("lifecycle", BROKEN, "--handout", "flow", "-o", str(tmp_path / "a.docx"))
    assert result.exit_code == 1
    assert "admission[docx]" in result.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_duty_of_the_page_can_be_looked_up(cli: Cli, lang: str) -> None:
    for name in ("CN-LIFE-EIA-APPROVAL", "cn-life-permit-valid#1", "CN-LIFE-J-OVER-PERMIT", "CN-LIFE-EIA-VALIDITY-682"):
        result = cli("rules", "show", name, "--lang", lang)
        assert result.exit_code == 0, result.stderr
        assert all(cell_len(line) <= 80 for line in result.stdout.splitlines())
    text = cli("rules", "show", "CN-LIFE-EIA-APPROVAL").stdout
    for part in ("未批先建", "第二十五条", "eia_approval_date", "20–100 万元"):
        assert part in text
    assert "CN-LIFE-PERMIT" in cli("rules", "show", "CN-LIFE-PERMITS").stderr


def test_a_park_has_no_process_sheet(cli: Cli, tmp_path: Path) -> None:
    result = cli(
        "lifecycle", str(FOLDER / "20-park-planning-eia.yaml"), "--handout", "flow", "-o", str(tmp_path / "f.docx")
    )
    assert result.exit_code != 0
    assert "--handout notice" in result.stderr
    assert not list(tmp_path.iterdir())


def test_two_days_that_contradict_each_other_are_asked_about_once(cli: Cli) -> None:
    text = cli("lifecycle", str(FOLDER / "17-contradictory-dates.yaml")).stdout
    assert text.replace("\n", "").count("请核对") == 2
