"""A ruleset and the columns of a table → one program, and what each of its results means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from admission.audit.facts import Columns, FactWriter
from admission.audit.life.conditions import LifeMasks, life_masks
from admission.audit.lowering import Lowering
from admission.audit.needs import NeedsWriter
from admission.audit.program import NO_ROWS, UNKNOWN, Builder, Program, Truth
from admission.audit.questions import EntryTruths, QuestionMask, QuestionWriter
from admission.logic import condition_key, facts_of
from admission.logic.nodes import AnyOf
from admission.rulebook import Catalogue, CatalogueInForce, Duty, Entry, Item, Owned, Ruleset
from admission.screening.answers import conditions, outcome_of
from admission.screening.catalogue import NONE, matches_code
from admission.screening.classes import possible_classes
from admission.screening.duties import CLASS_FACTS
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.screen import fixed_verdicts
from admission.screening.verdict import (
    VERDICTS,
    Outcome,
    Verdict,
    contribution,
    reachable,
    settled,
    severity,
)

__all__ = ["ClassMasks", "Compiled", "DutyMasks", "EntryMask", "FindingMask", "compile_rules"]

_TRUTHS = (True, False, None)


@dataclass(frozen=True, slots=True)
class FindingMask:
    """One outcome of one clause: the rows that have it, and the enterprises whose components differ in it.

    `needs` are the facts to ask for with the rows in which to ask, in order.
    """

    owned: Owned[Item]
    outcome: Outcome
    weight: Verdict
    rows: int
    unlike: int
    needs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ClassMasks:
    """A class of the enterprise: `order` strictest first, the enterprises in which each is possible."""

    order: tuple[str, ...]
    possible: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryMask:
    """The enterprises in which some component can come under a level of a catalogue entry."""

    owned: Owned[Entry]
    kind: Catalogue
    level: str
    possible: int


@dataclass(frozen=True, slots=True)
class DutyMasks:
    """The enterprises that certainly have a duty, and those that may have it."""

    duty: Duty
    certain: int
    possible: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """The program of a ruleset for tables with certain columns.

    `verdicts` are the enterprises whose verdict is at least each of `VERDICTS`, `reached` those that
    can come to it. `refuted` are enterprises that contradict themselves: nothing is said of them.
    """

    program: Program
    columns: Columns
    findings: tuple[FindingMask, ...]
    verdicts: tuple[int, ...]
    reached: tuple[int, ...]
    classes: Mapping[Catalogue, ClassMasks]
    duties: tuple[DutyMasks, ...]
    entries: tuple[EntryMask, ...]
    refuted: int
    conditions: int
    life: LifeMasks | None = None
    questions: tuple[QuestionMask, ...] = ()


def compile_rules(
    ruleset: Ruleset,
    columns: Columns,
    outcomes: Iterable[Outcome],
    *,
    needs: bool = True,
    entries: bool = False,
    classes: bool = True,
    items: Sequence[Owned[Item]] | None = None,
    life: bool = False,
    questions: bool = False,
) -> Compiled:
    """The program that gives verdict, classes and the findings with one of `outcomes`.

    With `entries` also what every catalogue entry makes possible; without `classes` neither classes nor duties;
    with `life` what life-cycle duties read, with `questions` what to ask first.
    `items` narrows the clauses to some.
    """
    builder = Builder()
    lowering = Lowering(builder, ruleset.vocabulary)
    facts = FactWriter(ruleset, columns, builder, lowering)
    facts.write()
    writer = _RuleWriter(ruleset, builder, lowering, facts, NeedsWriter(ruleset, builder, lowering) if needs else None)
    writer.questions = QuestionWriter(ruleset, builder, lowering) if questions else None
    chosen = ruleset.items if items is None else items
    findings = tuple(found for owned in chosen for found in writer.item(owned, frozenset(outcomes)))
    levels = {kind: writer.classes(kind) for kind in Catalogue} if classes else {}
    todo = (owned.rule for owned in ruleset.duties if classes and ruleset.duty_cites[owned.rule.id])
    verdicts, reached = writer.verdicts()
    lives = life and bool(ruleset.rulebook.life.duties)
    compiled = Compiled(
        program=Program((), 0, frozenset()),
        columns=columns,
        findings=findings,
        verdicts=verdicts,
        reached=reached,
        classes=levels,
        duties=tuple(writer.duty(duty, levels) for duty in todo),
        entries=tuple(writer.entries) if entries else (),
        refuted=builder.some_row(facts.refuted),
        conditions=writer.condition_count,
        life=life_masks(ruleset, builder, lowering, _by_level(levels)) if lives else None,
        questions=writer.asked(reached, levels),
    )
    return replace(compiled, program=builder.finish(_results(compiled)))


def _by_level(classes: Mapping[Catalogue, ClassMasks]) -> dict[Catalogue, dict[str, int]]:
    return {kind: dict(zip(found.order, found.possible, strict=True)) for kind, found in classes.items()}


def _results(compiled: Compiled) -> Iterator[int]:
    """The results of the program that are read."""
    yield from (compiled.refuted, *compiled.verdicts, *compiled.reached)
    for levels in compiled.classes.values():
        yield from levels.possible
    for duty in compiled.duties:
        yield from (duty.certain, duty.possible)
    yield from (found.possible for found in compiled.entries)
    yield from (found.asked for found in compiled.questions)
    if compiled.life is not None:
        yield from compiled.life.results()
    for finding in compiled.findings:
        yield from (finding.rows, finding.unlike, *(rows for _, rows in finding.needs))


class _RuleWriter:
    """Writes the rules, one after the other."""

    def __init__(
        self, ruleset: Ruleset, builder: Builder, lowering: Lowering, facts: FactWriter, needs: NeedsWriter | None
    ) -> None:
        self._ruleset, self._builder, self._lowering = ruleset, builder, lowering
        self._facts, self._needs = facts, needs
        self._asked: defaultdict[Verdict, list[int]] = defaultdict(list)
        self._least: defaultdict[Verdict, list[int]] = defaultdict(list)
        self._within: defaultdict[Verdict, list[int]] = defaultdict(list)
        self._unlike: dict[frozenset[str], int] = {}
        self.entries: list[EntryMask] = []
        self.questions: QuestionWriter | None = None
        self.condition_count = len(ruleset.terms.derived)

    def _truth(self, key: str) -> Truth:
        self.condition_count += 1
        return self._lowering.truth(self._ruleset.conditions.tree(key))

    # lists

    def item(self, owned: Owned[Item], outcomes: frozenset[Outcome]) -> Iterable[FindingMask]:
        """The outcomes of a clause; every one is counted for the verdict, some are given as findings."""
        item = owned.rule
        for outcome, rows in self._outcomes(item).items():
            if outcome is Outcome.UNKNOWN and self.questions is not None:
                self.questions.clause(item, rows)
            weight = contribution(item, outcome)
            reach = reachable(item, outcome)
            self._asked[weight].append(rows)
            self._least[min(reach, key=severity)].append(rows)
            for verdict in reach:
                self._within[verdict].append(rows)
            if outcome in outcomes and rows != NO_ROWS:
                unlike = self._unlike_of(item, outcome)
                shown = self._builder.both(rows, self._shown(unlike))
                yield FindingMask(owned, outcome, weight, shown, unlike, self._needs_of(item, outcome, shown))

    def _outcomes(self, item: Item) -> dict[Outcome, int]:
        """Outcome → rows, from every combination of what its conditions can be."""
        truths = [self._truth(key) for key in conditions(item)]
        rows: defaultdict[Outcome, list[int]] = defaultdict(list)
        for values in product(_TRUTHS, repeat=len(truths)):
            triggered, fulfilled = (*values, None)[:2]
            outcome = settled(item, outcome_of(item, triggered, fulfilled))
            rows[outcome].append(self._builder.both(*map(self._rows, truths, values)))
        return {outcome: self._builder.either(*masks) for outcome, masks in rows.items()}

    def _rows(self, truth: Truth, value: bool | None) -> int:
        return self._builder.unknown(truth) if value is None else truth.true if value else truth.false

    def _unlike_of(self, item: Item, outcome: Outcome) -> int:
        """Where components differ in what the clause names, or while it is undecided in what would be asked."""
        keys, ruleset = conditions(item), self._ruleset
        if outcome is Outcome.UNKNOWN:
            found = (ruleset.reads(key) for key in keys)
        else:
            found = (facts_of(ruleset.conditions.tree(key)) for key in keys)
        names = frozenset[str]().union(*found) & self._facts.varied
        if names not in self._unlike:
            self._unlike[names] = self._facts.unlike(names)
        return self._unlike[names]

    def _shown(self, unlike: int) -> int:
        """The rows that get a finding of their own: where all components are alike only the first."""
        if not self._facts.varied:
            return self._builder.without(self._builder.rows, self._facts.refuted)
        rows = self._builder.either(self._builder.emit("first_rows"), self._builder.spread(unlike))
        return self._builder.without(rows, self._builder.spread(self._builder.some_row(self._facts.refuted)))

    def _needs_of(self, item: Item, outcome: Outcome, rows: int) -> tuple[tuple[str, int], ...]:
        if outcome is not Outcome.UNKNOWN or self._needs is None:
            return ()
        return tuple(place for key in conditions(item) for place in self._needs.places(key, rows))

    def verdicts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Masks of enterprises by verdict: at least that serious, and possible."""
        builder = self._builder
        now, reach = fixed_verdicts(self._ruleset)
        asked, least, within = (
            {verdict: builder.some_row(builder.either(*masks[verdict])) for verdict in VERDICTS}
            for masks in (self._asked, self._least, self._within)
        )
        at_least, possible = [], []
        for verdict in VERDICTS:
            above = [other for other in VERDICTS if severity(other) > severity(verdict)]
            fixed = severity(now) >= severity(verdict)
            masks = (asked[other] for other in (verdict, *above))
            at_least.append(builder.enterprises if fixed else builder.either(*masks))
            allowed = builder.enterprises if verdict in reach else within[verdict]
            if severity(min(reach, key=severity)) > severity(verdict):
                allowed = NO_ROWS
            for other in above:
                allowed = builder.without(allowed, least[other])
            possible.append(allowed)
        return tuple(at_least), tuple(possible)

    # catalogues

    def classes(self, kind: Catalogue) -> ClassMasks:
        """The class under one catalogue: every class is possible while no edition is in force."""
        builder, catalogue = self._builder, self._ruleset.catalogues.get(kind)
        if catalogue is None:
            order = possible_classes(None, kind)
            return ClassMasks(order, (builder.enterprises,) * len(order))
        order = (*catalogue.edition.levels, NONE)
        within: defaultdict[str, list[int]] = defaultdict(list)
        settled_at: defaultdict[str, list[int]] = defaultdict(list)
        for owned in catalogue.entries:
            self._entry(owned, kind, catalogue, within, settled_at)
        possible = []
        stricter: list[int] = []
        for level in order:
            found = builder.enterprises if level == NONE else builder.some_row(builder.either(*within[level]))
            for mask in stricter:
                found = builder.without(found, mask)
            possible.append(found)
            stricter.append(builder.some_row(builder.either(*settled_at[level])))
        return ClassMasks(order, tuple(possible))

    def _entry(
        self,
        owned: Owned[Entry],
        kind: Catalogue,
        catalogue: CatalogueInForce,
        within: Mapping[str, list[int]],
        settled_at: Mapping[str, list[int]],
    ) -> None:
        """Adds the rows in which each level is possible, and those in which nothing milder is."""
        builder, entry = self._builder, owned.rule
        by_code, by_activity, matching = self._matching(entry, catalogue)
        scope = builder.always(True)
        if entry.scope is not None:
            scope = self._truth(condition_key(entry.scope, entry.sensitive_areas))
        applies = builder.all_of((matching, scope))
        left = builder.without(builder.rows, applies.false)
        levels: dict[str, tuple[int, int]] = {}
        for name in catalogue.edition.levels:
            if name not in entry.levels or left == NO_ROWS:
                continue
            value = self._truth(condition_key(entry.levels[name].when, entry.sensitive_areas))
            possible = builder.without(left, value.false)
            levels[name] = possible, builder.both(left, builder.unknown(value))
            within[name].append(possible)
            if possible != NO_ROWS:
                self.entries.append(EntryMask(owned, kind, name, builder.some_row(possible)))
            settled_at[name].append(builder.both(applies.true, left, value.true))
            left = builder.without(left, value.true)
        if self.questions is not None:
            self.questions.entry(kind.value, EntryTruths(entry, by_code, by_activity, matching, scope, levels))

    def asked(self, reached: Sequence[int], levels: Mapping[Catalogue, ClassMasks]) -> tuple[QuestionMask, ...]:
        """What to ask first, where that is wanted."""
        if self.questions is None:
            return ()
        classes = {
            kind.value: (self._ruleset.catalogues[kind], possible)
            for kind, possible in _by_level(levels).items()
            if kind in self._ruleset.catalogues
        }
        masks = self.questions.masks(reached, classes)
        sound = self._builder.without(self._builder.enterprises, self._builder.some_row(self._facts.refuted))
        return tuple(replace(mask, asked=self._builder.both(mask.asked, sound)) for mask in masks)

    # duties

    def duty(self, duty: Duty, classes: Mapping[Catalogue, ClassMasks]) -> DutyMasks:
        """As `screening.duties`: a duty that every class still possible brings is certain."""
        builder = self._builder
        kinds = [kind for kind, name in CLASS_FACTS.items() if name in self._ruleset.reads(duty.when)]
        missing: list[int] = []
        possible: list[int] = []
        for levels in product(*(zip(classes[kind].order, classes[kind].possible, strict=True) for kind in kinds)):
            given = {CLASS_FACTS[kind]: level for kind, (level, _) in zip(kinds, levels, strict=True)}
            truth = self._lowering.with_facts(given).truth(self._ruleset.conditions.tree(duty.when))
            allowed = builder.both(builder.enterprises, *(mask for _, mask in levels))
            maybe = builder.some_row(builder.without(builder.rows, truth.false))
            possible.append(builder.both(allowed, maybe))
            missing.append(builder.without(allowed, builder.some_row(truth.true)))
        found = builder.either(*possible)
        return DutyMasks(duty, builder.without(found, builder.either(*missing)), found)

    def _matching(self, entry: Entry, catalogue: CatalogueInForce) -> tuple[Truth, Truth, Truth]:
        """By code, by activity, and by either of them or by what the facts imply."""
        builder, no = self._builder, self._builder.always(False)
        by_code, by_activity, implied = no, no, no
        cell = self._lowering.fact(INDUSTRY)
        if matches_code(entry, catalogue, None) is None:
            key, function = (catalogue.edition.edition, entry.id), partial(_matches_one, entry, catalogue)
            by_code = builder.looked_up(cell, function, key) if isinstance(cell, int) else UNKNOWN
        if entry.activities:
            by_activity = self._lowering.truth(AnyOf(ACTIVITY, entry.activities))
        if entry.implied_by is not None:
            implied = self._truth(condition_key(entry.implied_by, entry.sensitive_areas))
        return by_code, by_activity, builder.any_of((by_code, by_activity, implied))


def _matches_one(entry: Entry, catalogue: CatalogueInForce, code: str) -> bool | None:
    return matches_code(entry, catalogue, frozenset((code,)))
