"""Forward chaining in plain Python: rules are applied to what is new until nothing new follows."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from admission.errors import StepsExceededError
from admission.lifecycle.symbols import NOTHING, Chain, Given, Symbol

__all__ = ["STEPS", "Fixpoint", "holds"]

STEPS = 100_000
"""The most conclusions drawn for one project: far above any real history."""

_Value = str | int
_Bindings = dict[str, _Value]
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
        self._by_kind: dict[tuple[str, str], list[tuple[Chain, int]]] = defaultdict(list)
        for chain in chains:
            for position, given in enumerate(chain.given):
                self._by_kind[given.kind, given.state].append((chain, position))

    def conclude(self, symbols: Iterable[Symbol]) -> frozenset[Symbol]:
        """Every symbol that follows; each symbol is joined once with those known before it."""
        known = _Known()
        agenda = list(dict.fromkeys(symbols))
        seen = set(agenda)
        given = frozenset(agenda)
        while agenda:
            symbol = agenda.pop()
            known.add(symbol)
            for chain, position in self._by_kind.get((symbol.kind, symbol.state), ()):
                for bindings in _matches(chain, position, symbol, known):
                    found = _concluded(chain.then, bindings)
                    if found not in seen:
                        seen.add(found)
                        agenda.append(found)
            if len(seen) - len(given) > STEPS:
                raise StepsExceededError(STEPS)
        return frozenset(seen - given)


class _Known:
    """Symbols by kind and state, and by the name they are about."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], list[Symbol]] = defaultdict(list)
        self._of: dict[tuple[str, str, str], list[Symbol]] = defaultdict(list)

    def add(self, symbol: Symbol) -> None:
        self._all[symbol.kind, symbol.state].append(symbol)
        self._of[symbol.kind, symbol.state, symbol.of].append(symbol)

    def candidates(self, given: Given, bindings: _Bindings) -> Iterable[Symbol]:
        if given.of is not None and given.of in bindings:
            return self._of.get((given.kind, given.state, str(bindings[given.of])), ())
        return self._all.get((given.kind, given.state), ())


def _matches(chain: Chain, position: int, symbol: Symbol, known: _Known) -> Iterator[_Bindings]:
    """Bindings of the variables of `chain` in which pattern number `position` is `symbol`."""
    start = _bind(chain.given[position], symbol, {})
    if start is None:
        return
    others = chain.given[:position] + chain.given[position + 1 :]
    for bindings in _join(others, start, known, (symbol,)):
        if holds(chain, bindings):
            yield bindings


def _join(
    patterns: tuple[Given, ...], bindings: _Bindings, known: _Known, used: tuple[Symbol, ...]
) -> Iterator[_Bindings]:
    """Each pattern takes a symbol of its own, as in durable_rules."""
    if not patterns:
        yield bindings
        return
    for symbol in known.candidates(patterns[0], bindings):
        wider = None if symbol in used else _bind(patterns[0], symbol, bindings)
        if wider is not None:
            yield from _join(patterns[1:], wider, known, (*used, symbol))


def _bind(given: Given, symbol: Symbol, bindings: _Bindings) -> _Bindings | None:
    """`bindings` with the variables of `given`, or None when one is bound to something else."""
    found = dict(bindings)
    for variable, value in ((given.of, symbol.of), (given.by, symbol.by), (given.day, symbol.day)):
        if variable is not None and found.setdefault(variable, value) != value:
            return None
    return found


def holds(chain: Chain, bindings: Mapping[str, _Value]) -> bool:
    """Do the day variables stand as the rule says?"""
    return all(_COMPARE[test.operator](int(bindings[test.left]), int(bindings[test.right])) for test in chain.where)


def _concluded(then: Given, bindings: _Bindings) -> Symbol:
    of = NOTHING if then.of is None else str(bindings[then.of])
    by = NOTHING if then.by is None else str(bindings[then.by])
    return Symbol(then.kind, then.state, of, by, 0 if then.day is None else int(bindings[then.day]))
