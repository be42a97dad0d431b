"""SQL boolean text → condition tree, on sqlglot's parser, with a closed list of forms."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from datetime import date
from itertools import accumulate, islice
from typing import cast

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError

from admission._messages import Phrase, ProblemCode
from admission.errors import ConditionError
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
    ShiftUnit,
    Under,
    walk,
)

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_NESTING", "parse"]

MAX_LENGTH = 8_000
MAX_DEPTH = 60
MAX_NESTING = 20
"""Brackets and cases inside each other; the parser takes some 25 stack frames for each."""
_QUOTED_AT_MOST = 80
_COMMENTS = ("--", "/*", "{#")
_NESTING = re.compile(r"'[^']*'|[()]|\b(?:case|end)\b", re.IGNORECASE)
_STEPS = {"(": 1, "case": 1, ")": -1, "end": -1}

_COMPARE: dict[type[exp.Expr], CompareOp] = {
    exp.EQ: "=",
    exp.NEQ: "!=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], ArithmeticOp] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_SHIFTS: dict[str, ShiftUnit] = {"add_days": "days", "add_months": "months", "add_years": "years"}


def parse(text: str) -> Expr:
    """The tree of one condition or formula; raises `ConditionError` for anything outside the language.

    Types are not looked at here: see `admission.logic.types.check`.
    """
    if len(text) > MAX_LENGTH:
        raise _syntax(f"长于 {MAX_LENGTH} 字符", f"longer than {MAX_LENGTH} characters")
    if any(mark in text for mark in _COMMENTS):
        raise _refused(Phrase("注释", "a comment"))
    if max(accumulate(_STEPS.get(token.lower(), 0) for token in _NESTING.findall(text)), default=0) > MAX_NESTING:
        raise _too_deep(MAX_NESTING)
    try:
        statements = _SQL.parse(text)
    except RecursionError:
        raise _too_deep(MAX_DEPTH) from None
    except SqlglotError as error:
        raise _located(error) from None
    if len(statements) != 1 or statements[0] is None:
        raise _syntax("应恰有一个表达式", "expected exactly one expression")
    tree = _convert(statements[0], 0)
    if sum(1 for _ in islice(walk(tree), MAX_LENGTH + 1)) > MAX_LENGTH:  # BETWEEN repeats its first operand
        raise _too_deep(MAX_NESTING)
    return tree


class _Sql(threading.local):
    """Tokenizer and parser of a thread: making them anew costs a sixth of reading a condition."""

    def __init__(self) -> None:
        dialect = Dialect.get_or_raise(None)
        self._tokenizer, self._parser = dialect.tokenizer(), dialect.parser()

    def parse(self, text: str) -> list[exp.Expr | None]:
        return self._parser.parse(self._tokenizer.tokenize(text), text)


_SQL = _Sql()


def _syntax(zh: str, en: str) -> ConditionError:
    return ConditionError(ProblemCode.CONDITION_SYNTAX, detail=Phrase(zh, en))


def _too_deep(limit: int) -> ConditionError:
    return _syntax(f"嵌套超过 {limit} 层", f"nested deeper than {limit}")


def _located(error: SqlglotError) -> ConditionError:
    if not isinstance(error, ParseError):
        return _syntax("引号没有成对", "a quote is not closed")
    line, column = error.errors[0]["line"], error.errors[0]["col"]
    return _syntax(f"第 {line} 行第 {column} 个字符附近", f"near line {line}, character {column}")


def _refused(what: exp.Expr | Phrase) -> ConditionError:
    if isinstance(what, Phrase):
        return ConditionError(ProblemCode.CONDITION_NODE, node=what)
    try:
        text = what.sql()
    except RecursionError:
        text = type(what).__name__
    return ConditionError(ProblemCode.CONDITION_NODE, node=text[:_QUOTED_AT_MOST])


def _convert(node: exp.Expr, depth: int) -> Expr:
    if depth > MAX_DEPTH:
        raise _too_deep(MAX_DEPTH)
    kind = type(node)
    if kind in _COMPARE:
        return Compare(_COMPARE[kind], _side(node, "this", depth), _side(node, "expression", depth))
    if kind in _ARITHMETIC:
        return Arithmetic(_ARITHMETIC[kind], _side(node, "this", depth), _side(node, "expression", depth))
    converter = _CONVERTERS.get(kind)
    if converter is None:
        raise _refused(node)
    return converter(node, depth + 1)


def _side(node: exp.Expr, key: str, depth: int) -> Expr:
    return _convert(node.args[key], depth + 1)


def _paren(node: exp.Expr, depth: int) -> Expr:
    return _convert(node.this, depth)


def _connective(make: type[And | Or]) -> Callable[[exp.Expr, int], Expr]:
    def convert(node: exp.Expr, depth: int) -> Expr:
        parts: list[Expr] = []
        for side in node.flatten():
            part = _convert(side, depth)
            parts.extend(part.parts if isinstance(part, make) else (part,))
        return make(tuple(parts))

    return convert


def _not(node: exp.Expr, depth: int) -> Expr:
    return Not(_convert(node.this, depth))


def _boolean(node: exp.Expr, depth: int) -> Expr:
    return Constant(bool(node.this))


def _literal(node: exp.Expr, depth: int) -> Expr:
    if node.args["is_string"]:
        return Constant(str(node.this))
    number = float(node.this)
    if not math.isfinite(number):
        raise _refused(node)
    return Constant(number)


def _negative(node: exp.Expr, depth: int) -> Expr:
    inner = _convert(node.this, depth)
    if isinstance(inner, Constant) and isinstance(inner.value, float):
        return Constant(-inner.value)
    return Arithmetic("-", Constant(0.0), inner)


def _column(node: exp.Expr, depth: int) -> Expr:
    if any(node.args.get(part) for part in ("table", "db", "catalog")) or node.this.args.get("quoted"):
        raise _refused(node)
    return FactRef(str(node.name))


def _is(node: exp.Expr, depth: int) -> Expr:
    if not isinstance(node.expression, exp.Null):
        raise _refused(node)
    return IsUnknown(_convert(node.this, depth))


def _in(node: exp.Expr, depth: int) -> Expr:
    if node.args.get("query") or node.args.get("unnest") or not node.expressions:
        raise _refused(node)
    options = tuple(_constant(option, depth).value for option in node.expressions)
    return In(_convert(node.this, depth), options)


def _constant(node: exp.Expr, depth: int) -> Constant:
    value = _convert(node, depth)
    if not isinstance(value, Constant):
        raise _refused(node)
    return value


def _between(node: exp.Expr, depth: int) -> Expr:
    if node.args.get("symmetric"):
        raise _refused(node)
    item = _convert(node.this, depth)
    low, high = _convert(node.args["low"], depth), _convert(node.args["high"], depth)
    return And((Compare(">=", item, low), Compare("<=", item, high)))


def _case(node: exp.Expr, depth: int) -> Expr:
    branches = node.args["ifs"]
    if node.this is not None:
        raise _refused(node)
    default = node.args.get("default")
    result = None if default is None else _convert(default, depth)
    for position, branch in reversed(list(enumerate(branches))):  # each WHEN nests in the one before
        inner = depth + position
        result = Case(_convert(branch.this, inner), _convert(branch.args["true"], inner), result)
    return cast(Expr, result)


def _extremum(node: exp.Expr, depth: int) -> Expr:
    if not node.expressions:
        raise _refused(node)
    parts = tuple(_convert(part, depth) for part in (node.this, *node.expressions))
    return Extremum("greatest" if isinstance(node, exp.Greatest) else "least", parts)


def _date(node: exp.Expr, depth: int) -> Expr:
    inner = node.this
    is_date = node.args["to"].this == exp.DataType.Type.DATE
    if not is_date or not isinstance(inner, exp.Literal) or not inner.is_string:
        raise _refused(node)
    text = str(inner.this)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # fromisoformat also takes 20260815 and 2026-W33-6
        raise _syntax(f"没有日期 {text}", f"there is no date {text}")
    return Constant(day)


def _function(node: exp.Expr, depth: int) -> Expr:
    name = str(node.this).lower()
    arguments = node.expressions
    if name in ("under", "any_of") and len(arguments) > 1:
        fact = _convert(arguments[0], depth)
        words = tuple(_constant(argument, depth).value for argument in arguments[1:])
        if isinstance(fact, FactRef) and all(isinstance(word, str) for word in words):
            texts = cast(tuple[str, ...], words)
            return Under(fact.name, texts) if name == "under" else AnyOf(fact.name, texts)
    if name in _SHIFTS and len(arguments) == 2:
        return _shift(_SHIFTS[name], arguments[0], arguments[1], depth)
    raise _refused(node)


def _add_months(node: exp.Expr, depth: int) -> Expr:
    if any(value for key, value in node.args.items() if key not in ("this", "expression")):
        raise _refused(node)
    return _shift("months", node.this, node.expression, depth)


def _shift(unit: ShiftUnit, day: exp.Expr, amount: exp.Expr, depth: int) -> Expr:
    value = _constant(amount, depth).value
    if isinstance(value, float) and value.is_integer():
        return DateShift(unit, _convert(day, depth), int(value))
    raise _refused(amount)


_CONVERTERS: dict[type[exp.Expr], Callable[[exp.Expr, int], Expr]] = {
    exp.Paren: _paren,
    exp.And: _connective(And),
    exp.Or: _connective(Or),
    exp.Not: _not,
    exp.Boolean: _boolean,
    exp.Literal: _literal,
    exp.Neg: _negative,
    exp.Column: _column,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Case: _case,
    exp.Greatest: _extremum,
    exp.Least: _extremum,
    exp.Cast: _date,
    exp.AddMonths: _add_months,
    exp.Anonymous: _function,
}
