"""The condition tree: the closed list of forms a condition can take.

`parse` makes these from SQL text; `python`, `columnar`, `sql`, `sentence` and `trace` read them.
Every node is immutable and hashable. Values are three-valued: unknown is `None` in Python,
null in Polars and NULL in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal as Choice

__all__ = [
    "And",
    "AnyOf",
    "Arithmetic",
    "Case",
    "Compare",
    "Constant",
    "DateShift",
    "Expr",
    "Extremum",
    "FactRef",
    "In",
    "IsUnknown",
    "Not",
    "Or",
    "ShiftUnit",
    "Under",
    "children",
    "facts_of",
    "walk",
]

CompareOp = Choice["=", "!=", "<", "<=", ">", ">="]
ShiftUnit = Choice["days", "months", "years"]
ArithmeticOp = Choice["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: bool, float, text or date."""

    value: bool | float | str | date


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of one fact; a bare bool fact is itself a condition."""

    name: str


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; unknown when either side is."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class And:
    """False if any part is false, else unknown if any is unknown, else true."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True if any part is true, else unknown if any is unknown, else false."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Unknown stays unknown."""

    part: Expr


@dataclass(frozen=True, slots=True)
class In:
    """`item in (…)` over constants of one type."""

    item: Expr
    options: tuple[bool | float | str | date, ...]


@dataclass(frozen=True, slots=True)
class IsUnknown:
    """`item is null`: never unknown itself, so it is not monotone; use it only to ask for evidence."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right` on numbers; division by zero is unknown."""

    op: ArithmeticOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Extremum:
    """`greatest(…)` or `least(…)`; unknown when any part is."""

    kind: Choice["greatest", "least"]
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """`CASE WHEN when THEN then ELSE otherwise END`; an unknown `when` makes the whole unknown."""

    when: Expr
    then: Expr
    otherwise: Expr | None


@dataclass(frozen=True, slots=True)
class Under:
    """Some code of a code set starts with one of `prefixes`; a shorter code that could is unknown."""

    name: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A set fact has at least one of `members`."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DateShift:
    """`day` moved by `amount` days, months or years (months and years clip to the month's end)."""

    unit: ShiftUnit
    day: Expr
    amount: int


Expr = (
    Constant
    | FactRef
    | Compare
    | And
    | Or
    | Not
    | In
    | IsUnknown
    | Arithmetic
    | Extremum
    | Case
    | Under
    | AnyOf
    | DateShift
)


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions of `node`, left to right."""
    match node:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts) | Extremum(parts=parts):
            return parts
        case Not(part=part):
            return (part,)
        case In(item=item) | IsUnknown(item=item):
            return (item,)
        case Case(when=when, then=then, otherwise=otherwise):
            return (when, then) if otherwise is None else (when, then, otherwise)
        case DateShift(day=day):
            return (day,)
        case _:
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """`node` and everything below it, depth first."""
    yield node
    for child in children(node):
        yield from walk(child)


def facts_of(node: Expr) -> frozenset[str]:
    """Names of all facts that `node` reads."""
    return frozenset(item.name for item in walk(node) if isinstance(item, FactRef | Under | AnyOf))
