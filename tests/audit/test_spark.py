"""On a real local Spark an audit gives what it gives here, and the exported view and conditions run there too.

All that needs Spark stands in this file, so that a run of the tests starts one.
"""

from __future__ import annotations

import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from admission import audit, audit_tables
from admission.audit import audit_files, audit_on_spark
from admission.audit.files import Request
from admission.audit.frames import in_order
from admission.audit.sqlview import sql_facts, sql_views
from admission.logic.columnar import frame_value, schema
from tests.audit.lives import LifeDrawer, lived, milestone_rows, told
from tests.audit.tables import Drawer, columns, rows_of
from tests.audit.test_sql import assert_all_same, drawn
from tests.logic.test_databases import agrees
from tests.screening.documents import NATIONAL, RULES, SHIZHU
from tests.servers import missing

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(find_spec("pyspark") is None or missing("java"), reason="Spark (pyspark, java) is missing"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
DAY = date(2026, 11, 24)
VIEWS = ("facts", "findings", "classes", "enterprises")


@pytest.fixture(scope="module")
def tables() -> tuple[pa.Table, pa.Table]:
    """120 drawn enterprises and their components, unknowns, contradictions and a cell that cannot be read."""
    drawer = Drawer(RULES, seed=21)
    enterprises, components = rows_of([drawer.project(0.01) for _ in range(120)])
    for row in enterprises:
        row["nox_t_per_year"] = None if row["nox_t_per_year"] is None else str(row["nox_t_per_year"])
    enterprises[7]["nox_t_per_year"] = "viel"
    for number, row in enumerate(enterprises):
        row |= {
            "production_start": (None, "2024-05-01")[number % 2],
            "eia_approval_date": (None, "2023-01-01", "无")[number % 3],
        }
    first, second = (pl.DataFrame(columns(rows), strict=False).to_arrow() for rows in (enterprises, components))
    return first, second


def rows(table: pa.Table, *keys: str) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=lambda row: [str(row[key]) for key in keys])


def test_frames(spark: Any, tables: tuple[pa.Table, pa.Table]) -> None:
    ruleset = RULES.in_force("shizhu", on=DAY)
    here = audit_tables(tables[0], ruleset, components=tables[1])
    given = [spark.createDataFrame(table).repartition(3, "enterprise") for table in tables]
    ordered = pl.from_arrow(given[0].toArrow())
    assert isinstance(ordered, pl.DataFrame)
    numbers = {name: number for number, name in enumerate(ordered["enterprise"], 1)}
    there = audit_tables(given[0], ruleset, components=given[1].orderBy("enterprise", "component"))
    found = there.enterprises.toArrow()
    assert {row["enterprise"]: row["row"] for row in found.to_pylist()} == numbers
    same = {row["enterprise"]: {**row, "row": 0} for row in here.enterprises.to_pylist()}
    assert {row["enterprise"]: {**row, "row": 0} for row in found.to_pylist()} == same
    keys = ("enterprise", "rule", "component")
    mine, theirs = (in_order(table).drop_columns("row") for table in (here.findings, there.findings.toArrow()))
    assert rows(theirs, *keys) == rows(mine, *keys)
    told = sorted((row["value"], row["code"], row["reason"]) for row in there.errors.toArrow().to_pylist())
    assert told == sorted((row["value"], row["code"], row["reason"]) for row in here.errors.to_pylist())


def test_audit_gives_a_spark_frame(spark: Any) -> None:
    table = spark.createDataFrame([("甲", "3443", True)], ["企业", "industry", "has_electroplating"])
    found = audit(table, SHIZHU)
    assert found.columns == audit(table.toArrow(), SHIZHU).column_names
    assert sorted(found.toArrow()["rule"].to_pylist()) == sorted(audit(table.toArrow(), SHIZHU)["rule"].to_pylist())


def test_milestones_in_columns_and_in_a_frame_of_their_own(spark: Any) -> None:
    """Duties and breaches are those of `lifecycle`, as without Spark."""
    ruleset, drawer = RULES.in_force("shizhu", on=DAY), LifeDrawer(RULES, 22, DAY)
    drawn = [drawer.project() for _ in range(40)]
    enterprises, components = map(columns, rows_of(drawn))
    enterprises["permit_issued"] = [None] * 20 + ["2020-05-01"] * 20
    dated = columns(milestone_rows(drawn))
    one, other, third = (pl.DataFrame(table, strict=False).to_arrow() for table in (enterprises, components, dated))
    here = audit_tables(one, ruleset, components=other, milestones=third)
    frames = [spark.createDataFrame(table) for table in (one, other, third)]
    there = audit_tables(frames[0].coalesce(1), ruleset, components=frames[1], milestones=frames[2])
    for mine, theirs in ((here.duties, there.duties), (here.breaches, there.breaches)):
        found = theirs.toArrow()
        assert found.column_names == mine.column_names
        assert rows(found, "row", "duty", "since" if "since" in found.column_names else "due") == rows(
            mine, "row", "duty", "since" if "since" in mine.column_names else "due"
        )
    assert here.breaches.num_rows
    plain = drawn[:20]
    refuted = [at for at, row in enumerate(here.enterprises.to_pylist()) if row["contradicts"]]
    lines = told(40, there.duties.toArrow().to_pylist(), there.breaches.toArrow().to_pylist(), refuted)
    assert lines[:20] == [lived(project, ruleset) for project in plain]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_files(spark: Any, tables: tuple[pa.Table, pa.Table], tmp_path: Path, suffix: str) -> None:
    """The same tables, ledger and figures as without Spark."""
    for name, table in zip(("e", "c"), tables, strict=True):
        frame = pl.DataFrame(pl.from_arrow(table))
        write = frame.write_parquet if suffix == ".parquet" else frame.write_csv
        write(tmp_path / f"{name}{suffix}")
    made = {}
    for name, run in (("here", audit_files), ("there", audit_on_spark)):
        request = Request(tmp_path / f"e{suffix}", "shizhu", DAY, tmp_path / name, components=tmp_path / f"c{suffix}")
        run(request, RULES)
        made[name] = tmp_path / name
    figures = [json.loads((folder / "figures.json").read_text(encoding="utf-8")) for folder in made.values()]
    for found in figures:
        found["air"]["list"].sort(key=lambda row: row["row"])
    assert figures[0] == figures[1]
    keys = {"enterprises": ["row"], "findings": ["row", "rule", "component"], "ledger": ["fingerprint"]}
    keys |= {"duties": ["row", "duty"], "breaches": ["row", "breach", "duty"]}
    for table, names in keys.items():
        one, other = (read(folder / f"{table}.parquet").sort(names) for folder in made.values())
        assert one.equals(other), table


def read(path: Path) -> pl.DataFrame:
    """A Parquet file, or the parts that Spark wrote, all as text."""
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path).select(pl.all().cast(pl.String))


def test_the_views(spark: Any) -> None:
    """With the fewer rules of the country: Spark takes its time over wide plans."""
    ruleset = NATIONAL
    projects, facts = drawn(ruleset, 31, 30), sql_facts(ruleset)
    given = [
        (project.name, part.name, {**part.facts, "industry": part.industry, "activity": part.activity})
        for project in projects
        for part in project.components
    ]
    cells = {fact.name: [frame_value(fact, values.get(fact.name)) for *_, values in given] for fact in facts}
    names = {"enterprise": [row[0] for row in given], "component": [row[1] for row in given]}
    table = pl.DataFrame({**names, **cells}, schema={"enterprise": pl.String, "component": pl.String, **schema(facts)})
    spark.createDataFrame(table.to_arrow()).createOrReplaceTempView("t31")
    found = {}
    for name, text in zip(VIEWS, sql_views(ruleset, "spark", "t31"), strict=True):
        made = spark.sql(text.removeprefix(f"CREATE VIEW `t31_{name}` AS\n").rstrip(";\n"))
        found[name] = made.collect()
        spark.createDataFrame(found[name], made.schema).createOrReplaceTempView(f"t31_{name}")  # as a table would be

    def view(name: str) -> list[list[str | None]]:
        return [[_shown(cell) for cell in row] for row in found[name]]

    assert_all_same(projects, ruleset, view)


def test_conditions(spark: Any) -> None:
    agrees("spark", lambda sql: [[_shown(cell) for cell in row] for row in spark.sql(sql).collect()], examples=6)


def _shown(cell: object) -> str | None:
    return None if cell is None else str(cell)
