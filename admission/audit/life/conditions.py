"""The conditions of life-cycle duties as masks of enterprises: `screening.views.Views` in a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from admission.audit.facts import input_name
from admission.audit.lowering import Lowering
from admission.audit.program import NO_ROWS, Builder, Truth
from admission.lifecycle.lines import HARM, INVESTMENT
from admission.lifecycle.situation import DECIDED
from admission.logic.nodes import Compare, Constant, FactRef
from admission.rulebook import Catalogue, Ruleset
from admission.screening.classes import possible_classes
from admission.screening.duties import CLASS_FACTS

__all__ = ["LifeMasks", "filed_input", "life_masks"]

_Levels = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LifeMasks:
    """What the duties of a ruleset read of the enterprises.

    `conditions` gives for every condition the enterprises for which it holds, and for which it does not, whichever
    of the classes still possible is the right one. `possible` are those classes, an authority's decision taken into
    account. `investment` is a column of numbers (None: known of nobody), `harm` a truth.
    """

    conditions: Mapping[str, Truth]
    possible: Mapping[Catalogue, _Levels]
    investment: int | None
    harm: Truth

    def results(self) -> Iterator[int]:
        """The results of the program that are needed."""
        for truth in (*self.conditions.values(), self.harm):
            yield from truth
        for levels in self.possible.values():
            yield from levels.values()
        if self.investment is not None:
            yield self.investment


def filed_input(kind: Catalogue) -> str:
    """The name of the mask of enterprises that filed a registration under the edition in force."""
    return input_name("life", kind.value)


def life_masks(
    ruleset: Ruleset, builder: Builder, lowering: Lowering, classes: Mapping[Catalogue, _Levels]
) -> LifeMasks:
    """Writes what the life-cycle duties of `ruleset` read; `classes` are the masks of the classes still possible."""
    writer = _Writer(ruleset, builder, lowering)
    possible = {kind: writer.decided(kind, classes[kind]) for kind in CLASS_FACTS}
    texts = dict.fromkeys(text for duty in ruleset.rulebook.life.duties for _, text in duty.conditions)
    investment = lowering.fact(INVESTMENT)
    return LifeMasks(
        conditions={text: writer.holds(text, possible) for text in texts},
        possible=possible,
        investment=builder.emit("last_number", investment) if isinstance(investment, int) else None,
        harm=writer.last(lowering.truth(FactRef(HARM))),
    )


class _Writer:
    def __init__(self, ruleset: Ruleset, builder: Builder, lowering: Lowering) -> None:
        self._ruleset, self._builder, self._lowering = ruleset, builder, lowering
        self._views: dict[tuple[tuple[str, str], ...], Lowering] = {}

    def last(self, truth: Truth) -> Truth:
        """What the last component that knows says."""
        known = self._builder.known(truth)
        return Truth(*(self._last(mask, known) for mask in truth))

    def _last(self, mask: int, known: int) -> int:
        return NO_ROWS if mask == NO_ROWS else self._builder.emit("last_mask", mask, known)

    def decided(self, kind: Catalogue, computed: _Levels) -> _Levels:
        """The class that an authority decided, where it is stated; else what the catalogue leaves possible.

        A decision of a milder class than the catalogue's stands only without a filing under the edition in force.
        """
        builder, fact = self._builder, DECIDED[kind][0]
        order = possible_classes(None, kind)
        computed = {level: computed.get(level, NO_ROWS) for level in order}
        said = {level: self._lowering.truth(Compare("=", FactRef(fact), Constant(level))) for level in order}
        known = builder.either(*(builder.known(truth) for truth in said.values()))
        if known == NO_ROWS:
            return computed
        decided = {level: self._last(truth.true, known) for level, truth in said.items()}
        void: list[int] = []
        for place, level in enumerate(order):
            milder = builder.either(*(computed[other] for other in order[place:]))
            void.append(builder.without(decided[level], milder))
        filed = builder.emit("input", extra=filed_input(kind))
        kept = builder.both(builder.either(*void), filed)
        rest = builder.either(builder.without(builder.enterprises, builder.some_row(known)), kept)
        return {
            level: builder.either(builder.both(mask, rest), builder.without(decided[level], kept))
            for level, mask in computed.items()
        }

    def holds(self, condition: str, possible: Mapping[Catalogue, _Levels]) -> Truth:
        """Enterprises for which it holds under every class still possible, and those for which it never does."""
        builder, reads = self._builder, self._ruleset.reads(condition)
        kinds = [kind for kind, name in CLASS_FACTS.items() if name in reads]
        tree = self._ruleset.conditions.tree(condition)
        sometimes_not, sometimes = [], []
        for levels in product(*(possible[kind].items() for kind in kinds)):
            given = tuple((CLASS_FACTS[kind], level) for kind, (level, _) in zip(kinds, levels, strict=True))
            truth = self._view(given).truth(tree)
            allowed = builder.both(builder.enterprises, *(mask for _, mask in levels))
            sometimes_not.append(builder.without(allowed, builder.some_row(truth.true)))
            maybe = builder.some_row(builder.without(builder.rows, truth.false))
            sometimes.append(builder.both(allowed, maybe))
        everyone = builder.enterprises
        return Truth(
            builder.without(everyone, builder.either(*sometimes_not)),
            builder.without(everyone, builder.either(*sometimes)),
        )

    def _view(self, given: tuple[tuple[str, str], ...]) -> Lowering:
        if given not in self._views:
            self._views[given] = self._lowering.with_facts(dict(given)) if given else self._lowering
        return self._views[given]
