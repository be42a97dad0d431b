"""Hypothesis strategies: well-typed condition trees and facts drawn at their thresholds.

The vocabulary is small and treacherous: members with `_` (a wildcard in LIKE) and members that
begin others, codes of every length, a fact named like an SQL keyword, text with quotes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from admission.logic.evaluate import evaluate
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
    facts_of,
    walk,
)
from admission.logic.parse import parse
from admission.logic.values import shift
from admission.vocabulary import Fact, FactType, Label, Member, Value, Vocabulary
from admission.vocabulary.codes import IndustryCode, IndustryCodes

Row = Mapping[str, Value | None]

MEMBERS = ("new", "new_build", "a_b", "axb", "a", "b")
PREFIXES = ("33", "339", "3391", "3392", "34", "3484", "0411")
CODES = ("3", "33", "34", "339", "3391", "3392", "3399", "348", "3484", "04", "0411", "4110")
TEXTS = ("", "x", "X", "x ", "it's", "a\\b", '"q"', "100%", "铸造", "new")
NUMBERS = (0.0, 1.0, -1.0, 2.5, 10.0, 0.1, 0.3, 300.0, 20000.0, 1e-6, 123456.789)
DATES = tuple(map(date.fromisoformat, ("2024-01-31", "2024-02-29", "2025-02-28", "2025-12-31", "2026-08-15")))
HUGE = (0.0, 1.0, -3.0, 1e308, -1e308, 1e200, 1e-200, 5e-324, 1.7976931348623157e308)
AMOUNTS = (-400, -12, -1, 0, 1, 3, 12, 30, 120)


def _fact(name: str, kind: FactType) -> Fact:
    chosen = kind in (FactType.ENUM, FactType.SET)
    return Fact(
        name=name,
        type=kind,
        label=Label(zh=f"指标{name}", en=name),
        unit="t/a" if kind is FactType.NUMBER else None,
        members={member: Member(zh=f"选项{member}", en=member) for member in MEMBERS} if chosen else {},
        internal=True,
    )


FACTS = {
    fact.name: fact
    for fact in (
        *(_fact(name, FactType.BOOL) for name in ("has_first", "has_second", "natural")),
        *(_fact(name, FactType.NUMBER) for name in ("output_t", "storage_t", "limit")),
        *(_fact(name, FactType.DATE) for name in ("approval_date", "opening_date")),
        _fact("furnace_type", FactType.ENUM),
        _fact("nature", FactType.SET),
        _fact("industry", FactType.CODE),
        _fact("user", FactType.TEXT),
        _fact("maker_name", FactType.TEXT),
    )
}
VOCABULARY = Vocabulary(
    FACTS.values(), IndustryCodes.of(IndustryCode(code, f"行业{code}", len(code)) for code in (*PREFIXES, *CODES))
)


def _leaves(kind: FactType, constants: Iterable[bool | float | str | date]) -> st.SearchStrategy[Expr]:
    """Facts of one type and constants of it."""
    found: list[Expr] = [FactRef(fact.name) for fact in FACTS.values() if fact.type is kind]
    return st.sampled_from([*found, *map(Constant, constants)])


def _subset(items: tuple[str, ...], most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(items), min_size=1, max_size=most, unique=True).map(tuple)


@cache
def numbers(depth: int = 2) -> st.SearchStrategy[Expr]:
    """Trees whose value is a number."""
    leaves = _leaves(FactType.NUMBER, NUMBERS)
    if depth == 0:
        return leaves
    inner = st.deferred(lambda: numbers(depth - 1))
    return st.one_of(
        leaves,
        st.builds(Arithmetic, st.sampled_from(("+", "-", "*", "/")), inner, inner),
        st.builds(Extremum, st.sampled_from(("greatest", "least")), _parts(inner)),
        _cases(inner, depth),
    )


@cache
def dates(depth: int = 2) -> st.SearchStrategy[Expr]:
    """Trees whose value is a date."""
    leaves = _leaves(FactType.DATE, DATES)
    if depth == 0:
        return leaves
    inner = st.deferred(lambda: dates(depth - 1))
    return st.one_of(
        leaves,
        st.builds(DateShift, st.sampled_from(("days", "months", "years")), inner, st.sampled_from(AMOUNTS)),
        st.builds(Extremum, st.sampled_from(("greatest", "least")), _parts(inner)),
        _cases(inner, depth),
    )


@cache
def texts(depth: int = 1) -> st.SearchStrategy[Expr]:
    """Trees whose value is a text."""
    leaves = _leaves(FactType.TEXT, TEXTS)
    return st.one_of(leaves, _cases(leaves, depth)) if depth else leaves


@cache
def booleans(depth: int = 3, *, unknown_tests: bool = True) -> st.SearchStrategy[Expr]:
    """Conditions; without `unknown_tests` none holds `is null`, so all are monotone."""
    leaves = st.one_of(
        _leaves(FactType.BOOL, (True, False)),
        st.builds(Under, st.just("industry"), _subset(PREFIXES)),
        st.builds(AnyOf, st.just("nature"), _subset(MEMBERS)),
        _membership(min(depth, 1)),
        _comparisons(min(depth, 2)),
    )
    if depth == 0:
        return leaves
    inner = st.deferred(lambda: booleans(depth - 1, unknown_tests=unknown_tests))
    branches = [
        st.builds(And, _parts(inner)),
        st.builds(Or, _parts(inner)),
        st.builds(Not, inner),
        st.builds(Compare, st.sampled_from(("=", "!=")), inner, inner),
        st.builds(Case, inner, inner, st.none() | inner),
    ]
    if unknown_tests:
        branches.append(st.builds(IsUnknown, st.one_of(inner, numbers(1), dates(1), texts())))
    return st.one_of(leaves, *branches)


def _parts(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[tuple[Expr, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


def _cases(inner: st.SearchStrategy[Expr], depth: int) -> st.SearchStrategy[Expr]:
    return st.builds(Case, booleans(depth - 1, unknown_tests=False), inner, st.none() | inner)


def _comparisons(depth: int) -> st.SearchStrategy[Expr]:
    order = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))
    equality = st.sampled_from(("=", "!="))
    members = st.sampled_from(MEMBERS).map(Constant)
    return st.one_of(
        st.builds(Compare, order, numbers(depth), numbers(depth)),
        st.builds(Compare, order, dates(depth), dates(depth)),
        st.builds(Compare, equality, texts(min(depth, 1)), texts(min(depth, 1))),
        st.builds(Compare, equality, st.just(FactRef("furnace_type")), members),
        st.builds(Compare, equality, members, st.just(FactRef("furnace_type"))),
    )


def _membership(depth: int) -> st.SearchStrategy[Expr]:
    several = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3).map(tuple)
    days = st.lists(st.sampled_from(DATES), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(In, st.just(FactRef("furnace_type")), _subset(MEMBERS)),
        st.builds(In, texts(depth), _subset(TEXTS)),
        st.builds(In, numbers(depth), several),
        st.builds(In, dates(depth), days),
    )


def any_trees() -> st.SearchStrategy[Expr]:
    """Trees of every type."""
    return st.one_of(booleans(), booleans(), numbers(), dates(), texts())


def rows(trees: Iterable[Expr], *, unknown: bool = True) -> st.SearchStrategy[Row]:
    """Facts that `trees` read, each at or just beside a threshold of its type, or unknown."""
    trees = tuple(trees)
    names = sorted(frozenset().union(*map(facts_of, trees)))
    return st.fixed_dictionaries({name: _values(FACTS[name], trees, unknown=unknown) for name in names})


def _values(fact: Fact, trees: tuple[Expr, ...], *, unknown: bool) -> st.SearchStrategy[Value | None]:
    known: st.SearchStrategy[Value]
    match fact.type:
        case FactType.BOOL:
            known = st.booleans()
        case FactType.NUMBER:
            known = st.sampled_from(sorted(_number_thresholds(trees)))
        case FactType.DATE:
            known = st.sampled_from(sorted(_date_thresholds(trees)))
        case FactType.ENUM:
            known = st.sampled_from(MEMBERS)
        case FactType.SET:
            known = st.frozensets(st.sampled_from(MEMBERS), max_size=3)
        case FactType.CODE:
            known = st.frozensets(st.sampled_from(CODES), max_size=2)
        case FactType.TEXT:
            known = st.sampled_from(TEXTS)
    return st.none() | known if unknown else known


def _constants(trees: tuple[Expr, ...]) -> frozenset[object]:
    found: set[object] = set()
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, Constant):
            found.add(node.value)
        elif isinstance(node, In):
            found.update(node.options)
    return frozenset(found)


def _number_thresholds(trees: tuple[Expr, ...]) -> frozenset[float]:
    bases = {0.0, 3.0} | {value for value in _constants(trees) if isinstance(value, float)}
    beside = {math.nextafter(value, way) for value in bases if value for way in (-math.inf, math.inf)}
    return frozenset(bases | beside | {-value for value in bases} | {value + 1 for value in bases})


def _date_thresholds(trees: tuple[Expr, ...]) -> frozenset[date]:
    bases = {DATES[0], *(value for value in _constants(trees) if isinstance(value, date))}
    shifts = {(node.unit, node.amount) for tree in trees for node in walk(tree) if isinstance(node, DateShift)}
    moved = {shift(base, unit, -amount) for base in bases for unit, amount in shifts} - {None}
    bases |= {day for day in moved if day is not None}
    beside = {base + timedelta(days=days) for base in bases for days in (-1, 1)}
    return frozenset(bases | beside | {date.min, date.max})


class Sample(NamedTuple):
    """Some trees and the rows to compute them for."""

    trees: tuple[Expr, ...]
    rows: tuple[Row, ...]


@st.composite
def samples(draw: st.DrawFn, trees: int = 4) -> Sample:
    """A few trees with many rows that read the same facts."""
    drawn = tuple(draw(st.lists(any_trees(), min_size=1, max_size=trees)))
    return Sample(drawn, tuple(draw(st.lists(rows(drawn), min_size=12, max_size=20))))


def expected(sample: Sample) -> list[list[Value | None]]:
    """The yardstick: one list per tree, one value per row."""
    return [[evaluate(tree, row) for row in sample.rows] for tree in sample.trees]


def sample_of(text: str, *facts: Row) -> Sample:
    """One condition as text, and its rows."""
    return Sample((parse(text),), facts)


def _sets(name: str, *members: str) -> list[Row]:
    return [{name: frozenset(filter(None, several.split(" ")))} for several in members]


TREACHEROUS = (
    sample_of("nature is null", {}, *_sets("nature", "")),
    sample_of("any_of(nature, 'a_b')", {}, *_sets("nature", "axb", "a_b new", "")),
    sample_of("any_of(nature, 'new')", *_sets("nature", "new_build", "new new_build")),
    sample_of("any_of(nature, 'b')", *_sets("nature", "a_b", "a_b b")),
    sample_of("under(industry, '3')", {}, *_sets("industry", "3", "33", "0433", "")),
    sample_of("under(industry, '3391', '34')", {}, *_sets("industry", "339", "3392", "339 3484", "0433", "33", "")),
    sample_of("output_t / storage_t", *({"output_t": 1.0, "storage_t": value} for value in (0.0, -0.0, 1.0, None))),
    sample_of("1 / 3 = 0.3333333333333333 and 0.1 + 0.2 != 0.3", {}),
    sample_of("7 / 2 > 3 and output_t / 2 > 3", {"output_t": 7.0}),
    sample_of("output_t / 5 > 1.4", {"output_t": 7.0}, {"output_t": 7.0}, {"output_t": math.nextafter(7.0, 8.0)}),
    sample_of("output_t / least(5, 6)", {"output_t": 7.0}, {"output_t": 7.0}),
    sample_of("('' in ('')) = (case when has_first then 'x' end in (''))", {}, {}),
    sample_of("case when 1 > 2 then 'x' end = maker_name or 1 / 0 > 1 or not 1 / 0 > 1", {"maker_name": "x"}),
    sample_of("add_days(case when 1 > 2 then DATE '2024-01-01' end, 1) = approval_date", {"approval_date": DATES[0]}),
    sample_of("0 = case when true then 0 when output_t = 0 then 0 end", {}, {}),
    sample_of("greatest(output_t, storage_t) > 1", {"output_t": 5.0}, {"output_t": 5.0, "storage_t": 0.0}),
    sample_of(
        "add_months(approval_date, 1) = DATE '2024-02-29'",
        *({"approval_date": date(2024, 1, day)} for day in (28, 29, 30, 31)),
    ),
    sample_of("add_years(approval_date, 1) = DATE '2025-02-28'", {"approval_date": date(2024, 2, 29)}),
    sample_of("add_years(approval_date, 1) > DATE '2025-02-28'", {"approval_date": date.max}),
    sample_of("add_days(approval_date, -1) < DATE '2025-02-28'", {"approval_date": date.min}),
    sample_of("add_days(approval_date, 9999999999) is null", {"approval_date": date(2024, 1, 1)}),
    sample_of("maker_name = 'it''s'", {"maker_name": "it's"}, {"maker_name": "IT'S"}, {}),
    sample_of("case when has_first then 1 when has_second then 2 else 3 end", {}, {"has_first": False}),
)
"""Conditions that some engine, read naively, gets wrong."""
