"""The results of an audit as its pages read them: ledger, enterprises, findings, cells; filtered, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from admission.audit.figures import sectors
from admission.audit.files import open_tables
from admission.audit.ledger import BREACH, DISPUTED, look_back
from admission.audit.projects import project_at
from admission.audit.reading import TableReader
from admission.audit.run import BLOCK
from admission.record.operations import Job
from admission.rulebook import Rulebook
from admission.screening import Project
from admission.screening.verdict import VERDICTS
from admission.service.jobs.files import JobFiles
from admission.service.state import Services

__all__ = ["LedgerFilter", "Results"]

_SECTORS = "sectors.parquet"
_SECTOR = {"row": pl.Int64, "enterprise": pl.String, "sector": pl.String}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What to show of a ledger; empty fields do not narrow."""

    department: str = ""
    severity: str = ""
    status: str = ""
    sector: str = ""
    q: str = ""


class Results:
    """The tables of one finished audit."""

    def __init__(self, found: Job, shared: Services) -> None:
        self.job, self._shared = found, shared
        self.files = JobFiles(shared.settings.data, found.request["folder"])
        self.on = date.fromisoformat(found.request["as_of"])
        self.park: str | None = found.request["park"]
        self.figures: Mapping[str, Any] = (found.result or {}).get("figures") or {}

    @property
    def same_rules(self) -> bool:
        """Are the rules in use still those of the audit?"""
        return self.figures.get("rules_sha256") == self._shared.rules.rulebook.sha256

    def file(self, name: str) -> Path:
        """A result by name."""
        return self.files.results / name

    def scan(self, name: str) -> pl.LazyFrame:
        """A table of the results, categories as texts."""
        return pl.scan_parquet(self.file(f"{name}.parquet")).with_columns(pl.col(pl.Categorical).cast(pl.String))

    def changes(self) -> pl.DataFrame:
        """The changes of an impact."""
        return self.scan("changes").collect()

    def tables(self) -> list[Path | None]:
        """The uploaded tables: enterprises, components, milestones."""
        suffixes = self.job.request["files"]
        names = ("table", "components", "milestones")
        return [self.files.folder / f"{name}{suffixes[name]}" if name in suffixes else None for name in names]

    def ledger(self, wanted: LedgerFilter) -> pl.DataFrame:
        """The problems asked for, with title and sector: open ones first, then by severity and enterprise."""
        by_name = self.sectors().lazy().select("enterprise", "sector").unique("enterprise", keep="first")
        found = self.scan("ledger").join(by_name, on="enterprise", how="left", maintain_order="left")
        found = found.with_columns(title=self._titles())
        if wanted.department:
            found = found.filter(pl.col("department").str.split("、").list.contains(wanted.department))
        for name in ("severity", "status", "sector"):
            if value := getattr(wanted, name):
                found = found.filter(pl.col(name) == value)
        for word in wanted.q.split():
            texts = (pl.col(name).fill_null("").str.contains(word, literal=True) for name in _SEARCHED)
            found = found.filter(pl.any_horizontal(*texts))
        order = pl.col("severity").replace_strict(_SEVERITY, default=len(_SEVERITY), return_dtype=pl.Int8)
        closed = pl.col("status") == "closed"
        return found.sort(closed, order, "enterprise", "rule", maintain_order=True).collect()

    def _titles(self) -> pl.Expr:
        rulebook = self._shared.rules.rulebook
        names = {owned.rule.id: owned.rule.title.zh for owned in rulebook.items}
        kinds = {kind.id: kind.title.zh for kind in rulebook.life.breaches}
        for duty in rulebook.life.duties:
            names |= {f"{duty.id}/{one.breach}": f"{kinds[one.breach]}：{duty.title.zh}" for one in duty.breaches}
        return pl.col("rule").replace_strict(names, default=pl.col("rule"), return_dtype=pl.String)

    def enterprises(self, verdict: str = "", sector: str = "", q: str = "") -> pl.DataFrame:
        """The enterprises asked for, in the order of the table."""
        found = self.scan("enterprises").with_columns(verdict=pl.col("verdict").fill_null("contradicts"))
        found = found.join(self.sectors().lazy().select("row", "sector"), on="row", how="left", maintain_order="left")
        if verdict:
            found = found.filter(pl.col("verdict") == verdict)
        if sector:
            found = found.filter(pl.col("sector") == sector)
        if q.strip():
            found = found.filter(pl.col("enterprise").fill_null("").str.contains(q.strip(), literal=True))
        return found.sort("row").collect()

    def rows_of(self, names: Sequence[str | None]) -> dict[str, int]:
        """The rows of enterprises in the table; those that are not in it are left out."""
        wanted = pl.Series(names, dtype=pl.String).drop_nulls().to_list()
        found = self.scan("enterprises").filter(pl.col("enterprise").is_in(wanted)).select("enterprise", "row")
        return dict(found.collect().iter_rows())

    def cells(self, column: str = "") -> pl.DataFrame:
        """The cells that could not be used."""
        found = self.scan("errors").collect()
        return found.filter(pl.col("column") == column) if column else found

    def findings(self, row: int) -> pl.DataFrame:
        """The findings of one enterprise, most serious first."""
        order = pl.col("severity").replace_strict(_SEVERITY, default=len(_SEVERITY), return_dtype=pl.Int8)
        found = self.scan("findings").filter(pl.col("row") == row).with_columns(title=self._titles())
        return found.sort(order, "rule", maintain_order=True).collect()

    def sectors(self) -> pl.DataFrame:
        """Row, enterprise, sector; worked out from the table once and kept beside the results."""
        path = self.files.folder / _SECTORS
        if not path.is_file():
            rulebook = self._shared.rules.rulebook
            parts = [pl.DataFrame(schema=_SECTOR)]
            for block, _ in self._reader(rulebook).blocks(BLOCK):
                rows = range(block.first_row, block.first_row + block.enterprises.size)
                found = {"row": rows, "enterprise": block.names, "sector": sectors(block, rulebook)}
                parts.append(pl.DataFrame(found, schema=_SECTOR))
            pl.concat(parts).write_parquet(path)
        return pl.read_parquet(path)

    def _reader(self, rulebook: Rulebook) -> TableReader:
        table, components, milestones = self.tables()
        assert table is not None  # every job has a table
        sources = open_tables(table, components, milestones)
        return TableReader(rulebook, sources["enterprises"], sources.get("components"), sources.get("milestones"))

    def project(self, row: int) -> tuple[Project, str | None] | None:
        """The enterprise of a row as a project, and its park; None when the table has no such row."""
        rulebook = self._shared.rules.rulebook
        for block, parks in self._reader(rulebook).blocks(BLOCK):
            position = row - block.first_row
            if 0 <= position < block.enterprises.size:
                named = None if self.park is not None else _park_named(parks[position], rulebook)
                return project_at(block, position, rulebook.vocabulary), self.park or named
        return None

    def back(self, earlier: Results) -> pl.DataFrame:
        """The ledger of this audit seen from an earlier one: every problem new, open, closed or reopened."""
        now = self.scan("enterprises").select("enterprise", "contradicts").collect()
        found = look_back(earlier.scan("ledger").collect(), self.scan("findings"), now, self.on)
        return found.with_columns(title=self._titles())


_SEARCHED = ("enterprise", "component", "rule", "title", "citation")
_WORST, *_OTHERS = map(str, reversed(VERDICTS))
_SEVERITY = {name: rank for rank, name in enumerate((_WORST, BREACH, DISPUTED, *_OTHERS))}


def _park_named(text: str | None, rulebook: Rulebook) -> str | None:
    name = (text or "").strip()
    by_label = {park.name.zh: id for id, park in rulebook.parks.items()}
    return name if name in rulebook.parks else by_label.get(name)
