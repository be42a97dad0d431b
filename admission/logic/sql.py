"""Condition tree → SQL, for a table with one column per fact.

Columns are those of `admission.logic.columnar`: booleans, double precision numbers, dates, text, and
sets written `;a;b;`. Unknown is NULL. The text means what `evaluate` means, with two limits:

* Where numbers are computed with, an operand of absurd size (about 1E±100, see `_bounded`) makes
  the result NULL: PostgreSQL and MySQL would stop the whole query with an overflow error.
* MySQL compares one text column with another by the columns' collation; comparisons with
  constants are exact whatever the collation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Literal as Choice
from typing import get_args

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Engine

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
)
from admission.logic.values import shiftable, shorter_codes

__all__ = ["DIALECTS", "Dialect", "column_name", "to_expression", "to_sql"]

Dialect = Choice["postgres", "mysql", "spark", "duckdb"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_EXACT_DIGITS = 15
_LONGEST_NAME = 63
_EXPONENTS, _CANCELLED, _LEAST_EXPONENT = 250, 16, 12
_COMPARE: dict[CompareOp, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_ARITHMETIC: dict[ArithmeticOp, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_ATOMS = (exp.Column, exp.Literal, exp.Boolean, exp.Cast, exp.Case, exp.Paren, exp.Anonymous)


def to_sql(node: Expr, dialect: Dialect) -> str:
    """`node` as one SQL expression; `ValueError` for a dialect that is not in `DIALECTS`."""
    return to_expression(node, dialect).sql(dialect)


def column_name(name: str, dialect: Dialect) -> str:
    """The column of a fact: PostgreSQL and MySQL do not take long names, there the first 63 characters stand."""
    return name[:_LONGEST_NAME] if dialect in ("postgres", "mysql") else name


def to_expression(node: Expr, dialect: Dialect) -> exp.Expr:
    """`node` as a sqlglot tree for `dialect`, to be built into a larger statement."""
    if dialect not in DIALECTS:
        raise ValueError(f"{dialect!r} is not one of {', '.join(DIALECTS)}")
    return _Writer(dialect).write(node)


class _Writer:
    """Writes trees in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        engine = Engine.get_or_raise(dialect)
        self._dialect = dialect
        self._keywords = {*engine.tokenizer_class.KEYWORDS, *map(str.upper, engine.generator_class.RESERVED_KEYWORDS)}

    def write(self, node: Expr) -> exp.Expr:
        match node:
            case Constant(value=value):
                literal = _literal(value)
                return exp.cast(literal, "double") if isinstance(value, float) else literal
            case FactRef(name=name):
                return self._column(name)
            case And(parts=parts):
                return _joined(exp.And, map(self.write, parts))
            case Or(parts=parts):
                return _joined(exp.Or, map(self.write, parts))
            case Not(part=part):
                return _not(self.write(part))
            case Under(name=name, prefixes=prefixes):
                return self._under(name, prefixes)
            case AnyOf(name=name, members=members):
                return self._holds(name, (f";{member};" for member in members))
            case IsUnknown(item=item):
                return exp.Is(this=_wrap(self.write(item)), expression=exp.Null())
            case Case():
                return self._case(node)
            case _:
                return self._operation(node)

    def _operation(self, node: Expr) -> exp.Expr:
        match node:
            case Compare(op=op, left=left, right=right):
                return _COMPARE[op](this=_wrap(self._side(left)), expression=_wrap(self._side(right)))
            case In(item=item, options=options):
                words = [self._side(Constant(option)) for option in options]
                return exp.In(this=_wrap(self._side(item)), expressions=words)
            case Arithmetic():
                return self._arithmetic(node)
            case Extremum(kind=kind, parts=parts):
                return self._extremum(kind, parts)
            case DateShift():
                return self._shift(node)
        raise AssertionError(node)  # the match above is complete

    def _column(self, name: str) -> exp.Expr:
        """A column; quoted if its name is, or as a single word may one day be, a keyword."""
        quoted = "_" not in name or name.upper() in self._keywords
        return exp.column(exp.to_identifier(column_name(name, self._dialect), quoted=quoted))

    def _side(self, node: Expr) -> exp.Expr:
        """One side of a comparison: there a bare literal takes the type of the other side."""
        if not isinstance(node, Constant):
            return self.write(node)
        return self._text(node.value) if isinstance(node.value, str) else _literal(node.value)

    def _text(self, text: str) -> exp.Expr:
        """A text constant to compare with: in MySQL a byte string, else `'A' = 'a'` might hold."""
        literal = exp.Literal.string(text)
        return exp.cast(literal, "binary") if self._dialect == "mysql" else literal

    def _holds(self, name: str, patterns: Iterable[str]) -> exp.Expr:
        """Some pattern occurs in the cell. Not `LIKE`: `_` in a member would match anything."""
        found = (exp.StrPosition(this=self._column(name), substr=self._text(pattern)) for pattern in patterns)
        return _joined(exp.Or, (exp.GT(this=place, expression=exp.Literal.number(0)) for place in found))

    def _under(self, name: str, prefixes: tuple[str, ...]) -> exp.Expr:
        found = self._holds(name, (f";{prefix}" for prefix in prefixes))
        shorter = shorter_codes(prefixes)
        if not shorter:
            return found
        undecided = self._holds(name, (f";{code};" for code in shorter))
        return exp.Case().when(found, exp.true()).when(_not(undecided), exp.false())

    def _case(self, node: Case) -> exp.Expr:
        when = self.write(node.when)
        result = exp.Case().when(when, self.write(node.then))
        return result if node.otherwise is None else result.when(_not(when), self.write(node.otherwise))

    def _extremum(self, kind: str, parts: tuple[Expr, ...]) -> exp.Expr:
        """`GREATEST` only over known parts: most engines would pass over a NULL."""
        written = [self.write(part) for part in parts]
        result = exp.Anonymous(this=kind.upper(), expressions=written)
        known = [_known(item) for part, item in zip(parts, written, strict=True) if not isinstance(part, Constant)]
        return exp.Case().when(_joined(exp.And, known), result) if known else result

    def _arithmetic(self, node: Arithmetic) -> exp.Expr:
        limit = max(_LEAST_EXPONENT, _EXPONENTS // _degree(node) - _CANCELLED)
        operands = dict.fromkeys(item for item in _operands(node) if not _small(item, limit))
        guards = [_bounded(self.write(item), limit) for item in operands]
        result = self._calculation(node)
        return exp.Case().when(_joined(exp.And, guards), result) if guards else result

    def _calculation(self, node: Expr) -> exp.Expr:
        """Plain arithmetic in double precision, whatever the column types; by zero gives NULL."""
        if not isinstance(node, Arithmetic):
            return self.write(node) if isinstance(node, Constant) else exp.cast(self.write(node), "double")
        left, right = _wrap(self._calculation(node.left)), _wrap(self._calculation(node.right))
        if node.op == "/":
            return exp.Div(this=left, expression=exp.Nullif(this=right, expression=exp.Literal.number(0)), typed=True)
        return _ARITHMETIC[node.op](this=left, expression=right)

    def _shift(self, node: DateShift) -> exp.Expr:
        limits = shiftable(node.unit, node.amount)
        if limits is None:
            return exp.cast(exp.Null(), "date")
        day = self.write(node.day)
        inside = exp.Between(this=_wrap(day), low=_literal(limits[0]), high=_literal(limits[1]))
        return exp.Case().when(inside, self._shifted(_wrap(day), node))

    def _shifted(self, day: exp.Expr, node: DateShift) -> exp.Expr:
        """`day` moved; every engine clips to the end of the month."""
        days = node.unit == "days"
        unit = exp.var("DAY" if days else "MONTH")
        amount = str(node.amount * (12 if node.unit == "years" else 1))
        if self._dialect == "spark":
            name = "DATE_ADD" if days else "ADD_MONTHS"
            return exp.Anonymous(this=name, expressions=[day, exp.Literal.number(amount)])
        if self._dialect == "mysql":
            return exp.DateAdd(this=day, expression=exp.Literal.string(amount), unit=unit)
        interval = exp.Interval(this=exp.Literal.string(amount), unit=unit)
        return exp.cast(exp.Add(this=day, expression=interval), "date")


def _literal(value: bool | float | str | date) -> exp.Expr:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, float):
        return exp.Literal.number(_number(value))
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.Literal.string(value)


def _number(value: float) -> str:
    """Digits that every engine reads back as `value`: exponent form unless a decimal is exact."""
    digits = Decimal(repr(value)).normalize()
    if len(digits.as_tuple().digits) > _EXACT_DIGITS or not -_EXACT_DIGITS < digits.adjusted() < _EXACT_DIGITS:
        return f"{digits:E}"
    return f"{digits:f}"


def _joined(make: type[exp.And] | type[exp.Or], parts: Iterable[exp.Expr]) -> exp.Expr:
    items = list(parts)
    if len(items) == 1:
        return items[0]
    items = [_wrap(item) if isinstance(item, exp.Connector) else item for item in items]
    return reduce(lambda left, right: make(this=left, expression=right), items)


def _wrap(item: exp.Expr) -> exp.Expr:
    """A copy of `item`, in brackets where it stands beside an operator."""
    copy = item.copy()
    return copy if isinstance(item, _ATOMS) else exp.Paren(this=copy)


def _not(item: exp.Expr) -> exp.Expr:
    return exp.Not(this=_wrap(item))


def _known(item: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=_wrap(item), expression=exp.Null()))


def _operands(node: Expr) -> tuple[Expr, ...]:
    """What a calculation is made of, left to right."""
    return (*_operands(node.left), *_operands(node.right)) if isinstance(node, Arithmetic) else (node,)


def _degree(node: Expr) -> int:
    """How many operands are multiplied or divided into one another at most."""
    if not isinstance(node, Arithmetic):
        return 1
    left, right = _degree(node.left), _degree(node.right)
    return left + right if node.op in ("*", "/") else max(left, right)


def _small(node: Expr, limit: int) -> bool:
    """Is `node` a constant of harmless size?"""
    size = abs(node.value) if isinstance(node, Constant) and isinstance(node.value, float) else -1.0
    return size == 0 or 10.0**-limit <= size <= 10.0**limit


def _bounded(item: exp.Expr, limit: int) -> exp.Expr:
    """`item` is 0 or between 1E-limit and 1E+limit, so that no step of the calculation overflows."""
    zero = exp.EQ(this=_wrap(item), expression=exp.Literal.number(0))
    low, high = exp.Literal.number(f"1E-{limit}"), exp.Literal.number(f"1E{limit}")
    return exp.Or(this=zero, expression=exp.Between(this=exp.Abs(this=item), low=low, high=high))
