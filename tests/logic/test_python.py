"""The compiled form for one project: same values as the plain reading, and safe to generate."""

from __future__ import annotations

import marshal
import warnings

import pytest
from hypothesis import given, settings

from admission.logic.evaluate import evaluate
from admission.logic.nodes import Constant, Expr, IsUnknown, Or
from admission.logic.parse import MAX_DEPTH, MAX_NESTING, parse
from admission.logic.python import compile_all, functions, source
from tests.logic.strategies import Sample, samples
from tests.logic.test_evaluate import FACTS, VALUES

NOTHING: dict[str, object] = {}


@pytest.mark.parametrize("text", VALUES)
def test_same_value_as_the_plain_reading(text: str) -> None:
    tree = parse(text)
    (compiled,) = functions(compile_all([tree]), 1)
    value = compiled(FACTS.get)
    assert value == evaluate(tree, FACTS)
    assert type(value) is type(evaluate(tree, FACTS))


@settings(max_examples=150, deadline=None)
@given(samples())
def test_same_value_as_the_plain_reading_for_any_tree(sample: Sample) -> None:
    compiled = functions(compile_all(sample.trees), len(sample.trees))
    for row in sample.rows:
        for tree, function in zip(sample.trees, compiled, strict=True):
            assert function(row.get) == evaluate(tree, row)


def test_one_function_per_tree_in_order() -> None:
    trees = [parse(text) for text in ("1", "a", "a + 1")]
    first, second, third = functions(compile_all(trees), 3)
    assert (first(NOTHING.get), second({"a": 5.0}.get), third({"a": 5.0}.get)) == (1.0, 5.0, 6.0)
    assert functions(compile_all([]), 0) == ()


def test_the_code_can_be_kept() -> None:
    code = marshal.loads(marshal.dumps(compile_all([parse("a and b")])))
    (function,) = functions(code, 1)
    assert function({"a": True, "b": True}.get) is True


def test_source_is_readable() -> None:
    assert source([parse("a and (b >= 10 or not c)")]).splitlines() == [
        "def c0(get):",
        " t1 = get('a')",
        " if t1 is not False:",
        "  t3 = get('b')",
        "  t2 = None if t3 is None else t3 >= 10.0",
        "  if t2 is not True:",
        "   t4 = get('c')",
        "   t5 = None if t4 is None else not t4",
        "   if t5 is not False: t2 = t5",
        "  if t2 is not True: t1 = t2",
        " return t1",
    ]


def test_an_and_stops_at_the_first_false() -> None:
    asked: list[str] = []

    def get(name: str) -> bool | None:
        asked.append(name)
        return {"a": None, "b": False, "c": True}[name]

    (function,) = functions(compile_all([parse("a and b and c")]), 1)
    assert function(get) is False
    assert asked == ["a", "b"]


@pytest.mark.parametrize(
    "tree",
    [
        IsUnknown(Constant(1.0)),
        IsUnknown(Constant("x")),
        parse("1 = 1 and 'a' in ('a') and DATE '2026-01-01' < DATE '2026-01-02'"),
        parse("not true or case when true then false else true end"),
        parse("greatest(1, 2) + least(1, 2) * -3 in (-1)"),
        parse("add_days(DATE '2026-01-01', 1) is null"),
        parse("('it''s' = '\\n') = (true = true)"),
    ],
)
def test_constants_compile_without_warnings(tree: Expr) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (function,) = functions(compile_all([tree]), 1)
    assert function(NOTHING.get) == evaluate(tree, {})


@pytest.mark.parametrize(
    "text",
    [
        "(a and (b or " * (MAX_NESTING // 2) + "a" + "))" * (MAX_NESTING // 2),
        "case " + "when a then 1 " * (MAX_DEPTH - 1) + "end",
        "case when a then " * MAX_NESTING + "1" + " end" * MAX_NESTING,
        "not (a or case when " * (MAX_NESTING // 2) + "a" + " then b end)" * (MAX_NESTING // 2),
    ],
    ids=["brackets", "whens", "cases", "mixed"],
)
def test_the_deepest_conditions_compile(text: str) -> None:
    tree = parse(text)
    (function,) = functions(compile_all([tree]), 1)
    several: tuple[dict[str, bool], ...] = ({"a": True, "b": False}, {"a": False}, {})
    for facts in several:
        assert function(facts.get) == evaluate(tree, facts)


def test_a_text_cannot_become_code() -> None:
    tree = parse("""a = '"); raise SystemExit(1)' or a = 'x'' or 1/0 or '''""")
    (function,) = functions(compile_all([tree]), 1)
    assert function({"a": "x' or 1/0 or '"}.get) is True


def test_a_form_outside_the_list_is_a_programming_error() -> None:
    class Stranger:
        pass

    stranger: Expr = Stranger()  # type: ignore[assignment]
    with pytest.raises(AssertionError):
        source([Or((Constant(False), stranger))])
