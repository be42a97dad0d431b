"""An audit of files: what it writes, that it writes all or nothing, and the workbook for people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from admission.audit.files import TABLES, Request, audit_files
from admission.audit.output import TableFile, ahead, in_background, staged
from admission.audit.workbook import read_ledger
from admission.errors import InputError
from tests.audit.tables import Drawer, columns, rows_of
from tests.screening.documents import RULES

DAY = date(2026, 11, 24)
DANGEROUS = ('=cmd|"/c calc"!A1', "+1+1", "-2", "@SUM(A1)", "\t=1", "http://example.org", "007")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """80 drawn enterprises with names that a spreadsheet might run, some of their components, some dates."""
    folder = tmp_path_factory.mktemp("tables")
    drawer = Drawer(RULES, seed=11)
    drawn = [drawer.project(0.01) for _ in range(80)]
    for number, name in enumerate(DANGEROUS):
        drawn[number] = drawn[number].model_copy(update={"name": name})
    enterprises, components = rows_of(drawn)
    for number, row in enumerate(enterprises):
        row["eia_approval_date"] = (None, "2020-01-01", "无")[number % 3]
    paths = {"enterprises": folder / "enterprises.csv", "components": folder / "components.csv"}
    for name, rows in (("enterprises", enterprises), ("components", components)):
        pl.DataFrame(columns(rows), strict=False).cast(pl.String).write_csv(paths[name])
    return paths


def request(tables: dict[str, Path], output: Path | None, **more: Any) -> Request:
    return Request(tables["enterprises"], "shizhu", DAY, output, components=tables["components"], **more)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_folder_of_tables(tables: dict[str, Path], tmp_path: Path, form: Any) -> None:
    told: list[int] = []
    summary = audit_files(request(tables, tmp_path / "out", form=form), RULES, told.append)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {*(f"{n}.{form}" for n in TABLES), "figures.json"}
    read = pl.read_parquet if form == "parquet" else pl.read_csv
    assert read(tmp_path / "out" / f"enterprises.{form}").height == 80
    figures = json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    assert figures == json.loads(json.dumps(summary.figures))
    assert sum(figures["verdicts"].values()) == figures["enterprises"] == 80
    assert told == [80]
    findings = read(tmp_path / "out" / f"findings.{form}")
    assert findings.height == sum(figures["findings"].values())


def test_single_files_and_none(tables: dict[str, Path], tmp_path: Path) -> None:
    summary = audit_files(request(tables, None), RULES)
    for suffix, read in ((".parquet", pl.read_parquet), (".csv", pl.read_csv)):
        audit_files(request(tables, tmp_path / f"findings{suffix}"), RULES)
        assert read(tmp_path / f"findings{suffix}").height == sum(summary.figures["findings"].values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.csv", "findings.parquet"]


def test_csv_and_parquet_say_the_same(tables: dict[str, Path], tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        audit_files(request(tables, tmp_path / form, form=form), RULES)
    one = pl.read_parquet(tmp_path / "parquet" / "findings.parquet").select(pl.all().cast(pl.String))
    other = pl.read_csv(tmp_path / "csv" / "findings.csv", infer_schema=False).select(pl.all().cast(pl.String))
    assert one.fill_null("").equals(other.fill_null(""))


# the workbook


@pytest.fixture(scope="module")
def workbook(tables: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "audit.xlsx"
    audit_files(request(tables, path, deadline=date(2027, 3, 31)), RULES)
    return path


def test_the_sheets_of_the_workbook(workbook: Path) -> None:
    book = load_workbook(workbook)
    assert book.sheetnames == [
        *("汇总", "问题台账", "违法情形", "义务期限", "企业结论", "判定明细"),
        *("待补充信息", "待补充指标", "待补充汇总", "废气排放企业", "数据质量"),
    ]
    assert book["企业结论"].max_row == 81
    assert len(book["汇总"]._charts) >= 4
    heads = [cell.value for cell in book["问题台账"][1]]
    assert heads[:8] == ["企业", "建设内容", "条款内容", "依据", "严重程度", "责任部门", "整改期限", "状态"]
    assert {row[7] for row in book["问题台账"].iter_rows(min_row=2, values_only=True)} == {"新增"}


def test_nothing_in_the_workbook_is_a_formula(workbook: Path) -> None:
    book = load_workbook(workbook)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    names = {row[1] for row in book["企业结论"].iter_rows(min_row=2, values_only=True)}
    assert {name.replace("\t", "\t") for name in DANGEROUS} <= names | {"\t=1"}


def test_the_ledger_comes_back_from_the_workbook(workbook: Path, tables: dict[str, Path], tmp_path: Path) -> None:
    """What people wrote into it counts: a deadline, and the state of a problem."""
    ledger = read_ledger(workbook)
    assert set(ledger["status"]) == {"new"}
    assert set(ledger["deadline"]) == {date(2027, 3, 31)}
    audit_files(request(tables, tmp_path / "again", previous=workbook), RULES)
    again = pl.read_parquet(tmp_path / "again" / "ledger.parquet")
    assert set(again["status"]) == {"open"}
    assert set(again["deadline"]) == {date(2027, 3, 31)}
    assert sorted(again["fingerprint"]) == sorted(ledger["fingerprint"])


def test_a_sheet_goes_on_in_another(tables: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more rows than a sheet takes; what three sheets cannot take is counted."""
    monkeypatch.setattr("admission.audit.workbook.MOST_ROWS", 60)
    path = tmp_path / "audit.xlsx"
    audit_files(request(tables, path), RULES)
    with CalamineWorkbook.from_path(str(path)) as book:
        assert {"企业结论", "企业结论2", "判定明细3"} <= set(book.sheet_names)
        assert "判定明细4" not in book.sheet_names
        rows = [len(book.get_sheet_by_name(name).to_python()) - 1 for name in ("企业结论", "企业结论2")]
        assert rows == [60, 20]
        texts = [str(cell) for row in book.get_sheet_by_name("汇总").to_python() for cell in row]
    assert any("判定明细" in text and "超出" in text for text in texts)


def test_a_workbook_without_a_ledger_is_told(tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(InputError, match="问题台账"):
        read_ledger(tmp_path / "other.xlsx")


# all or nothing


def test_what_fails_leaves_the_old_result(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "figures.json").write_text("old", encoding="utf-8")

    def fails() -> None:
        with staged(target, folder=True) as place:
            (place / "figures.json").write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (target / "figures.json").read_text(encoding="utf-8") == "old"
    with staged(target, folder=True) as place:
        (place / "figures.json").write_text("new", encoding="utf-8")
    assert (target / "figures.json").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(NotADirectoryError), staged(tmp_path / "out", folder=True):
        pass
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


SLOW = """
import sys, time
from datetime import date
from pathlib import Path
from admission import load_rulebook
from admission.audit import run
from admission.audit.files import TABLES, Request, audit_files
table, components, out = map(Path, sys.argv[1:])
run.Auditor.blocks.__defaults__ = (10,)
def slow(done):
    print(done, flush=True)
    time.sleep(0.2)
audit_files(Request(table, "shizhu", date(2026, 11, 24), out, components=components), load_rulebook(), slow)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killing_it_leaves_nothing_half_written(tables: dict[str, Path], tmp_path: Path, end: signal.Signals) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", SLOW, str(tables["enterprises"]), str(tables["components"]), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=os.getcwd()) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 40:
            pass
        assert [path.name[0] for path in tmp_path.iterdir()] == ["."]
        process.send_signal(end)
        process.wait(timeout=60)
    assert process.returncode != 0
    assert not out.exists()


def test_what_fails_in_the_background_is_raised() -> None:
    def fails() -> None:
        raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space"), in_background() as later:
        later(fails)


def test_one_item_is_made_while_the_last_is_used() -> None:
    made: list[int] = []

    def items() -> Any:
        for number in range(3):
            made.append(number)
            yield number

    seen = []
    for item in ahead(items()):
        deadline = time.monotonic() + 5
        while item < 2 and item + 1 not in made and time.monotonic() < deadline:
            time.sleep(0.001)
        seen.append((item, len(made)))
    assert [item for item, _ in seen] == [0, 1, 2]
    assert all(count > item for item, count in seen)


def test_an_empty_table_makes_files_with_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("enterprise,industry\n", encoding="utf-8")
    audit_files(Request(tmp_path / "t.csv", "shizhu", DAY, tmp_path / "out"), RULES)
    assert pl.read_parquet(tmp_path / "out" / "findings.parquet").columns[:3] == ["row", "enterprise", "component"]
    TableFile(tmp_path / "never.parquet", "parquet").close()
    assert not (tmp_path / "never.parquet").exists()
