"""Straight-line programs over bit planes: what conditions become when they are held against many rows.

A *mask* is one bit per row. A three-valued condition is a pair of masks, `Truth`: the rows where
it is true and those where it is false; a row in neither is unknown. `and`, `or` and `not` are then
one machine instruction per 64 rows, `not` costs nothing, and equal parts of different rules are
computed once, because an instruction with the same operation and arguments is the same instruction.

`Builder` writes a program; `admission.audit.machine` runs it. Every result has a number; a mask or
value is known by it. Rows are component rows unless the operation says enterprise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["NO_ROWS", "UNKNOWN", "Builder", "Instruction", "Program", "Truth"]

Mask = int
NO_ROWS: Mask = 0
_ALL_ROWS: Mask = 1
_ALL_ENTERPRISES: Mask = 2


class Truth(NamedTuple):
    """A three-valued column: the rows where it is true, and where it is false."""

    true: Mask
    false: Mask

    def __invert__(self) -> Truth:
        return Truth(self.false, self.true)


UNKNOWN = Truth(NO_ROWS, NO_ROWS)


@dataclass(frozen=True, slots=True)
class Instruction:
    """`out = operation(*inputs, extra)`; results in `dead` are not needed afterwards."""

    operation: str
    out: int
    inputs: tuple[int, ...]
    extra: Any
    dead: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions in order, with the number of results they write; `wanted` are those to keep."""

    code: tuple[Instruction, ...]
    size: int
    wanted: frozenset[int]


class Builder:
    """Writes instructions, each distinct one once, and folds what is decided when it is written."""

    def __init__(self) -> None:
        self._code: list[Instruction] = []
        self._known: dict[tuple[str, tuple[int, ...], Any], int] = {}
        self._size = _ALL_ENTERPRISES + 1
        self._constants: dict[int, Any] = {}

    @property
    def rows(self) -> Mask:
        """Every row."""
        return _ALL_ROWS

    @property
    def enterprises(self) -> Mask:
        """Every enterprise."""
        return _ALL_ENTERPRISES

    def always(self, value: bool) -> Truth:
        """The same answer on every row."""
        return Truth(_ALL_ROWS, NO_ROWS) if value else Truth(NO_ROWS, _ALL_ROWS)

    def emit(self, operation: str, *inputs: int, extra: Any = None) -> int:
        """The result of an operation; `extra` must be hashable."""
        key = (operation, inputs, extra)
        if key not in self._known:
            self._known[key] = self._size
            self._code.append(Instruction(operation, self._size, inputs, extra))
            if operation == "text":
                self._constants[self._size] = extra
            self._size += 1
        return self._known[key]

    # masks

    def both(self, *masks: Mask) -> Mask:
        """Rows in every one of `masks`."""
        found = sorted(set(masks) - {_ALL_ROWS, _ALL_ENTERPRISES}) or [masks[0]]
        return NO_ROWS if NO_ROWS in found else self._chain("and", found)

    def either(self, *masks: Mask) -> Mask:
        """Rows in at least one of `masks`."""
        found = sorted(set(masks) - {NO_ROWS})
        full = [mask for mask in found if mask in (_ALL_ROWS, _ALL_ENTERPRISES)]
        return full[0] if full else self._chain("or", found) if found else NO_ROWS

    def _chain(self, operation: str, found: list[Mask]) -> Mask:
        result = found[0]
        for mask in found[1:]:
            result = self.emit(operation, result, mask)
        return result

    def without(self, mask: Mask, taken: Mask) -> Mask:
        """Rows of `mask` that are not in `taken`."""
        if NO_ROWS in (mask, taken):
            return mask
        if taken in (mask, _ALL_ROWS, _ALL_ENTERPRISES):
            return NO_ROWS
        return self.emit("minus", mask, taken)

    # three-valued

    def all_of(self, parts: Iterable[Truth]) -> Truth:
        """Kleene's and."""
        found = tuple(parts)
        return Truth(self.both(*(part.true for part in found)), self.either(*(part.false for part in found)))

    def any_of(self, parts: Iterable[Truth]) -> Truth:
        """Kleene's or."""
        return ~self.all_of(~part for part in parts)

    def chosen(self, when: Truth, then: Truth, otherwise: Truth) -> Truth:
        """CASE: unknown where `when` is."""
        return Truth(
            self.either(self.both(when.true, then.true), self.both(when.false, otherwise.true)),
            self.either(self.both(when.true, then.false), self.both(when.false, otherwise.false)),
        )

    def first(self, one: Truth, other: Truth) -> Truth:
        """`one` where it is known, else `other`."""
        return Truth(
            self.either(one.true, self.without(other.true, one.false)),
            self.either(one.false, self.without(other.false, one.true)),
        )

    def known(self, truth: Truth) -> Mask:
        """Rows where it is true or false."""
        return self.either(*truth)

    def unknown(self, truth: Truth) -> Mask:
        """Rows where it is neither."""
        return self.without(_ALL_ROWS, self.known(truth))

    # rows and enterprises

    def some_row(self, mask: Mask) -> Mask:
        """Enterprises with at least one row in `mask`."""
        if mask in (NO_ROWS, _ALL_ROWS):
            return NO_ROWS if mask == NO_ROWS else _ALL_ENTERPRISES
        return self.emit("some_row", mask)

    def spread(self, mask: Mask) -> Mask:
        """Every row of the enterprises in `mask`."""
        if mask in (NO_ROWS, _ALL_ENTERPRISES):
            return NO_ROWS if mask == NO_ROWS else _ALL_ROWS
        return self.emit("spread", mask)

    def differs(self, mask: Mask) -> Mask:
        """Enterprises some row of which is not as the first in `mask`."""
        return NO_ROWS if mask in (NO_ROWS, _ALL_ROWS) else self.emit("differs", mask)

    # functions of a cell

    def looked_up(self, cell: int, function: Callable[[Any], bool | None], key: object) -> Truth:
        """`function` of every distinct value of a choice column; unknown cells stay unknown.

        Of a set the function is asked for each member: true where it is for one, else unknown
        where it is for one, else false. Equal `key`s mean the same function.
        """
        constant = self._constants.get(cell)
        if isinstance(constant, str):
            answer = function(constant)
            return UNKNOWN if answer is None else self.always(answer)
        table = self.emit("look_up", cell, extra=_Named(key, function))
        return Truth(self.emit("is_true", table), self.emit("is_false", table))

    def finish(self, wanted: Iterable[int]) -> Program:
        """The instructions that `wanted` results need, with what dies after each."""
        kept = set(wanted)
        needed = set(kept)
        code: list[Instruction] = []
        for step in reversed(self._code):
            if step.out in needed:
                dead = tuple({name for name in step.inputs if name not in needed and name > _ALL_ENTERPRISES})
                needed.update(step.inputs)
                code.append(Instruction(step.operation, step.out, step.inputs, step.extra, dead))
        return Program(tuple(reversed(code)), self._size, frozenset(kept))


@dataclass(frozen=True, slots=True)
class _Named:
    """A function with the key it is known by."""

    key: object
    function: Callable[[Any], bool | None]
    _hash: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and self.key == other.key

    def __hash__(self) -> int:
        return self._hash
