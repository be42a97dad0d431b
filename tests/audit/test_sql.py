"""The exported view, run by real databases, gives the findings of `screen`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
import sqlglot

from admission import Project, Ruleset, screen
from admission.audit.engine import TRIGGERED, fixed_of, weight_of
from admission.audit.labels import cited
from admission.audit.sqlview import SQL_DIALECTS, sql_facts, sql_view
from admission.errors import InputError
from admission.logic.columnar import frame_value
from admission.logic.sql import Dialect
from admission.screening.verdict import contribution
from admission.vocabulary import Fact, FactType
from tests.audit.tables import Drawer
from tests.screening.documents import DEMO, NATIONAL, RULES, SHIZHU
from tests.servers import NEEDS_MYSQL, NEEDS_POSTGRES, mysql, postgres

TYPES: Mapping[Dialect, Mapping[FactType, str]] = {
    "postgres": {FactType.BOOL: "boolean", FactType.NUMBER: "double precision", FactType.DATE: "date"},
    "mysql": {FactType.BOOL: "boolean", FactType.NUMBER: "double", FactType.DATE: "date"},
}


def drawn(ruleset: Ruleset, seed: int, count: int) -> list[Project]:
    """Projects whose components state everything themselves: a table has one row per component."""
    names = {fact.name for fact in sql_facts(ruleset)}
    drawer, found = Drawer(ruleset.rulebook, seed), []
    for number in range(count):
        project = drawer.project(derived=0.1 if number % 3 == 0 else 0.0)
        parts = [
            part.model_copy(update={"facts": {n: v for n, v in {**project.facts, **part.facts}.items() if n in names}})
            for part in project.components
        ]
        found.append(project.model_copy(update={"facts": {}, "components": tuple(parts)}))
    return found


def statements(projects: Sequence[Project], facts: Sequence[Fact], dialect: Dialect, table: str) -> str:
    """The table with its rows."""
    quote, text = ('"', "text") if dialect == "postgres" else ("`", "text")
    kinds = [f"{quote}{fact.name}{quote} {TYPES[dialect].get(fact.type, text)}" for fact in facts]
    rows = [
        [project.name, part.name, *(frame_value(fact, given.get(fact.name)) for fact in facts)]
        for project in projects
        for part in project.components
        for given in ({**part.facts, "industry": part.industry, "activity": part.activity},)
    ]
    lines = ",\n".join(f"({', '.join(map(literal, row))})" for row in rows)
    columns = ", ".join(kinds)
    return (
        f"CREATE TABLE {table} (enterprise varchar(60), component varchar(60), {columns});\n"
        f"INSERT INTO {table} VALUES {lines};\n"
    )


def literal(cell: Any) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return repr(cell) if isinstance(cell, float) else "'" + str(cell).replace("'", "''") + "'"


Row = tuple[str | None, ...]


def expected(project: Project, ruleset: Ruleset) -> set[Row]:
    """Every column of the view from the findings of `screen`; one of the whole stands for every component."""
    try:
        decision = screen(project, ruleset)
    except InputError:
        return set()
    names = [part.name for part in project.components]
    weights = severities(ruleset)
    return {
        (
            name,
            finding.rule,
            str(finding.outcome),
            str(finding.effect),
            weights[finding.rule, str(finding.outcome)],
            finding.department,
            cited(finding.cite),
        )
        for finding in decision.findings
        if finding.outcome in TRIGGERED
        for name in ([finding.component] if finding.component else names)
    }


def severities(ruleset: Ruleset) -> dict[tuple[str, str], str]:
    """What each outcome of a clause asks of the verdict, as `screening` weighs it."""
    fixed = {(found.rule, str(found.outcome)): str(weight_of(found)) for found in fixed_of(ruleset)}
    items = (owned.rule for owned in ruleset.items)
    return fixed | {
        (item.id, str(outcome)): str(contribution(item, outcome)) for item in items for outcome in TRIGGERED
    }


def assert_same(projects: Sequence[Project], ruleset: Ruleset, rows: Sequence[Sequence[str | None]]) -> int:
    """How many projects contradict themselves; all others have the findings of `screen`."""
    found: defaultdict[str | None, set[Row]] = defaultdict(set)
    for enterprise, *cells in rows:
        found[enterprise].add(tuple(cells))
    contradicting = 0
    for project in projects:
        mine = found[project.name]
        if any(rule == "contradiction" for _, rule, *_ in mine):
            assert {rule for _, rule, *_ in mine} == {"contradiction"}
            with pytest.raises(InputError):
                screen(project, ruleset)
            contradicting += 1
        else:
            assert mine == expected(project, ruleset), project.name
    assert contradicting < len(projects)
    return contradicting


def check(ruleset: Ruleset, dialect: Dialect, query: Callable[[str], list[list[str | None]]], seed: int) -> int:
    projects, facts, table = drawn(ruleset, seed, 40), sql_facts(ruleset), f"t{seed}"
    query(statements(projects, facts, dialect, table) + sql_view(ruleset, dialect, table))
    return assert_same(projects, ruleset, query(f"SELECT * FROM {table}_findings;"))


@pytest.mark.postgres
@NEEDS_POSTGRES
def test_postgres() -> None:
    """The shipped rules of three places, and of one of them with other projects."""
    with postgres() as query:
        rulesets = (SHIZHU, DEMO, NATIONAL, SHIZHU)
        contradicting = [check(ruleset, "postgres", query, seed) for seed, ruleset in enumerate(rulesets, 1)]
        assert contradicting[-1] > 0


@pytest.mark.mysql
@NEEDS_MYSQL
def test_mysql() -> None:
    with mysql() as query:
        check(SHIZHU, "mysql", query, 1)


@pytest.mark.parametrize("dialect", SQL_DIALECTS)
def test_the_view_parses_and_names_what_it_reads(dialect: Dialect) -> None:
    """Also with few columns, quoted names of tables, and a day without a catalogue."""
    for day in (date(2026, 11, 24), date(2019, 1, 1)):
        ruleset = RULES.in_force("shizhu", on=day)
        text = sql_view(ruleset, dialect, "approval.projects", ["industry", "has_electroplating"])
        (tree,) = sqlglot.parse(text, dialect=dialect)
        assert tree is not None
        assert "projects_findings" in text
        assert ("has_electroplating" in {column.name for column in tree.find_all(sqlglot.exp.Column)}) == (
            day.year > 2019
        )
    assert "CN-YRPL-2020-26-2" in sql_view(SHIZHU, dialect, "t")


def test_other_databases_are_refused() -> None:
    other: Any = "oracle"
    with pytest.raises(ValueError, match="oracle"):
        sql_view(SHIZHU, other, "t")
