"""Rows of the sheets of the life cycle: breaches with what may follow, and the deadlines of duties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from admission.rulebook import Rulebook

__all__ = ["BREACH_SHEET", "DUTY_SHEET", "LifeSheets"]

BREACH_SHEET = (
    *("row", "enterprise", "breach", "duty_title", "since", "until", "disputed", "citation", "department"),
    *("fine", "law", "barred", "barred_after", "daily_fine_from", "duty"),
)
DUTY_SHEET = ("row", "enterprise", "duty_title", "status", "due", "department", "citation", "duty")


class LifeSheets:
    """Duties and breaches of an audit whose tables are in `folder`, in words."""

    def __init__(self, folder: Path, rulebook: Rulebook) -> None:
        self._folder, rules = folder, rulebook.life
        self._duties = {duty.id: duty.title.zh for duty in rules.duties}
        self._breaches = {kind.id: kind.title.zh for kind in rules.breaches}
        self._ranks = {kind.id: kind.rank for kind in rules.breaches}
        self._laws = {regime.id: regime.title.zh for regime in rules.regimes}

    @property
    def titles(self) -> dict[str, str]:
        """What each problem that is a breach is called, by its rule in the ledger."""
        return {
            f"{duty}/{breach}": f"{title}：{about}"
            for duty, about in self._duties.items()
            for breach, title in self._breaches.items()
        }

    def _scan(self, name: str) -> pl.LazyFrame:
        place = self._folder / f"{name}.parquet"
        found = pl.scan_parquet(place / "*.parquet" if place.is_dir() else place)
        return found.with_columns(pl.col(pl.Categorical).cast(pl.String))

    def breaches(self) -> Iterator[dict[str, Any]]:
        """By enterprise, the most serious first."""
        rank = pl.col("breach").replace_strict(self._ranks, default=None, return_dtype=pl.Int64)
        table = self._scan("breaches").sort("row", rank, "since", "duty").collect(engine="streaming")
        for row in table.iter_rows(named=True):
            yield {
                **row,
                "breach": self._breaches.get(row["breach"], row["breach"]),
                "duty_title": self._duty(row["duty"]),
                "disputed": True if row["disputed"] else None,
                "fine": _fine(row["low_wan_yuan"], row["high_wan_yuan"]),
                "law": self._law(row) if row["ranges"] else "",
            }

    def duties(self) -> Iterator[dict[str, Any]]:
        """Overdue duties, and those that have a day by which they must be done; by enterprise, then by day."""
        dated = pl.col("due").is_not_null() & (pl.col("status") == "pending")
        chosen = self._scan("duties").filter((pl.col("status") == "overdue") | dated)
        for row in chosen.sort("row", "due", "duty").collect(engine="streaming").iter_rows(named=True):
            yield {**row, "duty_title": self._duty(row["duty"])}

    def _duty(self, key: str) -> str:
        """The title; of several occasions with the number or the day."""
        duty, _, mark = key.partition("#")
        return f"{self._duties.get(duty, duty)}（{mark}）" if mark else self._duties.get(duty, duty)

    def _law(self, row: dict[str, Any]) -> str:
        laws = [row["lighter"]] if row["lighter"] else list(dict.fromkeys((row["act_law"], row["decision_law"])))
        return "或".join(self._laws.get(law, law) for law in laws if law)


def _fine(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"
