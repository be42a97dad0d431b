"""The figures of the yearly report, added up block by block.

What is unknown is counted as unknown: it is never taken for no, none or not done. A duty counts as
not done only where the table says so (无, or a date after the day of the audit), or where the life cycle
finds it overdue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from admission.audit.block import Block, Column, Truths
from admission.audit.life import PERMIT_ENDS, LifeCounts, Lived, going_on, overdue_for
from admission.audit.machine import Coded
from admission.audit.run import Done
from admission.rulebook import Catalogue, Duty, Rulebook
from admission.screening.catalogue import NONE
from admission.screening.facts import INDUSTRY
from admission.screening.verdict import VERDICTS

__all__ = ["UNKNOWN_SECTOR", "Figures", "sectors"]

EXHAUST, NOX, VOCS = "has_industrial_exhaust_discharge", "nox_t_per_year", "voc_emission_t_per_year"
WASTES = {"solid_waste": "general_solid_waste_t_per_year", "hazardous_waste": "hazardous_waste_generated_t_per_year"}
EIA_DONE = ("eia_approval_date", "eia_registration_filed")
PERMIT_DONE = ("permit_issued", "permit_reissued", "discharge_registration")
STAGES = {
    "design": "prelim_design_env_chapter",
    "construction": "env_facility_construction_start",
    "operation": "env_facility_completion",
    "acceptance": "acceptance_disclosed",
}
UNKNOWN_SECTOR = "unknown"
UNDECIDED = "undecided"
_LISTED = 1000
_SETTINGS = ("_rulebook", "_on", "_duties", "_life", "last_emitters")
_STATES = ("done", "not_done", "unknown")
Numbers = NDArray[np.float64]


class Figures:
    """Adds up blocks; `result` gives everything as plain values for JSON.

    `last_emitters` are all enterprises of the last block that emit exhaust, `emitters` the largest of all.
    """

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self._rulebook, self._on = rulebook, float(on.toordinal())
        self._duties: Mapping[str, Duty] = {owned.rule.id: owned.rule for owned in rulebook.duties}
        self._verdicts: Counter[str] = Counter()
        self._by_sector: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._by_department: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._classes: dict[str, Counter[str]] = {kind.value: Counter() for kind in Catalogue}
        self._done: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._permits: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._eia_states: Counter[str] = Counter()
        self._exhaust: Counter[str] = Counter()
        self._amounts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._life = LifeCounts()
        self.emitters: list[dict[str, Any]] = []
        self.last_emitters = pl.DataFrame()
        self.outcomes: Counter[str] = Counter()

    def parts(self) -> dict[str, Any]:
        """What has been added up, to be sent elsewhere and put together there by `merge`."""
        return {name: value for name, value in vars(self).items() if name not in _SETTINGS} | self._life.parts()

    def merge(self, parts: Mapping[str, Any]) -> None:
        """Adds what another has added up."""
        mine = self.parts()
        for name, value in parts.items():
            _merge(mine[name], value)
        self.emitters = _largest(self.emitters)

    def add(self, done: Done) -> None:
        """One block."""
        block, result = done.block, done.result
        table = pl.DataFrame(pl.from_arrow(result.enterprises)).with_columns(
            pl.col("verdict").cast(pl.String).fill_null("contradicts"),
            pl.Series("sector", sectors(block, self._rulebook)),
        )
        self._count(table)
        self._findings(table, result.findings, block.first_row)
        refuted = np.zeros(block.enterprises.size, np.bool_)
        refuted[list(result.refuted)] = True
        for name, due in result.duties.items():
            self._duty(name, np.where(refuted, 0, due), block, result.lived)
        self._eia(table, block, result.lived)
        self._held(table, block, result.lived)
        if result.lived is not None:
            self._life.add(result.lived, self._rulebook.life)
            self._broken(result.lived, table)
        self._air(block, table)
        for name, fact in WASTES.items():
            self._sum(name, _number(block, fact))

    def _count(self, table: pl.DataFrame) -> None:
        for sector, verdict, count in table.group_by("sector", "verdict").len().iter_rows():
            self._verdicts[verdict] += count
            self._by_sector[sector][verdict] += count
        for kind, counter in self._classes.items():
            known = pl.when("contradicts").then(pl.lit("contradicts")).otherwise(pl.col(kind).cast(pl.String))
            for level, count in table.group_by(known.fill_null(UNDECIDED).alias("level")).len().iter_rows():
                counter[level] += count

    def _findings(self, table: pl.DataFrame, findings: pa.Table, first: int) -> None:
        """Findings by sector, outcome, severity and department, counted as numbers."""
        names = sorted(set(table["sector"]))
        places = {name: at for at, name in enumerate(names)}
        sector = np.array([places[name] for name in table["sector"]], np.int64)
        code = sector[findings.column("row").to_numpy() - first]
        words: list[list[str]] = [names]
        for column in ("outcome", "severity", "department"):
            whole = findings.column(column).unify_dictionaries().combine_chunks()
            words.append(whole.dictionary.to_pylist())
            code = code * max(len(words[-1]), 1) + whole.indices.to_numpy()
        for group, count in zip(*np.unique(code, return_counts=True), strict=True):
            rest, parts = int(group), []
            for options in reversed(words):
                rest, at = divmod(rest, max(len(options), 1))
                parts.append(options[at])
            departments, severity, outcome, where = parts
            name = _finding_kind(outcome, severity)
            self.outcomes[name] += int(count)
            self._by_sector[where][f"{name}_findings"] += int(count)
            for department in departments.split("、"):
                self._by_department[department][name] += int(count)

    # duties

    def _broken(self, lived: Lived, table: pl.DataFrame) -> None:
        """Breaches that go on, by sector and department."""
        rows = going_on(lived.breaches)
        frame = pl.DataFrame({"sector": table["sector"].gather(rows.owners), "rule": rows.rules})
        for sector, rule, count in frame.group_by("sector", "rule").len().iter_rows():
            self._by_sector[sector]["breach"] += count
            for department in self._rulebook.life.duties[rule].department.split("、"):
                self._by_department[department]["breach"] += count

    def _overdue(self, lived: Lived | None, events: Sequence[str], size: int) -> NDArray[np.bool_]:
        return overdue_for(lived, self._rulebook.life, events, size)

    def _state(self, duty: Duty, block: Block, lived: Lived | None) -> NDArray[np.int64]:
        """Per enterprise the position in `_STATES`: the first event of a duty is the one that can be said not to be."""
        size = block.enterprises.size
        days = np.stack([block.milestones.day(event, size) for event in duty.done_by])
        done = (days <= self._on).any(axis=0)
        not_done = (days[0] > self._on) | self._overdue(lived, duty.done_by, size)
        return np.where(done, 0, np.where(not_done, 1, 2))

    def _duty(self, name: str, due: NDArray[np.int64], block: Block, lived: Lived | None) -> None:
        duty = self._duties[name]
        if not duty.done_by:
            return
        state = self._state(duty, block, lived)
        counter = self._done[name]
        for position, word in enumerate(_STATES):
            counter[word] += int(((due == 2) & (state == position)).sum())
        counter["due"] += int((due == 2).sum())
        counter["may_be_due"] += int((due == 1).sum())

    def _eia(self, table: pl.DataFrame, block: Block, lived: Lived | None) -> None:
        """Due where every class still possible is a class; done when approved or filed, whichever it was."""
        days = np.stack([block.milestones.day(event, block.enterprises.size) for event in EIA_DONE])
        done, refused = (days <= self._on).any(axis=0), (days > self._on).any(axis=0)
        refused |= self._overdue(lived, EIA_DONE, block.enterprises.size)
        words = np.select([done, refused], ["done", "not_done"], "unknown")
        possible = pl.col("eia_possible").cast(pl.String)
        due = pl.when(possible.str.split(";").list.contains(NONE)).then(pl.lit("may_be_due")).otherwise(pl.lit("due"))
        stated = table.with_columns(pl.Series("state", words), due=due)
        counted = stated.filter(~pl.col("contradicts") & (possible != NONE)).group_by("sector", "due", "state").len()
        for sector, word, name, count in counted.iter_rows():
            self._eia_states[word] += count
            if word == "due":
                self._eia_states[name] += count
                self._by_sector[sector][f"eia_{name}"] += count

    def _held(self, table: pl.DataFrame, block: Block, lived: Lived | None) -> None:
        """Permits by class: held, expired, missing, unknown; without a stated end it is counted from the issue."""
        size = block.enterprises.size
        issued = np.stack([block.milestones.day(event, size) for event in PERMIT_DONE])
        ends = np.stack([block.milestones.day(event, size, last=True) for event in PERMIT_ENDS])
        has, missing = (issued <= self._on).any(axis=0), (issued == np.inf).any(axis=0)
        missing |= self._overdue(lived, PERMIT_DONE, size)
        if lived is not None:
            known = np.where(lived.permit_ends > 0, lived.permit_ends, np.nan)
            ends = np.where(lived.seen, known, ends)
        expired = has & ~(ends >= self._on).any(axis=0) & (ends < self._on).any(axis=0)
        words = np.select([expired, has, missing], ["expired", "held", "missing"], "unknown")
        level = table.get_column("permit").cast(pl.String).fill_null(UNDECIDED)
        chosen = pl.DataFrame({"level": level, "state": words, "contradicts": table.get_column("contradicts")})
        for name, state, count in chosen.filter(~pl.col("contradicts")).group_by("level", "state").len().iter_rows():
            self._permits[name][state] += count

    # amounts

    def _sum(self, name: str, numbers: Numbers) -> None:
        known = numbers == numbers
        self._sums[name] += float(numbers[known].sum())
        self._amounts[name]["stated"] += int(known.sum())
        self._amounts[name]["unknown"] += int((~known).sum())

    def _air(self, block: Block, table: pl.DataFrame) -> None:
        emits, nox, vocs = _truth(block, EXHAUST), _number(block, NOX), _number(block, VOCS)
        self._sum("nox", nox)
        self._sum("vocs", vocs)
        with np.errstate(invalid="ignore"):
            yes = (emits == 2) | (nox > 0) | (vocs > 0)
        no = ~yes & (emits == 0)
        for word, rows in (("yes", yes), ("no", no), ("unknown", ~yes & ~no)):
            self._exhaust[word] += int(rows.sum())
        rows = np.flatnonzero(yes)
        self.last_emitters = pl.DataFrame(
            {
                "row": rows + block.first_row,
                "enterprise": table.get_column("enterprise").cast(pl.String).gather(rows),
                "sector": table.get_column("sector").gather(rows),
                "nox_t_per_year": pl.Series(nox[rows]).fill_nan(None),
                "voc_t_per_year": pl.Series(vocs[rows]).fill_nan(None),
            }
        )
        self.emitters = _largest([*self.emitters, *_largest(self.last_emitters.to_dicts())])

    # result

    def result(self, problems: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Everything added up; `problems` are counts of the ledger by state, where there is one."""
        return {
            "enterprises": sum(self._verdicts.values()),
            "verdicts": {str(v): self._verdicts[v] for v in VERDICTS} | {"contradicts": self._verdicts["contradicts"]},
            "classes": {kind: dict(sorted(counter.items())) for kind, counter in self._classes.items()},
            "eia_execution": _rate(self._eia_states),
            "permits": {level: _full(counter) for level, counter in sorted(self._permits.items()) if level != "none"},
            "three_simultaneities": {name: self._stage(event) for name, event in STAGES.items()},
            "duties": {name: dict(counter) for name, counter in sorted(self._done.items())},
            "air": {
                "enterprises": dict(self._exhaust),
                "nox": self._amount("nox"),
                "vocs": self._amount("vocs"),
                "listed": len(self.emitters),
                "list": self.emitters,
            },
            **{name: self._amount(name) for name in WASTES},
            "life_cycle": self._life.result(),
            "findings": {name: self.outcomes[name] for name in ("problem", "review", "unknown", "notice")},
            "problems": dict(problems or {}),
            "by_sector": {name: dict(sorted(counter.items())) for name, counter in sorted(self._by_sector.items())},
            "by_department": {n: dict(sorted(counter.items())) for n, counter in sorted(self._by_department.items())},
        }

    def _amount(self, name: str) -> dict[str, float]:
        return {"t_per_year": round(self._sums[name], 6), **self._amounts[name]}

    def _stage(self, event: str) -> dict[str, float | None]:
        """The duties whose first event is `event`."""
        total: Counter[str] = Counter()
        for name, counter in self._done.items():
            if self._duties[name].done_by[0] == event:
                total.update(counter)
        return _rate(total)


def _rate(counts: Counter[str]) -> dict[str, float | None]:
    """Due, done, not done, unknown; the rate over what is known."""
    known = counts["done"] + counts["not_done"]
    words = ("due", *_STATES, "may_be_due")
    return {**{word: counts[word] for word in words}, "rate": counts["done"] / known if known else None}


def _merge(mine: Any, theirs: Any) -> None:
    if isinstance(mine, list):
        mine += theirs
    elif isinstance(mine, Counter):
        mine.update(theirs)
    else:
        for name, value in theirs.items():
            if isinstance(value, float):
                mine[name] += value
            else:
                _merge(mine[name], value)


def _full(counter: Counter[str]) -> dict[str, int]:
    return {state: counter[state] for state in ("held", "expired", "missing", "unknown")}


def _finding_kind(outcome: str, severity: str) -> str:
    """A problem, something to judge, something to ask, or a notice (an encouraged activity)."""
    if outcome in ("review", "unknown"):
        return outcome
    return "notice" if severity == "admit" else "problem"


def _largest(emitters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest emitters of NOx and VOCs together, in order."""
    return sorted(emitters, key=lambda e: (-((e["nox_t_per_year"] or 0) + (e["voc_t_per_year"] or 0)), e["row"]))[
        :_LISTED
    ]


# facts of enterprises


def sectors(block: Block, rulebook: Rulebook) -> list[str]:
    """The division of the first industry code of each enterprise, `34 通用设备制造业`; `unknown` without one."""
    first = np.full(block.enterprises.size, -1, np.int64)
    owners, rows = np.unique(block.owners, return_index=True)
    first[owners] = rows
    own, parts = block.enterprises.columns.get(INDUSTRY), block.components.columns.get(INDUSTRY)
    found = [UNKNOWN_SECTOR] * block.enterprises.size
    for column, at in ((parts, first), (own, np.arange(block.enterprises.size))):
        if isinstance(column, Coded) and len(column.codes):
            words = [_division(value, rulebook) for value in column.choices.values]
            codes = np.where(at >= 0, column.codes[at], -1)
            found = [words[code] if code >= 0 else word for code, word in zip(codes.tolist(), found, strict=True)]
    return found


def _division(codes: frozenset[str], rulebook: Rulebook) -> str:
    if not codes:
        return UNKNOWN_SECTOR
    division = min(codes)[:2]
    return f"{division} {rulebook.vocabulary.codes.name(division)}"


def _levels(block: Block, name: str) -> tuple[Column | None, Column | None]:
    return block.enterprises.columns.get(name), block.components.columns.get(name)


def _truth(block: Block, name: str) -> NDArray[np.int8]:
    """2 true, 1 unknown, 0 false: what the enterprise says of itself, else what its components say together."""
    own, parts = _levels(block, name)
    found = own.cells.copy() if isinstance(own, Truths) else np.ones(block.enterprises.size, np.int8)
    if isinstance(parts, Truths) and block.owners.size:
        most = np.full(block.enterprises.size, -1, np.int8)
        np.maximum.at(most, block.owners, parts.cells)
        found = np.where((found == 1) & (most >= 0), most, found)
    return found


def _number(block: Block, name: str) -> Numbers:
    """The amount of the enterprise; else the sum of its components, unknown when one of them is."""
    own, parts = _levels(block, name)
    found = own.copy() if isinstance(own, np.ndarray) else np.full(block.enterprises.size, np.nan)
    if isinstance(parts, np.ndarray) and block.owners.size:
        sums = np.bincount(block.owners, weights=parts, minlength=block.enterprises.size)
        has = np.bincount(block.owners, minlength=block.enterprises.size) > 0
        found = np.where(np.isnan(found) & has, sums, found)
    return found
