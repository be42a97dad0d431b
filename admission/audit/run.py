"""One audit: tables in, verdicts, classes and findings out, block after block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from admission._messages import Phrase, ProblemCode, listed, shortened
from admission.audit.block import Block, part_of
from admission.audit.engine import TRIGGERED, BlockResult, Engine
from admission.audit.life import LifeTables, Lived, together
from admission.audit.projects import project_at
from admission.audit.reading import TableReader
from admission.errors import InputError, Place, Problem
from admission.rulebook import Rulebook, Ruleset
from admission.screening.facts import ACTIVITY, INDUSTRY, component_facts
from admission.screening.verdict import Outcome

__all__ = ["BLOCK", "Auditor", "Done"]

_Positions = NDArray[np.int64]
BLOCK = 1 << 15
"""Enterprises in a block: its columns stay in the processor's cache while rules are held against them."""

_EXPLAINED = 10_000


@dataclass(frozen=True, slots=True)
class Done:
    """One block, done: the enterprises as they were read and what was found."""

    block: Block
    result: BlockResult


class Auditor:
    """Holds the tables of `reader` against the rules of one day.

    `park` is the park of all enterprises; without one each enterprise's own, where the table has a
    column for it, else only the national rules. `outcomes` are those that become findings; with `questions` also what
    to ask first. `engines` are compiled rules of earlier audits of tables with the same columns.
    """

    def __init__(
        self,
        reader: TableReader,
        rulebook: Rulebook,
        park: str | None,
        on: date,
        *,
        outcomes: Iterable[Outcome] = TRIGGERED,
        needs: bool = True,
        questions: bool = False,
        engines: dict[str | None, Engine] | None = None,
    ) -> None:
        self.reader, self._rulebook = reader, rulebook
        self._park, self._on = park, on
        self._outcomes, self._needs, self._questions = tuple(outcomes), needs, questions
        self._engines: dict[str | None, Engine] = {} if engines is None else engines
        self._explained = 0
        self.by_park = park is None and reader.has_parks

    def ruleset(self, park: str | None) -> Ruleset:
        """The rules of a park on the day of the audit."""
        return self._rulebook.in_force(park, on=self._on)

    def engine(self, park: str | None) -> Engine:
        """The compiled rules of a park."""
        if park not in self._engines:
            self._engines[park] = Engine(
                self.ruleset(park),
                self.reader.columns,
                outcomes=self._outcomes,
                needs=self._needs,
                life=self.reader.has_milestones,
                questions=self._questions,
            )
        return self._engines[park]

    def blocks(self, size: int = BLOCK) -> Iterator[Done]:
        """Every block of the tables in order, with what was found."""
        for block, parks in self.reader.blocks(size):
            result = self._by_park(block, parks) if self.by_park else self.engine(self._park).run(block)
            self._explain(block, result.refuted, parks)
            self._contradicting(block, result.lived)
            yield Done(block, result)

    def _by_park(self, block: Block, named: list[str | None]) -> BlockResult:
        parks = [self._known_park(text, block.first_row + at) for at, text in enumerate(named)]
        found: list[BlockResult] = []
        order: list[_Positions] = []
        for park in dict.fromkeys(parks) or (None,):
            positions = np.array([at for at, other in enumerate(parks) if other == park], np.int64)
            found.append(_renumbered(self.engine(park).run(part_of(block, positions)), positions, block.first_row))
            order.append(positions)
        merged = pa.concat_tables(result.enterprises for result in found).unify_dictionaries()
        back = np.argsort(np.concatenate(order), kind="stable")
        return BlockResult(
            merged.take(pa.array(back)),
            pa.concat_tables(result.findings for result in found).unify_dictionaries(),
            tuple(sorted(at for result in found for at in result.refuted)),
            _merged_duties(found, back),
            {},
            *_joined(found, order, block.enterprises.size),
            questions=_concatenated([result.questions for result in found]),
        )

    def _known_park(self, text: str | None, row: int) -> str | None:
        name = (text or "").strip()
        if not name or name in self._rulebook.parks:
            return name or None
        by_label = {park.name.zh: id for id, park in self._rulebook.parks.items()}
        if name in by_label:
            return by_label[name]
        values = {"actual": shortened(name), "members": listed(self._rulebook.parks)}
        problem = Problem(ProblemCode.UNKNOWN_PARK, Place(""), "", values)
        self.reader.notes.add(self.reader.source.name, row, "park", "", name, problem)
        return None

    def _explain(self, block: Block, refuted: Iterable[int], parks: list[str | None]) -> None:
        """Why enterprises contradict themselves, in the words of `screen`; the first ten thousand one by one."""
        for position in refuted:
            self._explained += 1
            if self._explained > _EXPLAINED:
                return
            park = self._park if not self.by_park else parks[position]
            ruleset = self.ruleset(park if park in self._rulebook.parks else None)
            try:
                component_facts(project_at(block, position, self._rulebook.vocabulary, self._refutable), ruleset)
            except InputError as error:
                row = block.first_row + position
                for problem in error.problems:
                    self.reader.notes.add(self.reader.source.name, row, problem.field, "", "", problem)

    @cached_property
    def _refutable(self) -> frozenset[str]:
        """Of the facts that the tables state: all that a contradiction can be between."""
        stated = self.reader.columns.enterprise | self.reader.columns.component
        facts = [self._rulebook.vocabulary.facts[name] for name in stated]
        bound = [fact for fact in facts if fact.define or fact.work or fact.codes == "waste"]
        read = (self._rulebook.reads(fact.define) for fact in bound if fact.define)
        return frozenset({INDUSTRY, ACTIVITY}).union({fact.name for fact in bound}, *read)

    def _contradicting(self, block: Block, lived: Lived | None) -> None:
        """Pairs of days of which one must be wrong; the first ten thousand one by one."""
        names = self._rulebook.milestones
        for order, positions in lived.contradicting if lived is not None else ():
            earlier, later = names[order.earlier], names[order.later]
            values = {
                "detail": Phrase(f"“{earlier.zh}”晚于“{later.zh}”", f"'{earlier.en}' is after '{later.en}'"),
                "expected": Phrase(order.why.zh, order.why.en),
                "advice": Phrase(
                    "请核对两个日期；核对前按日期不详处理", "check both; until then both count as unknown"
                ),
            }
            problem = Problem(ProblemCode.WORKBOOK_CELL, Place(""), "", values)
            for position in positions.tolist():
                self._explained += 1
                if self._explained > _EXPLAINED:
                    return
                row = block.first_row + position
                self.reader.notes.add(self.reader.source.name, row, later.zh, "", "", problem)


def _joined(found: list[BlockResult], order: list[_Positions], size: int) -> tuple[LifeTables, Lived | None]:
    """The life cycles of enterprises of several parks; row numbers are those of the block already."""
    tables = LifeTables(
        *(
            pa.concat_tables(getattr(result.life, name) for result in found).unify_dictionaries()
            for name in ("duties", "breaches")
        )
    )
    parts = [(result.lived, at) for result, at in zip(found, order, strict=True) if result.lived is not None]
    return tables, together(parts, size) if parts else None


def _concatenated(tables: list[pa.Table | None]) -> pa.Table | None:
    there = [table for table in tables if table is not None]
    return pa.concat_tables(there).unify_dictionaries() if there else None


def _merged_duties(found: list[BlockResult], back: _Positions) -> dict[str, np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    """The duties of every park; those of another park's rules an enterprise has not."""
    names = dict.fromkeys(name for result in found for name in result.duties)
    return {
        name: np.concatenate(
            [result.duties.get(name, np.zeros(result.enterprises.num_rows, np.uint8)) for result in found]
        )[back]
        for name in names
    }


def _renumbered(result: BlockResult, positions: _Positions, first: int) -> BlockResult:
    """A result of some enterprises of a block, with the row numbers of the whole block."""

    def rows(table: pa.Table) -> pa.Table:
        at = table.column("row").to_numpy() - first
        return table.set_column(0, "row", pa.array(positions[at] + first))

    return BlockResult(
        rows(result.enterprises),
        rows(result.findings),
        tuple(positions[list(result.refuted)].tolist()),
        result.duties,
        {},
        LifeTables(rows(result.life.duties), rows(result.life.breaches)),
        result.lived,
        None if result.questions is None else rows(result.questions),
    )
