"""The audit as a function of frames: pandas, Polars, Arrow and Spark in, the same kind out."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from admission.audit.engine import TRIGGERED
from admission.audit.life import LifeTables, life_in_order
from admission.audit.reading import TableReader
from admission.audit.run import Auditor
from admission.audit.sources import Source, arrow_source
from admission.rulebook import Ruleset
from admission.screening.verdict import VERDICTS, Outcome

__all__ = ["Audit", "audit", "audit_tables", "converter", "in_order", "run_tables", "source_of"]

_PLAIN = ("enterprise", "component", "needs")


class Audit(NamedTuple):
    """What an audit gives, in frames of the kind it was given.

    `enterprises` has one row per row of the table, in its order: `row` (from 1), `enterprise`, `components`,
    `verdict`, `possible_verdicts`, `eia`, `eia_possible`, `permit`, `permit_possible`, the number of findings
    by outcome, `contradicts`, and where milestones are recorded the duties `overdue` and the `breaches`. `findings` has
    one row per finding; `errors` one per cell, heading or row that could not be used. `duties` and `breaches` are the
    life cycle of the enterprises of which milestones are recorded (`admission.audit.life.DUTIES`, `BREACHES`), the same
    as those of `lifecycle` and `screen`.
    """

    enterprises: Any
    findings: Any
    errors: Any
    duties: Any
    breaches: Any


def audit(
    table: Any,
    ruleset: Ruleset,
    *,
    components: Any = None,
    milestones: Any = None,
    outcomes: Iterable[Outcome | str] = TRIGGERED,
) -> Any:
    """The findings of every enterprise of `table` under `ruleset`, as a frame of the same kind.

    `table` is a pandas, Polars (eager or lazy), Arrow or Spark frame with one row per enterprise and columns
    named by fact: canonical name, alias or Chinese label, units as in the vocabulary. `components` and
    `milestones` are frames keyed by `enterprise`. Columns of the result: `row`, `enterprise`, `component`
    (null: the whole enterprise), `rule`, `outcome`, `effect`, `severity`, `dimension`, `department`,
    `citation`, `needs` (facts to ask for, joined by `;`). Cells that cannot be read are unknown: see
    `audit_tables` for them, and for verdicts and classes. Raises `TypeError` for any other kind of table.
    """
    return audit_tables(table, ruleset, components=components, milestones=milestones, outcomes=outcomes).findings


def audit_tables(
    table: Any,
    ruleset: Ruleset,
    *,
    components: Any = None,
    milestones: Any = None,
    outcomes: Iterable[Outcome | str] = TRIGGERED,
) -> Audit:
    """As `audit`, with the enterprises, the errors, and the duties and breaches that milestones show."""
    chosen = tuple(map(Outcome, outcomes))
    if _module(table) == "pyspark":
        from admission.audit.spark import audit_spark

        return audit_spark(table, ruleset, components, milestones, chosen)
    back = converter(table)
    reader = TableReader(
        ruleset.rulebook,
        source_of(table, "table"),
        None if components is None else source_of(components, "components"),
        None if milestones is None else source_of(milestones, "milestones"),
    )
    return Audit(*map(back, run_tables(reader, ruleset, chosen)))


def run_tables(reader: TableReader, ruleset: Ruleset, outcomes: Iterable[Outcome]) -> Audit:
    """The audit of tables that fit in memory, as Arrow tables, findings most serious first within each row."""
    park = None if ruleset.park is None else ruleset.park.park
    auditor = Auditor(reader, ruleset.rulebook, park, ruleset.on, outcomes=outcomes)
    done = [item.result for item in auditor.blocks()]
    enterprises = pa.concat_tables(result.enterprises for result in done).unify_dictionaries()
    findings = pa.concat_tables(in_order(result.findings) for result in done).unify_dictionaries()
    tables = (pa.concat_tables(getattr(r.life, name) for r in done) for name in ("duties", "breaches"))
    life = life_in_order(LifeTables(*(table.unify_dictionaries() for table in tables)), ruleset.rulebook.life)
    return Audit(enterprises, findings, reader.notes.table(), *map(_named_plainly, (life.duties, life.breaches)))


def _named_plainly(table: pa.Table) -> pa.Table:
    """With the names of enterprises as plain texts."""
    position = table.schema.get_field_index("enterprise")
    return table.set_column(position, "enterprise", pc.cast(table.column("enterprise"), pa.string()))


def in_order(findings: pa.Table) -> pa.Table:
    """Findings by enterprise, the most serious first; names and needs as plain texts."""
    for name in _PLAIN:
        position = findings.schema.get_field_index(name)
        findings = findings.set_column(position, name, pc.cast(findings.column(name), pa.string()))
    ranks = {
        "severity": [str(verdict) for verdict in reversed(VERDICTS)],
        "outcome": [str(outcome) for outcome in (*TRIGGERED, *Outcome)],
    }
    keys = {
        name: pc.index_in(pc.cast(findings.column(name), pa.string()), pa.array(list(dict.fromkeys(words))))
        for name, words in ranks.items()
    }
    table = pa.table(
        {
            "row": findings.column("row"),
            **keys,
            "rule": pc.cast(findings.column("rule"), pa.string()),
            "component": findings.column("component"),
        }
    )
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in table.column_names])
    return findings.take(order)


# frames of other libraries


def _module(frame: Any) -> str:
    return type(frame).__module__.split(".")[0]


def source_of(frame: Any, name: str) -> Source:
    """A frame as a table to read; raises `TypeError` for a kind that is not known."""
    kind = _module(frame)
    if kind == "pyarrow" and isinstance(frame, pa.Table):
        return arrow_source(frame, name)
    if kind == "polars":
        return _polars_source(frame, name)
    if kind == "pandas":
        return arrow_source(_from_pandas(frame), name)
    raise TypeError(f"not a pandas, Polars, Arrow or Spark frame: {type(frame).__name__}")


def _polars_source(frame: Any, name: str) -> Source:
    import polars as pl

    if isinstance(frame, pl.DataFrame):
        return arrow_source(frame.to_arrow(), name)
    lazy: pl.LazyFrame = frame

    def blocks(size: int) -> Iterator[pa.Table]:
        for batch in lazy.collect_batches(chunk_size=size, maintain_order=True):
            for start in range(0, batch.height, size):
                yield batch.slice(start, size).to_arrow()

    return Source(name, lazy.collect_schema().names(), blocks)


def _from_pandas(frame: Any) -> pa.Table:
    """Columns of mixed objects become texts."""
    columns = []
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        try:
            columns.append(pa.Array.from_pandas(series))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            columns.append(pa.array([_plain(cell) for cell in series], pa.string()))
    return pa.Table.from_arrays(columns, names=[str(name) for name in frame.columns])


def _plain(cell: Any) -> str | None:
    """A cell of a mixed column as text; None and NaN are no value."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, numbers.Real) and float(cell).is_integer():
        return str(int(float(cell)))
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    if isinstance(cell, set | frozenset | list | tuple):
        return "、".join(map(str, sorted(cell))) or ";"
    return str(cell)


def converter(frame: Any) -> Callable[[pa.Table], Any]:
    """Arrow tables → frames of the kind of `frame`."""
    kind = _module(frame)
    if kind == "pandas":
        return lambda table: table.to_pandas()
    if kind == "polars":
        import polars as pl

        lazy = isinstance(frame, pl.LazyFrame)

        def converted(table: pa.Table) -> Any:
            found = pl.DataFrame(pl.from_arrow(table))
            return found.lazy() if lazy else found

        return converted
    return lambda table: table
