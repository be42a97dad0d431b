"""Made-up enterprises for benchmarks: realistic in shape, the same for the same seed.

Industry codes follow a falling frequency with the manufacturing classes of a western Chinese park in
front; 10 to 30 % of the facts of an enterprise are unknown, of what it does little applies (1 %), of what is
asked of it most is met (99 %); two in three enterprises have one component, the
others two to four, which stand as a list of structures in the column `components`. A register holds enterprises that
exist: 85 % have three to eight milestones in columns, the others none or one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from admission import Ruleset
from admission.logic import facts_of
from admission.logic.nodes import AnyOf, Compare, Constant, FactRef, Not, walk
from admission.screening.lists import conditions
from admission.vocabulary import Fact, FactType

CHUNK = 50_000
EPOCH = date(1970, 1, 1).toordinal()
SHARE_TRUE = 0.01
SHARE_STATED_BY_COMPONENT = 40
COMMON = ("34", "33", "35", "38", "39", "40", "13", "14", "27", "30", "29", "26", "22", "23", "17", "18", "42", "46")
WORKS = ("boiler", "surface_treatment", "water_treatment", "heat_treatment")
COURSE = (
    ("eia_approval_date", 120),
    ("construction_start", 60),
    ("env_facility_completion", 300),
    ("permit_issued", 60),
    ("production_start", 60),
    ("acceptance_report_completed", 90),
    ("acceptance_disclosed", 20),
    ("acceptance_platform_filed", 30),
    ("emergency_plan_filed", 90),
    ("exec_report_annual", 300),
    ("permit_renewal_applied", 700),
    ("permit_renewed", 100),
)
"""Milestones in their usual order, with the days that usually lie before each."""
SHARE_WITH_MILESTONES = 0.85
FIRST_DAY, TODAY = date(2015, 1, 1).toordinal() - EPOCH, date(2026, 11, 24).toordinal() - EPOCH
LAST_START = TODAY - FIRST_DAY
Columns = dict[str, pa.Array]


def keys_of(ruleset: Ruleset) -> Iterator[str]:
    """Every condition that an audit evaluates: lists, catalogues, derived facts."""
    from admission.logic import condition_key

    for owned in ruleset.items:
        yield from conditions(owned.rule)
    for catalogue in ruleset.catalogues.values():
        for entry in (owned.rule for owned in catalogue.entries):
            texts = (entry.implied_by, entry.scope, *(level.when for level in entry.levels.values()))
            yield from (condition_key(text, entry.sensitive_areas) for text in texts if text is not None)
    yield from (fact.define for fact in ruleset.rulebook.derived if fact.define)


def facts_read(ruleset: Ruleset) -> list[Fact]:
    """The facts a full table states: read by some rule and not derived from others."""
    names = {name for key in keys_of(ruleset) for name in facts_of(ruleset.conditions.tree(key))}
    facts = (ruleset.vocabulary.facts[name] for name in sorted(names))
    return [f for f in facts if not f.internal and f.define is None and f.name not in ("industry", "activity")]


@cache
def _limits(ruleset: Ruleset) -> Mapping[str, float]:
    """The middle one of the numbers each fact is compared with."""
    found: dict[str, list[float]] = {}
    for key in keys_of(ruleset):
        for node in walk(ruleset.conditions.tree(key)):
            if isinstance(node, Compare):
                numbers = [p.value for p in walk(node) if isinstance(p, Constant) and type(p.value) is float]
                for part in walk(node):
                    if isinstance(part, FactRef):
                        found.setdefault(part.name, []).extend(abs(number) for number in numbers)
    return {name: sorted(numbers)[len(numbers) // 2] for name, numbers in found.items() if numbers}


@cache
def _members(ruleset: Ruleset) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for key in keys_of(ruleset):
        for node in walk(ruleset.conditions.tree(key)):
            if isinstance(node, AnyOf):
                found.setdefault(node.name, set()).update(node.members)
    return {name: tuple(sorted(members)) for name, members in found.items()}


@cache
def _wanted(ruleset: Ruleset) -> frozenset[str]:
    """The bool facts that are good news: a clause asks for them, or bites where they are not."""
    found: set[str] = set()
    for item in (owned.rule for owned in ruleset.items):
        if item.must is not None:
            found |= facts_of(ruleset.conditions.tree(item.must))
        for node in walk(ruleset.conditions.tree(item.when)):
            if isinstance(node, Not):
                found |= facts_of(node.part)
    return frozenset(found)


class Maker:
    """Makes tables of enterprises; `share` narrows the facts that have columns."""

    def __init__(self, ruleset: Ruleset, seed: int = 1, share: float = 1.0) -> None:
        self._ruleset = ruleset
        self._random = np.random.default_rng(seed)
        facts = facts_read(ruleset)
        self.facts = facts[: max(1, int(len(facts) * share))]
        own = [fact for fact in self.facts if fact.scope == "component"]
        self.own = own[:: max(1, len(own) // SHARE_STATED_BY_COMPONENT)][:SHARE_STATED_BY_COMPONENT]
        codes = [c for c in ruleset.vocabulary.codes.table if len(c) == 4 and c.isdigit()]
        first = [code for prefix in COMMON for code in codes if code.startswith(prefix)]
        self._codes = pa.array(first + [code for code in codes if code not in set(first)])
        weight = 1 / np.arange(8, len(self._codes) + 8) ** 1.1
        self._weight = weight / weight.sum()
        self._made = 0

    def table(self, count: int) -> pa.Table:
        """`count` enterprises with all their columns."""
        random = self._random
        unknown = random.uniform(0.1, 0.3, count)
        columns: Columns = {"enterprise": self.names(count), "industry": self._industry(unknown * 0.1)}
        columns["activity"] = self._activity(unknown)
        columns |= {fact.name: self._column(fact, unknown) for fact in self.facts}
        columns |= self._milestones(count)
        columns["components"] = self._components(unknown)
        return pa.table(columns)

    def _milestones(self, count: int) -> Columns:
        """Days of the usual course, most of them in order: most enterprises exist and have three to eight."""
        random = self._random
        stands = random.random(count) < SHARE_WITH_MILESTONES
        wanted = np.where(stands, random.integers(3, 9, count), random.choice([0, 1], count))
        day = FIRST_DAY + random.integers(0, LAST_START, count).astype(np.float64)
        columns: Columns = {}
        ranks = random.random((count, len(COURSE))).argsort(axis=1).argsort(axis=1)
        for place, (event, gap) in enumerate(COURSE):
            day = day + np.round(random.exponential(gap, count)) - (random.random(count) < 0.02) * 2 * gap
            chosen = (ranks[:, place] < wanted) & (day < TODAY + 60)
            columns[event] = pa.array(day.astype(np.int32), mask=~chosen).cast(pa.date32())
        return columns

    def names(self, count: int) -> pa.Array:
        """The next `count` names."""
        self._made += count
        return pa.array([f"企业{number:08d}" for number in range(self._made - count, self._made)])

    def _industry(self, unknown: NDArray[np.float64]) -> pa.Array:
        chosen = self._random.choice(len(self._codes), len(unknown), p=self._weight).astype(np.int32)
        return self._coded(chosen, self._codes, unknown)

    def _activity(self, unknown: NDArray[np.float64]) -> pa.Array:
        words = pa.array([";", *(f";{work};" for work in WORKS)])
        chosen = self._random.choice(len(words), len(unknown), p=[0.6, 0.1, 0.1, 0.1, 0.1]).astype(np.int32)
        return self._coded(chosen, words, unknown)

    def _coded(self, chosen: NDArray[np.int32], words: pa.Array, unknown: NDArray[np.float64]) -> pa.Array:
        gone = self._random.random(len(chosen)) < unknown
        return pa.DictionaryArray.from_arrays(pa.array(chosen, mask=gone), words)

    def _column(self, fact: Fact, unknown: NDArray[np.float64]) -> pa.Array:
        random, count = self._random, len(unknown)
        gone = random.random(count) < unknown
        if fact.type is FactType.BOOL:
            share = 1 - SHARE_TRUE if fact.name in _wanted(self._ruleset) else SHARE_TRUE
            return pa.array(random.random(count) < share, mask=gone)
        if fact.type is FactType.NUMBER:
            return pa.array(self._numbers(fact, count), mask=gone)
        members = _members(self._ruleset).get(fact.name) or tuple(fact.members)
        if fact.type is not FactType.SET and not fact.members:  # a text or a day that no rule reads by value
            return pa.nulls(count, pa.string())
        if fact.type is FactType.SET:
            words = pa.array([";", *(f";{member};" for member in members)])
            chosen = np.where(random.random(count) < 0.9, 0, random.integers(0, len(words), count)).astype(np.int32)
        else:
            words = pa.array(list(fact.members))
            chosen = random.integers(0, len(words), count).astype(np.int32)
        return self._coded(chosen, words, unknown)

    def _numbers(self, fact: Fact, count: int) -> NDArray[np.float64]:
        """Half of them nothing, the others around what the rules compare with."""
        limit = _limits(self._ruleset).get(fact.name, 100.0) or 1.0
        low, high = fact.range or (None, None)
        numbers = np.round(self._random.lognormal(np.log(limit) - 1, 1.5, count), 2)
        numbers[self._random.random(count) < 0.5] = 0.0
        return np.clip(numbers, low if low is not None else -np.inf, high if high is not None else np.inf)

    def _components(self, unknown: NDArray[np.float64]) -> pa.Array:
        counts = self._random.choice([0, 2, 3, 4], len(unknown), p=[0.66, 0.2, 0.1, 0.04])
        owners = np.repeat(np.arange(len(unknown)), counts)
        share = unknown[owners]
        first = np.cumsum(counts) - counts
        names = pa.array([f"建设内容{nth + 1}" for nth in np.arange(len(owners)) - first[owners]])
        columns: Columns = {
            "component": names,
            "industry": _text(self._industry(share * 0.1)),
            "activity": _text(self._activity(share)),
        }
        columns |= {fact.name: _text(self._column(fact, share)) for fact in self.own}
        parts = pa.StructArray.from_arrays(list(columns.values()), list(columns))
        return pa.ListArray.from_arrays(pa.array(np.append(0, np.cumsum(counts)).astype(np.int32)), parts)

    def write(self, path: Path, count: int) -> None:
        """A Parquet file of `count` enterprises."""
        writer = None
        for start in range(0, count, CHUNK):
            table = self.table(min(CHUNK, count - start))
            writer = writer or parquet.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _text(cells: pa.Array) -> pa.Array:
    return cells.cast(pa.string()) if pa.types.is_dictionary(cells.type) else cells
