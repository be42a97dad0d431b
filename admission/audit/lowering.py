"""Condition trees → instructions on bit planes.

Numbers and dates are 64-bit columns whose unknown cells are NaN (a known number is always finite);
enums, texts, sets and codes are columns of small integers into a list of distinct values, so that a
test is made once per distinct value and looked up for the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Literal

from admission.audit.program import UNKNOWN, Builder, Truth
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
from admission.logic.values import any_of, under
from admission.vocabulary import FactType, Vocabulary

__all__ = ["Kind", "Lowering", "kind_of"]

Kind = Literal["truth", "number", "choice"]
_KINDS: Mapping[FactType, Kind] = {FactType.BOOL: "truth", FactType.NUMBER: "number", FactType.DATE: "number"}


def kind_of(fact_type: FactType) -> Kind:
    """How values of a type stand in a program: truth masks, numbers or choices."""
    return _KINDS.get(fact_type, "choice")


class Lowering:
    """Writes conditions into a `Builder`; `facts` names the result that holds each fact so far.

    A fact that is not among them is unknown on every row. `truths` are pairs, the others single results.
    """

    def __init__(self, builder: Builder, vocabulary: Vocabulary) -> None:
        self._builder = builder
        self._vocabulary = vocabulary
        self._truths: dict[str, Truth] = {}
        self._cells: dict[str, int] = {}
        self._written: dict[Expr, Truth] = {}
        self._values: dict[Expr, int | None] = {}

    def define(self, name: str, result: Truth | int) -> None:
        """From here on the fact `name` is `result`."""
        if isinstance(result, Truth):
            self._truths[name] = result
        else:
            self._cells[name] = result

    def with_facts(self, given: Mapping[str, str]) -> Lowering:
        """The same with some enum facts known to be a member on every row."""
        other = Lowering(self._builder, self._vocabulary)
        other._truths = self._truths
        cells = {name: self._builder.emit("text", extra=member) for name, member in given.items()}
        other._cells = {**self._cells, **cells}
        return other

    def fact(self, name: str) -> Truth | int | None:
        """The result that holds a fact; None when it is unknown on every row."""
        return self._truths.get(name, self._cells.get(name))

    def known(self, name: str) -> int:
        """The rows where the fact `name` is known."""
        found = self.fact(name)
        if found is None:
            return UNKNOWN.true
        return self._builder.known(found) if isinstance(found, Truth) else self._builder.emit("known", found)

    def kind(self, node: Expr) -> Kind:
        """What `node` gives."""
        match node:
            case Constant(value=value):
                return "truth" if isinstance(value, bool) else "choice" if isinstance(value, str) else "number"
            case FactRef(name=name):
                return kind_of(self._vocabulary.facts[name].type)
            case Case(then=then):
                return self.kind(then)
            case Arithmetic() | Extremum() | DateShift():
                return "number"
            case _:
                return "truth"

    # conditions

    def truth(self, node: Expr) -> Truth:
        """The masks of a condition."""
        if node not in self._written:
            self._written[node] = self._truth(node)
        return self._written[node]

    def _truth(self, node: Expr) -> Truth:
        builder = self._builder
        match node:
            case Constant(value=value):
                return builder.always(bool(value))
            case FactRef(name=name):
                return self._truths.get(name, UNKNOWN)
            case And(parts=parts):
                return builder.all_of(map(self.truth, parts))
            case Or(parts=parts):
                return builder.any_of(map(self.truth, parts))
            case Not(part=part):
                return ~self.truth(part)
            case Case(when=when, then=then, otherwise=otherwise):
                last = UNKNOWN if otherwise is None else self.truth(otherwise)
                return builder.chosen(self.truth(when), self.truth(then), last)
            case IsUnknown(item=item):
                known = self._known(item)
                return Truth(builder.without(builder.rows, known), known)
            case Under(name=name, prefixes=prefixes):
                return self._member_test(name, node, partial(_one_under, prefixes, max(map(len, prefixes))))
            case AnyOf(name=name, members=members):
                return self._member_test(name, node, partial(_one_of, members))
            case _:
                return self._test(node)

    def _known(self, item: Expr) -> int:
        if isinstance(item, FactRef):
            return self.known(item.name)
        if self.kind(item) == "truth":
            return self._builder.known(self.truth(item))
        value = self.value(item)
        return UNKNOWN.true if value is None else self._builder.emit("known", value)

    def _member_test(self, name: str, node: Expr, function: Any) -> Truth:
        cell = self._cells.get(name)
        return UNKNOWN if cell is None else self._builder.looked_up(cell, function, node)

    def _test(self, node: Expr) -> Truth:
        """A comparison or a membership."""
        match node:
            case Compare(op=op, left=left, right=right) if self.kind(left) == "truth":
                one, other = self.truth(left), self.truth(right)
                same = self._builder.chosen(one, other, ~other)
                return same if op == "=" else ~same
            case Compare(op=op, left=left, right=right):
                return self._compared(op, left, right)
            case In(item=item, options=options):
                value = self.value(item)
                if value is None:
                    return UNKNOWN
                if self.kind(item) == "choice":
                    return self._builder.looked_up(value, partial(_among, options), ("in", options))
                numbers = tuple(_number(option) for option in options)
                true = self._builder.emit("among", value, extra=numbers)
                return Truth(true, self._builder.without(self._builder.emit("known", value), true))
        raise AssertionError(node)  # every other form is handled above

    def _compared(self, op: str, left: Expr, right: Expr) -> Truth:
        builder = self._builder
        if isinstance(left, Constant) and op in ("=", "!="):
            left, right = right, left
        one = self.value(left)
        if self.kind(left) == "choice" and isinstance(right, Constant) and one is not None:
            found = builder.looked_up(one, partial(_among, (right.value,)), ("in", (right.value,)))
            return found if op == "=" else ~found
        other = self.value(right)
        if one is None or other is None:
            return UNKNOWN
        known = builder.both(builder.emit("known", one), builder.emit("known", other))
        if isinstance(right, Constant):
            known = builder.emit("known", one)
            found_mask = builder.emit("compare_constant", one, extra=(op, _number(right.value)))
        else:
            found_mask = builder.emit("compare", one, other, extra=op)
        return Truth(builder.both(found_mask, known), builder.without(known, found_mask))

    # numbers, dates, choices

    def value(self, node: Expr) -> int | None:
        """The result of a number, date or choice; None when it is unknown on every row."""
        if node not in self._values:
            self._values[node] = self._value(node)
        return self._values[node]

    def _value(self, node: Expr) -> int | None:
        builder = self._builder
        match node:
            case Constant(value=value):
                return builder.emit("text" if isinstance(value, str) else "constant", extra=_plain(value))
            case FactRef(name=name):
                return self._cells.get(name)
            case Arithmetic(op=op, left=left, right=right):
                return self._from_all("arithmetic", (left, right), op)
            case Extremum(kind=kind, parts=parts):
                return self._from_all("extremum", parts, kind)
            case DateShift(unit=unit, day=day, amount=amount):
                return self._from_all("shift", (day,), (unit, amount))
            case Case(when=when, then=then, otherwise=otherwise):
                return self._case(when, then, otherwise)
        raise AssertionError(node)  # every other form is a condition

    def _from_all(self, operation: str, parts: tuple[Expr, ...], extra: object) -> int | None:
        found = [self.value(part) for part in parts]
        known = tuple(item for item in found if item is not None)
        return self._builder.emit(operation, *known, extra=extra) if len(known) == len(found) else None

    def _case(self, when: Expr, then: Expr, otherwise: Expr | None) -> int | None:
        test = self.truth(when)
        one, other = self.value(then), None if otherwise is None else self.value(otherwise)
        return self.merged((test.true, one), (test.false, other))

    def merged(self, *branches: tuple[int, int | None]) -> int | None:
        """A value that is each branch's on the rows of its mask, unknown on the others; masks are disjoint."""
        found = [(mask, value) for mask, value in branches if value is not None and mask != UNKNOWN.true]
        if not found:
            return None
        if len(found) == 1 and found[0][0] == self._builder.rows:
            return found[0][1]
        inputs = tuple(item for pair in found for item in pair)
        return self._builder.emit("merge", *inputs)


def _one_under(prefixes: tuple[str, ...], longest: int, code: str) -> bool | None:
    return under((code,), prefixes, longest)


def _one_of(members: tuple[str, ...], member: str) -> bool | None:
    return any_of((member,), members)


def _among(options: tuple[object, ...], value: object) -> bool:
    return value in options


def _number(value: bool | float | str | date) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _plain(value: bool | float | str | date) -> float | str:
    return value if isinstance(value, str) else _number(value)
