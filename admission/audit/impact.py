"""What a change of rules, or of the day, does to a table of enterprises.

Both rulesets are held against the same rows; told are the enterprises whose verdict, EIA class or permit
class is another one, by which clauses, and since when those clauses are (or are no longer) in force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from admission.audit.engine import Engine
from admission.audit.frames import converter, source_of
from admission.audit.reading import TableReader
from admission.audit.run import BLOCK
from admission.audit.sources import Source
from admission.rulebook import Catalogue, Ruleset
from admission.screening.verdict import VERDICTS, Outcome, Verdict

__all__ = ["CHANGES", "changes", "impact", "summarise"]

CHANGES = {
    "row": pl.Int64,
    "enterprise": pl.String,
    "changed": pl.String,
    "before": pl.String,
    "after": pl.String,
    "clauses": pl.String,
    "since": pl.String,
}
"""Columns of an impact.

`changed` is verdict, eia, permit or problems. A class still open stands as its possible classes, joined by `;`.
Of problems, `before` and `after` are the clauses that went and that came. `clauses` are ids joined by `;`,
`since` for each the day from which it holds, or no longer holds.
"""

_WEIGHS = (Outcome.HIT, Outcome.UNMET, Outcome.REVIEW, Outcome.UNKNOWN)
_PROBLEMS = (Outcome.HIT, Outcome.UNMET, Outcome.REVIEW)
_CONTRADICTS = "contradicts"
_KEY = ("row", "rule", "outcome", "severity")


def impact(table: Any, old: Ruleset, new: Ruleset, *, components: Any = None) -> Any:
    """Whose verdict, EIA class or permit class under `new` is not what it is under `old`.

    `table` and `components` are frames as for `audit`; the result is a frame of the same kind with the
    columns `CHANGES`, one row per enterprise and thing that changes.
    """
    sources = (source_of(table, "table"), None if components is None else source_of(components, "components"))
    found = pl.concat([pl.DataFrame(schema=CHANGES), *changes(sources[0], sources[1], old, new)])
    return converter(table)(found.to_arrow())


def changes(
    table: Source, components: Source | None, old: Ruleset, new: Ruleset, size: int = BLOCK
) -> Iterator[pl.DataFrame]:
    """The changes of one block of enterprises after the other."""
    sides = []
    for ruleset in (old, new):
        reader = TableReader(ruleset.rulebook, table, components)
        engine = Engine(ruleset, reader.columns, outcomes=_WEIGHS, needs=False, entries=True)
        sides.append((reader.blocks(size), engine))
    days = _Days(old, new)
    for (before, _), (after, _) in zip(sides[0][0], sides[1][0], strict=True):
        one, other = sides[0][1].run(before), sides[1][1].run(after)
        tables = tuple(_frame(result.enterprises) for result in (one, other))
        found = tables[0].join(tables[1], on="row", suffix="_new", maintain_order="left")
        told = [_verdicts(found, _frame(one.findings), _frame(other.findings), days)]
        told.append(_problems(found, _frame(one.findings), _frame(other.findings), days))
        told += [_classes(kind, found, one.entries, other.entries, days) for kind in Catalogue]
        yield pl.concat(told).sort("row", "changed")


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table))
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


def _changed(found: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The enterprises for which `column` differs."""
    before, after = (pl.col(f"{column}{end}").fill_null(_CONTRADICTS) for end in ("", "_new"))
    return found.filter(before != after).select("row", "enterprise", changed=pl.lit(name), before=before, after=after)


def _verdicts(found: pl.DataFrame, old: pl.DataFrame, new: pl.DataFrame, days: _Days) -> pl.DataFrame:
    """Changes of the verdict: by what was added where it is stricter, by what went where it is milder."""
    changed = _changed(found, "verdict", "verdict")
    rank = {str(verdict): position for position, verdict in enumerate(VERDICTS)}
    marked = changed.with_columns(
        stricter=pl.col("after").replace_strict(rank, default=-1, return_dtype=pl.Int8)
        > pl.col("before").replace_strict(rank, default=-1, return_dtype=pl.Int8)
    )
    parts = []
    for stricter, mine, others, verdict in ((True, new, old, "after"), (False, old, new, "before")):
        rows = marked.filter(pl.col("stricter") == stricter)
        findings = mine.select(_KEY).unique().join(others.select(_KEY).unique(), on=_KEY, how="anti")
        deciding = rows.join(findings, left_on=("row", verdict), right_on=("row", "severity"), how="left")
        parts.append(deciding.select("row", "enterprise", "changed", "before", "after", "rule"))
    return days.told(pl.concat(parts))


def _problems(found: pl.DataFrame, old: pl.DataFrame, new: pl.DataFrame, days: _Days) -> pl.DataFrame:
    """Enterprises with a problem or a question for a person under another clause than before."""
    told = pl.col("outcome").is_in(_PROBLEMS) & (pl.col("severity") != Verdict.ADMIT)
    one, other = (side.filter(told).select("row", "rule").unique() for side in (old, new))
    moved = pl.concat(
        [
            one.join(other, on=("row", "rule"), how="anti").with_columns(gone=True),
            other.join(one, on=("row", "rule"), how="anti").with_columns(gone=False),
        ]
    ).sort("row", "rule")
    names = pl.col("rule").filter
    sides = moved.group_by("row", maintain_order=True).agg(
        before=names(pl.col("gone")).str.join(";"), after=names(~pl.col("gone")).str.join(";")
    )
    rows = found.select("row", "enterprise", changed=pl.lit("problems")).join(sides, on="row")
    return days.told(rows.join(moved.select("row", "rule"), on="row"))


def _classes(
    kind: Catalogue,
    found: pl.DataFrame,
    old: Mapping[tuple[str, str], Any],
    new: Mapping[tuple[str, str], Any],
    days: _Days,
) -> pl.DataFrame:
    """Changes of a class, by the entries that make something else possible than before."""
    changed = _changed(found, f"{kind.value}_possible", kind.value)
    rows = np.zeros(found.height, np.bool_)
    first = int(found["row"][0]) if found.height else 1
    rows[changed["row"].to_numpy() - first] = True
    none = np.zeros(found.height, np.uint8)
    pairs: set[tuple[int, str]] = set()
    for key in {*old, *new}:
        if key[0] in days.entries[kind]:
            unlike = np.flatnonzero(rows & (old.get(key, none) != new.get(key, none)))
            pairs.update((int(at) + first, key[0]) for at in unlike)
    by_row = pl.DataFrame(sorted(pairs), schema={"row": pl.Int64, "rule": pl.String}, orient="row")
    return days.told(changed.join(by_row, on="row", how="left"))


class _Days:
    """From which day on each clause holds, or no longer holds."""

    def __init__(self, old: Ruleset, new: Ruleset) -> None:
        self.entries = {
            kind: {
                owned.rule.id
                for ruleset in (old, new)
                if kind in ruleset.catalogues
                for owned in ruleset.catalogues[kind].entries
            }
            for kind in Catalogue
        }
        self._days: dict[str, str] = {}
        mine = {owned.rule.id for owned in _rules(new)}
        for ruleset in (new, old):
            for owned in _rules(ruleset):
                periods = [owned.edition.effective, getattr(owned.rule, "effective", None)]
                if owned.rule.id in mine:
                    day = max(period.start for period in periods if period is not None)
                else:
                    day = _after(period.end for period in periods if period is not None)
                self._days.setdefault(owned.rule.id, "" if day is None else day.isoformat())

    def told(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row per change, with its clauses and their days."""
        day = pl.col("rule").replace_strict(self._days, default="", return_dtype=pl.String)
        whole = rows.with_columns(day=day).unique(maintain_order=True).group_by(list(CHANGES)[:5], maintain_order=True)
        listed = whole.agg(
            clauses=pl.col("rule").drop_nulls().unique(maintain_order=True).sort().str.join(";"),
            since=pl.col("day").sort_by("rule").filter(pl.col("rule").is_not_null()).str.join(";"),
        )
        return listed.select(pl.col(name).cast(kind) for name, kind in CHANGES.items())


def _rules(ruleset: Ruleset) -> Iterator[Any]:
    yield from ruleset.items
    for catalogue in ruleset.catalogues.values():
        yield from catalogue.entries


def _after(ends: Iterator[date | None]) -> date | None:
    """The first day after the earliest end."""
    known = [end for end in ends if end is not None]
    return min(known) + timedelta(days=1) if known else None


def summarise(found: pl.DataFrame) -> dict[str, Any]:
    """Counts of an impact: enterprises, changes by what became what, and by clause."""
    named = found.filter(pl.col("changed") != "problems")
    moves = Counter(named.select("changed", "before", "after").iter_rows())
    clauses: Counter[tuple[str, str]] = Counter()
    for names, days in found.select("clauses", "since").iter_rows():
        clauses.update(zip(filter(None, names.split(";")), days.split(";"), strict=False))
    return {
        "enterprises": named["row"].n_unique(),
        "other_clauses": found.filter(pl.col("changed") == "problems")["row"].n_unique(),
        "moves": [
            {"changed": kind, "before": before, "after": after, "enterprises": count}
            for (kind, before, after), count in sorted(moves.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        ],
        "clauses": [
            {"rule": rule, "since": day, "changes": count}
            for (rule, day), count in sorted(clauses.items(), key=lambda item: (-item[1], item[0]))
        ],
    }
