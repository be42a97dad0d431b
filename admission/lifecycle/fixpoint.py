"""Forward chaining in plain Python: rules are applied to what is new until nothing new follows.

A match in the making is a row: the fields of the symbols found so far, one after the other. What a
pattern asks of the others is worked out once, as positions in that row.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from admission.errors import StepsExceededError
from admission.lifecycle.symbols import NOTHING, Chain, Given, Symbol

__all__ = ["STEPS", "Fixpoint"]

STEPS = 100_000
"""The most conclusions drawn for one project: far above any real history."""

_Row = tuple[Any, ...]
_Kind = tuple[str, str]
_Pairs = tuple[tuple[int, int], ...]
_KEPT = 4096
_WIDTH, _OF = len(Symbol._fields), Symbol._fields.index("of")
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
    ">=": operator.ge,
}


class Fixpoint:
    """The engine for machines without durable_rules, and the one that the other is held to."""

    name = "fixpoint"

    def __init__(self, chains: tuple[Chain, ...]) -> None:
        self._plans: list[_Plan] = [
            (
                frozenset((given.kind, given.state) for given in chain.given),
                [_way(chain, first) for first in range(len(chain.given))],
            )
            for chain in chains
        ]
        self._able: dict[frozenset[_Kind], list[_Plan]] = {}

    def conclude(self, symbols: Iterable[Symbol]) -> frozenset[Symbol]:
        """Every symbol that follows, in rounds: each joins what the one before concluded with all that is known."""
        known, fresh = _Known(), list(dict.fromkeys(symbols))
        given = frozenset(fresh)
        seen = set(given)
        while fresh:
            found: dict[Symbol, None] = {}
            for symbol in self._round(known.add(fresh), known):
                if symbol not in seen:
                    found[symbol] = None
                    if len(seen) + len(found) - len(given) > STEPS:
                        raise StepsExceededError(STEPS)
            fresh = list(found)
            seen.update(fresh)
        return frozenset(seen - given)

    def _round(self, fresh: Mapping[_Kind, Sequence[Symbol]], known: _Known) -> Iterator[Symbol]:
        """What follows from something `fresh`, from whichever pattern it comes in."""
        for kinds, ways in self._able_with(frozenset(known.of_kind)):
            if not kinds.isdisjoint(fresh):
                for way in _needed(ways, fresh, known):
                    yield from way.follow(fresh[way.first], known)

    def _able_with(self, there: frozenset[_Kind]) -> list[_Plan]:
        """The chains all of whose patterns have something to look at, worked out once for each such set."""
        if there not in self._able:
            if len(self._able) >= _KEPT:
                self._able.clear()
            self._able[there] = [plan for plan in self._plans if plan[0] <= there]
        return self._able[there]


class _Step(NamedTuple):
    """The next pattern: where its name stands in the row, if it does, and what must be equal, or may not be."""

    kind: _Kind
    name: int | None
    same: _Pairs
    twins: _Pairs

    def widen(self, rows: Iterable[_Row], known: _Known) -> list[_Row]:
        """Each row with each symbol that fits it; a symbol serves one pattern only, as in durable_rules."""
        if self.name is None:
            found = [row + symbol for row in rows for symbol in known.of_kind[self.kind]]
        else:
            named, name = known.of_name[self.kind], self.name
            found = [row + symbol for row in rows if row[name] in named for symbol in named[row[name]]]
        for left, right in self.same:
            found = [row for row in found if row[left] == row[right]]
        for left, right in self.twins:
            found = [row for row in found if row[left : left + _WIDTH] != row[right : right + _WIDTH]]
        return found


class _Way(NamedTuple):
    """A chain entered at its pattern `first`; of `then`, each field that is no position is the value itself."""

    first: _Kind
    alike: _Pairs
    steps: tuple[_Step, ...]
    where: tuple[tuple[Callable[[int, int], bool], int, int], ...]
    kind: _Kind
    of: int | None
    by: int | None
    day: int | None

    def follow(self, symbols: Sequence[_Row], known: _Known) -> Iterator[Symbol]:
        """What follows with each of `symbols` at the pattern that is entered."""
        rows = symbols
        for left, right in self.alike:
            rows = [row for row in rows if row[left] == row[right]]
        for step in self.steps:
            rows = step.widen(rows, known)
        for compare, left, right in self.where:
            rows = [row for row in rows if compare(row[left], row[right])]
        (kind, state), of, by, day = self.kind, self.of, self.by, self.day
        for row in rows:
            name = NOTHING if of is None else row[of]
            yield Symbol(kind, state, name, NOTHING if by is None else row[by], 0 if day is None else row[day])


_Plan = tuple[frozenset[_Kind], list[_Way]]


def _way(chain: Chain, first: int) -> _Way:
    given = (chain.given[first], *chain.given[:first], *chain.given[first + 1 :])
    places: dict[str, int] = {}
    alike = _bind(given[0], 0, places)
    steps = []
    for number, pattern in enumerate(given[1:], 1):
        start = number * _WIDTH
        name = None if pattern.of is None else places.get(pattern.of)
        twins = [(n * _WIDTH, start) for n in range(number) if given[n][:_OF] == pattern[:_OF]]
        same = tuple(pair for pair in _bind(pattern, start, places) if pair != (name, start + _OF))
        steps.append(_Step((pattern.kind, pattern.state), name, same, tuple(twins)))
    where = tuple((_COMPARE[test.operator], places[test.left], places[test.right]) for test in chain.where)
    then = chain.then
    of, by, day = (None if variable is None else places[variable] for variable in then[_OF:])
    return _Way((given[0].kind, given[0].state), alike, tuple(steps), where, (then.kind, then.state), of, by, day)


def _bind(given: Given, start: int, places: dict[str, int]) -> _Pairs:
    """Note where the variables of a pattern stand first; positions that must be equal to an earlier one come back."""
    found = []
    for position, variable in enumerate(given[_OF:], start + _OF):
        if variable is not None and places.setdefault(variable, position) != position:
            found.append((places[variable], position))
    return tuple(found)


def _needed(ways: Sequence[_Way], fresh: Mapping[_Kind, Sequence[Symbol]], known: _Known) -> Sequence[_Way]:
    """The ways that lead to every match with something fresh in it: where all of a kind is fresh, one will do."""
    entered = [way for way in ways if way.first in fresh]
    whole = [way for way in entered if len(fresh[way.first]) == len(known.of_kind[way.first])]
    return [min(whole, key=lambda way: len(fresh[way.first]))] if whole else entered


class _Known:
    """Symbols by kind and state, and by the name they are about."""

    def __init__(self) -> None:
        self.of_kind: dict[_Kind, list[Symbol]] = defaultdict(list)
        self.of_name: dict[_Kind, dict[str, list[Symbol]]] = defaultdict(lambda: defaultdict(list))

    def add(self, symbols: Iterable[Symbol]) -> Mapping[_Kind, Sequence[Symbol]]:
        """Take in new `symbols`; they come back by kind and state."""
        fresh: dict[_Kind, list[Symbol]] = defaultdict(list)
        for symbol in symbols:
            fresh[symbol.kind, symbol.state].append(symbol)
        for kind, found in fresh.items():
            self.of_kind[kind] += found
            named = self.of_name[kind]
            for symbol in found:
                named[symbol.of].append(symbol)
        return fresh
