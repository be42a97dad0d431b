"""The exported view, run by real databases, gives the findings of `screen`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
import sqlglot

from admission import Decision, Project, Ruleset, screen
from admission.audit.engine import TRIGGERED, fixed_of, weight_of
from admission.audit.labels import cited
from admission.audit.sqlview import SQL_DIALECTS, sql_facts, sql_view, sql_views
from admission.errors import InputError
from admission.logic.columnar import frame_value
from admission.logic.sql import Dialect, column_name
from admission.rulebook import Catalogue
from admission.screening.classes import classifications, possible_classes
from admission.screening.facts import component_facts
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
    kinds = [f"{quote}{column_name(fact.name, dialect)}{quote} {TYPES[dialect].get(fact.type, text)}" for fact in facts]
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


def screened(project: Project, ruleset: Ruleset) -> Decision | None:
    """What `screen` says, None of what contradicts itself; questions and remedies would take most of the time."""
    try:
        with (
            patch("admission.screening.screen.remedies", lambda *given: ()),
            patch("admission.screening.screen.questions", lambda *given: ()),
        ):
            return screen(project, ruleset)
    except InputError:
        return None


def expected(project: Project, decision: Decision, ruleset: Ruleset) -> set[Row]:
    """Every column of the view from the findings of `screen`; one of the whole stands for every component."""
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
            ";".join(finding.needs),
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


Decisions = Sequence[tuple[Project, Decision | None]]
Cells = Sequence[str | None]


def assert_same(decisions: Decisions, ruleset: Ruleset, rows: Sequence[Cells]) -> None:
    """Every project has the findings of `screen`, one that contradicts itself nothing else."""
    found: defaultdict[str | None, list[Row]] = defaultdict(list)
    for enterprise, *cells in rows:
        found[enterprise].append(tuple(cells))
    for project, decision in decisions:
        mine = found[project.name]
        if decision is None:
            assert {rule for _, rule, *_ in mine} == {"contradiction"}
        else:
            assert len(mine) == len(set(mine))
            assert set(mine) == expected(project, decision, ruleset), project.name


def assert_same_classes(decisions: Decisions, ruleset: Ruleset, rows: Sequence[Cells]) -> None:
    """Every component has the classes that its own entries allow; none where the project contradicts itself."""
    wanted: set[Row] = set()
    for project, decision in decisions:
        if decision is None:
            wanted |= {(project.name, part.name, kind, None, None) for part in project.components for kind in Catalogue}
            continue
        for part in component_facts(project, ruleset):
            for kind, found in classifications(ruleset, (part,)).items():
                possible = possible_classes(found, kind)
                level = None if found is None else found.level
                wanted.add((project.name, part.name, kind.value, level, ";".join(possible)))
    assert set(map(tuple, rows)) == wanted
    assert len(rows) == len(wanted)


def assert_same_enterprises(decisions: Decisions, rows: Sequence[Cells]) -> None:
    """Every enterprise has the verdict and the classes of `screen`."""
    wanted: set[Row] = set()
    for project, decision in decisions:
        start = (project.name, str(len(project.components)))
        if decision is None:
            wanted.add((*start, *[None] * 6, "true"))
            continue
        classes = [cell for one in (decision.eia, decision.permit) for cell in (one.level, ";".join(one.possible))]
        wanted.add((*start, str(decision.verdict), ";".join(decision.possible_verdicts), *classes, "false"))
    assert {(*row[:-1], TRUTHS[str(row[-1]).lower()]) for row in rows} == wanted
    assert len(rows) == len(decisions)


TRUTHS = {"t": "true", "f": "false", "1": "true", "0": "false", "true": "true", "false": "false"}
"""How databases write what is true and what is not."""


def assert_all_same(
    projects: Sequence[Project], ruleset: Ruleset, view: Callable[[str], Sequence[Cells]]
) -> Counter[str | None]:
    """All views give what `screen` gives; how often each verdict came out, None for a contradiction."""
    decisions = [(project, screened(project, ruleset)) for project in projects]
    assert_same(decisions, ruleset, view("findings"))
    assert_same_classes(decisions, ruleset, view("classes"))
    assert_same_enterprises(decisions, view("enterprises"))
    return Counter(None if decision is None else str(decision.verdict) for _, decision in decisions)


def check(
    ruleset: Ruleset, dialect: Dialect, query: Callable[[str], list[list[str | None]]], seed: int
) -> Counter[str | None]:
    projects, facts, table = drawn(ruleset, seed, 40), sql_facts(ruleset), f"t{seed}"
    query(statements(projects, facts, dialect, table) + sql_view(ruleset, dialect, table))
    return assert_all_same(projects, ruleset, lambda view: query(f"{START[dialect]}SELECT * FROM {table}_{view};"))


START: Mapping[Dialect, str] = {"postgres": "SET jit = off;\n", "mysql": ""}
"""As the head of the file says: PostgreSQL would compile the views for longer than they run."""


@pytest.mark.postgres
@NEEDS_POSTGRES
def test_postgres() -> None:
    """The shipped rules of three places, one of them with other projects, and a day without a catalogue."""
    with postgres() as query:
        rulesets = (SHIZHU, DEMO, NATIONAL, RULES.in_force("shizhu", on=date(2019, 1, 1)), SHIZHU)
        verdicts = [check(ruleset, "postgres", query, seed) for seed, ruleset in enumerate(rulesets, 1)]
        assert verdicts[-1][None] > 0
        assert len(set[str | None]().union(*verdicts)) > 2


@pytest.mark.mysql
@NEEDS_MYSQL
def test_mysql() -> None:
    with mysql() as query:
        check(SHIZHU, "mysql", query, 1)


@pytest.mark.parametrize("dialect", SQL_DIALECTS)
def test_the_view_parses_and_names_what_it_reads(dialect: Dialect) -> None:
    """With few columns and quoted names of tables, on a day without a catalogue; the databases read today's rules."""
    ruleset = RULES.in_force("shizhu", on=date(2019, 1, 1))
    text = sql_view(ruleset, dialect, "approval.projects", ["industry", "has_electroplating"])
    trees = [tree for tree in sqlglot.parse(text, dialect=dialect) if tree is not None]
    assert len(trees) == len(sql_views(ruleset, dialect, "t"))
    for tree, suffix in zip(trees, ("facts", "findings", "classes", "enterprises"), strict=True):
        assert isinstance(tree, sqlglot.exp.Create), tree
        assert tree.this.name == f"projects_{suffix}"
        assert tree.this.db == "approval"
    read = {column.name for column in trees[0].find_all(sqlglot.exp.Column)}
    assert "industry" in read
    assert "has_electroplating" not in read


def test_only_the_columns_there_are_are_read() -> None:
    with_it, without = (
        sql_views(SHIZHU, "postgres", "t", ["industry", *more])[0] for more in (["has_electroplating"], [])
    )
    stated = (text.partition('FROM "t"')[0] for text in (with_it, without))
    assert ["has_electroplating AS" in text for text in stated] == [True, False]
    assert "CN-YRPL-2020-26-2" in sql_view(SHIZHU, "postgres", "t")


def test_other_databases_are_refused() -> None:
    other: Any = "oracle"
    with pytest.raises(ValueError, match="oracle"):
        sql_view(SHIZHU, other, "t")
