"""The SQL of each dialect, run by the real engine where it is installed, against the evaluator.

Each engine is a throw-away: a PostgreSQL cluster or MySQL/MariaDB server on a socket in a temporary folder,
or a local Spark. Facts are not stored; they stand in the query as `SELECT … UNION ALL SELECT …`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path

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

Query = Callable[[str], list[list[str | None]]]

TYPES = {FactType.BOOL: "boolean", FactType.NUMBER: "double", FactType.DATE: "date"}
OVERFLOW = Sample(
    tuple(parse(f"output_t {op} storage_t") for op in "+-*/"),
    tuple({"output_t": left, "storage_t": right} for left in HUGE for right in HUGE),
)


def _find(*names: str) -> str | None:
    """The first of these programs on the path or where Debian keeps server programs."""
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, _postgres_folders())])
    return next((found for name in names if (found := shutil.which(name, path=places))), None)


def _postgres_folders() -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _missing(*names: str) -> bool:
    return any(_find(name) is None for name in names)


def _run(*command: str | Path, user: str | None = None, text: str | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)], user=user, input=text, capture_output=True, text=True, check=False, cwd="/", timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path (sockets allow 107 bytes) that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="admission-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _server_user(name: str, folder: Path) -> str | None:
    """Servers refuse to run as root: then `name`, given the folder."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam(name)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return name


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


def _lines(text: str, null: str) -> list[list[str | None]]:
    return [[None if cell == null else cell for cell in line.split("\t")] for line in text.splitlines()]


@pytest.mark.postgres
@pytest.mark.skipif(_missing("initdb", "pg_ctl", "psql"), reason="PostgreSQL (initdb, pg_ctl, psql) is not installed")
def test_postgres(folder: Path) -> None:
    user = _server_user("postgres", folder)
    data, control = folder / "data", _find("pg_ctl") or ""
    _run(_find("initdb") or "", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", user=user)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _run(control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start", user=user)
    try:
        psql = (_find("psql") or "", "-X", "-A", "-t", "-F", "\t", "-P", "null=\\N", "-v", "ON_ERROR_STOP=1")
        client = (*psql, "-h", folder, "-U", "postgres", "-d", "postgres", "-f", "-")
        agrees("postgres", lambda sql: _lines(_run(*client, text=sql), "\\N"))
    finally:
        _run(control, "-D", data, "-m", "immediate", "stop", user=user)


@pytest.mark.mysql
@pytest.mark.skipif(
    _missing("mariadbd") and _missing("mysqld"), reason="MySQL or MariaDB (mysqld, mariadbd) is not installed"
)
def test_mysql(folder: Path) -> None:
    server, client = _find("mariadbd", "mysqld") or "", _find("mariadb", "mysql") or ""
    socket = folder / "socket"
    options = ["--no-defaults", f"--datadir={folder / 'data'}", *(["--user=root"] if os.geteuid() == 0 else [])]
    if (install := _find("mariadb-install-db")) is not None:
        _run(install, *options, "--auth-root-authentication-method=normal")
    else:
        _run(server, *options, "--initialize-insecure")
    command = [server, *options, f"--socket={socket}", "--skip-networking"]
    with open(folder / "log", "w") as log, subprocess.Popen(command, stderr=log, cwd="/") as running:
        try:
            _wait_for(socket)
            ask = (client, "--no-defaults", f"--socket={socket}", "-uroot", "-NBr", "--default-character-set=utf8mb4")
            agrees("mysql", lambda sql: _lines(_run(*ask, text=sql), "NULL"))
        finally:
            running.terminate()


def _wait_for(path: Path) -> None:
    for _ in range(300):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} did not appear")


@pytest.mark.spark
@pytest.mark.skipif(
    find_spec("pyspark") is None or _missing("java"), reason="Spark (pyspark and java) is not installed"
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_spark() -> None:
    builder = pytest.importorskip("pyspark.sql").SparkSession.builder.master("local[1]")
    for name, value in (("ui.enabled", "false"), ("sql.session.timeZone", "UTC"), ("sql.shuffle.partitions", "1")):
        builder = builder.config(f"spark.{name}", value)
    session = builder.getOrCreate()
    try:
        agrees("spark", lambda sql: [[_shown(cell) for cell in row] for row in session.sql(sql).collect()], examples=6)
    finally:
        session.stop()


def _shown(cell: object) -> str | None:
    return None if cell is None else str(cell)


def test_the_queries_parse() -> None:
    """Without any engine: the statements above are well-formed in every dialect."""
    trees: tuple[Expr, ...] = tuple(sample.trees[0] for sample in TREACHEROUS)
    for dialect in DIALECTS:
        text = statement(Sample(trees, ({}, {"has_first": True})), dialect)
        assert parse_one(text, dialect=dialect).sql(dialect) == text
