from __future__ import annotations

import pytest
from hypothesis import given

from admission.logic import walk
from admission.logic.nodes import Compare, Constant, Expr, FactRef, children
from admission.logic.parse import parse
from admission.review.changes import tree_changes, with_children
from admission.review.text import condition_text
from tests.logic.strategies import booleans
from tests.rules.case_runner import bench


def words(text: str) -> list[str]:
    return [change.words for change in tree_changes(parse(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", ["true → false"]),
        ("x >= 10", ["x >= 10 → x > 10", "x >= 10 → x < 10", "x >= 10 → x >= 9.9", "x >= 10 → x >= 10.1"]),
        ("0 < x", ["0 < x → 0 <= x", "0 < x → 0 >= x", "0 < x → -0.01 < x", "0 < x → 0.01 < x"]),
        ("a and b", ["and → or: a and b", "without a", "without b", "not a", "not b"]),
        ("a or not b", ["or → and: a or not b", "without a", "without not b", "not a", "without not: b", "not b"]),
        ("under(i, '33', '34')", ["not under(i, '33', '34')", "without code 33", "without code 34"]),
        ("under(i, '33')", ["not under(i, '33')"]),
        ("any_of(s, 'a', 'b')", ["not any_of(s, 'a', 'b')", "without member a", "without member b"]),
        ("e in ('a', 'b')", ["not e in ('a', 'b')", "without option a", "without option b"]),
        ("e = 'a'", ["e = 'a' → e != 'a'"]),
        (
            "n = 2 and b",
            [
                "and → or: n = 2 and b",
                "without n = 2",
                "without b",
                "n = 2 → n != 2",
                "n = 2 → n = 1.98",
                "n = 2 → n = 2.02",
                "not b",
            ],
        ),
    ],
)
def test_every_one_step_change(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_the_areas_of_an_entry_are_one_claim() -> None:
    stated = "in_entry_sensitive_area"
    assert words(f"CASE WHEN {stated} is null THEN any_of(sensitive_areas, 'a', 'b') ELSE {stated} END") == [
        "not in_entry_sensitive_area",
        "without area a",
        "without area b",
    ]


@given(booleans())
def test_a_change_changes_one_place_and_never_nothing(tree: Expr) -> None:
    for change in tree_changes(tree):
        assert change.tree != tree
        if change.pair is not None:
            node = tree
            for step in change.path:
                node = children(node)[step]
            assert node == change.pair[0]


def test_dates_move_by_a_day() -> None:
    day = "d < DATE '2026-08-15'"
    assert words(day)[2:] == [f"{day} → d < DATE '2026-08-{other}'" for other in (14, 16)]


def test_the_text_of_a_condition_reads_as_the_condition() -> None:
    whole = bench()
    trees = [whole.rulebook.conditions.tree(spot.key) for rule in whole.rules.values() for spot in rule.spots]
    trees += [whole.rulebook.conditions.tree(fact.define) for fact in whole.rulebook.derived if fact.define]
    assert [condition_text(tree) for tree in trees if parse(condition_text(tree)) != tree] == []
    assert condition_text(Compare("=", FactRef("name"), Constant("it's"))) == "name = 'it''s'"


@given(booleans())
def test_children_can_be_put_back(tree: Expr) -> None:
    for node in walk(tree):
        assert with_children(node, children(node)) == node
