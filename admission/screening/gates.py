"""Which clauses the industry alone decides, worked out once for all projects of an industry.

Most clauses of a list speak of certain industries or activities. What a component is (its codes and
activities, and what follows from them) settles half of them whatever else is known: a condition
that is false stays so when more becomes known. Only the others have to be held against each project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from admission.rulebook import Item, Owned, Ruleset
from admission.screening.answers import QUIET, Answer, Answers, make_room
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.vocabulary import Value

__all__ = ["Clauses"]

_GATE = (INDUSTRY, ACTIVITY)
_KEPT = 64
_Facts = Mapping[str, Value | None]
_Settled = tuple[list[Answer | None], tuple[tuple[int, Answers], ...]]


class Clauses:
    """Some clauses of a ruleset with the answers kept for them, in the order of `every`.

    Without `gated` nothing is settled beforehand: for clauses that are asked once.
    """

    def __init__(self, items: Iterable[Owned[Item]], ruleset: Ruleset, *, gated: bool = True) -> None:
        self._gated = gated
        self.every = tuple(_answers(owned, ruleset) for owned in items)
        self._ruleset = ruleset
        self._settled: dict[object, _Settled] = {}
        self._sharing: dict[frozenset[str], tuple[bool | None, ...]] = {}

    def answers_of(self, values: _Facts) -> list[Answer]:
        """The answer of every clause for a component with these facts.

        A clause that the industry alone decides is explained by the industry alone.
        """
        settled, rest = self._known(values)
        found = settled.copy()
        for position, answers in rest:
            found[position] = answers.of(values)
        return cast("list[Answer]", found)  # every gap is filled

    def settled(self, values: _Facts) -> Sequence[Answer | None]:
        """The answers that the industry of such a component alone decides, None for all others."""
        return self._known(values)[0]

    def _known(self, values: _Facts) -> _Settled:
        key = tuple(map(values.get, _GATE)) if self._gated else ()
        known = self._settled.get(key)
        if known is None:
            make_room(self._settled, _KEPT)
            known = self._settled[key] = self._settle(dict(zip(_GATE, key, strict=self._gated)))
        return known

    def sharing(self, differing: frozenset[str]) -> tuple[bool | None, ...]:
        """Per clause: does it see no difference between components that differ in these facts?

        True: it reads none of them. None: it names none of them, but asks for some while undecided.
        """
        found = self._sharing.get(differing)
        if found is None:
            make_room(self._sharing, _KEPT)
            found = self._sharing[differing] = tuple(_shares(answers, differing) for answers in self.every)
        return found

    def _settle(self, gate: dict[str, Value | None]) -> _Settled:
        """What `gate` alone decides, and the clauses it leaves open with their positions."""
        if not self._gated:
            return [None] * len(self.every), tuple(enumerate(self.every))
        self._ruleset.terms.derivations.derive(gate)
        values = {**self._ruleset.terms.nothing_known, **gate}
        found: list[Answer | None] = [None] * len(self.every)
        for position, answers in enumerate(self.every):
            answer = answers.of(values) if answers.only_gains else None
            if answer is not None and answer.outcome in QUIET:
                found[position] = answer
        rest = ((position, answers) for position, answers in enumerate(self.every) if found[position] is None)
        return found, tuple(rest)


def _shares(answers: Answers, differing: frozenset[str]) -> bool | None:
    if answers.reads.isdisjoint(differing):
        return True
    return None if answers.names.isdisjoint(differing) else False


def _answers(owned: Owned[Item], ruleset: Ruleset) -> Answers:
    found = ruleset.kept.get(owned.sha256)
    if found is None:
        found = ruleset.kept[owned.sha256] = Answers(owned, ruleset)
    return cast(Answers, found)
