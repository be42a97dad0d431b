"""`admission rules test`, `coverage`, `mutate` and what `check` adds to loading."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rulebook.sources import BASE

Cli = Callable[..., Any]
CASES = """\
cases:
  - name: 岸线一公里
    as_of: 2024-01-01
    given: {bank_distance_m: 1000}
    expect: {NAT-01: hit}
  - name: 岸线一公里外
    as_of: 2024-01-01
    given: {bank_distance_m: 1001}
    expect: {NAT-01: clear}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The small rulebook with two cases beside its lists, free of gaps."""
    folder = tmp_path / "base"
    shutil.copytree(BASE, folder)
    eia = folder / "eia.yaml"
    eia.write_text(eia.read_text(encoding="utf-8").replace("from: 2027-01-01", "from: 2026-01-01"), encoding="utf-8")
    (folder / "lists.cases.yaml").write_text(CASES, encoding="utf-8")
    return folder


def test_cases_that_pass(cli: Cli, rules: Path) -> None:
    result = cli("rules", "test", "--rules", rules)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "base/lists.cases.yaml：2 个相符，0 个不符\n\n案例：2 个相符，0 个不符\n"


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "NAT-01：应为 clear，得到 hit"), ("en", "NAT-01: expected clear, found hit")]
)
def test_a_difference_is_told_with_file_and_line(cli: Cli, rules: Path, lang: str, told: str) -> None:
    cases = rules / "lists.cases.yaml"
    cases.write_text(CASES.replace("NAT-01: hit", "NAT-01: clear"), encoding="utf-8")
    result = cli("rules", "test", "--rules", rules, "--lang", lang)
    assert result.exit_code == 1
    assert "  base/lists.cases.yaml:5: 岸线一公里\n" in result.stdout
    assert told in result.stdout


def test_facts_not_asked_for_and_contradictions_are_told(cli: Cli, rules: Path) -> None:
    text = CASES.replace("{bank_distance_m: 1001}", "{}").replace("clear}", "unknown}\n    needs: [has_boiler]")
    text = text.replace("{bank_distance_m: 1000}", "{is_large: false, coating_t_per_year: 10}")
    (rules / "lists.cases.yaml").write_text(text, encoding="utf-8")
    result = cli("rules", "test", "--rules", rules)
    assert result.exit_code == 1
    assert "没有询问 has_boiler；询问的是 bank_distance_m" in result.stdout
    assert "base/lists.cases.yaml:2: " in result.stdout
    assert "规模大" in result.stdout


def test_a_word_picks_cases(cli: Cli, rules: Path) -> None:
    assert "案例：1 个相符" in cli("rules", "test", "--rules", rules, "-k", "公里外").stdout
    assert "案例：2 个相符" in cli("rules", "test", "--rules", rules, "-k", "nat-01").stdout
    assert cli("rules", "test", "--rules", rules, "-k", "没有").stdout == "案例：0 个相符，0 个不符\n"


def test_paths_pick_case_files(cli: Cli, rules: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine.cases.yaml"
    other.write_text(CASES.partition("  - name: 岸线一公里外")[0], encoding="utf-8")
    assert "案例：1 个相符" in cli("rules", "test", other, "--rules", rules).stdout
    assert "案例：2 个相符" in cli("rules", "test", rules / "lists.yaml", "--rules", rules).stdout
    assert cli("rules", "test", tmp_path / "none.cases.yaml", "--rules", rules).exit_code == 1


def test_every_mistake_of_a_case_file_is_told(cli: Cli, rules: Path) -> None:
    text = CASES.replace("NAT-01: hit", "NAT-1: hit").replace("1001", "far")
    (rules / "lists.cases.yaml").write_text(text, encoding="utf-8")
    for command in ("test", "coverage", "mutate", "check"):
        result = cli("rules", command, "--rules", rules)
        assert (result.exit_code, result.stdout) == (1, "")
        assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
            "base/lists.cases.yaml:5",
            "base/lists.cases.yaml:8",
        ]


def test_the_shipped_cases_pass(cli: Cli) -> None:
    result = cli("rules", "test", "-k", "PARK-SHIZHU-SCORE")
    assert result.exit_code == 0, result.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_coverage(cli: Cli, rules: Path, lang: str) -> None:
    result = cli("rules", "coverage", "--rules", rules, "--lang", lang)
    assert result.exit_code == 0
    assert "base/lists.yaml" in result.stdout
    assert "NAT-01" in result.stdout
    assert ("没有案例" if lang == "zh" else "no case") in result.stdout


def test_coverage_as_json(cli: Cli, rules: Path) -> None:
    result = cli("rules", "coverage", "--rules", rules, "--format", "json")
    found = json.loads(result.stdout)
    assert list(found) == ["total", "reached", "files", "missing", "unreachable"]
    assert found["total"] - found["reached"] == len(found["missing"])
    own = [point for point in found["missing"] if point["rule"] == "NAT-01"]
    assert [(point["kind"], point["field"], point["value"]) for point in own] == [
        ("outcome", "", "unknown"),
        ("branch", "when", "unknown"),
    ]
    assert {point["at"] for point in own} == {"base/lists.yaml:9", "base/lists.yaml:15"}


def test_mutate(cli: Cli, rules: Path) -> None:
    result = cli("rules", "mutate", "lists.yaml", "--rules", rules)
    assert result.exit_code == 0
    assert "base/eia.yaml" not in result.stdout
    assert "NAT-01 when" not in result.stdout
    assert "CITY-01 when: bank_distance_m <= 2000 → bank_distance_m <" in result.stdout
    assert list(rules.parent.glob("*.md")) == []


def test_mutate_writes_only_when_asked(cli: Cli, rules: Path, tmp_path: Path) -> None:
    page = tmp_path / "quality.md"
    assert cli("rules", "mutate", "--rules", rules, "--limit", "1", "--write", page).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "| `base/lists.yaml` | 2 |" in text
    page.write_text(text + "\n看过。\n", encoding="utf-8")
    cli("rules", "mutate", "--rules", rules, "--limit", "1", "--write", page)
    assert page.read_text(encoding="utf-8") == text + "\n看过。\n"


def test_check_tells_what_does_not_hold(cli: Cli, rules: Path) -> None:
    lists = rules / "lists.yaml"
    text = lists.read_text(encoding="utf-8")
    result = cli("rules", "check", "--rules", rules)
    assert result.exit_code == 0
    assert "RIVER-01 没有案例" in result.stderr
    assert cli("rules", "check", "--rules", rules, "--strict").exit_code == 1
    lists.write_text(text.replace("must: furnace = 'electric'", "must: is_large and not is_large"), encoding="utf-8")
    result = cli("rules", "check", "--rules", rules)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "PARK-A-01.must: 没有任何填报能走到这一条件" in result.stderr


def test_the_command_reads_the_file_beside_the_page(cli: Cli, tmp_path: Path) -> None:
    judged = tmp_path / "quality.judged.yaml"
    judged.write_text("judged: 1\n", encoding="utf-8")
    page = tmp_path / "quality.md"
    result = cli("rules", "mutate", "edition.yaml", "--limit", "1", "--write", page)
    assert result.exit_code == 1
    assert "quality.judged.yaml:1" in result.stderr
    assert not page.exists()
