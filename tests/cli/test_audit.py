from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

Cli = Callable[..., Any]
TABLE = """企业名称,industry,建设性质,has_electroplating,溶剂型涂料用量,eia_approval_date,天气
甲厂,3443,新建,否,12 t/a,2020-01-01,晴
乙厂,3391,扩建,是,abc,无,雨
丙厂,,,,,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "enterprises.csv"
    path.write_text(TABLE, encoding="gbk")
    return path


def test_a_summary_on_the_screen(cli: Cli, table: Path, today: None) -> None:
    result = cli("audit", table, "--park", "shizhu")
    assert result.exit_code == 0, result.output
    assert "批量审计：3 家企业，2026-11-24" in result.stdout
    assert "enterprises.csv!G" in result.stdout
    assert "enterprises.csv!E3" in result.stdout
    english = cli("audit", table, "--park", "shizhu", "--lang", "en").stdout
    assert "Audit of 3 enterprises, 2026-11-24" in english


def test_figures_as_json(cli: Cli, table: Path, tmp_path: Path) -> None:
    printed = cli("audit", table, "--park", "shizhu", "--as-of", "2026-11-24", "--figures", "-").stdout
    figures = json.loads(printed)
    assert figures["enterprises"] == 3
    assert figures["errors"] == 2
    result = cli("audit", table, "--park", "shizhu", "--as-of", "2026-11-24", "--figures", tmp_path / "f.json")
    assert json.loads((tmp_path / "f.json").read_text(encoding="utf-8")) == figures
    assert "批量审计" in result.stdout


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_results_in_a_folder_and_looking_back(cli: Cli, table: Path, tmp_path: Path, form: str) -> None:
    arguments = ("audit", table, "--park", "shizhu", "--format", form)
    result = cli(*arguments, "-o", tmp_path / "first", "--as-of", "2026-10-01", "--deadline", "2026-12-31")
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "first") in result.stdout.replace("\n  ", "").replace("\n", "")
    again = cli(*arguments, "-o", tmp_path / "second", "--as-of", "2026-11-24", "--previous", tmp_path / "first")
    assert again.exit_code == 0, again.output
    read = pl.read_parquet if form == "parquet" else pl.read_csv
    ledgers = [read(tmp_path / name / f"ledger.{form}") for name in ("first", "second")]
    assert set(ledgers[0]["status"]) <= {"new"}
    assert set(ledgers[1]["status"]) <= {"open"}
    assert ledgers[0]["fingerprint"].sort().equals(ledgers[1]["fingerprint"].sort())


def test_a_workbook(cli: Cli, table: Path, tmp_path: Path) -> None:
    result = cli("audit", table, "--park", "shizhu", "-o", tmp_path / "audit.xlsx")
    assert result.exit_code == 0, result.output
    assert load_workbook(tmp_path / "audit.xlsx")["企业结论"].max_row == 4


def test_a_template(cli: Cli, tmp_path: Path) -> None:
    result = cli("audit", "--template", tmp_path / "t.xlsx", "--sectors", "33,34", "--park", "shizhu")
    assert result.exit_code == 0, result.output
    assert "企业" in load_workbook(tmp_path / "t.xlsx").sheetnames
    assert cli("audit", "--template", tmp_path / "t.xlsx", "--sectors", "ZZ").exit_code == 2


def test_wrong_usage_and_wrong_input(cli: Cli, table: Path, tmp_path: Path) -> None:
    assert cli("audit").exit_code == 2
    assert cli("audit", table, "--park", "nowhere").exit_code == 2
    missing = cli("audit", tmp_path / "none.csv")
    assert missing.exit_code == 1
    assert "none.csv" in missing.stderr
    (tmp_path / "file").write_text("x", encoding="utf-8")
    blocked = cli("audit", table, "-o", tmp_path / "file")
    assert blocked.exit_code == 1
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
    assert cli("audit", table, "--previous", tmp_path / "none").exit_code == 1


def test_impact(cli: Cli, table: Path, tmp_path: Path) -> None:
    days = ("--from", "2020-06-01", "--to", "2026-08-15", "--park", "shizhu")
    result = cli("impact", table, *days, "-o", tmp_path / "changes.csv")
    assert result.exit_code == 0, result.output
    assert "shizhu@2020-06-01 → shizhu@2026-08-15" in result.stdout
    assert "环评类别" in result.stdout
    changes = pl.read_csv(tmp_path / "changes.csv")
    assert set(changes["changed"]) >= {"verdict", "eia"}
    summary = json.loads(cli("impact", table, *days, "--format", "json").stdout)
    assert summary["enterprises"] == changes.filter(pl.col("changed") != "problems")["row"].n_unique()
    cli("impact", table, *days, "-o", tmp_path / "changes.parquet")
    assert pl.read_parquet(tmp_path / "changes.parquet").height == changes.height
    assert "EIA class" in cli("impact", table, *days, "--lang", "en").stdout


def test_impact_of_nothing_and_of_wrong_words(cli: Cli, table: Path, tmp_path: Path) -> None:
    same = cli("impact", table, "--from", "2026-08-15", "--to", "2026-08-15", "--park", "shizhu")
    assert "没有企业的结论或类别改变" in same.stdout
    assert cli("impact", table, "--from", "gestern", "--to", "2026-08-15").exit_code == 2
    assert cli("impact", tmp_path / "none.csv", "--from", "2026-08-14", "--to", "2026-08-15").exit_code == 1


def test_sql(cli: Cli, tmp_path: Path) -> None:
    arguments = ("rules", "export", "sql", "--table", "projects", "--park", "shizhu", "--as-of", "2019-01-01")
    for dialect in ("postgres", "mysql", "spark"):
        result = cli(*arguments, "--dialect", dialect)
        assert result.exit_code == 0, result.output
        assert "CREATE VIEW" in result.stdout
    cli(*arguments, "-o", tmp_path / "view.sql", "--columns", "industry, nature")
    assert "CREATE VIEW" in (tmp_path / "view.sql").read_text(encoding="utf-8")
    assert cli(*arguments, "--columns", "nonsense").exit_code == 2
