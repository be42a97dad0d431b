"""An audit gives, row by row, what `screen` gives: verdict, classes, findings, needs, duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission import Project, Ruleset, audit, audit_tables
from admission.audit.engine import Engine
from admission.audit.machine import Choices
from admission.audit.projects import block_of, columns_of, project_at
from admission.audit.reading import Notes
from admission.audit.run import Auditor
from admission.errors import InputError
from admission.screening.facts import component_facts
from tests.audit.tables import Drawer, columns, found, rows_of, wanted
from tests.screening.documents import DEMO, DIVISIONS, NATIONAL, RULES, SHIZHU, codes_below, projects

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 24)
few = settings(max_examples=2, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large))
Table = Callable[[dict[str, list[Any]]], Any]


def as_pandas(table: dict[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in table.items()})


def as_polars(table: dict[str, list[Any]]) -> pl.DataFrame:
    return pl.DataFrame(table, strict=False)


def as_lazy(table: dict[str, list[Any]]) -> pl.LazyFrame:
    return as_polars(table).lazy()


def as_arrow(table: dict[str, list[Any]]) -> pa.Table:
    return as_polars(table).to_arrow()


def records(frame: Any) -> list[dict[str, Any]]:
    if isinstance(frame, pd.DataFrame):
        return frame.astype(object).to_dict("records")
    if isinstance(frame, pa.Table):
        return frame.to_pylist()
    return (frame.collect() if isinstance(frame, pl.LazyFrame) else frame).to_dicts()


def by_frames(projects: Sequence[Project], ruleset: Ruleset, make: Table) -> list[tuple[Any, ...] | None]:
    enterprises, components = map(columns, rows_of(projects))
    result = audit_tables(make(enterprises), ruleset, components=make(components))
    assert [row for row in records(result.errors) if row["code"] not in ("contradiction", "work-elsewhere")] == []
    assert len(records(result.enterprises)) == len(projects)
    return found(records(result.enterprises), records(result.findings))


def assert_same(projects: Sequence[Project], ruleset: Ruleset, make: Table) -> None:
    for project, mine in zip(projects, by_frames(projects, ruleset, make), strict=True):
        theirs = wanted(project, ruleset)
        assert mine == (theirs and theirs[:5]), project.name


@pytest.mark.parametrize("division", DIVISIONS)
@few
@given(draw=st.data())
def test_documents_of_every_manufacturing_division(draw: st.DataObject, division: str) -> None:
    make = (as_pandas, as_polars, as_lazy, as_arrow)[int(division) % 4]
    ruleset = (SHIZHU, SHIZHU, DEMO, NATIONAL)[int(division) % 4]
    drawn = draw.draw(st.lists(projects(codes_below([division]), ruleset=ruleset), min_size=5, max_size=5))
    named = [p.model_copy(update={"name": f"企业{number}"}) for number, p in enumerate(drawn)]
    assert_same(named, ruleset, make)


@pytest.mark.parametrize("make", [as_pandas, as_polars, as_lazy, as_arrow])
def test_whatever_a_table_may_hold(make: Table) -> None:
    """Contradictions, works elsewhere, nothing known of a component."""
    drawer = Drawer(RULES, seed=make.__name__.__len__())
    drawn = [drawer.project(derived=0.02 * (number % 3)) for number in range(60)]
    ruleset = RULES.in_force("shizhu", on=DAY)
    assert_same(drawn, ruleset, make)
    assert any(wanted(project, ruleset) is None for project in drawn)


def test_contradictions_are_told_as_screen_tells_them() -> None:
    drawer = Drawer(RULES, seed=11)
    drawn = [drawer.project(derived=0.03) for _ in range(80)]
    enterprises, components = map(columns, rows_of(drawn))
    result = audit_tables(as_arrow(enterprises), SHIZHU, components=as_arrow(components))
    told = [(row["row"], row["column"], row["code"], row["reason"]) for row in result.errors.to_pylist()]
    expected = []
    for row, project in enumerate(drawn, 1):
        try:
            component_facts(project, SHIZHU)
        except InputError as error:
            here = Notes()
            for problem in error.problems:
                here.add("", row, problem.field, "", "", problem)
            expected += [(row, each["column"], each["code"], each["reason"]) for each in here.entries]
    assert sorted(told) == sorted(expected)
    assert {code for _, _, code, _ in told} == {"contradiction", "work-elsewhere"}


@pytest.mark.parametrize(
    ("park", "day"),
    [("demo", date(2026, 3, 1)), (None, DAY), ("shizhu", date(2019, 1, 1)), ("shizhu", date(2020, 12, 31))],
)
def test_any_park_and_day(park: str | None, day: date) -> None:
    """Without a park, and before there was a catalogue, every enterprise has the findings that say so."""
    drawer = Drawer(RULES, seed=day.year)
    assert_same([drawer.project(0.02) for _ in range(25)], RULES.in_force(park, on=day), as_polars)


def test_duties_are_those_of_a_decision() -> None:
    drawer, ruleset = Drawer(RULES, seed=3), RULES.in_force("shizhu", on=DAY)
    drawn = [drawer.project() for _ in range(60)]
    engine = Engine(ruleset, columns_of(drawn))
    duties = engine.run(block_of(drawn, ruleset.vocabulary, defaultdict(Choices))).duties
    states = {0: None, 1: "unknown", 2: "pending"}
    seen = set()
    for position, project in enumerate(drawn):
        theirs = wanted(project, ruleset)
        for name, due in duties.items():
            if theirs is not None:
                assert states[int(due[position])] == theirs[5].get(name), (project.name, name)
                seen.add(int(due[position]))
    assert seen == {0, 1, 2}


def test_a_block_gives_back_its_projects() -> None:
    drawer = Drawer(RULES, seed=8)
    drawn = [drawer.project() for _ in range(30)]
    block = block_of(drawn, RULES.vocabulary, defaultdict(Choices))
    assert [project_at(block, position, RULES.vocabulary) for position in range(30)] == drawn


def test_findings_come_most_serious_first_and_narrowed() -> None:
    drawer = Drawer(RULES, seed=2)
    table = as_polars(columns(rows_of([drawer.project() for _ in range(40)])[0]))
    every = audit(table, SHIZHU)
    assert isinstance(every, pl.DataFrame)
    hits = audit(table, SHIZHU, outcomes=["hit"])
    assert hits.equals(every.filter(pl.col("outcome").cast(pl.String) == "hit").with_columns(hits["outcome"]))
    order = ["reject", "review", "incomplete", "conditional", "admit"]
    ranks = [
        (row, order.index(weight))
        for row, weight in every.select("row", pl.col("severity").cast(pl.String)).iter_rows()
    ]
    assert ranks == sorted(ranks)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same result whatever the size of a block."""
    drawer = Drawer(RULES, seed=4)
    enterprises, components = map(columns, rows_of([drawer.project() for _ in range(60)]))
    whole = audit_tables(as_arrow(enterprises), SHIZHU, components=as_arrow(components))
    monkeypatch.setattr(Auditor.blocks, "__defaults__", (7,))
    small = audit_tables(as_arrow(enterprises), SHIZHU, components=as_arrow(components))
    assert [t.to_pylist() for t in small] == [t.to_pylist() for t in whole]


def test_one_rulebook_for_several_parks() -> None:
    """Without a park of its own the audit takes that of each row."""
    drawer = Drawer(RULES, seed=6)
    drawn = [drawer.project() for _ in range(40)]
    parks = [("shizhu", "demo", None, "石柱工业园区", "nowhere")[number % 5] for number in range(40)]
    enterprises, components = map(columns, rows_of(drawn))
    result = audit_tables(as_arrow({**enterprises, "园区": parks}), NATIONAL, components=as_arrow(components))
    names = {"shizhu": SHIZHU, "demo": DEMO, RULES.parks["shizhu"].name.zh: SHIZHU}
    mine = found(result.enterprises.to_pylist(), result.findings.to_pylist())
    for project, park, answer in zip(drawn, parks, mine, strict=True):
        theirs = wanted(project, names.get(park or "", NATIONAL))
        assert answer == (theirs and theirs[:5])
    unknown = [row for row in result.errors.to_pylist() if row["code"] == "unknown-park"]
    assert {row["value"] for row in unknown} == set(parks) - {None, "shizhu", "demo"} - names.keys()


def test_other_things_are_no_table() -> None:
    with pytest.raises(TypeError, match="not a pandas, Polars, Arrow or Spark frame"):
        audit([{"enterprise": "a"}], SHIZHU)
