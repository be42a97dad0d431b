"""The plain reading of a condition tree: slow, obvious, the yardstick for the compiled forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from admission.logic import values
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
    children,
)
from admission.vocabulary import Value

__all__ = ["Facts", "evaluate", "open_facts"]

Facts = Mapping[str, Value | None]


def evaluate(node: Expr, facts: Facts) -> Value | None:
    """The value of `node` for one component; facts missing from `facts` are unknown (`None`)."""
    match node:
        case Constant(value=value):
            return value
        case FactRef(name=name):
            return facts.get(name)
        case And(parts=parts):
            return _junction(parts, facts, decided=False)
        case Or(parts=parts):
            return _junction(parts, facts, decided=True)
        case Not(part=part):
            truth = evaluate(part, facts)
            return None if truth is None else not truth
        case Under(name=name, prefixes=prefixes):
            return values.under(cast("frozenset[str] | None", facts.get(name)), prefixes)
        case AnyOf(name=name, members=members):
            return values.any_of(cast("frozenset[str] | None", facts.get(name)), members)
        case IsUnknown(item=item):
            return evaluate(item, facts) is None
        case Case():
            return _case(node, facts)
        case _:
            return _operation(node, tuple(evaluate(child, facts) for child in children(node)))


def _junction(parts: tuple[Expr, ...], facts: Facts, *, decided: bool) -> bool | None:
    found = {evaluate(part, facts) for part in parts}
    if decided in found:
        return decided
    return None if None in found else not decided


def _case(node: Case, facts: Facts) -> Value | None:
    when = evaluate(node.when, facts)
    if when is None:
        return None
    branch = node.then if when else node.otherwise
    return None if branch is None else evaluate(branch, facts)


def _operation(node: Expr, found: tuple[Value | None, ...]) -> Value | None:
    if any(item is None for item in found):
        return None
    match node:
        case Compare(op=op):
            return values.compare(op, found[0], found[1])
        case In(options=options):
            return found[0] in options
        case Arithmetic(op=op):
            return values.arithmetic(op, cast(float, found[0]), cast(float, found[1]))
        case Extremum(kind=kind):
            numbers = cast("tuple[float, ...]", found)
            return max(numbers) if kind == "greatest" else min(numbers)
        case DateShift(unit=unit, amount=amount):
            return values.shift(cast(date, found[0]), unit, amount)
    raise AssertionError(node)  # the match above is complete


def open_facts(node: Expr, facts: Facts) -> tuple[str, ...]:
    """The unknown facts that an undecided `node` still hangs on, in reading order.

    Parts that are already decided are passed over: in `a or b` with `b` false only `a` is open.
    `x is null` is always decided.
    """
    found: dict[str, None] = {}
    _collect(node, facts, found)
    return tuple(found)


def _collect(node: Expr, facts: Facts, found: dict[str, None]) -> None:
    match node:
        case FactRef(name=name) | AnyOf(name=name) | Under(name=name):
            if evaluate(node, facts) is None:
                found.setdefault(name)
        case Case(when=when, then=then, otherwise=otherwise):
            decided = evaluate(when, facts)
            _collect(when, facts, found)
            for branch, chosen in ((then, decided is not False), (otherwise, decided is not True)):
                if branch is not None and chosen:
                    _collect(branch, facts, found)
        case _:
            if evaluate(node, facts) is None:
                for child in children(node):
                    _collect(child, facts, found)
