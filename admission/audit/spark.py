"""The audit on Spark: every partition goes through the same programs, as Arrow batches.

Nothing is shipped but this package: the rulebook travels with the task.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from admission.audit.engine import TRIGGERED, Engine
from admission.audit.facts import Columns
from admission.audit.figures import Figures
from admission.audit.headers import COMPONENTS, ENTERPRISE, MILESTONES, read_headers
from admission.audit.life import BREACHES, DUTIES
from admission.audit.reading import Notes, TableReader
from admission.audit.run import BLOCK, Auditor
from admission.audit.sources import Source
from admission.rulebook import Rulebook, Ruleset
from admission.screening.verdict import Outcome

if TYPE_CHECKING:
    from admission.audit.frames import Audit

__all__ = ["audit_spark", "figures_on_spark", "questions_on_spark"]

_ROW = "__row"
_NTH = "__nth"
_PARTITION_BITS = 33
_ENTERPRISES = (
    "row bigint, enterprise string, components bigint, verdict string, possible_verdicts string, eia string, "
    "eia_possible string, permit string, permit_possible string, hit bigint, unmet bigint, review bigint, "
    "unknown bigint, contradicts boolean, overdue bigint, breaches bigint"
)
_FINDINGS = (
    "row bigint, enterprise string, component string, rule string, outcome string, effect string, severity string, "
    "dimension string, department string, citation string, needs string"
)
_ERRORS = "table string, row bigint, column string, cell string, value string, code string, reason string"
_SQL_TYPES = {"int64": "bigint", "word": "string", "date32": "date", "bool": "boolean", "double": "double"}
Kind = Literal["enterprises", "findings", "errors", "duties", "breaches", "questions", "figures"]
_SCHEMAS: dict[Kind, str] = {
    "enterprises": _ENTERPRISES,
    "findings": _FINDINGS,
    "errors": _ERRORS,
    "duties": ", ".join(f"{name} {_SQL_TYPES[kind]}" for name, kind in DUTIES.items()),
    "breaches": ", ".join(f"{name} {_SQL_TYPES[kind]}" for name, kind in BREACHES.items()),
    "questions": "row bigint, enterprise string, fact string, target string",
    "figures": "parts binary",
}


def audit_spark(table: Any, ruleset: Ruleset, components: Any, milestones: Any, outcomes: Sequence[Outcome]) -> Audit:
    """The audit of a Spark frame, as Spark frames; each is computed when it is asked for.

    Rows are numbered in the order of the partitions, for which they are counted once.
    """
    from admission.audit.frames import Audit

    frame = _frames(table, ruleset, components, milestones, outcomes)
    errors = frame("errors").distinct()
    return Audit(frame("enterprises"), frame("findings"), errors, frame("duties"), frame("breaches"))


def figures_on_spark(table: Any, ruleset: Ruleset, components: Any, milestones: Any = None) -> Figures:
    """The figures of a Spark frame, added up where its partitions are."""
    found = Figures(ruleset.rulebook, ruleset.on)
    for row in _frames(table, ruleset, components, milestones, TRIGGERED)("figures").collect():
        found.merge(pickle.loads(row[0]))  # noqa: S301 - packed by `_audited` itself
    return found


def questions_on_spark(table: Any, ruleset: Ruleset, components: Any, milestones: Any = None) -> Any:
    """What to ask first, as a Spark frame."""
    return _frames(table, ruleset, components, milestones, TRIGGERED)("questions")


def _frames(
    table: Any, ruleset: Ruleset, components: Any, milestones: Any, outcomes: Sequence[Outcome]
) -> Callable[[Kind], Any]:
    """What makes each of the result frames."""
    numbered = _numbered(table, _ROW)
    for frame_of, column in ((components, COMPONENTS), (milestones, MILESTONES)):
        if frame_of is not None:
            numbered = _nested(numbered, frame_of, column, ruleset.rulebook)
    names = [name for name in numbered.columns if name != _ROW]
    park = None if ruleset.park is None else ruleset.park.park
    rules = pickle.dumps((ruleset.rulebook, park, ruleset.on))

    def frame(kind: Kind) -> Any:
        return numbered.mapInArrow(_task(kind, rules, names, tuple(outcomes)), _SCHEMAS[kind])

    return frame


def _numbered(frame: Any, name: str) -> Any:
    """`frame` with its rows numbered from 1 in the order of its partitions."""
    from pyspark.sql import functions as f

    ids = frame.withColumn(name, f.monotonically_increasing_id())
    partition = f.shiftright(f.col(name), _PARTITION_BITS)
    counts = {row[0]: row[1] for row in ids.groupBy(partition.alias("part")).count().collect()}
    starts = np.cumsum([0, *(counts.get(part, 0) for part in range(max(counts, default=0) + 1))]).tolist()
    start = f.element_at(f.array(*map(f.lit, starts)), partition.cast("int") + 1)
    nth = f.col(name).bitwiseAND(f.lit((1 << _PARTITION_BITS) - 1))
    return ids.withColumn(name, start + nth + 1)


def _nested(table: Any, parts: Any, column: str, rulebook: Rulebook) -> Any:
    """`table` with the rows of `parts` in a column of structures, in their order."""
    from pyspark.sql import functions as f

    keys = [
        frame.columns[read_headers(frame.columns, rulebook, (ENTERPRISE,), milestones=False).keys[ENTERPRISE]]
        for frame in (table, parts)
    ]
    rows = parts.withColumn(_NTH, f.monotonically_increasing_id())
    fields = [f.col(name) for name in (_NTH, *(n for n in parts.columns if n != keys[1]))]
    grouped = rows.groupBy(f.col(keys[1]).alias(_NTH)).agg(
        f.sort_array(f.collect_list(f.struct(*fields))).alias(column)
    )
    joined = table.join(grouped, table[keys[0]] == grouped[_NTH], "left").drop(_NTH)
    return joined.withColumn(column, f.transform(column, lambda item: item.dropFields(_NTH)))


def _task(
    kind: Kind, rules: bytes, names: Sequence[str], outcomes: tuple[Outcome, ...]
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The work on one partition."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in _gathered(batches):
            yield from _audited(kind, table, names, rules, outcomes)

    return work


@lru_cache(maxsize=2)
def _rules(rules: bytes) -> tuple[Rulebook, str | None, date]:
    found: tuple[Rulebook, str | None, date] = pickle.loads(rules)  # noqa: S301 - packed by `audit_spark` itself
    return found


@lru_cache(maxsize=4)
def _engines(
    rules: bytes, columns: Columns, milestones: bool, outcomes: tuple[Outcome, ...], questions: bool
) -> dict[str | None, Engine]:
    """What a worker has compiled for tables with these columns, by park; kept from task to task."""
    return {}


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The batches of a partition put together to blocks."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(item.num_rows for item in held) >= BLOCK:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _audited(
    kind: Kind,
    table: pa.Table,
    names: Sequence[str],
    rules: bytes,
    outcomes: tuple[Outcome, ...],
) -> Iterator[pa.RecordBatch]:
    rulebook, park, on = _rules(rules)
    rows = table.column(_ROW).to_numpy()
    given = table.select(list(names))
    source = Source("table", names, lambda size: (given,), schema=given.schema)
    notes = Notes()
    reader = TableReader(rulebook, source, notes=notes)
    asks = kind == "questions"
    engines = _engines(rules, reader.columns, reader.has_milestones, outcomes, asks)
    auditor = Auditor(reader, rulebook, park, on, outcomes=outcomes, questions=asks, engines=engines)
    figures = Figures(rulebook, on)
    for done in auditor.blocks(max(len(rows), 1)):
        if kind == "figures":
            figures.add(done)
        elif kind != "errors":
            found = getattr(done.result.life if kind in ("duties", "breaches") else done.result, kind)
            at = found.column("row").to_numpy() - 1
            yield from _plain(found.set_column(0, "row", pa.array(rows[at])))
    if kind == "figures":
        for entry in figures.emitters:
            entry["row"] = int(rows[entry["row"] - 1])
        yield from pa.table({"parts": pa.array([pickle.dumps(figures.parts())], pa.binary())}).to_batches()
    if kind == "errors":
        for entry in notes.entries:
            entry["row"] = int(rows[entry["row"] - 1]) if entry["row"] else 0
        yield from _plain(notes.table())


def _plain(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """Without dictionaries, which Spark does not read."""
    columns = [
        pc.cast(column, pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns
    ]
    yield from pa.table(columns, names=table.column_names).to_batches(max_chunksize=BLOCK)
