"""SQL text → condition tree: every form, and every form that is refused."""

from __future__ import annotations

from datetime import date

import pytest

from admission._messages import Phrase, ProblemCode
from admission.errors import ConditionError
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
    facts_of,
    walk,
)
from admission.logic.parse import MAX_DEPTH, MAX_LENGTH, MAX_NESTING, parse

A, B, C, D = (FactRef(name) for name in "abcd")
ONE, TWO = Constant(1.0), Constant(2.0)

FORMS: dict[str, Expr] = {
    # values
    "a": A,
    "true": Constant(True),
    "FALSE": Constant(False),
    "1": ONE,
    "2.50": Constant(2.5),
    ".5": Constant(0.5),
    "1e3": Constant(1000.0),
    "'甲'": Constant("甲"),
    "'it''s'": Constant("it's"),
    "''": Constant(""),
    "- 5": Constant(-5.0),
    "-(-5)": Constant(5.0),
    "+a": A,
    "DATE '2026-08-15'": Constant(date(2026, 8, 15)),
    "date '2024-02-29'": Constant(date(2024, 2, 29)),
    # comparisons
    "a = 1": Compare("=", A, ONE),
    "a != 1": Compare("!=", A, ONE),
    "a <> 1": Compare("!=", A, ONE),
    "a < 1": Compare("<", A, ONE),
    "a <= 1": Compare("<=", A, ONE),
    "a > 1": Compare(">", A, ONE),
    "1 >= a": Compare(">=", ONE, A),
    "a in (1, -2)": In(A, (1.0, -2.0)),
    "a in ((1))": In(A, (1.0,)),
    "a not in ('x', 'y')": Not(In(A, ("x", "y"))),
    "a in (DATE '2026-01-01', true)": In(A, (date(2026, 1, 1), True)),
    "a between 1 and 2": And((Compare(">=", A, ONE), Compare("<=", A, TWO))),
    "a not between 1 and 2": Not(And((Compare(">=", A, ONE), Compare("<=", A, TWO)))),
    "a is null": IsUnknown(A),
    "a is not null": Not(IsUnknown(A)),
    # connectives
    "a and b": And((A, B)),
    "a AND b and (c and d)": And((A, B, C, D)),
    "a or b or (c or d)": Or((A, B, C, D)),
    "a or b and c": Or((A, And((B, C)))),
    "(a or b) and c": And((Or((A, B)), C)),
    "not a": Not(A),
    "not not a": Not(Not(A)),
    "not a = b": Not(Compare("=", A, B)),
    "not a and b": And((Not(A), B)),
    "a and b between 1 and 2": And((A, Compare(">=", B, ONE), Compare("<=", B, TWO))),
    # arithmetic
    "a + b - 1": Arithmetic("-", Arithmetic("+", A, B), ONE),
    "a + b * 2": Arithmetic("+", A, Arithmetic("*", B, TWO)),
    "(a + b) / 2": Arithmetic("/", Arithmetic("+", A, B), TWO),
    "-a": Arithmetic("-", Constant(0.0), A),
    "greatest(a, b)": Extremum("greatest", (A, B)),
    "LEAST(a, b, 1)": Extremum("least", (A, B, ONE)),
    # cases
    "case when a then 1 end": Case(A, ONE, None),
    "CASE WHEN a THEN b ELSE c END": Case(A, B, C),
    "case when a then 1 when b then 2 else c end": Case(A, ONE, Case(B, TWO, C)),
    "case when a then 1 when b then 2 end": Case(A, ONE, Case(B, TWO, None)),
    # functions
    "under(industry, '33')": Under("industry", ("33",)),
    "UNDER(industry, '33', '3392')": Under("industry", ("33", "3392")),
    "any_of(nature, 'new', 'expansion')": AnyOf("nature", ("new", "expansion")),
    "add_days(a, 30)": DateShift("days", A, 30),
    "add_months(a, -6)": DateShift("months", A, -6),
    "add_years(DATE '2024-02-29', 1)": DateShift("years", Constant(date(2024, 2, 29)), 1),
    # a closing semicolon is harmless
    "a;": A,
}


@pytest.mark.parametrize(("text", "tree"), FORMS.items(), ids=FORMS)
def test_forms(text: str, tree: Expr) -> None:
    assert parse(text) == tree
    assert hash(parse(text)) == hash(tree)


REFUSED: dict[str, str] = {
    # statements and subqueries
    "select 1": "SELECT 1",
    "(select a)": "(SELECT a)",
    "drop table a": "DROP TABLE a",
    "set a = 1": "SET a = 1",
    "with x as (select 1) select 1": "WITH x AS (SELECT 1) SELECT 1",
    "exists(select 1)": "EXISTS(SELECT 1)",
    "a in (select 1)": "a IN (SELECT 1)",
    "a in unnest(b)": "a IN (SELECT UNNEST(b))",
    "a = any(b)": "ANY(b)",
    # lists
    "a in ()": "a IN ()",
    "a in b": "a IN b",
    "a in (b)": "b",
    "a in (1 + 1)": "1 + 1",
    "a in (null)": "NULL",
    "(a, b)": "(a, b)",
    "array[1]": "ARRAY(1)",
    "a[1]": "a[1]",
    # null and truth tests
    "null": "NULL",
    "a = null": "NULL",
    "a is true": "a IS TRUE",
    "a is distinct from b": "a IS DISTINCT FROM b",
    "case when a then null end": "NULL",
    # names
    "a.b": "a.b",
    '"a"': '"a"',
    "a as b": "a AS b",
    "a b": "a AS b",
    "*": "*",
    "?": "?",
    ":x": ":x",
    "@x": "@x",
    # operators
    "a like 'x'": "a LIKE 'x'",
    "a rlike 'x'": "REGEXP_LIKE(a, 'x')",
    "a || b": "a || b",
    "a % 2": "a % 2",
    "a & b": "a & b",
    "~a": "~a",
    "a between symmetric 1 and 2": "(a BETWEEN 1 AND 2 OR a BETWEEN 2 AND 1)",
    # functions
    "coalesce(a, b)": "COALESCE(a, b)",
    "if(a, b, c)": "CASE WHEN a THEN b ELSE c END",
    "abs(a)": "ABS(a)",
    "count(*)": "COUNT(*)",
    "sum(a) over ()": "SUM(a) OVER ()",
    "now()": "NOW()",
    "current_date": "CURRENT_DATE",
    "greatest(a)": "GREATEST(a)",
    "case a when 1 then 2 end": "CASE a WHEN 1 THEN 2 END",
    # dates
    "a::date": "CAST(a AS DATE)",
    "cast(1 as date)": "CAST(1 AS DATE)",
    "timestamp '2026-01-01'": "CAST('2026-01-01' AS TIMESTAMP)",
    "date('2026-01-01')": "DATE('2026-01-01')",
    "a + interval '1' day": "INTERVAL '1' DAY",
    # own functions, wrong arguments
    "under(industry)": "UNDER(industry)",
    "under('industry', '33')": "UNDER('industry', '33')",
    "under(industry, 33)": "UNDER(industry, 33)",
    "under(industry, a)": "a",
    "any_of(nature)": "ANY_OF(nature)",
    "any_of(nature, 1)": "ANY_OF(nature, 1)",
    "add_days(a)": "ADD_DAYS(a)",
    "add_days(a, b)": "b",
    "add_years(a, 1.5)": "1.5",
    "add_months(a, true)": "TRUE",
    "add_months(a, 1, 2)": "ADD_MONTHS(a, 1, 2)",
    # numbers that are none
    "a = 1e999": "1e999",
    "a = 0x1F": "a = 0 AS x1F",
}


@pytest.mark.parametrize(("text", "named"), REFUSED.items(), ids=REFUSED)
def test_refused_forms(text: str, named: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code is ProblemCode.CONDITION_NODE
    assert caught.value.values == {"node": named}


@pytest.mark.parametrize("text", ["a -- b", "a /* b */", "a {# b #}"])
def test_comments_are_refused(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code is ProblemCode.CONDITION_NODE
    assert str(caught.value.values["node"]) == "注释"
    assert "a comment" in str(caught.value)


BROKEN: dict[str, tuple[str, str]] = {
    "": ("应恰有一个表达式", "expected exactly one expression"),
    "  \n ": ("应恰有一个表达式", "expected exactly one expression"),
    ";": ("应恰有一个表达式", "expected exactly one expression"),
    "a; b": ("应恰有一个表达式", "expected exactly one expression"),
    "((a)": ("第 1 行第 4 个字符附近", "near line 1, character 4"),
    "a)": ("第 1 行第 2 个字符附近", "near line 1, character 2"),
    "a and\nb ≥ 1": ("第 2 行第 5 个字符附近", "near line 2, character 5"),
    "a xor b": ("第 1 行第 5 个字符附近", "near line 1, character 5"),
    "a >= 1 or": ("第 1 行第 9 个字符附近", "near line 1, character 9"),
    "a = 'x": ("引号没有成对", "a quote is not closed"),
    "DATE '2026-02-30'": ("没有日期 2026-02-30", "there is no date 2026-02-30"),
    "DATE 'x'": ("没有日期 x", "there is no date x"),
    "DATE '20260815'": ("没有日期 20260815", "there is no date 20260815"),
    "DATE '2026-W33-6'": ("没有日期 2026-W33-6", "there is no date 2026-W33-6"),
}


@pytest.mark.parametrize(("text", "details"), BROKEN.items(), ids=map(repr, BROKEN))
def test_broken_texts(text: str, details: tuple[str, str]) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    detail = caught.value.values["detail"]
    assert caught.value.code is ProblemCode.CONDITION_SYNTAX
    assert isinstance(detail, Phrase)
    assert (str(detail), detail.en) == details


def _doubling(levels: int) -> str:
    """BETWEEN stands for two comparisons, so each level would be twice the one inside."""
    text = "a"
    for _ in range(levels):
        text = f"case when {text} between 1 and 2 then 1 else 2 end"
    return f"{text} = 1"


TOO_DEEP = {
    "brackets": ("(" * 3900 + "a" + ")" * 3900, MAX_NESTING),
    "just too many brackets": ("(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1), MAX_NESTING),
    "cases": ("CASE WHEN a THEN " * (MAX_NESTING + 1) + "1" + " END" * (MAX_NESTING + 1), MAX_NESTING),
    "doubling": (_doubling(MAX_NESTING), MAX_NESTING),
    "not": ("not " * 1900 + "a", MAX_DEPTH),
    "just too many nots": ("not " * (MAX_DEPTH + 1) + "a", MAX_DEPTH),
    "sum": ("+".join("a" * 3000), MAX_DEPTH),
    "comparison": ("a=" * 3000 + "a", MAX_DEPTH),
    "whens": ("case " + "when a then 1 " * 500 + "end", MAX_DEPTH),
}


@pytest.mark.parametrize(("text", "limit"), TOO_DEEP.values(), ids=TOO_DEEP)
def test_deep_texts_are_refused_not_crashed_on(text: str, limit: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code is ProblemCode.CONDITION_SYNTAX
    assert str(caught.value.values["detail"]) == f"嵌套超过 {limit} 层"


@pytest.mark.parametrize("text", ["||".join("a" * 1500), ".".join("a" * 3000), "a" + "::date" * 1000])
def test_long_refused_texts_are_cut_in_the_message(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.code is ProblemCode.CONDITION_NODE
    assert 0 < len(str(caught.value.values["node"])) <= 80


def test_long_but_flat_texts_are_fine() -> None:
    tree = parse(" and ".join(["a"] * 1300))
    assert isinstance(tree, And)
    assert len(tree.parts) == 1300


def test_too_long() -> None:
    parse("a" * MAX_LENGTH)
    with pytest.raises(ConditionError, match="longer than 8000 characters"):
        parse("a" * (MAX_LENGTH + 1))


def test_nesting_up_to_the_limit() -> None:
    parse("not " * (MAX_DEPTH - 1) + "a")
    parse("case " + "when a then 1 " * (MAX_DEPTH - 1) + "end")
    parse("(" * MAX_NESTING + "a = '(((((case case case'" + ")" * MAX_NESTING)


def test_children_walk_and_facts() -> None:
    tree = parse(
        "case when a in (1) and under(i, '33') or any_of(s, 'x') then greatest(b, 1) + 2 else 0 end > 3 "
        "and add_days(d, 1) is null and not c"
    )
    assert facts_of(tree) == {"a", "b", "c", "d", "i", "s"}
    assert next(walk(tree)) is tree
    assert children(A) == children(Constant(1.0)) == ()
    assert children(Case(A, B, None)) == (A, B)
    assert children(Case(A, B, C)) == (A, B, C)
