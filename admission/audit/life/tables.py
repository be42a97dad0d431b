"""Duties and breaches of a block as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from admission.audit.block import Block
from admission.audit.labels import cited
from admission.audit.life.histories import NO_DAY, Days
from admission.audit.life.lives import STATUSES, Lived, Lives

if TYPE_CHECKING:
    import pyarrow as pa

    from admission.rulebook.life_rules import LifeRules

__all__ = ["BREACHES", "DUTIES", "LifeTables", "life_in_order", "life_tables", "no_life", "schema_of"]

_WORD = "word"
DUTIES: Mapping[str, str] = {
    "row": "int64",
    "enterprise": _WORD,
    "duty": _WORD,
    "due": "date32",
    "status": _WORD,
    "department": _WORD,
    "citation": _WORD,
}
"""Columns of the duties with their types: `duty` is the id, with `#` and the number of the occasion or the day where
there are several; `due` is empty while no period runs; `status` overdue, pending, unknown or met."""

BREACHES: Mapping[str, str] = {
    "row": "int64",
    "enterprise": _WORD,
    "breach": _WORD,
    "duty": _WORD,
    "since": "date32",
    "until": "date32",
    "disputed": "bool",
    "department": _WORD,
    "citation": _WORD,
    "penalty": _WORD,
    "act_law": _WORD,
    "decision_law": _WORD,
    "lighter": _WORD,
    "ranges": _WORD,
    "low_wan_yuan": "double",
    "high_wan_yuan": "double",
    "barred": "bool",
    "barred_after": "date32",
    "daily_fine_from": "date32",
}
"""Columns of the breaches with their types.

`until` empty: it goes on. `disputed`: norms in force together differ on it. `ranges` are the ids of the ranges that may
apply, `lighter` the law to apply where both exist; `low_wan_yuan` and `high_wan_yuan` the ordinary range for the unit
under it (under both laws while that cannot be told), in 10,000 yuan. `barred`: fined no more.
"""

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class LifeTables:
    """The columns `DUTIES` and `BREACHES`, rows numbered as in the table."""

    duties: pa.Table
    breaches: pa.Table


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow types of `DUTIES` or `BREACHES`; texts that repeat are coded."""
    import pyarrow as pa

    coded = pa.dictionary(pa.int32(), pa.string())
    types = {name: coded if kind == _WORD else pa.type_for_alias(kind) for name, kind in columns.items()}
    return pa.schema(types)


def no_life() -> LifeTables:
    """Where no milestones can be told: no rows."""
    return LifeTables(*(schema_of(columns).empty_table() for columns in (DUTIES, BREACHES)))


def life_in_order(found: LifeTables, rules: LifeRules) -> LifeTables:
    """Rows by enterprise, as `lifecycle` tells them: overdue duties first, then by day; worst breaches first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def plain(table: pa.Table, name: str) -> Any:
        return pc.cast(table.column(name), pa.string())

    def ranked(texts: Any, ranks: Sequence[str]) -> Any:
        return pc.index_in(texts, pa.array(ranks, pa.string()))

    steps = {rule.id: rule.step.order if rule.step else 0 for rule in rules.duties}
    names = list(steps)
    place = ranked(pc.list_element(pc.split_pattern(plain(found.duties, "duty"), "#"), 0), names)
    duties = pa.table(
        {
            "row": found.duties.column("row"),
            "status": ranked(plain(found.duties, "status"), STATUSES),
            "due": found.duties.column("due"),
            "step": pa.array(list(steps.values()), pa.int64()).take(place.combine_chunks()),
            "duty": plain(found.duties, "duty"),
        }
    )
    breaches = pa.table(
        {
            "row": found.breaches.column("row"),
            "breach": ranked(plain(found.breaches, "breach"), [kind.id for kind in rules.breaches]),
            "since": found.breaches.column("since"),
            "duty": plain(found.breaches, "duty"),
        }
    )
    ordered = (
        table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))
        for table, keys in ((found.duties, duties), (found.breaches, breaches))
    )
    return LifeTables(*ordered)


def life_tables(lives: Lives, lived: Lived, block: Block) -> LifeTables:
    """The tables of one block; texts that repeat are coded."""
    return _Writer(lives, block).tables(lived)


class _Writer:
    def __init__(self, lives: Lives, block: Block) -> None:
        import pyarrow as pa

        self._pa: Any = pa
        self._lives, self._block = lives, block
        self._rules = lives.ruleset.rulebook.life
        self._keys = list(lives.keys)
        self._names = pa.array(block.names, pa.string())
        self._departments, self._department_of = _numbered([rule.department for rule in self._rules.duties])
        cites = [cited(cite) for rule in self._rules.duties for cite in rule.cite]
        self._cites, self._cite_of = _numbered(cites)
        self._first_cite = np.cumsum([0, *(len(rule.cite) for rule in self._rules.duties)])

    def tables(self, lived: Lived) -> LifeTables:
        return LifeTables(self._duties(lived), self._breaches(lived))

    def _coded(self, codes: Days, words: Sequence[str], missing: Any = None) -> Any:
        pa = self._pa
        return pa.DictionaryArray.from_arrays(
            pa.array(codes.astype(np.int32), mask=missing), pa.array(words, pa.string())
        )

    def _days(self, days: Days) -> Any:
        pa = self._pa
        return pa.array((days - _EPOCH).astype(np.int32), mask=days == NO_DAY).cast(pa.date32())

    def _common(self, owners: Days, rules: Days, cites: Days) -> dict[str, Any]:
        pa = self._pa
        return {
            "row": owners + self._block.first_row,
            "enterprise": pa.DictionaryArray.from_arrays(owners.astype(np.int32), self._names),
            "department": self._coded(self._department_of[rules], self._departments),
            "citation": self._coded(self._cite_of[self._first_cite[rules] + cites], self._cites),
        }

    def _duties(self, lived: Lived) -> pa.Table:
        rows = lived.duties
        columns = {
            **self._common(rows.owners, rows.rules, rows.cites),
            "duty": self._coded(rows.keys, self._keys),
            "due": self._days(rows.due),
            "status": self._coded(rows.statuses, STATUSES),
        }
        return self._pa.table({name: columns[name] for name in DUTIES}, schema=schema_of(DUTIES))

    def _breaches(self, lived: Lived) -> pa.Table:
        pa, rows = self._pa, lived.breaches
        texts, laws = self._lives.penalties.texts(), self._lives.penalties.regimes
        columns = {
            **self._common(rows.owners, rows.rules, rows.cites),
            "breach": self._coded(rows.kinds, [kind.id for kind in self._rules.breaches]),
            "duty": self._coded(rows.keys, self._keys),
            "since": self._days(rows.since),
            "until": self._days(rows.until),
            "disputed": rows.disputed,
            "lighter": self._coded(np.maximum(rows.lighter, 0), laws, rows.lighter < 0),
            "low_wan_yuan": pa.array(rows.low, mask=np.isnan(rows.low)),
            "high_wan_yuan": pa.array(rows.high, mask=np.isnan(rows.high)),
            "barred": pa.array(rows.barred > 1, mask=rows.barred == 1),
            "barred_after": self._days(rows.barred_after),
            "daily_fine_from": self._days(rows.daily_from),
        }
        for name, words in zip(("penalty", "act_law", "decision_law", "ranges"), _columns(texts), strict=True):
            distinct, codes = _numbered([word or "" for word in words])
            missing = np.array([word is None for word in words], np.bool_)
            columns[name] = self._coded(codes[rows.fines], distinct, missing[rows.fines])
        return pa.table({name: columns[name] for name in BREACHES}, schema=schema_of(BREACHES))


def _columns(texts: Sequence[tuple[str | None, ...]]) -> list[list[str | None]]:
    return [list(column) for column in zip(*texts, strict=True)] if texts else [[], [], [], []]


def _numbered(texts: Sequence[str]) -> tuple[list[str], Days]:
    """Distinct texts, and for each its number."""
    known: dict[str, int] = {}
    codes = [known.setdefault(text, len(known)) for text in texts]
    return list(known), np.array(codes, np.int64)
