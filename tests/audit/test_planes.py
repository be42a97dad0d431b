"""Programs on bit planes give what the reference evaluator gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings

from admission.audit.lowering import Lowering, kind_of
from admission.audit.machine import Choices, Coded, Layout, Machine, pack, positions, unpack
from admission.audit.program import UNKNOWN, Builder, Truth
from admission.logic.nodes import Expr, facts_of
from admission.vocabulary import Value
from tests.logic.strategies import FACTS, TREACHEROUS, VOCABULARY, Row, Sample, expected, samples


def layout_of(rows: Sequence[Row]) -> Layout:
    """Every row an enterprise of its own."""
    return Layout((len(rows),))


def inputs(builder: Builder, names: frozenset[str], lowering: Lowering) -> None:
    for name in sorted(names):
        if kind_of(FACTS[name].type) == "truth":
            masks = (builder.emit("input", extra=f"{name}:{side}") for side in ("true", "false"))
            lowering.define(name, Truth(*masks))
        else:
            lowering.define(name, builder.emit("input", extra=name))


def columns(names: frozenset[str], rows: Sequence[Row], size: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        values = [row.get(name) for row in rows] + [None] * (size - len(rows))
        kind = kind_of(FACTS[name].type)
        if kind == "truth":
            for side, wanted in (("true", True), ("false", False)):
                found[f"{name}:{side}"] = pack(np.array([value is wanted for value in values]))
        elif kind == "number":
            found[name] = np.array([plain(value) for value in values])
        else:
            choices = Choices()
            codes = [-1 if value is None else choices.code(value) for value in values]
            found[name] = Coded(np.array(codes, np.int32), choices)
    return found


def plain(value: Any) -> float:
    return np.nan if value is None else float(value.toordinal()) if isinstance(value, date) else value


def by_planes(sample: Sample) -> list[list[Value | None]]:
    builder, layout = Builder(), layout_of(sample.rows)
    lowering = Lowering(builder, VOCABULARY)
    names = frozenset().union(*map(facts_of, sample.trees))
    inputs(builder, names, lowering)
    results = [
        (lowering.truth(tree) if lowering.kind(tree) == "truth" else lowering.value(tree)) for tree in sample.trees
    ]
    wanted: set[int] = set()
    for result in results:
        wanted |= set(result) if isinstance(result, Truth) else set() if result is None else {result}
    values = Machine(builder.finish(wanted)).run(layout, columns(names, sample.rows, layout.size))
    count = len(sample.rows)
    return [shown(tree, result, values)[:count] for tree, result in zip(sample.trees, results, strict=True)]


def shown(tree: Expr, result: Any, values: Sequence[Any]) -> list[Any]:
    if result is None:
        return [None] * 64
    if isinstance(result, Truth):
        true, false = (unpack(values[mask]) for mask in result)
        assert not (true & false).any()
        return [True if yes else False if no else None for yes, no in zip(true, false, strict=True)]
    column = values[result]
    if isinstance(column, Coded):
        return [None if code < 0 else column.choices.values[code] for code in column.codes]
    is_date = gives_date(tree)
    return [None if cell != cell else date.fromordinal(int(cell)) if is_date else float(cell) for cell in column]


def gives_date(tree: Expr) -> bool:
    from admission.logic.types import check

    return str(check(tree, VOCABULARY).kind) == "date"


@pytest.mark.parametrize("sample", TREACHEROUS, ids=lambda sample: str(sample.trees[0])[:60])
def test_treacherous_conditions(sample: Sample) -> None:
    assert by_planes(sample) == expected(sample)


@settings(max_examples=300, deadline=None)
@given(sample=samples())
@example(sample=TREACHEROUS[0])
def test_planes_agree_with_the_evaluator(sample: Sample) -> None:
    assert by_planes(sample) == expected(sample)


def test_what_is_decided_takes_no_instruction() -> None:
    builder = Builder()
    some = Truth(builder.emit("input", extra="a"), builder.emit("input", extra="b"))
    assert builder.all_of((some, builder.always(True))) == some
    assert builder.all_of((some, builder.always(False))) == builder.always(False)
    assert builder.any_of((some, builder.always(True))) == builder.always(True)
    assert builder.any_of((UNKNOWN, UNKNOWN)) == UNKNOWN
    assert builder.without(some.true, some.true) == UNKNOWN.true


def test_equal_parts_are_computed_once() -> None:
    builder = Builder()
    first, second = (Truth(builder.emit("input", extra=f"{n}t"), builder.emit("input", extra=f"{n}f")) for n in "ab")
    once = builder.all_of((first, second))
    assert builder.all_of((second, first)) == once
    assert len(builder.finish(once).code) == 6


def test_enterprises_lie_over_their_rows() -> None:
    """70 enterprises, of which the first three have a second component."""
    layout = Layout((70, 3))
    rows = np.zeros(layout.size, np.bool_)
    rows[[5, 128 + 2]] = True
    builder = Builder()
    mask = builder.emit("input", extra="mask")
    some, unlike = builder.some_row(mask), builder.differs(mask)
    spread = builder.spread(some)
    values = Machine(builder.finish((some, unlike, spread))).run(layout, {"mask": pack(rows)})
    assert positions(values[some]).tolist() == [2, 5]
    assert positions(values[unlike]).tolist() == [2]
    assert positions(values[spread]).tolist() == [2, 5, 130]
