"""Tables as people keep them: encodings, headings, bad cells; no row is dropped and nothing goes untold."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from openpyxl import Workbook

from admission import audit_tables
from admission.audit.files import open_tables
from admission.audit.frames import run_tables
from admission.audit.reading import TableReader
from admission.audit.sources import column_letters
from admission.errors import InputError
from tests.screening.documents import RULES, SHIZHU

HEADS = (
    "企业名称",
    "industry",
    "建设性质",
    "has_electroplating",
    "溶剂型涂料用量 [t/a]",
    "氮氧化物",
    "eia_approval_date",
)
GOOD = ("甲厂", "C3443", "新建", "是", "12 t/a", "0.5", "2020-03-01")
PLANTED: Sequence[tuple[int, str, str]] = (
    (1, "9999", "unknown-code"),
    (1, "铸造", "unknown-code"),
    (1, "C344", ""),
    (1, "3443、33", ""),
    (1, "A3443", "unknown-code"),
    (2, "新盖", "unknown-member"),
    (2, "新建、重盖", "unknown-member"),
    (2, "无", ""),
    (3, "maybe", "wrong-type"),
    (3, "1", "wrong-type"),
    (3, "是否", "wrong-type"),
    (3, "不清楚", ""),
    (4, "十二", "wrong-type"),
    (4, "12 kg/d", "wrong-unit"),
    (4, "-3", "out-of-range"),
    (4, "1e999", "out-of-range"),
    (4, "1,200", ""),
    (4, "12吨/年", ""),
    (4, "2-3", "wrong-type"),
    (5, "nan", "wrong-type"),
    (5, "99999999", "out-of-range"),
    (5, "0.5 mg/m3", "wrong-unit"),
    (5, "待定", ""),
    (6, "2026-02-30", "bad-date"),
    (6, "去年", "bad-date"),
    (6, "2024/5/6", ""),
    (6, "2024年5月6日", ""),
    (6, "无", ""),
    (6, "20240506", "bad-date"),
    (0, "", "missing-key"),
)
"""Column, what a cell holds, and the code of what is wrong with it (nothing: it can be read)."""


def planted() -> list[list[str]]:
    """One row per planted cell, each else good and of its own name."""
    rows = []
    for number, (column, text, _) in enumerate(PLANTED):
        row = [f"企业{number}", *GOOD[1:]]
        row[column] = text
        rows.append(row)
    return rows


def expected_errors(first_line: int) -> list[tuple[str, str, str]]:
    return [
        (f"{column_letters(column)}{first_line + number}", text, code)
        for number, (column, text, code) in enumerate(PLANTED)
        if code
    ]


def run(path: Path, components: Path | None = None, milestones: Path | None = None) -> Any:
    tables = open_tables(path, components, milestones)
    reader = TableReader(RULES, tables["enterprises"], tables.get("components"), tables.get("milestones"))
    return run_tables(reader, SHIZHU, ["hit", "unmet", "unknown"])


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def errors_of(result: Any) -> list[tuple[str, str, str]]:
    return [(row["cell"], row["value"], row["code"]) for row in result.errors.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_planted_cell_is_told_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    assert sum(1 for *_, code in PLANTED if code) >= 20
    result = run(write_csv(tmp_path / "table.csv", [HEADS, *planted()], encoding))
    assert sorted(errors_of(result)) == sorted(expected_errors(2))
    assert result.enterprises.num_rows == len(PLANTED)
    assert all(row["reason"] for row in result.errors.to_pylist())


def test_every_planted_cell_is_told_in_a_workbook(tmp_path: Path) -> None:
    """With a title above the headings; places are those of the sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "企业"
    sheet.append(["石柱工业园区企业台账"])
    sheet.append([])
    sheet.append(list(HEADS))
    for row in planted():
        sheet.append(row)
    book.save(tmp_path / "table.xlsx")
    result = run(tmp_path / "table.xlsx")
    assert sorted(errors_of(result)) == sorted(expected_errors(4))
    assert {row["table"] for row in result.errors.to_pylist()} == {"企业"}
    assert result.enterprises.num_rows == len(PLANTED)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "parquet"])
def test_every_planted_cell_is_told_in_a_frame(tmp_path: Path, kind: str) -> None:
    table = {head: [row[at] or None for row in planted()] for at, head in enumerate(HEADS)}
    if kind == "parquet":
        pl.DataFrame(table).write_parquet(tmp_path / "table.parquet")
        result = run(tmp_path / "table.parquet")
    else:
        frame = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}[kind](table)
        result = audit_tables(frame, SHIZHU)
    errors = result.errors.to_dicts() if kind == "polars" else None
    if errors is None:
        errors = result.errors.to_dict("records") if kind == "pandas" else result.errors.to_pylist()
    assert sorted((e["cell"], e["value"], e["code"]) for e in errors) == sorted(expected_errors(2))


def test_typed_columns_are_taken_as_they_are() -> None:
    """Numbers, dates, lists and dictionaries need not be written as text; a code may be a number."""
    table = {
        "enterprise": ["甲", "乙", "丙"],
        "industry": [3443.0, 3391.0, None],
        "nature": [["new"], [], None],
        "has_electroplating": [True, None, False],
        "solvent_coating_t_per_year": [12, None, 3],
        "eia_approval_date": [dt.date(2020, 3, 1), None, dt.date(2030, 1, 1)],
        "furnace": [None, None, None],
    }
    del table["furnace"]
    text = {
        "enterprise": ["甲", "乙", "丙"],
        "industry": ["3443", "3391", None],
        "nature": ["new", "无", None],
        "has_electroplating": ["true", None, "false"],
        "solvent_coating_t_per_year": ["12", None, "3"],
        "eia_approval_date": ["2020-03-01", None, "2030-01-01"],
    }
    typed, plain = (audit_tables(pa.table(given), SHIZHU) for given in (table, text))
    assert typed.errors.num_rows == plain.errors.num_rows == 0
    assert typed.findings.to_pylist() == plain.findings.to_pylist()
    coded = pa.table(table)
    position = coded.schema.get_field_index("enterprise")
    coded = coded.set_column(position, "enterprise", coded["enterprise"].dictionary_encode())
    assert audit_tables(coded, SHIZHU).enterprises.to_pylist() == plain.enterprises.to_pylist()


def test_headings_that_cannot_be_used_are_told() -> None:
    table = {
        "企业": ["甲"],
        "天气": ["晴"],
        "has_electroplating": [True],
        "electroplating": [True],
        "report_hit": [True],
    }
    errors = audit_tables(pa.table(table), SHIZHU).errors.to_pylist()
    assert [(e["row"], e["cell"], e["code"]) for e in errors] == [
        (0, "B", "unknown-key"),
        (0, "D", "stated-twice"),
        (0, "E", "internal-fact"),
    ]


def test_a_table_without_names_keeps_its_rows() -> None:
    result = audit_tables(pa.table({"industry": ["3443", "3391"]}), SHIZHU)
    assert result.enterprises["row"].to_pylist() == [1, 2]
    assert [e["code"] for e in result.errors.to_pylist()] == ["missing-key"]


def test_ragged_and_empty_lines(tmp_path: Path) -> None:
    """A short row ends in unknown cells, a long one loses nothing that has a heading."""
    path = tmp_path / "table.csv"
    path.write_text("enterprise;industry;has_electroplating\n甲;3443\n乙;3443;是;多余\n;;\n", encoding="utf-8")
    result = run(path)
    assert result.enterprises.num_rows == 3
    assert result.enterprises["enterprise"].to_pylist() == ["甲", "乙", None]


def test_components_and_milestones_in_tables_of_their_own(tmp_path: Path) -> None:
    main = write_csv(tmp_path / "e.csv", [("enterprise", "建设性质"), ("甲", "新建"), ("乙", "新建"), ("乙", "新建")])
    parts = [("企业名称", "建设内容", "industry"), ("甲", "铸造", "3391"), ("甲", "", "3443"), ("丙", "x", "3443")]
    dated = [
        ("企业", "节点", "日期"),
        ("甲", "环评批复", "2020-01-01"),
        ("甲", "开张", "2020-01-01"),
        ("乙", "permit_issued", "x"),
    ]
    result = run(main, write_csv(tmp_path / "c.csv", parts), write_csv(tmp_path / "m.csv", dated))
    assert result.enterprises["components"].to_pylist() == [2, 1, 1]
    assert {row["component"] for row in result.findings.to_pylist()} >= {"铸造", "建设内容2"}
    told = {(e["table"], e["cell"], e["code"]) for e in result.errors.to_pylist()}
    assert ("c.csv", "A4", "unknown-reference") in told
    assert ("m.csv", "B3", "unknown-event") in told
    assert ("m.csv", "C4", "bad-date") in told
    assert ("e.csv", "A4", "workbook-cell") in told


def test_nested_components_are_those_of_a_table(tmp_path: Path) -> None:
    parts = [[{"component": "铸造", "industry": "3391"}, {"component": "喷涂", "industry": "bad"}], None, []]
    nested = pa.table({"enterprise": ["甲", "乙", "丙"], "industry": ["3443"] * 3, "components": parts})
    flat = pa.table({"enterprise": ["甲", "甲"], "component": ["铸造", "喷涂"], "industry": ["3391", "bad"]})
    one = audit_tables(nested, SHIZHU)
    other = audit_tables(nested.drop_columns("components"), SHIZHU, components=flat)
    assert one.findings.to_pylist() == other.findings.to_pylist()
    assert [(e["table"], e["row"], e["value"]) for e in one.errors.to_pylist()] == [("table.components", 1, "bad")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "file-empty"),
        ("utf16.csv", "enterprise\n甲".encode("utf-16"), "encoding"),
        ("noise.csv", bytes(range(256)) * 4, "encoding"),
        ("broken.parquet", b"PAR1 not really", "syntax"),
        ("broken.xlsx", b"PK\x03\x04 not really", "not-workbook"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_tables(tmp_path / name)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        open_tables(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(column: int, letters: str) -> None:
    assert column_letters(column) == letters
