"""The plain reading of a condition tree: the yardstick for the compiled forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

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

__all__ = ["Facts", "evaluate", "next_facts", "open_facts"]

Facts = Mapping[str, Value | None]


def evaluate(node: Expr, facts: Facts) -> Value | None:
    """The value of `node` for one component; facts missing from `facts` are unknown (`None`)."""
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        return leaf(node, facts)
    if isinstance(node, And | Or):
        return _junction((evaluate(part, facts) for part in node.parts), decided=isinstance(node, Or))
    if isinstance(node, Case):
        return _case(node, facts)
    return _combined(node, [evaluate(child, facts) for child in children(node)])


_LEAVES: dict[type, Callable[[Any, Facts], Value | None]] = {
    Constant: lambda node, facts: cast("Value", node.value),
    FactRef: lambda node, facts: facts.get(node.name),
    Under: lambda node, facts: values.under(cast("frozenset[str] | None", facts.get(node.name)), node.prefixes),
    AnyOf: lambda node, facts: values.any_of(cast("frozenset[str] | None", facts.get(node.name)), node.members),
    IsUnknown: lambda node, facts: evaluate(node.item, facts) is None,
}


def _case(node: Case, facts: Facts) -> Value | None:
    when = evaluate(node.when, facts)
    if when is None:
        return None
    branch = node.then if when else node.otherwise
    return None if branch is None else evaluate(branch, facts)


def _combined(node: Expr, found: Sequence[Value | None]) -> Value | None:
    """The value of `node` from the values of its children; not for leaves, `And`, `Or` and `Case`."""
    match node:
        case Compare(op=op):
            return values.compare(op, found[0], found[1])
        case Not():
            return None if found[0] is None else not found[0]
        case _ if None in found:
            return None
        case In(options=options):
            return found[0] in options
        case Arithmetic(op=op):
            return values.arithmetic(op, cast(float, found[0]), cast(float, found[1]))
        case Extremum(kind=kind):
            numbers = cast("Sequence[float]", found)
            return max(numbers) if kind == "greatest" else min(numbers)
        case DateShift(unit=unit, amount=amount):
            return values.shift(cast(date, found[0]), unit, amount)
    raise AssertionError(node)  # the match above is complete


def _junction(found: Iterable[Value | None], *, decided: bool) -> bool | None:
    unknown = False
    for value in found:
        if value is decided:
            return decided
        unknown = unknown or value is None
    return None if unknown else not decided


def open_facts(node: Expr, facts: Facts) -> tuple[str, ...]:
    """The unknown facts that an undecided `node` still hangs on, in reading order.

    Parts that are already decided are passed over: in `a or b` with `b` false only `a` is open.
    `x is null` is always decided.
    """
    return tuple(dict.fromkeys(_reading(node, facts, _every)[1]))


def next_facts(node: Expr, facts: Facts) -> tuple[str, ...]:
    """The open facts to ask for first: in `a and b` only `a`, since its answer may make `b` irrelevant.

    Answering them and asking again settles `node`; the order of an `and` is the order of asking.
    """
    return tuple(dict.fromkeys(_reading(node, facts, _first)[1]))


def _every(undecided: Sequence[list[str]]) -> list[str]:
    return [name for names in undecided for name in names]


def _first(undecided: Sequence[list[str]]) -> list[str]:
    return undecided[0]


_Gate = Callable[[Sequence[list[str]]], list[str]]


_Reading = tuple[Value | None, list[str]]


def _reading(node: Expr, facts: Facts, gate: _Gate) -> _Reading:
    """The value of `node` and, while that is unknown, the facts it hangs on; `gate` picks the parts of an `and`."""
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        value = leaf(node, facts)
        return value, [node.name] if value is None and isinstance(node, FactRef | AnyOf | Under) else []
    if isinstance(node, And | Or):
        return _junction_reading(node, facts, gate)
    if isinstance(node, Case):
        return _case_reading(node, facts, gate)
    parts = [_reading(child, facts, gate) for child in children(node)]
    value = _combined(node, [part[0] for part in parts])
    return value, [] if value is not None else [name for _, names in parts for name in names]


def _junction_reading(node: And | Or, facts: Facts, gate: _Gate) -> _Reading:
    decided = isinstance(node, Or)
    undecided: list[list[str]] = []
    for part in node.parts:
        value, names = _reading(part, facts, gate)
        if value is decided:
            return decided, []
        if value is None:
            undecided.append(names)
    if not undecided:
        return not decided, []
    return None, _every(undecided) if decided else gate(undecided)


def _case_reading(node: Case, facts: Facts, gate: _Gate) -> _Reading:
    when, names = _reading(node.when, facts, gate)
    value: Value | None = None
    if when is None and gate is _first and names:
        return None, names
    for branch, chosen in ((node.then, when is not False), (node.otherwise, when is not True)):
        if branch is not None and chosen:
            found, more = _reading(branch, facts, gate)
            names = names + more
            value = None if when is None else found
    return value, names
