"""Condition tree → Polars expression, and how a fact's value stands in a frame.

=================  ==========  ===========================================
fact type          column      cell
=================  ==========  ===========================================
bool               Boolean
number             Float64     always finite
enum, text         String      Categorical and Enum columns work as well
date               Date
set, code          String      members sorted, `;a;b;`; the empty set is `;`
=================  ==========  ===========================================

Unknown is null. Polars is imported when a function is called, not with this module.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
    ArithmeticOp,
    Case,
    Compare,
    CompareOp,
    Constant,
    DateShift,
    Expr,
    Extremum,
    FactRef,
    In,
    IsUnknown,
    Not,
    Or,
    Under,
    children,
)
from admission.logic.values import shiftable, shorter_codes
from admission.vocabulary import Fact, FactType, Value

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Cell", "cell_value", "frame_value", "schema", "to_polars"]

Cell = bool | float | str | date

_SEPARATOR = ";"
_COLLECTIONS = frozenset({FactType.SET, FactType.CODE})
_OPERATORS: dict[CompareOp | ArithmeticOp, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_OFFSETS = {"days": "d", "months": "mo", "years": "y"}


def frame_value(fact: Fact, value: Value | None) -> Cell | None:
    """The cell that stands for `value` of `fact`; null for unknown.

    Raises `ValueError` for a set with an empty member or one that contains `;`.
    """
    if value is None:
        return None
    if isinstance(value, frozenset):
        if any(not member or _SEPARATOR in member for member in value):
            raise ValueError(f"{fact.name}: {sorted(value)} cannot be written as one cell")
        return _SEPARATOR + "".join(f"{member}{_SEPARATOR}" for member in sorted(value))
    return float(value) if fact.type is FactType.NUMBER and not isinstance(value, str | date) else value


def cell_value(fact: Fact, cell: Cell | None) -> Value | None:
    """The value of `fact` that a cell stands for: the inverse of `frame_value`."""
    if isinstance(cell, str) and fact.type in _COLLECTIONS:
        return frozenset(filter(None, cell.split(_SEPARATOR)))
    return cell


def schema(facts: Iterable[Fact]) -> dict[str, pl.DataType]:
    """Column types by fact name, in the order of `facts`."""
    import polars as pl

    types: dict[FactType, pl.DataType] = {
        FactType.BOOL: pl.Boolean(),
        FactType.NUMBER: pl.Float64(),
        FactType.DATE: pl.Date(),
    }
    return {fact.name: types.get(fact.type, pl.String()) for fact in facts}


def to_polars(node: Expr) -> pl.Expr:
    """The expression that computes `node` for every row of a frame with one column per fact.

    A tree that reads no fact gives a literal: use `with_columns`, which repeats it, rather than `select`.
    """
    return _folded(_expression(node))


def _expression(node: Expr) -> pl.Expr:
    import polars as pl

    match node:
        case Constant(value=value):
            return pl.lit(value)
        case FactRef(name=name):
            return pl.col(name)
        case And(parts=parts):
            return reduce(operator.and_, map(to_polars, parts))
        case Or(parts=parts):
            return reduce(operator.or_, map(to_polars, parts))
        case Not(part=part):
            return ~to_polars(part)
        case IsUnknown(item=item):
            return to_polars(item).is_null()
        case Under(name=name, prefixes=prefixes):
            return _under(name, prefixes)
        case AnyOf(name=name, members=members):
            return _holds(name, (f"{_SEPARATOR}{member}{_SEPARATOR}" for member in members))
        case Case():
            return _case(node)
        case _:
            return _operation(node, tuple(map(to_polars, children(node))))


def _operation(node: Expr, parts: tuple[pl.Expr, ...]) -> pl.Expr:
    import polars as pl

    match node:
        case Compare(op=op):
            return _applied(op, *parts)
        case In(options=options):
            return parts[0].is_in(list(options))
        case Arithmetic(op=op):
            left, right = parts
            result = _applied(op, left, _repeated(right, left) if op == "/" and _is_constant(right) else right)
            return pl.when(result.is_finite()).then(result)
        case Extremum(kind=kind):
            most = pl.max_horizontal(parts) if kind == "greatest" else pl.min_horizontal(parts)
            return pl.when(reduce(operator.and_, (part.is_not_null() for part in parts))).then(most)
        case DateShift(unit=unit, amount=amount):
            limits = shiftable(unit, amount)
            if limits is None:
                return _never(parts[0])
            shifted = parts[0].dt.offset_by(f"{amount}{_OFFSETS[unit]}")
            return pl.when(parts[0].is_between(pl.lit(limits[0]), pl.lit(limits[1]))).then(shifted)
    raise AssertionError(node)  # the match above is complete


def _case(node: Case) -> pl.Expr:
    import polars as pl

    when, then = to_polars(node.when), to_polars(node.then)
    otherwise = _never(then) if node.otherwise is None else to_polars(node.otherwise)
    if _is_constant(when):
        decided = pl.select(when).item()
        return _never(then) if decided is None else then if decided else otherwise
    return pl.when(when).then(then).when(~when).then(otherwise)


def _is_constant(built: pl.Expr) -> bool:
    return not built.meta.root_names()


def _folded(built: pl.Expr) -> pl.Expr:
    """A constant expression as one literal: elsewhere Polars at times forgets to repeat its value."""
    import polars as pl

    if not _is_constant(built) or built.meta.is_literal():
        return built
    value = pl.select(built).to_series()
    return pl.lit(value.item(), dtype=value.dtype)


def _never(built: pl.Expr) -> pl.Expr:
    """Unknown on every row, in the type of `built`."""
    import polars as pl

    return pl.when(built.is_null() & built.is_not_null()).then(built)


def _applied(op: CompareOp | ArithmeticOp, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    result: pl.Expr = _OPERATORS[op](left, right)
    return result


def _repeated(constant: pl.Expr, beside: pl.Expr) -> pl.Expr:
    """`constant` repeated for every row: Polars would multiply by the reciprocal of a single
    number instead of dividing, and miss a threshold by the last bit (7 / 5 > 1.4).
    """
    return constant + beside * 0.0


def _holds(name: str, patterns: Iterable[str]) -> pl.Expr:
    import polars as pl

    return pl.col(name).cast(pl.String).str.contains_any(list(patterns))


def _under(name: str, prefixes: tuple[str, ...]) -> pl.Expr:
    import polars as pl

    found = _holds(name, (f"{_SEPARATOR}{prefix}" for prefix in prefixes))
    shorter = shorter_codes(prefixes)
    if not shorter:
        return found
    undecided = _holds(name, (f"{_SEPARATOR}{code}{_SEPARATOR}" for code in shorter))
    return pl.when(found | ~undecided).then(found)
