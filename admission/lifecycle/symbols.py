"""Symbols and chaining rules: what the inference engines compute with.

A symbol is a kind, a state, at most two names that this package made itself, and a day number. No
text of a user and no float is ever among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Literal, NamedTuple, cast

from admission.rulebook.life_model import ChainRule

__all__ = ["NOTHING", "Chain", "Comparison", "Given", "Symbol", "compile_chains"]

NOTHING = "-"
"""The name of a symbol that is about nothing in particular."""
Operator = Literal["<=", "<", ">", ">="]


class Symbol(NamedTuple):
    """One thing that holds: `kind` is `state` `of` one name `by` another on `day` (a day number, 0 if none)."""

    kind: str
    state: str
    of: str = NOTHING
    by: str = NOTHING
    day: int = 0


class Given(NamedTuple):
    """A symbol to find; `of`, `by` and `day` are variables, None where the value does not matter."""

    kind: str
    state: str
    of: str | None
    by: str | None
    day: str | None


class Comparison(NamedTuple):
    """Two day variables and how they must stand."""

    left: str
    operator: Operator
    right: str


class Chain(NamedTuple):
    """A chaining rule with one state per pattern: if all of `given` are there and `where` holds, then `then`."""

    id: str
    given: tuple[Given, ...]
    where: tuple[Comparison, ...]
    then: Given


def compile_chains(rules: Iterable[ChainRule]) -> tuple[Chain, ...]:
    """The rules of the rulebook, one chain for every combination of the states their patterns allow."""
    found = []
    for rule in rules:
        where = tuple(_comparison(text) for text in rule.where)
        then = Given(rule.then.kind, rule.then.state[0], rule.then.of, rule.then.by, rule.then.day)
        for number, states in enumerate(product(*(pattern.state for pattern in rule.given))):
            given = tuple(
                Given(pattern.kind, state, pattern.of, pattern.by, pattern.day)
                for pattern, state in zip(rule.given, states, strict=True)
            )
            found.append(Chain(f"{rule.id}.{number}", given, where, then))
    return tuple(found)


def _comparison(text: str) -> Comparison:
    left, operator, right = text.split()
    return Comparison(left, cast(Operator, operator), right)
