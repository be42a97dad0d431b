"""Condition tree → Python source → function: the fast path for one project.

`compile_all` turns many trees into modules of functions `facts_get -> bool | None` (or any
value, for formulas), compiled once. Kleene logic is spelled out in straight-line code: no calls
for `and`, `or`, `not` and comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from types import CodeType
from typing import Any

from admission.logic import values
from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
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
)

__all__ = ["Compiled", "compile_all", "functions", "source"]

Compiled = Callable[[Callable[[str], Any]], Any]

_OPERATORS: dict[CompareOp, str] = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NAMESPACE = {
    "date": date,
    "under": values.under,
    "any_of": values.any_of,
    "shift": values.shift,
    "arithmetic": values.arithmetic,
    "greatest": max,
    "least": min,
}


_TOGETHER = 64
"""Functions to a module: the compiler is quickest with modules of this size."""


def source(trees: Sequence[Expr], first: int = 0) -> str:
    """Python source of one function per tree: `c0, c1, …`, or from another number on."""
    return "\n".join(_Writer(f"c{number}").function(tree) for number, tree in enumerate(trees, first))


def compile_all(trees: Sequence[Expr]) -> tuple[CodeType, ...]:
    """The compiled modules; `functions` makes callables of them. They can be marshalled."""
    parts = (source(trees[first : first + _TOGETHER], first) for first in range(0, len(trees), _TOGETHER))
    return tuple(compile(part, "<conditions>", "exec", dont_inherit=True) for part in parts)


def functions(modules: Sequence[CodeType], count: int) -> tuple[Compiled, ...]:
    """The `count` functions of the modules made by `compile_all`."""
    namespace: dict[str, Any] = dict(_NAMESPACE)
    for module in modules:
        exec(module, namespace)
    return tuple(namespace[f"c{number}"] for number in range(count))


class _Writer:
    """Writes one function, statement by statement where Kleene's logic needs it."""

    def __init__(self, name: str) -> None:
        self._lines = [f"def {name}(get):"]
        self._depth = 1
        self._names = 0

    def function(self, tree: Expr) -> str:
        self._line(f"return {self._text(tree)}")
        return "\n".join(self._lines)

    def _line(self, text: str) -> None:
        self._lines.append(" " * self._depth + text)

    def _new(self) -> str:
        self._names += 1
        return f"t{self._names}"

    def _emit(self, node: Expr) -> str:
        """A name or atom with the value of `node`, to be used any number of times."""
        text = self._text(node)
        if isinstance(node, Constant) or text.isidentifier():
            return text
        name = self._new()
        self._line(f"{name} = {text}")
        return name

    def _text(self, node: Expr) -> str:
        """An expression with the value of `node`, to be used once."""
        match node:
            case Constant(value=value):
                return _atom(value)
            case FactRef(name=name):
                return f"get({name!r})"
            case Under(name=name, prefixes=prefixes):
                return f"under(get({name!r}), {prefixes!r}, {max(map(len, prefixes))})"
            case AnyOf(name=name, members=members):
                return f"any_of(get({name!r}), {members!r})"
            case And(parts=parts):
                return self._junction(parts, stop="False", neutral="True")
            case Or(parts=parts):
                return self._junction(parts, stop="True", neutral="False")
            case Not(part=part):
                inner = self._emit(part)
                return f"None if {inner} is None else not {inner}"
            case IsUnknown(item=Constant()):
                return "False"
            case IsUnknown(item=item):
                return f"{self._emit(item)} is None"
            case Case():
                return self._case(node)
            case _:
                return self._operation(node)

    def _junction(self, parts: tuple[Expr, ...], stop: str, neutral: str) -> str:
        result = self._new()
        self._line(f"{result} = {self._text(parts[0])}")
        for part in parts[1:]:
            self._line(f"if {result} is not {stop}:")
            self._depth += 1
            item = self._emit(part)
            self._line(f"if {item} is not {neutral}: {result} = {item}")
            self._depth -= 1
        return result

    def _case(self, node: Case) -> str:
        when, result = self._emit(node.when), self._new()
        self._line(f"{result} = None")
        branches = [("if", "True", node.then)]
        if node.otherwise is not None:
            branches.append(("elif", "False", node.otherwise))
        for keyword, chosen, branch in branches:
            self._line(f"{keyword} {when} is {chosen}:")
            self._depth += 1
            self._line(f"{result} = {self._text(branch)}")
            self._depth -= 1
        return result

    def _operation(self, node: Expr) -> str:
        match node:
            case Compare(op=op, left=left, right=right):
                one, other = self._emit(left), self._emit(right)
                return self._known((one, other), f"{one} {_OPERATORS[op]} {other}")
            case In(item=item, options=options):
                name = self._emit(item)
                return self._known((name,), f"{name} in ({', '.join(map(_atom, options))},)")
            case Arithmetic(op=op, left=left, right=right):
                one, other = self._emit(left), self._emit(right)
                return f"arithmetic({op!r}, {one}, {other})"
            case Extremum(kind=kind, parts=parts):
                names = tuple(self._emit(part) for part in parts)
                return self._known(names, f"{kind}({', '.join(names)})")
            case DateShift(unit=unit, day=day, amount=amount):
                return f"shift({self._emit(day)}, {unit!r}, {amount})"
        raise AssertionError(node)  # the match above is complete

    def _known(self, names: tuple[str, ...], text: str) -> str:
        """`text`, or None when one of `names` is."""
        unknown = " or ".join(f"{name} is None" for name in names if name.isidentifier() and name[0] == "t")
        return f"None if {unknown} else {text}" if unknown else text


def _atom(value: bool | float | str | date) -> str:
    return f"date({value.year}, {value.month}, {value.day})" if isinstance(value, date) else repr(value)
