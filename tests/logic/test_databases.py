"""The SQL of each dialect, run by the real engine where it is installed, against the evaluator.

Each engine is a throw-away: a PostgreSQL cluster or MySQL/MariaDB server on a socket in a temporary folder;
the test on a local Spark stands in `tests/audit/test_spark.py`. Facts are not stored; they stand in the query as
`SELECT … UNION ALL SELECT …`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from sqlglot import exp, parse_one

from admission.logic.columnar import frame_value
from admission.logic.evaluate import evaluate
from admission.logic.nodes import Compare, Constant, Expr, walk
from admission.logic.parse import parse
from admission.logic.sql import DIALECTS, Dialect, to_expression
from admission.logic.types import check
from admission.vocabulary import FactType, Value
from tests.logic.strategies import FACTS, HUGE, TREACHEROUS, VOCABULARY, Row, Sample, expected, samples
from tests.servers import NEEDS_MYSQL, NEEDS_POSTGRES, Query, mysql, postgres

TYPES = {FactType.BOOL: "boolean", FactType.NUMBER: "double", FactType.DATE: "date"}
OVERFLOW = Sample(
    tuple(parse(f"output_t {op} storage_t") for op in "+-*/"),
    tuple({"output_t": left, "storage_t": right} for left in HUGE for right in HUGE),
)


def table(rows: Sequence[Row], dialect: Dialect) -> exp.Expr:
    """The facts of `rows` as one query, numbers written as text so that no digit is lost."""
    selects = [_row(number, row, dialect) for number, row in enumerate(rows)]
    return exp.union(*selects, distinct=False) if len(selects) > 1 else selects[0]


def _row(number: int, row: Row, dialect: Dialect) -> exp.Select:
    columns: list[exp.Expr] = [exp.alias_(exp.Literal.number(number), "row_number_")]
    for name, fact in FACTS.items():
        cell = frame_value(fact, row.get(name))
        kind = TYPES.get(fact.type, "char" if dialect == "mysql" else "text")
        if cell is None and kind == "boolean" and dialect == "mysql":
            kind = "bigint"
        literal = exp.Boolean(this=cell) if isinstance(cell, bool) else exp.Null() if cell is None else _text(cell)
        columns.append(exp.alias_(literal if isinstance(cell, bool) else exp.cast(literal, kind), name, quoted=True))
    return exp.select(*columns)


def _text(cell: float | str | date) -> exp.Expr:
    return exp.Literal.string(repr(cell) if isinstance(cell, float) else str(cell))


def statement(sample: Sample, dialect: Dialect) -> str:
    """One query: a row per fact row, a column per tree."""
    wanted = [exp.alias_(to_expression(tree, dialect), f"c{number}") for number, tree in enumerate(sample.trees)]
    facts = exp.Subquery(this=table(sample.rows, dialect), alias=exp.to_identifier("facts"))
    return exp.select(*wanted).from_(facts).order_by("row_number_").sql(dialect)


def computed(sample: Sample, dialect: Dialect, query: Query) -> list[list[Value | None]]:
    """What the engine answers, one list per tree, read with the types the evaluator gives."""
    lines = query(statement(sample, dialect))
    assert len(lines) == len(sample.rows)
    return [
        [_value(line[number], evaluate(tree, row)) for line, row in zip(lines, sample.rows, strict=True)]
        for number, tree in enumerate(sample.trees)
    ]


def _value(cell: str | None, like: Value | None) -> Value | None:
    if cell is None:
        return None
    match like:
        case bool():
            return cell.lower() in ("t", "true", "1")
        case float():
            return float(cell)
        case date():
            return date.fromisoformat(cell)
    return cell


def agrees(dialect: Dialect, query: Query, examples: int = 25) -> None:
    """The engine and the evaluator give the same for many drawn trees, and for those made by hand."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(samples())
    def drawn(sample: Sample) -> None:
        if dialect == "mysql":
            sample = Sample(tuple(tree for tree in sample.trees if not _hangs_on_collation(tree)), sample.rows)
        if sample.trees:
            assert computed(sample, dialect, query) == expected(sample)

    for sample in TREACHEROUS:
        assert computed(sample, dialect, query) == expected(sample), sample
    for found, wanted in zip(computed(OVERFLOW, dialect, query), expected(OVERFLOW), strict=True):
        assert all(one is None or one == other for one, other in zip(found, wanted, strict=True))
    drawn()


def _hangs_on_collation(tree: Expr) -> bool:
    """Does it compare two texts of which neither is a constant?"""
    return any(
        isinstance(node, Compare)
        and not isinstance(node.left, Constant)
        and not isinstance(node.right, Constant)
        and check(node.left, VOCABULARY).kind is FactType.TEXT
        for node in walk(tree)
    )


@pytest.mark.postgres
@NEEDS_POSTGRES
def test_postgres() -> None:
    with postgres() as query:
        agrees("postgres", query)


@pytest.mark.mysql
@NEEDS_MYSQL
def test_mysql() -> None:
    with mysql() as query:
        agrees("mysql", query)


def test_the_queries_parse() -> None:
    """Without any engine: the statements above are well-formed in every dialect."""
    trees: tuple[Expr, ...] = tuple(sample.trees[0] for sample in TREACHEROUS)
    for dialect in DIALECTS:
        text = statement(Sample(trees, ({}, {"has_first": True})), dialect)
        assert parse_one(text, dialect=dialect).sql(dialect) == text
