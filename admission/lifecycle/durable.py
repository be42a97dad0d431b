"""Forward chaining with durable_rules, fenced: symbols and day numbers only, nothing left behind.

What was measured on version 2.0.28 decides how it is used here. Its `Host` starts two threads that
run rules of their own accord, so the ruleset is used without one. A fact that no rule looks for is
an error there: it is not asserted. Two threads on one session lose conclusions: one lock. A session
that is not deleted stays for ever: each run has a new one, deleted whatever happens. To delete one in
which no rule has fired frees memory twice and ends the interpreter: a rule of its own fires in each. Alternatives
(`$or`) beside joins match too much, and absence patterns can loop: neither is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from threading import Lock
from typing import Any

from durable.engine import Ruleset

from admission.errors import StepsExceededError
from admission.lifecycle.fixpoint import STEPS
from admission.lifecycle.symbols import NOTHING, Chain, Given, Symbol

__all__ = ["Durable"]

_NUMBERS = count()
_OPEN = Symbol("session", "open")
_OPERATORS = {"<=": "$lte", "<": "$lt", ">": "$gt", ">=": "$gte"}
_Expression = dict[str, Any]


class Durable:
    """One ruleset, one lock, one short-lived session for every run."""

    name = "durable_rules"

    def __init__(self, chains: tuple[Chain, ...]) -> None:
        self._lock = Lock()
        self._sessions = count()
        self._run: _Run | None = None
        self._wanted = {(given.kind, given.state) for chain in chains for given in chain.given}
        rules = {f"r{number}": self._rule(chain) for number, chain in enumerate(chains)}
        rules["open"] = {"all": [{"m": {"kind": _OPEN.kind}}], "run": lambda _: None}
        self._ruleset = Ruleset(f"lifecycle{next(_NUMBERS)}", None, rules)

    def conclude(self, symbols: Iterable[Symbol]) -> frozenset[Symbol]:
        """Every symbol that follows; raises `StepsExceededError` beyond the bound on steps."""
        given = dict.fromkeys(symbols)
        if not given:  # an empty list of facts ends the interpreter
            return frozenset()
        with self._lock:
            self._run = run = _Run(f"s{next(self._sessions)}", set(given))
            try:
                self._assert(run, [_OPEN])
                self._chain(run, list(given))
            finally:
                self._run = None
                self._ruleset.delete_state(run.session)
        return frozenset(run.seen - given.keys())

    def _chain(self, run: _Run, symbols: list[Symbol]) -> None:
        """Assert in rounds: what one round concludes is asserted in the next."""
        while symbols := [symbol for symbol in symbols if (symbol.kind, symbol.state) in self._wanted]:
            self._assert(run, symbols)
            symbols, run.found = run.found, []
            if run.steps > STEPS:
                raise StepsExceededError(STEPS)

    def _assert(self, run: _Run, symbols: list[Symbol]) -> None:
        def finished(error: BaseException | None, state: object) -> None:
            run.failure = run.failure or error

        handle = self._ruleset.assert_facts([run.fact(symbol) for symbol in symbols])
        self._ruleset.do_actions(handle, finished)
        if run.failure is not None:
            raise run.failure

    def _rule(self, chain: Chain) -> _Expression:
        patterns: list[_Expression] = []
        bound: dict[str, tuple[str, str]] = {}
        for position, given in enumerate(chain.given):
            name = f"m{position}"
            patterns.append({name: {"$and": self._tests(given, name, chain, bound)}})
        return {"all": patterns, "run": self._action(chain.then, bound)}

    def _tests(self, given: Given, name: str, chain: Chain, bound: dict[str, tuple[str, str]]) -> list[_Expression]:
        """What a fact must be, with equalities and comparisons against the facts matched before it."""
        tests: list[_Expression] = [{"kind": given.kind}, {"state": given.state}]
        fresh: dict[str, str] = {}
        for attribute, variable in (("of", given.of), ("by", given.by), ("day", given.day)):
            if variable is None:
                continue
            if variable in bound:
                other, there = bound[variable]
                tests.append({attribute: {other: there}})
            else:
                fresh[variable] = attribute
        for test in chain.where:
            tests += _comparison(test.left, test.operator, test.right, fresh, bound)
        bound.update({variable: (name, attribute) for variable, attribute in fresh.items()})
        return tests

    def _action(self, then: Given, bound: dict[str, tuple[str, str]]) -> Callable[[Any], None]:
        """Note the conclusion; the captured facts are read by the names the rule gave them."""
        sources = tuple(None if variable is None else bound[variable] for variable in (then.of, then.by, then.day))

        def conclude(closure: Any) -> None:
            try:
                self._note(_conclusion(then, sources, closure))
            except Exception as error:  # the library would keep it to itself
                self._fail(error)

        return conclude

    def _note(self, symbol: Symbol) -> None:
        if self._run is not None:
            self._run.note(symbol)

    def _fail(self, error: Exception) -> None:
        if self._run is not None:
            self._run.failure = error


class _Run:
    """One session: what is known, and what this round has concluded."""

    def __init__(self, session: str, seen: set[Symbol]) -> None:
        self.session = session
        self.seen = seen
        self.found: list[Symbol] = []
        self.steps = 0
        self.failure: BaseException | None = None

    def fact(self, symbol: Symbol) -> _Expression:
        return {"sid": self.session, **symbol._asdict()}

    def note(self, symbol: Symbol) -> None:
        self.steps += 1
        if symbol not in self.seen and self.steps <= STEPS:
            self.seen.add(symbol)
            self.found.append(symbol)


def _comparison(
    left: str, operator: str, right: str, fresh: dict[str, str], bound: dict[str, tuple[str, str]]
) -> list[_Expression]:
    """The comparison, when this fact brings one side and an earlier one the other."""
    if left in fresh and right in bound:
        other, attribute = bound[right]
        return [{_OPERATORS[operator]: {fresh[left]: {other: attribute}}}]
    if right in fresh and left in bound:
        other, attribute = bound[left]
        turned = operator.translate(str.maketrans("<>", "><"))
        return [{_OPERATORS[turned]: {fresh[right]: {other: attribute}}}]
    return []


def _conclusion(then: Given, sources: tuple[tuple[str, str] | None, ...], closure: Any) -> Symbol:
    def value(source: tuple[str, str] | None, otherwise: Any) -> Any:
        return otherwise if source is None else getattr(closure, source[0])[source[1]]

    of, by, day = sources
    return Symbol(then.kind, then.state, value(of, NOTHING), value(by, NOTHING), int(value(day, 0)))
