"""Rows of the sheets that say what to ask: by enterprise, by fact, and how much is left for later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from admission.audit.labels import word
from admission.rulebook import Rulebook, Stage
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.vocabulary import Fact

__all__ = ["BY_ENTERPRISE", "BY_FACT", "REST", "QuestionSheets"]

BY_ENTERPRISE = ("enterprise", "fact", "changes", "ask", "unit", "proof", "clauses")
BY_FACT = ("fact", "enterprises", "changes", "ask", "unit", "proof")
REST = ("row", "enterprise", "verdict", "first", "after", "later", "duties")
_TARGETS = ("reject", "eia", "permit", "review", "conditional", "incomplete", "admit")
"""What an answer can change, the gravest first."""
_CLASSES = ("eia", "permit")


class QuestionSheets:
    """The questions of an audit whose tables are in `folder`: see `admission.audit.questions`."""

    def __init__(self, folder: Path, rulebook: Rulebook) -> None:
        self._folder, self._facts = folder, rulebook.vocabulary.facts
        self._later = [owned.rule.id for owned in rulebook.items if owned.rule.stage is not Stage.ADMISSION]

    def _scan(self, name: str) -> pl.LazyFrame:
        place = self._folder / f"{name}.parquet"
        return pl.scan_parquet(place / "*.parquet" if place.is_dir() else place)

    def _asked(self) -> pl.LazyFrame:
        """`row`, `enterprise`, `fact`, `rank` of what each answer can change."""
        if not (self._folder / "questions.parquet").exists():
            kinds = {"row": pl.Int64, "enterprise": pl.String, "fact": pl.String, "rank": pl.Int64}
            return pl.LazyFrame(schema=kinds)
        rank = pl.col("target").cast(pl.String).replace_strict(_TARGETS, range(len(_TARGETS)), return_dtype=pl.Int64)
        return self._scan("questions").select("row", pl.col("enterprise", "fact").cast(pl.String), rank=rank)

    def _needed(self) -> pl.LazyFrame:
        """`row`, `rule`, `fact` of every undecided clause."""
        undecided = self._scan("findings").filter(pl.col("outcome").cast(pl.String) == "unknown")
        cells = undecided.select("row", pl.col("rule", "needs").cast(pl.String)).filter(pl.col("needs") != "")
        return cells.with_columns(fact=pl.col("needs").str.split(";")).explode("fact").drop("needs")

    def by_enterprise(self) -> Iterator[dict[str, Any]]:
        """One line for each enterprise and fact, the most decisive first."""
        clauses = self._needed().group_by("row", "fact").agg(clauses=pl.col("rule").n_unique())
        asked = self._asked().group_by("row", "enterprise", "fact").agg(pl.col("rank").unique().sort())
        identity = pl.col("fact").replace_strict({INDUSTRY: 0, ACTIVITY: 1}, default=2, return_dtype=pl.Int64)
        table = (
            asked.join(clauses, on=["row", "fact"], how="left")
            .with_columns(identity=identity, grave=pl.col("rank").list.first(), clauses=pl.col("clauses").fill_null(0))
            .sort("row", "identity", "grave", "clauses", "fact", descending=[False, False, False, True, False])
            .select("enterprise", "fact", "rank", "clauses")
            .collect(engine="streaming")
        )
        for enterprise, name, ranks, count in table.iter_rows():
            told = {"enterprise": enterprise, "changes": _changes(ranks), "clauses": count or None}
            yield told | _words(self._facts[name])

    def by_fact(self) -> Iterator[dict[str, Any]]:
        """One line for each fact, those that most enterprises have to state first."""
        table = (
            self._asked()
            .group_by("fact")
            .agg(enterprises=pl.col("row").n_unique(), rank=pl.col("rank").unique().sort())
            .sort("enterprises", "fact", descending=[True, False])
            .collect(engine="streaming")
        )
        for name, count, ranks in table.iter_rows():
            yield {"enterprises": count, "changes": _changes(ranks)} | _words(self._facts[name])

    def rest(self) -> Iterator[dict[str, Any]]:
        """How much there is to ask of each enterprise, now and later."""
        first = self._asked().select("row", "fact").unique()
        needed = self._needed().with_columns(later=pl.col("rule").is_in(self._later))
        facts = needed.group_by("row", "fact").agg(pl.col("later").all()).join(first, on=["row", "fact"], how="anti")
        counts = facts.group_by("row").agg(after=(~pl.col("later")).sum(), later=pl.col("later").sum())
        duties = self._scan("duties").filter(pl.col("status").cast(pl.String) == "unknown")
        table = (
            self._scan("enterprises")
            .select("row", pl.col("enterprise", "verdict").cast(pl.String))
            .join(first.group_by("row").agg(first=pl.len()), on="row", how="left")
            .join(counts, on="row", how="left")
            .join(duties.group_by("row").agg(duties=pl.len()), on="row", how="left")
            .with_columns(pl.col("first", "after", "later", "duties").fill_null(0))
            .sort("row")
            .collect(engine="streaming")
        )
        yield from table.iter_rows(named=True)


def _changes(ranks: list[int]) -> str:
    """The gravest verdict at stake, and the classes."""
    targets = [_TARGETS[rank] for rank in ranks]
    verdicts = [target for target in targets if target not in _CLASSES]
    return "、".join(word(f"changes_{target}") for target in targets if target in _CLASSES or target == verdicts[0])


def _words(fact: Fact) -> dict[str, Any]:
    return {
        "fact": fact.label.zh,
        "ask": fact.ask.zh if fact.ask else "",
        "unit": fact.unit or "",
        "proof": fact.proof.zh if fact.proof else "",
    }
