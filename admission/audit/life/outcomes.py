"""What the chaining rules conclude of many duties: asked of the inference engine once for each distinct situation.

The rules compare days and do not compute with them, and judge each duty by itself. So the answer hangs on what
is known of a duty and on the order of its days alone; there are a few hundred such situations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from admission.audit.life.histories import NO_DAY, Days
from admission.audit.life.instances import TRUE, Bounds, Instances
from admission.lifecycle.inference import ENGINES, Inference, engine
from admission.lifecycle.instances import Instance
from admission.lifecycle.limits import Bound
from admission.lifecycle.lines import Outcome
from admission.lifecycle.symbols import Chain, Symbol, compile_chains
from admission.rulebook.life_model import ChainRule, LifeDuty

__all__ = ["Judge", "Judged", "Judgements", "stand_alone"]

_DAYS = ("today", "act", "limit", "floor")
_OF_A_DUTY = frozenset(("duty", "breaks", *_DAYS))
_ANSWERS = frozenset(("status", "breach"))
_STATES = 4
_ORDERS = 3
_Pairs = tuple[tuple[str, str], ...]
_ALL_PAIRS: _Pairs = tuple(combinations(_DAYS, 2))


@dataclass(frozen=True, slots=True)
class Judged:
    """Conclusions for the rows of `Instances`: `codes` number the `outcomes` of each row."""

    codes: NDArray[np.int64]
    outcomes: tuple[Outcome, ...]


class Judgements:
    """The chaining rules of a rulebook, ready to judge duties one by one.

    Raises `ValueError` for rules that join several duties in a state or a breach.
    """

    def __init__(self, rules: tuple[ChainRule, ...], on: date) -> None:
        chains = compile_chains(rules)
        if not stand_alone(chains):
            raise ValueError("an audit needs chaining rules that judge each duty by itself")
        self.engine: Inference = engine(chains, ENGINES[1])
        self.on = on
        self.pairs = _compared(chains)
        self._judges: dict[tuple[object, ...], Judge] = {}

    def of(self, rule: LifeDuty) -> Judge:
        """The judge of a duty; duties that differ in nothing that counts share one."""
        key = (rule.breaches, rule.voluntary, rule.floor is None)
        if key not in self._judges:
            self._judges[key] = Judge(rule, self)
        return self._judges[key]


class Judge:
    """Judges one duty; what has been asked is kept."""

    def __init__(self, rule: LifeDuty, judgements: Judgements) -> None:
        self._rule, self._given = rule, judgements
        self._table = np.full(2 * _STATES**3 * _ORDERS ** len(judgements.pairs), -1, np.int64)
        self._outcomes: dict[Outcome, int] = {}

    def judged(self, item: Instances) -> Judged:
        """What is concluded of every row."""
        signature = self._signature(item)
        found = self._table[signature]
        if (found < 0).any():
            for code, at in zip(*np.unique(signature[found < 0], return_index=True), strict=True):
                outcome = self._ask(item, int(np.flatnonzero(found < 0)[at]))
                self._table[code] = self._outcomes.setdefault(outcome, len(self._outcomes))
            found = self._table[signature]
        return Judged(found, tuple(self._outcomes))

    def _signature(self, item: Instances) -> Days:
        """What the answer hangs on, as a number: states, and how the days stand to each other."""
        days: Mapping[str, Days | int] = {
            "today": self._given.on.toordinal(),
            "act": item.act,
            "limit": item.limit.day,
            "floor": NO_DAY if item.floor is None else item.floor.day,
        }
        found: Days = (item.applies == TRUE).astype(np.int64)
        found = found * _STATES + (item.act != NO_DAY) + 2 * item.act_open
        for bounds in (item.limit, item.floor):
            found *= _STATES
            if bounds is not None:
                found += (bounds.day != NO_DAY) + 2 * bounds.open
        for one, other in self._given.pairs:
            found = found * _ORDERS + (days[one] > days[other]) + 2 * (days[one] < days[other])
        return found

    def _ask(self, item: Instances, row: int) -> Outcome:
        key, on = "d", self._given.on
        floor = None if item.floor is None else _bound(item.floor, row)
        instance = Instance(
            key=key,
            rule=self._rule,
            applies=True if item.applies[row] == TRUE else None,
            occasion=None,
            act=_day(item.act[row]),
            act_open=bool(item.act_open[row]),
            limit=_bound(item.limit, row),
            floor=floor,
            asks=(),
        )
        symbols = (Symbol("today", "is", day=on.toordinal()), *instance.symbols())
        concluded = [symbol for symbol in self._given.engine.conclude(symbols) if symbol.of == key]
        return Outcome(
            frozenset(symbol.state for symbol in concluded if symbol.kind == "status"),
            tuple(sorted({(symbol.by, symbol.state) for symbol in concluded if symbol.kind == "breach"})),
            waits=False,
        )


def _bound(bounds: Bounds, row: int) -> Bound:
    return Bound(_day(bounds.day[row]), bool(bounds.open[row]))


def _day(number: np.int64) -> date | None:
    return None if number == NO_DAY else date.fromordinal(int(number))


def stand_alone(chains: Iterable[Chain]) -> bool:
    """Does every rule that concludes a state or a breach look at one duty only?"""
    for chain in chains:
        if chain.then.kind in _ANSWERS:
            others = [given for given in chain.given if given.kind != "today"]
            if not {given.kind for given in others} <= _OF_A_DUTY | _ANSWERS:
                return False
            if {given.of for given in others} != {chain.then.of} or chain.then.of is None:
                return False
    return True


def _compared(chains: Iterable[Chain]) -> _Pairs:
    """The kinds of days that rules hold against each other; all of them where it cannot be told."""
    found: dict[tuple[str, str], None] = {}
    for chain in chains:
        kinds = {given.day: given.kind for given in chain.given if given.day is not None}
        if len(kinds) < sum(given.day is not None for given in chain.given):
            return _ALL_PAIRS
        for test in chain.where:
            one, other = sorted((kinds[test.left], kinds[test.right]))
            if one not in _DAYS or other not in _DAYS:
                return _ALL_PAIRS
            found[one, other] = None
    return tuple(found)
