"""What to ask each enterprise first, and what the answer can change: `screening.questions` for many at once.

Told are the facts to begin with that can still change the verdict (by a clause that is answered at admission), the EIA
class or the permit class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from admission.audit.lowering import Lowering
from admission.audit.needs import NeedsWriter
from admission.audit.program import NO_ROWS, Builder, Truth
from admission.logic import condition_key
from admission.rulebook import CatalogueInForce, Entry, Item, Ruleset, Stage
from admission.screening.answers import conditions
from admission.screening.catalogue import NONE
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.verdict import VERDICTS, Outcome, reachable, severity

__all__ = ["EntryTruths", "QuestionMask", "QuestionWriter"]


@dataclass(frozen=True, slots=True)
class QuestionMask:
    """The enterprises to ask for a fact that can change `target`: a verdict (the worst at stake), `eia` or `permit`."""

    fact: str
    target: str
    asked: int


@dataclass(frozen=True, slots=True)
class EntryTruths:
    """A catalogue entry held against every row: by code, by activity, by implication, in scope, and its levels."""

    entry: Entry
    by_code: Truth
    by_activity: Truth
    matching: Truth
    scope: Truth
    levels: Mapping[str, tuple[int, int]]
    """Level → the rows in which it is possible, and those in which its condition is undecided."""


class QuestionWriter:
    """Collects what can be asked while the rules are written; `masks` writes it when all are there."""

    def __init__(self, ruleset: Ruleset, builder: Builder, lowering: Lowering) -> None:
        self._ruleset, self._builder, self._lowering = ruleset, builder, lowering
        self._first = NeedsWriter(ruleset, builder, lowering, first=True)
        self._every = NeedsWriter(ruleset, builder, lowering)
        self._clauses: list[tuple[Item, int]] = []
        self._entries: defaultdict[str, list[EntryTruths]] = defaultdict(list)

    def clause(self, item: Item, undecided: int) -> None:
        """A clause, and the rows in which it is undecided."""
        if item.stage is Stage.ADMISSION and undecided != NO_ROWS:
            self._clauses.append((item, undecided))

    def entry(self, kind: str, truths: EntryTruths) -> None:
        """An entry of a catalogue."""
        self._entries[kind].append(truths)

    def masks(
        self, reached: Sequence[int], classes: Mapping[str, tuple[CatalogueInForce, Mapping[str, int]]]
    ) -> tuple[QuestionMask, ...]:
        """Everything to ask; `reached` are the enterprises by verdict that is possible, `classes` those by class."""
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for item, rows in self._clauses:
            worst = max(reachable(item, Outcome.UNKNOWN), key=severity)
            milder = self._builder.either(*reached[: VERDICTS.index(worst)])
            for fact, asked in self._of_clause(item, self._builder.both(rows, self._builder.spread(milder))):
                found[fact, str(worst)].append(asked)
        for kind, (catalogue, possible) in classes.items():
            order = (*catalogue.edition.levels, NONE)
            mildest = self._mildest(order, possible)
            for truths in self._entries[kind]:
                for fact, asked in self._of_entry(truths, order, mildest):
                    found[fact, kind].append(asked)
        return tuple(
            QuestionMask(fact, target, self._builder.some_row(self._builder.either(*masks)))
            for (fact, target), masks in found.items()
        )

    def _of_clause(self, item: Item, rows: int) -> Iterator[tuple[str, int]]:
        """The trigger before the duty."""
        if rows == NO_ROWS:
            return
        for key in conditions(item):
            truth = self._lowering.truth(self._ruleset.conditions.tree(key))
            yield from self._first.places(key, rows)
            rows = self._builder.without(rows, self._builder.unknown(truth))

    def _mildest(self, order: Sequence[str], possible: Mapping[str, int]) -> Mapping[str, int]:
        """The rows of enterprises by the mildest class still possible."""
        found = {}
        for place, level in enumerate(order):
            milder = self._builder.either(*(possible[other] for other in order[place + 1 :]))
            found[level] = self._builder.spread(self._builder.without(possible[level], milder))
        return found

    def _of_entry(
        self, truths: EntryTruths, order: Sequence[str], mildest: Mapping[str, int]
    ) -> Iterator[tuple[str, int]]:
        """As `screening.classes.entry_needs`: only what can lead to a stricter class than the mildest possible."""
        builder = self._builder
        left = builder.without(builder.without(builder.rows, truths.matching.false), truths.scope.false)
        stricter = {
            level: builder.both(left, builder.either(*(mildest[other] for other in order[order.index(level) + 1 :])))
            for level in truths.levels
        }
        leads = builder.either(*(builder.both(stricter[name], mask) for name, (mask, _) in truths.levels.items()))
        unsure = builder.both(leads, builder.unknown(truths.matching))
        for name, truth in ((INDUSTRY, truths.by_code), (ACTIVITY, truths.by_activity)):
            asked = builder.both(unsure, builder.unknown(truth))
            if asked != NO_ROWS:
                yield name, asked
        identified = builder.either(self._lowering.known(INDUSTRY), self._lowering.known(ACTIVITY))
        conceivable = builder.without(unsure, identified)
        leads = builder.without(leads, conceivable)
        yield from self._open(truths.entry.implied_by, truths.entry, builder.both(leads, unsure))
        yield from self._open(truths.entry.scope, truths.entry, leads)
        for name, (_, undecided) in truths.levels.items():
            rows = builder.both(leads, stricter[name], undecided)
            yield from self._open(truths.entry.levels[name].when, truths.entry, rows)

    def _open(self, condition: str | None, entry: Entry, rows: int) -> Iterable[tuple[str, int]]:
        if condition is None or rows == NO_ROWS:
            return ()
        return self._every.places(condition_key(condition, entry.sensitive_areas), rows)
