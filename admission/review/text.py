"""A condition tree written in the condition language again, for people who look at survivors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from admission._messages import shortened
from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
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
)

__all__ = ["brief", "condition_text"]


def brief(node: Expr) -> str:
    """The condition in at most 60 characters."""
    return shortened(condition_text(node))


def condition_text(node: Expr) -> str:
    """The condition as it could stand in a rule file.

    >>> condition_text(And((FactRef("a"), Or((FactRef("b"), Not(FactRef("c")))))))
    'a and (b or not c)'
    """
    match node:
        case Constant(value=value):
            return _value(value)
        case FactRef(name=name):
            return name
        case Not(part=part):
            return f"not {_inner(part)}"
        case And(parts=parts):
            return " and ".join(map(_inner, parts))
        case Or(parts=parts):
            return " or ".join(map(_inner, parts))
        case Compare(op=op, left=left, right=right) | Arithmetic(op=op, left=left, right=right):
            return f"{_inner(left)} {op} {_inner(right)}"
        case IsUnknown(item=item):
            return f"{_inner(item)} is null"
        case Case(when=when, then=then, otherwise=otherwise):
            tail = "" if otherwise is None else f" ELSE {condition_text(otherwise)}"
            return f"CASE WHEN {condition_text(when)} THEN {condition_text(then)}{tail} END"
    return _call(node)


def _call(node: Expr) -> str:
    match node:
        case In(item=item, options=options):
            return f"{_inner(item)} in ({_listed(options)})"
        case Under(name=name, prefixes=words):
            return f"under({name}, {_listed(words)})"
        case AnyOf(name=name, members=words):
            return f"any_of({name}, {_listed(words)})"
        case Extremum(kind=kind, parts=parts):
            return f"{kind}({', '.join(map(condition_text, parts))})"
        case DateShift(unit=unit, day=day, amount=amount):
            return f"add_{unit}({condition_text(day)}, {amount})"
    raise AssertionError(node)  # the matches are complete


def _inner(node: Expr) -> str:
    text = condition_text(node)
    return f"({text})" if isinstance(node, And | Or | Arithmetic) else text


def _listed(values: Iterable[bool | float | str | date]) -> str:
    return ", ".join(map(_value, values))


def _value(value: bool | float | str | date) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return f"DATE '{value}'"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return f"{value:.10g}"
