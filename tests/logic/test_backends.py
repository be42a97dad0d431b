"""Every compiled form of a condition gives what the reference evaluator gives."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast, get_args

import duckdb
import polars as pl
import pytest
import sqlglot
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from admission.logic.columnar import Cell, cell_value, frame_value, schema, to_polars
from admission.logic.nodes import AnyOf, Compare, Constant, Expr, FactRef, In, Under, walk
from admission.logic.parse import parse
from admission.logic.python import compile_all, functions
from admission.logic.sql import DIALECTS, Dialect, to_sql
from admission.logic.values import shorter_codes, under
from admission.vocabulary import Value
from tests.logic.strategies import (
    FACTS,
    HUGE,
    PREFIXES,
    TREACHEROUS,
    Row,
    Sample,
    any_trees,
    expected,
    rows,
    sample_of,
    samples,
)

QUICK = settings(max_examples=100, deadline=None)


def frame_of(table: Sequence[Row]) -> pl.DataFrame:
    """All facts as columns (those no row names are null), and the row number."""
    columns = {name: [frame_value(fact, row.get(name)) for row in table] for name, fact in FACTS.items()}
    return pl.DataFrame(columns, schema=schema(FACTS.values())).with_row_index("row_number")


def by_python(sample: Sample) -> list[list[Value | None]]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled = functions(compile_all(sample.trees), len(sample.trees))
    return [[function(row.get) for row in sample.rows] for function in compiled]


def by_polars(sample: Sample) -> list[list[Value | None]]:
    frame = frame_of(sample.rows)
    named = {f"c{number}": to_polars(tree) for number, tree in enumerate(sample.trees)}
    computed = frame.with_columns(**named)
    return [computed[name].to_list() for name in named]


def by_duckdb(connection: duckdb.DuckDBPyConnection, sample: Sample) -> list[list[Value | None]]:
    connection.register("facts", frame_of(sample.rows).to_arrow())
    wanted = ", ".join(to_sql(tree, "duckdb") for tree in sample.trees)
    found = connection.execute(f"SELECT {wanted} FROM facts ORDER BY row_number").fetchall()
    return [list(column) for column in zip(*found, strict=True)]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize("sample", TREACHEROUS, ids=lambda sample: str(sample.trees[0])[:60])
def test_treacherous_conditions(sample: Sample, connection: duckdb.DuckDBPyConnection) -> None:
    wanted = expected(sample)
    assert by_python(sample) == wanted
    assert by_polars(sample) == wanted
    assert by_duckdb(connection, sample) == wanted


@QUICK
@given(sample=samples())
def test_python(sample: Sample) -> None:
    assert by_python(sample) == expected(sample)


@QUICK
@given(sample=samples())
def test_polars(sample: Sample) -> None:
    assert by_polars(sample) == expected(sample)


@QUICK
@given(sample=samples())
def test_duckdb(sample: Sample, connection: duckdb.DuckDBPyConnection) -> None:
    assert by_duckdb(connection, sample) == expected(sample)


@QUICK
@given(left=st.sampled_from(HUGE), right=st.sampled_from(HUGE), op=st.sampled_from(["+", "-", "*", "/"]))
@example(left=1e308, right=1e308, op="+")
@example(left=1e200, right=1e-200, op="/")
def test_numbers_out_of_range_are_unknown(
    left: float, right: float, op: str, connection: duckdb.DuckDBPyConnection
) -> None:
    """SQL may call a value unknown that is merely huge; it never gives another value."""
    sample = sample_of(f"output_t {op} storage_t", {"output_t": left, "storage_t": right})
    wanted = expected(sample)
    assert by_python(sample) == wanted
    assert by_polars(sample) == wanted
    assert by_duckdb(connection, sample) in (wanted, [[None]])


@QUICK
@given(tree=any_trees(), dialect=st.sampled_from(DIALECTS))
def test_sql_reads_back_in_its_dialect(tree: Expr, dialect: Dialect) -> None:
    text = to_sql(tree, dialect)
    again = sqlglot.parse_one(text, dialect=dialect)
    assert again.sql(dialect) == text
    assert {column.name for column in again.find_all(exp.Column)} <= FACTS.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", ["it's", "a\\b", "\\", "';--", '"', "`", "100%", "铸造", "\\'"])
def test_text_is_escaped(text: str, dialect: Dialect) -> None:
    again = sqlglot.parse_one(to_sql(Compare("=", FactRef("user"), Constant(text)), dialect), dialect=dialect)
    assert [item.this for item in again.find_all(exp.Literal)] == [text]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_keywords_are_quoted_and_plain_names_are_not(dialect: Dialect) -> None:
    quote = '"' if dialect in ("postgres", "duckdb") else "`"
    assert to_sql(parse("has_first"), dialect) == "has_first"
    assert to_sql(FactRef("user"), dialect) == f"{quote}user{quote}"
    assert to_sql(FactRef("current_date"), dialect) == f"{quote}current_date{quote}"


def test_sql_for_people() -> None:
    text = "not has_first and (output_t >= 10 or under(industry, '33')) and furnace_type in ('a_b', 'new')"
    assert to_sql(parse(text), "postgres") == (
        "NOT has_first AND (output_t >= 10 OR CASE WHEN POSITION(';33' IN \"industry\") > 0 THEN TRUE "
        "WHEN NOT (POSITION(';3;' IN \"industry\") > 0) THEN FALSE END) AND furnace_type IN ('a_b', 'new')"
    )


def test_sql_computes_in_double_precision_over_whole_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    facts = "(SELECT CAST(2000000000 AS INTEGER) AS output_t, CAST(7 AS INTEGER) AS storage_t)"
    product, quotient = parse("output_t * output_t"), parse("storage_t / 2")
    wanted = f"SELECT {to_sql(product, 'duckdb')}, {to_sql(quotient, 'duckdb')} FROM {facts}"
    assert connection.execute(wanted).fetchall() == [(4e18, 3.5)]
    assert "CAST(storage_t AS DOUBLE PRECISION) / NULLIF(CAST(2 AS" in to_sql(quotient, "postgres")


def test_a_dialect_that_is_not_supported() -> None:
    with pytest.raises(ValueError, match="'oracle' is not one of postgres, mysql, spark, duckdb"):
        to_sql(FactRef("has_first"), cast(Dialect, "oracle"))


def test_a_thousand_prefixes() -> None:
    prefixes = tuple(f"{number:04d}" for number in range(1000))
    assert to_sql(Under("industry", prefixes), "postgres").count("POSITION") == 1000 + 100 + 10 + 1


@given(st.data())
def test_cells_stand_for_values(data: st.DataObject) -> None:
    trees: tuple[Expr, ...] = (*map(FactRef, FACTS), Constant(2.5), Constant(date(2024, 2, 29)))
    for name, value in data.draw(rows(trees)).items():
        assert cell_value(FACTS[name], frame_value(FACTS[name], value)) == value


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("nature", frozenset({"b", "a"}), ";a;b;"),
        ("nature", frozenset(), ";"),
        ("industry", frozenset({"3391"}), ";3391;"),
        ("output_t", 3, 3.0),
        ("has_first", False, False),
        ("user", "", ""),
        ("user", None, None),
    ],
)
def test_cells(name: str, value: Value | None, cell: Cell | None) -> None:
    found = frame_value(FACTS[name], value)
    assert found == cell
    assert type(found) is type(cell)


@pytest.mark.parametrize("members", [{"a;b"}, {""}])
def test_members_that_no_cell_can_hold(members: set[str]) -> None:
    with pytest.raises(ValueError, match="nature"):
        frame_value(FACTS["nature"], frozenset(members))


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum([";new;", ";a_b;new_build;", "new", "a_b"])])
def test_text_columns_may_be_categories(kind: pl.DataType) -> None:
    frame = pl.DataFrame({"nature": [";new;", ";a_b;new_build;", None], "furnace_type": ["new", "a_b", None]})
    typed = frame.with_columns(pl.all().cast(kind))
    trees: tuple[Expr, ...] = (
        AnyOf("nature", ("a_b", "a")),
        Compare("=", FactRef("furnace_type"), Constant("new")),
        Compare("!=", Constant("absent"), FactRef("furnace_type")),
        In(FactRef("furnace_type"), ("new", "absent")),
    )
    computed = {f"c{number}": to_polars(tree) for number, tree in enumerate(trees)}
    assert typed.select(**computed).equals(frame.select(**computed))


@given(st.lists(st.sampled_from(PREFIXES), min_size=1).map(tuple))
def test_shorter_codes_are_those_left_undecided(prefixes: tuple[str, ...]) -> None:
    every = {prefix[:length] for prefix in PREFIXES for length in range(1, 5)}
    assert set(shorter_codes(prefixes)) == {code for code in every if under({code}, prefixes) is None}


def test_polars_is_not_imported_with_the_module() -> None:
    program = "import sys, admission.logic.columnar, admission.logic.sql; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_generated_trees_hold_every_form() -> None:
    """Guards the strategies: a form that is never drawn is never tested."""
    seen: set[type] = set()

    @settings(max_examples=300, deadline=None, database=None)
    @given(any_trees())
    def collect(tree: Expr) -> None:
        seen.update(map(type, walk(tree)))

    collect()
    assert seen == set(get_args(Expr))
