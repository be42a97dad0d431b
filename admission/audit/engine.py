"""Runs a compiled ruleset over blocks and makes tables of what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from admission.audit.block import Block, Placed
from admission.audit.facts import Columns
from admission.audit.labels import cited
from admission.audit.life import STATUSES, LifeTables, Lived, Lives, life_tables, no_life
from admission.audit.machine import WORD, Machine, positions, unpack
from admission.audit.rules import ClassMasks, FindingMask, compile_rules
from admission.rulebook import Catalogue, Item, Owned, Ruleset
from admission.screening.decision import Finding
from admission.screening.findings import findings as fixed_findings
from admission.screening.verdict import VERDICTS, Outcome, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TRIGGERED", "BlockResult", "Engine", "fixed_of", "weight_of"]

TRIGGERED = (Outcome.HIT, Outcome.UNMET, Outcome.REVIEW, Outcome.UNKNOWN)
"""The outcomes that become findings: what is clear, met or not applicable is only counted."""

SEPARATOR = ";"
_OUTCOMES = tuple(Outcome)
_WORD_BITS = WORD - 2
_TABLE_BITS = 16
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class BlockResult:
    """One row per enterprise, in the order of the table, and one per finding.

    `duties` gives for each duty by id, and each enterprise, 2 it has it, 1 it may have it, 0 it has not;
    `entries`, where asked for, 1 where a level of a catalogue entry is possible, by (entry, level). `life` are
    the tables of duties and breaches, `lived` what they are made of; None where the table can tell no milestones.
    `questions`, where asked for: `row`, `enterprise`, `fact`, `target`.
    """

    enterprises: pa.Table
    findings: pa.Table
    refuted: tuple[int, ...]
    duties: Mapping[str, NDArray[np.uint8]]
    entries: Mapping[tuple[str, str], NDArray[np.uint8]] = field(default_factory=dict)
    life: LifeTables = field(default_factory=no_life)
    lived: Lived | None = None
    questions: pa.Table | None = None


class Engine:
    """One ruleset for tables with certain columns; runs block after block."""

    def __init__(
        self,
        ruleset: Ruleset,
        columns: Columns,
        *,
        outcomes: Iterable[Outcome] = TRIGGERED,
        needs: bool = True,
        entries: bool = False,
        classes: bool = True,
        items: Sequence[Owned[Item]] | None = None,
        life: bool = False,
        questions: bool = False,
    ) -> None:
        self.ruleset = ruleset
        self.compiled = compile_rules(
            ruleset,
            columns,
            outcomes,
            needs=needs,
            entries=entries,
            classes=classes,
            items=items,
            life=life,
            questions=questions,
        )
        self._lives = None if self.compiled.life is None else Lives(ruleset, self.compiled.life)
        self._machine = Machine(self.compiled.program)
        self._fixed = fixed_of(ruleset)
        self._rules = _Rules(self.compiled.findings, self._fixed)
        self._needs = [_Needs(found.needs) for found in self.compiled.findings]
        self._texts: dict[str, int] = {"": 0}

    def run(self, block: Block) -> BlockResult:
        """Verdict, classes and findings of every enterprise of `block`."""
        placed, lives = Placed(block), self._lives
        inputs = placed.inputs(self.compiled.columns)
        histories = None if lives is None else lives.histories(placed)
        if lives is not None and histories is not None:
            inputs |= lives.inputs(placed, histories)
        values = self._machine.run(placed.layout, inputs)
        refuted = unpack(values[self.compiled.refuted])[placed.place].astype(np.bool_)
        rows = self._findings(placed, values, refuted)
        lived, tables = None, no_life()
        if lives is not None and histories is not None:
            lived = lives.lived(placed, values, histories, refuted)
            tables = life_tables(lives, lived, block)
        return BlockResult(
            self._enterprises(placed, values, refuted, rows, lived),
            self._findings_table(placed, rows),
            tuple(np.flatnonzero(refuted).tolist()),
            {
                found.duty.id: unpack(values[found.certain])[placed.place]
                + unpack(values[found.possible])[placed.place]
                for found in self.compiled.duties
            },
            {
                (found.owned.rule.id, found.level): unpack(values[found.possible])[placed.place]
                for found in self.compiled.entries
            },
            tables,
            lived,
            self._questions(placed, values) if self.compiled.questions else None,
        )

    def _questions(self, placed: Placed, values: Sequence[Any]) -> pa.Table:
        """What to ask: a row for each enterprise, fact and thing that the answer can change."""
        import pyarrow as pa

        masks, block = self.compiled.questions, placed.block
        rows = [placed.order[positions(values[mask.asked])] for mask in masks]
        which = np.repeat(np.arange(len(masks), dtype=np.int32), [len(found) for found in rows])
        owners = np.concatenate([np.zeros(0, np.int64), *rows])
        names = pa.array(block.names, pa.string())
        columns: dict[str, Any] = {
            "row": owners + block.first_row,
            "enterprise": pa.DictionaryArray.from_arrays(owners.astype(np.int32), names),
        }
        for name in ("fact", "target"):
            words = pa.array([getattr(mask, name) for mask in masks]).dictionary_encode()
            columns[name] = words.take(pa.array(which))
        return pa.table(columns)

    # enterprises

    def _enterprises(
        self, placed: Placed, values: Sequence[Any], refuted: NDArray[np.bool_], rows: _Rows, lived: Lived | None
    ) -> pa.Table:
        import pyarrow as pa

        count, block = len(placed.order), placed.block
        rank = np.zeros(count, np.int64)
        for mask in self.compiled.verdicts[1:]:
            rank += unpack(values[mask])[placed.place]
        reached = _bits(values, self.compiled.reached, placed)
        columns: dict[str, Any] = {
            "row": np.arange(block.first_row, block.first_row + count),
            "enterprise": pa.array(block.names, pa.string()),
            "components": placed.counts,
            "verdict": _enum(rank, VERDICTS, refuted),
            "possible_verdicts": _sets(reached, VERDICTS, refuted),
        }
        for kind, masks in self.compiled.classes.items():
            columns |= _class_columns(kind, masks, values, placed, refuted)
        for outcome in TRIGGERED:
            chosen = rows.enterprise[self._rules.outcome[rows.rule] == _OUTCOMES.index(outcome)]
            columns[outcome.value] = np.bincount(chosen, minlength=count)
        columns["contradicts"] = refuted
        return pa.table(columns | _life_columns(lived, count))

    # findings

    def _findings(self, placed: Placed, values: Sequence[Any], refuted: NDArray[np.bool_]) -> _Rows:
        """The rows of every finding, clause after clause."""
        found: list[NDArray[np.int64]] = []
        names: list[NDArray[np.int64]] = []
        needs: list[Codes] = []
        everyone = np.flatnonzero(~refuted)
        for _ in self._fixed:
            found.append(everyone)
            names.append(np.full(len(everyone), -1))
            needs.append(np.zeros(len(everyone), np.int32))
        unlike: dict[int, NDArray[np.bool_]] = {}
        for mask, asked in zip(self.compiled.findings, self._needs, strict=True):
            rows = positions(values[mask.rows])
            enterprises = placed.enterprise_of[rows]
            found.append(enterprises)
            if mask.unlike not in unlike:
                unlike[mask.unlike] = unpack(values[mask.unlike])[placed.place].view(np.bool_)
            names.append(np.where(unlike[mask.unlike][enterprises], placed.component_of[rows], -1))
            needs.append(asked.codes(rows, values, self._texts))
        lengths = [len(rows) for rows in found]
        return _Rows(
            np.repeat(np.arange(len(found), dtype=np.int32), lengths),
            np.concatenate([*found, np.zeros(0, np.int64)]),
            np.concatenate([*names, np.zeros(0, np.int64)]),
            np.concatenate([*needs, np.zeros(0, np.int32)]),
        )

    def _findings_table(self, placed: Placed, rows: _Rows) -> pa.Table:
        import pyarrow as pa

        block = placed.block
        names = pa.array(block.names, pa.string())
        components = pa.array((*block.component_names, None), pa.string())
        columns: dict[str, Any] = {
            "row": rows.enterprise + block.first_row,
            "enterprise": pa.DictionaryArray.from_arrays(rows.enterprise.astype(np.int32), names),
            "component": components.take(pa.array(np.where(rows.component < 0, len(components) - 1, rows.component))),
        }
        for name, texts in self._rules.texts.items():
            words = list(dict.fromkeys(texts))
            codes = np.array([words.index(text) for text in texts], np.int32)
            columns[name] = pa.DictionaryArray.from_arrays(np.take(codes, rows.rule), pa.array(words, pa.string()))
        columns["needs"] = pa.DictionaryArray.from_arrays(rows.needs, pa.array(list(self._texts), pa.string()))
        return pa.table(columns)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Findings as numbers: which rule, enterprise, component row (-1: the whole enterprise), needs text."""

    rule: Codes
    enterprise: NDArray[np.int64]
    component: NDArray[np.int64]
    needs: Codes


class _Rules:
    """What is the same for every finding of a clause and outcome, by position."""

    def __init__(self, masks: Sequence[FindingMask], fixed: Sequence[Finding]) -> None:
        columns: dict[str, list[str]] = {
            name: [] for name in ("rule", "outcome", "effect", "severity", "dimension", "department", "citation")
        }
        for finding in fixed:
            _append(columns, finding.rule, finding.outcome, finding.effect, weight_of(finding), finding.dimension)
            columns["department"].append(finding.department)
            columns["citation"].append(cited(finding.cite))
        for mask in masks:
            item = mask.owned.rule
            _append(columns, item.id, mask.outcome, item.effect, mask.weight, item.dimension)
            columns["department"].append(item.department)
            columns["citation"].append(cited(mask.owned.edition.cite(item.article)))
        self.texts = columns
        self.outcome = np.array([_OUTCOMES.index(Outcome(text)) for text in columns["outcome"]], np.int64)


def _append(columns: dict[str, list[str]], rule: str, outcome: str, effect: str, weight: str, dimension: str) -> None:
    for name, text in zip(
        ("rule", "outcome", "effect", "severity", "dimension"), (rule, outcome, effect, weight, dimension), strict=True
    ):
        columns[name].append(str(text))


class _Needs:
    """Which facts to ask for, as the number of a text, from the bits of the places of one finding."""

    def __init__(self, places: Sequence[tuple[str, int]]) -> None:
        self._names = [name for name, _ in places]
        self._masks = [mask for _, mask in places]
        self._known: dict[tuple[int, ...], int] = {}
        self._table = np.full(1 << len(places) if len(places) <= _TABLE_BITS else 0, -1, np.int32)

    def codes(self, rows: NDArray[np.int64], values: Sequence[Any], texts: dict[str, int]) -> Codes:
        """For each of `rows` the number of its text in `texts`, which grows."""
        if not self._names or not rows.size:
            return np.zeros(len(rows), np.int32)
        words = [self._word(rows, values, start) for start in range(0, len(self._masks), _WORD_BITS)]
        if self._table.size:
            return self._from_table(words[0], texts)
        distinct, back = np.unique(np.stack(words), axis=1, return_inverse=True)
        found = [self._code(tuple(int(word) for word in pattern), texts) for pattern in distinct.T]
        return np.array(found, np.int32)[back.reshape(-1)]

    def _word(self, rows: NDArray[np.int64], values: Sequence[Any], start: int) -> NDArray[np.int64]:
        word = np.zeros(len(rows), np.int64)
        for position, mask in enumerate(self._masks[start : start + _WORD_BITS]):
            word |= unpack(values[mask])[rows].astype(np.int64) << position
        return word

    def _from_table(self, word: NDArray[np.int64], texts: dict[str, int]) -> Codes:
        found = self._table[word]
        for pattern in np.unique(word[found < 0]).tolist() if (found < 0).any() else ():
            self._table[pattern] = self._code((pattern,), texts)
        return self._table[word]

    def _code(self, pattern: tuple[int, ...], texts: dict[str, int]) -> int:
        if pattern not in self._known:
            asked = (
                name
                for position, name in enumerate(self._names)
                if pattern[position // _WORD_BITS] >> position % _WORD_BITS & 1
            )
            text = SEPARATOR.join(dict.fromkeys(asked))
            self._known[pattern] = texts.setdefault(text, len(texts))
        return self._known[pattern]


def weight_of(finding: Finding) -> Verdict:
    """What a finding that every enterprise has asks of the verdict."""
    return Verdict.REVIEW if finding.outcome is Outcome.REVIEW else Verdict.INCOMPLETE


def fixed_of(ruleset: Ruleset) -> tuple[Finding, ...]:
    """The findings that every enterprise has: no park, no catalogue in force."""
    return fixed_findings((), ruleset, "zh")


def _life_columns(lived: Lived | None, count: int) -> dict[str, Any]:
    """How many duties are overdue and breaches told; nothing where no milestones are recorded."""
    import pyarrow as pa

    if lived is None:
        return {"overdue": pa.nulls(count, pa.int64()), "breaches": pa.nulls(count, pa.int64())}
    late = lived.duties.owners[lived.duties.statuses == STATUSES.index("overdue")]
    counts = {"overdue": late, "breaches": lived.breaches.owners}
    return {name: pa.array(np.bincount(at, minlength=count), mask=~lived.seen) for name, at in counts.items()}


def _bits(values: Sequence[Any], masks: Sequence[int], placed: Placed) -> NDArray[np.int64]:
    """A number per enterprise with one bit for each mask."""
    found = np.zeros(len(placed.order), np.int64)
    for position, mask in enumerate(masks):
        found |= unpack(values[mask])[placed.place].astype(np.int64) << position
    return found


def _enum(rank: NDArray[np.int64], words: Sequence[str], missing: NDArray[np.bool_]) -> pa.DictionaryArray:
    import pyarrow as pa

    codes = pa.array(rank.astype(np.int8), mask=missing)
    return pa.DictionaryArray.from_arrays(codes, pa.array([str(word) for word in words]))


def _sets(bits: NDArray[np.int64], words: Sequence[str], missing: NDArray[np.bool_]) -> pa.DictionaryArray:
    """Sets of `words`, joined by `;`."""
    texts = [
        SEPARATOR.join(str(word) for position, word in enumerate(words) if pattern >> position & 1)
        for pattern in range(1 << len(words))
    ]
    return _enum(bits, texts, missing)


def _class_columns(
    kind: Catalogue, masks: ClassMasks, values: Sequence[Any], placed: Placed, refuted: NDArray[np.bool_]
) -> dict[str, Any]:
    """The class where only one is possible, and all that are."""
    bits = _bits(values, masks.possible, placed)
    rank = np.zeros(len(bits), np.int64)
    for position in range(len(masks.order)):
        rank[bits == 1 << position] = position
    several = (bits & (bits - 1)) != 0
    return {
        kind.value: _enum(rank, masks.order, refuted | several),
        f"{kind.value}_possible": _sets(bits, masks.order, refuted),
    }
